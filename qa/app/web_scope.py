"""A question as it was asked, and the filters it was asked with: which articles may answer it.

The filters are those of ``Library.search``; a day may be written as people write it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa.errors import InputError

SCOPE = ("source", "publisher", "since", "until", "agency")
_DAYS = ("since", "until")
# Longer than any name of a file, a newspaper or an agency.
_LONGEST = 200
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its filters, those that say something, in the order of ``SCOPE``."""

    text: str
    scope: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, text: str, given: Mapping[str, object]) -> Asked:
        """Return a question with the filters found in ``given``; what is no text is left out."""
        named = ((name, given.get(name)) for name in SCOPE)
        kept = ((name, value.strip()[:_LONGEST]) for name, value in named if isinstance(value, str))
        return cls(text, tuple((name, value) for name, value in kept if value))

    @classmethod
    def read(cls, found: object) -> Asked | None:
        """Read what ``plain`` wrote; anything else is no question."""
        fields: dict[str, Any] = found if isinstance(found, dict) else {"question": found}
        text = fields.get("question")
        return cls.of(text, fields) if isinstance(text, str) and text.strip() else None

    def plain(self) -> str | dict[str, str]:
        """Return plain values for JSON: the text alone where there are no filters."""
        return {"question": self.text, **dict(self.scope)} if self.scope else self.text

    def filters(self) -> dict[str, str]:
        """Return the filters as ``Library.search`` takes them; raises InputError for a day that is none."""
        return {name: iso_day(value) if name in _DAYS else value for name, value in self.scope}


def iso_day(text: str) -> str:
    """Return a year, month or day in ISO form; raises InputError where it is none.

    >>> iso_day("2023年6月"), iso_day("2023/6/9"), iso_day("2023")
    ('2023-06', '2023-06-09', '2023')
    """
    match = _DAY.fullmatch(text.strip())
    parts = [part for part in match.groups() if part] if match else []
    if not parts or not all(1 <= int(part) <= most for part, most in zip(parts[1:], (12, 31), strict=False)):
        raise InputError(
            f"“{text}”不是日期，请写成 2023、2023-06 或 2023-06-29。(Not a date: write 2023, 2023-06 or 2023-06-29.)"
        )
    return "-".join([parts[0], *(f"{int(part):02d}" for part in parts[1:])])
