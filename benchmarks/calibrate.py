"""Fit the weights of ``qa.answering.confidence`` on questions with known answers, and show what a threshold costs.

usage: python -m benchmarks.calibrate GOLD.jsonl=LIBRARY [GOLD.jsonl=LIBRARY ...]

Only single questions are used (no follow-ups, nothing computed). Prints the weights to paste, and for every threshold
how many answers would be right, wrong and invented, by ten-fold cross-validation.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from qa.answering import composing, computing, confidence, refusing
from qa.answering.assistant import PASSAGES, hard_reason, rank, readings_of
from qa.answering.question import read_question
from qa.answering.reader import Reader
from qa.evaluation.gold import read_gold
from qa.evaluation.judge import Given, judge
from qa.library import Library

FOLDS, RIDGE, STEPS = 10, 1.0, 60


def rows(gold: Path, library: Library, reader: Reader) -> list[tuple[tuple[float, ...], bool, bool]]:
    """Return (features, right, answerable) for every question that reaches a choice."""
    found = []
    for item in read_gold(gold):
        question = read_question(item.turns[0])
        if len(item.turns) > 1 or item.type == "comparison" or computing.plan(question):
            continue
        readings = readings_of(question, library.search(question.search_text, k=PASSAGES))
        ranked = rank(question, readings)
        if not ranked or refusing.unknown_scopes(question, readings) or hard_reason(question, ranked[0]):
            continue
        headline = composing.in_script(composing.headline_of(ranked[0]), question.text)
        right = item.answerable and judge(item, Given(headline, headline, False)).name == "correct"
        found.append((confidence.features(ranked, reader), right, item.answerable))
    return found


def fit(values: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the weights of a ridge logistic regression, the bias last (Newton's method)."""
    spread = values.std(axis=0) + 1e-9
    x = np.hstack([values / spread, np.ones((len(values), 1))])
    weights = np.zeros(x.shape[1])
    ridge = np.full(x.shape[1], RIDGE)
    ridge[-1] = 0.0
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-(x @ weights)))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(ridge + 1e-9)
        weights = weights - np.linalg.solve(hessian, x.T @ (p - right) + ridge * weights)
    weights[:-1] /= spread
    return weights


def main(arguments: list[str]) -> None:
    """Fit and print."""
    reader = Reader.load()
    found = []
    for argument in arguments:
        gold, _, path = argument.partition("=")
        with Library.open(path, create=False) as library:
            found += rows(Path(gold), library, reader)
    values = np.array([row[0] for row in found])
    right, answerable = np.array([row[1] for row in found]), np.array([row[2] for row in found])
    fold = np.arange(len(found)) % FOLDS
    guessed = np.empty(len(found))
    for part in range(FOLDS):
        weights = fit(values[fold != part], right[fold != part])
        guessed[fold == part] = 1 / (1 + np.exp(-(values[fold == part] @ weights[:-1] + weights[-1])))
    print(f"{len(found)} choices, {right.sum()} right, {(~answerable).sum()} unanswerable")
    for least in np.arange(0.3, 0.85, 0.05):
        shown = guessed >= least
        counts = (shown & right).sum(), (shown & ~right & answerable).sum(), (shown & ~answerable).sum()
        print(f"{least:.2f}: right {counts[0]}, wrong {counts[1]}, invented {counts[2]}")
    weights = fit(values, right)
    for name, weight in zip(confidence.NAMES, weights[:-1], strict=True):
        print(f"{name} {weight:.2f}")
    print("WEIGHTS = (" + ", ".join(f"{weight:.2f}" for weight in weights[:-1]) + f")\nBIAS = {weights[-1]:.2f}")


if __name__ == "__main__":
    main(sys.argv[1:])
