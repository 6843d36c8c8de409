"""What the tests need beside Python is seen to, or its absence is said in one sentence."""

import os
import shutil
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "scripts" / "test_needs.sh"


def needs(path: Path) -> subprocess.CompletedProcess[str]:
    """Run the script where nothing but what lies in ``path`` can be called."""
    shell = shutil.which("bash")
    assert shell
    return subprocess.run([shell, str(SCRIPT)], env={**os.environ, "PATH": str(path)}, text=True, capture_output=True,
                          timeout=60, check=False)


def tool(path: Path, name: str, body: str) -> None:
    """Put a program into ``path`` that does what ``body`` says."""
    (path / name).write_text(f"#!{shutil.which('bash')}\n{body}\n", encoding="utf-8")
    (path / name).chmod(0o755)


def test_nothing_is_done_where_all_is_there(tmp_path: Path) -> None:
    tool(tmp_path, "chromium", "exit 0")
    tool(tmp_path, "fc-list", "echo Noto Sans CJK SC")
    tool(tmp_path, "cc", "exit 0")
    done = needs(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_cannot_be_installed_is_named(tmp_path: Path) -> None:
    tool(tmp_path, "id", "echo 0")
    tool(tmp_path, "chromium", "exit 0")
    tool(tmp_path, "fc-list", "echo Noto Sans CJK SC")
    assert needs(tmp_path).stderr == "The tests need a C compiler (on Debian: apt install gcc libc6-dev).\n"
    tool(tmp_path, "cc", "exit 1")  # a compiler without headers
    assert needs(tmp_path).stderr == "The tests need a C compiler (on Debian: apt install gcc libc6-dev).\n"
    tool(tmp_path, "fc-list", "exit 0")
    (tmp_path / "chromium").unlink()
    done = needs(tmp_path)
    assert done.returncode == 1 and done.stderr == (
        "The tests need Chromium or Chrome on the PATH, a Chinese font, a C compiler"
        " (on Debian: apt install chromium fontconfig fonts-noto-cjk gcc libc6-dev).\n")


def test_only_what_is_missing_is_installed(tmp_path: Path) -> None:
    """Here apt installs a compiler: it writes one, and what it was asked for."""
    for name in ("mktemp", "rm", "tail", "env", "cat", "chmod"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    asked = tmp_path / "asked"
    tool(tmp_path, "id", "echo 0")
    tool(tmp_path, "chromium", "exit 0")
    tool(tmp_path, "fc-list", "echo Noto Sans CJK SC")
    tool(tmp_path, "apt-get", f'echo "$*" >>{asked}')
    done = needs(tmp_path)
    assert done.returncode == 1 and done.stderr.startswith("After installing there is still missing: a C compiler")
    tool(tmp_path, "apt-get", f'echo "$*" >>{asked}; echo "#!{shutil.which("bash")}" >{tmp_path}/cc; '
                              f'chmod 755 {tmp_path}/cc')
    asked.unlink()
    done = needs(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Installing for the tests: a C compiler\n", "")
    assert asked.read_text().splitlines() == ["-q update", "-qy install --no-install-recommends gcc libc6-dev"]
    tool(tmp_path, "apt-get", "echo no network; exit 100")
    (tmp_path / "cc").unlink()
    done = needs(tmp_path)
    assert done.returncode == 1
    assert done.stderr == "no network\napt could not install gcc libc6-dev; install them, then run this again.\n"
