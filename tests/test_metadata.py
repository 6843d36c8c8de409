"""Metadata: read off the page where it prints them, empty where it does not (the seeds' own: test_read.py)."""

import pytest

from qa.corpus.metadata import metadata
from qa.corpus.read import iso_date

BODY = "某市公安局开展专项行动,破获案件12起。\n行动取得阶段性成效,群众满意度持续提升。"


@pytest.mark.parametrize(("head", "publisher", "published"), [
    ("2023-10-10 10:13:46 来源: 某某日报", "某某日报", "2023-10-10"),
    ("2023-11-22 09:27:59 - 某省法制网", "某省法制网", "2023-11-22"),
    ("来源：某某晚报 2023年7月5日 08:12", "某某晚报", "2023-07-05"),
    ("來源:某某日\ufffd 2023-01-10 14:22:38", "某某日報", "2023-01-10"),
    ("发布时间：2024/3/9", "", "2024-03-09"),
    ("2023-13-45 来源: 某某网", "某某网", ""),
    ("来源：某某发布", "某某发布", ""),
])
def test_the_line_of_source_and_date(head: str, publisher: str, published: str) -> None:
    found = metadata(f"某市公安破案忙\n{head}\n{BODY}")
    assert (found.title, found.publisher, found.published) == ("某市公安破案忙", publisher, published)


@pytest.mark.parametrize(("line", "author"), [
    ("本报记者 张三丰 李四光 通讯员 王五", "记者 张三丰 李四光 通讯员 王五"),
    ("(大象新闻记者 郭一 通讯员 陈二明 )近日,", "记者 郭一 通讯员 陈二明"),
    ("文/圖 本報記者 王一豪 本報通訊員 付二濤", "記者 王一豪 通訊員 付二濤"),
    ("作者：张三丰", "张三丰"),
    ("撰文 张三丰", "张三丰"),
    ("通讯员 彭成为持续推进事故预防工作,", "通讯员 彭成"),
    ("记者从公安局获悉,", ""),
    ("通讯员队伍建设取得新进展。", ""),
])
def test_bylines(line: str, author: str) -> None:
    assert metadata(f"某市公安破案忙\n{line}\n{BODY}").author == author


@pytest.mark.parametrize(("end", "author"), [
    ("社会治安持续向好。(郭世一)", "郭世一"),
    ("群众拍手称快。（张三、李四）", "张三 李四"),
    ("案件正在进一步审理中。（完）", ""),
    ("民警展示战果。（资料图）", ""),
])
def test_a_signature_at_the_end(end: str, author: str) -> None:
    assert metadata(f"某市公安破案忙\n{BODY}\n{end}").author == author


@pytest.mark.parametrize(("text", "title"), [
    (f"本报记者 张三丰\n{BODY}", "某市公安局开展专项行动,破获案件12起"),
    ("原标题：抓到了！某地两人落网近日，某地警方通报了情况。后来两人被依法刑事拘留。", "抓到了！某地两人落网"),
    ("原标题：某地反诈宣传走“新”走“心”某地反诈宣传走“新”走“心” 近日，民警来到社区。", "某地反诈宣传走“新”走“心”"),
    ("中新网某地8月17日电 (记者 范一)近日，某地的情况引发了社会关注，相关部门通报了调查结果。",
     "近日，某地的情况引发了社会关注，相关部门通报了调查结果"),
    ("“别怕。”" + "长" * 60 + "。", "长" * 39 + "…"),
    ("短", "短"),
])
def test_a_title_is_found_or_made(text: str, title: str) -> None:
    assert metadata(text).title == title


def test_a_date_in_the_body_is_not_the_date_of_publication() -> None:
    text = "某市公安破案忙\n2023年6月1日,某市公安局开展专项行动,破获案件12起,群众拍手称快,纷纷点赞。"
    assert metadata(text).published == ""


@pytest.mark.parametrize(("given", "iso"), [
    ("2023-07-24", "2023-07-24"), ("2023-07-24T08:00:00+08:00", "2023-07-24"), ("20230724", "2023-07-24"),
    ("2023年7月4日 10:00", "2023-07-04"), ("2023/7/4", "2023-07-04"), ("2023-02-30", ""), ("昨天", ""), ("", ""),
])
def test_dates_of_records(given: str, iso: str) -> None:
    assert iso_date(given) == iso
