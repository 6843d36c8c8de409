"""Measure words: which ones a question may count with, and which of them may stand for one another."""

from __future__ import annotations

import re

# Measure words that a person may use for what an article counts with another one; one row is one meaning.
UNIT_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset(["人", "名", "位", "个", "口", "员"]),
    frozenset(["人次", "次", "人", "人(次)", "人/次"]),
    frozenset(["起", "件", "宗", "桩", "个", "例", "次", "案", "串"]),
    frozenset(["处", "个", "项", "条", "点"]),
    frozenset(["家", "个", "户", "所", "间", "处"]),
    frozenset(["份", "张", "册", "本", "个", "条"]),
    frozenset(["条", "个", "项", "件", "篇", "起"]),
    frozenset(["辆", "台", "部", "个", "架", "艘"]),
    frozenset(["辆", "起"]),
    frozenset(["次", "场", "期", "回", "个", "趟", "届", "轮"]),
    frozenset(["只", "头", "匹", "条", "个", "尾", "羽"]),
    frozenset(["支", "个", "队", "组"]),
    frozenset(["村", "个", "座", "镇"]),
    frozenset(["公里", "千米", "米", "里"]),
    frozenset(["公斤", "千克", "吨", "克", "斤"]),
    frozenset(["平方公里", "平方米", "亩", "公顷", "平方千米"]),
    frozenset(["部", "台", "个", "件", "套"]),
    frozenset(["面", "个", "封", "幅", "块"]),
    frozenset(["项", "个", "条", "件", "类", "种", "方面"]),
)

# Lengths, weights and areas: 多少个 counts things, and never asks for these.
_SIZES = frozenset("公里 千米 米 厘米 公斤 千克 吨 克 斤 平方公里 平方米 平方千米 亩 公顷 升 度".split())

# The longer before the shorter. What follows a one-character measure may make it the beginning of another word.
MEASURES = (
    "人次|平方公里|平方米|平方千米|公里|千米|公斤|千克|公顷|个百分点|百分点|万元|亿元|万人|万条|万次|台次|家次|辆次|个(?!人信息)|名(?!字|称|单)|位(?!置)|"
    "人(?!民|员|力|家|工|均|才|间)|口(?!号)|起(?!来|草|诉|码)|件(?!数)|宗|桩|例(?!如)|处(?!罚|理|置|长|分)|项(?!目)|条(?!件|例)|点(?!名|位)|家(?!长|属|人|庭|里|电|常)|"
    "户(?!籍|口)|所(?!长|有|以|谓)|间(?!谍|隔)|份|张(?!姓|某)|册|本(?!来|地|市|县|省|区|人|月|该)|辆|台(?!胞|账)|部(?!门|分|署|队|长|委)|架(?!势)|艘|次(?!数|品)|场(?!所|地|景)|期(?!间|限|待|货)|回(?!家|来|到|访|收|报)|"
    "趟|届|轮(?!船|胎)|只(?!有|是|能|要)|头(?!目|盔)|匹|尾|羽|支(?!队(?!伍)|部|持|付|援|出|书)|队(?!伍|员|长)|组(?!织|长|建|成)|村(?!民|委|长)|座(?!谈|位|舱)|镇(?!长)|面(?!包|积|对|临)|封(?!锁|闭)|幅(?!度)|套(?!路)|"
    "种(?!植|子|类)|类(?!型|别)|篇|元(?!旦|素)|块(?!钱)|度(?!假)|级(?!别)|吨|克(?!服|隆)|斤|米(?!粉)|里(?!面|头|外|程)|亩|票(?!证|贩|据|价|务)|字(?!体)|门(?!店|票|面|卫|口)|枚|颗|根(?!据|本|治)|瓶|箱|袋(?!子)|包(?!括|裹|子|庇)|盒|"
    "层(?!面|级)|栋|幢|班(?!级|组|子|次)|批(?!评|发|捕|准)|股(?!票|东|份)|笔(?!录|迹)|通(?!过|知|报|缉|讯|电|话|行)|道(?!路|具|歉)|桌|顿|针(?!对)|剂|对(?!象|手|策|方)|双(?!方)|挺(?!进)|把(?!握)|发(?!子弹)|路(?!人|段|面|口|灯|过)|"
    "席|章(?!程)|国(?!家|际|内|旗|庆)|省(?!份|级|厅|里)|市(?!民|场|里|级|局)|县(?!里|级|局)|串|台套|人份|小时"
)

_PERSONS = re.compile(
    r"(?:人员?|民警|辅警|警察|警力|嫌犯|嫌疑人|逃犯|学生|群众|市民|村民|居民|旅客|乘客|党员|干部|队员|志愿者|职工|员工|司机|驾驶员|老人|儿童|孩子|受害者|被害人|事主|对象|业主|骗子|小偷|毒贩|教师|官兵|贼|女性|男性)$"
)
_NOUN_UNITS: tuple[tuple[re.Pattern[str], str], ...] = (
    (_PERSONS, "人"),
    (re.compile(r"(?:案件?|案子|纠纷|警情|事故|争执|求助|积案)$"), "起"),
    (re.compile(r"(?:车辆?|汽车|电动车|摩托车?|警车|货车|面包车)$"), "辆"),
)


def unit_of_noun(noun: str) -> str:
    """Return the measure word that goes with ``noun`` where one is certain, else ``""``: 犯罪嫌疑人 -> 人."""
    return next((unit for expression, unit in _NOUN_UNITS if expression.search(noun)), "")


def same_unit(asked: str, found: str) -> bool:
    """Tell whether a figure in unit ``found`` may answer a question that counts in unit ``asked``."""
    if not asked or not found or asked == found:
        return True
    asked, found = _bare(asked), _bare(found)
    if asked == "个":
        return found not in _SIZES
    return asked == found or any(asked in family and found in family for family in UNIT_FAMILIES)


def _bare(unit: str) -> str:
    """Return ``unit`` without its scale (万条) and without the 次 of occasions (台次, 家次; 人次 is its own)."""
    unit = unit.removeprefix("万").removeprefix("亿") or unit
    return unit if unit == "人次" else unit.removesuffix("次") or unit
