"""Other words for the words of a clause: official against everyday Chinese, and neighbours among the word vectors."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

# Each line holds words that a question may use for one another: the press's own first, everyday speech after it.
_GROUPS = """
抓获 抓了 抓住 抓到 逮住 捉拿归案 捕获 擒获
查处 处理 查办 查获 查到
破获 侦破 破了 破
缴获 收缴 查扣 扣下
排查 检查 摸排 查看
化解 调解 解决 平息
矛盾纠纷 矛盾 纠纷 争执 争端
出动 派出 动用 投入
警力 警察 民警 公安人员
民警 警察 警员
走访 上门 拜访 看望
犯罪嫌疑人 嫌疑人 嫌犯 涉案人员
逃犯 在逃人员 通缉犯
群众 老百姓 居民 市民 百姓
发放 发 派发 分发
开展 进行 搞 举行 组织
举行 举办 召开 开
挽回 追回 追缴
损失 财产损失 经济损失
同比 与去年同期相比 跟上一年比 比上年同期
上升 增长 增加 提高 涨
下降 减少 降低 下滑 降
达到 达 超过 有
共计 累计 总共 一共 共
目前 现在 如今 截至目前
今年 本年度
企业 公司 厂家
帮助 帮 协助 帮忙
救助 营救 救 救援
接到 收到 接
报警 报案 求助
受理 接收 办理
隐患 风险 问题 安全隐患
整改 改正 整治 治理
宣传 普及 科普 宣讲
车辆 车 汽车 机动车
酒驾 酒后驾驶 喝酒开车
罚款 罚 处罚
获得 得到 拿到 获
建立 成立 设立 建
位于 在 地处 坐落
担任 任 当 做
出生 生 诞生
去世 逝世 死 离世
毕业 念完
创立 成立 创办 建立
表示 说 称 指出 认为
发布 公布 发表 推出
计划 打算 准备 拟
参加 参与 出席
学生 同学 孩子
老人 老年人 老年
费用 花费 钱 金额
投资 出资 投入
建设 修建 建造 兴建
完成 做完 办完
发现 找到 查出
收入 营收 进账
销售 卖 卖出
购买 买 采购
死亡 遇难 丧生
受伤 伤
"""


def listed(text: str) -> frozenset[str]:
    """Return the words of a list that is written with spaces."""
    return frozenset(text.split())


class Wording:
    """Gives another word for a word: from the groups first, now and then a near neighbour by its vector."""

    def __init__(self, words: Sequence[str], vectors: npt.NDArray[np.float32], least: float = 0.6) -> None:
        self._groups: dict[str, list[str]] = {}
        for line in _GROUPS.strip().splitlines():
            group = line.split()
            for word in group:
                self._groups.setdefault(word, []).extend(other for other in group if other != word)
        self._rows = {word: row for row, word in enumerate(words)}
        self._words, self._vectors, self._least = words, vectors, least
        self._near: dict[str, list[str]] = {}

    def other(self, word: str, rng: random.Random) -> str:
        """Return another word for ``word``, or ``word`` where none is known."""
        options = self._groups.get(word)
        if options is None:
            options = self.neighbours(word)
        return rng.choice(options) if options else word

    def neighbours(self, word: str) -> list[str]:
        """Return up to three words of two characters or more whose vectors are nearest, none of them a number."""
        if word not in self._near:
            row = self._rows.get(word)
            self._near[word] = [] if row is None or row > 30000 or len(word) < 2 else self._search(row)
        return self._near[word]

    def _search(self, row: int) -> list[str]:
        cosine = self._vectors[:30000] @ self._vectors[row]
        best = [i for i in np.argsort(-cosine)[:6].tolist() if i != row and cosine[i] >= self._least]
        return [self._words[i] for i in best if len(self._words[i]) > 1 and self._words[i][0] != "#"][:3]
