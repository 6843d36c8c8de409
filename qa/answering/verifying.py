"""Code owns every number: what an answer shows must stand in its cited quotes, or be computed from numbers that do.

Works on a finished ``Answer`` alone, so it holds for every writer. Numbers are compared by value (width, separators,
万 and 亿, Chinese numerals), with their unit, and a change with its direction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from qa.corpus.clauses import direction_of
from qa.language.quantities import Quantity, find_quantities
from qa.language.scripts import fold
from qa.types import Answer

_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
# The working of a computed answer: 23起 − 14起 = 9起.
_WORKING = re.compile(r"^(?P<left>[^=\n]+)=(?P<right>[^=\n]+)$", re.MULTILINE)
_STEP = re.compile(r"[−+]")


def faults(answer: Answer) -> list[str]:
    """Return what is wrong with the numbers of ``answer``: one sentence each, empty when everything holds.

    >>> faults(Answer("", "", "9999起", "", False, "", 1.0, (), (), 0.0))
    ['9999起 stands in no cited quote.']
    """
    if answer.abstained:
        return []
    quotes = [fold(citation.quote) for citation in answer.citations]
    computed = _computed(answer, quotes)
    headline = fold(answer.headline)
    found = [_fault(headline, quantity, quotes, computed) for quantity in find_quantities(headline)]
    covered = [range(quantity.start, quantity.end) for quantity in find_quantities(headline)]
    for match in _NUMBER.finditer(headline):
        if not any(match.start() in span for span in covered):
            found.append(_bare_fault(match.group(), quotes))
    return [fault for fault in found if fault]


def _fault(headline: str, quantity: Quantity, quotes: Iterable[str], computed: set[tuple[Decimal, str]]) -> str:
    if (quantity.value, quantity.unit) in computed:
        return ""
    same = [(q, found) for q in quotes for found in find_quantities(q) if found.value == quantity.value]
    same = [(q, found) for q, found in same if found.unit == quantity.unit or not quantity.unit]
    if not same:
        whole = [q for q in quotes if re.search(rf"(?<![\d.]){re.escape(quantity.text)}", q)]
        return "" if whole else f"{quantity.text} stands in no cited quote."
    asked = direction_of(headline, 0, len(headline), quantity.start) if quantity.kind == "percent" else ""
    said = {direction_of(q, *_clause(q, found.start), found.start) for q, found in same}
    if asked and said and asked not in said:
        return f"{quantity.text} has another direction in its quote."
    return ""


def _bare_fault(number: str, quotes: Iterable[str]) -> str:
    plain = number.replace(",", "")
    inside = any(re.search(rf"(?<![\d.]){re.escape(plain)}(?![\d.])", q.replace(",", "")) for q in quotes)
    return "" if inside else f"{number} stands in no cited quote."


def _clause(text: str, at: int) -> tuple[int, int]:
    start = max(text.rfind(mark, 0, at) for mark in "，,。；;\n") + 1
    ends = [text.find(mark, at) for mark in "，。；;\n"]
    return start, min([end for end in ends if end >= 0], default=len(text))


def _computed(answer: Answer, quotes: list[str]) -> set[tuple[Decimal, str]]:
    """Return the results of the workings in the text whose every term stands in a quote and whose sum is right."""
    results: set[tuple[Decimal, str]] = set()
    for match in _WORKING.finditer(fold(answer.text)):
        left = match["left"].rsplit(";", 1)[-1]
        terms = [quantity for part in _STEP.split(left) for quantity in find_quantities(part.strip())]
        signs = [1, *(1 if sign == "+" else -1 for sign in _STEP.findall(left))]
        result = find_quantities(match["right"].strip())
        if len(terms) != len(signs) or len(result) != 1:
            continue
        total = sum((sign * term.value for sign, term in zip(signs, terms, strict=True)), Decimal(0))
        quoted = all(any(term.text in quote for quote in quotes) for term in terms)
        if quoted and total == result[0].value:
            results.add((result[0].value, result[0].unit))
    return results
