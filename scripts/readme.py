"""Write into the READMEs what their commands and examples print now.

Run it (python scripts/readme.py) after a change that is meant to change an output, and read the difference. What was
cut short with "..." is cut at the same place again. Modules that a tree lacks are told; their phrases are yours.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh-CN.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def make_place(folder: Path) -> dict[str, str]:
    """Make ``folder`` look like a fresh clone with a wenju on the PATH; return the environment to run it in."""
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copytree(ROOT / "tests" / "golden", folder / "tests" / "golden")
    command = folder / "bin" / "wenju"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {sys.executable} -m qa.app.cli "$@"\n')
    command.chmod(0o755)
    search = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": search, "WENJU_LIBRARY": str(folder / "library")}


def sessions(text: str) -> list[tuple[str, list[str]]]:
    """Return the commands of all console blocks with the lines they show, in order."""
    shown: list[tuple[str, list[str]]] = []
    for language, body in BLOCK.findall(text):
        for line in body.splitlines() if language == "console" else ():
            if line.startswith("$ "):
                shown.append((line[2:], []))
            else:
                shown[-1][1].append(line)
    return shown


def named_modules(text: str) -> set[str]:
    """Return the modules that the tree of a README names."""
    (tree,) = [body for language, body in BLOCK.findall(text) if language == "text" and "embeddings/" in body]
    named, folder = set(), ""
    for line in tree.splitlines():
        first = line.split(maxsplit=1)[0] if line.strip() else ""
        if first.endswith("/"):
            folder = first
        elif first.endswith(".py"):
            named.add(folder + first)
    return named


def modules() -> set[str]:
    """Return the modules there are."""
    files = [path for room in ("embeddings", "qa") for path in (ROOT / room).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix() for path in files if path.name != "__init__.py"}


def _cut(printed: str, shown: list[str]) -> list[str]:
    """Cut what was printed short where the shown lines were."""
    lines = [line.rstrip() for line in printed.rstrip("\n").splitlines()]
    if shown and shown[-1] == "..." and len(lines) > len(shown) - 1:
        lines = [*lines[: len(shown) - 1], "..."]
    for place, (line, old) in enumerate(zip(lines, shown, strict=False)):
        if old.endswith("...") and old != "..." and len(line) > len(old) - 3:
            lines[place] = line[: len(old) - 3] + "..."
    return lines


def _console(body: str, folder: Path, environment: dict[str, str]) -> str:
    lines: list[str] = []
    for command, shown in sessions(f"```console\n{body}```"):
        done = subprocess.run(
            ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            sys.exit(f"$ {command}\n{done.stderr}")
        lines += [f"$ {command}", *_cut(done.stdout, shown)]
    return "".join(f"{line}\n" for line in lines)


def _pycon(body: str, names: dict[str, Any]) -> str:
    lines: list[str] = []
    for line in body.splitlines():
        if line.startswith(">>> "):
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(line[4:], "README", "single"), names)
            lines += [line, *out.getvalue().splitlines()]
        elif not line:
            lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def refresh(readme: Path) -> None:
    """Run the examples of one README and write what they print."""
    names: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as place:
        environment = make_place(Path(place))
        os.chdir(place)

        def fresh(match: re.Match[str]) -> str:
            language, body = match.groups()
            if language == "console":
                body = _console(body, Path(place), environment)
            elif language == "pycon":
                body = _pycon(body, names)
            return f"```{language}\n{body}```"

        text = BLOCK.sub(fresh, readme.read_text(encoding="utf-8"))
        os.chdir(ROOT)
    readme.write_text(text, encoding="utf-8")
    for name in sorted(modules() ^ named_modules(text)):
        print(f"{readme.name}: the tree {'lacks' if name in modules() else 'has too many:'} {name}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for name in READMES:
        refresh(ROOT / name)
