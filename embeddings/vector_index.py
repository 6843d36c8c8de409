"""Nearest rows by inner product: the one home of FAISS. Knows vectors and integer ids, and not what they stand for."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, Self

import faiss
import numpy as np
from numpy.typing import ArrayLike, NDArray

from embeddings.errors import IndexDamaged, VectorError

Precision = Literal["float32", "float16"]
# The first line of a file; raise the number when the header or what follows it changes meaning.
_MAGIC = b"wenju vector index 1\n"
# Sixty-four hexadecimal digits of sha256 and the end of the line.
_DIGEST_LENGTH = 65


class VectorIndex:
    """An exact index of vectors under ids that the caller chooses; inner products, so cosines of normalised vectors.

    ``precision="float16"`` halves the memory and rounds the stored vectors; searching them stays exhaustive.

    >>> index = VectorIndex(2)
    >>> index.add([7, 9], [[1.0, 0.0], [0.0, 1.0]])
    >>> scores, ids = index.search([[0.6, 0.8]], k=1)
    >>> ids.tolist()
    [[9]]
    """

    def __init__(self, dimension: int, *, precision: Precision = "float32") -> None:
        if isinstance(dimension, bool) or not isinstance(dimension, int) or dimension < 1:
            raise VectorError(f"The dimension of an index is a whole number from 1 on, not {dimension!r}.")
        if precision not in ("float32", "float16"):
            raise VectorError(f"The precision of an index is 'float32' or 'float16', not {precision!r}.")
        self.dimension = dimension
        self.precision: Precision = precision
        self._index: Any = faiss.IndexIDMap2(_flat(dimension, precision))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def ids(self) -> NDArray[np.int64]:
        """The ids in the order in which they were added, (n,) int64."""
        return np.array(faiss.vector_to_array(self._index.id_map), dtype=np.int64)

    def add(self, ids: Sequence[int] | NDArray[np.int64], vectors: ArrayLike) -> None:
        """Add ``vectors`` (n, dimension) under ``ids`` (n,); ids that are there already, or twice, are refused."""
        keys, rows = _as_ids(ids), self._as_vectors(vectors)
        if len(keys) != len(rows):
            raise VectorError(f"{len(keys)} ids were given for {len(rows)} vectors; give one id for each.")
        present = self.ids
        taken = present[np.isin(present, keys)]  # this way round a few keys cost no sorting of the whole index
        if len(taken):
            raise VectorError(f"The id {taken[0]} is in the index already; remove it before adding it anew.")
        if len(np.unique(keys)) != len(keys):
            raise VectorError("An id was given twice in one call; ids must be distinct.")
        if len(keys):
            self._index.add_with_ids(rows, keys)

    def remove(self, ids: Sequence[int] | NDArray[np.int64]) -> int:
        """Remove what is there of ``ids``; return how many rows went."""
        keys = _as_ids(ids)
        return int(self._index.remove_ids(keys)) if len(keys) and len(self) else 0

    def search(
        self, vectors: ArrayLike, k: int, *, among: Iterable[int] | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Find the ``k`` best rows for each query (q, dimension), only those in ``among`` when it is given.

        Returns scores (q, m) falling and ids (q, m), m the lesser of k and the rows there are; of equal scores the
        smaller id comes first.
        """
        if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
            raise VectorError(f"k is a whole number from 1 on, not {k!r}.")
        queries = self._as_vectors(vectors)
        parameters, available = None, len(self)
        if among is not None:
            allowed = np.intersect1d(_as_ids(list(among)), self.ids)
            parameters, available = _only(allowed), len(allowed)
        width = min(int(k), available)
        if not width or not len(queries):
            return np.empty((len(queries), width), np.float32), np.empty((len(queries), width), np.int64)
        scores, ids = self._index.search(queries, width, params=parameters)
        order = np.lexsort((ids, -scores), axis=1)
        return np.take_along_axis(scores, order, axis=1), np.take_along_axis(ids, order, axis=1)

    def vectors(self, ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the stored vectors of ``ids``, (n, dimension)."""
        keys = _as_ids(ids)
        found = np.empty((len(keys), self.dimension), np.float32)
        for row, key in zip(found, keys, strict=True):
            try:
                row[:] = self._index.reconstruct(int(key))
            except RuntimeError as error:
                raise VectorError(f"The id {key} is not in the index.") from error
        return found

    def save(self, path: str | Path) -> None:
        """Write the whole index to ``path`` so that a reader sees the old file or the new one, never a torn one."""
        header = json.dumps({"dimension": self.dimension, "precision": self.precision, "count": len(self)})
        body = header.encode() + b"\n" + faiss.serialize_index(self._index).tobytes()
        _replace(Path(path), [_MAGIC, hashlib.sha256(body).hexdigest().encode() + b"\n", body])

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read an index that ``save`` wrote; raises IndexDamaged unless every byte is as it was written."""
        source = Path(path)
        header, payload = _read(source)
        index = cls(header["dimension"], precision=header["precision"])
        stored = faiss.deserialize_index(np.frombuffer(payload, np.uint8))
        if stored.d != index.dimension or stored.ntotal != header["count"]:
            raise IndexDamaged(f"{source} disagrees with its own header; build the index anew.")
        index._index = stored
        return index

    def _as_vectors(self, vectors: ArrayLike) -> NDArray[np.float32]:
        """Check shape, dimension and content; a single vector counts as one row."""
        try:
            rows = np.ascontiguousarray(vectors, dtype=np.float32)
        except (TypeError, ValueError) as error:
            raise VectorError(f"Vectors must be numbers in rows of equal length: {error}.") from error
        if not rows.size:
            return np.empty((0, self.dimension), np.float32)
        rows = np.atleast_2d(rows)
        if rows.ndim != 2 or rows.shape[1] != self.dimension:
            raise VectorError(
                f"Vectors of shape {rows.shape} were given to an index of dimension {self.dimension}; "
                "encode them with the model that the index was built with."
            )
        if not np.isfinite(rows).all():
            raise VectorError("A vector holds NaN or an infinite number; nothing was added or searched.")
        return rows


def _flat(dimension: int, precision: Precision) -> Any:  # noqa: ANN401 - faiss has no types
    if precision == "float32":
        return faiss.IndexFlatIP(dimension)
    return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)


def _only(ids: NDArray[np.int64]) -> Any:  # noqa: ANN401 - faiss has no types
    return faiss.SearchParameters(sel=faiss.IDSelectorBatch(ids))  # type: ignore[call-arg]


def _as_ids(ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Check that ids are whole numbers from 0 on (FAISS keeps -1 for itself)."""
    keys = np.asarray(ids)
    if not keys.size:
        return np.empty(0, np.int64)
    if keys.ndim != 1 or not np.issubdtype(keys.dtype, np.integer):
        raise VectorError(f"Ids must be a row of whole numbers, not {keys.dtype} of shape {keys.shape}.")
    if keys.min() < 0:
        raise VectorError(f"The id {keys.min()} is negative; ids count from 0.")
    return np.ascontiguousarray(keys, dtype=np.int64)


def _replace(path: Path, parts: list[bytes]) -> None:
    """Write to a temporary file beside ``path``, bring it to the disk, and rename it over ``path``."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    """Return the header and the payload of ``path`` once the checksum, which covers both, agrees."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
            expected = file.read(_DIGEST_LENGTH)
            body = file.read()
    except OSError as error:
        raise IndexDamaged(f"{path} cannot be read ({error.strerror}); build the index anew.") from error
    if magic != _MAGIC:
        raise IndexDamaged(f"{path} is no vector index of this format; build the index anew.")
    if hashlib.sha256(body).hexdigest().encode() + b"\n" != expected:
        raise IndexDamaged(f"The checksum of {path} disagrees with its content; build the index anew.")
    header, _, payload = body.partition(b"\n")
    return json.loads(header), payload
