"""Bytes to text without a loss: one codec that fits the whole file, or a refusal by name.

It knows byte signatures and how often the commonest characters of Chinese occur. It must not know what a file is
about: formats are the business of :mod:`qa.corpus.read`.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from qa.errors import DocumentError

# The commonest characters of news prose in both scripts. They make up a third of real text and a hundredth of text
# that was decoded with the wrong codec.
COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样"
    "与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军情者最立代想已通并提直题党程展五果料象员革位"
    "安市县警区局村治县部门，。、：；！？“”《》（）"
    "這為個國時來們對會發動過說產種後學經進電裡現實機當點從業應開還與關各線數見間樣義氣質條結問無係軍員題黨縣區門辦"
)
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with the UTF-16 one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.doc, .xls, .ppt)"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a RIFF media file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf", "an RTF document"),
)
# A book; more text in one piece is no article, and reading its figures would take more than ten seconds.
MOST_CHARACTERS = 250_000
# Enough text to judge a codec by; a whole 20 MB file tells nothing more.
SAMPLE = 20_000
# A file with more control characters than this share is no text.
CONTROL_SHARE = 0.02
# Real Chinese decoded rightly holds at least this share of common characters among its non-ASCII ones.
PLAUSIBLE = 0.08


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and the name of the codec that gave it; the byte order mark is not part of the text."""

    text: str
    codec: str


def decode(data: bytes, source: str = "the file") -> Decoded:
    """Decode ``data`` strictly; raises DocumentError (naming ``source``) when it is empty, binary or damaged."""
    if not data.strip(b" \t\r\n\x0b\x0c"):
        raise DocumentError(f"{source} is empty: there is nothing to index, give it some text")
    kind = signature(data)
    if kind:
        raise DocumentError(f"{source} is {kind}, not text: convert it to UTF-8 text first")
    decoded = _by_mark(data, source) or _utf8(data) or _without_mark(data) or _legacy(data, source)
    if _control_share(decoded.text) > CONTROL_SHARE:
        raise DocumentError(f"{source} is binary data, not text: convert it to UTF-8 text first")
    if not decoded.text.strip("\ufeff\x00 \t\r\n"):
        raise DocumentError(f"{source} is empty: there is nothing to index, give it some text")
    return decoded


def signature(data: bytes) -> str:
    """Name the binary format that ``data`` begins like, or return an empty string."""
    return next((kind for mark, kind in SIGNATURES if data.startswith(mark)), "")


def _by_mark(data: bytes, source: str) -> Decoded | None:
    codec = next((codec for mark, codec in BOMS if data.startswith(mark)), None)
    if codec is None:
        return None
    try:
        return Decoded(data.decode(codec), codec)
    except UnicodeDecodeError as error:
        message = f"{source} begins with a {codec} mark but is broken at byte {error.start}: save it again as UTF-8"
        raise DocumentError(message) from error


def _utf8(data: bytes) -> Decoded | None:
    try:
        return Decoded(data.decode("utf-8"), "utf-8") if not _looks_wide(data) else None
    except UnicodeDecodeError:
        return None


def _looks_wide(data: bytes) -> bool:
    """Tell whether NUL bytes stand as they do in UTF-16 text (ASCII of UTF-16 is also valid UTF-8)."""
    return len(data) % 2 == 0 and data[: 2 * SAMPLE].count(0) > len(data[: 2 * SAMPLE]) // 50


def _without_mark(data: bytes) -> Decoded | None:
    """Try UTF-16 without a mark, only where NUL bytes call for it and the result reads as Chinese or ASCII."""
    if not data[: 2 * SAMPLE].count(0) or len(data) % 2:
        return None
    found = [(plausibility(text), codec, text) for codec, text in _decodings(data, ("utf-16-le", "utf-16-be"))]
    best = max(found, default=(0.0, "", ""))
    return Decoded(best[2], best[1]) if best[0] >= PLAUSIBLE else None


def _legacy(data: bytes, source: str) -> Decoded:
    """Choose between GB18030 and Big5 by which reads as Chinese; ties go to GB18030."""
    broken = _nearly_utf8(data)
    if broken >= 0:
        raise DocumentError(f"{source} is UTF-8 but broken at byte {broken}: save it again as UTF-8")
    found = [(plausibility(text), -order, codec, text)
             for order, (codec, text) in enumerate(_decodings(data, ("gb18030", "big5", "cp950", "big5hkscs")))]
    best = max(found, default=(0.0, 0, "", ""))
    if best[0] < PLAUSIBLE:
        raise DocumentError(f"{source} is in no encoding that is known here: save it again as UTF-8")
    return Decoded(best[3], best[2])


def _decodings(data: bytes, names: tuple[str, ...]) -> list[tuple[str, str]]:
    found = []
    for codec in names:
        try:
            found.append((codec, data.decode(codec)))
        except UnicodeDecodeError:
            continue
    return found


def _nearly_utf8(data: bytes) -> int:
    """Return the first broken byte of data that is UTF-8 but for a few bytes, or -1."""
    sample = data[:SAMPLE].decode("utf-8", "replace")
    bad = sample.count("\ufffd")
    if bad * 20 > len(sample) or plausibility(sample) < PLAUSIBLE:
        return -1
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return -1


def plausibility(text: str) -> float:
    """Return the share of common Chinese characters among the non-ASCII ones, 0 to 1; private use counts against it."""
    foreign = [character for character in text[:SAMPLE] if character > "\x7f"]
    if not foreign:
        return 1.0
    common = sum(character in COMMON for character in foreign)
    odd = sum("\ue000" <= character <= "\uf8ff" for character in foreign)
    return max(common - odd, 0) / len(foreign)


def _control_share(text: str) -> float:
    sample = text[: 10 * SAMPLE]
    controls = sum(character < " " and character not in "\t\n\r\x0b\x0c" for character in sample)
    return controls / max(len(sample), 1)
