"""What each command of the shell does: call the library or the assistant, print what they return.

Every function takes the parsed arguments and returns an exit status. Heavy rooms are imported inside the functions,
so that a command pays only for what it uses.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.app import ledger, render
from qa.app.batch import read_batch
from qa.errors import InputError
from qa.types import FileReport

if TYPE_CHECKING:
    from qa.answering import Assistant
    from qa.library import Library

_BOLD = "\x1b[1m{}\x1b[0m"
# A progress line that is no wider than this never wraps, not even when all of it is Chinese.
_LINE = 39


def add(arguments: argparse.Namespace) -> int:
    """Take files into the library and report on every one; 1 when nothing could be read."""
    with _open(arguments, create=True) as library:
        reports = library.add(*arguments.paths, progress=_progress())
        _print_reports(reports, as_json=arguments.json)
        if not reports:
            _note(f"there is nothing to add in {', '.join(arguments.paths)}; give files or a folder that holds some.")
        elif not arguments.json:
            _say(render.reports_summary(reports))
        if arguments.watch:
            _watch(library, arguments)
    return 1 if all(report.status == "skipped" for report in reports) else 0


def list_articles(arguments: argparse.Namespace) -> int:
    """List the articles, reprints with the one they repeat; with --names what each is about."""
    with _open(arguments) as library:
        articles, firsts = library.articles(), library.first_prints()
        for article in articles:
            first, names = firsts.get(article.id, ""), library.about(article.id) if arguments.names else None
            if arguments.json:
                _say(render.as_json(render.article_json(article, first, names)))
            else:
                _say(render.article_text(article, first, names))
    if not articles:
        _note(f"the library {arguments.library} is empty; wenju add PATH takes articles in.")
    return 0


def remove(arguments: argparse.Namespace) -> int:
    """Remove articles by id; 1 when one of the ids is not there, the others are removed."""
    with _open(arguments) as library:
        known = {article.id for article in library.articles()}
        here = [each for each in arguments.ids if each in known]
        count = library.remove(*here) if here else 0
    unknown = [each for each in arguments.ids if each not in known]
    _say(render.as_json({"removed": count, "unknown": unknown}) if arguments.json else f"{count} removed")
    if unknown:
        _note(f"there is no article {', '.join(unknown)}; wenju list shows the ids.")
    return 1 if unknown else 0


def search(arguments: argparse.Namespace) -> int:
    """Print the passages found for one question, or for every question of a batch."""
    filters = _filters(arguments)
    with _open(arguments) as library:
        if arguments.batch is None:
            hits = library.search(arguments.question, k=arguments.k, **filters)
            _say(render.as_json(render.hits_json(hits)) if arguments.json else render.hits_text(hits) or "没有找到。")
            return 0
        for asked in read_batch(arguments.batch):
            try:
                row = render.hits_json(library.search(asked.turns[-1], k=arguments.k, **filters), asked.id)
            except InputError as error:
                row = render.hits_json((), asked.id) | {"error": str(error)}
            _say(render.as_json(row))
    return 0


def ask(arguments: argparse.Namespace) -> int:
    """Answer one question, or every question of a batch in its own conversation."""
    from qa.answering import Assistant

    filters = _filters(arguments)
    with _open(arguments) as library:
        assistant = Assistant(library)
        if arguments.batch is not None:
            _ask_batch(assistant, arguments.batch, filters)
        elif arguments.json:
            _say(render.as_json(render.answer_json(assistant.ask(arguments.question, (), **filters))))
        else:
            _say(render.answer_text(assistant.ask(arguments.question, (), **filters), _mark()))
    return 0


def _ask_batch(assistant: Assistant, batch: str, filters: dict[str, str]) -> None:
    from qa.evaluation import converse

    for asked in read_batch(batch):
        try:
            row = render.answer_json(converse(assistant, asked.turns, **filters), asked.id)
        except InputError as error:
            # One question that cannot be asked must not take the rest of the batch with it.
            row = render.refusal_json(asked.turns[-1], str(error), asked.id)
        _say(render.as_json(row))


def serve(arguments: argparse.Namespace) -> int:
    """Open the web chat and stay until it is stopped."""
    from qa.app.server import serve as open_chat

    open_chat(arguments.library, arguments.host, arguments.port, hosts=arguments.allow_host)
    return 0


def embed(arguments: argparse.Namespace) -> int:
    """Print one vector a line, or write all of them into one .npy file."""
    from embeddings import Embedder

    texts = [*arguments.texts, *(_lines(arguments.file) if arguments.file else ())]
    if not texts:
        raise InputError("there is no text to embed; give TEXT or --file FILE.")
    embedder = Embedder(arguments.model)
    encode = {None: embedder.encode, "query": embedder.encode_queries, "passage": embedder.encode_passages}
    vectors = encode[arguments.role](texts)
    if arguments.npy:
        _save(arguments.npy, vectors)
        _note(f"{len(texts)} vectors of {embedder.dimension} numbers by {embedder.name} in {arguments.npy}")
        return 0
    for text, vector in zip(texts, vectors, strict=True):
        # str of a float32 is its shortest exact form: no digits of the double beneath are made up.
        _say(render.as_json({"text": text, "vector": [float(str(number)) for number in vector]}))
    return 0


def evaluate(arguments: argparse.Namespace) -> int:
    """Print the figures of the scorer for a set of questions with known answers."""
    from qa.evaluation import ask_all, read_answers, read_gold, score, source_texts

    gold = read_gold(arguments.gold)
    if arguments.answers and arguments.articles:
        scores = score(gold, read_answers(arguments.answers), source_texts(None, arguments.articles))
    else:
        from qa.answering import Assistant

        with _open(arguments) as library:
            given = read_answers(arguments.answers) if arguments.answers else ask_all(Assistant(library), gold)
            scores = score(gold, given, source_texts(library, arguments.articles))
    _say(render.as_json(scores.json()) if arguments.json else scores.table())
    return 0


def figures(arguments: argparse.Namespace) -> int:
    """Print the ledger of figures as a table, CSV or JSON lines."""
    with _open(arguments) as library:
        articles = {article.id: article for article in library.articles()}
        rows = [ledger.Row(figure, articles[figure.article_id]) for figure in library.figures()]
    wanted = {name: getattr(arguments, name) for name in ledger.FILTERS if getattr(arguments, name)}
    rows = ledger.select(rows, **wanted)
    if arguments.json:
        for row in rows:
            _say(render.as_json(row.json()))
    else:
        _say(ledger.csv_text(rows).rstrip("\n") if arguments.csv else ledger.table_text(rows))
    return 0


def check(arguments: argparse.Namespace) -> int:
    """Verify the library, with --repair mend it; 1 when something is wrong and stays so."""
    from qa.library import Library

    if arguments.repair:
        for mended in Library.repair(arguments.library):
            _note(f"repaired: {mended}")
    with _open(arguments) as library:
        problems = library.check()
        counts = {"articles": len(library), "problems": problems}
    if arguments.json:
        _say(render.as_json(counts))
    else:
        _say("\n".join(problems) if problems else f"{counts['articles']} articles, all in order")
    return 1 if problems else 0


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "add": add,
    "list": list_articles,
    "remove": remove,
    "search": search,
    "ask": ask,
    "serve": serve,
    "embed": embed,
    "eval": evaluate,
    "figures": figures,
    "check": check,
}


def _open(arguments: argparse.Namespace, *, create: bool = False) -> Library:
    from qa.library import Library

    return Library.open(arguments.library, create=create)


def _filters(arguments: argparse.Namespace) -> dict[str, str]:
    names = ("source", "publisher", "since", "until", "agency")
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name)}


def _watch(library: Library, arguments: argparse.Namespace) -> None:
    """Follow the paths until Ctrl-C; only what changed is reported."""
    _note(f"watching {', '.join(arguments.paths)}; Ctrl-C stops.")
    with suppress(KeyboardInterrupt):
        for reports in library.watch(*arguments.paths, every=arguments.every):
            _print_reports(reports, as_json=arguments.json)


def _print_reports(reports: Sequence[FileReport], *, as_json: bool) -> None:
    for report in reports:
        _say(render.as_json(render.report_json(report)) if as_json else render.report_text(report))


def _progress() -> Callable[[int, int, str], None] | None:
    """Return what keeps a person informed: one line of standard error that is written over; nothing into a file."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int, name: str) -> None:
        line = f"{done}/{total} {render.visible(Path(name).name)}"[:_LINE] if done < total else ""
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    return show


def _lines(path: str) -> list[str]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the texts in {path}: {error}; give UTF-8, one text a line.") from error
    return text.splitlines()


def _save(path: Path, vectors: Any) -> None:  # noqa: ANN401
    import numpy

    try:
        with path.open("wb") as file:
            numpy.save(file, vectors, allow_pickle=False)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}; choose another place.") from error


def _mark() -> Callable[[str], str]:
    return _BOLD.format if sys.stdout.isatty() else str


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    # Each line goes out when it is ready: a reader at the other end of a pipe need not wait for the last.
    sys.stdout.flush()


def _note(text: str) -> None:
    sys.stderr.write(f"wenju: {text}\n")
