"""The shell: ``wenju COMMAND``. It parses, calls the same library and assistant as every face, and prints.

Nothing heavy is imported before a command asks for it. Exit status: 0 done (finding nothing is done), 1 the request
could not be met, 2 it was asked wrongly. A user's mistake is one sentence on standard error; anything else propagates.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from qa.errors import InputError, WenjuError
from qa.settings import Settings

# What a shell reports for a program that Ctrl-C ended.
_INTERRUPTED = 130

_EXIT = "exit status: 0 done, 1 the request could not be met, 2 wrong usage"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    _speak_utf8()
    arguments = build_parser().parse_args(argv)
    if arguments.library is None:
        arguments.library = Settings.from_environment().library
    from qa.app.commands import COMMANDS

    try:
        status = COMMANDS[arguments.command](arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (head, say) has seen enough; a closed pipe must not fail again when Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _complain("interrupted; what was already done is kept.", _INTERRUPTED)
    except _told_to_users() as error:
        return _complain(str(error), 2 if isinstance(error, InputError) else 1)
    return status


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole shell."""
    parser = argparse.ArgumentParser(
        prog="wenju",
        description="问据: ask Chinese news articles; every figure comes with its source.",
        epilog=f"{_EXIT}. Each command has its own --help.",
    )
    parser.add_argument("--version", action=_Version, help="show the version")
    parser.add_argument("--library", type=Path, default=None, metavar="DIR", help=argparse.SUPPRESS)
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--library",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="the library folder (default: $WENJU_LIBRARY, else the user's data folder)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, help_text, build in _COMMANDS:
        child = commands.add_parser(name, help=help_text, description=help_text, parents=[everywhere], epilog=_EXIT)
        build(child)
    return parser


def _add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, a folder, or .jsonl of articles")
    parser.add_argument("--json", action="store_true", help="print one report a line as JSON")
    parser.add_argument("--watch", action="store_true", help="go on and take in files as they appear or change")
    parser.add_argument("--every", type=_positive, default=2, metavar="SECONDS", help="how often --watch looks (2)")


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--names", action="store_true", help="add the agencies, places and operations that each names")
    parser.add_argument("--json", action="store_true", help="print one article a line as JSON")


def _remove(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="+", metavar="ID", help="the id of an article, as wenju list shows it")
    parser.add_argument("--json", action="store_true", help="print the count as JSON")


def _search(parser: argparse.ArgumentParser) -> None:
    _question(parser, "find passages for every line of a JSON-lines file")
    parser.add_argument("-k", type=_positive, default=5, metavar="N", help="how many passages (5)")


def _ask(parser: argparse.ArgumentParser) -> None:
    _question(parser, "answer every line of a JSON-lines file: id, and question or turns")


def _question(parser: argparse.ArgumentParser, batch_help: str) -> None:
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?", metavar="QUESTION")
    asked.add_argument("--batch", metavar="FILE", help=f'{batch_help} ("-" reads standard input); prints JSON lines')
    parser.add_argument("--json", action="store_true", help="print JSON")
    _filters(parser)


def _filters(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("filters", "look only at articles that")
    group.add_argument("--source", help="come from this file")
    group.add_argument("--publisher", help="were published here")
    group.add_argument("--since", metavar="DATE", help="were published on this day or later (2023-06-29)")
    group.add_argument("--until", metavar="DATE", help="were published on this day or earlier")
    group.add_argument("--agency", help="tell of this agency")


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1: this machine only)")
    parser.add_argument("--port", type=_port, default=7860, help="the port (7860; 0 picks a free one)")
    parser.add_argument("--allow-host", action="append", default=[], metavar="NAME", help="another name of this server")


def _embed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("texts", nargs="*", metavar="TEXT")
    parser.add_argument("--file", metavar="FILE", help='embed every line of a UTF-8 file ("-" reads standard input)')
    parser.add_argument("--npy", type=Path, metavar="FILE", help="write one float32 array of shape (texts, dimension)")
    parser.add_argument("--model", help="a sentence-transformers model by name or folder (default: the bundled one)")
    parser.add_argument("--as", dest="role", choices=("query", "passage"), help="use the model's prompt for this role")
    parser.add_argument("--json", action="store_true", help="print JSON lines (the default)")


def _eval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("gold", metavar="FILE.jsonl", help="questions with their answers")
    parser.add_argument("--answers", metavar="FILE", help="score what ask --batch --json printed instead of asking")
    parser.add_argument("--articles", metavar="DIR", help="check quotes against these files, not the library's texts")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _figures(parser: argparse.ArgumentParser) -> None:
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print CSV")
    form.add_argument("--json", action="store_true", help="print one figure a line as JSON")
    _filters(parser)
    for name, help_text in (
        ("metric", "count this (出动警力)"),
        ("operation", "belong to this operation"),
        ("period", "belong to this period"),
        ("unit", "have this unit (人次)"),
    ):
        parser.add_argument(f"--{name}", help=f"only figures that {help_text}")


def _check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repair", action="store_true", help="rebuild what can be rebuilt")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


_COMMANDS = (
    ("add", "take files and folders into the library", _add),
    ("list", "list the articles of the library", _list),
    ("remove", "remove articles from the library", _remove),
    ("search", "find passages", _search),
    ("ask", "answer a question with sources, or say what is missing", _ask),
    ("serve", "open the web chat", _serve),
    ("embed", "turn texts into vectors", _embed),
    ("eval", "ask a set of questions with known answers and print the figures", _eval),
    ("figures", "print the ledger of figures", _figures),
    ("check", "verify the library", _check),
)


class _Version(argparse.Action):
    """Show the version; the look-up costs milliseconds that no other command should pay."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002
        super().__init__(option_strings, dest=argparse.SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib import metadata

        try:
            version = metadata.version("wenju")
        except metadata.PackageNotFoundError:
            version = "(not installed: run from its folder)"
        parser.exit(0, f"wenju {version}\n")


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; ports go from 0 to 65535")
    return int(text)


def _speak_utf8() -> None:
    """Read and print UTF-8 whatever the locale; what UTF-8 cannot hold is written out (as JSON itself would)."""
    for stream, errors in ((sys.stdin, "strict"), (sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _told_to_users() -> tuple[type[Exception], ...]:
    """Return the errors that are a sentence for users; looked up only when something was raised."""
    from embeddings.errors import EmbeddingError

    return WenjuError, EmbeddingError


def _complain(sentence: str, status: int) -> int:
    print(f"wenju: {sentence}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
