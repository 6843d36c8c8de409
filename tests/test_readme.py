"""The README checks itself: its commands run, its outputs are what is printed, its tree names every module.

A line that ends a shown output early is "..."; times and scores may differ. Blocks that set things up (make) are run
by the tests and the continuous check themselves.
"""

import doctest
import os
import re
import subprocess
import sys

import pytest

from qa.app.cli import build_parser
from scripts.readme import BLOCK, READMES, ROOT, make_place, modules, named_modules, sessions

# What differs from run to run and from machine to machine.
_VARIES = re.compile(r'("elapsed_ms"|"score"|"confidence"): [\d.e-]+|\(\d+\.\d{3}\)')


def text_of(readme):
    return (ROOT / readme).read_text(encoding="utf-8")


def blocks(readme, language):
    return [body for found, body in BLOCK.findall(text_of(readme)) if found == language]


@pytest.fixture
def environment(tmp_path):
    return make_place(tmp_path)


def settled(text):
    return [_VARIES.sub("_", line.rstrip()) for line in text.rstrip().splitlines()]


def matches(shown, printed):
    """Whether the printed lines are the shown ones; "..." stands for any further lines, at a line's end for more."""
    shown, printed = settled(shown), settled(printed)
    while shown:
        line = shown.pop(0)
        if line == "...":
            if not shown:
                return True
            while printed and printed[0] != shown[0]:
                printed.pop(0)
        elif not printed or not fits(line, printed.pop(0)):
            return False
    return not printed


def fits(shown, printed):
    return printed.startswith(shown[:-3]) if shown.endswith("...") else printed == shown


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb", "a\nb\n", True),
        ("a", "a\nb", False),
        ("a\n...", "a\nb\nc", True),
        ("a\n...\nc", "a\nb\nc", True),
        ("a...", "abc", True),
        ('{"score": 0.5}', '{"score": 0.75}', True),
        ("2980", "2981", False),
    ],
)
def test_the_comparison_itself(shown, printed, same):
    assert matches(shown, printed) is same


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_print_what_is_shown(readme, tmp_path, environment):
    shown = sessions(text_of(readme))
    assert len(shown) >= 5
    for command, expected in shown:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        lines = "\n".join(expected)
        assert matches(lines, done.stdout), f"$ {command}\nshown:\n{lines}\nprinted:\n{done.stdout}"


@pytest.mark.parametrize("readme", READMES)
def test_the_python_examples_give_what_is_shown(readme, tmp_path, environment, monkeypatch):
    subprocess.run(["bash", "-c", "wenju add seeds"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WENJU_LIBRARY", environment["WENJU_LIBRARY"])
    examples = "\n".join(blocks(readme, "pycon"))
    test = doctest.DocTestParser().get_doctest(examples, {}, readme, readme, 0)
    assert len(test.examples) >= 5
    report = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False).run(test, out=report.append)
    assert not report, "".join(report)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a running server over the seeds."""
    place = tmp_path_factory.mktemp("server")
    options = {"cwd": place, "env": make_place(place), "encoding": "utf-8"}
    subprocess.run(["bash", "-c", "wenju add seeds"], check=True, capture_output=True, **options)
    command = ["bash", "-c", "exec wenju serve --port 0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options) as server:
        try:
            yield next(re.search(r"127\.0\.0\.1:\d+", line)[0] for line in server.stdout if "127.0.0.1" in line)
        finally:
            server.terminate()
            server.wait(20)


@pytest.mark.slow
@pytest.mark.parametrize("readme", READMES)
def test_the_examples_for_programs_get_the_answer(readme, tmp_path, address):
    examples = [["bash", "-c", block] for block in blocks(readme, "sh")]
    examples += [[sys.executable, "-W", "error", "-c", block] for block in blocks(readme, "python")]
    assert len(examples) == 3
    for *command, block in examples:
        done = subprocess.run(
            [*command, block.replace("127.0.0.1:7860", address)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stderr}"
        assert re.search(r"""["']headline["']: ?["']2980人次""", done.stdout), f"{block}\n{done.stdout}"


@pytest.mark.parametrize("readme", READMES)
def test_the_tree_names_every_module_and_nothing_else(readme):
    assert named_modules(text_of(readme)) == modules()
    (tree,) = [body for body in blocks(readme, "text") if "embeddings/" in body]
    for line in tree.splitlines():
        assert len(line.split(maxsplit=1)) == 2, f"{line!r} has no phrase"


@pytest.mark.parametrize("readme", READMES)
def test_what_the_readme_points_to_is_there(readme):
    text = text_of(readme)
    links = re.findall(r"\]\(([^)#\s]+)\)|src=\"([^\"]+)\"", text)
    local = [link for pair in links for link in pair if link and not link.startswith("http")]
    assert any(link.endswith(".png") for link in local)
    for link in local:
        assert (ROOT / link).exists(), link


@pytest.mark.parametrize("readme", READMES)
def test_every_command_stands_in_the_readme(readme):
    text = text_of(readme)
    for name in build_parser()._subparsers._group_actions[0].choices:
        assert f"wenju {name}" in text, name
    for target in ("make chat", "make test"):
        assert target in text
