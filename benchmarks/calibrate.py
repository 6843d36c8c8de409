"""Fit the weights of ``qa.answering.confidence`` on questions with known answers, and show what a threshold costs.

usage: python -m benchmarks.calibrate GOLD.jsonl=LIBRARY [GOLD.jsonl=LIBRARY ...]

A conditional logit with a few hidden units: of all candidates of a question and "none of them", the right one is to be
the likeliest. Only single questions are used (no follow-ups, nothing computed); their articles must not be among those
that the reader was trained on. Writes the weights where the assistant reads them, and prints for every threshold how
many answers would be right, wrong and invented, by eight-fold cross-validation over neighbouring questions.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from qa.answering import composing, computing, confidence, premises, refusing
from qa.answering.assistant import extreme_first, hard_reason, rank, understand
from qa.answering.choosing import Said, choose, said_by, together
from qa.answering.confidence import Weights
from qa.answering.reader import Reader
from qa.evaluation.gold import read_gold
from qa.evaluation.judge import Given, judge
from qa.library import Library

# Questions that stand side by side are often about one article: they go to the same fold, so many at a time.
FOLDS, TOGETHER = 8, 8
# Hidden units, and how much large weights cost in the linear part and around the units: more of either fits the chance.
HIDDEN, RIDGE, RIDGE_HIDDEN = 8, 14.0, 25.0
STORED = Path(__file__).parent.parent / "qa" / "answering" / "model" / "choice.json"


@dataclass(frozen=True, slots=True)
class Row:
    """The candidates of one question: features, which are right, which nothing speaks against, what they say."""

    features: np.ndarray
    right: np.ndarray
    sound: np.ndarray
    said: list[Said]
    answerable: bool


def rows(gold: Path, library: Library, reader: Reader) -> list[Row]:
    """Return the candidates of every question that reaches a choice."""
    found = []
    for item in read_gold(gold):
        question, readings, _ = understand(item.turns[0], library)
        if len(item.turns) > 1 or computing.plan(question) or extreme_first(question):
            continue
        if refusing.unknown_scopes(question, readings) or premises.false_premise(question, readings):
            continue
        choices = choose(question, readings, rank(question, readings), reader, enough=1.0)
        if not choices:
            continue
        headlines = [composing.in_script(composing.headline_of(c.scored), question.text) for c in choices]
        right = [item.answerable and judge(item, Given(h, h, False)).name == "correct" for h in headlines]
        sound = [not hard_reason(question, choice.scored) for choice in choices]
        features = np.array([choice.features for choice in choices])
        found.append(
            Row(features, np.array(right), np.array(sound), [said_by(c.scored) for c in choices], item.answerable)
        )
    return found


def fit(data: Sequence[Row]) -> Weights:
    """Return the weights that make the right candidate of each question, or "none of them", the likeliest."""
    every = np.concatenate([row.features for row in data])
    starts = np.cumsum([0, *(len(row.features) for row in data[:-1])])
    wanted = np.concatenate([row.right for row in data]).astype(float)
    none = np.array([not row.right.any() for row in data], dtype=float)
    owner = np.repeat(np.arange(len(data)), [len(row.features) for row in data])
    middle, spread = every.mean(axis=0), every.std(axis=0) + 1e-9
    size = every.shape[1]
    draw = np.random.default_rng(0)

    def unpack(flat: np.ndarray) -> Weights:
        linear, bias, inner, shift, out = np.split(flat, np.cumsum([size, 1, size * HIDDEN, HIDDEN]))
        return Weights(middle, spread, linear, float(bias[0]), inner.reshape(size, HIDDEN), shift, out)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = unpack(flat)
        scaled = weights.standardised(every)
        units = weights.units(scaled)
        logits = scaled @ weights.linear + weights.bias + units @ weights.out
        highest = np.maximum(np.maximum.reduceat(logits, starts), 0.0)
        worth, nothing = np.exp(logits - highest[owner]), np.exp(-highest)
        total = np.add.reduceat(worth, starts) + nothing
        held = np.add.reduceat(worth * wanted, starts) + nothing * none
        slope = worth / total[owner] - worth * wanted / held[owner]
        inner = np.outer(slope, weights.out) * (1.0 - units**2)
        gradient = [
            scaled.T @ slope + RIDGE * weights.linear,
            [slope.sum()],
            (scaled.T @ inner + RIDGE_HIDDEN * weights.hidden).ravel(),
            inner.sum(axis=0),
            units.T @ slope + RIDGE_HIDDEN * weights.out,
        ]
        squares = RIDGE * weights.linear @ weights.linear
        squares += RIDGE_HIDDEN * ((weights.hidden**2).sum() + weights.out @ weights.out)
        return float(squares / 2 - np.log(held / total).sum()), np.concatenate(gradient)

    first = np.concatenate(
        [np.zeros(size + 1), draw.normal(0, 0.15, size * HIDDEN), np.zeros(HIDDEN), draw.normal(0, 0.15, HIDDEN)]
    )
    return unpack(minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x)


def chosen(row: Row, weights: Weights) -> tuple[float, bool, bool]:
    """Return how sure the likeliest candidate is, whether it is right, and whether nothing speaks against it."""
    share = confidence.shares(row.features.tolist(), weights)
    sure = together(row.said, share)
    best = max(range(len(share)), key=lambda i: (sure[i], share[i]))
    return sure[best], bool(row.right[best]), bool(row.sound[best])


def save(weights: Weights, path: Path) -> None:
    """Write the weights as the assistant reads them."""
    arrays = {name: np.round(getattr(weights, name), 4).tolist() for name in confidence.ARRAYS}
    stored = {"names": confidence.NAMES, "bias": round(weights.bias, 4), **arrays}
    path.write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Fit and print."""
    reader = Reader.load()
    found: list[Row] = []
    for argument in arguments:
        gold, _, path = argument.partition("=")
        with Library.open(path, create=False) as library:
            found += rows(Path(gold), library, reader)
    fold = np.arange(len(found)) // TOGETHER % FOLDS
    guessed: list[tuple[float, bool, bool, bool]] = []
    for part in range(FOLDS):
        weights = fit([row for row, f in zip(found, fold, strict=True) if f != part])
        guessed += [(*chosen(row, weights), row.answerable) for row, f in zip(found, fold, strict=True) if f == part]
    asked = sum(answerable for *_, answerable in guessed)
    print(f"{asked} answerable, {len(guessed) - asked} unanswerable questions")
    for least in np.arange(0.2, 0.75, 0.05):
        shown = [(right, answerable) for sure, right, sound, answerable in guessed if sound and sure >= least]
        right = sum(r for r, _ in shown)
        wrong = sum(not r for r, answerable in shown if answerable)
        invented = sum(not answerable for _, answerable in shown)
        print(f"{least:.2f}: right {right}, wrong {wrong}, invented {invented}")
    save(fit(found), STORED)
    print(f"written: {STORED}")


if __name__ == "__main__":
    main(sys.argv[1:])
