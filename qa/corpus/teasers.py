"""Teasers of other news under an article: some sites print the leads of unrelated items as its last paragraphs.

A tail is cut only when everything speaks for it: at least three paragraphs to the end, nearly all of a single
sentence, that share hardly any pair of characters with the article or with each other and do not go on from what
stands before, under an article that repeats its own words. When unsure, keep.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from statistics import mean, median

from qa.corpus.draft import Draft

_FEWEST, _MOST = 3, 12
_SHORTEST, _LONGEST = 20, 260
# Shares of a paragraph's character pairs that stand elsewhere too. Measured on 3,900 broadcast texts of seven and more
# paragraphs and 730 police reports: none of them is cut. A related paragraph shares .15 to .4, a teaser under .13.
_STRANGE, _STRANGE_AT_MOST = 0.15, 0.25
_TOGETHER = 0.12
_COHERENT = 0.15
_MOSTLY = 0.75
# Fewer different pairs than these make no vocabulary to judge by; longer texts are no news page.
_VOCABULARY, _PAGE = 250, 100_000
_PROSE, _PROSE_PARAGRAPHS = 40, 4

_HAN = re.compile("[\u3400-\u9fff]+")
_STOPS = re.compile("[。！？!?]+")
_GOES_ON = re.compile(
    "[“‘「『【(（①-⑳]|[该該他她它其此这這那经經另但而我]|目前|同[时時]|[随隨][后後]|[为為]此|[对對]此|[据據]|[一二三四五六七八九十]+[是、]"
    "|第[一二三四五六七八九十]|警方|民警|最[终終]|[0-9]+[.、]|[记記]者"
)


def strip_teasers(draft: Draft) -> Draft:
    """Return the draft without the teasers of other news at its end, if there are any."""
    if len(draft.text) > _PAGE:
        return draft
    paragraphs = draft.text.split("\n")
    count = _teasers(paragraphs)
    if not count:
        return draft
    end = len("\n".join(paragraphs[:-count]))
    return draft.without([(end, len(draft.text))])


def _teasers(paragraphs: list[str]) -> int:
    """Return how many of the last paragraphs are teasers."""
    if len(paragraphs) < _PROSE_PARAGRAPHS + _FEWEST:
        return 0
    pairs = [_pairs(paragraph) for paragraph in paragraphs]
    for count in range(min(_MOST, len(paragraphs) - _PROSE_PARAGRAPHS), _FEWEST - 1, -1):
        if _read_like_leads(paragraphs[-count:]) and _are_strangers(pairs[:-count], pairs[-count:]) \
                and _is_coherent(paragraphs[:-count], pairs[:-count]):
            return count
    return 0


def _pairs(paragraph: str) -> set[str]:
    return {run[i:i + 2] for run in _HAN.findall(paragraph) for i in range(len(run) - 1)}


def _read_like_leads(tail: list[str]) -> bool:
    single = [len(_STOPS.findall(paragraph)) <= 1 for paragraph in tail]
    return (
        single[0] and mean(single) >= _MOSTLY
        and all(_SHORTEST <= len(paragraph) <= _LONGEST for paragraph in tail)
        and not any(_GOES_ON.match(paragraph) for paragraph in tail)
    )


def _are_strangers(body: list[set[str]], tail: list[set[str]]) -> bool:
    known = set().union(*body)
    shares = [_share(pairs, known) for pairs in tail]
    among = Counter(chain.from_iterable(tail))
    mutual = [sum(among[pair] > 1 for pair in pairs) / max(len(pairs), 1) for pairs in tail]
    return (
        len(known) >= _VOCABULARY and shares[0] < _STRANGE and max(shares) < _STRANGE_AT_MOST
        and mean(share < _STRANGE for share in shares) >= _MOSTLY and mean(mutual) < _TOGETHER
    )


def _is_coherent(body: list[str], pairs: list[set[str]]) -> bool:
    """Tell whether the paragraphs of the article itself share their words: a round-up of short news does not."""
    often = {pair for pair, times in Counter(chain.from_iterable(pairs)).items() if times > 1}
    shares = [_share(own, often) for own, paragraph in zip(pairs, body, strict=True) if len(paragraph) > _PROSE]
    return len(shares) >= _PROSE_PARAGRAPHS and median(shares) >= _COHERENT


def _share(pairs: set[str], known: set[str]) -> float:
    return len(pairs & known) / max(len(pairs), 1)
