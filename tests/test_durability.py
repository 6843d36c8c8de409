"""What the library promises when machines, disks and people fail it. The long forms are marked slow."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from library_worker import Characters, opened, record

from qa.errors import LibraryDamaged, LibraryError, LibraryMissing, WenjuError
from qa.library import Library
from qa.library.derived import DERIVED_FORMAT
from qa.library.seals import read_seal, write_seal

WORKER = Path(__file__).parent / "library_worker.py"
QUESTION = "第3号行动出动警力多少人次"


def start(*arguments: object, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, str(WORKER), *map(str, arguments)], text=True, bufsize=1,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def run(*arguments: object) -> list[str]:
    done = subprocess.run([sys.executable, str(WORKER), *map(str, arguments)], text=True, capture_output=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def answers(library: Library) -> list[tuple[str, str]]:
    return [(hit.article.id, hit.passage.text) for hit in library.search(QUESTION, k=8)]


def grown(path: Path, count: int = 6) -> Path:
    with opened(path) as library:
        library.add(*(record(number) for number in range(count)))
    return path


def sources(path: Path) -> set[str]:
    """Open the library as a stranger would; it must be whole."""
    with opened(path, create=False) as library:
        assert library.check() == []
        found = {hit.article.source for hit in library.search("出动警力 化解矛盾纠纷", k=500)}
        assert found == {article.source for article in library.articles()}
        return found


# -- killed ----------------------------------------------------------------------------------------------------------


def killed(path: Path, delay: float) -> None:
    """Kill a busy process, then see that all it had promised holds."""
    process = start("acknowledge", path)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    time.sleep(delay)
    process.kill()
    said = process.communicate()[0].splitlines()
    promised = {line[1:] for line in said if line[0] == "+"} - {line[1:] for line in said if line[0] == "-"}
    doubtful = {line[1:] for line in said[-1:] if line[0] == "?"}
    gone = {line[1:] for line in said if line[0] == "-"}
    with opened(path) as library:
        assert library.check() == []
        there = {article.id for article in library.articles()}
        assert promised - doubtful <= there and not gone & there
        assert len(there - promised) <= 1, "at most what was in the making when it died"
        for article in library.articles():
            assert library.search(article.title, k=1)[0].article.title == article.title
            assert library.search(article.title, k=1)[0].article.id in there
    assert not list(path.glob(".index-*")) or promised  # a torn folder may lie there; it is never read


@pytest.mark.parametrize("seed", range(5))
def test_a_killed_process_loses_nothing_it_promised(tmp_path: Path, seed: int) -> None:
    killed(tmp_path / "library", random.Random(seed).uniform(0.0, 1.2))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_a_hundred_kills(tmp_path: Path, seed: int) -> None:
    killed(tmp_path / "library", random.Random(1_000 + seed).uniform(0.0, 2.5))


def test_an_interrupted_add_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(json.dumps(record(number)) for number in range(40)), encoding="utf-8")
    monkeypatch.setattr("qa.library.intake.BATCH_PASSAGES", 30)
    encoded: list[int] = []

    class Failing(Characters):
        def encode_passages(self, texts):
            encoded.append(len(texts))
            if len(encoded) == 3:
                raise KeyboardInterrupt
            return super().encode_passages(texts)

    with Library.open(tmp_path / "library", embedder=Failing()) as library:
        with pytest.raises(KeyboardInterrupt):
            library.add(path)
        half = len(library)
        assert 0 < half < 40
        encoded[:] = [0, 0, 0]
        report = library.add(path)[0]
        assert (report.status, report.articles, len(library)) == ("added", 40 - half, 40)
        assert sum(encoded) == report.passages
        assert library.check() == []


def test_a_slow_add_commits_what_it_has_every_few_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("qa.library.intake._now", lambda: clock[0])
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(json.dumps(record(number)) for number in range(9)), encoding="utf-8")
    stored = list[int]()

    def slowly(done: int, total: int, name: str) -> None:
        clock[0] += 4.0
        stored.append(len(library))

    with opened(tmp_path / "library") as library:
        library.add(path, progress=slowly)
        # The fourth comes twelve seconds after the first: what waits for longer than ten is committed.
        assert stored == [0, 0, 0, 0, 4, 4, 4, 4, 8]
        assert len(library) == 9 and library.check() == []


# -- no room, no permission --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0, 40_000, 120_000, pytest.param(4_096, marks=pytest.mark.slow),
                                   *(pytest.param(1 << power, marks=pytest.mark.slow) for power in range(13, 21))])
def test_a_full_disk_changes_nothing_and_the_old_index_answers(tmp_path: Path, limit: int) -> None:
    path = grown(tmp_path / "library")
    old = sources(path)
    said = run("limited", path, limit)
    assert said[-1] == "r3"
    assert said[0] == "done" or (said[0].startswith("LibraryError") and "disk full" in said[0]), said
    new = sources(path)
    assert new == old if said[0] != "done" else new - old == {f"r{number}" for number in range(100, 110)}


def test_a_disk_without_a_single_free_byte_answers(tmp_path: Path) -> None:
    path = grown(tmp_path / "library")
    with opened(path) as library:
        expected = [[hit.article.source, hit.passage.text] for hit in library.search("第3号行动", k=3)]
    said = run("full", path)
    assert json.loads(said[0]) == expected and json.loads(said[1]) == []
    assert all(each.startswith("LibraryError") and "disk full" in each for each in said[2:4]), said
    assert said[4] == "r3" and len(sources(path)) == 6


def test_a_folder_that_cannot_be_written_answers(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = grown(Path(name) / "library")
        with opened(path) as library:
            expected = [[hit.article.source, hit.passage.text] for hit in library.search("第3号行动", k=3)]
        Path(name).chmod(0o755)
        for each in (*path.rglob("*"), path):
            each.chmod(0o555 if each.is_dir() else 0o444)
        said = run("readonly", path, tmp_path / "warm")
        path.chmod(0o755)
        assert json.loads(said[0]) == expected and json.loads(said[1]) == []
        assert said[2].startswith("LibraryError") and "cannot be written" in said[2]
        assert said[3] == "3起"


# -- several processes ------------------------------------------------------------------------------------------------


def test_of_two_writers_one_is_told_who_writes(tmp_path: Path) -> None:
    path = grown(tmp_path / "library", 2)
    writers = [start("writer", path) for _ in range(2)]
    for process in writers:
        assert process.stdout.readline() == "ready\n"
    done = 0
    for number in range(20):
        for which, process in enumerate(writers):
            process.stdin.write(f"{10 + number * 2 + which}\n")
        said = [process.stdout.readline() for process in writers]
        assert "done\n" in said, said
        for mine, other in zip(said, reversed(writers), strict=True):
            assert mine == "done\n" or (mine.startswith("LibraryBusy: ") and f"process {other.pid} " in mine), mine
        done += said.count("done\n")
    for process in writers:
        process.stdin.close()
        assert process.wait(30) == 0, process.stderr.read()
        process.stdout.close()
        process.stderr.close()
    assert done >= 20 and len(sources(path)) == 2 + 3 * done


def reading_while_writing(path: Path, rounds: int) -> None:
    folder = path.parent / "in"
    folder.mkdir()
    with opened(path) as library:
        for number in range(rounds + 1):
            for name in ("甲", "乙"):
                text = f"{number}版{name}文\n" + f"甲乙两文的版本数字是{number},{name}文如是说。\n" * 6
                (folder / f"{name}.txt").write_text(text, encoding="utf-8")
            assert {report.status for report in library.add(folder)} == {"replaced" if number else "added"}
            if not number:
                process = start("reader", path)
                assert process.stdout.readline() == "ready\n"
                library.close()
                library = opened(path)
        said, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        assert int(said) > 0
        library.close()
    assert sources(path) == {"甲.txt", "乙.txt"}


def test_readers_see_whole_generations_while_all_is_replaced(tmp_path: Path) -> None:
    reading_while_writing(tmp_path / "library", 8)


@pytest.mark.slow
def test_readers_through_fifty_rounds(tmp_path: Path) -> None:
    reading_while_writing(tmp_path / "library", 50)


# -- damage -----------------------------------------------------------------------------------------------------------


def truncated(data: bytes, draw: random.Random, other: bytes) -> bytes:
    return data[:len(data) * 2 // 3]


def flipped(data: bytes, draw: random.Random, other: bytes) -> bytes:
    changed = bytearray(data)
    changed[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def zeroed(data: bytes, draw: random.Random, other: bytes) -> bytes:
    start = draw.randrange(0, max(len(data) - 512, 1))
    return data[:start] + bytes(min(512, len(data) - start)) + data[start + 512:]


def emptied(data: bytes, draw: random.Random, other: bytes) -> bytes:
    return b""


def randomised(data: bytes, draw: random.Random, other: bytes) -> bytes:
    return draw.randbytes(len(data))


def trailing(data: bytes, draw: random.Random, other: bytes) -> bytes:
    return data + draw.randbytes(100)


def swapped(data: bytes, draw: random.Random, other: bytes) -> bytes:
    return other


DAMAGES = [truncated, flipped, zeroed, emptied, randomised, trailing, swapped, None]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A library, and what it was one generation earlier."""
    folder = tmp_path_factory.mktemp("twins")
    grown(folder / "earlier", 4)
    shutil.copytree(folder / "earlier", folder / "later")
    with opened(folder / "later") as library:
        library.add(record(7), record(8))
    return folder / "later", folder / "earlier"


def stored_files(path: Path) -> list[Path]:
    return sorted(file for file in path.rglob("*") if file.is_file() and file.suffix != ".lock")


def kind_of(file: Path, root: Path) -> str:
    """Name a file without the parts of its name that are random."""
    relative = file.relative_to(root)
    stem = file.suffix if file.suffix in (".term", ".idx", ".pos", ".fast", ".store", ".fieldnorm") else file.name
    return "/".join([*(part for part in relative.parts[:-1] if not part.startswith("index-")), stem])


def damage(twins: tuple[Path, Path], path: Path, kind: str, how, seed: int) -> None:
    """Damage one file of a library that was closed in order; it must refuse, or answer as before."""
    later, earlier = twins
    shutil.copytree(later, path)
    with opened(path) as library:
        expected, known = answers(library), {article.id for article in library.articles()}
    draw = random.Random(seed)
    for file in [file for file in stored_files(path) if kind_of(file, path) == kind]:
        other = next((file.read_bytes() for file in stored_files(earlier) if kind_of(file, earlier) == kind), b"")
        hurt(file, how, draw, other)
    try:
        with opened(path, create=False) as library:
            assert answers(library) == expected
            assert library.check() == []
    except (LibraryDamaged, LibraryMissing, LibraryError) as error:
        assert kind.startswith("library.db"), f"{kind} is derived and can be built again: {error}"
        assert "check --repair" in str(error) or "put it back" in str(error), error
        mended(path, known)


def hurt(file: Path, how, draw: random.Random, other: bytes) -> None:
    """Delete a file, or change its bytes in one way; ``other`` is what another life of the library has there."""
    if how is None:
        file.unlink()
    else:
        file.write_bytes(how(file.read_bytes(), draw, other))


def killed_copy(tmp_path: Path, name: str) -> tuple[Path, bytes, str, set[str]]:
    """Copy a library while its process lives; return the copy, an older life of its file ``name``, answers and ids."""
    grown(tmp_path / "alive", 4)
    path = tmp_path / "killed"
    with opened(tmp_path / "alive") as library:
        library.add(record(7))
        other = (tmp_path / "alive" / name).read_bytes()
        library.add(record(8))
        expected, known = answers(library), {article.id for article in library.articles()}
        shutil.copytree(tmp_path / "alive", path)
    return path, other, expected, known


def mended(path: Path, known: set[str]) -> None:
    """Repair keeps what is whole and tells what it did; afterwards all is well."""
    if not (path / "library.db").exists():
        return
    assert Library.repair(path, embedder=Characters())
    with opened(path, create=False) as library:
        assert library.check() == []
        assert {hit.article.id for hit in library.search(QUESTION, k=8)} <= known
        library.add(*(record(number) for number in (0, 1, 2, 3, 7, 8)))
        assert len(library) == 6 and library.check() == []


CORE = ["library.db", "vectors.faiss", "seal.json", "verified.json", "passages/.term", "articles/meta.json"]
REST = ["lock", *(f"{part}/{each}" for part in ("passages", "articles") for each in (
    ".idx", ".pos", ".fast", ".store", ".fieldnorm", ".managed.json")), "passages/meta.json", "articles/.term"]


@pytest.mark.parametrize("how", DAMAGES, ids=lambda how: how.__name__ if how else "deleted")
@pytest.mark.parametrize("kind", [*CORE, *(pytest.param(kind, marks=pytest.mark.slow) for kind in REST)])
def test_damage_is_detected_and_never_answers(twins: tuple[Path, Path], tmp_path: Path, kind: str, how) -> None:
    damage(twins, tmp_path / "library", kind, how, seed=1)


def test_the_kinds_of_files_are_all(twins: tuple[Path, Path]) -> None:
    assert {kind_of(file, twins[0]) for file in stored_files(twins[0])} == {*CORE, *REST}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_flips_and_zeroed_sectors_of_the_store(twins: tuple[Path, Path], tmp_path: Path, seed: int) -> None:
    damage(twins, tmp_path / "library", "library.db", flipped if seed % 2 else zeroed, seed)


def test_a_leftover_log_of_another_life_is_no_danger(twins: tuple[Path, Path], tmp_path: Path) -> None:
    """The log of a process that died is replayed; one that belongs to another library is not believed."""
    path = tmp_path / "library"
    shutil.copytree(twins[0], path)
    with opened(path) as library:
        expected = answers(library)
    with opened(tmp_path / "other") as library:
        library.add(record(50))
        log = (tmp_path / "other" / "library.db-wal").read_bytes()
    assert log
    (path / "library.db-wal").write_bytes(log)
    try:
        with opened(path, create=False) as library:
            assert answers(library) == expected and library.check() == []
    except WenjuError as error:
        assert "check --repair" in str(error)
    Library.repair(path, embedder=Characters())
    assert sources(path)


@pytest.mark.parametrize("how", DAMAGES, ids=lambda how: how.__name__ if how else "deleted")
def test_damage_to_the_log_of_a_killed_process_is_detected(tmp_path: Path, how) -> None:
    """What was promised and lies in the log alone is there, or its loss is said; it never goes away silently."""
    path, other, expected, known = killed_copy(tmp_path, "library.db-wal")
    hurt(path / "library.db-wal", how, random.Random(3), other)
    try:
        with opened(path, create=False) as library:
            assert answers(library) == expected and library.check() == []
    except LibraryDamaged as error:
        assert "check --repair" in str(error)
        mended(path, known)
    else:
        assert how is trailing


@pytest.mark.parametrize("how", DAMAGES, ids=lambda how: how.__name__ if how else "deleted")
def test_damage_to_the_shared_memory_of_a_killed_process_is_no_danger(tmp_path: Path, how) -> None:
    """It only says where in the log things are, and is made anew by whoever opens the store first."""
    path, other, expected, _ = killed_copy(tmp_path, "library.db-shm")
    hurt(path / "library.db-shm", how, random.Random(4), other)
    with opened(path, create=False) as library:
        assert answers(library) == expected and library.check() == []
        library.add(record(9))
    assert sources(path) == {f"r{number}" for number in (0, 1, 2, 3, 7, 8, 9)}


def test_indexes_of_another_format_are_built_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = grown(tmp_path / "library")
    with opened(path) as library:
        expected = answers(library)
    for sealed in path.glob("index-*/seal.json"):
        values = read_seal(sealed.parent)
        assert values.pop("format") == DERIVED_FORMAT
        files = values.pop("files")
        write_seal(sealed.parent, values | {"format": DERIVED_FORMAT + 1}, files)
        assert read_seal(sealed.parent)["files"] == files
    with opened(path) as library:
        assert answers(library) == expected and library.check() == []
    assert [read_seal(folder)["format"] for folder in path.glob("index-*")] == [DERIVED_FORMAT]


def test_an_older_store_is_not_taken_for_the_newest(twins: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "library"
    shutil.copytree(twins[0], path)
    shutil.copy(twins[1] / "library.db", path / "library.db")
    with pytest.raises(LibraryDamaged, match=r"older than .*check --repair"):
        opened(path)
    assert any("older" in said for said in Library.repair(path, embedder=Characters()))
    assert sources(path) == {"r0", "r1", "r2", "r3"}


def test_half_a_generation_folder_is_swept_away(twins: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "library"
    shutil.copytree(twins[0], path)
    folder = next(path.glob("index-*"))
    shutil.copytree(folder, path / f".{folder.name}")
    os.truncate(path / f".{folder.name}" / "vectors.faiss", 10)
    with opened(path) as library:
        library.add(record(60))
    assert len(list(path.glob("*index-*"))) == 1 and "r60" in sources(path)
