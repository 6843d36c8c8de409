"""Questions that the articles answer only by arithmetic: differences, sums, comparisons, extremes.

Each part is asked by itself, so each number has its own source; the computation is shown beside the result. Figures
are only laid against each other when they count in the same measure; what is only about a number stays about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, product

from qa.answering import composing
from qa.answering.measures import same_unit
from qa.answering.planning import Plan as Plan
from qa.answering.planning import extreme_way as extreme_way
from qa.answering.planning import plan as plan
from qa.answering.question import Question
from qa.answering.ranking import Scored
from qa.language.quantities import Quantity, in_seconds

# Candidates of each part that are tried together, and how far below its best a candidate may stand.
TRIED, WITHIN = 5, 0.3
# A word of at least this weight tells one measure from another; it stands by a figure (clause) or far from it.
TELLING, CLOSE, FAR = 0.5, 0.6, 0.5


@dataclass(frozen=True, slots=True)
class Computed:
    """A result with its working and the candidates that it comes from, in the order of the parts."""

    headline: str
    working: str
    sources: tuple[Scored, ...]


def run(planned: Plan, best: Callable[[Question], Sequence[Scored]]) -> Computed | None:
    """Answer the parts with ``best`` (candidates, best first) and compute; None when a part has no figure."""
    ranked = [best(part) for _, part in planned.parts]
    if not all(ranked):
        return None
    if planned.kind == "each":
        chosen = _together(planned, ranked, measured=False)
        return _each(planned, chosen) if chosen else None
    chosen = _together(planned, ranked, measured=True)
    if chosen is None:
        return None
    numbers = [_signed(planned, scored) for scored in chosen]
    if planned.kind == "sum":
        return None if _includes(chosen) else _sum(chosen, numbers)
    if planned.kind == "difference":
        return _gap(planned, chosen, numbers)
    return _winner(planned, chosen, numbers)


def extreme(found: Sequence[Scored], way: str, kind: str = "") -> Computed | None:
    """Return the least or greatest of the values that stand in the sentence of the best candidate.

    Where a body, a place or a person is asked for (``kind`` org, place, person), the one that has the value is named.
    """
    if not found:
        return None
    top = found[0]
    row = [s for s in found if s.reading is top.reading and s.candidate.sentence == top.candidate.sentence]
    sized = [(size, s) for s in row if (size := _size(s)) is not None and not _is_total(s)]
    if not all(_is_time(s) for _, s in sized):
        sized = [(size, s) for size, s in sized if s.candidate.unit == top.candidate.unit]
    if len(sized) < 2:
        return None
    pick = (min if way == "less" else max)(sized, key=lambda pair: pair[0])[1]
    if owner := _owner(pick, kind):
        return Computed(composing.headline_of(owner), "", (owner, pick))
    if kind in {"org", "place", "person"}:
        return None
    start = min([span[0] for span in pick.candidate.own if span[1] > span[0]] + [pick.candidate.start])
    end = max([span[1] for span in pick.candidate.own if span[1] > span[0]] + [pick.candidate.end])
    headline = pick.reading.view.article.text[start:end].strip(" 、,，;；")
    return Computed(headline, "", (pick,))


def _owner(pick: Scored, kind: str) -> Scored | None:
    """Return the name of ``kind`` that stands last before a figure in its sentence, None where none does."""
    wanted = {"org": {"agency"}, "place": {"place", "agency"}, "person": {"person"}}.get(kind, set())
    number = pick.candidate.sentence
    names = [n for n in pick.reading.view.names(number) if n.kind in wanted and n.end <= pick.candidate.start]
    if not names:
        return None
    named = replace(pick.candidate, kind=kind, start=names[-1].start, end=names[-1].end, value=None, unit="")
    return replace(pick, candidate=named)


def _is_total(scored: Scored) -> bool:
    """Tell whether a figure is the sum of those after it: 共查处各类违法56起,其中…."""
    candidate, text = scored.candidate, scored.reading.view.folded
    own = "".join(text[slice(*span)] for span in candidate.own)
    return bool(re.match(r"[,，。;；:：(（]?其中", text[candidate.end :]) or re.search(r"各类|合计|总计|总共", own))


def _size(scored: Scored) -> Decimal | None:
    quantity = _quantity(scored)
    if quantity is None:
        return None
    seconds = in_seconds(quantity)
    return seconds if seconds is not None else quantity.value


def _is_time(scored: Scored) -> bool:
    quantity = _quantity(scored)
    return quantity is not None and quantity.kind == "duration"


def _quantity(scored: Scored) -> Quantity | None:
    candidate = scored.candidate
    return next((q for q in scored.reading.view.quantities(candidate.sentence) if q.start == candidate.start), None)


def _together(planned: Plan, ranked: Sequence[Sequence[Scored]], *, measured: bool) -> list[Scored] | None:
    """Choose one candidate for each part so that they go together: different places, one measure, like words."""
    tried = [[s for s in found[:TRIED] if s.score >= found[0].score - WITHIN] for found in ranked]
    best: tuple[float, list[Scored]] | None = None
    for row in product(*tried):
        if len({(id(s.reading.view), s.candidate.start) for s in row}) < len(row):
            continue
        if measured and not _comparable(planned, row):
            continue
        value = sum(s.score for s in row) + _likeness(row)
        if best is None or value > best[0]:
            best = (value, list(row))
    return best[1] if best else None


def _comparable(planned: Plan, row: Sequence[Scored]) -> bool:
    values = [s.candidate.value for s in row]
    if any(value is None for value in values) or len({s.candidate.kind for s in row}) > 1:
        return False
    units = [s.candidate.unit for s in row]
    if any(not same_unit(units[0], unit) or not same_unit(unit, units[0]) for unit in units[1:]):
        return False
    if planned.ordered:
        return _signed(planned, row[0]) > _signed(planned, row[1]) and not _is_rest(row[1]) and not _is_rest(row[0])
    return planned.kind != "compare" or _same_metric(row)


def _same_metric(row: Sequence[Scored]) -> bool:
    """Tell whether every telling word that all parts ask with stands by all of the figures or by none."""
    supports = [_supports(scored) for scored in row]
    shared = set.intersection(*(set(found) for found in supports))
    return all(max(f[t] for f in supports) < CLOSE or min(f[t] for f in supports) >= FAR for t in shared)


def _supports(scored: Scored) -> dict[str, float]:
    candidate, terms = scored.candidate, scored.reading.question.terms
    return {
        term.text: scored.reading.support(index, candidate.own, candidate.clause, candidate.sentence)
        for index, term in enumerate(terms)
        if term.role == "content" and term.weight >= TELLING
    }


def _is_rest(scored: Scored) -> bool:
    """Tell whether a figure already counts what is left."""
    text = "".join(scored.reading.view.folded[slice(*span)] for span in scored.candidate.own)
    return bool(re.search(r"未|没|剩|尚|待办|余下", text))


def _likeness(row: Sequence[Scored]) -> float:
    """Return how well figures go together: the same sentence and unit, words in common, exact rather than about."""
    first = row[0]
    value = -0.12 * sum(_about([scored]) for scored in row)
    for other in row[1:]:
        same = other.reading.view is first.reading.view
        value += 0.1 * (same and other.candidate.sentence == first.candidate.sentence)
        value += 0.1 * (other.candidate.unit == first.candidate.unit)
        one, two = _own_characters(first), _own_characters(other)
        value += 0.15 * len(one & two) / max(len(one | two), 1)
    return value


def _own_characters(scored: Scored) -> set[str]:
    return {c for span in scored.candidate.own for c in scored.reading.view.folded[slice(*span)]}


def _signed(planned: Plan, scored: Scored) -> Decimal:
    """Return the value; a fall counts as less than a rise where the question does not ask for one of them alone."""
    value = scored.candidate.value or Decimal(0)
    one_way = any(part.direction for _, part in planned.parts)
    return (
        -value if scored.candidate.kind == "percent" and scored.candidate.direction == "down" and not one_way else value
    )


def _includes(chosen: Sequence[Scored]) -> bool:
    """Tell whether one of the figures is said to be a part of another (其中): they must not be added."""
    ordered = sorted(chosen, key=lambda scored: scored.candidate.start)
    return any(_part_of(one, two) for one, two in pairwise(ordered))


def _part_of(one: Scored, two: Scored) -> bool:
    between = one.reading.view.folded[one.candidate.end : two.candidate.start]
    return one.reading.view is two.reading.view and bool(re.match(r"[^。]{0,12}其中", between))


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _amount(value: Decimal, unit: str, about: bool = False) -> str:
    sign = "约" if about else ""
    if value >= 10**8 and value % 10**4 == 0:
        return f"{sign}{_plain(value / 10**8)}亿{unit}"
    if value >= 10**4 and unit == "元":
        return f"{sign}{_plain(value / 10**4)}万{unit}"
    return f"{sign}{_plain(value)}{unit}"


def _unit_of(scored: Scored) -> str:
    return "个百分点" if scored.candidate.kind == "percent" else scored.candidate.unit


def _about(chosen: Sequence[Scored]) -> bool:
    """Tell whether a figure is only about right (余, 多, 约), so that what is computed from it is too."""
    return any((quantity := _quantity(scored)) is not None and quantity.approximate for scored in chosen)


def _gap(planned: Plan, chosen: Sequence[Scored], numbers: Sequence[Decimal]) -> Computed:
    high, low = max(numbers), min(numbers)
    shown = [_shown(scored) for scored in chosen]
    ordered = shown if numbers[0] >= numbers[1] else shown[::-1]
    result = _amount(high - low, _unit_of(chosen[0]), _about(chosen))
    return Computed(result, f"{ordered[0]} − {ordered[1]} = {result}", tuple(chosen))


def _sum(chosen: Sequence[Scored], numbers: Sequence[Decimal]) -> Computed:
    result = _amount(sum(numbers, Decimal(0)), _unit_of(chosen[0]), _about(chosen))
    return Computed(result, " + ".join(_shown(scored) for scored in chosen) + f" = {result}", tuple(chosen))


def _winner(planned: Plan, chosen: Sequence[Scored], numbers: Sequence[Decimal]) -> Computed:
    rows = sorted(
        zip(numbers, [label for label, _ in planned.parts], chosen, strict=True),
        key=lambda row: row[0],
        reverse=planned.way != "less",
    )
    shown = [f"{label}{composing.headline_of(scored)}" for _, label, scored in rows]
    working = ";".join(shown)
    if planned.ranking:
        return Computed(" > ".join(shown) if planned.way != "less" else " < ".join(shown), "", tuple(chosen))
    if rows[0][0] == rows[1][0]:
        return Computed("一样", working, tuple(chosen))
    winner = rows[0][1]
    if not planned.apart:
        return Computed(f"{winner}({','.join(shown)})", working, tuple(chosen))
    gap = _amount(abs(rows[0][0] - rows[-1][0]), _unit_of(chosen[0]), _about(chosen))
    high, low = (rows[0], rows[-1]) if rows[0][0] > rows[-1][0] else (rows[-1], rows[0])
    working = f"{working};{_shown(high[2])} − {_shown(low[2])} = {gap}"
    return Computed(f"{winner},相差{gap}" if planned.way else gap, working, tuple(chosen))


def _each(planned: Plan, chosen: Sequence[Scored]) -> Computed:
    labels = [label for label, _ in planned.parts]
    shown = [f"{label}:{composing.headline_of(scored)}" for label, scored in zip(labels, chosen, strict=True)]
    return Computed(";".join(shown), "", tuple(chosen))


def _shown(scored: Scored) -> str:
    candidate = scored.candidate
    return scored.reading.view.article.text[candidate.start : candidate.end]
