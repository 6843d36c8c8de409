"""Words cover the text; numbers, dates and Latin words stay whole; nothing of jieba's shared cache is touched."""

import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jieba import finalseg

from qa.language.dictionary import load_dictionary, read_dictionary
from qa.language.words import _unknown, bigram_terms, cut, search_terms, word_terms, words

cut("热身")  # the dictionary is read before anything is timed

any_text = st.text(alphabet=st.characters(exclude_categories=()))


@given(any_text)
def test_words_cover_any_text_in_order(text):
    found = words(text)
    assert "".join(word.text for word in found) == text
    assert all(text[word.start : word.end] == word.text for word in found)
    assert all(isinstance(term, str) and term for term in search_terms(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("出动警力2980人次", ["出动", "警力", "2980", "人次"]),
        ("同比下降11.12%、12.1%", ["同比", "下降", "11.12%", "、", "12.1%"]),
        ("2022年12月25日起", ["2022年12月25日", "起"]),
        ("6月29日18时", ["6月29日", "18", "时"]),
        ("2023-10-10 10:13:46", ["2023-10-10", " ", "10:13:46"]),
        ("共接收169.9万条", ["共", "接收", "169.9万", "条"]),
        ("300余万元", ["300余万", "元"]),
        ("上线App", ["上线", "App"]),
        ("云剑2023", ["云剑", "2023"]),
        ("抓獲違法犯罪人員", ["抓獲", "違法犯罪", "人員"]),
        ("", []),
    ],
)
def test_cut(text, expected):
    assert cut(text) == expected


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("出动警力2980人次", {"2980", "人次", "警力", "动警"}, {"298", "80", "2980人", "0人"}),
        ("出動警力２９８０人次", {"2980", "警力", "出动"}, {"２９８０", "出動"}),
        ("发放宣传页18,608份", {"18608"}, {"18,608", "608"}),
        ("上升14.67%", {"14.67%", "14.67"}, {"14", "67"}),
        ("169.9万条", {"169.9万", "169.9"}, {"169"}),
        ("2022年12月25日起", {"2022年12月25日", "2022年", "12月", "25日"}, {"2022", "25"}),
        ("使用鄢陵APP", {"app"}, {"APP"}),
        ("从业人员", {"从业", "人员", "从业人员", "业人"}, set()),
        (",。 \n", set(), {",", " "}),
    ],
)
def test_search_terms(text, present, absent):
    terms = set(search_terms(text))
    assert present <= terms
    assert not absent & terms


def test_search_terms_are_words_and_pairs_of_characters():
    text = "排查矛盾纠纷23起"
    assert bigram_terms(text) == ["排查", "查矛", "矛盾", "盾纠", "纠纷"]
    assert search_terms(text) == word_terms(text) + bigram_terms(text)


def test_tags():
    tags = {word.text: word.tag for word in words("公安局在洛阳抓获3人,App")}
    assert (tags["洛阳"], tags["抓获"], tags["3"], tags["App"], tags[","]) == ("ns", "v", "m", "eng", "x")


han = st.characters(min_codepoint=0x4DB0, max_codepoint=0x9FFF) | st.sampled_from("某张海涛在的㐀鿖豈")


@given(st.text(alphabet=han))
@example("鿿鿿鿿")  # never seen by the model: every way is equally improbable
def test_unknown_words_are_those_of_jieba(run):
    whole = len(run) < 2 or load_dictionary().knows(run)
    assert _unknown(run, load_dictionary()) == (list(run) if whole else list(finalseg.cut(run)))


# Time that grows with the square of the text would run into this limit.
@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ["的" * 40_000, "1" * 40_000, "1," * 20_000, "a.b-" * 10_000, "年" * 40_000])
def test_long_runs_take_linear_time(text):
    assert "".join(cut(text)) == text


def test_threads_that_begin_together_agree():
    code = (
        "import threading; from qa.language.words import cut; out = []\n"
        "ts = [threading.Thread(target=lambda: out.append(cut('排查矛盾纠纷23起'))) for _ in range(8)]\n"
        "[t.start() for t in ts]; [t.join() for t in ts]\n"
        "assert out == [['排查', '矛盾', '纠纷', '23', '起']] * 8, out"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
    assert threading.active_count() >= 1


def test_dictionary_cache_is_private_text_and_heals(tmp_path, monkeypatch):
    shared = tmp_path / "tmp"
    shared.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    cache = tmp_path / "cache"
    first = read_dictionary(cache)
    path = cache / "dictionary.txt"
    whole = path.read_bytes()
    whole.decode("utf-8")
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert list(shared.iterdir()) == []
    path.write_bytes(whole[:-20] + "坏".encode() + whole[-17:])
    assert read_dictionary(cache) == first
    assert path.read_bytes() == whole
    path.write_bytes(b"\xff\x00")
    assert read_dictionary(cache) == first


def test_dictionary_serves_without_a_cache_folder(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    dictionary = read_dictionary(blocked)
    assert dictionary.knows("公安局")
    assert not dictionary.knows("安局")
    assert dictionary.tag("公安局") == "nt"
