"""How sure a choice is: a calibrated probability from what the ranking saw and what the learned reader says.

The weights are those of a conditional logit fitted by ``benchmarks/calibrate.py`` on questions whose articles the
reader was not trained on; nothing here knows an article.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from qa.answering.listing import asked_size
from qa.answering.ranking import Scored

# Log probabilities of the reader below this say no more than this.
READER_FLOOR = -8.0
# A lead over the next candidate says no more than this.
WIDEST_MARGIN = 0.3
# A figure whose own words, clause and paragraph lack the word beside the question word counts something else.
MEASURED, LEAST_FOCUS = frozenset({"count", "percent", "money", "duration", "age", "rank"}), 0.35
NAMED = frozenset({"person", "org", "place", "name", "post"})

NAMES = (
    "score", "coverage", "content", "precision", "focus", "unfocused", "fits", "unsaid", "missing", "lead",
    "reader", "reader_p", "behind", "window", "first", "article", "article_behind", "row", "row_lead",
    "measured", "score_measured", "reader_p_measured", "window_measured",
    "named", "score_named", "reader_p_named", "fits_named",
    "date", "reader_p_date", "list", "reader_p_list", "text", "reader_p_text", "score_text", "span", "reader_p_span",
    "money", "place", "org", "what", "how", "why", "size", "row_said",
)  # fmt: skip
WEIGHTS = (
    3.32,
    0.35,
    -1.09,
    -0.08,
    0.34,
    -0.22,
    1.48,
    0.60,
    -0.11,
    2.34,
    0.41,
    0.81,
    -0.05,
    1.23,
    0.28,
    -2.35,
    8.70,
    -0.12,
    2.86,
    -0.12,
    -1.58,
    0.63,
    -0.14,
    0.68,
    -1.23,
    0.91,
    -0.19,
    1.05,
    0.13,
    0.64,
    1.11,
    -1.00,
    0.48,
    0.13,
    0.23,
    2.54,
    -0.96,
    0.15,
    0.27,
    0.29,
    -1.03,
    2.05,
    1.70,
    0.00,
)
BIAS = -0.94


def features(
    scored: Scored, logp: float, mass: float, best: float, lead: float, article: float, articles: float
) -> tuple[float, ...]:
    """Return what is known about a candidate, in the order of ``NAMES``.

    ``logp`` is the reader's log probability of it, ``mass`` P(its window answers), ``best`` the highest ``logp`` among
    all candidates, ``lead`` its score less that of the best candidate that says something else, ``article`` the share
    of the question that its article holds, ``articles`` the largest such share of any article.
    """
    kind = scored.candidate.kind
    measured, named = float(kind in MEASURED), float(kind in NAMED)
    logp = max(logp, READER_FLOOR)
    share = math.exp(logp)
    lead = max(min(lead, WIDEST_MARGIN), -WIDEST_MARGIN)
    # In a row (分别下降3%、5%) the reader is easily one off.
    aligned = measured * (scored.candidate.row_size > 1)
    date, row, text, span = (float(kind == name) for name in ("date", "list", "text", "span"))
    return (
        scored.score,
        scored.coverage,
        scored.content,
        scored.precision,
        scored.focus,
        float(measured and scored.focus < LEAST_FOCUS),
        scored.candidate.fits,
        float(not scored.said),
        float(min(len(scored.missing), 4)),
        lead,
        logp,
        share,
        max(logp - best, READER_FLOOR),
        mass,
        float(logp >= best),
        article,
        article - articles,
        aligned,
        lead * aligned,
        measured,
        scored.score * measured,
        share * measured,
        mass * measured,
        named,
        scored.score * named,
        share * named,
        scored.candidate.fits * named,
        date,
        share * date,
        row,
        share * row,
        text,
        share * text,
        scored.score * text,
        span,
        share * span,
        *(float(kind == name) for name in ("money", "place", "org")),
        *(float(scored.reading.question.ask.kind == name) for name in ("what", "how", "why")),
        _size_agrees(scored) if row else 0.0,
        scored.row_lead,
    )


def _size_agrees(scored: Scored) -> float:
    """Return 1 where a row has as many items as the question names, -1 where it has not, 0 where none are named."""
    wanted = asked_size(scored.reading.question.folded)
    return 0.0 if not wanted else 1.0 if scored.candidate.row_size == wanted else -1.0


def shares(rows: Sequence[Sequence[float]]) -> list[float]:
    """Return the probability that each of the candidates with these features is right, 0..1.

    They share what is left beside "none of them is", whose logit is 0.
    """
    logits = [BIAS + sum(weight * value for weight, value in zip(WEIGHTS, row, strict=True)) for row in rows]
    highest = max([0.0, *logits])
    worth = [math.exp(logit - highest) for logit in logits]
    total = sum(worth) + math.exp(-highest)
    return [one / total for one in worth]


def logarithm(share: float) -> float:
    """Return the logarithm of a probability, not below the reader's floor."""
    return max(math.log(share), READER_FLOOR) if share > 0 else READER_FLOOR


def text_of(scored: Scored) -> str:
    """Return the folded words of a candidate."""
    return scored.reading.view.folded[scored.candidate.start : scored.candidate.end]
