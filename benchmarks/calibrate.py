"""Fit the weights of ``qa.answering.confidence`` on questions with known answers, and show what a threshold costs.

usage: python -m benchmarks.calibrate GOLD.jsonl=LIBRARY [GOLD.jsonl=LIBRARY ...]

A conditional logit: of all candidates of a question and "none of them", the right one is to be the likeliest. Only
single questions are used (no follow-ups, nothing computed); their articles must not be among those that the reader was
trained on. Prints the weights to paste, and for every threshold how many answers would be right, wrong and invented, by
eight-fold cross-validation over neighbouring questions.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from qa.answering import composing, computing, confidence, premises, refusing
from qa.answering.assistant import hard_reason, rank, understand
from qa.answering.choosing import Said, choose, said_by, together
from qa.answering.reader import Reader
from qa.evaluation.gold import read_gold
from qa.evaluation.judge import Given, judge
from qa.library import Library

# Questions that stand side by side are often about one article: they go to the same fold, so many at a time.
FOLDS, TOGETHER, RIDGE = 8, 8, 2.0


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
        if len(item.turns) > 1 or computing.plan(question) or computing.extreme_way(question.folded):
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


def fit(data: Sequence[Row]) -> np.ndarray:
    """Return the weights, the bias last."""
    every = np.concatenate([row.features for row in data])
    middle, spread = every.mean(axis=0), every.std(axis=0) + 1e-9
    scaled = [(row.features - middle) / spread for row in data]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total = RIDGE / 2 * float(weights[:-1] @ weights[:-1])
        slope = np.append(RIDGE * weights[:-1], 0.0)
        for row, features in zip(data, scaled, strict=True):
            x = np.vstack([np.hstack([features, np.ones((len(features), 1))]), np.zeros(len(weights))])
            wanted = np.append(row.right, not row.right.any())
            logits = x @ weights
            worth = np.exp(logits - logits.max())
            share, held = worth / worth.sum(), worth * wanted / (worth * wanted).sum()
            total -= float(np.log(share[wanted].sum() + 1e-300))
            slope += x.T @ (share - held)
        return total, slope

    weights = minimize(loss, np.zeros(every.shape[1] + 1), jac=True, method="L-BFGS-B").x
    weights[:-1] /= spread
    weights[-1] -= middle @ weights[:-1]
    return weights


def chosen(row: Row, weights: np.ndarray) -> tuple[float, bool, bool]:
    """Return how sure the likeliest candidate is, whether it is right, and whether nothing speaks against it."""
    logits = row.features @ weights[:-1] + weights[-1]
    highest = max(float(logits.max()), 0.0)
    worth = np.exp(logits - highest)
    share = worth / (worth.sum() + np.exp(-highest))
    sure = together(row.said, list(share))
    best = max(range(len(share)), key=lambda i: (sure[i], share[i]))
    return sure[best], bool(row.right[best]), bool(row.sound[best])


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
    weights = fit(found)
    for name, weight in zip(confidence.NAMES, weights[:-1], strict=True):
        print(f"{name} {weight:.2f}")
    print("WEIGHTS = (" + ", ".join(f"{weight:.2f}" for weight in weights[:-1]) + f")\nBIAS = {weights[-1]:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
