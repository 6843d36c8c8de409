"""The reader's text of a raw page, with a map that leads from each character back to the raw one.

Every character of the text equals its raw character or is the documented replacement of one: a space for any white
space, a line feed for any line end, an entity's character for the entity, U+FFFD for a character that was lost (a
private-use one inside a word, the "?" beside a broken gloss). ``clean(clean(raw).text).text == clean(raw).text``.

>>> clean("要聞(wén)&nbsp;&ldquo;快訊(xùn)&rdquo;").text
'要聞 “快訊”'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qa.corpus.characters import tidy
from qa.corpus.draft import Draft
from qa.corpus.furniture import strip_furniture
from qa.corpus.teasers import strip_teasers
from qa.types import OffsetMap

# Cutting can lay bare what the next round cuts (an escaped escape, a bar under a bar); pages need two rounds, and the
# bound only guards the time against texts made to need many.
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Cleaned:
    """``offsets`` leads back into the raw text, of which ``removed`` characters are not shown."""

    text: str
    offsets: OffsetMap
    removed: int


def clean(raw: str, *, markup: Callable[[Draft], Draft] | None = None) -> Cleaned:
    """Return the reader's text of ``raw``: junk cut away, script and wording left as they are. Linear time.

    ``markup`` takes the marks of a format away first.
    """
    draft = markup(Draft.of(raw)) if markup else Draft.of(raw)
    for _ in range(ROUNDS):
        before, draft = draft, strip_teasers(strip_furniture(tidy(draft)))
        if draft.text == before.text:
            break
    return Cleaned(draft.text, draft.offsets(), len(raw) - len(draft.text))
