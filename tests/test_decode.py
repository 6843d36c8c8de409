"""Decoding: the right codec for the whole file, or a refusal that names the file."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.corpus.decode import Decoded, decode, plausibility
from qa.errors import DocumentError

SEEDS = {path.name[:3]: path.read_text(encoding="utf-8") for path in (Path(__file__).parent.parent / "seeds").iterdir()}
TRADITIONAL = SEEDS["004"]


@pytest.mark.parametrize(("codec", "reported"), [
    ("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16"), ("utf-32", "utf-32"),
    ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"),
])
@pytest.mark.parametrize("number", sorted(SEEDS))
def test_a_seed_comes_back_from_every_codec(number: str, codec: str, reported: str) -> None:
    assert decode(SEEDS[number].encode(codec)) == Decoded(SEEDS[number], reported)


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_both_byte_orders_with_a_mark(mark: bytes) -> None:
    codec = "utf-16-le" if mark[0] == 0xFF else "utf-16-be"
    assert decode(mark + TRADITIONAL.encode(codec)) == Decoded(TRADITIONAL, "utf-16")


def test_big5_and_gbk_are_told_apart() -> None:
    in_big5 = TRADITIONAL.encode("big5", "ignore")
    assert decode(in_big5) == Decoded(in_big5.decode("big5"), "big5")
    in_gbk = TRADITIONAL.encode("gbk", "ignore")
    assert decode(in_gbk) == Decoded(in_gbk.decode("gbk"), "gb18030")


@pytest.mark.parametrize("number", sorted(SEEDS))
def test_every_paragraph_alone_is_told_apart(number: str) -> None:
    for line in filter(None, (line.strip() for line in SEEDS[number].split("\n"))):
        if len(line) >= 20:
            assert decode(line.encode("gb18030")).text == line
            if number == "004":
                in_big5 = line.encode("big5", "ignore")
                assert decode(in_big5) == Decoded(in_big5.decode("big5"), "big5"), line


@pytest.mark.parametrize(("data", "reason"), [
    (b"", "a.txt is empty"),
    (b" \r\n\t\n", "a.txt is empty"),
    (b"\xef\xbb\xbf", "a.txt is empty"),
    (b"\x00" * 50, "a.txt is"),
    (b"%PDF-1.7 ...", "a.txt is a PDF document"),
    (b"PK\x03\x04rest", "a.txt is a zip archive"),
    (b"\x89PNG\r\n\x1a\n....", "a.txt is a PNG picture"),
    (b"\x7fELF\x02\x01\x01\x00", "a.txt is a program"),
    (bytes(range(256)) * 20, "a.txt is"),
    ("破案12起,抓获3人。".encode() * 40 + b"\xe4\xba" + "破案。".encode() * 5,
     r"a.txt is UTF-8 but broken at byte \d+"),
    ("\ufeff破案".encode("utf-16-le") + b"\x00\xd8", "a.txt begins with a utf-16 mark but is broken"),
    ("破案".encode("utf-8-sig") + b"\xff", "a.txt begins with a utf-8-sig mark but is broken at byte"),
    (b"caf\xe9 cr\xe8me \xe0 la carte " * 30, "a.txt is in no encoding that is known"),
    ("正文".encode() + bytes(range(1, 9)) * 40, "a.txt is binary data"),
])
def test_what_is_no_text_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        decode(data, "a.txt")


@pytest.mark.parametrize("text", ["2980", "hello, world", "破案", "抓获逃犯6人。", "OK 破"])
def test_short_texts(text: str) -> None:
    assert decode(text.encode()).text == text


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        decoded = decode(data)
    except DocumentError as error:
        assert str(error).startswith("the file ")
    else:
        assert decoded.text.encode(decoded.codec) == data or decoded.codec.startswith("utf-16") or \
            decoded.text.encode(decoded.codec).decode(decoded.codec) == decoded.text


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1).filter(str.strip).filter(lambda text: "\x00" not in text))
def test_utf8_text_never_changes(text: str) -> None:
    """Without NUL: "0\\x00" in UTF-8 is, byte for byte, "0" in UTF-16."""
    try:
        assert decode(text.encode()).text == text.removeprefix("\ufeff")
    except DocumentError:
        controls = sum(c < " " for c in text)
        assert controls or not text.strip("\ufeff\x00 \t\r\n")


def test_plausibility_is_high_for_chinese_and_low_for_mojibake() -> None:
    for text in SEEDS.values():
        assert plausibility(text) > 0.25
        assert plausibility(text.encode("gb18030").decode("big5", "replace")) < 0.05
        assert plausibility(text.encode().decode("gb18030", "replace")) < 0.08
