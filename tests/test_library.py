"""The library as its users see it: what goes in, what is found, what leaves without a trace."""

import json
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

import opencc
import pytest
from documents import zip_archive

from qa.errors import InputError, LibraryBusy, LibraryError, LibraryMissing
from qa.library import Library
from qa.library.lock import writing
from qa.library.reprints import letters
from qa.library.search import ARTICLE_WEIGHT
from qa.library.store import Store

SEEDS = Path(__file__).parent.parent / "seeds"
SENTENCE = "截至6月29日18时,该局累计出动警力2980人次"


@pytest.fixture
def library(tmp_path: Path):
    with Library.open(tmp_path / "library") as opened:
        yield opened


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory):
    with Library.open(tmp_path_factory.mktemp("seeded") / "library") as opened:
        opened.add(SEEDS)
        yield opened


def record(number: int, text: str = "") -> dict[str, str]:
    body = text or f"某市公安局今年出动警力{1000 + number}人次,化解矛盾纠纷{number}起。群众都说好。"
    return {"id": f"r{number}", "title": f"第{number}篇报道", "text": body, "date": "2023-05-01"}


def folder_of(path: Path, texts: dict[str, str]) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in texts.items():
        (path / name).write_text(text, encoding="utf-8")
    return path


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_seeds_are_found_by_their_words_and_by_place(seeded: Library) -> None:
    first = seeded.search("鄢陵县公安局大走访专项活动累计出动警力多少人次?", k=5)
    assert any(SENTENCE in hit.passage.text for hit in first)
    assert {hit.article.source for hit in first} == {"001_75a587f0f879bd51.txt"}
    assert seeded.search("新乡 抓获 逃犯", k=1)[0].article.source == "003_f5186662bd3c1b41.txt"


def test_both_scripts_find_the_same(seeded: Library) -> None:
    simple = [hit.passage for hit in seeded.search("新乡公安抓获各类逃犯多少人?")]
    assert [hit.passage for hit in seeded.search("新鄉公安抓獲各類逃犯多少人?")] == simple


def test_passages_lie_where_they_say(seeded: Library) -> None:
    for article in seeded.articles():
        passages = seeded.passages(article.id)
        assert [passage.index for passage in passages] == list(range(len(passages)))
        assert all(article.text[passage.start:passage.end] == passage.text for passage in passages)
    assert seeded.passage_count == sum(len(seeded.passages(article.id)) for article in seeded.articles())


def test_hits_fall_and_scores_do_not_depend_on_k(seeded: Library) -> None:
    many, few = seeded.search("出动警力", k=20), seeded.search("出动警力", k=3)
    assert many[:3] == few
    assert [hit.score for hit in many] == sorted((hit.score for hit in many), reverse=True)


def test_a_number_is_one_word(seeded: Library) -> None:
    assert seeded.document_frequency("2980") == 1
    assert seeded.document_frequency("298") == 0
    assert "2980" in seeded.search("2980", k=1)[0].passage.text


@pytest.mark.parametrize("question", ["", " \n", "\u3000"])
def test_an_empty_question_is_refused(seeded: Library, question: str) -> None:
    with pytest.raises(InputError, match="empty"):
        seeded.search(question)


def test_questions_that_are_no_questions_find_nothing_or_something(seeded: Library) -> None:
    assert seeded.search("?!…") == []
    assert seeded.search("的" * 100_000) is not None
    assert isinstance(seeded.search("police deployed"), list)


def test_filters_choose_articles(library: Library) -> None:
    library.add(record(1, "甲市公安局出动警力10人次。"))
    library.add(record(2, "乙市公安局出动警力20人次。") | {"date": "2022-12-31"})
    library.add({"id": "r3", "text": "丙市公安局出动警力30人次。"})
    find = lambda **filters: sorted(hit.article.source for hit in library.search("出动警力", k=9, **filters))  # noqa: E731
    assert find() == ["r1", "r2", "r3"]
    assert find(since="2023") == ["r1"] and find(until="2022") == ["r2"] and find(until="2023-05-01") == ["r1", "r2"]
    assert find(source="R3") == ["r3"]
    assert find(agency="甲市公安局") == ["r1"] and find(agency="丁市公安局") == []
    assert find(since="2024") == []
    with pytest.raises(InputError, match="no date"):
        find(since="May")


def test_unchanged_changed_renamed_identical(library: Library, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", {"a.txt": "甲县公安局出动警力100人次。", "b.txt": "乙县公安局破获案件20起。"})
    added = library.add(folder)
    assert [report.status for report in added] == ["added", "added"]
    before = library.generation
    assert [report.status for report in library.add(folder)] == ["unchanged", "unchanged"]
    (folder / "a.txt").write_text("甲县公安局出动警力200人次。", encoding="utf-8")
    assert [report.status for report in library.add(folder)] == ["replaced", "unchanged"]
    assert "200" in library.search("甲县 出动警力", k=1)[0].passage.text and len(library) == 2
    assert not any("100人次" in hit.passage.text for hit in library.search("出动警力100人次", k=9))
    (folder / "b.txt").rename(folder / "c.txt")
    assert [report.status for report in library.add(folder)] == ["unchanged", "renamed"]
    assert {article.source for article in library.articles()} == {"a.txt", "c.txt"}
    shutil.copy(folder / "c.txt", folder / "d.txt")
    report = library.add(folder)[2]
    assert (report.status, report.article_id, len(library)) == ("duplicate", library.add(folder)[1].article_id, 2)
    assert library.generation > before and library.check() == []


def test_the_files_of_an_unchanged_folder_are_not_even_opened(library: Library, tmp_path: Path) -> None:
    """What this saves is shown by benchmarks/library.py."""
    folder = folder_of(tmp_path / "in", {f"{n}.txt": f"第{n}县公安局今年出动警力{n}人次。" for n in range(20)})
    opened: list[Path] = []
    looking = ["open"]

    def look(event: str, given: tuple[object, ...]) -> None:
        if event in looking:
            opened.append(Path(str(given[0])))

    sys.addaudithook(look)  # sees every file that is opened by whatever way, and cannot be taken back
    time.sleep(2.1)  # what was written a moment ago may change again within the same tick, and is read again
    assert {report.status for report in library.add(folder)} == {"added"}
    assert {file.name for file in opened if file.parent == folder} == {f"{n}.txt" for n in range(20)}
    opened.clear()
    assert {report.status for report in library.add(folder)} == {"unchanged"}
    looking.clear()
    assert not [file for file in opened if file.parent == folder]


def test_a_copy_keeps_an_article_when_the_other_file_changes(library: Library, tmp_path: Path) -> None:
    text = "甲县公安局出动警力100人次。"
    folder = folder_of(tmp_path / "in", {"a.txt": text, "b.txt": text})
    assert [report.status for report in library.add(folder)] == ["added", "duplicate"]
    (folder / "a.txt").write_text("甲县公安局破获案件7起。", encoding="utf-8")
    library.add(folder)
    assert len(library) == 2
    assert "100人次" in library.search("出动警力100人次", k=1)[0].passage.text


def test_a_collection_is_followed_record_by_record(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(json.dumps(record(number)) for number in range(30)) + "\n{broken\n", encoding="utf-8")
    report = library.add(path)[0]
    assert (report.status, report.articles, len(library)) == ("added", 30, 30)
    assert "line 31" in report.reason and "1 of 31" in report.reason
    path.write_text("\n".join(json.dumps(record(number)) for number in range(5, 32)), encoding="utf-8")
    report = library.add(path)[0]
    assert (report.status, report.articles, len(library)) == ("replaced", 2, 27)
    assert {article.source for article in library.articles()} == {f"r{number}" for number in range(5, 32)}


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "zip"])
def test_a_file_of_many_articles_tells_how_far_it_is(library: Library, tmp_path: Path, kind: str) -> None:
    rows = [record(number) for number in range(40)]
    path = tmp_path / f"news.{kind}"
    if kind == "zip":
        path.write_bytes(zip_archive({f"{row['id']}.txt": row["text"].encode() for row in rows}))
    elif kind == "csv":
        path.write_text("\n".join(["id,title,text", *(",".join(list(row.values())[:3]) for row in rows)]))
    else:
        path.write_text(json.dumps(rows) if kind == "json" else "\n".join(map(json.dumps, rows)))
    seen = list[tuple[int, int, str]]()
    library.add(path, progress=lambda done, total, name: seen.append((done, total, name)))
    *inside, last = seen
    assert last == (1, 1, path.name) and {told[:2] for told in inside} == {(0, 1)} and len(inside) == 39
    shares = [float(told[2].removesuffix(f"% {path.name}")) for told in inside]
    # Rows are of nearly one length: after each fortieth row a fortieth more has been read.
    assert shares == pytest.approx([100 * number / 40 for number in range(1, 40)], abs=1.5)


def test_reports_add_up_beside_bad_files(library: Library, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", {"a.txt": "甲县公安局出动警力100人次。", "e.txt": "", "w.txt": " \n"})
    (folder / "b.bin").write_bytes(bytes(range(256)) * 20)
    seen = []
    reports = library.add(folder, progress=lambda done, total, name: seen.append((done, total, name)))
    assert Counter(report.status for report in reports) == {"added": 1, "skipped": 3}
    assert all(report.reason for report in reports if report.status == "skipped")
    assert seen == [(number, 4, report.source) for number, report in enumerate(reports, start=1)]
    assert sum(report.articles for report in reports) == len(library) == 1
    assert sum(report.passages for report in reports) == library.passage_count


def test_removed_means_gone_to_the_last_byte(library: Library, tmp_path: Path) -> None:
    library.add(SEEDS)
    target = next(article for article in library.articles() if article.source.startswith("001"))
    whole = bytes_of(library.path)
    assert "累计出动警力2980人次".encode() in whole
    with library._reading() as store:
        rows = [(row, bodies) for row, bodies in store.bodies() if row[1] == target.id]
    # Words, vectors and figures are packed: they are looked for as they lie there, and not only the first of them.
    packed = [part[at:at + 32] for row, bodies in rows for part in (*bodies.values(), row[-5], row[-2], row[-1])
              for at in (0, len(part) // 2, len(part) - 40) if part and at >= 0 and len(part[at:at + 32]) >= 16]
    packed += [vector.tobytes() for vector in library.embedder.encode_passages([SENTENCE])]
    assert len(packed) > 10 and sum(part in whole for part in packed) > 8
    assert library.remove(target.id, "no-such-id") == 1
    assert len(library) == 4 and library.remove(target.id) == 0
    assert all(hit.article.id != target.id for hit in library.search(SENTENCE, k=50))
    held = bytes_of(library.path)
    for passage in ("累计出动警力2980人次", "走访从业人员3506人", target.title[:12], "18608"):
        assert passage.encode() not in held
    assert not any(part in held for part in packed)
    assert library.check() == []
    with pytest.raises(InputError, match=target.id):
        library.article(target.id)


@pytest.mark.parametrize("order", [(4, 3, 2, 1, 0), (2, 0, 4, 1, 3), (3, 4, 0, 2, 1)])
def test_removed_and_added_again_gives_the_same_answers(tmp_path: Path, order: tuple[int, ...]) -> None:
    questions = ["出动警力多少人次", "新乡 逃犯", "矛盾纠纷"]
    seeds = sorted(SEEDS.iterdir())
    with Library.open(tmp_path / "one") as one, Library.open(tmp_path / "two") as two:
        one.add(SEEDS)
        two.add(*(seeds[number] for number in order))
        two.remove(two.articles()[2].id)
        two.add(SEEDS)
        two.add(SEEDS)
        assert len(one) == len(two) == 5
        for question in questions:
            ours, theirs = one.search(question), two.search(question)
            assert [hit.passage for hit in ours] == [hit.passage for hit in theirs]
            assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in theirs], abs=1e-4)


def test_what_was_added_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as first:
        first.add(SEEDS)
        hits, articles = first.search("新乡 逃犯"), first.articles()
    with Library.open(tmp_path / "library", create=False) as second:
        assert second.articles() == articles
        assert second.search("新乡 逃犯") == hits
        assert second.check() == []


def test_two_open_libraries_see_each_others_changes(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as one, Library.open(tmp_path / "library") as two:
        assert two.search("出动警力") == []
        one.add(SEEDS)
        assert two.search(SENTENCE, k=1) == one.search(SENTENCE, k=1)
        two.remove(two.search(SENTENCE, k=1)[0].article.id)
        assert len(one) == 4
        assert all("2980" not in hit.passage.text for hit in one.search(SENTENCE, k=50))


def test_the_second_writer_is_told_who_holds_the_lock(library: Library) -> None:
    with writing(library.path), pytest.raises(LibraryBusy, match=r"process [0-9]+ on "):
        library.add(SEEDS)
    assert len(library) == 0
    library.add(SEEDS)


def test_a_folder_of_other_things_is_not_touched(tmp_path: Path) -> None:
    folder_of(tmp_path / "docs", {"letter.txt": "hello"})
    with pytest.raises(LibraryError, match=r"letter\.txt"):
        Library.open(tmp_path / "docs")
    assert [path.name for path in (tmp_path / "docs").iterdir()] == ["letter.txt"]
    with pytest.raises(LibraryMissing, match="wenju add"):
        Library.open(tmp_path / "nowhere", create=False)
    assert not (tmp_path / "nowhere").exists()
    with pytest.raises(LibraryError, match="is a file"):
        Library.open(tmp_path / "docs" / "letter.txt")


def test_what_cannot_be_added_is_refused_by_name(library: Library, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        library.add(tmp_path / "nowhere")
    with pytest.raises(InputError, match="int"):
        library.add(7)
    assert library.add({"id": "x", "text": " "})[0].status == "skipped"


def test_reprints_are_found_and_other_reports_are_not(library: Library) -> None:
    library.add(SEEDS)
    original = next(article for article in library.articles() if article.source.startswith("003"))
    changed = "来源:某网\n" + original.text.replace("新乡公安", "新乡市公安", 2)
    library.add({"id": "reprint", "title": "转载", "text": changed})
    assert [article.source for article in library.reprints(original.id)] == ["reprint"]
    others = [article for article in library.articles() if article.source.startswith(("000", "001", "002"))]
    assert all(library.reprints(article.id) == [] for article in others)


def test_reprints_are_grouped_under_the_first(library: Library) -> None:
    library.add(SEEDS)
    original = next(article for article in library.articles() if article.source.startswith("003"))
    for number in range(3):
        text = f"来源:第{number}网\n" + original.text.replace("新乡公安", "新乡市公安", number)
        library.add({"id": f"reprint-{number}", "title": f"转载{number}", "text": text})
    ids = {article.source: article.id for article in library.articles()}
    assert library.first_prints() == {ids[f"reprint-{number}"]: original.id for number in range(3)}
    library.remove(original.id)
    assert library.first_prints() == {ids[f"reprint-{number}"]: ids["reprint-0"] for number in (1, 2)}


REPORT = ("安平县公安局开展“雷霆1号”专项行动,民警走村入户,排查矛盾纠纷,宣传防骗知识,受到群众欢迎。\n"
          "行动开始以来,该局累计出动警力2980人次,走访单位50家,发放宣传页18608份,化解矛盾纠纷14起。\n"
          "下一步,该局将继续保持严打高压态势,为辖区群众营造安全稳定的社会环境,让群众过上安稳的日子。\n") * 2


def test_reprints_follow_what_others_add_and_remove_and_only_that_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(f"第{number}小区的民警上门走访居民,登记房屋{number * 3}间。" for number in range(40))
    read: list[int] = []
    sketches = Store.sketches

    def noted(store: Store, since: int = 0) -> list[tuple[int, str, bytes]]:
        found = sketches(store, since)
        read.append(len(found))
        return found

    monkeypatch.setattr(Store, "sketches", noted)
    with Library.open(tmp_path / "l") as library, Library.open(tmp_path / "l") as other:
        library.add(*({"id": f"other-{number}", "text": f"第{number}所学校春游。" * 9} for number in range(20)))
        first = library.add({"id": "first", "text": text})[0].article_id
        assert library.reprints(first) == []
        second = other.add({"id": "second", "text": f"{text}完。"})[0].article_id
        assert [article.id for article in library.reprints(first)] == [second]
        third = other.add({"id": "third", "text": f"记者:{text}"})[0].article_id
        other.remove(second)
        assert [article.id for article in library.reprints(first)] == [third]
        second = other.add({"id": "second", "text": f"{text}完。"})[0].article_id
        assert {article.id for article in library.reprints(first)} == {second, third}
    assert read == [21, 1, 1, 1]


def test_a_passage_that_reprints_repeat_is_shown_once(library: Library) -> None:
    texts = {"甲报": REPORT, "乙报": REPORT.replace("2980人次", "2980人次(完)", 1),
             "丙报": opencc.OpenCC("s2t").convert(REPORT), "丁报": REPORT.replace("2980", "2890")}
    ids = {name: library.add({"id": name, "title": f"{name}报道", "text": text})[0].article_id
           for name, text in texts.items()}
    hits = library.search("雷霆1号行动累计出动警力多少人次", k=10)
    found = [hit.passage.text for hit in hits]
    assert len({letters(text) for text in found}) == len(found)
    # A figure that differs makes another passage: whoever asks must see both.
    assert any("2980" in text for text in found) and any("2890" in text for text in found)
    assert library.search("雷霆1号行动累计出动警力多少人次", k=1) == hits[:1]
    start = REPORT.index("该局累计")
    words = (start, REPORT.index("走访单位"))
    assert [each.source for each in library.printed_in(ids["甲报"], *words)] == ["丙报", "乙报"]
    assert [each.source for each in library.printed_in(ids["丁报"], *words)] == []
    unlike = library.printed_in(ids["丁报"], words[1], words[1] + len("走访单位50家,发放宣传页18608份"))
    assert {each.source for each in unlike} == {"甲报", "乙报", "丙报"}


def test_the_same_words_in_different_reports_are_shown_each(library: Library) -> None:
    shared = "该局出动警力20人次。" + "".join(f"第{number}小队走访了{number * 3}户群众;" for number in range(12))
    for name, first in (("甲", 0x4E00), ("乙", 0x6E00)):
        own = "".join(chr(first + 7 * at) for at in range(600))
        assert library.add({"id": name, "text": f"{own[:300]}。\n{shared}。\n{own[300:]}。"})[0].passages == 3
    texts = [(hit.article.source, hit.passage.text) for hit in library.search("该局出动警力", k=20)]
    assert {(name, f"{shared}。") for name in "甲乙"} <= set(texts)


def test_an_article_tells_whom_and_what_it_names(library: Library) -> None:
    text = "安平县公安局开展“雷霆1号”专项行动。安平县公安局民警在城关镇出动警力100人次,抓获逃犯3人。"
    about = library.about(library.add({"id": "a", "text": text})[0].article_id)
    assert about.agencies[0] == "安平县公安局" and "城关镇" in about.places
    assert any("雷霆1号" in name for name in about.operations)


def test_a_folder_is_followed(library: Library, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", {"a.txt": "甲县公安局出动警力100人次。", "b.txt": "乙县公安局破获案件20起。"})
    rounds = library.watch(folder, every=0.01)
    assert [report.status for report in next(rounds)] == ["added", "added"]
    (folder / "c.txt").write_text("丙县公安局抓获逃犯3人。", encoding="utf-8")
    assert [(report.source, report.status) for report in next(rounds)] == [("c.txt", "added")]
    (folder / "a.txt").rename(folder / "z.txt")
    assert [(report.source, report.status) for report in next(rounds)] == [("z.txt", "renamed")]
    (folder / "b.txt").unlink()
    assert [(report.source, report.status) for report in next(rounds)] == [("b.txt", "removed")]
    assert {article.source for article in library.articles()} == {"c.txt", "z.txt"}


def test_a_library_that_is_gone_says_so(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library") as library:
        library.add(record(1))
        shutil.rmtree(tmp_path / "library")
        with pytest.raises(LibraryMissing, match="moved or deleted"):
            library.search("出动警力")
    with pytest.raises(LibraryError, match="closed"):
        library.articles()


def test_a_seed_in_another_encoding_is_the_same_article(library: Library, tmp_path: Path) -> None:
    library.add(SEEDS)
    before = library.search("新乡 逃犯"), library.search(SENTENCE)
    folder = tmp_path / "again"
    folder.mkdir()
    for seed in SEEDS.iterdir():
        text = seed.read_bytes().decode("utf-8")
        for codec in ("gb18030", "utf-16"):
            (folder / f"{codec}-{seed.name}").write_bytes(text.encode(codec))
    reports = library.add(folder)
    assert {report.status for report in reports} == {"duplicate"} and len(library) == 5
    assert {report.article_id for report in reports} == {article.id for article in library.articles()}
    assert (library.search("新乡 逃犯"), library.search(SENTENCE)) == before


def test_an_older_model_that_cannot_be_renewed_is_not_mixed_in(tmp_path: Path, caplog) -> None:
    with Library.open(tmp_path / "library") as library:
        library.add(SEEDS)
        with library._folder.writing() as store, store.write() as transaction:
            transaction.set_meta("fingerprint", "of an older bundled model")
    with Library.open(tmp_path / "library") as library:
        with writing(library.path):
            hits = library.search("新乡公安抓获各类逃犯多少人?")
        assert "by words alone" in caplog.text and hits[0].article.source.startswith("003")
        assert all(hit.score <= 1 + ARTICLE_WEIGHT for hit in hits)  # the words' share, and the article's
        assert library.search("新乡公安抓获各类逃犯多少人?")[0].score > 1 + ARTICLE_WEIGHT
        assert "vectors are made anew for 5 articles" in caplog.text and library.check() == []
