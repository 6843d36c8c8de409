"""The store keeps what it was given, letter by letter, and sees every bit that changes."""

import random
import shutil
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import LibraryDamaged, LibraryError
from qa.library import checking, records
from qa.library.records import Record
from qa.library.store import Store, _cut_last_commit
from qa.types import Article, Figure, OffsetMap

DIMENSION = 4
META = {"words": "1", "fingerprint": "f", "dimension": str(DIMENSION)}


def made_record(number: int, text: str = "") -> Record:
    text = text or f"某局出动警力{number}人次。\n化解纠纷{number + 1}起。"
    cut = text.index("\n") if "\n" in text else len(text)
    spans = ((0, cut), (cut + 1, len(text))) if cut + 1 < len(text) else ((0, len(text)),)
    article = Article(f"{number:016x}", f"{number}.txt", f"标题{number}", "某报", "某人", "2023-10-10", text,
                      OffsetMap(((0, 3, cut), (cut, 40, len(text) - cut))), "gb18030", "https://example.org/1")
    figure = Figure(Decimal("1.20"), "人次", "count", text[6:7], True, "up", "出动警力", "某局", "今年", "", article.id,
                    6, 7)
    vectors = np.random.default_rng(number).normal(size=(len(spans), DIMENSION)).astype(np.float16)
    words = (("标题",), *(("出动", "警力") for _ in spans))
    return Record(article, spans, words, vectors, (figure,), b"sketch")


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.create(tmp_path / "library.db", META)
    yield opened
    opened.close()


def test_what_goes_in_comes_out(store: Store) -> None:
    given_record = made_record(7)
    with store.write() as transaction:
        key = transaction.insert(given_record)
    stored = store.article(key)
    assert (stored.article, stored.spans, stored.sketch) == (given_record.article, given_record.spans, b"sketch")
    assert store.words(key) == [list(line) for line in given_record.words]
    assert np.array_equal(store.vectors(key, DIMENSION), given_record.vectors)
    assert store.figures(key) == list(given_record.figures)
    assert str(store.figures(key)[0].value) == "1.20"
    assert checking.problems(store, DIMENSION) == []


@given(st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**40), st.integers(0, 9)), max_size=30))
def test_offsets_survive_packing(rows: list[tuple[int, int, int]]) -> None:
    assert records.unpack_pairs(records.pack_pairs(tuple(rows)), 3) == tuple(rows)


@given(st.binary(max_size=60), st.integers(0, 10**9), st.data())
def test_a_seal_sees_every_changed_bit(body: bytes, key: int, data: st.DataObject) -> None:
    sealed = records.seal("words", key, body)
    assert records.unseal("words", key, sealed) == body
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    flipped = bytearray(sealed)
    flipped[bit // 8] ^= 1 << bit % 8
    for kind, owner, changed in (("words", key, bytes(flipped)), ("words", key + 1, sealed), ("vectors", key, sealed)):
        with pytest.raises(LibraryDamaged, match="repair"):
            records.unseal(kind, owner, changed)


def test_nothing_stays_of_a_transaction_that_fails(store: Store) -> None:
    before = store.state()
    with pytest.raises(ZeroDivisionError), store.write() as transaction:
        transaction.insert(made_record(1))
        raise ZeroDivisionError
    assert store.state() == before and store.article_keys() == []


def test_the_last_commit_can_be_cut_out_of_the_log(tmp_path: Path, store: Store) -> None:
    """Only that one, and only if it is the one that is meant; whoever opens the rest finds the one before whole."""
    states = []
    for number in range(3):
        with store.write() as transaction:
            transaction.insert(made_record(number))
        states.append(store.state())
    (tmp_path / "killed").mkdir()
    for name in ("library.db", "library.db-wal"):
        shutil.copy(tmp_path / name, tmp_path / "killed" / name)
    log = tmp_path / "killed" / "library.db-wal"
    size = log.stat().st_size
    _cut_last_commit(log, b"0123456789abcdef")
    assert log.stat().st_size == size
    _cut_last_commit(log, states[2].token.encode())
    assert log.stat().st_size < size
    opened = Store.open(tmp_path / "killed" / "library.db")
    assert opened.state() == states[1] and checking.problems(opened, DIMENSION) == []
    opened.close()


def test_a_snapshot_shows_one_generation(tmp_path: Path, store: Store) -> None:
    reader = Store.open(tmp_path / "library.db")
    with reader.snapshot() as state:
        with store.write() as transaction:
            transaction.insert(made_record(1))
        assert reader.state() == state and reader.article_keys() == []
    assert len(reader.article_keys()) == 1
    reader.close()


def test_changes_since_a_generation(store: Store) -> None:
    with store.write() as transaction:
        first, second = transaction.insert(made_record(1)), transaction.insert(made_record(2))
    after = store.state()
    with store.write() as transaction:
        transaction.delete(first)
        third = transaction.insert(made_record(3))
    assert store.changes(after) == ([third], [(first, 2)])
    assert store.changes(store.state()) == ([], [])
    with store.write() as transaction:
        transaction.delete(second)
        transaction.delete(third)
    # A row that came and went since is only among those that went.
    assert store.changes(after) == ([], [(first, 2), (second, 2), (third, 2)])
    assert store.state().articles == 0 and checking.problems(store, DIMENSION) == []


def test_row_numbers_are_never_given_twice(store: Store) -> None:
    keys = []
    for number in range(3):
        with store.write() as transaction:
            keys.append(transaction.insert(made_record(number)))
            transaction.delete(keys[-1])
    assert keys == sorted(set(keys)) and len(keys) == 3


def test_a_store_of_another_format_is_refused(tmp_path: Path, store: Store) -> None:
    with store.write() as transaction:
        transaction.set_meta("format", "99")
    with pytest.raises(LibraryError, match="99"):
        Store.open(tmp_path / "library.db")


def test_no_flipped_bit_goes_unseen(tmp_path: Path, store: Store) -> None:
    """Every flip either changes nothing that is read (free space), or is reported."""
    with store.write() as transaction:
        for number in range(12):
            transaction.insert(made_record(number))
    wanted = [store.article(key) for key in store.article_keys()]
    store.forget_log()
    whole = (tmp_path / "library.db").read_bytes()
    draw = random.Random(5)
    seen = 0
    for _ in range(150):
        place = draw.randrange(len(whole))
        flipped = bytearray(whole)
        flipped[place] ^= 1 << draw.randrange(8)
        (tmp_path / "flipped.db").write_bytes(flipped)
        damaged = Store.open_unchecked(tmp_path / "flipped.db")
        found = checking.damage(damaged)
        if not found:
            assert [damaged.article(key) for key in damaged.article_keys()] == wanted
        seen += bool(found)
        damaged.close()
        for leftover in tmp_path.glob("flipped.db*"):
            leftover.unlink()
    assert seen > 20
