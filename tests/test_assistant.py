"""The assistant over a real library: what is answered, what is refused, and the reason that is given."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.answering import Assistant
from qa.answering.assistant import PASSAGES
from qa.errors import InputError
from qa.library import Library
from qa.types import Answer, Turn

COUNTY = {
    "id": "county",
    "title": "安平县公安局开展夏夜巡查",
    "date": "2023-08-20",
    "text": "8月10日,安平县公安局局长李建国带队参加永和市公安局动员会。会后,安平县公安局开展“清风行动”。\n"
    "2023年7月以来,安平县公安局共出动警力1250人次,检查出租房屋320家,排查矛盾纠纷48起,化解矛盾纠纷31起,"
    "抓获逃犯7人,收缴管制刀具12把。\n"
    "全县刑事、治安警情同比下降11.5%、8.2%,电诈破案数同比上升30.4%。\n"
    "民警王志强连续蹲守3天,在南关车站将嫌疑人赵某抓获,追回被骗资金5.6万元。“清风行动”包括夜查酒驾、清查旅馆、走访商户。\n"
    "安平县公安局政委孙红梅介绍,下一步将继续开展巡查。",
}
CITY = {
    "id": "city",
    "title": "通海市公安局晒出成绩单",
    "date": "2023-09-01",
    "text": "第二次夏夜行动中,通海市公安局检查车辆860台次。"
    "今年以来,通海市公安局抓获逃犯152人,破获电诈案件同比上升12.6%,挽回损失1.3亿元。\n"
    "通海市公安局组建警务团队86个(430人),开展宣传210次。\n"
    "通海市公安局举行技能比武,评出一、二、三等奖各5名。\n"
    "城北分局查处赌博最多,共查处318起;城南分局次之,查处276起;开发区分局查处154起,收缴赌资22万元。\n"
    "副局长梁志刚通报了情况。市检察院提起公诉1587人。群众送来“破案神速 为民解忧”的锦旗。\n"
    "一季度,桥头派出所接刑事警情21起、治安警情203起、求助类警情678起,同比分别下降16.0%、7.7%和上升5.4%;"
    "刑事拘留15人、行政拘留20人,下半年计划招录辅警60名。",
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with Library.open(tmp_path_factory.mktemp("articles") / "library") as library:
        library.add(COUNTY, CITY)
        yield Assistant(library)


def talk(assistant: Assistant, *questions: str) -> Answer:
    history: list[Turn] = []
    for question in questions:
        history.append(Turn(question, assistant.ask(question, history)))
    return history[-1].answer


@pytest.mark.parametrize(
    ("question", "headline"),
    [
        ("安平县公安局2023年7月以来出动警力多少人次?", "1250人次"),
        ("安平县公安局化解矛盾纠纷多少起?", "31起"),
        ("安平县公安局排查矛盾纠纷多少起?", "48起"),
        ("安平縣公安局收繳管制刀具多少把?", "12把"),
        ("安平县治安警情同比下降多少?", "下降8.2%"),
        ("安平县刑事警情同比下降多少?", "下降11.5%"),
        ("安平县公安局的局长是谁?", "李建国"),
        ("安平县公安局政委叫什么名字?", "孙红梅"),
        ("安平县民警王志强蹲守了几天?", "3天"),
        ("通海市公安局组建了多少个警务团队?", "86个"),
        ("通海市公安局今年挽回损失多少钱?", "1.3亿元"),
        # A name that runs into the next word: the articles know where it ends.
        ("安平县民警王志强刚上班那会儿蹲守了几天?", "3天"),
    ],
)
def test_an_answer_is_the_figure_itself_with_its_sentence(assistant: Assistant, question: str, headline: str) -> None:
    answer = assistant.ask(question)
    assert (answer.headline, answer.abstained) == (headline, False)
    (citation,) = answer.citations
    article = assistant.library.article(citation.article_id)
    assert article.text[citation.start : citation.end] == citation.quote
    marked = "".join(article.text[start:end] for start, end in citation.marks)
    assert marked and marked in headline


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("北湖市公安局抓获逃犯多少人?", "北湖"),
        ("永和市公安局出动警力多少人次?", "永和"),
        ("安平县公安局2021年出动警力多少人次?", "2021年"),
        ("安平县公安局昨天抓获逃犯多少人?", "昨天"),
        ("安平县公安局发放宣传手册多少份?", "宣传"),
        ("红烧肉怎么做才好吃?", "红烧肉"),
    ],
)
def test_a_refusal_names_what_is_missing(assistant: Assistant, question: str, reason: str) -> None:
    answer = assistant.ask(question)
    assert answer.abstained
    assert answer.headline == ""
    assert reason in answer.reason


def test_a_false_post_is_corrected_with_its_source(assistant: Assistant) -> None:
    answer = assistant.ask("安平县公安局局长孙红梅介绍了什么?")
    assert answer.abstained
    assert "政委" in answer.reason
    assert "孙红梅" in answer.citations[0].quote


def test_a_false_direction_is_corrected_with_its_source(assistant: Assistant) -> None:
    answer = assistant.ask("安平县电诈破案数为什么同比下降30.4%?")
    assert answer.abstained
    assert "上升30.4%" in answer.reason


def test_what_each_of_several_has_is_no_total(assistant: Assistant) -> None:
    assert assistant.ask("通海市公安局技能比武评出一等奖多少名?").headline == "5名"
    answer = assistant.ask("通海市公安局技能比武评出的一、二、三等奖一共有多少名?")
    assert (answer.abstained, answer.reason) == (True, "文章只给出了每一个的数字,没有给出总数。")


@pytest.mark.parametrize(
    ("question", "headline"),
    [
        ("通海市城南分局查处赌博多少起?", "276起"),
        ("通海市城北分局查处赌博多少起?", "318起"),
        ("通海市城北分局收缴赌资多少钱?", ""),  # another branch did
        ("通海市哪个分局查处赌博最多?", "城北分局"),
        ("通海市公安局副局长是谁?", "梁志刚"),
        ("通海市公安局局长是谁?", ""),
        ("通海市检察院起诉了多少人?", "1587人"),
        ("通海市公安局起诉了多少人?", ""),
        ("通海市城北分局比城南分局多查处赌博多少起?", "42起"),
        ("通海市群众送的锦旗上写了什么?", "破案神速 为民解忧"),
        ("桥头派出所刑事警情同比下降多少?", "下降16.0%"),
        ("桥头派出所求助类警情上升多少?", "上升5.4%"),
        ("桥头派出所求助类警情下降多少?", ""),
        ("桥头派出所行政拘留多少人?", "20人"),
        ("桥头派出所下半年招录民警多少名?", ""),
    ],
)
def test_a_figure_belongs_to_the_body_of_its_part_of_the_sentence(
    assistant: Assistant, question: str, headline: str
) -> None:
    assert assistant.ask(question).headline == headline


def test_a_difference_is_computed_from_cited_figures(assistant: Assistant) -> None:
    answer = assistant.ask("安平县公安局排查的矛盾纠纷比化解的多多少起?")
    assert answer.headline == "17起"
    assert "48起" in answer.text
    assert "31起" in answer.text


def test_a_follow_up_keeps_its_agency(assistant: Assistant) -> None:
    answer = talk(assistant, "安平县公安局排查矛盾纠纷多少起?", "那抓获逃犯呢?")
    assert answer.headline == "7人"
    assert "安平" in answer.resolved_question


def test_a_typing_error_is_mended_by_its_sound(assistant: Assistant) -> None:
    answer = assistant.ask("安平县公安局化解毛盾纠纷多少起?")
    assert answer.headline == "31起"
    assert "矛盾" in answer.resolved_question


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("去年通海市公安局抓获逃犯多少人?", "没有找到能确认属于去年的内容。"),
        ("通海市公安局第三次夏夜行动检查车辆多少台次?", "文章没有说到“第三次”。"),
    ],
)
def test_another_year_or_number_is_refused_by_name(assistant: Assistant, question: str, reason: str) -> None:
    answer = assistant.ask(question)
    assert (answer.abstained, answer.reason) == (True, reason)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("通海市公安局平均每个警务团队有多少人?", "文章没有给出平均的数字。"),
        ("安平县公安局抓获的逃犯平均每人被骗多少元?", "文章没有给出平均的数字。"),
        ("安平县民警王志强与嫌疑人赵某蹲守的天数相差几天?", "文章没有给出相差的数字。"),
        # What the article says changed is no distance between two.
        ("安平县刑事警情比治安警情多几起?", "文章没有给出相差的数字。"),
        ("安平县公安局检查的出租房屋比登记的多查了几家?", "文章没有给出相差的数字。"),
    ],
)
def test_a_figure_is_no_average_and_no_difference(assistant: Assistant, question: str, reason: str) -> None:
    answer = assistant.ask(question)
    assert (answer.abstained, answer.reason) == (True, reason)


def test_a_difference_is_computed_from_figures_that_are_none(assistant: Assistant) -> None:
    assert "145" in assistant.ask("安平县公安局与通海市公安局抓获的逃犯相差多少人?").headline


@pytest.mark.parametrize("numbered", ["第二次", "第2次"])
def test_a_number_is_known_in_either_numeral(assistant: Assistant, numbered: str) -> None:
    assert assistant.ask(f"通海市公安局{numbered}夏夜行动检查车辆多少台次?").headline == "860台次"


def test_the_words_of_an_operation_alone_are_a_question(assistant: Assistant) -> None:
    assert not assistant.ask("夏夜巡查专项行动前后要搞多长时间?").reason.startswith("请说明要问的内容")


def test_a_number_of_cases_is_never_a_share(assistant: Assistant) -> None:
    answer = assistant.ask("通海市公安局今年破获电诈案件的总起数是多少?")
    assert answer.abstained, answer.headline


def test_a_good_word_is_never_mended(assistant: Assistant) -> None:
    assert "年纪" in assistant.ask("安平县的老人多大年纪?").resolved_question


def test_what_was_not_done_is_refused_but_not_for_a_word_beside_the_question(assistant: Assistant) -> None:
    assert "没有做到" in assistant.ask("安平县公安局还没收缴的管制刀具多少把?").reason
    assert assistant.ask("安平县公安局没去邻县,自己抓获逃犯多少人?").headline == "7人"


def test_the_year_of_what_is_dated_is_no_other_year(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = "2005年6月,安平县南关村发生一起命案,嫌疑人周某潜逃多年。\n2023年8月3日,周某在邻省被民警抓获。"
    with Library.open(tmp_path_factory.mktemp("years") / "library") as library:
        library.add({"id": "case", "title": "旧案告破", "date": "2023-08-05", "text": text})
        ask = Assistant(library).ask
        assert ask("2005年安平县南关村命案的嫌疑人周某是哪天被抓获的?").headline == "2023年8月3日"
        assert ask("2011年安平县南关村命案的嫌疑人周某是哪天被抓获的?").abstained


def test_two_questions_get_two_answers(assistant: Assistant) -> None:
    answer = assistant.ask("安平县公安局出动警力多少人次?抓获逃犯多少人?")
    assert "1250人次" in answer.headline
    assert "7人" in answer.headline


def test_the_headline_follows_the_script_of_the_question(assistant: Assistant) -> None:
    assert assistant.ask("安平縣公安局政委叫什麼名字?").headline == "孫紅梅"


@pytest.mark.parametrize("question", ["", "  \n", "问" * 100_000])
def test_no_question_is_one_clear_sentence(assistant: Assistant, question: str) -> None:
    with pytest.raises(InputError):
        assistant.ask(question)


def test_a_history_of_plain_strings_is_refused_by_name(assistant: Assistant) -> None:
    with pytest.raises(InputError, match="Turn"):
        assistant.ask("抓获逃犯多少人?", history=["前一个问题"])  # type: ignore[list-item]


def test_filters_that_no_article_passes_are_the_reason(assistant: Assistant) -> None:
    answer = assistant.ask("安平县公安局抓获逃犯多少人?", source="nosuch.txt")
    assert answer.abstained
    assert "条件" in answer.reason


@pytest.mark.parametrize(
    ("other", "sources"),
    [
        (COUNTY["text"] + "\n责任编辑:李明", {"county", "again"}),
        # Where another print has another figure in the sentence, it is no source of it.
        (COUNTY["text"].replace("化解矛盾纠纷31起", "化解矛盾纠纷33起"), {"county"}),
    ],
)
def test_a_sentence_that_reprints_repeat_has_one_source_and_names_the_others(
    tmp_path_factory: pytest.TempPathFactory, other: str, sources: set[str]
) -> None:
    with Library.open(tmp_path_factory.mktemp("reprints") / "library") as library:
        library.add(COUNTY, COUNTY | {"id": "again", "text": other}, CITY)
        answer = Assistant(library).ask("安平县公安局收缴管制刀具多少把?", source="county" if len(sources) == 1 else "")
        assert answer.headline == "12把"
        assert [{cited.source, *cited.also} for cited in answer.citations] == [sources]


@pytest.mark.parametrize(
    ("changes", "headline", "sources"),
    [
        ({"化解矛盾纠纷31起": "化解矛盾纠纷13起"}, "31起(另有报道作13起)", ["county", "other"]),
        # Marks, blanks and the figures beside it may differ too; the same value written otherwise is no other value.
        (
            {"化解矛盾纠纷31起,": "化解 矛盾纠纷1.3万余起，", "逃犯7人": "逃犯9人"},
            "31起(另有报道作1.3万余起)",
            ["county", "other"],
        ),
        ({"化解矛盾纠纷31起": "化解矛盾纠纷三十一起"}, "31起", ["county"]),
        ({"排查矛盾纠纷48起": "排查矛盾纠纷84起"}, "31起", ["county"]),
        # Other words around it speak of something else.
        ({"排查矛盾纠纷48起,化解矛盾纠纷31起,抓获逃犯": "夜查后化解邻里纠纷13起,劝返老人"}, "31起", ["county"]),
    ],
)
def test_another_figure_among_the_same_words_of_a_reprint_is_shown_beside_it(
    tmp_path_factory: pytest.TempPathFactory, changes: dict[str, str], headline: str, sources: list[str]
) -> None:
    text = COUNTY["text"]
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    with Library.open(tmp_path_factory.mktemp("versions") / "library") as library:
        library.add(COUNTY, COUNTY | {"id": "other", "date": "2023-08-21", "text": text}, CITY)
        first = library.articles()[0]
        assert [each.source for each in library.reprints(first.id)] == ["other"]
        ask = Assistant(library).ask
        # Filters hold for it too.
        assert ask("安平县公安局化解矛盾纠纷多少起?", until="2023-08-20").headline == "31起"
        answer = ask("安平县公安局化解矛盾纠纷多少起?")
        assert answer.headline == headline
        assert [cited.source for cited in answer.citations] == sources
        assert [marked for cited in answer.citations for marked in cited.marks]
        for cited in answer.citations:
            ((start, end),) = cited.marks
            assert library.article(cited.article_id).text[start:end].strip("约近余") in headline
            assert f"[{cited.n}] 《{cited.title}》({cited.published})" in answer.text


def test_an_empty_library_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Library.open(tmp_path_factory.mktemp("empty") / "library") as library:
        assert "还没有文章" in Assistant(library).ask("抓获逃犯多少人?").reason


def test_a_name_is_looked_for_by_itself_before_it_is_called_unknown(tmp_path: Path) -> None:
    crowd = [
        {"id": f"crowd-{n}", "text": f"警方今年已经把{n}名在逃人员捉拿归案,警方说,今年在逃人员都已捉拿归案。"}
        for n in range(10, 70)
    ]
    others = [{"id": f"other-{n}", "text": f"{n}号展厅展出瓷器{n * 7}件,观众{n * 31}人。"} for n in range(300)]
    lines = ["安平县公安局通报上半年工作。", "会上,大家交流了体会,天气晴朗。" * 20, "今年,全县累计抓获各类逃犯2283名。"]
    question = "安平县警方今年已经把多少名在逃人员捉拿归案?"
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "told", "text": "\n".join(lines)}, *crowd, *others)
        assert all("安平" not in hit.article.text for hit in library.search(question, k=PASSAGES))
        assert Assistant(library).ask(question).headline == "2283名"
