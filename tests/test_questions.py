"""The gold questions keep their own rules, and the validator sees what breaks them."""

import json
from pathlib import Path

import pytest

from benchmarks.validate_questions import find_problems, has, overlap, read_articles, read_rows

GOLDEN = Path(__file__).parent / "golden"
SEEDS = Path(__file__).parent.parent / "seeds"
PARTS = json.loads((GOLDEN / "articles.json").read_text(encoding="utf-8"))
SETS = {part: GOLDEN / f"{part}.jsonl" for part in PARTS}
PARAPHRASES = read_rows(GOLDEN / "paraphrase.jsonl")
GOOD = {
    "id": "X1",
    "type": "figure",
    "turns": ["出动警力多少人次?"],
    "answers": ["2980", "2980人次"],
    "evidence": [{"doc": "a", "quote": "出动警力2980人次"}],
    "answerable": True,
    "style": "plain",
    "note": "",
    "distractors": ["821张"],
}
TEXT = {"a": "该局累计出动警力2980人次,发放宣传页18608份、警民联系卡821张。"}


@pytest.mark.parametrize("name", ["seeds-visible", "seeds-choosing", "seeds-fresh"])
def test_the_questions_on_the_seeds_quote_them_letter_for_letter(name: str) -> None:
    assert find_problems(read_rows(GOLDEN / f"{name}.jsonl"), read_articles(SEEDS)) == []


@pytest.mark.parametrize("name", ["made-training", "made-choosing", "made-fresh"])
def test_the_questions_on_made_reports_quote_them_letter_for_letter(name: str) -> None:
    assert find_problems(read_rows(GOLDEN / f"{name}.jsonl"), read_articles(GOLDEN / "made-articles.jsonl")) == []


@pytest.mark.parametrize("part", SETS)
def test_a_set_keeps_the_rules(part: str) -> None:
    rows = read_rows(SETS[part])
    assert find_problems(rows) == []
    assert len(rows) >= 110
    assert sum(not row["answerable"] for row in rows) >= 0.13 * len(rows)
    assert {evidence["doc"] for row in rows for evidence in row["evidence"]} == set(PARTS[part])


def test_the_paraphrases_share_hardly_a_word_with_their_quotes() -> None:
    assert find_problems(PARAPHRASES) == []
    assert len(PARAPHRASES) >= 150
    assert len({row["doc"] for row in PARAPHRASES}) >= 60
    assert sum(overlap(row["question"], row["quote"]) for row in PARAPHRASES) <= 0.03 * len(PARAPHRASES)


def test_no_article_serves_both_halves_of_the_paraphrases_or_another_set() -> None:
    halves = {half: {row["doc"] for row in PARAPHRASES if row["half"] == half} for half in ("choose", "held-out")}
    assert not halves["choose"] & halves["held-out"]
    assert not (halves["choose"] | halves["held-out"]) & {article for part in PARTS.values() for article in part}


def test_no_article_serves_two_parts() -> None:
    every = [article for part in PARTS.values() for article in part]
    assert len(every) == len(set(every))


def test_a_good_question_has_no_problem() -> None:
    assert find_problems([GOOD], TEXT) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"evidence": [{"doc": "a", "quote": "出动警力2890人次"}]}, "the quote does not stand in a"),
        ({"evidence": [{"doc": "b", "quote": "出动警力2980人次"}]}, "no article b"),
        ({"answers": ["298", "298人次"]}, "no accepted answer stands in a quote"),
        ({"answers": ["2980"]}, "with and without its unit"),
        ({"answers": ["2980人次"]}, "with and without its unit"),
        ({"distractors": ["2980"]}, "is accepted as"),
        ({"distractors": ["822张"]}, "stands in no article"),
        ({"all_of": ["2980", ["18608份", "18608"]]}, "an element of all_of stands in no quote"),
        ({"type": "list"}, "a list needs all_of"),
        ({"type": "number"}, "unknown type"),
        ({"style": "formal"}, "unknown style"),
        ({"type": "followup"}, "at least two turns"),
        ({"turns": ["多少?", "那呢?"]}, "only a follow-up has several turns"),
        ({"type": "unanswerable", "answerable": False}, "has answers or evidence"),
        ({"type": "unanswerable", "answerable": False, "answers": [], "evidence": []}, "names no known category"),
    ],
)
def test_what_breaks_a_rule_is_named(change: dict[str, object], problem: str) -> None:
    assert any(problem in found for found in find_problems([{**GOOD, **change}], TEXT))


def test_an_id_used_twice_is_named() -> None:
    assert find_problems([GOOD, GOOD], TEXT) == ["X1: the id is used twice"]


def test_a_number_is_not_found_inside_a_longer_one() -> None:
    assert has("298", "出动298人") and has("2,980", "2980人次") and has("５", "共5 起")
    assert not has("298", "2980人次") and not has("80", "2,980") and not has("9.5", "79.5%")


def test_overlap_counts_shared_pairs_of_characters() -> None:
    assert overlap("出动警力", "累计出动警力2980人次") == 1.0
    assert overlap("派了多少人", "累计出动警力") == 0.0
    assert overlap("出动多少", "累计出动警力") == pytest.approx(1 / 3)
