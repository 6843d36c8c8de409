"""The laws of the house, held by walking the source: who imports whom, and what nobody does."""

import ast
import importlib
import re
import tomllib
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From the ground up; a room imports only rooms that stand before it, and itself.
GROUND = ("qa.types", "qa.errors", "qa.settings")
ROOMS = (
    "embeddings",
    "qa.language",
    "qa.corpus",
    "qa.library",
    "qa.answering",
    "qa.evaluation",
    "qa.app",
)

# Each heavy library has one home; training may use what it needs.
HOMES = {
    "faiss": ("embeddings/vector_index.py",),
    "sentence_transformers": ("embeddings/",),
    "torch": ("embeddings/", "qa/answering/training/"),
    "jieba": ("qa/language/",),
    "tantivy": ("qa/library/lexical.py",),
    "sqlite3": ("qa/library/store.py",),
    "onnxruntime": ("qa/answering/network.py", "qa/answering/training/"),
    "gradio": ("qa/app/",),
    "fastapi": ("qa/app/",),
    "uvicorn": ("qa/app/",),
}
NEVER = {"pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle"}

# Places, people and operations of the five seeds: tests may name them, the code may not know them.
OF_THE_SEEDS = ["鄢陵", "靖边", "新乡", "雷霆", "曹丰", "大走访", "百日会战", "百日严打", "百日行动"]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_name(path): path for room in ("embeddings", "qa") for path in sorted((ROOT / room).rglob("*.py"))}


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def imports(module: str) -> set[str]:
    """Everything a module imports, anywhere in it, as dotted names; our own down to the module."""
    found = set()
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module} line {node.lineno}: imports are absolute"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in FILES else node.module)
    return found


def room_of(module: str) -> str | None:
    return next((room for room in ROOMS if module == room or module.startswith(room + ".")), None)


def docstrings(tree: ast.Module) -> set[int]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, holders) and node.body and isinstance(node.body[0], ast.Expr)
    }


@pytest.mark.parametrize("module", FILES)
def test_imports_point_down(module):
    room = room_of(module)
    if module == "qa":
        return
    allowed = ROOMS[: ROOMS.index(room) + 1] if room else ()
    for name in imports(module):
        if name in GROUND:
            assert room != "embeddings", f"{module} imports {name}: embeddings has never heard of qa"
        elif name.split(".")[0] in {"qa", "embeddings"}:
            assert room_of(name) in allowed, f"{module} imports {name}, which stands above it"


def test_there_is_no_cycle():
    graph = {module: imports(module) & FILES.keys() - {module} for module in FILES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("module", FILES)
def test_heavy_libraries_stay_at_home(module):
    path = FILES[module].relative_to(ROOT).as_posix()
    for name in imports(module):
        homes = HOMES.get(name.split(".")[0])
        assert homes is None or path.startswith(homes), f"{path} imports {name}, whose home is {homes}"


@pytest.mark.parametrize("module", FILES)
def test_nothing_is_loaded_that_could_run_code(module):
    assert not {name.split(".")[0] for name in imports(module)} & NEVER
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            assert name not in {"eval", "exec", "compile", "torch.load", "__import__"}, f"line {node.lineno}: {name}"
            for keyword in node.keywords:
                if keyword.arg in {"trust_remote_code", "allow_pickle"}:
                    assert ast.unparse(keyword.value) == "False", f"line {node.lineno}: {keyword.arg}"


@pytest.mark.parametrize("module", sorted(FILES.keys() - {"qa.settings"}))
def test_only_settings_read_the_environment(module):
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) not in {"os.environ", "os.getenv", "os.putenv"}, f"line {node.lineno}"
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            assert not {alias.name for alias in node.names} & {"environ", "getenv", "putenv"}


@pytest.mark.parametrize("module", FILES)
def test_no_word_of_the_seeds_is_in_the_code(module):
    tree = tree_of(module)
    written = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in written:
            known = [word for word in OF_THE_SEEDS if word in node.value]
            assert not known, f"{module} line {node.lineno} knows {known}"


@pytest.mark.parametrize("module", [name for name, path in FILES.items() if path.name == "__init__.py"])
def test_packages_export_exactly_what_they_say(module):
    source = FILES[module].read_text(encoding="utf-8")
    assert len(source.splitlines()) < 25
    package = importlib.import_module(module)
    exported = list(getattr(package, "__all__", []))
    assert len(exported) == len(set(exported))
    assert all(hasattr(package, name) for name in exported)
    assert set(exported) == public_names(tree_of(module))


def public_names(tree: ast.Module) -> set[str]:
    """The names that the body of a package binds for its users, those under TYPE_CHECKING included."""
    names = set()
    for node in [*tree.body, *(each for block in tree.body if isinstance(block, ast.If) for each in block.body)]:
        if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] in {"qa", "embeddings"}:
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            names |= {target.id for target in getattr(node, "targets", None) or [node.target]}
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize("module", FILES)
def test_every_module_says_what_it_is(module):
    assert re.match(r".{10,}", ast.get_docstring(tree_of(module)) or ""), f"{module} has no docstring"


@pytest.mark.parametrize("room", ["embeddings", "qa"])
def test_the_wheel_holds_every_data_file(room):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"][room]
    packed = {path for pattern in patterns for path in (ROOT / room).glob(pattern)}
    there = {path for path in (ROOT / room).rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert {path for path in there - packed if path.suffix not in {".py", ".md"}} == set()
