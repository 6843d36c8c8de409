"""Files become articles: the seeds by value, records, folders."""

import json
from pathlib import Path

import pytest

from qa.corpus.read import article_from_record, read_bytes, read_items
from qa.corpus.walk import read_path
from qa.errors import DocumentError, InputError
from qa.types import Article

SEEDS = Path(__file__).parent.parent / "seeds"
# file: title, publisher, author, published, as a person reads them off the page
KNOWN = {
    "000": ("洛阳市公安局老城分局党委副书记、政委曾利民对市局支援民警们近三个月的工作赞叹道…",
            "映象网", "记者 郭帅 通讯员 陈明 王红", ""),
    "001": ("在6月23日举行的全县公安机关大走访大排查大调研专项活动(以下简称专项活动)启…",
            "", "记者 董巧霞 董全磊 通讯员 谷红涛", ""),
    "002": ("什么是党员民警应有的模样?靖边公安党建品牌这样回答", "陕西法制网", "郭世霞", "2023-11-22"),
    "003": ("“警察蓝”绘就“平安色”", "新乡日报", "武秀文/图", "2023-10-10"),
    "004": ("致敬警察節丨矢志不渝做黨和人民的忠誠衛士——寫在第三個“中國人民警察節”到來之際", "聊城日報",
            "記者 王軍豪 通訊員 付延濤", "2023-01-10"),
}


def seed(number: str) -> Article:
    path = next(SEEDS.glob(f"{number}_*"))
    return read_bytes(path.read_bytes(), path.name)[0]


@pytest.mark.parametrize("number", sorted(KNOWN))
def test_a_seed_tells_its_title_publisher_author_and_date(number: str) -> None:
    article = seed(number)
    assert (article.title, article.publisher, article.author, article.published) == KNOWN[number]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("number", sorted(KNOWN))
def test_a_seed_in_another_encoding_is_the_same_article(number: str, codec: str) -> None:
    path = next(SEEDS.glob(f"{number}_*"))
    again = read_bytes(path.read_text(encoding="utf-8").encode(codec), path.name)[0]
    assert (again.text, again.id, again.offsets) == (seed(number).text, seed(number).id, seed(number).offsets)


def test_records_become_articles_named_by_their_id() -> None:
    record = {"id": "r1", "title": "标题", "text": "某市破案12起。", "date": "2023-07-24 08:00", "url": "http://a.example/1"}
    article = article_from_record(record)
    assert (article.source, article.title, article.text) == ("r1", "标题", "某市破案12起。")
    assert (article.published, article.url) == ("2023-07-24", "http://a.example/1")
    lines = "\n".join([json.dumps(record, ensure_ascii=False), "not json", "", '{"id": "r2"}', "[1]"])
    items = list(read_items(lines.encode(), "a.jsonl"))
    assert [item.source for item in items] == ["r1", "a.jsonl line 2", "a.jsonl line 4", "a.jsonl line 5"]
    assert [item.article is not None for item in items] == [True, False, False, False]
    assert read_bytes(lines.encode(), "a.jsonl") == [article]


def test_a_record_without_text_is_refused_by_name() -> None:
    with pytest.raises(DocumentError, match="r9 has no text"):
        article_from_record({"id": "r9"}, "r9")


def test_a_folder_is_read_in_sorted_order() -> None:
    assert [path.name[:3] for path, data in read_path(SEEDS) if isinstance(data, bytes)] == sorted(KNOWN)


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere cannot be found"):
        list(read_path(tmp_path / "nowhere"))
