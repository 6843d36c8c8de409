"""The reader's vocabulary: the pieces of the base vocabulary that Chinese reports and questions about them use.

A piece holds at most two Chinese characters, so that the borders of answers are borders of pieces nearly everywhere;
pieces with words of grammar (的, 了, 在 …) hold one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tokenizers import Regex, Tokenizer, models, pre_tokenizers

from embeddings.training.published import Base
from qa.language.scripts import fold

# The first numbers of the base vocabulary, kept where they are: begin, pad, end, unknown.
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
BLANK = "\u2581"
# Numbers, latin words with the blank before them, and Chinese never share a piece.
RUNS = rf"[0-9]+|{BLANK}?[a-z]+|[\u3400-\u9fff]+|[^0-9a-z\u3400-\u9fff]"
_GRAMMAR = frozenset("的了是在和与及等被把将为于对从有不也都就这那其该各着过")
# Pieces met less often are spelled by smaller ones. Short latin pieces spell the names in English questions.
LEAST, SHORT_LATIN, LIKELY = 4, 5, -11.5


def candidates(base: Base) -> list[int]:
    """Return the numbers of the base pieces that may be kept."""
    return [i for i in range(len(SPECIAL), len(base.pieces)) if _fits(base.pieces[i])]


def _fits(piece: str) -> bool:
    if re.fullmatch(r"[\u3400-\u9fff]{1,2}", piece):
        return fold(piece) == piece and (len(piece) == 1 or not set(piece) & _GRAMMAR)
    if re.fullmatch(rf"\d{{1,4}}|{BLANK}?[a-z]+|{BLANK}", piece):
        return True
    return len(piece) == 1 and not piece.isalnum()


def choose(base: Base, texts: Iterable[str], english: Iterable[str]) -> list[int]:
    """Return the numbers of the pieces to keep: those of ``texts``, of the words ``english``, and short latin ones."""
    possible = candidates(base)
    tokenizer = build(base, possible)
    counts: Counter[int] = Counter()
    for text in texts:
        counts.update(tokenizer.encode(fold(text).replace(" ", BLANK)).ids)
    words = {BLANK + word for word in english}
    return [
        number
        for place, number in enumerate(possible, len(SPECIAL))
        if counts[place] >= LEAST
        or base.pieces[number] in words
        or (
            re.fullmatch(rf"[a-z]{{1,{SHORT_LATIN}}}", base.pieces[number]) is not None and base.scores[number] > LIKELY
        )
    ]


def build(base: Base, kept: Sequence[int]) -> Tokenizer:
    """Return the tokenizer over the special pieces and the ``kept`` ones, numbered in this order."""
    pieces = [(piece, 0.0) for piece in SPECIAL] + [(base.pieces[i], float(base.scores[i])) for i in kept]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=SPECIAL.index("<unk>")))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(RUNS), "isolated")
    return tokenizer
