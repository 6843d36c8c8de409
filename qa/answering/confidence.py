"""How sure a choice is: a calibrated probability from what the ranking saw and what the learned reader says.

The weights are those of a logistic regression fitted by ``benchmarks/calibrate.py`` on the development and calibration
questions; nothing here knows an article.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.answering.ranking import Scored
from qa.answering.reader import Reader

# Log probabilities of the reader below this say no more than this.
READER_FLOOR = -8.0
# A lead over the next candidate says no more than this.
WIDEST_MARGIN = 0.3
# A figure whose own words, clause and paragraph lack the word beside the question word counts something else.
MEASURED, LEAST_FOCUS = frozenset({"count", "percent", "money", "duration", "age", "rank"}), 0.35
# A paragraph longer than this is read around the candidate only, in characters.
LONGEST_CONTEXT = 500

NAMES = (
    "score", "coverage", "precision", "focus", "unfocused", "fits", "unsaid", "margin", "reader", "reader_p", "open",
    "list", "text",
)  # fmt: skip
WEIGHTS = (2.25, 0.58, 0.94, -0.08, -0.73, 3.13, -0.54, 5.94, 0.00, 1.14, 0.16, 1.56, -0.73)
BIAS = -5.83


def features(ranked: Sequence[Scored], reader: Reader) -> tuple[float, ...]:
    """Return what is known about the best of ``ranked``, in the order of ``NAMES``."""
    best = ranked[0]
    kind = best.candidate.kind
    said = READER_FLOOR if kind in {"list", "text"} else max(reader_says(best, reader), READER_FLOOR)
    return (
        best.score,
        best.coverage,
        best.precision,
        best.focus,
        float(kind in MEASURED and best.focus < LEAST_FOCUS),
        best.candidate.fits,
        float(not best.said),
        min(margin(ranked), WIDEST_MARGIN),
        said,
        math.exp(said),
        float(kind in {"person", "org", "place", "name"}),
        float(kind == "list"),
        float(kind == "text"),
    )


def probability(values: Sequence[float]) -> float:
    """Return the probability that a choice with these features is right, 0..1."""
    logit = BIAS + sum(weight * value for weight, value in zip(WEIGHTS, values, strict=True))
    return 1.0 / (1.0 + math.exp(-max(min(logit, 30.0), -30.0)))


def margin(ranked: Sequence[Scored]) -> float:
    """Return the lead of the best candidate over the next one that says something else."""
    best = ranked[0]
    said = text_of(best)
    others = [scored for scored in ranked[1:] if text_of(scored) != said]
    return best.score - others[0].score if others else WIDEST_MARGIN


def reader_says(scored: Scored, reader: Reader) -> float:
    """Return the reader's log probability of the candidate in its paragraph."""
    view, candidate = scored.reading.view, scored.candidate
    start, end = view.paragraph(candidate.sentence)
    if end - start > LONGEST_CONTEXT:
        at, to = view.sentences[candidate.sentence]
        start, end = max(start, at - 200), min(end, to + 100)
    span = (candidate.start - start, candidate.end - start)
    return reader.score(scored.reading.question.folded, view.folded[start:end], [span])[0]


def text_of(scored: Scored) -> str:
    """Return the folded words of a candidate."""
    return scored.reading.view.folded[scored.candidate.start : scored.candidate.end]
