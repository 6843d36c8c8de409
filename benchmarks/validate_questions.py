"""Check gold questions against the articles that they cite; knows nothing of the project that answers them.

usage: validate_questions.py GOLD.jsonl [GOLD.jsonl ...] [--articles ARTICLES]

ARTICLES is a folder of text files or a .jsonl / .jsonl.gz of {"id", "text"}; without it everything is checked that can
be checked without the texts. Every problem is one line; the exit status is 1 if there is one. Two kinds of rows:
{"id", "type", "turns", "answers", "evidence", ...} asks for an answer, {"id", "question", "doc", "quote", "half"} asks
for a passage in words that the passage does not use, and its lexical overlap is reported.
"""

from __future__ import annotations

import argparse
import collections
import gzip
import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from opencc import OpenCC

Row = Mapping[str, Any]
Articles = Mapping[str, str]

TYPES = frozenset(
    [
        "figure",
        "percent",
        "money",
        "date",
        "duration",
        "person",
        "org",
        "place",
        "operation",
        "list",
        "descriptive",
        "comparison",
        "followup",
        "unanswerable",
    ]
)
STYLES = frozenset(["plain", "colloquial", "paraphrase", "traditional", "english", "typo"])
CATEGORIES = frozenset(["unreported_metric", "uncovered_agency", "wrong_year", "false_premise", "out_of_domain"])
WITH_UNITS = frozenset({"figure", "money"})


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


@cache
def fold(text: str) -> str:
    """Return the form in which answers are compared: half-width, simplified, no spaces and no quotation marks."""
    text = _simplifier().convert(unicodedata.normalize("NFKC", text)).lower()
    return re.sub(r"""[\s“”‘’"'「」『』《》·,]""", "", text)


def has(form: str, text: str) -> bool:
    """Tell whether ``form`` stands in ``text`` and is no part of a longer number."""
    form, text = fold(form), fold(text)
    left = r"(?<![\d.])" if form[:1].isdigit() else ""
    right = r"(?![\d.%])" if form[-1:].isdigit() else ""
    return bool(form) and re.search(left + re.escape(form) + right, text) is not None


def forms(element: str | list[str]) -> list[str]:
    """Return the accepted forms of one element of ``all_of``: itself, or any of its alternatives."""
    return element if isinstance(element, list) else [element]


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON lines, gzipped or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_articles(path: Path) -> dict[str, str]:
    """Read the articles: a folder of text files by name, or JSON lines by id."""
    if path.is_dir():
        return {file.name: file.read_text(encoding="utf-8") for file in sorted(path.iterdir()) if file.is_file()}
    return {row["id"]: row["text"] for row in read_rows(path)}


def problems_of(row: Row, articles: Articles | None = None) -> Iterator[str]:
    """Say what is wrong with one row; quotes are looked up only when the articles are at hand."""
    if "question" in row:
        yield from _retrieval_problems(row, articles)
        return
    yield from _shape_problems(row)
    yield from _unanswerable_problems(row) if row.get("type") == "unanswerable" else _answer_problems(row)
    if articles is not None:
        for evidence in row["evidence"]:
            yield from _quote_problems(evidence["doc"], evidence.get("raw_quote", evidence["quote"]), articles)
        text = "\n".join(articles.get(evidence["doc"], "") for evidence in row["evidence"])
        if row["answerable"] and not any("raw_quote" in evidence for evidence in row["evidence"]):
            yield from (
                f"distractor {d!r} stands in no article" for d in row.get("distractors", ()) if not has(d, text)
            )


def _shape_problems(row: Row) -> Iterator[str]:
    if row.get("type") not in TYPES:
        yield f"unknown type {row.get('type')!r}"
    if row.get("style") not in STYLES:
        yield f"unknown style {row.get('style')!r}"
    if row["answerable"] is (row.get("type") == "unanswerable"):
        yield "answerable contradicts the type"
    turns = row["turns"]
    if not turns or not all(isinstance(turn, str) and turn.strip() for turn in turns):
        yield "an empty turn"
    if row.get("type") == "followup" and len(turns) < 2:
        yield "a follow-up needs at least two turns"
    if row.get("type") not in ("followup", "unanswerable") and len(turns) != 1:
        yield "only a follow-up has several turns"


def _unanswerable_problems(row: Row) -> Iterator[str]:
    if row["answers"] or row["evidence"] or row.get("all_of"):
        yield "an unanswerable question has answers or evidence"
    category = re.match(r"cat=(\w+)", row["note"])
    if category is None or category[1] not in CATEGORIES:
        yield "the note names no known category (cat=...)"


def _answer_problems(row: Row) -> Iterator[str]:
    answers, quotes = row["answers"], [evidence["quote"] for evidence in row["evidence"]]
    if not answers or not quotes:
        yield "an answerable question needs answers and evidence"
    if row["type"] == "list" and not row.get("all_of"):
        yield "a list needs all_of"
    if not row.get("computed"):
        if not any(has(answer, quote) for answer in answers for quote in quotes):
            yield f"no accepted answer stands in a quote: {answers[:3]}"
        for element in row.get("all_of", ()):
            if not any(has(form, quote) for form in forms(element) for quote in quotes):
                yield f"an element of all_of stands in no quote: {element}"
    for distractor in row.get("distractors", ()):
        yield from (f"distractor {distractor!r} is accepted as {a!r}" for a in answers if has(distractor, a))
    if row["type"] in WITH_UNITS:
        yield from _unit_problems(answers)


def _unit_problems(answers: Iterable[str]) -> Iterator[str]:
    """Ask that a value of three digits and more, or with 万 or 亿, is accepted with and without its unit."""
    numbers = [re.match(r"([\d.,]+[余多]?[万亿]?[余多]?)(.*)", answer) for answer in answers]
    units = {match[2] for match in numbers if match is not None}
    large = any(match is not None and (len(match[1]) > 2 or match[1][-1] in "万亿") for match in numbers)
    if large and (units == {""} or "" not in units):
        yield f"a figure needs forms with and without its unit: {list(answers)[:4]}"


def _quote_problems(doc: str, quote: str, articles: Articles) -> Iterator[str]:
    if doc not in articles:
        yield f"no article {doc}"
    elif not quote or quote not in articles[doc]:
        yield f"the quote does not stand in {doc}: {quote!r}"


def _retrieval_problems(row: Row, articles: Articles | None) -> Iterator[str]:
    if row.get("half") not in ("choose", "held-out"):
        yield f"unknown half {row.get('half')!r}"
    if not row["question"].strip() or not row["quote"].strip():
        yield "an empty question or quote"
    if articles is not None:
        yield from _quote_problems(row["doc"], row["quote"], articles)


def overlap(question: str, quote: str) -> float:
    """Return the share of the question's character bigrams (Chinese characters only) that stand in the quote."""
    runs = re.findall("[\u3400-\u9fff]+", fold(question))
    pairs = [run[i : i + 2] for run in runs for i in range(len(run) - 1)]
    return sum(pair in fold(quote) for pair in pairs) / max(len(pairs), 1)


def find_problems(rows: Iterable[Row], articles: Articles | None = None) -> list[str]:
    """Return one line for each problem of the rows, each with the id of its question."""
    seen: set[str] = set()
    found = []
    for row in rows:
        if row["id"] in seen:
            found.append(f"{row['id']}: the id is used twice")
        seen.add(row["id"])
        found += [f"{row['id']}: {problem}" for problem in problems_of(row, articles)]
    return found


def summary(rows: list[dict[str, Any]]) -> str:
    """Return the counts of a gold set: rows, articles, types and styles, or halves and lexical overlap."""
    if rows and "question" in rows[0]:
        halves = collections.Counter(row["half"] for row in rows)
        shares = sorted(overlap(row["question"], row["quote"]) for row in rows)
        return (
            f"{len(rows)} retrieval questions over {len({row['doc'] for row in rows})} articles, {dict(halves)}; "
            f"overlap of character pairs: mean {sum(shares) / len(shares):.3f}, median {shares[len(shares) // 2]:.3f}, "
            f"largest {shares[-1]:.3f}"
        )
    docs = {evidence["doc"] for row in rows for evidence in row["evidence"]}
    types = collections.Counter(row["type"] for row in rows)
    styles = collections.Counter(row["style"] for row in rows)
    return f"{len(rows)} questions over {len(docs)} articles\n  types  {dict(types)}\n  styles {dict(styles)}"


def main(arguments: list[str] | None = None) -> int:
    """Check the named files, print counts and problems, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--articles", type=Path, help="folder of text files, or .jsonl[.gz] of {id, text}")
    options = parser.parse_args(arguments)
    articles = read_articles(options.articles) if options.articles else None
    found = []
    for path in options.gold:
        rows = read_rows(path)
        print(f"{path.name}: {summary(rows)}")
        found += [f"{path.name} {problem}" for problem in find_problems(rows, articles)]
    print(*(found or ["no problems"]), sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
