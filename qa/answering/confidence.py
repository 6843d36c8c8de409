"""How sure a choice is: a calibrated probability from what the ranking saw and what the learned reader says.

The weights (``model/choice.json``) are fitted by ``benchmarks/calibrate.py`` on questions whose articles the reader was
not trained on: a conditional logit, of all candidates and "none of them" the right one is to be the likeliest, with a
few hidden units that weigh features together. Nothing here knows an article.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

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
    "money", "place", "org", "what", "how", "why", "size", "row_said", "scope", "period", "rival",
)  # fmt: skip
# Standardised features beyond this many deviations say no more than this.
FARTHEST = 4.0


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear part and a few hidden units over standardised features; arrays of F features and H units."""

    middle: NDArray[np.float64]  # F
    spread: NDArray[np.float64]  # F, above zero
    linear: NDArray[np.float64]  # F
    bias: float
    hidden: NDArray[np.float64]  # F x H
    shift: NDArray[np.float64]  # H
    out: NDArray[np.float64]  # H

    def standardised(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``rows`` of features (N x F) around zero, in deviations."""
        return np.clip((rows - self.middle) / self.spread, -FARTHEST, FARTHEST)

    def logits(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the logit of each row of features (N x F); that of "none of them" is 0."""
        scaled = self.standardised(rows)
        found: NDArray[np.float64] = scaled @ self.linear + self.bias + self.units(scaled) @ self.out
        return found

    def units(self, scaled: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what the hidden units say of standardised rows (N x H), -1..1."""
        found: NDArray[np.float64] = np.tanh(scaled @ self.hidden + self.shift)
        return found


# The parts of ``Weights`` that are arrays, as they are named in the file.
ARRAYS = ("middle", "spread", "linear", "hidden", "shift", "out")


@cache
def load_weights() -> Weights:
    """Return the weights that are shipped; ``benchmarks/calibrate.py`` writes them."""
    text = files("qa.answering").joinpath("model", "choice.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    arrays = {name: np.array(stored[name]) for name in ARRAYS}
    return Weights(bias=float(stored["bias"]), **arrays)


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
        scored.scope,
        scored.period,
        float(scored.rival),
    )


def _size_agrees(scored: Scored) -> float:
    """Return 1 where a row has as many items as the question names, -1 where it has not, 0 where none are named."""
    wanted = asked_size(scored.reading.question.folded)
    return 0.0 if not wanted else 1.0 if scored.candidate.row_size == wanted else -1.0


def shares(rows: Sequence[Sequence[float]], weights: Weights | None = None) -> list[float]:
    """Return the probability that each of the candidates with these features is right, 0..1.

    They share what is left beside "none of them is", whose logit is 0.
    """
    if not rows:
        return []
    logits = (weights or load_weights()).logits(np.array(rows))
    highest = max(0.0, float(logits.max()))
    worth = np.exp(logits - highest)
    found: list[float] = (worth / (worth.sum() + math.exp(-highest))).tolist()
    return found


def logarithm(share: float) -> float:
    """Return the logarithm of a probability, not below the reader's floor."""
    return max(math.log(share), READER_FLOOR) if share > 0 else READER_FLOOR


def text_of(scored: Scored) -> str:
    """Return the folded words of a candidate."""
    return scored.reading.view.folded[scored.candidate.start : scored.candidate.end]
