"""The reader's network: token numbers in, scores of spans and of "not answered here" out. The home of onnxruntime."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf, NoSuchFile
from threadpoolctl import ThreadpoolController

from qa.answering.tokens import BEGIN, END, Tokens
from qa.errors import InputError

Floats = npt.NDArray[np.float32]

# Raised when the tensors or their meaning change; other files are refused.
FORMAT = "wenju-reader-3"


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of one context: ``spans[first, last]`` of its tokens, and of "not answered here"; softmax makes shares."""

    spans: Floats
    nothing: float


class Network:
    """A transformer over question, background and context, with a span head; deterministic and safe to share."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        about = session.get_modelmeta().custom_metadata_map
        self.reach = int(json.loads(about["reach"]))
        # A product as small as that of the spans gains nothing by helpers, and those spin for a while when it is done.
        self._threads = ThreadpoolController()

    @classmethod
    def load(cls, path: Path) -> Network:
        """Return the network at ``path``; ``InputError`` when it is none or of another format."""
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Threads that wait by spinning take the processor from the other chats of a server.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except (Fail, InvalidGraph, InvalidProtobuf, NoSuchFile) as error:
            raise InputError(
                f"The reader's weights {path} cannot be read ({error}); train or reinstall them."
            ) from error
        found = session.get_modelmeta().custom_metadata_map.get("format")
        if found != FORMAT:
            raise InputError(f"{path} has format {found!r}, not {FORMAT!r}; train the reader again.")
        return cls(session)

    def read(self, lead: Sequence[int], context: Tokens) -> Scores:
        """Return the scores of ``context`` behind the token numbers ``lead`` (``tokens.lead``).

        One context at a time: int8 rounds by the range of all that is read at once, and a score must not depend on
        what is read beside it.
        """
        at, size = len(lead) + 2, len(context)
        ids = np.array([[BEGIN, *lead, END, *context.ids, END]], dtype=np.int64)
        sides = np.zeros_like(ids)
        sides[0, at : at + size] = 1
        there = np.ones(ids.shape, dtype=np.float32)
        starts, ends, nothing = self._session.run(None, {"ids": ids, "sides": sides, "there": there})
        with self._threads.limit(limits=1, user_api="blas"):
            spans = self._spans(starts[0, at : at + size], ends[0, at : at + size])
        return Scores(spans, float(nothing[0, 0]))

    def _spans(self, starts: Floats, ends: Floats) -> Floats:
        """Return span scores: the product of start and end, plus a number of each; -1e4 where no span is."""
        size = starts.shape[1] - 1
        scores = starts[:, :size] @ ends[:, :size].T / np.float32(np.sqrt(size)) + starts[:, size:] + ends[:, size:].T
        distance = np.arange(len(ends))[None, :] - np.arange(len(starts))[:, None]
        return np.where((distance >= 0) & (distance < self.reach), scores, np.float32(-1e4)).astype(np.float32)
