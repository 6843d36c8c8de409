"""The raw file behind an article, found where it was added from and shown only when it still fits the article."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import eq
from pathlib import Path

from qa.corpus.decode import decode
from qa.errors import DocumentError
from qa.types import Article

# Larger files are not opened for a look.
_LARGEST = 50_000_000
# So many runs are compared, and so much of them must agree.
_RUNS = 200
_RECORDS = (".jsonl", ".ndjson")
_ALIKE = 0.97


def raw_text(article: Article, paths: Iterable[str]) -> str | None:
    """Return the decoded text that ``article`` was cut from, or None when no file at ``paths`` holds it any more."""
    texts = (text for path in paths for text in _texts(Path(path)))
    return next((text for text in texts if fits(article, text)), None)


def fits(article: Article, raw: str) -> bool:
    """Tell whether the article's offsets lead to its own words in ``raw``.

    A few characters may differ: cleaning replaces an entity or an odd space by the character that was meant.
    """
    runs = list(islice(article.offsets.runs or ((0, 0, len(article.text)),), _RUNS))
    pairs = ((article.text[start : start + length], raw[place : place + length]) for start, place, length in runs)
    same = sum(sum(map(eq, ours, theirs)) for ours, theirs in pairs)
    return same >= _ALIKE * sum(length for _, _, length in runs)


def _texts(path: Path) -> Iterator[str]:
    try:
        if path.stat().st_size > _LARGEST:
            return
        decoded = decode(path.read_bytes(), path.name).text
    except (OSError, DocumentError):
        return
    if path.suffix.lower() not in _RECORDS:
        yield decoded
        return
    for line in decoded.split("\n"):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict) and isinstance(record.get("text"), str):
            yield record["text"]
