"""The shell as users and programs meet it: against a real library of the seeds, in this process and in fresh ones."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qa.app.batch import read_batch
from qa.app.cli import build_parser, main
from qa.app.commands import COMMANDS
from qa.errors import InputError

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
QUESTION = "鄢陵县公安局大走访专项活动累计出动警力多少人次?"
SOURCE = "001_75a587f0f879bd51.txt"
HEAVY = ("torch", "sentence_transformers", "transformers", "gradio", "scipy", "sklearn", "pandas")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    path = tmp_path_factory.mktemp("cli") / "library"
    assert main(["add", str(SEEDS), "--library", str(path)]) == 0
    return path


@pytest.fixture
def run(capsys, library):
    """Run a command over the library of the seeds; gives (status, standard output, standard error)."""

    def run_command(*arguments, library=library):
        status = main([*arguments, "--library", str(library)])
        return status, *capsys.readouterr()

    return run_command


def process(*arguments, **options):
    """Run the shell in a fresh process."""
    command = [sys.executable, "-m", "qa.app.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False, **options)


def one_sentence(text):
    """Whether standard error holds one line for a person, and no traceback."""
    return text.startswith("wenju: ") and text.count("\n") == 1 and "Traceback" not in text


def test_ask_prints_the_figure_with_its_source(run):
    status, out, _ = run("ask", QUESTION)
    assert status == 0
    assert out.startswith("2980人次")
    assert SOURCE in out
    assert "[1]" in out


def test_ask_json_holds_the_fields_of_an_answer(run):
    status, out, _ = run("ask", QUESTION, "--json")
    answer = json.loads(out)
    assert (status, answer["headline"], answer["abstained"]) == (0, "2980人次", False)
    assert "id" not in answer
    cited = answer["citations"][0]
    assert cited["source"] == SOURCE
    assert "2980人次" in cited["quote"]
    assert isinstance(answer["nearest"], list)


def test_the_citation_leads_into_the_article_and_the_raw_file(run, library):
    from qa import Library

    cited = json.loads(run("ask", QUESTION, "--json")[1])["citations"][0]
    with Library.open(library) as opened:
        text = opened.article(cited["article_id"]).text
    assert text[cited["start"] : cited["end"]] == cited["quote"]
    raw = (SEEDS / SOURCE).read_text(encoding="utf-8")
    assert raw[cited["raw_start"] : cited["raw_end"]].endswith(cited["quote"][-6:])


def test_what_the_articles_do_not_tell_is_refused_with_status_0(run):
    status, out, _ = run("ask", "郑州市公安局大走访出动警力多少人次?", "--json")
    answer = json.loads(out)
    assert (status, answer["abstained"], answer["citations"]) == (0, True, [])
    assert answer["reason"]


def test_a_batch_answers_every_line_in_order_and_keeps_conversations_apart(run, tmp_path):
    rows = [
        {"id": "b", "turns": ["新乡公安今年抓获各类逃犯多少人?"]},
        {"id": "a", "turns": [QUESTION, "化解矛盾纠纷多少起?"]},
        {"id": 3, "question": QUESTION, "note": "other fields are ignored"},
        {"question": ""},
    ]
    file = tmp_path / "batch.jsonl"
    file.write_text("\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    status, out, _ = run("ask", "--batch", str(file), "--json")
    answers = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [answer.get("id") for answer in answers] == ["b", "a", 3, None]
    assert [answer["headline"] for answer in answers[:3]] == ["2283人", "14起", "2980人次"]
    assert answers[1]["question"] == "化解矛盾纠纷多少起?"
    assert answers[3]["abstained"] is True
    assert answers[3]["reason"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON"),
        ("[1]", "no JSON object"),
        ("{}", "neither a question nor a list of turns"),
        ('{"turns": []}', "neither"),
        ('{"turns": ["a", 1]}', "neither"),
        ('{"question": 5}', "neither"),
        ('{"question": "a", "id": [1]}', "the id [1]"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_line_stops_the_batch_before_the_first_answer(run, tmp_path, line, words):
    file = tmp_path / "batch.jsonl"
    file.write_text(json.dumps({"id": 1, "question": QUESTION}) + "\n" + line, encoding="utf-8")
    for command in ("ask", "search"):
        status, out, err = run(command, "--batch", str(file), "--json")
        assert (status, out) == (2, "")
        assert one_sentence(err)
        assert "line 2 of" in err
        assert words in err


def test_a_batch_from_standard_input_is_answered_line_by_line(library):
    command = [sys.executable, "-m", "qa.app.cli", "ask", "--batch", "-", "--library", str(library)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, encoding="utf-8", **pipes) as child:
        for number in (1, 2):
            child.stdin.write(json.dumps({"id": number, "question": QUESTION}) + "\n")
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["id"] == number
        child.stdin.write("no json\n")
        child.stdin.close()
        assert child.wait(60) == 2
        assert "line 3 of standard input" in child.stderr.read()


def test_a_batch_file_that_cannot_be_read():
    for path in ("no/such/file", str(SEEDS)):
        with pytest.raises(InputError, match="cannot read the batch"):
            list(read_batch(path))


def test_search_json_has_the_shape_of_the_contract(run, tmp_path):
    status, out, _ = run("search", "新乡 逃犯", "-k", "3", "--json")
    hits = json.loads(out)["hits"]
    assert (status, len(hits)) == (0, 3)
    assert {"source", "title", "text", "start", "end", "score"} <= hits[0].keys()
    assert any("逃犯" in hit["text"] for hit in hits)
    scores = [hit["score"] for hit in hits]
    assert scores == sorted(scores, reverse=True)
    file = tmp_path / "batch.jsonl"
    file.write_text(json.dumps({"id": "s", "turns": ["x", "新乡 逃犯"]}), encoding="utf-8")
    status, out, _ = run("search", "--batch", str(file), "-k", "3", "--json")
    assert json.loads(out) == {"id": "s", "hits": hits}
    assert "逃犯" in run("search", "新乡 逃犯")[1]


def test_filters_narrow_search_and_ask(run):
    hits = json.loads(run("search", "公安 专项行动", "--json", "--source", SOURCE)[1])["hits"]
    assert {hit["source"] for hit in hits} == {SOURCE}
    assert json.loads(run("search", "公安 专项行动", "--json", "--until", "1999-12-31")[1])["hits"] == []
    assert json.loads(run("ask", QUESTION, "--json", "--source", SOURCE)[1])["headline"] == "2980人次"
    assert json.loads(run("ask", QUESTION, "--json", "--until", "1999-12-31")[1])["abstained"] is True


def test_list_shows_every_article_and_remove_takes_one_away(run, tmp_path):
    path = tmp_path / "library"
    run("add", str(SEEDS), library=path)
    articles = [json.loads(line) for line in run("list", "--json", library=path)[1].splitlines()]
    assert sorted(article["source"] for article in articles) == sorted(file.name for file in SEEDS.iterdir())
    gone = next(article for article in articles if article["source"] == SOURCE)
    assert gone["id"] in run("list", library=path)[1]
    status, out, _ = run("remove", gone["id"], library=path)
    assert (status, out) == (0, "1 removed\n")
    assert SOURCE not in run("list", library=path)[1]
    assert json.loads(run("ask", QUESTION, "--json", library=path)[1])["headline"] != "2980人次"
    status, _, err = run("remove", gone["id"], library=path)
    assert status == 1
    assert one_sentence(err)
    assert gone["id"] in err
    assert run("check", library=path)[0] == 0


def test_adding_again_changes_nothing(run, library):
    status, out, _ = run("add", str(SEEDS), "--json")
    reports = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert {report["status"] for report in reports} == {"unchanged"}
    assert "5 files: 5 unchanged" in run("add", str(SEEDS))[1]


def test_check_says_when_all_is_in_order(run):
    assert run("check") == (0, "5 articles, all in order\n", "")
    assert json.loads(run("check", "--json")[1]) == {"articles": 5, "problems": []}
    assert run("check", "--repair")[0] == 0


def test_damage_is_told_and_repaired(run, tmp_path):
    path = tmp_path / "library"
    run("add", str(SEEDS), library=path)
    store = path / "library.db"
    data = bytearray(store.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 64] = bytes(64)
    store.write_bytes(data)
    status, out, err = run("check", library=path)
    assert status == 1
    assert "--repair" in out + err
    assert run("check", "--repair", library=path)[0] == 0
    assert run("add", str(SEEDS), library=path)[0] == 0
    assert run("check", library=path) == (0, "5 articles, all in order\n", "")
    assert json.loads(run("ask", QUESTION, "--json", library=path)[1])["headline"] == "2980人次"


def test_the_ledger_is_printed_and_filtered(run):
    rows = [json.loads(line) for line in run("figures", "--json", "--unit", "人次")[1].splitlines()]
    assert any(row["text"] == "2980人次" and row["value"] == "2980" and row["source"] == SOURCE for row in rows)
    table = run("figures", "--source", SOURCE)[1]
    assert "2980人次" in table
    assert "2283人" not in table
    header, *lines = run("figures", "--csv")[1].splitlines()
    assert header.startswith("text,value,unit,kind")
    assert any(line.startswith("2980人次,2980,人次,") for line in lines)


def test_embed_prints_unit_vectors_and_writes_the_same(run, tmp_path):
    status, out, _ = run("embed", "抓获逃犯", "电信诈骗")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, [row["text"] for row in rows]) == (0, ["抓获逃犯", "电信诈骗"])
    vectors = np.array([row["vector"] for row in rows], dtype=np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    lines = tmp_path / "texts.txt"
    lines.write_text("抓获逃犯\n电信诈骗\n", encoding="utf-8")
    file = tmp_path / "vectors.npy"
    status, out, err = run("embed", "--file", str(lines), "--npy", str(file))
    assert (status, out) == (0, "")
    assert "2 vectors" in err
    assert np.array_equal(np.load(file), vectors)


def test_eval_prints_the_figures_of_the_scorer(run, tmp_path):
    gold = tmp_path / "gold.jsonl"
    lines = (ROOT / "tests" / "golden" / "seeds-visible.jsonl").read_text(encoding="utf-8").splitlines()
    gold.write_text(lines[0] + "\n", encoding="utf-8")
    status, out, _ = run("eval", str(gold), "--json")
    figures = json.loads(out)
    assert (status, figures["questions"], figures["correct"], figures["verbatim_citations"]) == (0, 1, 1.0, 1.0)
    answers = tmp_path / "answers.jsonl"
    answers.write_text(run("ask", "--batch", str(gold), "--json")[1], encoding="utf-8")
    again = json.loads(run("eval", str(gold), "--answers", str(answers), "--articles", str(SEEDS), "--json")[1])
    assert again == figures
    assert "cited_when_correct: 1.000" in run("eval", str(gold))[1]


def test_a_library_that_is_not_there(run, tmp_path):
    for command in (["ask", QUESTION], ["search", "x"], ["list"], ["figures"], ["check"], ["remove", "x"]):
        status, out, err = run(*command, library=tmp_path / "none")
        assert (status, out) == (1, ""), command
        assert one_sentence(err)
        assert "wenju add" in err
        assert str(tmp_path / "none") in err
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_no_library_is_left_alone(run, tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8")
    for command in (["ask", QUESTION], ["add", str(SEEDS)]):
        status, _, err = run(*command, library=tmp_path)
        assert status == 1, command
        assert one_sentence(err)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]
    status, _, err = run("ask", QUESTION, library=tmp_path / "holiday.jpg")
    assert status == 1
    assert one_sentence(err)


def test_a_folder_that_is_missing_or_empty_adds_nothing(run, tmp_path):
    (tmp_path / "empty").mkdir()
    for name in ("none", "empty"):
        status, _, err = run("add", str(tmp_path / name), library=tmp_path / "library")
        assert status in {1, 2}
        assert one_sentence(err)
        assert name in err


def test_a_bad_file_is_named_and_the_good_ones_are_taken_in(run, tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "good.txt").write_text((SEEDS / SOURCE).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "bad.txt").write_bytes(bytes(range(256)) * 40)
    status, out, _ = run("add", str(folder), "--json", library=tmp_path / "library")
    reports = {Path(report["source"]).name: report for report in map(json.loads, out.splitlines())}
    assert status == 0
    assert reports["good.txt"]["status"] == "added"
    assert reports["bad.txt"]["status"] == "skipped"
    assert reports["bad.txt"]["reason"]
    status, out, _ = run("add", str(folder / "bad.txt"), library=tmp_path / "library")
    assert status == 1
    assert "skipped" in out


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_an_empty_question_is_wrong_usage(run, question):
    for command in ("ask", "search"):
        status, out, err = run(command, question)
        assert (status, out) == (2, "")
        assert one_sentence(err)


def test_an_endless_question_gets_an_answer_or_a_sentence(run):
    status, _, err = run("ask", "出动警力多少" * 16_667)
    assert status == 0 or (status == 2 and one_sentence(err))


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["ask"],
        ["ask", "x", "--batch", "y"],
        ["fly"],
        ["search", "x", "-k", "0"],
        ["search", "x", "-k", "many"],
        ["serve", "--port", "70000"],
        ["figures", "--csv", "--json"],
    ],
)
def test_wrong_usage_is_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: wenju" in capsys.readouterr().err


def test_other_input_that_cannot_be_used(run, tmp_path):
    for arguments in (
        ["embed"],
        ["embed", "--file", str(tmp_path / "none")],
        ["embed", "x", "--npy", str(tmp_path / "no" / "v.npy")],
        ["eval", str(tmp_path / "none")],
        ["search", "x", "--since", "yesterday"],
        ["search", "x", "--since", "2023-13-45"],
        ["ask", "x", "--until", "July"],
        ["figures", "--since", "soon"],
    ):
        status, _, err = run(*arguments)
        assert status == 2, arguments
        assert one_sentence(err), err


def test_every_command_has_help():
    parser = build_parser()
    assert COMMANDS.keys() == parser._subparsers._group_actions[0].choices.keys()
    for name, child in parser._subparsers._group_actions[0].choices.items():
        text = child.format_help()
        assert "--library DIR" in text, name
        assert "exit status" in text, name


def test_the_library_may_be_named_before_the_command_or_in_the_environment(library):
    before = process("--library", str(library), "list")
    elsewhere = process("list", env={**os.environ, "WENJU_LIBRARY": str(library)})
    assert before.returncode == elsewhere.returncode == 0
    assert before.stdout == elsewhere.stdout
    assert len(before.stdout.splitlines()) == 5


@pytest.mark.parametrize("command", [["ask", QUESTION], ["search", "新乡 逃犯"], ["add", str(SEEDS)], ["figures"]])
def test_a_fresh_process_imports_nothing_heavy(command, library):
    script = (
        "import sys\nfrom qa.app.cli import main\n"
        f"status = main({[*command, '--library', str(library)]!r})\n"
        f"print(status, sorted(set({HEAVY!r}) & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr.splitlines()[-1] == "0 []"


def test_importing_the_packages_costs_nothing():
    script = (
        "import sys, qa; print(sorted({'numpy', 'jieba', 'faiss', 'tantivy', 'torch', 'gradio'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "[]"


def test_output_is_utf8_in_any_locale_and_lone_surrogates_do_not_stop_it(library):
    batch = b'{"id": "\\ud800", "question": "' + QUESTION.encode() + b'"}\n'
    command = ("ask", "--batch", "-", "--library", str(library))
    done = process(
        *command, input=batch, env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    )
    assert done.returncode in {0, 2}, done.stderr
    if not done.returncode:
        assert json.loads(done.stdout)["headline"] == "2980人次"


def test_a_reader_that_goes_away_is_no_error(library):
    command = f"{sys.executable} -m qa.app.cli figures --json --library {library} | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_watch_takes_in_what_appears_and_stops_politely(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "one.txt").write_bytes((SEEDS / SOURCE).read_bytes())
    command = [sys.executable, "-m", "qa.app.cli", "add", str(folder), "--watch", "--every", "1", "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    child = subprocess.Popen([*command, "--library", str(tmp_path / "lib")], cwd=ROOT, encoding="utf-8", **pipes)
    with child:
        assert json.loads(child.stdout.readline())["status"] == "added"
        other = next(path for path in sorted(SEEDS.iterdir()) if path.name != SOURCE)
        (folder / "two.txt").write_bytes(other.read_bytes())
        report = json.loads(child.stdout.readline())
        assert (Path(report["source"]).name, report["status"]) == ("two.txt", "added")
        (folder / "one.txt").unlink()
        report = json.loads(child.stdout.readline())
        assert (report["source"], report["status"]) == ("one.txt", "removed")
        child.send_signal(signal.SIGINT)
        assert child.wait(30) == 0
        assert "Traceback" not in child.stderr.read()
    assert process("check", "--library", str(tmp_path / "lib")).returncode == 0
