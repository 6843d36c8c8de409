"""Law 5: a number shown stands in a cited quote, or is computed from such numbers with the working shown."""

from dataclasses import replace

import pytest

from qa.answering.verifying import faults
from qa.types import Answer, Citation

QUOTE = (
    "2022年,全市交通事故同比下降15.64%,死亡人数同比减少20.8%,排查纠纷23起,化解纠纷14起,挽回损失1.4亿元,培训一万二千人次"
)
CITATION = Citation(1, "a", "a.txt", "标题", "", "2023-01-10", QUOTE, 0, len(QUOTE), 0, len(QUOTE))


def answer(headline: str, text: str = "", quote: str = QUOTE) -> Answer:
    citation = replace(CITATION, quote=quote, end=len(quote), raw_end=len(quote))
    return Answer("问", "问", headline, text or headline, False, "", 0.9, (citation,), (), 1.0)


@pytest.mark.parametrize(
    "headline",
    ["下降15.64%", "减少20.8%", "23起", "1.4亿元", "１４起", "12000人次", "1.2万人次", "14000万元", "王某某", "2022年"],
)
def test_what_stands_in_the_quote_holds(headline: str) -> None:
    assert faults(answer(headline)) == []


@pytest.mark.parametrize(
    "headline",
    ["上升15.64%", "增长20.8%", "24起", "23人", "1.5亿元", "15.65%", "2021年", "230起", "3起", "12001人次"],
)
def test_an_altered_number_unit_or_direction_is_a_fault(headline: str) -> None:
    assert faults(answer(headline))


def test_a_computed_number_holds_with_its_working() -> None:
    assert faults(answer("9起", "9起 [1]\n23起 − 14起 = 9起")) == []
    assert faults(answer("37起", "37起 [1]\n23起 + 14起 = 37起")) == []


@pytest.mark.parametrize("working", ["", "23起 − 14起 = 8起", "25起 − 16起 = 9起", "23起 − 14人 = 9起"])
def test_a_computed_number_without_true_working_is_a_fault(working: str) -> None:
    assert faults(answer("9起" if "8" not in working else "8起", f"9起 [1]\n{working}"))


def test_two_hundred_altered_answers_are_all_found() -> None:
    true = {"15.64": "下降{}%", "20.8": "减少{}%", "23": "{}起", "14": "{}起"}
    altered = [
        shape.format(number[:at] + digit + number[at + 1 :])
        for number, shape in true.items()
        for at in range(len(number))
        for digit in "0123456789"
        if number[at] not in {digit, "."}
    ]
    known = {"23起", "14起", "下降15.64%", "减少20.8%"}
    missed = [headline for headline in altered if headline not in known and not faults(answer(headline))]
    assert len(altered) > 90
    assert missed == []


def test_a_refusal_shows_no_number_to_check() -> None:
    assert faults(replace(answer("9999起"), abstained=True)) == []
