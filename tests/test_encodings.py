"""The seeds saved in other encodings give the answers of the originals, question by question, letter by letter."""

import json
from collections.abc import Callable
from pathlib import Path

import opencc
import pytest

from qa import Assistant, Library
from qa.evaluation import converse
from qa.language.scripts import fold

ROOT = Path(__file__).parent.parent
QUESTIONS = [json.loads(row)["turns"] for row in
             (ROOT / "tests" / "golden" / "seeds-visible.jsonl").read_text(encoding="utf-8").splitlines()]

Said = list[tuple[str, bool, list[tuple[str, str]]]]


def answers(folder: Path, encode: Callable[[str], bytes]) -> tuple[list[str], Said]:
    """Return the codecs that were reported, and the answers: headline, refusal, and what is cited from where."""
    (folder / "in").mkdir(parents=True)
    for seed in (ROOT / "seeds").iterdir():
        (folder / "in" / seed.name).write_bytes(encode(seed.read_text(encoding="utf-8")))
    with Library.open(folder / "library") as library:
        reports = library.add(folder / "in")
        assistant, said = Assistant(library), []
        for turns in QUESTIONS:
            answer = converse(assistant, turns)
            cited = [(citation.source, fold(citation.quote)) for citation in answer.citations]
            said.append((fold(answer.headline), answer.abstained, cited))
    return [report.codec for report in reports], said


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Said:
    return answers(tmp_path_factory.mktemp("utf-8"), str.encode)[1]


@pytest.mark.slow
@pytest.mark.parametrize("codec", ["gb18030", "utf-16"])
def test_another_encoding_gives_the_same_answers(tmp_path: Path, originals: Said, codec: str) -> None:
    assert len(originals) >= 80
    assert answers(tmp_path, lambda text: text.encode(codec)) == ([codec] * 5, originals)


@pytest.mark.slow
def test_big5_gives_the_same_answers_in_the_other_script(tmp_path: Path, originals: Said) -> None:
    """Big5 holds no simplified characters, so the seeds are converted; what it lacks even then is written &#233;."""
    traditional = opencc.OpenCC("s2tw").convert
    codecs, said = answers(tmp_path, lambda text: traditional(text).encode("big5", "xmlcharrefreplace"))
    assert codecs == ["big5"] * 5
    assert len(said) == len(originals)
    assert said == originals
