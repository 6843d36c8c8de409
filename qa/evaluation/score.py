"""Score a set of answers: how many are right, wrong, refused, cited, and how far the confidence can be believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qa.evaluation.gold import Gold
from qa.evaluation.judge import Given, Verdict, comparable, judge

# Confidence is binned in fifths: with a few hundred questions finer bins hold too few answers to say anything.
_BINS = 5
_FIGURES = frozenset({"figure", "percent", "money"})


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers whose confidence lies in ``[low, high)``: the mean confidence, and the share that was right."""

    low: float
    high: float
    answers: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one evaluation; shares are of the answerable, the unanswerable or the correct questions."""

    questions: int
    correct: float
    figures_correct: float
    wrong: float
    over_refused: float
    missing: int
    invented_on_unanswerable: float
    cited_when_correct: float
    verbatim_citations: float
    citations: int
    by_type: dict[str, str]
    by_style: dict[str, str]
    reliability: tuple[Bin, ...]
    calibration_error: float
    faults: tuple[tuple[str, str, str, tuple[str, ...], str | None], ...]  # id, verdict, turns, expected, headline

    def json(self) -> dict[str, Any]:
        """Return the figures as plain values, without the list of faults."""
        plain = asdict(self)
        del plain["faults"]
        return plain

    def table(self) -> str:
        """Return the faults, one a line, then one figure a line, then the bins of the confidence."""
        lines = [_fault_line(*fault) for fault in self.faults]
        for name, value in self.json().items():
            if name != "reliability":
                lines.append(f"{name}: {value:.3f}" if isinstance(value, float) else f"{name}: {value}")
        lines += [
            f"confidence {each.low:.1f}-{each.high:.1f}: {each.answers} answers, "
            f"mean {each.confidence:.3f}, right {each.right:.3f}"
            for each in self.reliability
        ]
        return "\n".join(lines)


def score(gold: Sequence[Gold], answers: Mapping[str, Given], source_text: Callable[[str], str]) -> Scores:
    """Judge every question; ``source_text`` gives the text of a source file by its name, "" when there is none."""
    verdicts = [judge(each, answers[each.id]) if each.id in answers else Verdict("missing") for each in gold]
    counts = Counter(verdict.name for verdict in verdicts)
    asked = sum(each.answerable for each in gold)
    figures = [verdict for each, verdict in zip(gold, verdicts, strict=True) if each.type in _FIGURES]
    cites, verbatim = _verbatim([answers[each.id] for each in gold if each.id in answers], source_text)
    bins = reliability(
        [(answers[each.id], verdict.right) for each, verdict in zip(gold, verdicts, strict=True) if each.id in answers]
    )
    return Scores(
        questions=len(gold),
        correct=counts["correct"] / max(asked, 1),
        figures_correct=sum(verdict.name == "correct" for verdict in figures) / max(len(figures), 1),
        wrong=counts["wrong"] / max(asked, 1),
        over_refused=counts["refused"] / max(asked, 1),
        missing=counts["missing"],
        invented_on_unanswerable=counts["invented"] / max(len(gold) - asked, 1),
        cited_when_correct=sum(verdict.cited for verdict in verdicts) / max(counts["correct"], 1),
        verbatim_citations=verbatim / max(cites, 1),
        citations=cites,
        by_type=_shares((each.type for each in gold), verdicts),
        by_style=_shares((each.style for each in gold), verdicts),
        reliability=bins,
        calibration_error=_calibration_error(bins),
        faults=tuple(
            _fault(each, verdict, answers.get(each.id))
            for each, verdict in zip(gold, verdicts, strict=True)
            if not verdict.right
        ),
    )


def reliability(judged: Iterable[tuple[Given, bool]]) -> tuple[Bin, ...]:
    """Bin the answers that were given (refusals left out) by confidence; empty bins are left out."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for given, right in judged:
        if given.confidence is not None and not given.abstained:
            place = min(int(given.confidence * _BINS), _BINS - 1)
            bins.setdefault(place, []).append((given.confidence, right))
    return tuple(
        Bin(
            low=place / _BINS,
            high=(place + 1) / _BINS,
            answers=len(rows),
            confidence=sum(confidence for confidence, _ in rows) / len(rows),
            right=sum(right for _, right in rows) / len(rows),
        )
        for place, rows in sorted(bins.items())
    )


def _calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance of confidence from truth, weighted by answers; 0 is perfect."""
    total = sum(each.answers for each in bins)
    return sum(each.answers * abs(each.confidence - each.right) for each in bins) / max(total, 1)


def _verbatim(given: Iterable[Given], source_text: Callable[[str], str]) -> tuple[int, int]:
    """Return how many citations there are, and how many stand letter for letter in the source they name."""
    texts: dict[str, str] = {}
    total = found = 0
    for citation in (citation for answer in given for citation in answer.citations):
        name = Path(citation.source).name
        if name not in texts:
            texts[name] = comparable(source_text(name))
        total += 1
        found += bool(citation.quote) and comparable(citation.quote) in texts[name]
    return total, found


def _shares(keys: Iterable[str], verdicts: Iterable[Verdict]) -> dict[str, str]:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for key, verdict in zip(keys, verdicts, strict=True):
        right[key] += verdict.right
        total[key] += 1
    return {key: f"{right[key]}/{total[key]}" for key in sorted(total)}


def _fault(gold: Gold, verdict: Verdict, given: Given | None) -> tuple[str, str, str, tuple[str, ...], str | None]:
    headline = given.headline[:80] if given else None
    return gold.id, verdict.name, " >> ".join(gold.turns), gold.answers[:2], headline


def _fault_line(gold_id: str, verdict: str, turns: str, expected: tuple[str, ...], headline: str | None) -> str:
    return f"{gold_id} | {verdict} | {turns} | {list(expected) or 'abstain'} | {headline}"
