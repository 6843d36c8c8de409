"""Runs the document reader in a child process, so that no document can hang, crash or fill this one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from qa.corpus import worker
from qa.errors import DocumentError
from qa.settings import environment_for_child

# Wall time of one document. The child limits its own processor time, so where it can, this is for a child that hangs:
# on a busy machine a good document must not be refused, or be refused today and read tomorrow.
SECONDS = 90 if worker.CAN_LIMIT else worker.SECONDS
_ROOT = Path(__file__).resolve().parent.parent.parent
# The child finds this package where the parent has it, installed or not.
_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from qa.corpus.worker import main; sys.exit(main())"


def read_in_child(kind: str, data: bytes, source: str) -> dict[str, str]:
    """Return text, title, publisher, author and published of a document; raises DocumentError naming ``source``."""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command; the document goes to its standard input
            [sys.executable, "-P", "-c", _START, str(_ROOT), kind],
            input=data, capture_output=True, timeout=SECONDS, check=False, env=environment_for_child(),
        )
    except subprocess.TimeoutExpired as error:
        raise DocumentError(_too_long(source)) from error
    if done.returncode == -worker.OUT_OF_TIME:
        raise DocumentError(_too_long(source))
    answer = _answer(done.stdout)
    if "error" in answer:
        raise DocumentError(f"{source} {answer['error']}")
    if "text" not in answer:
        raise DocumentError(f"{source} could not be read (its reader ended with {done.returncode}): give its text")
    return answer


def _too_long(source: str) -> str:
    return f"{source} takes more than {worker.SECONDS} seconds to read: split it or give its text"


def _answer(output: bytes) -> dict[str, str]:
    try:
        answer = json.loads(output)
    except ValueError:
        return {}
    return {key: value for key, value in answer.items() if isinstance(value, str)} if isinstance(answer, dict) else {}
