import json
from pathlib import Path

import pytest

from qa.app.web_raw import fits, raw_text
from qa.corpus.read import read_bytes

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_the_raw_text_of_a_seed_is_its_file(path):
    article = read_bytes(path.read_bytes(), path.name)[0]
    assert raw_text(article, [str(path)]) == path.read_text(encoding="utf-8")


def test_other_files_and_missing_ones_do_not_fit(tmp_path):
    first, second = (read_bytes(path.read_bytes(), path.name)[0] for path in SEEDS[:2])
    assert not fits(first, SEEDS[1].read_text(encoding="utf-8"))
    assert raw_text(second, [str(tmp_path / "gone.txt"), str(SEEDS[0])]) is None
    assert raw_text(second, [str(SEEDS[0]), str(SEEDS[1])]) == SEEDS[1].read_text(encoding="utf-8")


def test_a_record_of_a_collection_is_its_own_text(tmp_path):
    texts = ["测试县公安局抓获逃犯12人。", "另一县公安局抓获逃犯34人。"]
    lines = [json.dumps({"id": str(n), "title": f"题{n}", "text": text}) for n, text in enumerate(texts)]
    path = tmp_path / "all.jsonl"
    path.write_text("\n".join(["no json", *lines]), encoding="utf-8")
    articles = read_bytes(path.read_bytes(), path.name)
    assert [raw_text(article, [str(path)]) for article in articles] == texts
