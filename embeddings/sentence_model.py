"""Any other sentence-transformers model: the one home of that library (and of torch), imported only when asked for."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import ModelDamaged, ModelNotFound

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Kind = Literal["text", "query", "passage"]
# Seconds to wait for the hub before saying that there is none; the library itself would retry for over a minute.
_PATIENCE = 5.0


class SentenceModel:
    """A sentence-transformers model behind the same few verbs as the static one."""

    def __init__(self, model: SentenceTransformer, batch_size: int) -> None:
        self._model = model
        self._batch_size = batch_size
        # The modules keep state while they run; one text batch at a time is also the fastest on one device.
        self._lock = threading.Lock()

    @classmethod
    def load(
        cls,
        name: str,
        *,
        device: str | None,
        batch_size: int,
        dimensions: int | None,
        prompts: Mapping[str, str] | None,
    ) -> Self:
        """Load ``name`` (a folder, or a hub name that may be fetched); raises ModelNotFound with the way out."""
        here = Path(name).is_dir() or _is_cached(name)
        if not here and not _hub_answers():
            raise ModelNotFound(_way_out(name))
        from sentence_transformers import SentenceTransformer

        options: dict[str, Any] = {"device": device, "truncate_dim": dimensions, "trust_remote_code": False}
        if prompts:
            options["prompts"] = dict(prompts)
        try:
            return cls(SentenceTransformer(name, local_files_only=here, **options), batch_size)
        except (OSError, ValueError, KeyError) as error:
            if Path(name).is_dir():
                raise ModelDamaged(f"The folder {name} cannot be read as a model ({_first_line(error)}).") from error
            raise ModelNotFound(_way_out(name)) from error

    @property
    def dimension(self) -> int:
        """Length of a vector, after truncation."""
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def digest(self) -> str:
        """Hash of the weights and of what the model does with them."""
        total = hashlib.sha256(str(self._model).encode())
        for name, tensor in sorted(self._model.state_dict().items()):
            total.update(name.encode())
            total.update(np.ascontiguousarray(tensor.detach().cpu().float().numpy()).tobytes())
        total.update(repr(sorted(self._model.prompts.items())).encode())
        return total.hexdigest()

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.float32]:
        """Return the vectors of texts with the prompt of their kind, (n, dimension) float32."""
        verbs: dict[Kind, Any] = {
            "text": self._model.encode,
            "query": self._model.encode_query,
            "passage": self._model.encode_document,
        }
        with self._lock:
            vectors = verbs[kind](
                list(texts), batch_size=self._batch_size, show_progress_bar=False, convert_to_numpy=True
            )
        return np.asarray(vectors, dtype=np.float32)


def _is_cached(name: str) -> bool:
    """Tell whether a model of the hub lies in the local cache, so that no network is needed."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    names = [name] if "/" in name else [name, f"sentence-transformers/{name}"]
    try:
        return any(isinstance(try_to_load_from_cache(each, "config.json"), str) for each in names)
    except HFValidationError:
        return False


def _hub_answers() -> bool:
    """Tell whether the hub can be reached; behind a proxy the library has to find out by itself."""
    from huggingface_hub import constants

    if getproxies():
        return True
    address = urlsplit(constants.ENDPOINT)
    try:
        socket.create_connection((address.hostname or "", address.port or 443), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True


def _way_out(name: str) -> str:
    return (
        f"The model {name!r} is neither a folder here nor can it be fetched now; where there is a network run "
        f"'hf download {name} --local-dir FOLDER' and give that folder, or leave the model out: "
        "the bundled one needs no network."
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
