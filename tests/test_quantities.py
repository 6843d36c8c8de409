"""Every figure of Chinese prose with its value, unit, kind and bound; and all the numbers that are no figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language.quantities import find_quantities, in_seconds


def read(text):
    """Show quantities compactly: text=value[~high] unit kind bound."""
    return [
        f"{q.text}={q.value}{'' if q.high is None else f'~{q.high}'} {q.unit} {q.kind} {q.bound}".strip()
        for q in find_quantities(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("出动警力2980人次", "2980人次=2980 人次 count"),
        ("培训1.2万余人次", "1.2万余人次=12000 人次 count over"),
        ("被骗的5.9万元", "5.9万元=59000 元 money"),
        ("下降11.12%", "11.12%=11.12 % percent"),
        ("百分之十三点五", "百分之十三点五=13.5 % percent"),
        ("百分之5", "百分之5=5 % percent"),
        ("三成以上的群众", "三成以上=30 % percent over"),
        ("近四成,", "近四成=40 % percent about"),
        ("千分之三", "千分之三=3 ‰ percent"),
        ("近百名群众", "近百名=100 名 count about"),
        ("70%以上的警情", "70%以上=70 % percent over"),
        ("10余起车窗被砸警情", "10余起=10 起 count over"),
        ("100多户", "100多户=100 户 count over"),
        ("总价值3万余元", "3万余元=30000 元 money over"),
        ("约300余万元", "约300余万元=3000000 元 money over"),
        ("挽回损失1.4亿元", "1.4亿元=140000000 元 money"),
        ("损失超过5万元", "超过5万元=50000 元 money over"),
        ("不到20万元", "不到20万元=200000 元 money under"),
        ("涉案金额7000万余元", "7000万余元=70000000 元 money over"),
        ("假冒电器4万多件", "4万多件=40000 件 count over"),
        ("137.1414万元", "137.1414万元=1371414 元 money"),
        ("200万美元", "200万美元=2000000 美元 money"),
        ("一万二千余元", "一万二千余元=12000 元 money over"),
        ("300多元", "300多元=300 元 money over"),
        ("采集2857943条", "2857943条=2857943 条 count"),
        ("宣传页18,608份", "18,608份=18608 份 count"),
        ("２９８０人次", "２９８０人次=2980 人次 count"),
        ("總人口66.7萬", "66.7萬=667000  count"),
        ("四千五百多", "四千五百多=4500  count over"),
        ("十余名", "十余名=10 名 count over"),
        ("几十名", "几十名=10 名 count over"),
        ("数百人", "数百人=100 人 count over"),
        ("上千万元", "上千万元=10000000 元 money over"),
        ("两个临时党支部", "两个=2 个 count"),
        ("三名跨境赌博犯罪嫌疑人", "三名=3 名 count"),
        ("一名无户籍儿童", "一名=1 名 count"),
        ("破获一起盗窃案", "一起=1 起 count"),
        ("致一人死亡", "一人=1 人 count"),
        ("仅一个窝点", "一个=1 个 count"),
        ("第3位", "第3位=3 位 ordinal"),
        ("位列全省第三", "第三=3  ordinal"),
        ("位居榜首", "榜首=1  ordinal"),
        ("位列首位", "首位=1  ordinal"),
        ("排名全省前三", "前三=3  ordinal under"),
        ("3至5天", "3至5天=3~5 天 duration"),
        ("3—5天", "3—5天=3~5 天 duration"),
        ("三到五名", "三到五名=3~5 名 count"),
        ("3000至5000元", "3000至5000元=3000~5000 元 money"),
        ("3至5万元", "3至5万元=30000~50000 元 money"),
        ("三年以上七年以下有期徒刑", "三年以上七年以下=3~7 年 duration"),
        ("200元以上2000元以下罚款", "200元以上2000元以下=200~2000 元 money"),
        ("10日以上15日以内", "10日以上15日以内=10~15 日 duration"),
        ("月均收入在16万-19万日元", "16万-19万日元=160000~190000 日元 money"),
        ("现金流净额-3689.81万元", "-3689.81万元=-36898100 元 money"),
        ("增幅为-3.5%,", "-3.5%=-3.5 % percent"),
        ("净利润负3689万元", "负3689万元=-36890000 元 money"),
        ("7月-8.5%", "8.5%=8.5 % percent"),
        ("不论胜负3000元", "3000元=3000 元 money"),
        ("有期徒刑一年六个月,", "一年六个月=18 个月 duration"),
        ("口子缝了13针,", "13针=13 针 count"),
        ("坐船要一个小时二十分钟。", "一个小时二十分钟=80 分钟 duration"),
        ("1年6个月零15天", "1年6个月零15天=555 天 duration"),
        ("历时3小时20分钟", "3小时20分钟=200 分钟 duration"),
        ("历时19个小时40分", "19个小时40分=1180 分 duration"),
        ("七个月零5天", "七个月零5天=215 天 duration"),
        ("有期徒刑六个月至三年不等", "六个月至三年=6~36 个月 duration"),
        ("有期徒刑一年六个月至三年不等", "一年六个月至三年=18~36 个月 duration"),
        ("20%-30%", "20%-30%=20~30 % percent"),
        ("10万到20万左右", "10万到20万左右=100000~200000  count about"),
        ("七八个窝点", "七八个=7~8 个 count about"),
        ("三四百人", "三四百人=300~400 人 count about"),
        ("潜逃28年", "28年=28 年 duration"),
        ("24小时", "24小时=24 小时 duration"),
        ("半小时", "半小时=0.5 小时 duration"),
        ("一个多月", "一个多月=1 个月 duration over"),
        ("半个多月", "半个多月=0.5 个月 duration over"),
        ("1个半小时", "1个半小时=1.5 个小时 duration"),
        ("三年半", "三年半=3.5 年 duration"),
        ("两年多", "两年多=2 年 duration over"),
        ("10多年", "10多年=10 年 duration over"),
        ("一百多天", "一百多天=100 天 duration over"),
        ("近三个月", "近三个月=3 个月 duration about"),
        ("连续8年", "8年=8 年 duration"),
        ("有期徒刑一年", "一年=1 年 duration"),
        ("行政拘留10日", "10日=10 日 duration"),
        ("五年内", "五年=5 年 duration"),
        ("20分钟以内", "20分钟以内=20 分钟 duration under"),
        ("辖区80岁老人", "80岁=80 岁 age"),
        ("七旬老人", "七旬=70 岁 age about"),
        ("866平方公里", "866平方公里=866 平方公里 area"),
        ("40公里", "40公里=40 公里 distance"),
        ("缴获毒品3.5公斤", "3.5公斤=3.5 公斤 weight"),
        ("113mg/100ml", "113mg/100ml=113 mg/100ml weight"),
        ("3倍", "3倍=3 倍 multiple"),
        ("翻了一番", "翻了一番=2 倍 multiple"),
        ("5个百分点", "5个百分点=5 个百分点 percent"),
        ("四分之三", "四分之三=0.75  ratio"),
        ("一半以上", "一半以上=0.5  ratio over"),
        ("转战5市", "5市=5 市 count"),
        ("26项目标任务", "26项=26 项 count"),
        ("一行四人", "四人=4 人 count"),
        ("经过半个月的努力", "半个月=0.5 个月 duration"),
        ("记3分的处罚", "3分=3 分 count"),
        ("行政拘留五日", "五日=5 日 duration"),
        ("约五十米", "约五十米=50 米 distance about"),
        ("多人伤亡,男子3名", "3名=3 名 count"),
    ],
)
def test_one_figure(text, expected):
    assert read(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("走访入户4872家12168人", ["4872家=4872 家 count", "12168人=12168 人 count"]),
        ("下降62.52%、54.77%", ["62.52%=62.52 % percent", "54.77%=54.77 % percent"]),
        ("“1、3、5分钟”", ["1=1 分钟 duration", "3=3 分钟 duration", "5分钟=5 分钟 duration"]),
        ("分别上升0.7和0.3个百分点", ["0.7=0.7 个百分点 percent", "0.3个百分点=0.3 个百分点 percent"]),
        ("365天×24小时", ["365天=365 天 duration", "24小时=24 小时 duration"]),
        ("奋战5天、转战5市", ["5天=5 天 duration", "5市=5 市 count"]),
        ("859个(4140人)", ["859个=859 个 count", "4140人=4140 人 count"]),
        ("一年以上的、七年以下的", ["一年以上=1 年 duration over", "七年以下=7 年 duration under"]),
        ("三年以上七年以上", ["三年以上=3 年 duration over", "七年以上=7 年 duration over"]),
        ("致2死7伤", ["2=2  count", "7=7  count"]),
        ("12个镇386个行政村", ["12个=12 个 count", "386个=386 个 count"]),
    ],
)
def test_several_figures(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1+1>2",
        "“7.16”流动赌博案",
        "雷霆1号",
        "2022年12月25日",
        "截至6月29日18时",
        "2023-10-10 10:13:46",
        "去年6月",
        "1至11月",
        "电话18663509279",
        "0370-3797114",
        "许可证37120180030",
        "第720号",
        "A级",
        "5G",
        "App",
        "518国道",
        "二号楼",
        "3号线",
        "80后",
        "110报警",
        "96110、110",
        "一起努力",
        "统一",
        "一线",
        "一个目标",
        "一直",
        "一村(格)一警",
        "三通道一工程",
        "两队一室",
        "六防六促",
        "一案一奖",
        "两人两证",
        "千家万户",
        "千方百计",
        "百日会战",
        "十分高兴",
        "万一",
        "两侧",
        "两岸",
        "二级保护",
        "三轮车",
        "二手车",
        "五台山",
        "三明市",
        "“八条底线”",
        "“六个新聊城”",
        "“三个第一讲”",
        "“5841”",
        "“312”人才",
        "《第3号文件5条》",
        "第一时间",
        "第一线",
        "第二天",
        "数名男子",
        "几名学生",
        "这一年",
        "有一天",
        "周三下午",
        "高三学生",
        "成千上万",
        "一些",
        "一种",
        "“两降三升”",
        "二十大",
        "十字路口",
        "零件若干",
        "四处搜寻",
        "二轮、三轮摩托车",
        "三人一档",
    ],
)
def test_no_figure(text):
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30秒", 30),
        ("10分钟", 600),
        ("1小时", 3600),
        ("半小时", 1800),
        ("3天", 259200),
        ("28年", 883008000),
        ("5人", None),
    ],
)
def test_in_seconds(text, seconds):
    (quantity,) = find_quantities(text)
    assert in_seconds(quantity) == (None if seconds is None else Decimal(seconds))


@given(
    st.one_of(
        st.text(alphabet=st.characters(exclude_categories=())),
        st.text(alphabet="一二两三十百千万亿半余多近约第个人名年月日时元%成.、至到-/:0123456789“”《》起案在"),
    )
)
def test_spans_are_exact_in_order_and_apart(text):
    end = 0
    for quantity in find_quantities(text):
        assert quantity.text == text[quantity.start : quantity.end] != ""
        assert quantity.start >= end
        end = quantity.end
        assert quantity.value >= 0
        assert quantity.high is None or quantity.high > quantity.value


# Time that grows with the square of the text would run into this limit.
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    ["一" * 40_000, "1" * 40_000, "1、" * 20_000, "10万至" * 10_000, "“" * 40_000, "第一" * 20_000, "近" * 40_000],
)
def test_long_runs_take_linear_time(text):
    assert all(quantity.text == text[quantity.start : quantity.end] for quantity in find_quantities(text))
