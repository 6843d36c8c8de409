"""Follow-ups: what the earlier turn leaves unsaid is put back, and the result reads as a question of its own."""

import pytest

from qa.answering.conversation import resolve
from qa.types import Answer, Turn


def turn(question: str, headline: str, resolved: str = "") -> Turn:
    answer = Answer(question, resolved or question, headline, headline, not headline, "", 0.9, (), (), 0.0)
    return Turn(question, answer)


COUNT = turn("新乡公安今年以来抓获逃犯多少人?", "2283人")
PERSON = turn("鄢陵县公安局政委是谁?", "刘某锋")
NAME = turn("那款入户走访用的软件叫什么?", "平安走访App")
PLACE = turn("老人在哪个派出所办的证?", "龙洲派出所")
QUOTE = turn("“把群众当亲人”是谁说的?", "王红")
CASE = turn("东阿县砸车窗盗窃案的嫌疑人共有几名?", "7人")
OPERATION = turn("“六防六促”专项行动化解了多少纠纷?", "32509起")
MONTH = turn("新乡公安6月份破案多少起?", "25起")
TWO = turn("李某、杨某在扎兰屯市偷了几个变压器?", "10个")


@pytest.mark.parametrize(
    ("earlier", "question", "resolved"),
    [
        # 那…呢: another place, period, post or measure in the place of its like.
        (COUNT, "那聊城呢?", "聊城公安今年以来抓获逃犯多少人?"),
        (COUNT, "去年呢?", "新乡公安去年抓获逃犯多少人?"),
        (COUNT, "那破案呢?", "新乡公安今年以来破案多少起?"),
        (COUNT, "同期破获的案件呢?", "新乡公安今年以来破获的案件有多少起?"),
        (MONTH, "那7月呢?", "新乡公安7月破案多少起?"),
        (MONTH, "聊城市公安局呢?", "聊城市公安局6月份破案多少起?"),
        (PERSON, "那局长呢?", "鄢陵县公安局局长是谁?"),
        # 其中: parts of what was counted; the total is said, so that it is no answer.
        (COUNT, "其中命案逃犯有多少?", "新乡公安今年以来抓获逃犯2283人,其中命案逃犯有多少?"),
        # Pronouns for people and things.
        (PERSON, "他去了哪个村?", "鄢陵县公安局刘某锋去了哪个村?"),
        (TWO, "他们是哪天被抓的?", "李某、杨某是哪天被抓的?"),
        (CASE, "他们是从哪个方向来的?", "东阿县砸车窗盗窃案的嫌疑人是从哪个方向来的?"),
        (COUNT, "他们是哪天抓的?", "新乡公安今年以来抓获的逃犯是哪天抓的?"),
        (NAME, "它有哪些功能?", "“平安走访App”有哪些功能?"),
        # 这, 该, 此次 with a noun.
        (NAME, "这款软件是哪天上线的?", "“平安走访App”软件是哪天上线的?"),
        (NAME, "这个App花了多久?", "“平安走访App”花了多久?"),
        (PLACE, "该所有多少民警?", "龙洲派出所有多少民警?"),
        (PLACE, "这个派出所在哪个县?", "龙洲派出所在哪个县?"),
        (PERSON, "该局有多少民警?", "鄢陵县公安局有多少民警?"),
        (TWO, "这些变压器值多少钱?", "扎兰屯市变压器值多少钱?"),
        (OPERATION, "该行动整改隐患多少处?", "“六防六促”专项行动整改隐患多少处?"),
        (OPERATION, "此次行动出动多少警力?", "“六防六促”专项行动出动多少警力?"),
        # A quote and who said it.
        (QUOTE, "说这话的人是哪个单位的?", "说“把群众当亲人”的王红是哪个单位的?"),
        (QUOTE, "这句话是在哪里说的?", "“把群众当亲人”是在哪里说的?"),
        # Nothing points back, yet who is missing.
        (CASE, "办案民警奋战了几天?", "东阿县砸车窗盗窃案的办案民警奋战了几天?"),
        (MONTH, "整改了多少处隐患?", "新乡公安6月份整改了多少处隐患?"),
        # A verb alone counts what the turn before counts.
        (turn("鄢陵县公安局排查矛盾纠纷多少起?", "23起"), "化解了多少起?", "鄢陵县公安局化解纠纷多少起?"),
        # Question words alone ask about the whole statement.
        (COUNT, "什么时候?", "新乡公安今年以来抓获逃犯2283人,什么时候?"),
    ],
)
def test_a_follow_up_is_made_whole(earlier: Turn, question: str, resolved: str) -> None:
    assert resolve(question, [earlier]) == resolved


@pytest.mark.parametrize(
    "question",
    [
        "聊城公安机关2022年查处治安案件多少起?",
        "“亮剑百日会战”是哪天开始的?",
        "红烧肉怎么烧才好吃,要放几勺糖?",
        "明天会下雨吗,要不要带伞?",
        "What about the cases solved in Liaocheng?",
        "What about cases?",
    ],
)
def test_a_new_topic_stands_alone(question: str) -> None:
    assert resolve(question, [COUNT]) == question


def test_a_change_of_topic_that_is_announced_is_noticed() -> None:
    assert resolve("换个话题,有多少民警?", [COUNT]) == "有多少民警?"


def test_without_history_nothing_changes() -> None:
    assert resolve("那破案呢?", []) == "那破案呢?"


def test_three_turns_keep_the_matter() -> None:
    history = [CASE]
    for question, resolved, answer in (
        ("他们是从哪个方向来的?", "东阿县砸车窗盗窃案的嫌疑人是从哪个方向来的?", "平阴方向"),
        ("办案民警奋战了几天?", "东阿县砸车窗盗窃案的办案民警奋战了几天?", "5天"),
        ("那追回了多少钱?", "东阿县砸车窗盗窃案追回了多少钱?", "3万元"),
    ):
        assert resolve(question, history) == resolved
        history.append(turn(question, answer, resolved))


def test_a_refused_turn_still_supplies_its_scope() -> None:
    refused = turn("新乡公安今年以来收缴枪支多少支?", "")
    assert resolve("那抓获逃犯呢?", [refused]) == "新乡公安今年以来抓获逃犯多少人?"


def test_traditional_script_is_kept() -> None:
    earlier = turn("聊城公安機關2022年培訓了多少人次?", "1.2萬人次")
    assert resolve("那專題培訓班辦了幾期?", [earlier]) == "聊城公安機關2022年專題培訓班辦了幾期?"


@pytest.mark.parametrize("question", ["呢", "那呢?", "?", "那", "其中", "他们", "这", "该", "a" * 500, "那" * 200])
def test_any_text_gives_some_question(question: str) -> None:
    for earlier in (COUNT, PERSON, NAME, PLACE, QUOTE, CASE, turn("?", ""), turn("呢", "呢")):
        assert isinstance(resolve(question, [earlier]), str)
