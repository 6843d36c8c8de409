"""The child process that reads one document: ``main`` with the kind as argument and the bytes on standard input.

It limits its own memory, processor time and files before it loads any parser, prints one JSON object and ends:
``{"text", "title", "publisher", "author", "published"}`` or ``{"error"}``.
"""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import asdict
from importlib.util import find_spec

from qa.errors import DocumentError

MEMORY = 1 << 30  # bytes; a page of 20 MB needs a fifth of it
SECONDS = 8  # of processor time
CAN_LIMIT = find_spec("resource") is not None
# The signal that ends a process whose processor time is spent.
OUT_OF_TIME = int(getattr(signal, "SIGXCPU", 0))


def limit() -> None:
    """Limit this process, where the system can; without limits the parent's clock still ends it."""
    if not CAN_LIMIT:
        return
    import resource

    limits = (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    )
    for what, most in limits:
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def main() -> int:
    """Read standard input as the kind that the first argument names."""
    limit()
    try:
        from qa.corpus.extract import extract

        answer = asdict(extract(sys.argv[1], sys.stdin.buffer.read()))
    except DocumentError as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"error": "needs more memory than a document may take: split it"}
    except RecursionError:
        answer = {"error": "is nested too deeply to be read: save it again in a simpler form"}
    except ModuleNotFoundError as error:
        answer = {"error": f"needs the package {error.name}: pip install {error.name}"}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
