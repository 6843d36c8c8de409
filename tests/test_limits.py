"""What input may cost: seconds for the worst file, twice as much for twice as much, and an answer to any question.

Everything goes the whole way into a library here: read, cut, embedded, figured, stored, and asked about.
"""

import json
import os
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import test_bad_files as bad

from qa import Assistant, Library
from qa.corpus.decode import MOST_CHARACTERS
from qa.errors import InputError

ROOT = Path(__file__).parent.parent
SLOWEST = 10.0  # seconds for one file
MOST_FOR_TWICE = 2.3
STATUSES = {"added", "duplicate", "skipped"}


def busy() -> float:
    """Return the processor seconds spent so far, children included: what a busy machine cannot falsify."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def every_bad_file() -> Iterator[tuple[str, bytes]]:
    makers = (bad.bad_texts, bad.odd_texts, bad.collections, bad.renamed, bad.archives, bad.hostile_documents)
    for make in makers:
        yield from make()
    yield "million.txt", "的".encode() * 1_000_000
    yield "line.txt", "破案161起,".encode() * 1_400_000
    yield "empty.txt", b""


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_folder_of_hundreds_of_bad_files_gives_its_good_ones(tmp_path: Path) -> None:
    """Every file is named once, added or skipped with a reason; none takes ten seconds; the sums agree."""
    folder = tmp_path / "in"
    folder.mkdir()
    files = dict(every_bad_file())
    for name, data in files.items():
        (folder / name).write_bytes(data)
    good = {f"zz-{number}.txt": f"第{number}县公安局出动警力{1000 + number}人次。" for number in range(25)}
    for name, text in good.items():
        (folder / name).write_text(text, encoding="utf-8")
    os.mkfifo(folder / "fifo.txt")
    (folder / "device.txt").symlink_to("/dev/zero")
    (folder / "outside.txt").symlink_to(ROOT / "LICENSE")
    names = [*files, *good, "fifo.txt", "device.txt", "outside.txt"]
    took: dict[str, float] = {}
    before = busy()

    def note(done: int, total: int, name: str) -> None:
        nonlocal before
        assert total == len(names)
        name = name.rpartition("% ")[2]  # inside a file of many articles it stands behind a share
        took[name] = took.get(name, 0) + busy() - before
        before = busy()

    with Library.open(tmp_path / "library") as library:
        reports = library.add(folder, progress=note)
        assert len(files) >= 500 and sorted(report.source for report in reports) == sorted(names)
        assert {report.status for report in reports} <= STATUSES
        assert all(report.reason for report in reports if report.status == "skipped")
        assert sum(report.articles for report in reports) == len(library)
        assert sum(report.passages for report in reports) == library.passage_count
        assert {report.source for report in reports if report.status == "added"} >= good.keys()
        for number in (0, 7, 24):
            hit = library.search(f"第{number}县公安局出动警力多少人次", k=1)[0]
            assert f"{1000 + number}人次" in hit.passage.text
        assert library.check() == []
        again = library.add(folder)
        assert {report.status for report in again} <= {"unchanged", "duplicate", "skipped"}, Counter(
            report.status for report in again)
    assert max(took.values()) < SLOWEST, max(took, key=took.__getitem__)


ENDLESS = {
    "one character": "的",
    "figures": "破案161起,",
    "a row of figures": "12起、",
    "shares": "同比上升14.67%",
    "dates": "2023年10月10日",
    "agencies": "某市公安局",
    "persons": "民警张三丰",
    "operations": "“雷霆1号”专项行动",
    "lines": "破\n",
    "brackets": "（“《x",
    "numerals": "一百二十三万",
    "thousands": "1,234.5",
}


def chances(size: int) -> str:
    letters = "某市公安局破获案件抓获嫌疑人出动警力人次的了是在一二三十百千万1234567890"
    return "".join(random.Random(1).choices(letters, k=size))


def cost(folder: Path, text: str) -> float:
    with Library.open(folder / "library") as library:
        library.embedder.encode_passages(["预热"])
        (folder / "a.txt").write_text(text, encoding="utf-8")
        before = busy()
        assert library.add(folder / "a.txt")[0].status == "added"
        return busy() - before


@pytest.mark.soak
@pytest.mark.parametrize("piece", [*ENDLESS.values(), ""], ids=[*ENDLESS, "chances"])
def test_the_longest_text_takes_less_than_ten_seconds(tmp_path: Path, piece: str) -> None:
    text = (piece * MOST_CHARACTERS)[:MOST_CHARACTERS] if piece else chances(MOST_CHARACTERS)
    assert cost(tmp_path, text) < SLOWEST


def growth(cost_of: Callable[[int], float], size: int) -> float:
    """Return how many times more twice the size takes; the quickest of three goes each, for other work disturbs."""
    small, large = (min(cost_of(each) for _ in range(3)) for each in (size, 2 * size))
    return large / small


@pytest.mark.soak
@pytest.mark.parametrize("piece", [*ENDLESS.values(), ""], ids=[*ENDLESS, "chances"])
def test_twice_the_text_takes_at_most_twice_as_long(
    tmp_path_factory: pytest.TempPathFactory, piece: str
) -> None:
    def one(size: int) -> float:
        return cost(tmp_path_factory.mktemp("growth"), (piece * size)[:size] if piece else chances(size))

    one(1_000)
    assert growth(one, 50_000) <= MOST_FOR_TWICE


@pytest.mark.soak
def test_twice_the_files_take_at_most_twice_as_long(tmp_path_factory: pytest.TempPathFactory) -> None:
    def files(count: int) -> float:
        folder = tmp_path_factory.mktemp("files")
        for number in range(count):
            text = f"第{number}县公安局今年出动警力{number}人次,化解矛盾纠纷{number * 7}起,群众满意。\n" * 8
            (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        with Library.open(folder / "library") as library:
            library.embedder.encode_passages(["预热"])
            before = busy()
            library.add(*sorted(folder.glob("*.txt")))
            return busy() - before

    files(10)
    assert growth(files, 400) <= MOST_FOR_TWICE


STRANGE = [
    "\x00", "\u202e", "\u200b", "\ud800", "\uffff", "👮‍♀️", "“", "（" * 50, "%s", "{0}", "'; --", "<b>", "\n", "?" * 99,
    "的" * 300, "１２", "0" * 40, "9" * 400, "1e999", "-1", "NaN", "零", "万亿" * 30, "年月日", "比", "分别", "其中",
]  # fmt: skip


def fuzzed(gold: list[str], count: int) -> Iterator[str]:
    """Yield questions as hands, editors and machines spoil them: cut, doubled, shuffled, mixed, and pure noise."""
    draw = random.Random(6)
    for number in range(count):
        asked = list(draw.choice(gold))
        kind = number % 10
        if kind == 8:
            asked += draw.choice(gold)
        for _ in range(draw.randint(1, 6)):
            at = draw.randrange(len(asked) + 1)
            if kind < 3 and asked:
                asked[at % len(asked)] = draw.choice("".join(draw.choice(gold)))
            elif kind < 5:
                asked[at:at] = draw.choice(STRANGE)
            elif kind < 7:
                del asked[at : at + draw.randint(1, 5)]
            elif kind == 7:
                draw.shuffle(asked)
            elif kind == 9:
                asked = [chr(draw.choice((draw.randrange(32, 127), draw.randrange(0x4E00, 0x9FFF),
                                          draw.randrange(0xD800, 0xE000), draw.randrange(0x110000))))
                         for _ in range(draw.randint(0, 60))]
        yield "".join(asked)


# A question takes a quarter of a second of a busy processor's time, and on one that is shared three times as long.
SECONDS_A_QUESTION = 1.0


@pytest.mark.parametrize("count", [
    pytest.param(200, marks=pytest.mark.timeout(200 * SECONDS_A_QUESTION + 60)),
    pytest.param(5_000, marks=[pytest.mark.soak, pytest.mark.timeout(5_000 * SECONDS_A_QUESTION + 60)]),
])
def test_fuzzed_questions_get_an_answer_or_one_sentence(tmp_path: Path, count: int) -> None:
    rows = (ROOT / "tests" / "golden" / "seeds-visible.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [turn for row in rows for turn in json.loads(row)["turns"]]
    with Library.open(tmp_path / "library") as library:
        library.add(ROOT / "seeds")
        assistant = Assistant(library)
        assistant.ask(gold[0])
        times = []
        for question in fuzzed(gold, count):
            before = time.thread_time()
            try:
                answer = assistant.ask(question)
                assert answer.reason if answer.abstained else answer.headline and answer.citations, question
            except InputError as error:
                assert str(error) and "\n" not in str(error), question
            times.append(time.thread_time() - before)
    assert len(times) == count and np.percentile(times, 99) < 1.0
