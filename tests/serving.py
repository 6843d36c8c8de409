"""The real server in a process of its own, for tests that look at it from outside."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
# A machine of two cores that is loaded tenfold takes minutes to import everything.
START = 200


def wenju(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the shell and return what it said."""
    command = [sys.executable, "-m", "qa.app.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, text=True, capture_output=True, timeout=300)


def library_of(path: Path, *inputs: Path) -> Path:
    """Make a library of files or folders."""
    done = wenju("add", *inputs, "--library", path)
    assert done.returncode == 0, done.stderr
    return path


def slowness() -> float:
    """Return how many times slower than alone this machine is just now: promises in seconds are for a free machine."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Server:
    """A server over ``library`` on a free port; stops when the block ends."""

    def __init__(self, library: Path, *arguments: str, **environment: str) -> None:
        self.library = library
        self.lines: list[str] = []
        self._ready = threading.Event()
        command = [sys.executable, "-m", "qa.app.cli", "serve", "--library", str(library), "--port", "0", *arguments]
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, text=True, **pipes)
        self.url = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._ready.wait(START)
        if not self.url:
            self.__exit__()
            raise AssertionError(f"the server did not start: {self.log}")

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            found = re.search(r"http://\S+", line)
            if found and not self.url:
                self.url = found[0]
                self._ready.set()
        self._ready.set()

    @property
    def log(self) -> str:
        """Everything the server wrote so far."""
        return "".join(self.lines)

    def stop(self) -> tuple[int, float]:
        """Send SIGTERM; return the exit status and the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        return status, time.monotonic() - begun

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()
        self._reader.join(5)
        assert self.process.stderr is not None
        self.process.stderr.close()
