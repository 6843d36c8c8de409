"""Page furniture: the lines that belong to the web page and not to the article.

Lines are judged on their folded copy (simplified, half-width, lower case) of the same length. A line that ends like a
sentence is never furniture by itself: when unsure, keep.
"""

from __future__ import annotations

import re

from qa.corpus.draft import Draft
from qa.language.scripts import fold

_SENTENCE_END = re.compile("[。！？!?；;…][”’」』）)\"]?$")
_SOLO = re.compile(
    r"(?i:[\w.@-]{1,80}\.(?:jpe?g|png|gif|bmp|webp|mp4|swf)|Array|undefined|null|NaN|None|\[object Object\]"
    r"|A ?[+＋]{1,2} ?A ?[-－]|A ?[-－] ?A ?[+＋]|[-=_*·—~\s]{3,}|[|>»›·•\s]{1,3}"
    r"|(?:您(?:现在)?的|當前|当前)(?:所在)?位置[:：]?.{0,60}|首页 ?[>»›].{0,60}"
    r"|返回搜狐,?，?查看更多|点击(?:查看|进入|阅读|加载).{0,12}|展开全文|阅读原文|查看更多|加载更多|分享让更多人看到"
    r"|分享到?[:：]?|分享至[:：]?.{0,20}|扫一扫(?:.{0,12}(?:关注|分享|下载|手机|二维码|微信).{0,8})?|打印本?页?|关闭(?:窗口|本页)?|返回(?:顶部|首页|列表)|回到顶部"
    r"|字[号体](?:[:：].{0,12})?|[大中小][ 大中小]{1,5}|【?(?:大 中 小)】?"
    r"|点赞|收藏|举报|订阅|登录|注册|搜索|首页|微信|微博|QQ空间|朋友圈"
    r"|(?:本文)?(?:评论|点击|阅读|浏览|跟帖|分享|转发|收藏|点赞|人气)(?:数|量|次数)?[:：]? ?\d*[次人]?(?:收藏)?"
    r"|责任编辑[:：]|编辑[:：]|来源[:：]|作者[:：])"
)
# Tokens of a line that stands beside a date or a source: 评论:0 点击: 收藏 A+A-
_TOKEN = re.compile(
    r"(?<!\S)(?:(?:评论|点击|阅读|浏览|跟帖|分享|收藏|人气|字号|字体|打印|我要评论|我要纠错|纠错)(?:数|量|次数)?"
    r"(?:[:：] ?\d*[次人]?|\d*)|a\+ ?a-|a- ?a\+|【?(?:大 中 小)】?)(?!\S)"
)
_DATED = re.compile(r"\d{4}[-年/.]\d{1,2}[-月/.]\d{1,2}|来源[:：]")
# Words of a page's foot. The weak ones also stand in articles (a police notice prints 举报电话): two make a foot.
_FOOTER = re.compile(
    r"版权所有|版权声明|copyright|©|\(c\) ?\d{4}|icp[备证]|网公?安备|备案号|许可证.{0,10}\d{5}|不良信息.{0,6}举报"
    r"|广告服务|友情链接|网站(?:简介|地图|声明)|隐私(?:政策|保护)|用户协议|跟帖评论自律|旧版回顾"
    r"|未经.{0,12}(?:授权|许可|书面).{0,20}(?:转载|复制|使用)"
)
_WEAK_FOOTER = re.compile(
    r"联系我们|联系方[式法]|关于我们|招聘信息|技术支持|意见反馈|举报(?:电话|邮箱|热线)|法律(?:声明|顾问)|免责声明|主办单位|承办单位|网站首页"
)
_AFTERWARDS = re.compile(
    r"[【\[—\- ]*(?:今日热搜|热搜榜?|相关(?:推荐|阅读|新闻|链接|文章|报道|稿件|专题)"
    r"|(?:推荐|延伸|更多|猜你喜欢|热门)(?:阅读|推荐|新闻|文章)"
    r"|猜你喜欢|大家都在看|精彩推荐|热门(?:推荐|新闻|文章|评论)|热点(?:新闻|推荐|排行)|网友评论|最新评论|全部评论|我来说两句"
    r"|新闻排行榜?|点击排行榜?|阅读排行榜?|热门标签|为您推荐|编辑推荐|往期(?:回顾|推荐)"
    r"|[上下]一篇[:：]?.{0,60})[】\]—\- :：]*"
)
_INLINE_TAIL = re.compile(
    r"(?:返回搜狐[,，]?查看更多|分享让更多人看到)(?: *(?:责任)?编辑[:：] *)?(?= *$)", re.MULTILINE
)
# A menu is so many lines in a row, each as short as a menu's words.
_MENU_LINES, _MENU_WIDTH = 4, 5
# A page's furniture after the article stands in its last part; nothing before it is cut as such.
_TAIL_SHARE = 0.5
_SHORT = 8


def strip_furniture(draft: Draft) -> Draft:
    """Return the draft without menus, share bars, counters, image names, footers and repeated titles."""
    folded = fold(draft.text)
    draft, folded = _cut(draft, folded, [match.span() for match in _INLINE_TAIL.finditer(folded)])
    draft, folded = _cut(draft, folded, _counters(folded))
    lines = _lines(folded)
    plain = [folded[start:end].strip() for start, end in lines]
    gone = _solo(plain) | _menu(plain) | _repeats(plain) | _tail(plain)
    return draft.without([(start, min(end + 1, len(folded))) for i, (start, end) in enumerate(lines) if i in gone])


def _cut(draft: Draft, folded: str, spans: list[tuple[int, int]]) -> tuple[Draft, str]:
    """Cut the spans out of the draft and of its folded copy."""
    if not spans:
        return draft, folded
    edges = [0, *(edge for span in spans for edge in span), len(folded)]
    return draft.without(spans), "".join(folded[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))


def _counters(folded: str) -> list[tuple[int, int]]:
    """Return the counters and buttons that stand in a line beside a date or a source."""
    return [
        (start + match.start(), start + match.end())
        for start, end in _lines(folded) if end - start <= 120 and _DATED.search(folded, start, end)
        for match in _TOKEN.finditer(folded[start:end])
    ]


def _lines(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for line in text.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _solo(plain: list[str]) -> set[int]:
    return {i for i, line in enumerate(plain) if len(line) <= 100 and _SOLO.fullmatch(line)}


def _menu(plain: list[str]) -> set[int]:
    """Return runs of menu words at the head of the page: before the first line that is longer than a menu's."""
    run = 0
    while run < len(plain) and len(plain[run]) <= _MENU_WIDTH and not _SENTENCE_END.search(plain[run]):
        run += 1
    return set(range(run)) if run >= _MENU_LINES and run < len(plain) else set()


def _repeats(plain: list[str]) -> set[int]:
    """Return later copies of the title line: pages print it again as the text of their pictures."""
    seen: set[str] = set()
    gone: set[int] = set()
    for line in plain[:3]:
        if _SHORT < len(line) <= 80:
            seen.add(line)
            break
    first = next((i for i, line in enumerate(plain) if line in seen), -1)
    gone |= {i for i, line in enumerate(plain) if i > first and line in seen}
    return gone


def _tail(plain: list[str]) -> set[int]:
    """Return what stands under the article: from a heading such as 相关推荐 or a footer line to the end."""
    size = sum(map(len, plain))
    before, first = 0, len(plain)
    for i, line in enumerate(plain):
        if before >= size * _TAIL_SHARE and (_AFTERWARDS.fullmatch(line) or _is_footer(line)):
            first = i
            break
        before += len(line)
    while first > 0 and _is_stub(plain[first - 1]) and first < len(plain):
        first -= 1
    rest = range(first, len(plain))
    if any(_is_prose(plain[i]) for i in rest):
        return {i for i in rest if _is_footer(plain[i]) or _AFTERWARDS.fullmatch(plain[i])}
    return set(rest)


def _is_footer(line: str) -> bool:
    found = _FOOTER.search(line) or len(_WEAK_FOOTER.findall(line)) > 1
    return bool(found) and len(line) <= 300 and not line.endswith(("。", "。”"))


def _is_stub(line: str) -> bool:
    return line in {"关于", "关于本站", "网站", "更多", "热搜"}


def _is_prose(line: str) -> bool:
    if _FOOTER.search(line):
        return False
    return (len(line) >= 15 and line.endswith(("。", "。”"))) or (len(line) > 40 and line.endswith(("!", "?")))
