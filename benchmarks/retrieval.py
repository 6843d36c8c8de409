"""How often the right passage is found, and how high: BM25, LSA, the bundled model, hybrid, and any model by name.

    python benchmarks/retrieval.py --data DIR [--model NAME-OR-FOLDER ...] [--questions N]
    python benchmarks/retrieval.py --data DIR --paraphrase tests/golden/paraphrase.jsonl [--library FOLDER]

``DIR`` holds ``eval/NAME.contexts.jsonl.gz`` (id, text), ``eval/NAME.questions.jsonl.gz`` (question, context_id,
answers with start) and ``news/*.jsonl.gz`` (id, text), whose passages stand beside as distractors. The first form asks
the questions of every set; the second asks paraphrases of local reports among all passages of ``news/police-local``
and ``news/general``, in this file's own sums and, with ``--library``, by the library's search itself.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))  # run from a checkout without installing it

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from tqdm import tqdm

from embeddings import Embedder
from embeddings.training.corpus import sentences
from qa.language.words import bigram_terms, word_terms
from qa.library import Library

Scores = NDArray[np.float32]
Scorer = Callable[[Sequence[str]], Scores]
# About two hundred characters, as in the published figures.
LONGEST = 220
# Passages in all: the questions' own first, news until there are so many.
TOTAL = 27_311
K1, B = 0.9, 0.4
MEANING, ARTICLE, CONTEXT = 0.7, 2.0, 0.5
_STEP = 200


@dataclass(frozen=True, slots=True)
class Passages:
    """All passages; ``article[i]`` is the number of the article that passage ``i`` stands in, ``spans[i]`` where."""

    texts: list[str]
    article: NDArray[np.int64]
    spans: list[tuple[int, int]]
    articles: list[str]

    def of(self, name: str, start: int, end: int) -> list[int]:
        """Return the passages of an article that overlap a span."""
        number = self.articles.index(name)
        low, high = np.searchsorted(self.article, [number, number + 1])
        return [i for i in range(low, high) if self.spans[i][0] < end and self.spans[i][1] > start]


@dataclass(frozen=True, slots=True)
class Task:
    """Questions with the passages that answer them, by group."""

    group: str
    questions: list[str]
    gold: list[list[int]]


def read(path: Path) -> Iterable[dict]:
    """Yield the objects of a JSON-lines file."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def cut(text: str) -> list[tuple[int, int]]:
    """Cut a text into runs of sentences of about two hundred characters."""
    spans, start, end = [], 0, 0
    for sentence in sentences(text):
        if end > start and end + len(sentence) - start > LONGEST:
            spans.append((start, end))
            start = end
        end += len(sentence)
        while end - start > 2 * LONGEST:
            spans.append((start, start + LONGEST))
            start += LONGEST
    return [*spans, (start, end)] if text[start:end].strip() else spans


def gather(rows: Iterable[dict], most: int | None = None) -> Passages:
    """Cut articles into passages until there are ``most``."""
    texts, article, spans, articles = [], [], [], []
    for row in rows:
        if most is not None and len(texts) >= most:
            break
        for start, end in cut(row["text"]):
            texts.append(row["text"][start:end])
            spans.append((start, end))
            article.append(len(articles))
        articles.append(row["id"])
    return Passages(texts, np.array(article), spans, articles)


def terms(text: str) -> list[str]:
    """Return words and pairs of characters, which never share a spelling."""
    return [*word_terms(text), *(f"{pair}/" for pair in bigram_terms(text))]


class Lexical:
    """BM25 over words and over pairs of characters, summed."""

    def __init__(self, texts: Sequence[str], groups: NDArray[np.int64] | None = None) -> None:
        self.vocabulary: dict[str, int] = {}
        rows = [self._row(text, grow=True) for text in tqdm(texts, desc="words", unit="passage")]
        counts = csr_array(
            (
                np.concatenate([list(row.values()) for row in rows]).astype(np.float32),
                np.concatenate([list(row) for row in rows]).astype(np.int32),
                np.cumsum([0, *map(len, rows)]),
            ),
            shape=(len(rows), len(self.vocabulary)),
        )
        self.passages = self._weigh(counts)
        self.articles = None
        if groups is not None:
            place = csr_array((np.ones(len(groups), np.float32), (groups, np.arange(len(groups)))))
            self.articles = self._weigh(csr_array(place @ counts))

    def _row(self, text: str, *, grow: bool = False) -> Counter[int]:
        found = terms(text)
        if grow:
            return Counter(self.vocabulary.setdefault(term, len(self.vocabulary)) for term in found)
        return Counter(self.vocabulary[term] for term in set(found) if term in self.vocabulary)

    @staticmethod
    def _weigh(counts: csr_array) -> csr_array:
        """Return a textbook BM25 matrix, (terms, documents)."""
        documents = counts.shape[0]
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        rare = np.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))
        row = np.repeat(np.arange(documents), np.diff(counts.indptr))
        weights = counts.copy()
        slope = K1 * (1 - B + B * lengths[row] / lengths.mean())
        weights.data = (counts.data * (K1 + 1) / (counts.data + slope) * rare[counts.indices]).astype(np.float32)
        return csr_array(weights.T)

    def query(self, questions: Sequence[str]) -> csr_array:
        """Return which terms each question holds."""
        rows = [sorted(self._row(question)) for question in questions]
        ids = np.array([i for row in rows for i in row], np.int32)
        ends = np.cumsum([0, *map(len, rows)])
        return csr_array((np.ones(len(ids), np.float32), ids, ends), shape=(len(rows), len(self.vocabulary)))

    def score(self, questions: Sequence[str]) -> Scores:
        """Return the score of every passage for each question."""
        return (self.query(questions) @ self.passages).toarray()

    def article_score(self, questions: Sequence[str]) -> Scores:
        """Return the score of every article for each question."""
        assert self.articles is not None
        return (self.query(questions) @ self.articles).toarray()


def lsa(lexical: Lexical) -> Scorer:
    """Latent semantic analysis with 256 directions, fitted on the passages."""
    from sklearn.decomposition import TruncatedSVD

    matrix = csr_array(lexical.passages.T)
    model = TruncatedSVD(256, random_state=0)
    passages = unit(model.fit_transform(matrix))
    return lambda questions: unit(model.transform(lexical.query(questions))) @ passages.T


def dense(embedder: Embedder, passages: Scores) -> Scorer:
    """Score by cosine."""
    return lambda questions: embedder.encode_queries(questions) @ passages.T


def unit(rows: NDArray[np.floating]) -> Scores:
    """Scale rows to length 1."""
    return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def top(scores: Scores) -> Scores:
    """Scale each row so that its best is 1."""
    return scores / np.maximum(scores.max(axis=1, keepdims=True), 1e-9)


def ranks(scorer: Scorer, task: Task) -> NDArray[np.int64]:
    """Return the rank of the best right passage for each question; equal scores count against it."""
    found = []
    for start in range(0, len(task.questions), _STEP):
        for row, gold in zip(scorer(task.questions[start : start + _STEP]), task.gold[start:], strict=False):
            found.append(1 + int((np.delete(row, gold) >= row[gold].max()).sum()))
    return np.array(found)


def figures(found: NDArray[np.int64]) -> list[float]:
    """Return recall@1, @5, @20 and the mean reciprocal rank within ten."""
    return [*(float((found <= k).mean()) for k in (1, 5, 20)), float(np.where(found <= 10, 1 / found, 0).mean())]


def report(name: str, tasks: Sequence[Task], rank: Callable[[Task], NDArray[np.int64]]) -> None:
    """Print one line of the table."""
    cells = [" ".join(f"{value:.3f}" for value in figures(rank(task))) for task in tasks]
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def head(tasks: Sequence[Task], passages: Passages) -> None:
    """Print the head of the table."""
    print(f"recall@1 @5 @20, MRR@10 among {len(passages.texts):,} passages\n")
    print("| system | " + " | ".join(f"{task.group} ({len(task.questions)})" for task in tasks) + " |")
    print("|---" * (len(tasks) + 1) + "|")


def question_sets(data: Path, most: int | None) -> tuple[Passages, list[Task]]:
    """Read every set of ``eval/`` and fill up with news."""
    names = sorted(path.name.removesuffix(".contexts.jsonl.gz") for path in (data / "eval").glob("*.contexts.jsonl.gz"))
    contexts = [row for name in names for row in read(data / "eval" / f"{name}.contexts.jsonl.gz")]
    own = gather(contexts)
    news = (row for path in sorted((data / "news").glob("*.jsonl.gz")) for row in read(path))
    passages = gather([*contexts, *_spread(news)], max(TOTAL, len(own.texts)))
    tasks = []
    for name in names:
        questions, gold = [], []
        for row in read(data / "eval" / f"{name}.questions.jsonl.gz"):
            start = max((answer["start"] for answer in row["answers"]), default=-1)
            if start >= 0 and (most is None or len(questions) < most):
                questions.append(row["question"])
                gold.append(passages.of(row["context_id"], start, start + 1))
        tasks.append(Task(name, questions, gold))
    return passages, tasks


def _spread(rows: Iterable[dict]) -> list[dict]:
    """Take every fourth item, so that the distractors come from all the news."""
    return [row for i, row in enumerate(rows) if i % 4 == 0]


def paraphrases(data: Path, path: Path) -> tuple[Passages, list[Task]]:
    """Read hand-written paraphrases ``{question, doc, quote, half}`` and all local and general news."""
    rows = [row for name in ("police-local", "general") for row in read(data / "news" / f"{name}.jsonl.gz")]
    passages, text = gather(rows), {row["id"]: row["text"] for row in rows}
    tasks: dict[str, Task] = {}
    for row in read(path):
        start = text[row["doc"]].index(row["quote"])
        task = tasks.setdefault(row["half"], Task(row["half"], [], []))
        task.questions.append(row["question"])
        task.gold.append(passages.of(row["doc"], start, start + len(row["quote"])))
    return passages, [tasks[half] for half in sorted(tasks)]


def compare(data: Path, models: Sequence[str], most: int | None) -> None:
    """Print the table over the question sets."""
    passages, tasks = question_sets(data, most)
    lexical = Lexical(passages.texts)
    head(tasks, passages)
    report("BM25", tasks, lambda task: ranks(lexical.score, task))
    by_meaning = lsa(lexical)
    report("LSA 256", tasks, lambda task: ranks(by_meaning, task))
    for model in (None, *models):
        embedder = Embedder(model)
        near = dense(embedder, embedder.encode_passages(passages.texts))
        report(embedder.name, tasks, lambda task, near=near: ranks(near, task))
        both = lambda questions, near=near: top(lexical.score(questions)) + MEANING * near(questions)  # noqa: E731
        report(f"BM25 + {MEANING} {embedder.name}", tasks, lambda task, both=both: ranks(both, task))


def compare_paraphrases(data: Path, path: Path, models: Sequence[str], library: Path | None) -> None:
    """Print the table over the paraphrases: words, the article's words, meaning in context, and the library itself."""
    passages, tasks = paraphrases(data, path)
    lexical = Lexical(passages.texts, passages.article)
    head(tasks, passages)
    report("BM25", tasks, lambda task: ranks(lexical.score, task))
    place = passages.article

    def words(questions: Sequence[str]) -> Scores:
        return top(lexical.score(questions)) + ARTICLE * top(lexical.article_score(questions))[:, place]

    report(f"BM25 + {ARTICLE:g} article", tasks, lambda task: ranks(words, task))
    for model in (None, *models):
        embedder = Embedder(model)
        vectors = embedder.encode_passages(passages.texts)
        report(embedder.name, tasks, lambda task, e=embedder, v=vectors: ranks(dense(e, v), task))
        means = np.zeros((len(passages.articles), embedder.dimension), np.float32)
        np.add.at(means, place, vectors)
        means /= np.maximum(np.bincount(place, minlength=len(means)), 1)[:, None]
        near = dense(embedder, unit(vectors + CONTEXT * means[place]))
        both = lambda questions, near=near: words(questions) + MEANING * near(questions)  # noqa: E731
        name = f"BM25 + {ARTICLE:g} article + {MEANING} {embedder.name}"
        report(name, tasks, lambda task, both=both: ranks(both, task))
    if library is not None:
        by_library(data, path, library, tasks)


def by_library(data: Path, path: Path, folder: Path, tasks: Sequence[Task]) -> None:
    """Ask the library itself; it is filled first if it is empty."""
    quotes = {row["question"]: row["quote"] for row in read(path)}
    with Library.open(folder) as library:
        if not len(library):
            with tempfile.TemporaryDirectory() as unpacked:
                for name in ("police-local", "general"):
                    copy = Path(unpacked, f"{name}.jsonl")
                    copy.write_bytes(gzip.decompress((data / "news" / f"{name}.jsonl.gz").read_bytes()))
                    library.add(copy)

        def rank(task: Task) -> NDArray[np.int64]:
            return np.array([_rank(library, question, quotes[question]) for question in task.questions])

        report("library.search", tasks, rank)


def _rank(library: Library, question: str, quote: str) -> int:
    for place, hit in enumerate(library.search(question, 20), 1):
        start = hit.article.text.find(quote)
        if start >= 0 and hit.passage.start < start + len(quote) and hit.passage.end > start:
            return place
    return 1_000_000


def main() -> None:
    """Read the arguments and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", action="append", default=[], help="a further model, by name or folder")
    parser.add_argument("--questions", type=int, help="ask only so many of each set")
    parser.add_argument("--paraphrase", type=Path, help="ask the paraphrases of this file instead")
    parser.add_argument("--library", type=Path, help="with --paraphrase: a library folder to search as well")
    given = parser.parse_args()
    if given.paraphrase:
        compare_paraphrases(given.data, given.paraphrase, given.model, given.library)
    else:
        compare(given.data, given.model, given.questions)


if __name__ == "__main__":
    main()
