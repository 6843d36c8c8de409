"""What kind of answer a question asks for: the wh-phrase, the kind, the unit or class noun beside it.

Works on folded text (simplified, half-width, lower case). Knows question words only; what the question is about is
read elsewhere. Rules are tried in order; the first that matches decides, except among the kinds that share their
question word (哪个…, 什么…), where the class noun nearest to it does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qa.answering.measures import MEASURES, unit_of_noun
from qa.answering.measures import same_unit as same_unit
from qa.language.words import Word, words


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for. ``start``/``end`` is the wh-phrase in the question; ``noun`` the class it names, if any."""

    kind: str  # count percent money duration age date person org place name post list rank why how what yesno ratio
    start: int
    end: int
    unit: str = ""
    noun: str = ""
    many: bool = False  # several answers are expected: 哪些, 哪几, 分别


@cache
def _class_nouns() -> dict[str, tuple[str, ...]]:
    """Return the nouns of each class, longest first."""
    rows = files("qa.answering").joinpath("data", "nouns.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [row.split("\t") for row in rows if row and not row.startswith("#")]
    return {kind: tuple(sorted(nouns.split(), key=lambda noun: (-len(noun), noun))) for kind, nouns in pairs}


def _nouns(kind: str) -> str:
    return "(?:" + "|".join(map(re.escape, _class_nouns()[kind])) + ")"


# 几 asks only where it does not count by itself: 那几天, 这几年, 十几个.
_FEW = "(?<![哪那这前近十百千好第每头])几(?!乎|经|近)"
_QUANTIFIER = f"(?:多少|{_FEW}|若干|几多)"
_SCALE = "(?:万|亿|十|百|千|余|多)*"
_TIMES = "个?多?小时|个?钟头|分钟|秒钟?|天|个月|年(?!级|龄|纪)|个?星期|周(?!岁)|日|个?昼夜|个?季度|刻钟|夜|晚"
_END = r"(?=\s*(?:$|[?？,，。;；!！呢啊呀吧吗嘛了]|百分|是升|是增))"
_CHANGE = (
    "(?:上升|下降|增长|减少|增加|降低|提高|提升|下滑|上涨|攀升|升高|下跌|回落|缩减|压降|涨|跌|降|升|增|减|少|多|变化)"
)
_WORTH = "违法所得|所得|金额|价值|市值|案值|总值|价格|损失|资金|费用|票价|单价|售价|货值|流水|赃款|欠款|货款|罚款|存款|转款|款项?|赃钱|钱款|的钱|奖金|身价|工资|薪水|租金|利润|获利|牟利|造价|成本|现金|补贴"
_PAYING = "汇|汇款|转账?|付|支付|赔|赔偿|罚|退|退还|退赔|还|返还|挽回|追回|骗走?|诈骗|花|花费|赚|挣|捞|收取|交|缴|投资|投入|获利|损失|牟利|值|价值|卖|欠"
# What bears a number as its name: 3号馆.
_NUMBERED = "(?:展?[馆厅门楼线口栋幢]|场馆|大厅|车厢|站台|码头|仓库|航站楼|登机口)"
# 因为什么 asks why, whatever stands behind it.
_ONE_OF = "(?:哪|(?<!因)(?<!为)(?:什么|何|啥))(?:一)?(?:个|座|条|处|段|家|支|所|层|栋)?"


def _money_rules() -> str:
    return "|".join(
        [
            rf"多少{_SCALE}(?:元|块钱|块{_END}|人民币|[美日欧韩港澳]元|英镑|卢布|港币|钱|资金|现金|经费|款项?|赃款|货款|欠款|工资|罚款|奖金|地租|租金|财物|损失|费)",
            rf"多少(?!{MEASURES})[^,，。?？多]{{0,14}}(?:钱(?!币)|费用?(?!者)|资金|损失|所得|款)",
            rf"{_FEW}{_SCALE}(?:元|块钱)|{_FEW}块(?=$|[?？呢啊呀])",
            rf"(?:{_WORTH})[^,，。?？]{{0,8}}?(?:有|是|为|达到?|高达|共计|合计|多达|总共|一共|总计)?(?:了)?(?:多少|几何|多大)(?!\s*(?:{MEASURES}))",
            rf"(?:{_PAYING})(?:了|出|到|进)?多少{_END}",
        ]
    )


def _name_rules() -> str:
    nouns = _nouns("name")
    return "|".join(
        [
            rf"(?:什么|啥|何|哪(?:一)?(?:个|次|项|场|部|款|种|类|条|份|起)?)[^,，。?？什么哪的]{{0,10}}?{nouns}",
            r"哪一?(?:部(?![分门委位])|款|首|篇|本|幕|出戏)",
            rf"{nouns}[^,，。?？]{{0,4}}?(?:叫|是|称)(?:做|作|为)?(?:什么|啥|哪)(?:名称|名字?)?",
            r"(?:代号|型号|番号|案号|文号|车次|航班号)(?:是|为|叫)?(?:多少|几)",
            r"(?:代号|名称|名字|绰号|外号|罪名|称号|主题|口号|全称)(?:又|都)?(?:是|叫|为)?(?:什么|啥)",
            r"(?:什么|啥)(?:名称|名字?|代号|绰号|罪名|称号|名目|招牌|名堂)",
            r"叫(?:做|作)?(?:什么|啥)|(?:取|起|得)名(?:为|叫)?(?:什么|啥)|命名(?:为|成)?什么|(?:被|人)称(?:为|作|之为)?(?:什么|啥)|名为(?:什么|啥|何)|什么罪",
        ]
    )


# Who does this is a court or an office, no person: 由谁审理.
_JUDGES = "(?:来)?(?:负责)?(?:审理|审判|判决|宣判|受理|管辖|立案|提起公诉)"


def _person_rules() -> str:
    nouns = _nouns("person")
    return "|".join(
        [
            rf"哪一?(?:位|名)[^,，。?？哪什么]{{0,8}}?{nouns}(?!次|数|群|民|员)",
            rf"哪一?个[^,，。?？哪什么村镇县市区乡省所局队]{{0,4}}?{nouns}(?!次|数|群|民|员)",
            rf"何人|什么人|啥人|(?:是|有)?谁(?!{_JUDGES})|哪一?(?:位|名)",
            rf"{nouns}[^,，。?？]{{0,3}}?(?:叫(?:什么|啥)(?:名字?)?|姓(?:什么|啥)|(?:的)?(?:姓名|名字|大名)(?:是|叫)?(?:什么|啥)?|姓甚名谁|姓(?:啥|什)名谁)",
            r"(?:网名|假名|化名|真名|本名|原名|曾用名)(?:又|都)?(?:是|叫|为)?(?:什么|啥|哪)|自己叫(?:什么|啥)|用过?(?:了|的)?(?:什么|啥)(?:名字|假名|化名)",
            rf"{nouns}(?:是|为)哪一?(?:个|位)(?:人)?{_END}",
            r"姓甚名谁|姓(?:啥|什)名谁|姓什么|姓啥|姓何名谁|姓名(?:是|为)",
        ]
    )


def _count_rules() -> str:
    return "|".join(
        [
            rf"{_QUANTIFIER}{_SCALE}(?:{MEASURES})?",
            r"(?:数量|人数|总数|总量|件数|起数|次数|户数|数目|数字|规模|面积|距离|重量|长度|高度|浓度|含量)(?:是|有|为|达到?)?(?:多少|多大|多远|多重|多长|多高|几何|几)",
            r"(?<![更许众很太])多(?:大|重|远|长|高|深|宽|快)(?!程度|家|数|型)",
        ]
    )


def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    person = _nouns("person")
    rows = [
        (
            "age",
            rf"多大(?:年纪|岁数|年龄|年岁)|(?:今年|现年)?(?:多少|几)(?:周)?岁|(?:年龄|年纪|岁数)(?:有|是|为)?(?:多少|多大|几何)|(?:{person}|他|她|某|今年|现年|现在|如今)(?:今年|现年|现在|如今)?(?:有|是)?多大(?:了|啦)?{_END}|高寿|芳龄",
        ),
        (
            "percent",
            rf"(?:同比|环比|较上年|比上年|比去年|较去年|跟去年比|与去年比|较上期|比上期)[^多几,，。?？]{{0,12}}?{_CHANGE}了?(?:多少|几){_END}",
        ),
        (
            "percent",
            rf"百分之(?:多少|几)|{_QUANTIFIER}个?百分(?:点|比)|几个点{_END}|几成|多少成(?!员|果|绩)|(?:多大|多少|什么|多高)(?:的)?(?:幅度|比例|比率|百分比|占比)|"
            rf"(?:占比|比重|比例|比率|百分比|增幅|降幅|升幅|涨幅|跌幅|幅度|(?<![汇频速心效])(?<!(?<!成)功)率)[^,，。?？多几]{{0,6}}?(?:有|是|为|达到?|高达|到)?(?:了)?(?:多少|几|多大|多高)(?!\s*(?:{MEASURES}|{_TIMES}))|"
            rf"占(?:到|了|据)?(?:[^,，。?？多几]{{0,10}}的)?(?:多少|几)(?!\s*(?:{MEASURES}|{_TIMES}))(?:成)?",
        ),
        (
            "percent",
            rf"(?:上升|下降|增长|降低|提高|提升|下滑|攀升|上涨|升高|下跌|回落|变化)(?:了|到|至)?(?:多少|几){_END}|"
            r"(?:是)?(?:升还是降|降还是升|增还是减|减还是增|上升还是下降|下降还是上升|增长还是下降|增加还是减少|涨还是跌|多了还是少了)|增减(?:情况)?(?:如何|怎样|怎么样)",
        ),
        ("money", _money_rules()),
        (
            "date",
            rf"什么时候|啥时候?|什么时节|何时|何日|何年|何月|几时|哪[一几]?(?:年|天|日|月(?!份?牌)|周|季度|个?月(?:份)?)|哪[一几]?段(?:时间|时期|日子)|哪个(?:日期|时间|时段|年份|月|季度|星期)|几月(?:份)?(?:几?[日号])?|几[日号](?!{_NUMBERED})|(?:星期|周|礼拜)几|几点(?!要求|意见|建议|措施|做法|经验|内容|启示|原因)(?:钟)?|多会儿|多暂|什么(?:时间|日期|日子|年份|时刻|年代|时期)|(?:时间|日期|日子)(?:是|为)(?:哪|几|什么)?",
        ),
        ("place", rf"(?:多少|第?几)公里(?:处|附近|的?(?:地方|位置|路段))|第几(?:层|楼|节车厢|站台)|几号{_NUMBERED}"),
        (
            "duration",
            rf"多大(?:一)?(?:会儿|工夫|功夫)|多长(?:的)?(?:时间|工夫|刑期|徒刑)|多久|{_QUANTIFIER}(?:多)?(?:{_TIMES})(?!月|份|号)(?:时间)?|多少(?:时间|工夫|功夫)|多长时候|(?:时长|工期|期限|刑期)(?:是|为|有)?(?:多少|多长|几何)",
        ),
        (
            "rank",
            r"第几(?!次|届|期|批|季|章|条)(?:名|位)?|排(?:名|行)?(?:在|到)?(?:全[省市国县区])?(?:第)?(?:老)?(?:几|多少)(?!名民|名群)|名次|(?:排名|排行|位次|位列|位居|排在|名列)[^,，。?？]{0,6}?(?:第几|多少|何处|哪|如何|怎样|怎么样|什么(?:位置|名次|位次))|第几(?:次|届|期|批|季|章|条)",
        ),
        ("person", _person_rules()),
        (
            "post",
            rf"(?:什么|啥|何|哪个|哪种)(?:领导|行政)?{_nouns('post')}|任(?:的)?(?:什么|何|啥)职|{_nouns('post')}(?:是|为)(?:什么|啥)|当(?:的)?(?:什么|啥)官",
        ),
        (
            "place",
            rf"(?:在|到|去|从|于|来自|往|是)?哪(?:里|儿|边|块儿?|旮旯)|(?:在|到|去|从|自|往|回|是)哪(?!些|几|个|一|种|家|位|名|年|天|次|支|所|座|条|两|三|四|五|六|七|八|九|十|月|日|处|项|起|方|趟|场|部|份|款|类|段|辆|句|批|件|级|届|期)|何处|何地|哪一?处(?!罚|理)|哪一?[段幢栋]|(?:啥|什么)(?:地方|地儿|地界)|(?:哪|什么|何|啥)一?(?:个|座|条|处|段|层|栋|幢)?{_nouns('place')}(?!域|长|民|际)|(?:哪|什么|何|啥)一?(?:个|座|条|处|段)[^,，。?？的哪什么]{{0,4}}?{_nouns('place')}(?!域|长|民|际)|哪座",
        ),
        ("org", rf"(?!哪[部台]){_ONE_OF}[^,，。?？的哪什么]{{0,8}}?{_nouns('org')}(?!名称|长|员|人|机|署)|哪一?[支家]{_END}|哪部门|谁(?={_JUDGES})"),
        ("name", _name_rules()),
        (
            "why",
            r"为什么|为何|为啥|缘何|何以|何故|(?:是)?(?:什么|啥|何|哪些)(?:原因|缘故|理由|缘由)|(?:原因|理由|缘由)(?:是|为|何在)?(?:什么|啥)?|因(?:为)?(?:什么|何|啥)|出于(?:什么|哪些|何种)[^,，。?？]{0,6}|凭(?:什么|啥)|怎么会|干嘛要",
        ),
        (
            "how",
            r"怎么(?:样|做|办|着)?|怎样|如何|咋(?:样|做|办|弄|整)?|(?:什么|哪些|何种|啥)(?:样的?)?(?:办法|措施|方式|方法|手段|做法|举措|手法|招数?|法子|途径|渠道|手腕|办法)|(?:用|靠|通过)(?:了)?(?:什么|啥)",
        ),
        ("count", _count_rules()),
        (
            "what",
            r"(?:是|指|指的是|意味着|代表|属于|有|做|干|说|讲|发现|发生|提出|负责|开展|涉及|研发|出台|使用|采取|采用|推出|包括|包含|含)?(?:了|过|些)?(?:什么|啥|哪(?:种|样|般)|何(?:种|事|物))",
        ),
    ]
    return tuple((kind, re.compile(pattern)) for kind, pattern in rows)


_RULES = _rules()
# These kinds share their question word (哪个…, 什么…); the noun after it decides.
_CLASSES = frozenset({"person", "org", "place", "name", "post"})
_SOME = "(?:两|二|三|四|五|六|七|八|九|十|\\d+)"
_MANY = re.compile(
    rf"哪些|哪几|(?:都|各)?(?:有|是)(?:谁|哪|什么|啥)(?=和|都|$|[?？])(?<=都有谁|都是谁|有哪些|都有啥)|都有(?:谁|哪|什么|啥)|都(?:是|叫|姓)(?:谁|什么|啥)|(?<=员|者|人|警|长)有谁|(?:包括|包含|含|有|涵盖|分为|涉及|开展|获得)(?:了|过)?(?:哪(?!个|里|儿|一|位|名|年|天|家)|什么|啥)|哪{_SOME}(?!年|天|月|日|时)|"
    rf"分别(?:是|为|叫|有|指|来自|在|被)?[^,，。?？]{{0,14}}?(?:什么|谁|哪|多少|几|啥)|(?:几|多少)(?:个|项|种|条|方面|类|大)?[^,，。?？]{{0,8}}(?:分别|各是|各自|都是)|各(?:是|有|为|占)?(?:多少|几)|(?:什么|啥)(?:内容|功能|特点|职责|方面|东西)|列举|列出|有什么|有啥|姓啥名谁|{_SOME}(?:名|位|个)[^,，。?？]{{0,12}}(?:是谁|叫(?:什么|啥)|姓名|的名字)|从哪(?:天|一天|日|里|儿)[^,，。?？]{{0,8}}到哪"
)
_MANY_NOUN = re.compile(
    rf"(?:哪些|哪几|哪{_SOME})(?:个|位|名|种|项|类|条|家|起|大|支|处|场|件|款|次|趟|所|座|辆|批|份|张|部|道)?(?P<noun>[^,，。?？]{{0,16}})"
)
_YES_NO = re.compile(r"(?:吗|么|是不是|有没有|是否|能不能|会不会|对不对|对吗|没有)[?？。!！]*$|是否|有没有|是不是")
# 吗 at the end asks whether, whatever question word stands before it; 堵不堵 asks whether by itself.
_ASKS_WHETHER = re.compile(r"(?<!干)(?:吗|是不是|对不对|是真是假|真的假的)[?？。!！]*$|([\u3400-\u9fff])不\1")
_COUNT_UNIT = re.compile(rf"{_QUANTIFIER}{_SCALE}(?P<unit>个(?=多?月|小时)|{MEASURES})")
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》|\"[^\"]*\"|‘[^’]*’")
# A catchword with a gap to be filled: “两降几升”.
_BLANK = re.compile(r"“[^”]{0,8}(?:几|多少|什么)[^”]{0,8}”")
# 总起数是多少 asks for a number of things, never for a share or a sum of money.
_NUMBER_OF = re.compile(r"数量|人数|总数|件数|起数|次数|数目|户数")
_NUMBER_UNITS = {"人数": "人", "件数": "件", "起数": "起", "次数": "次", "户数": "户"}
# 几个偷车的 counts persons by what they do.
_DOERS = re.compile(r"(?!是)[\u3400-\u9fff]{2,6}的(?=$|[?？,，。呢啊呀])")
_FIGURES = frozenset({"count", "money", "percent", "duration", "age", "rank"})


def read_ask(folded: str) -> Ask:
    """Return what ``folded`` (a question in folded form) asks for."""
    bare = _QUOTED.sub(lambda match: "“" * len(match.group()), folded)
    many = _MANY.search(bare)
    if (match := _ASKS_WHETHER.search(bare)) and not re.search(r"升还是降", bare):
        return Ask("yesno", match.start(), match.end())
    for kind, pattern in _RULES:
        if match := pattern.search(bare):
            if kind in _CLASSES:
                kind, match = _nearest_class(bare, kind, match)
            if many and kind in {"place", "person", "org", "name", "what", "count", "date", "money", "percent"}:
                return _many(bare, many, kind, match)
            return _one(bare, kind, match)
    if many:
        return _many(bare, many, "what", many)
    if match := _YES_NO.search(bare):
        return Ask("yesno", match.start(), match.end())
    if match := _BLANK.search(folded):
        return Ask("name", match.start(), match.end(), many=bool(many))
    return Ask("what", len(bare), len(bare))


def _nearest_class(bare: str, kind: str, match: re.Match[str]) -> tuple[str, re.Match[str]]:
    """Return the rule whose class noun stands nearest to the question word: 什么专项行动督促哪些部门 asks for a name."""
    found = [(kind, match)]
    found += [(k, m) for k, p in _RULES if k in _CLASSES and k != kind and (m := p.search(bare))]
    return min(
        found, key=lambda p: (p[1].start() != match.start(), len(p[1].group()), -len(_class_noun(p[0], p[1].group())))
    )


def _one(bare: str, kind: str, match: re.Match[str]) -> Ask:
    if kind not in _FIGURES:
        return Ask(kind, match.start(), match.end(), "", _class_noun(kind, match.group()))
    unit, noun, end = "", "", match.end()
    if (counted := _COUNT_UNIT.search(bare, match.start())) and counted.start() <= match.end():
        unit, end = counted["unit"], max(counted.end(), end)
    if kind == "count":
        noun = _noun_after(bare, end)
        if number := _NUMBER_OF.match(match.group()):
            unit = _NUMBER_UNITS.get(number.group(), "个")
        unit = unit_of_noun(noun) or unit if unit in {"", "个"} else unit
        if counted and counted["unit"] == "个" and _DOERS.match(bare, end) and words(bare[end:])[0].tag[:1] == "v":
            unit = "人"
    return Ask(kind, match.start(), end, unit, noun)


def _many(bare: str, many: re.Match[str], kind: str, match: re.Match[str]) -> Ask:
    """Return a question for several answers; figures that are asked for together (分别) stay figures."""
    if kind in {"count", "money", "percent", "date"}:
        asked = _one(bare, kind, match)
        several = "分别" in bare or "各" in bare or kind == "date"
        return Ask(asked.kind, asked.start, asked.end, asked.unit, asked.noun, many=several)
    noun = ""
    if named := _MANY_NOUN.search(bare):
        noun = "方面" if named["noun"].startswith("方面") else _noun_after(bare, named.start("noun"))
    start, end = min(many.start(), match.start()), max(many.end(), match.end())
    people = kind == "person" if not noun else bool(re.search(rf"{_nouns('person')}$", noun))
    return Ask("person" if people else "list", start, end, "", noun, many=True)


def _noun_after(bare: str, at: int) -> str:
    """Return the first run of nouns after ``at``; what a 的 shows to be a description is passed over.

    >>> _noun_after("走访了多少名从业人员?", 6)
    '从业人员'
    """
    tail = re.split(r"[,，。?？;；!！]|呢|呀|啊", bare[at:])[0]
    if short := _SHORT_NOUN.match(tail):
        return short.group()
    run = _noun_run(tail)
    described = _DESCRIBED.match(tail[len(run) :]) if run else _FIRST_OF.match(tail)
    if not described or (run.endswith(_COUNTED_BODIES) and tail[len(run) :].startswith("的人")):
        return run
    rest = tail[len(run) + described.end() :]
    return _noun_run(rest) or (words(rest)[0].text if rest and run else run)


# One-character nouns that the dictionary sticks to what follows.
_SHORT_NOUN = re.compile(r"人(?![民员力家工均次数才])|地(?![方点区])")
# 多少个部门的人 counts the bodies, not their people.
_COUNTED_BODIES = ("部门", "单位", "国家", "省份", "城市", "民族", "地方")
# After a noun: 之间的, 混乱的. Before any: 不安全的, 要求整改的.
_DESCRIBED = re.compile(r"[\u3400-\u9fff]{0,3}?的")
_FIRST_OF = re.compile(r"[^的]{1,14}的(?:[^的]{1,6}的)?")


def _noun_run(text: str) -> str:
    run, nouns = "", 0
    for word in words(text):
        noun = _is_noun(word)
        if not noun and (run or word.tag not in {"b", "a", "l"}):
            break
        run += word.text
        nouns += noun
    if run and text[len(run) : len(run) + 1] in {"员", "者", "民"}:
        run += text[len(run)]
    return run if nouns else ""


def _is_noun(word: Word) -> bool:
    """Tell whether a word names things; the dictionary's tag is unsure of persons (逃犯)."""
    return word.tag[:1] == "n" or word.tag in {"vn", "j", "eng"} or bool(unit_of_noun(word.text))


def _class_noun(kind: str, phrase: str) -> str:
    """Return the class noun that ``phrase`` ends in, or holds."""
    nouns = [noun for noun in _class_nouns().get(kind, ()) if noun in phrase]
    telling = [noun for noun in nouns if noun not in _NAMELY] or nouns
    return next((noun for noun in telling if phrase.endswith(noun)), telling[0] if telling else "")


# These say that a name is asked for, not of what.
_NAMELY = frozenset({"名称", "名字", "名号", "名头", "称呼", "称谓"})
