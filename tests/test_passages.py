"""Sentences and passages: they cover the text and never cut what belongs together."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.corpus.passages import LONGEST, sentences, split
from qa.corpus.read import read_bytes
from qa.types import Article, Passage

SEEDS = sorted((Path(__file__).parent.parent / "seeds").iterdir())
ARTICLES = [read_bytes(path.read_bytes(), path.name)[0] for path in SEEDS]
FIGURE_OR_DATE = re.compile(
    r"\d+(?:[.,:]\d+)*\s?(?:年(?:\d+月)?(?:\d+日)?|月(?:\d+日)?|日|[万亿]?余?(?:人次|人|起|件|名|份|张|家|户|元|个|条|次|处)|%)?"
)
QUOTED = re.compile("“[^“”\n]{1,200}”|《[^《》\n]{1,200}》")


def article(text: str) -> Article:
    return Article(id="x", source="x", title="", publisher="", author="", published="", text=text)


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(("text", "expected"), [
    ("甲。乙!丙?丁", ["甲。", "乙!", "丙?", "丁"]),
    ("标题\n\n  正文一。", ["标题", "正文一。"]),
    ("“真是意想不到。”洛阳市局说。", ["“真是意想不到。”洛阳市局说。"]),
    ("“真是意想不到。”老城区的许多居民向记者讲述了这件事。",
     ["“真是意想不到。”", "老城区的许多居民向记者讲述了这件事。"]),
    ("“为什么入党?我合格吗?”走得再远,也要记得。", ["“为什么入党?我合格吗?”", "走得再远,也要记得。"]),
    ("首先弄懂‘为什么做?’的问题。再做。", ["首先弄懂‘为什么做?’的问题。", "再做。"]),
    ("出台《谁来负责?办法》并施行。完。", ["出台《谁来负责?办法》并施行。", "完。"]),
    ("同比上升14.67%,全年1.4亿元。3.5万人", ["同比上升14.67%,全年1.4亿元。", "3.5万人"]),
    ("怎么办??!快走!!", ["怎么办??!", "快走!!"]),
    ("见 http://a.example/?id=1 一文。", ["见 http://a.example/?id=1 一文。"]),
    ("以新\ufffd\ufffd新作为。", ["以新", "新作为。"]),
    ("“没有关上的引号。第二句。", ["“没有关上的引号。", "第二句。"]),
    ("捷报频传......上半年第一。", ["捷报频传......上半年第一。"]),
    ("", []),
    (" \n\n ", []),
])
def test_sentences(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_the_figures_of_a_seed_stay_in_one_sentence() -> None:
    whole = [s for s in pieces(ARTICLES[1].text) if "2980人次" in s]
    assert len(whole) == 1
    assert whole[0].startswith("截至6月29日18时,该局累计出动警力2980人次")
    assert whole[0].endswith("查处交通违法行为300起。")


@pytest.mark.parametrize("number", range(5))
def test_passages_of_a_seed(number: int) -> None:
    passages = split(ARTICLES[number])
    check(ARTICLES[number], passages)
    sizes = [len(passage.text) for passage in passages]
    assert max(sizes) < 400
    assert min(sizes) >= 30
    assert sum(sizes) / len(sizes) >= 180
    headings = [p for p in passages[:-1] if len(p.text.rsplit("\n", 1)[-1]) <= 16 and p.text[-1] not in "。!?”…,，:："]
    assert headings == []


def check(whole: Article, passages: list[Passage]) -> None:
    """Passages stand where they say, cover the text in order, and cut nothing that belongs together."""
    text = whole.text
    at = 0
    for index, passage in enumerate(passages):
        assert (passage.article_id, passage.index) == (whole.id, index)
        assert text[passage.start:passage.end] == passage.text
        assert text[at:passage.start].strip(" \n\ufffd\t\u3000") == "" or text[at:passage.start].isspace()
        at = passage.end
    assert text[at:].strip("\ufffd").strip() == ""
    edges = {edge for passage in passages for edge in (passage.start, passage.end)}
    for pattern in (FIGURE_OR_DATE, QUOTED):
        for match in pattern.finditer(text):
            inside = [edge for edge in edges if match.start() < edge < match.end()]
            assert inside == [] or len(match.group()) > 200, match.group()


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="甲乙丙丁的。，、；！？“”‘’《》()（）12.,%年月日万元人次\n ?!ab\ufffd", max_size=3000))
def test_any_text_is_covered_in_order(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.replace("\ufffd", "").split())
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    assert all(b - a <= LONGEST for a, b in spans)
    for passage in split(article(text)):
        assert text[passage.start:passage.end] == passage.text


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([
    "截至6月29日18时,", "出动警力2980人次,", "同比上升14.67%、", "“雷霆2号·严打违法犯罪专项行动”",
    "《关于深化改革的意见》",
    "破案12起。", "2023年1月至11月", "1.4亿元", "\n", "(以下简称行动)", "群众说:“怎么办?快来!”", "；", "的",
]), max_size=120).map("".join))
def test_figures_dates_and_quoted_names_are_never_cut(text: str) -> None:
    whole = article(text)
    check(whole, split(whole))


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_a_very_long_line_without_any_stop_is_cut_into_longest_passages() -> None:
    passages = split(article("的" * 2_000_000))
    assert {len(p.text) for p in passages[:-1]} == {LONGEST}
