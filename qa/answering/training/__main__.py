"""One command from data to weights.

    python -m qa.answering.training --data DIR --out DIR

DIR holds train/*.jsonl.gz and news/*.jsonl.gz. ``reader.safetensors`` is written after every round, so a run that is
stopped leaves the best there is; the tables are kept in ``tables.npz`` and used again.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from qa.answering.matching import Vocabulary
from qa.answering.training.data import Crop, Question, batches, crops, encode
from qa.answering.training.files import read_ids, read_questions, read_texts
from qa.answering.training.model import ReaderNetwork
from qa.answering.training.progress import Progress
from qa.answering.training.silver import Maker
from qa.answering.training.tables import TAGS, Tables, build
from qa.answering.training.train import Schedule, Trainer, run
from qa.answering.training.vectors import Array
from qa.answering.training.weights import load, rounded, save
from qa.answering.training.wording import Wording

HUMAN = ("cmrc2018-train", "drcd-test-simplified")
# Made questions: how many general articles they come from, how many are drawn in a round, and the first such round.
ARTICLES, DRAWN, JOIN = 7_000, 3_000, 2
# Pieces of a crop, and the share of crops without the answer.
LONG, ABSENT = 180, 0.15


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(prog="python -m qa.answering.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--held-out", type=Path, nargs="*", default=[], help="files that name articles to leave out")
    parser.add_argument("--rounds", type=int, default=8, help="passes over the human questions")
    parser.add_argument("--minutes", type=float, default=math.inf, help="end by then, with whatever rounds are done")
    parser.add_argument("--start", type=Path, help="weights to go on from; made questions join at once")
    parser.add_argument("--size", type=int, default=96, help="width of the network")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--without", choices=["made", "vectors"], action="append", default=[], help="for ablations")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    train(options, Progress())


def train(options: argparse.Namespace, progress: Progress) -> None:
    """Make tables and questions, fit, and write the weights after every round."""
    tables = load_tables(options.data, options.out / "tables.npz", options.seed, progress)
    vocabulary = tables.vocabulary()
    human = [q for name in HUMAN for q in encode(read_questions(options.data / "train", name), vocabulary)]
    held_out = read_ids(options.held_out)
    texts = [] if "made" in options.without else read_news(options.data / "news", options.seed, held_out)
    made = make(texts, vocabulary, tables, options.seed, progress)
    progress.say(f"{len(human)} human questions, {len(made)} made ones")
    if options.start is None:
        network = start(tables, options.size, options.seed, random_vectors="vectors" in options.without)
    else:
        vocabulary, network = load(options.start, dropout=0.2)
    fit(network, Rounds(human, made, options.seed, JOIN if options.start is None else 0), options, vocabulary, progress)


def load_tables(data: Path, path: Path, seed: int, progress: Progress) -> Tables:
    """Return the tables at ``path``, made first where there are none."""
    if not path.exists():
        names = [f"train/{name}.contexts" for name in HUMAN] + ["news/police-local", "news/general", "news/cctv"]
        build((text for name in names for text in read_texts(data / f"{name}.jsonl.gz")), seed, progress).save(path)
    return Tables.load(path)


def read_news(folder: Path, seed: int, held_out: frozenset[str]) -> list[str]:
    """Return all local reports and some general ones, without the articles that ``held_out`` names."""
    general = read_texts(folder / "general.jsonl.gz", held_out)
    random.Random(seed).shuffle(general)  # noqa: S311 - a seeded draw, no secret
    return read_texts(folder / "police-local.jsonl.gz", held_out) + general[:ARTICLES]


def make(texts: Sequence[str], vocabulary: Vocabulary, tables: Tables, seed: int, progress: Progress) -> list[Question]:
    """Return questions made from news."""
    rng = random.Random(seed)  # noqa: S311 - a seeded draw, no secret
    maker = Maker(vocabulary, Wording(tables.words, tables.vectors), rng)
    return list(maker.questions(progress.over(texts, "making questions"), each=4))


def start(tables: Tables, size: int, seed: int, *, random_vectors: bool) -> ReaderNetwork:
    """Return an untrained network over the tables (or over random ones of the same length)."""
    words, characters = tables.vectors, tables.character_vectors
    if random_vectors:
        rng = np.random.default_rng(seed)
        words, characters = (rng.normal(size=t.shape) / t.shape[1] ** 0.5 for t in (words, characters))
    return ReaderNetwork(_table(rounded(words.astype(np.float32))), 3 * _table(characters), len(TAGS) + 1, size=size)


def _table(rows: Array) -> torch.Tensor:
    return torch.from_numpy(np.vstack([np.zeros((1, rows.shape[1])), rows]).astype(np.float32))


class Rounds:
    """Makes the crops of each round: human questions, from round ``join`` on with some made ones among them."""

    def __init__(self, human: Sequence[Question], made: Sequence[Question], seed: int, join: int) -> None:
        self._human, self._made, self._seed, self._join = human, made, seed, join

    def __call__(self, number: int) -> list[Crop]:
        """Return the crops of round ``number``; the same number gives the same crops."""
        rng = random.Random(self._seed * 1000 + number)  # noqa: S311 - a seeded draw, no secret
        mixed = rng.sample(self._made, min(DRAWN, len(self._made)) if number >= self._join else 0)
        return crops(self._human, LONG, ABSENT, rng) + crops(mixed, LONG, ABSENT, rng)


def fit(
    network: ReaderNetwork, rounds: Rounds, options: argparse.Namespace, vocabulary: Vocabulary, progress: Progress
) -> None:
    """Train and write ``reader.safetensors`` after every round."""
    schedule = Schedule(rounds=options.rounds, minutes=options.minutes)
    rng = random.Random(options.seed)  # noqa: S311 - a seeded draw, no secret
    steps = sum(len(batches(rounds(number), schedule.budget, rng)) for number in range(options.rounds))
    trainer = Trainer(network, schedule, steps)

    def keep(number: int) -> None:
        state = trainer.averaged()
        final = ReaderNetwork(state["word_table"], state["character_table.weight"], len(TAGS) + 1, size=options.size)
        final.load_state_dict(state)
        save(final, vocabulary, options.out / "reader.safetensors")
        progress.say(f"round {number + 1} of {options.rounds} written")

    run(trainer, rounds, rng, keep, progress)


if __name__ == "__main__":
    main()
