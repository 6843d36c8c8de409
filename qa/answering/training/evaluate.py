"""Measures a reader on questions with their right paragraph: exact match and F1 as CMRC 2018 counts them.

Both sides lose punctuation and spaces; F1 goes by the longest common run of characters (numbers and Latin words count
as one); the best of several answers counts. Also: how sure the reader is that a paragraph does not answer, for the
right paragraph and for another one of the same page.

    python -m qa.answering.training.evaluate --data DIR [--weights FILE]
"""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from qa.answering.reader import Reader
from qa.answering.training.files import Asked, read_questions
from qa.answering.training.progress import Progress
from qa.language.quantities import find_quantities
from qa.language.scripts import fold

SETS = ("cmrc2018-trial", "drcd-dev-simplified")

_UNITS = re.compile(r"[a-z]+|\d+|.", re.DOTALL)
_DIGITS = r"[\d零〇一二三四五六七八九十百千元]"
# An era or 公元前, years, months, days or a century, and a part of it: 民国27年, 12世纪后期, 1961年8月12日晚上.
_DATE = re.compile(
    rf"(?:约|公元前?|前|[\u4e00-\u9fff]{{2,6}})?(?:{_DIGITS}+(?:年代?|月|[日号]|世纪))+"
    r"(?:[初末底前后]|[早中晚后][期叶]|晚上|上午|下午|以[来前后]|左右|前后)?"
)
_YEARS_LONG = re.compile(rf"(?:约|近)?(?:\d{{1,2}}|{_DIGITS}{{1,3}})年")
_FIGURE = re.compile(
    r"(?:约|近|第|超过?|逾|不到|大约)?\d[\d,.]*[万亿千百]*[多余]?[^\d，。]{0,4}|[零〇一二三四五六七八九十百千万亿两]+"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """How many questions, and the share of exact matches and the mean F1 among them."""

    count: int
    exact: float
    f1: float

    def __str__(self) -> str:
        return f"{self.count:5d} questions  EM {self.exact:.3f}  F1 {self.f1:.3f}"


def bare(text: str) -> str:
    """Return ``text`` folded, without punctuation, symbols and spaces."""
    return "".join(c for c in fold(text) if unicodedata.category(c)[0] not in "PZC" and c not in "~`^$+=<>|")


def overlap(given: str, wanted: str) -> float:
    """Return the F1 of two answers by their longest common run."""
    a, b = _UNITS.findall(bare(given)), _UNITS.findall(bare(wanted))
    if not a or not b:
        return float(a == b)
    run = SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size
    return 2 * run / (len(a) + len(b))


def mark(pairs: Iterable[tuple[str, Sequence[str]]]) -> Marks:
    """Return the marks of (given answer, accepted answers) pairs."""
    exact, f1 = [], []
    for given, accepted in pairs:
        exact.append(max(bare(given) == bare(answer) for answer in accepted))
        f1.append(max(overlap(given, answer) for answer in accepted))
    count = max(len(exact), 1)
    return Marks(len(exact), sum(exact) / count, sum(f1) / count)


def kind(answer: str) -> str:
    """Return "date" or "number" for an answer that is one and nothing else, or "other".

    >>> kind("1963年"), kind("2980人次"), kind("范廷颂")
    ('date', 'number', 'other')
    """
    told = answer.strip("。，, ")
    if _DATE.fullmatch(told) and not _YEARS_LONG.fullmatch(told):
        return "date"
    whole = any(q.start == 0 and q.end == len(told) for q in find_quantities(told))
    return "number" if whole or _FIGURE.fullmatch(told) else "other"


def answer(reader: Reader, question: str, context: str) -> str:
    """Return the text of the best span, or ""."""
    best = reader.best_spans(question, context, 1)
    return context[best[0].start : best[0].end] if best else ""


def reading(reader: Reader, questions: Sequence[Asked], progress: Progress) -> dict[str, Marks]:
    """Return the marks for all questions and by the kind of their first answer."""
    pairs = [(answer(reader, q.question, q.text), q.answers) for q in progress.over(questions, "questions")]
    found = {"all": mark(pairs)}
    for name in ("number", "date", "other"):
        found[name] = mark(pair for pair in pairs if kind(pair[1][0]) == name)
    return found


def refusing(reader: Reader, questions: Sequence[Asked]) -> tuple[float, float]:
    """Return the shares of right paragraphs and of others of the same page that are held not to answer."""
    pages: dict[str, list[str]] = {}
    for q in questions:
        if q.text not in pages.setdefault(q.title, []):
            pages[q.title].append(q.text)
    right, other = [], []
    for i, q in enumerate(questions):
        strange = [t for t in pages[q.title] if t != q.text and not any(a in t for a in q.answers)]
        if strange:
            right.append(reader.absence(q.question, q.text) > 0.5)
            other.append(reader.absence(q.question, strange[i % len(strange)]) > 0.5)
    return sum(right) / max(len(right), 1), sum(other) / max(len(other), 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m qa.answering.training.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with eval/*.questions.jsonl.gz")
    parser.add_argument("--weights", type=Path, help="weights file; the bundled one by default")
    options = parser.parse_args(arguments)
    reader, progress = Reader.load(options.weights), Progress()
    for name in SETS:
        questions = read_questions(options.data / "eval", name)
        for group, marks in reading(reader, questions, progress).items():
            sys.stdout.write(f"{name:20s} {group:7s} {marks}\n")
        if name.startswith("drcd"):
            right, other = refusing(reader, questions[::5])
            sys.stdout.write(f"{name:20s} held not to answer: right paragraphs {right:.3f}, others {other:.3f}\n")


if __name__ == "__main__":
    main()
