"""How long the library takes for what people do most, beside lancedb (hybrid too) and chromadb (by meaning alone).

usage: library.py ARTICLES.jsonl [...] [--passages N] [--library FOLDER] [--rounds N]

ARTICLES are JSON lines of {"id", "title", "text", "date"}. The library is built in a folder that is deleted afterwards,
or kept and used again with --library. With `pip install lancedb chromadb` the same passages and vectors are put into
these in the same run, and the ratios are printed. Times are medians in milliseconds: of the wall clock, and of the
processor.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from embeddings import Embedder
from qa.language.words import word_terms
from qa.library import Library

Times = tuple[float, float]
# Files of the folder that is added twice.
FOLDER_FILES = 1_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("articles", nargs="+", type=Path)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.library or Path(scratch) / "library"
        with Library.open(folder) as library:
            build(library, options.articles, options.passages)
            questions = [question(record) for record in sample(options.articles, options.rounds)]
            ours = measure(library, questions)
        ours["reopen, then ask"] = median(lambda number: reopened(folder, questions[number]), min(len(questions), 5))
        print_unchanged(Path(scratch), options.articles)
        print_table("", ours, {})
        texts, vectors = contents(folder)
        for name, peer in (("lancedb", lance), ("chromadb", chroma)):
            theirs = peer(Path(scratch), texts, vectors, questions)
            if theirs:
                print_table(name, ours, theirs)


def build(library: Library, paths: list[Path], passages: int) -> None:
    """Add articles until there are so many passages."""
    begun, before = time.process_time(), library.passage_count
    batch: list[dict[str, str]] = []
    for record in records(paths):
        if library.passage_count >= passages:
            break
        batch.append(record)
        if len(batch) == 2_000:
            library.add(*batch)
            batch.clear()
    added = library.passage_count - before
    if added:
        print(f"built: {added} passages, {added / (time.process_time() - begun):.0f} a second of processor time")
    print(f"library: {len(library)} articles, {library.passage_count} passages")


def measure(library: Library, questions: list[str]) -> dict[str, Times]:
    """Ask, and add one article and ask for it, again and again."""
    library.search(questions[0])
    return {
        "hybrid question": median(lambda number: library.search(questions[number]), len(questions)),
        "add one article, then ask": median(lambda number: add_and_ask(library, number), len(questions)),
    }


def add_and_ask(library: Library, number: int) -> None:
    """Add an article that nobody has seen and ask for it; it must come first."""
    name = f"{time.time_ns()}"
    text = f"某县第{name}号行动出动警力{number}人次,群众满意。"
    report = library.add({"id": name, "title": f"新闻{name}", "text": text})
    hits = library.search(f"第{name}号行动出动警力多少人次")
    assert hits[0].article.id == report[0].article_id


def reopened(folder: Path, asked: str) -> None:
    """Open the library anew and ask."""
    with Library.open(folder, create=False) as library:
        library.search(asked)


def print_unchanged(scratch: Path, paths: list[Path]) -> None:
    """Add a folder twice and print what the second time costs."""
    folder = scratch / "folder"
    folder.mkdir()
    for number, record in enumerate(sample(paths, FOLDER_FILES)):
        (folder / f"{number:05d}.txt").write_text(record["text"], encoding="utf-8")
    time.sleep(2.1)  # younger files are not taken on trust
    with Library.open(scratch / "twice") as library:
        first = timed(lambda: library.add(folder))
        assert {report.status for report in library.add(folder)} == {"unchanged"}
        again = timed(lambda: library.add(folder))
    print(f"folder of {FOLDER_FILES} files: {first[1]:.0f} ms, unchanged {again[1]:.0f} ms: {again[1] / first[1]:.1%}")


def contents(folder: Path) -> tuple[list[str], np.ndarray]:
    """Return every passage of the library with the vector that we keep of it."""
    with Library.open(folder, create=False) as library, library._reading() as store:
        texts, vectors = [], []
        for stored in store.articles():
            texts += [stored.article.text[start:end] for start, end in stored.spans]
            vectors.append(store.vectors(stored.key, library.embedder.dimension).astype(np.float32))
    return texts, np.concatenate(vectors)


def lance(scratch: Path, texts: list[str], vectors: np.ndarray, questions: list[str]) -> dict[str, Times]:
    """Do the same with lancedb, if it is installed: words cut by us, vectors of ours, hybrid search."""
    try:
        import lancedb
        from lancedb.index import FTS
    except ImportError:
        return {}
    embedder = Embedder()
    rows = [row(text, vector) for text, vector in zip(texts, vectors, strict=True)]
    table = lancedb.connect(scratch / "lance").create_table("passages", rows)
    table.create_index("words", config=FTS(base_tokenizer="whitespace", stem=False, remove_stop_words=False))

    def ask(asked: str) -> list[str]:
        words = " ".join(word_terms(asked))
        search = table.search(query_type="hybrid").vector(embedder.encode_queries([asked])[0]).text(words)
        return [found["text"] for found in search.limit(5).to_list()]

    return peer_times(ask, lambda text: table.add([row(text, embedder.encode_passages([text])[0])]), questions)


def chroma(scratch: Path, texts: list[str], vectors: np.ndarray, questions: list[str]) -> dict[str, Times]:
    """Do the same with chromadb, if it is installed: by meaning alone, vectors of ours."""
    try:
        import chromadb
    except ImportError:
        return {}
    embedder = Embedder()
    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(scratch / "chroma"), settings)
    table = client.create_collection("passages", embedding_function=None, metadata={"hnsw:space": "ip"})
    for start in range(0, len(texts), 2_000):
        part = slice(start, start + 2_000)
        names = [str(number) for number in range(start, start + len(texts[part]))]
        table.add(ids=names, embeddings=vectors[part], documents=texts[part])

    def ask(asked: str) -> list[str]:
        found = table.query(query_embeddings=embedder.encode_queries([asked]), n_results=5)
        return list(found["documents"][0])

    def add(text: str) -> None:
        table.add(ids=[text], embeddings=embedder.encode_passages([text]), documents=[text])

    return peer_times(ask, add, questions)


def peer_times(ask: Callable[[str], list[str]], add: Callable[[str], object], questions: list[str]) -> dict[str, Times]:
    """Ask a peer the questions, and add an article and ask for it, again and again."""

    def add_and_ask_peer(number: int) -> None:
        text = f"某县第{time.time_ns()}号行动出动警力{number}人次,群众满意。"
        add(text)
        assert text in ask(text)

    ask(questions[0])
    return {"hybrid question": median(lambda number: ask(questions[number]), len(questions)),
            "add one article, then ask": median(add_and_ask_peer, len(questions))}


def row(text: str, vector: np.ndarray) -> dict[str, Any]:
    """Return what lancedb keeps of a passage."""
    return {"text": text, "words": " ".join(word_terms(text)), "vector": vector}


def print_table(peer: str, ours: dict[str, Times], theirs: dict[str, Times]) -> None:
    """Print medians, and ratios where there is something to compare with."""
    heads = (peer, "ratio") if theirs else ()
    print(f"{'median ms, wall / processor':32}{'wenju':>16}" + "".join(f"{head:>16}" for head in heads), flush=True)
    for name, mine in ours.items():
        other = theirs.get(name)
        if other or not theirs:
            line = f"{name:32}{mine[0]:8.1f}{mine[1]:8.1f}"
            if other:
                line += f"{other[0]:8.1f}{other[1]:8.1f}{mine[0] / other[0]:8.2f}{mine[1] / other[1]:8.2f}"
            print(line, flush=True)


def records(paths: list[Path]) -> Iterator[dict[str, str]]:
    """Yield the articles of the files in order."""
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                yield {"id": str(record["id"]), "title": record.get("title", ""), "text": record["text"],
                       "date": record.get("date", "")}


def sample(paths: list[Path], count: int) -> list[dict[str, str]]:
    """Return articles spread over the first ones of the files."""
    few = [record for record, _ in zip(records(paths), range(20 * count), strict=False)]
    return few[:: max(len(few) // count, 1)][:count]


def question(record: dict[str, str]) -> str:
    """Return a question in the article's words: its title, or the beginning of its text."""
    return record["title"] or record["text"][:30]


def median(job: Callable[[int], object], rounds: int) -> Times:
    """Return the medians over the rounds."""
    times = [timed(lambda number=number: job(number)) for number in range(rounds)]
    return statistics.median(wall for wall, _ in times), statistics.median(busy for _, busy in times)


def timed(job: Callable[[], object]) -> Times:
    """Return how long a job takes in milliseconds: of the wall clock, and of the processor."""
    wall, busy = time.perf_counter(), time.process_time()
    job()
    return (time.perf_counter() - wall) * 1e3, (time.process_time() - busy) * 1e3


if __name__ == "__main__":
    main()
