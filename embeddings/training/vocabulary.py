"""The tokenizer: a word list weighted by how often each word is met, cut by the likeliest path (Unigram, in Rust)."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from tqdm import tqdm

from embeddings.errors import TrainingDataError

UNKNOWN = "[UNK]"
# Longer entries (names of institutions, sayings) are cut into their words, so that they share them with other texts.
LONGEST_WORD = 4
_LATIN = re.compile(r"[a-z][a-z0-9]{1,19}")
_NUMBER = re.compile(r"\d{1,4}")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_BATCH = 4_000


def normalise(text: str) -> str:
    """Do what the normalizer of the tokenizer does: compatibility forms (full width and the like), lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def read_words(path: Path) -> dict[str, int]:
    """Read ``word frequency …`` lines (the format of jieba's dict.txt); Chinese words of up to four characters stay."""
    words: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = line.split()
        if len(fields) < 2 or not fields[1].isdigit():
            raise TrainingDataError(f"{path}, line {number}: expected 'word frequency', found {line[:40]!r}.")
        word = normalise(fields[0])
        if _HAN.fullmatch(word) and len(word) <= LONGEST_WORD:
            words[word] = words.get(word, 0) + int(fields[1])
    return words


def build_tokenizer(words: Iterable[str], counts: dict[str, float]) -> Tokenizer:
    """Make a tokenizer of ``words``; its ids are their order, after the unknown token 0."""
    pieces = list(words)
    total = sum(counts.get(piece, 0) + 0.5 for piece in pieces)
    scores = [(piece, math.log((counts.get(piece, 0) + 0.5) / total)) for piece in pieces]
    tokenizer = Tokenizer(models.Unigram([(UNKNOWN, -30.0), *scores], 0, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    # Runs of Chinese, of latin letters and of digits never share a piece; spaces and marks carry nothing and go.
    runs = Regex(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[a-z]+|[0-9]+")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(runs, "removed", invert=True)
    return tokenizer


def batches(texts: Iterable[str], size: int = _BATCH) -> Iterator[list[str]]:
    """Yield lists of ``size`` texts."""
    remaining = iter(texts)
    while batch := list(islice(remaining, size)):
        yield batch


def count_pieces(tokenizer: Tokenizer, texts: Iterable[str], note: str) -> Counter[int]:
    """Count how often each id is met when the texts are cut."""
    counts: Counter[int] = Counter()
    for batch in tqdm(batches(texts), desc=note, unit="batch"):
        counts.update(chain.from_iterable(encoding.ids for encoding in tokenizer.encode_batch_fast(batch)))
    return counts


def other_pieces(texts: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """Count single Chinese characters, and latin words and numbers, which no Chinese word list holds."""
    characters: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for text in texts:
        clean = normalise(text)
        characters.update(clean)
        others.update(_LATIN.findall(clean))
        others.update(_NUMBER.findall(clean))
    return Counter({c: n for c, n in characters.items() if _HAN.fullmatch(c)}), others


def learn_vocabulary(words: dict[str, int], texts: list[str], size: int) -> Tokenizer:
    """Choose ``size`` - 1 pieces by how often they are met, and make the tokenizer of them.

    The word list gives the candidates, the texts their weights: cut, count, weigh anew, and keep the commonest.
    All letters and digits stay, so that only a character that was never met is unknown.
    """
    characters, others = other_pieces(tqdm(texts, desc="characters", unit="text"))
    alphabet = set("abcdefghijklmnopqrstuvwxyz0123456789") | {c for c, n in characters.items() if n >= 2}
    weights: dict[str, float] = {word: float(n) for word, n in words.items()}
    weights |= {piece: float(n) for piece, n in others.items() if n >= 20}
    for turn in range(2):
        candidates = sorted(alphabet | set(weights))
        tokenizer = build_tokenizer(candidates, weights)
        counts = count_pieces(tokenizer, texts, f"cutting, turn {turn + 1}")
        weights = {piece: float(counts[i]) for i, piece in enumerate(candidates, 1) if counts[i]}
    kept = sorted(set(weights) - alphabet, key=lambda piece: (-weights[piece], piece))
    chosen = sorted(alphabet) + kept[: size - 1 - len(alphabet)]
    return build_tokenizer(chosen, weights)
