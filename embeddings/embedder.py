"""Strings to vectors, by the bundled model or any other. Knows strings, and not what they are about."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EmbeddingError, ModelNotFound, TextTypeError
from embeddings.static_model import StaticModel, is_static_model

if TYPE_CHECKING:
    from embeddings.sentence_model import SentenceModel

Kind = Literal["text", "query", "passage"]
Floats = NDArray[np.float32]

#: The model that comes with the package.
BUNDLED = Path(__file__).parent / "bundled"
# Texts taken from the iterable at once; also the step of the progress bar.
_CHUNK = 4_096
# Vectors of single words that are kept: at 1,024 dimensions about 32 MB.
_WORDS_KEPT = 8_192


class Embedder:
    """Turns strings into float32 vectors of length 1, so that an inner product is a cosine.

    ``model``: nothing for the bundled model, which needs neither a network nor torch; else the folder or the name of
    any sentence-transformers model (a name that is not in the local cache is fetched from the hub).
    ``dimensions``: keep only the first ones, for models trained for it (the bundled one is: 256 and 512).
    ``device`` and ``batch_size``: for models that run in torch. ``prompts``: ``{"query": …, "document": …}`` for
    models that need them and do not bring them.

    A text without any known word (an empty one, say) has the zero vector, whose cosine with everything is 0.
    May be used by many threads at once.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        device: str | None = None,
        batch_size: int = 64,
        dimensions: int | None = None,
        prompts: Mapping[str, str] | None = None,
    ) -> None:
        _check_positive("batch_size", batch_size)
        if dimensions is not None:
            _check_positive("dimensions", dimensions)
        self.name = "bundled" if model is None else str(model)
        folder = BUNDLED if model is None else Path(model).expanduser()
        if isinstance(model, Path) and not folder.is_dir():
            raise ModelNotFound(f"There is no model folder {folder}; leave the model out to use the bundled one.")
        self._model: StaticModel | SentenceModel
        if is_static_model(folder):
            self._model = StaticModel.load(folder)
        elif model is None:
            raise ModelNotFound(f"The bundled model is missing from {folder}; install the package anew.")
        else:
            from embeddings.sentence_model import SentenceModel

            name = str(folder) if folder.is_dir() else str(model)
            self._model = SentenceModel.load(
                name, device=device, batch_size=batch_size, dimensions=dimensions, prompts=prompts
            )
        whole = self._model.dimension
        if dimensions is not None and dimensions > whole:
            raise EmbeddingError(f"The model {self.name!r} has {whole} dimensions; {dimensions} cannot be kept.")
        self.dimension = dimensions or whole
        self._prompts = dict(prompts or {})
        self._words: OrderedDict[str, Floats] = OrderedDict()
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Embedder({self.name!r}, dimension={self.dimension})"

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the weights and settings: equal fingerprints give equal vectors."""
        settings = f"{self._model.digest} {self.dimension} {sorted(self._prompts.items())}"
        return hashlib.sha256(settings.encode()).hexdigest()[:32]

    def encode(self, texts: Iterable[str], *, show_progress: bool = False) -> Floats:
        """Return the vectors of ``texts``, (n, dimension) float32, each of length 1 or zero."""
        return self._encode(texts, "text", show_progress)

    def encode_queries(self, texts: Iterable[str], *, show_progress: bool = False) -> Floats:
        """Encode questions: as ``encode``, with the model's prompt for queries if it has one."""
        return self._encode(texts, "query", show_progress)

    def encode_passages(self, texts: Iterable[str], *, show_progress: bool = False) -> Floats:
        """Encode passages: as ``encode``, with the model's prompt for documents if it has one."""
        return self._encode(texts, "passage", show_progress)

    def word_vectors(self, words: Sequence[str]) -> Floats:
        """Return the vectors of single words, (n, dimension), zero for unknown ones; those met lately are kept."""
        checked = [_checked(word) for word in words]
        with self._lock:
            found = {word: self._words[word] for word in checked if word in self._words}
        missing = list(dict.fromkeys(word for word in checked if word not in found))
        if missing:
            found.update(zip(missing, self.encode(missing), strict=True))
        with self._lock:
            for word in dict.fromkeys(checked):
                self._words[word] = found[word]
                self._words.move_to_end(word)
            while len(self._words) > _WORDS_KEPT:
                self._words.popitem(last=False)
        return np.stack([found[word] for word in checked]) if checked else np.zeros((0, self.dimension), np.float32)

    def _encode(self, texts: Iterable[str], kind: Kind, show_progress: bool) -> Floats:
        if isinstance(texts, str | bytes):
            raise TextTypeError("A single string was given where several are expected; put it in a list: [text].")
        parts = [self._encode_chunk(chunk, kind) for chunk in _chunks(texts, show_progress)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimension), np.float32)

    def _encode_chunk(self, texts: list[str], kind: Kind) -> Floats:
        """Encode and normalise; blank texts stay zero whatever the model makes of them."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        filled = [i for i, text in enumerate(texts) if text.strip()]
        if not filled:
            return vectors
        some = [texts[i] for i in filled]
        if isinstance(self._model, StaticModel):
            rows = self._model.encode(some, dimensions=self.dimension)
        else:
            rows = self._model.encode(some, kind)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        vectors[filled] = rows / np.where(lengths > 0, lengths, 1)
        return vectors


def _check_positive(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise EmbeddingError(f"{name} is a whole number from 1 on, not {value!r}.")


def _checked(text: object, place: int | None = None) -> str:
    """Return ``text`` if it is a string that can be written as UTF-8; half a surrogate pair becomes a question mark."""
    if not isinstance(text, str):
        where = "" if place is None else f" at position {place}"
        raise TextTypeError(f"Only strings can be encoded; {type(text).__name__} was found{where}: {text!r:.60}.")
    return text if text.isascii() or text.isprintable() else text.encode("utf-8", "replace").decode("utf-8")


def _chunks(texts: Iterable[str], show_progress: bool) -> Iterator[list[str]]:
    """Check the texts and yield them in lists, with a bar on the standard error stream if asked for."""
    bar = None
    if show_progress:
        from tqdm import tqdm

        bar = tqdm(total=len(texts) if isinstance(texts, Sequence) else None, unit="text")
    remaining = enumerate(texts)
    while chunk := [_checked(text, place) for place, text in islice(remaining, _CHUNK)]:
        yield chunk
        if bar is not None:
            bar.update(len(chunk))
    if bar is not None:
        bar.close()
