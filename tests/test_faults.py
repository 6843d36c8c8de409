"""A fault at every operation on a file: the library stays as it was or becomes what it should be, never a mix.

Operations are caught below everything that writes, Python, SQLite, FAISS and tantivy alike, by tests/faults.c.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from test_durability import WORKER, grown, sources, start

# In memory where that can be had: what is tested is what is asked of the disk, not how fast it is.
QUICK = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=QUICK) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that makes operations on files fail, whoever asks for them: Python, SQLite, FAISS or tantivy."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    assert compiler, "there is no C compiler to build tests/faults.c with: scripts/test_needs.sh sees to one"
    made = tmp_path_factory.mktemp("shim") / "faults.so"
    source = WORKER.with_name("faults.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-w", "-o", made, source, "-ldl"], check=True)
    return made


def faults(folder: Path, shim: Path, job: str, hows: Sequence[str], step: int) -> int:
    """Let each operation on a file of the library fail in turn, in each way in turn; return how many there were.

    Each time the library must be wholly as it was or wholly as it should be: on disk, for whoever opens it next, and
    for the process that met the fault.
    """
    path, switch, counted = folder / "library", folder / "switch", folder / "count"
    spare = grown(folder / "spare")
    old, new = sources(spare), {f"r{number}" for number in (*range(6), *range(100, 103))}
    new = new if job == "add" else old - {"r0"}
    environment = {**os.environ, "LD_PRELOAD": str(shim), "FAULT_ROOT": str(path), "FAULT_SWITCH": str(switch),
                   "FAULT_COUNT": str(counted), "PYTHONDONTWRITEBYTECODE": "1"}
    process = start("faulted", path, switch, env=environment)
    assert process.stdin is not None and process.stdout is not None and process.stdout.readline() == "ready\n"
    nth = 1
    while True:
        how = hows[nth % len(hows)]
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(spare, path)
        counted.write_text("0")
        process.stdin.write(f"{job} {how} {nth}\n")
        process.stdin.flush()
        said = process.stdout.readline()
        told, found = (None, None) if said == "end\n" else json.loads(said)
        assert how == "kill" or told is not None, (nth, process.stderr)
        now = sources(path)
        assert now in (old, new), (nth, told, now)
        if told is not None:
            assert process.stdout.readline() == "end\n"
            assert set(found) == now, (nth, told, found, now)
            assert now == new if told == "done" else "\n" not in told, (nth, told)
        reached = int(counted.read_text())
        if reached < nth:
            process.communicate()
            return nth - 1
        nth += step


@pytest.mark.parametrize("job", ["add", "remove"])
def test_a_fault_leaves_the_old_state_or_the_new(folder: Path, shim: Path, job: str) -> None:
    assert faults(folder, shim, job, ("io", "torn", "full", "kill"), step=17) > 100


def wenju(*arguments: object, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qa.app.cli", *map(str, arguments)]
    return subprocess.run(command, text=True, capture_output=True, timeout=120, check=False, cwd=WORKER.parent.parent,
                          env={**os.environ, **(environment or {})})


def test_the_shell_says_that_the_disk_is_full(folder: Path, shim: Path) -> None:
    """No room from the first write on: status 1, one sentence, and the old library answers as before."""
    path, more = folder / "library", folder / "more.txt"
    more.write_text("丁县公安局今年出动警力777人次。", encoding="utf-8")
    assert wenju("add", WORKER.parent.parent / "seeds", "--library", path).returncode == 0
    asked = ("ask", "鄢陵县公安局大走访专项活动累计出动警力多少人次?", "--library", path)
    before = wenju(*asked).stdout
    assert before.startswith("2980人次 [1]")
    (folder / "switch").touch()
    full = {"LD_PRELOAD": str(shim), "FAULT_ROOT": str(path), "FAULT_SWITCH": str(folder / "switch"),
            "FAULT_HOW": "full", "FAULT_AT": "1"}
    done = wenju("add", more, "--library", path, environment=full)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "disk full" in done.stderr, done.stderr
    assert wenju(*asked, environment=full).stdout == before
    assert wenju(*asked).stdout == before and wenju("check", "--library", path).returncode == 0


@pytest.mark.soak
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("hows", [("io",), ("kill", "torn", "full")], ids="-".join)
@pytest.mark.parametrize("job", ["add", "remove"])
def test_a_fault_at_every_operation(folder: Path, shim: Path, job: str, hows: tuple[str, ...]) -> None:
    assert faults(folder, shim, job, hows, step=1) > 100
