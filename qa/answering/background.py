"""What an article says outside a window that a question needs: its title, and where the question's other words stand.

A sentence seldom repeats whose figure it gives; that was said in the title or paragraphs earlier. The reader is shown
these words beside the window.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qa.answering.evidence import Mark, Reading, Span

# Characters of the title, those on either side of a word of the question, and how many are shown in all.
TITLE, AROUND, MOST = 24, 10, 64
# A title whose first characters begin the window is not said twice.
_BEGINNING = 8
# A common word is not worth looking for, nor is a single character.
LEAST = 0.5
# Words that say who, where and in which operation come first.
_IDENTIFYING = {"scope": 2, "sound": 2, "name": 2, "scene": 1, "date": 1, "period": 1}
# A place that leads to a body says whose report it is; elsewhere it may stand in a newspaper's name or a slogan.
_BODY_NEXT = re.compile(r"[省市县区州旗镇乡]?(?:公安|警方|交警|分局|派出所|检察|法院|消防|边境|出入境)")
_STOP = re.compile(r"[,，。;；!！?？\n]")


def background(reading: Reading, window: Span) -> str:
    """Return the words of the article outside ``window`` that bear on the question, at most about 90 characters."""
    folded, title = reading.view.folded, reading.view.title[:TITLE]
    told = "" if folded[slice(*window)].startswith(title[:_BEGINNING]) else title
    phrases: list[Span] = []
    for index in _wanted(reading, window):
        phrase = _phrase(folded, _telling(folded, reading.marks[index], window), window)
        if any(start <= phrase[0] and phrase[1] <= end for start, end in phrases) or folded[slice(*phrase)] in told:
            continue
        if sum(end - start for start, end in phrases) + phrase[1] - phrase[0] <= MOST:
            phrases.append(phrase)
    return "…".join([*([told] if told else []), *(folded[start:end] for start, end in _joined(phrases))])


def _wanted(reading: Reading, window: Span) -> list[int]:
    """Return the numbers of the question's terms that stand in the article but not in the window, weightiest first."""
    terms = reading.question.terms
    heavy = [i for i, t in enumerate(terms) if len(t.text) > 1 and (t.weight >= LEAST or t.role in _IDENTIFYING)]
    absent = [i for i in heavy if reading.marks[i] and not reading.best_within(i, window)]
    return sorted(absent, key=lambda i: (-_IDENTIFYING.get(terms[i].role, 0), -terms[i].weight, i))


def _telling(folded: str, marks: Sequence[Mark], window: Span) -> Span:
    """Return the last place before the window, else the first one after its beginning; best where a body is named."""
    bodies = [mark for mark in marks if _BODY_NEXT.match(folded, mark.end)] or marks
    before = [mark for mark in bodies if mark.start < window[0]]
    mark = before[-1] if before else bodies[0]
    return mark.start, mark.end


def _phrase(folded: str, place: Span, window: Span) -> Span:
    """Return the words around a place, up to a mark of punctuation or the window."""
    low, high = max(place[0] - AROUND, 0), min(place[1] + AROUND, len(folded))
    if place[0] < window[0]:
        high = max(min(high, window[0]), place[1])
    else:
        low = max(low, window[1]) if place[0] >= window[1] else low
    stops = [match.end() for match in _STOP.finditer(folded, low, place[0])]
    stop = _STOP.search(folded, place[1], high)
    return (stops[-1] if stops else low), (stop.start() if stop else high)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that overlap made one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found
