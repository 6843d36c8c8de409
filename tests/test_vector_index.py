"""The index against numpy, and its files against damage."""

import os
import stat

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import IndexDamaged, VectorError, VectorIndex


def unit_rows(count: int, dimension: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def filled(count: int = 200, dimension: int = 16) -> tuple[VectorIndex, np.ndarray, np.ndarray]:
    rows, ids = unit_rows(count, dimension), np.arange(count) * 3 + 5
    index = VectorIndex(dimension)
    index.add(ids, rows)
    return index, rows, ids


def textbook(rows: np.ndarray, ids: np.ndarray, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Inner products by numpy; of equal ones the smaller id first."""
    scores = queries @ rows.T
    order = np.lexsort((np.broadcast_to(ids, scores.shape), -scores), axis=1)[:, :k]
    return np.take_along_axis(scores, order, axis=1), ids[order]


def test_search_agrees_with_numpy():
    index, rows, ids = filled()
    queries = unit_rows(20, 16, seed=1)
    scores, found = index.search(queries, 7)
    expected, expected_ids = textbook(rows, ids, queries, 7)
    np.testing.assert_allclose(scores, expected, atol=1e-6)
    np.testing.assert_array_equal(found, expected_ids)
    assert scores.dtype == np.float32 and found.dtype == np.int64


def test_search_after_removal_agrees_with_numpy_on_the_rest():
    index, rows, ids = filled()
    gone = ids[::3]
    assert index.remove(gone) == len(gone)
    assert index.remove(gone) == 0
    kept = ~np.isin(ids, gone)
    queries = unit_rows(5, 16, seed=2)
    scores, found = index.search(queries, 200)
    expected, expected_ids = textbook(rows[kept], ids[kept], queries, 200)
    np.testing.assert_allclose(scores, expected, atol=1e-6)
    np.testing.assert_array_equal(found, expected_ids)
    assert len(index) == kept.sum() and set(index.ids) == set(ids[kept])


def test_search_among_some_ids_only():
    index, rows, ids = filled()
    some = [int(i) for i in ids[10:20]] + [999_999]
    scores, found = index.search(unit_rows(3, 16, seed=3), 50, among=some)
    expected, expected_ids = textbook(rows[10:20], ids[10:20], unit_rows(3, 16, seed=3), 50)
    np.testing.assert_allclose(scores, expected, atol=1e-6)
    np.testing.assert_array_equal(found, expected_ids)


def test_equal_scores_come_in_the_order_of_ids():
    index = VectorIndex(2)
    index.add([9, 4, 6], [[1, 0], [1, 0], [1, 0]])
    assert index.search([1.0, 0.0], 3)[1].tolist() == [[4, 6, 9]]


def test_half_precision_stays_near():
    rows = unit_rows(300, 32)
    index = VectorIndex(32, precision="float16")
    index.add(range(300), rows)
    scores, found = index.search(rows[:50], 1)
    assert found[:, 0].tolist() == list(range(50))
    np.testing.assert_allclose(scores, 1, atol=2e-3)
    np.testing.assert_allclose(index.vectors([3, 5]), rows[[3, 5]], atol=1e-3)


@settings(max_examples=25, deadline=None)
@given(count=st.integers(0, 40), dimension=st.integers(1, 9), half=st.booleans(), seed=st.integers(0, 99))
def test_a_saved_index_comes_back_whole(tmp_path_factory, count, dimension, half, seed):
    path = tmp_path_factory.mktemp("index") / "saved.index"
    index = VectorIndex(dimension, precision="float16" if half else "float32")
    index.add(np.arange(count) + seed, np.random.default_rng(seed).standard_normal((count, dimension)))
    index.save(path)
    again = VectorIndex.load(path)
    assert (len(again), again.dimension, again.precision) == (count, dimension, index.precision)
    queries = np.random.default_rng(seed + 1).standard_normal((3, dimension))
    for mine, theirs in zip(index.search(queries, 5), again.search(queries, 5), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    again.add([seed + count], np.ones(dimension))
    assert len(again) == count + 1


def test_every_damage_to_a_file_is_noticed(tmp_path):
    path = tmp_path / "saved.index"
    index, _, _ = filled(20, 4)
    index.save(path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        torn = bytearray(whole)
        torn[place] ^= 0x40
        path.write_bytes(torn)
        with pytest.raises(IndexDamaged):
            VectorIndex.load(path)
    for length in (0, 5, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(IndexDamaged):
            VectorIndex.load(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(IndexDamaged, match="checksum"):
        VectorIndex.load(path)
    with pytest.raises(IndexDamaged, match="cannot be read"):
        VectorIndex.load(tmp_path / "absent.index")


def test_saving_leaves_the_old_file_when_it_fails(tmp_path, monkeypatch):
    path = tmp_path / "saved.index"
    filled(20, 4)[0].save(path)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        filled(30, 4)[0].save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["saved.index"]


def test_a_saved_file_is_for_its_owner(tmp_path):
    path = tmp_path / "saved.index"
    filled(2, 2)[0].save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("attempt", "says"),
    [
        (lambda index: index.add([1], [[1.0, 2.0]]), "dimension 4"),
        (lambda index: index.add([1], [[1.0, 2.0, float("nan"), 0.0]]), "NaN"),
        (lambda index: index.add([1, 2], [[1.0, 2.0, 0.0, 0.0]]), "2 ids"),
        (lambda index: index.add([5], [[1.0, 2.0, 0.0, 0.0]]), "id 5 is in the index already"),
        (lambda index: index.add([1, 1], np.ones((2, 4))), "twice"),
        (lambda index: index.add([-1], np.ones((1, 4))), "negative"),
        (lambda index: index.add([1.5], np.ones((1, 4))), "whole numbers"),
        (lambda index: index.add([1], [["a", "b", "c", "d"]]), "must be numbers"),
        (lambda index: index.search(np.ones((1, 3)), 1), "dimension 4"),
        (lambda index: index.search(np.full((1, 4), np.inf), 1), "infinite"),
        (lambda index: index.search(np.ones((1, 4)), 0), "from 1 on, not 0"),
        (lambda index: index.search(np.ones((1, 4)), 2.0), "not 2.0"),
        (lambda index: index.vectors([1]), "id 1 is not"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(attempt, says):
    index, _, ids = filled(20, 4)
    with pytest.raises(VectorError, match=says):
        attempt(index)
    assert index.ids.tolist() == ids.tolist()


@pytest.mark.parametrize("dimension", [0, -3, 2.5, True, None])
def test_a_dimension_is_a_positive_whole_number(dimension):
    with pytest.raises(VectorError, match="dimension"):
        VectorIndex(dimension)


def test_an_empty_index_finds_nothing():
    index = VectorIndex(3)
    scores, ids = index.search(np.ones((2, 3)), 5)
    assert scores.shape == ids.shape == (2, 0)
    assert index.remove([1]) == 0 and len(index) == 0
    index.add([], np.empty((0, 3)))
    assert index.search(np.empty((0, 3)), 5)[0].shape == (0, 0)
