"""Finds names of persons, agencies, places and operations, quoted names and documents, with exact spans.

General knowledge only: surnames, posts, the last words of agencies and places. Precision goes before completeness.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa.language.agencies import find_agencies
from qa.language.operations import find_labels
from qa.language.persons import find_persons
from qa.language.places import find_places
from qa.language.scripts import fold
from qa.language.words import words


@dataclass(frozen=True, slots=True)
class Name:
    """A name: ``text[start:end]``; ``kind`` is person agency place operation quoted document.

    ``title`` is the post beside a person's name, simplified; several are joined: ``"党委副书记、政委"``. Quotation
    marks stand outside the span, the marks of a document 《》 inside.
    """

    start: int
    end: int
    text: str
    kind: str
    title: str = ""


# Where two finds overlap the first of these wins.
_ORDER = {"document": 0, "operation": 1, "agency": 2, "person": 3, "quoted": 4, "place": 5}


def find_names(text: str) -> list[Name]:
    """Return the names of ``text`` in order, without overlap."""
    folded = fold(text)
    cut = words(folded)
    agencies = find_agencies(folded, cut)
    persons = find_persons(folded, [end for _, end in agencies])
    found = [Name(p.start, p.end, text[p.start : p.end], "person", p.title) for p in persons]
    # An agency that seems to begin with a person's name runs over a verb: 局长李建国带队参加某市公安局….
    titled = {person.start for person in persons if person.title}
    found += [Name(start, end, text[start:end], "agency") for start, end in agencies if start not in titled]
    found += [Name(start, end, text[start:end], "place") for start, end in find_places(folded, cut)]
    found += [Name(b.start, b.end, text[b.start : b.end], b.kind) for b in find_labels(folded, cut)]
    free = bytearray(b"\1") * len(text)
    kept = []
    for name in sorted(found, key=lambda name: (_ORDER[name.kind], name.start)):
        if all(free[name.start : name.end]):
            free[name.start : name.end] = bytes(name.end - name.start)
            kept.append(name)
    return sorted(kept, key=lambda name: name.start)
