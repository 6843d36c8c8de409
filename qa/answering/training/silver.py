"""Makes questions from the clauses of plain news: the answer gives way to a question word, the rest is reworded.

The other figures, dates and names of the same paragraph are the negatives. Some questions get a foreign place or name,
so that the paragraph does not answer them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qa.answering.matching import Vocabulary
from qa.answering.pieces import Piece
from qa.answering.training.data import Context, Question, make_context
from qa.answering.training.wording import Wording, listed

_ENDS = frozenset("。！？!?;；…,，:：")
_SCALES = listed("万 亿 余 多 百 千 % 余万 多万 万余 万多 个")
_UNITS = listed("""
人 名 起 件 个 家 次 人次 户 元 万元 亿元 美元 米 公里 千米 吨 台 辆 部 场 条 项 份 例 所 处 头 天 小时 分钟 岁
平方米 亩 公斤 克 位 只 套 座 栋 批 期 届 册 支
种 类 门 张 篇 轮 枚 艘 架 对 间 宗 笔 倍 公顷 平方公里 立方米 层 车次 班 路 回
""")
_PARTS_OF_DATES = listed("年 月 日 号 时 分 点 上午 下午 晚 凌晨 中旬 上旬 下旬 底 初")
_BODIES = tuple(listed("局 所 大队 支队 公司 集团 大学 学院 部 委员会 法院 检察院 医院 银行 协会 中心"))
# Marks that a question would not hold.
_MARKS = frozenset("“”‘’\"'()[]<>·-—|丨、:：")
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石"
    "金贾夏韦傅方邹熊孟秦邱江尹薛闫段雷侯龙史陶贺顾毛郝龚邵万钱覃武戴孔汤庞樊兰殷施洪翟安倪严牛温芦季俞章鲁葛"
)
_LIGHT = listed("的 了 着 过 已 将 并 还 也 均 共 等 中 其中 此外 另外 据 ， ,")


@dataclass(frozen=True, slots=True)
class Target:
    """A possible answer: pieces [first, last] and the words that ask for it."""

    first: int
    last: int
    asks: tuple[str, ...]


def targets(cut: Sequence[Piece]) -> Iterator[Target]:
    """Yield the figures, dates, names and quoted titles of a text, left to right."""
    i = 0
    while i < len(cut):
        found = _date(cut, i) or _figure(cut, i) or _quoted(cut, i) or _name(cut, i) or _reason(cut, i)
        if found:
            yield found
            i = found.last + 1
        else:
            i += 1


def _is_number(piece: Piece) -> bool:
    return piece.text[0].isdigit()


def _date(cut: Sequence[Piece], i: int) -> Target | None:
    if not _is_number(cut[i]) or i + 1 >= len(cut) or cut[i + 1].text not in ("年", "月", "日"):
        return None
    last = i + 1
    while last + 1 < len(cut) and (
        cut[last + 1].text in _PARTS_OF_DATES
        or (_is_number(cut[last + 1]) and last + 2 < len(cut) and cut[last + 2].text in _PARTS_OF_DATES)
    ):
        last += 1
    asks = ["什么时候", "何时", "哪天" if "日" in [p.text for p in cut[i : last + 1]] else "哪年", "什么时间"]
    if cut[last].text == "年":
        asks += ["哪一年", "几年"] if len(cut[i].text) == 4 else []
        if len(cut[i].text) < 3:
            asks = ["多少年", "几年", "多久", "多长时间"]
    elif cut[last].text == "月":
        asks += ["几月", "哪个月"]
    elif cut[last].text in ("日", "号"):
        asks += ["几月几日", "哪一天", "几号"]
    return Target(i, last, tuple(asks))


def _figure(cut: Sequence[Piece], i: int) -> Target | None:
    if not _is_number(cut[i]):
        return None
    last = i
    while last + 1 < len(cut) and cut[last + 1].text in _SCALES:
        last += 1
    unit = cut[last + 1].text if last + 1 < len(cut) else ""
    if unit in _UNITS:
        asks = [f"多少{unit}", f"多少{unit}", "多少", f"几{unit}"]
        if unit in ("天", "小时", "分钟"):
            asks += ["多久", "多长时间"]
        return Target(i, last + 1, tuple(asks))
    if cut[last].text == "%":
        return Target(i, last, ("多少", "百分之多少", "百分之几", "几成", "多少个百分点"))
    return Target(i, last, ("多少", "几")) if last > i else None


def _quoted(cut: Sequence[Piece], i: int) -> Target | None:
    close = {"《": "》", "“": "”", "「": "」"}.get(cut[i].text)
    for last in range(i + 1, min(i + 14, len(cut))):
        if close and cut[last].text == close:
            inner = (i, last) if cut[i].text == "《" else (i + 1, last - 1)
            asks = ("什么", "哪部作品", "哪份文件") if close == "》" else ("什么", "什么名字的", "哪个", "哪次")
            return Target(*inner, asks) if last > i + 1 else None
    return None


def _name(cut: Sequence[Piece], i: int) -> Target | None:
    tag, last = cut[i].tag, i
    if tag == "nr" and 1 < len(cut[i].text) < 5 and cut[i].text[0] in _SURNAMES:
        return Target(i, i, ("谁", "哪位", "什么人", "哪个人"))
    if tag in ("ns", "nt", "nz", "nr", "n"):
        while last + 1 < len(cut) and cut[last + 1].tag[:1] == "n" and last - i < 5:
            last += 1
            if cut[last].text.endswith(_BODIES):
                return Target(i, last, ("哪个单位", "哪个机构", "谁", "哪家", f"哪个{cut[last].text}"))
    if tag in ("ns", "nt") and len(cut[i].text) > 1:
        return Target(i, i, ("哪里", "哪儿", "什么地方", "哪个地方", "何处"))
    return None


def _reason(cut: Sequence[Piece], i: int) -> Target | None:
    if cut[i].text not in ("因", "因为", "由于", "为了"):
        return None
    last = next((j - 1 for j in range(i + 1, min(i + 30, len(cut))) if cut[j].text in _ENDS), i)
    return Target(i + 1, last, ("为什么", "为何", "什么原因", "因为什么", "为啥")) if last > i + 2 else None


class Maker:
    """Makes questions from paragraphs; the same random generator gives the same questions."""

    def __init__(self, vocabulary: Vocabulary, wording: Wording, rng: random.Random) -> None:
        self._vocabulary, self._wording, self._rng = vocabulary, wording, rng
        self._places: list[str] = ["河南", "上海"]

    def questions(self, texts: Iterable[str], each: int = 3, longest: int = 900) -> Iterator[Question]:
        """Yield up to ``each`` questions for every text."""
        for number, text in enumerate(texts):
            context = make_context(f"news-{number}", text[:longest], self._vocabulary)
            options = list(targets(context.encoded.pieces))
            for target in self._rng.sample(options, min(each, len(options))):
                question = self._ask(context, target)
                if question is not None:
                    yield question

    def _ask(self, context: Context, target: Target) -> Question | None:
        cut, rng = context.encoded.pieces, self._rng
        start, end = _clause(cut, target, rng)
        left = self._reword(cut[start : target.first])
        right = self._reword(cut[target.last + 1 : end])
        if len(left) + len(right) < 3:
            return None
        spans: tuple[tuple[int, int], ...] = ((target.first, target.last),)
        if rng.random() < 0.08 and self._falsify(left, cut[start : target.first]):
            spans = ()
        text = self._compose(left, rng.choice(target.asks), right)
        answer = context.text[cut[target.first].start : cut[target.last].end]
        name = f"{context.id}-{target.first}"
        return Question(name, text, self._vocabulary.encode(text), context, (answer,), spans)

    def _reword(self, cut: Sequence[Piece]) -> list[str]:
        rng, kept = self._rng, []
        loss, change = rng.choice([0.0, 0.0, 0.1, 0.25]), rng.choice([0.0, 0.15, 0.3])
        for piece in cut:
            light = piece.text in _LIGHT and rng.random() < 0.5
            if light or piece.text in _ENDS or piece.text in _MARKS or rng.random() < loss:
                continue
            kept.append(self._wording.other(piece.text, rng) if rng.random() < change else piece.text)
        return kept

    def _falsify(self, left: list[str], cut: Sequence[Piece]) -> bool:
        mine = [piece.text for piece in cut if piece.tag in ("ns", "nr", "nt") and len(piece.text) > 1]
        self._places = (self._places + mine)[-200:]
        spots = [i for i, word in enumerate(left) if word in mine]
        foreign = [place for place in self._places if place not in mine]
        if not spots or not foreign:
            return False
        left[self._rng.choice(spots)] = self._rng.choice(foreign)
        return True

    def _compose(self, left: list[str], ask: str, right: list[str]) -> str:
        rng = self._rng
        before, after = "".join(left[-18:]), "".join(right[: rng.choice([2, 5, 10])])
        plain = f"{before}{ask}{after}"
        short = f"{ask}{after}" if len(after) > 5 else f"{before}{ask}"
        turned = [f"{before}了{ask}{after}", f"{before}{after}是{ask}", f"{ask}{after}{before}", f"{before}{ask}"]
        forms = [plain] * 4 + [*turned, short]
        return rng.choice(forms) + rng.choice(["?", "？", "", "呢?"])


def _clause(cut: Sequence[Piece], target: Target, rng: random.Random) -> tuple[int, int]:
    """Return the pieces of the clause around ``target``, at times with the clause before it."""
    start, skip = target.first, rng.choice([0, 0, 1])
    while start > 0 and target.first - start < 30:
        if cut[start - 1].text in _ENDS:
            if skip == 0 and target.first - start > 1:
                break
            skip -= 1
        start -= 1
    end = target.last + 1
    while end < len(cut) and cut[end].text not in _ENDS and end - target.last < 15:
        end += 1
    return start, end
