"""Names with exact spans: persons with their posts, agencies, places, operations, quoted names, documents."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language.names import find_names
from qa.language.words import cut

cut("热身")  # the dictionary is read before anything is timed


def read(text, kind):
    return [
        (name.text, name.title) if kind == "person" else name.text for name in find_names(text) if name.kind == kind
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("洛阳市公安局老城分局党委副书记、政委曾利民对市局支援民警", [("曾利民", "党委副书记、政委")]),
        ("鄢陵县公安局局长刘延召动员全县公安民警", [("刘延召", "局长")]),
        ("副局长王建国说", [("王建国", "副局长")]),
        ("老城网安大队民警张豪告诉记者", [("张豪", "民警")]),
        # At the end of a text a name is as long as before a comma.
        ("编辑:孙黎波", [("孙黎波", "编辑")]),
        ("审核:李国强", [("李国强", "审核")]),
        ("巡特警大队大队长杨龙立即带领民警奔赴现场", [("杨龙", "大队长")]),
        ("副县长、公安局党委书记、局长吴亮在会上说道", [("吴亮", "副县长、党委书记、局长")]),
        ("全科警长劉敏熱情接待了他", [("劉敏", "全科警长")]),
        ("县委书记尹二军、县长李东岭分别作出批示", [("尹二军", "县委书记"), ("李东岭", "县长")]),
        ("(大象新闻记者 郭帅 通讯员 陈明 王红 )", [("郭帅", "记者"), ("陈明", "通讯员"), ("王红", "通讯员")]),
        ("支队长张全勇、郭建伟、李俊伟等", [("张全勇", "支队长"), ("郭建伟", "支队长"), ("李俊伟", "支队长")]),
        ("市民张先生被骗", [("张先生", "")]),
        ("朱某在微信朋友圈出售手机", [("朱某", "")]),
        ("抓获逃犯马某新;", [("马某新", "")]),
        ("王某说,他不知道", [("王某", "")]),
        ("社会治安持续向好。(郭世霞)", [("郭世霞", "")]),
        ("责任编辑:欧阳章杰", [("欧阳章杰", "责任编辑")]),
        ("民警高度重视,立即赶赴现场", []),
        ("甲河警方印发宣传材料18608份", []),
        ("民警全力开展工作", []),
        ("由副局长李伟任组长", [("李伟", "副局长")]),
        ("所长王国强任专案组组长", [("王国强", "所长")]),
        ("森林警察支队武云飞来到派出所", [("武云飞", "")]),
        ("重庆市长寿区教委", []),
        ("于某未取得驾驶证,由于某种原因,民警将于某传唤", [("于某", ""), ("于某", "")]),
        ("一个名叫冯建国,", [("冯建国", "")]),
        ("民警闻讯赶到", []),
        ("民警和辅警", []),
        ("民警成功将其抓获", []),
        ("群众向她反映了这一问题", []),
        ("由局长任组长", []),
        ("所长说", []),
    ],
)
def test_persons(text, expected):
    assert read(text, "person") == expected


def test_a_person_is_known_again_with_the_title():
    assert read("民警田俊胜来了。田俊胜以案说法", "person") == [("田俊胜", "民警"), ("田俊胜", "民警")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("来自洛阳市公安局法制支队的民警", ["洛阳市公安局法制支队"]),
        ("市局民警支援的是老城分局道北派出所", ["老城分局道北派出所"]),
        ("多次同疫情防控指挥部协调", ["疫情防控指挥部"]),
        ("反映某园林公司拖欠地租", ["某园林公司"]),
        ("该局治安和出入境管理大队集思广益", ["治安和出入境管理大队"]),
        ("接到重庆市涪陵区公安局请求", ["重庆市涪陵区公安局"]),
        ("赢得了重庆警方的感谢", ["重庆警方"]),
        ("走进长垣市公安局魏庄派出所综合指挥室", ["长垣市公安局魏庄派出所"]),
        ("静边公安有多少名党员民辅警", ["静边公安"]),
        ("宣化公安分局出动警力", ["宣化公安分局"]),
        ("浙江宁波高新公安分局侦查大队民警", ["浙江宁波高新公安分局侦查大队"]),
        ("毕业于浙江警察学院", ["浙江警察学院"]),
        ("加强“智慧公安”建设", []),
        ("巡警大队会同荆河派出所抓获", ["巡警大队", "荆河派出所"]),
        ("曾任尧都区公安局副局长", ["尧都区公安局"]),
        ("新乡公安今年以来破获案件", ["新乡公安"]),
        ("东阿縣公安局接到報警", ["东阿縣公安局"]),
        ("经黔东南州中级人民法院审理", ["黔东南州中级人民法院"]),
        ("杞县雨旺中慧饲料有限公司开展演练", ["杞县雨旺中慧饲料有限公司"]),
        ("城北派出所抓获12人", ["城北派出所"]),
        ("今年前三季度清河县公安局抓获12人", ["清河县公安局"]),
        ("去年9月以来清河县公安局抓获12人", ["清河县公安局"]),
        ("全市31个派出所实行", []),
        ("大队长带领民警", []),
        ("到附近的派出所报案", []),
    ],
)
def test_agencies(text, expected):
    assert read(text, "agency") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("刘延召到分包的望田镇杜春营村,倾听", ["望田镇杜春营村"]),
        ("在江津区圣泉街道某小区", ["江津区圣泉街道"]),
        ("在日照将该团伙一网打尽", ["日照"]),
        ("到陈化店镇马桥社区走访时", ["陈化店镇马桥社区"]),
        ("东阿那边砸车窗", ["东阿"]),
        ("明天新乡会下雨", ["新乡"]),
        ("称城厢镇的周某", ["城厢镇"]),
        ("保障人民安宁", []),
        ("全市城区农村社区", []),
    ],
)
def test_places(text, expected):
    assert read(text, "place") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("部署开展打击整治行动“亮剑百日会战”,并", ["亮剑百日会战"]),
        ("在“夏季行动”中", ["夏季行动"]),
        ("开展矛盾纠纷“六防六促”专项行动", ["六防六促"]),
        ("“云剑2023”“昆仑2023”等专项行动", ["云剑2023", "昆仑2023"]),
        ("推进“以打开路”亮剑工程", ["以打开路"]),
        ("開展“零點行動”“三重三見”等專項行動", ["零點行動", "三重三見"]),
        ("夏季治安打击整治行动开展以来", ["夏季治安打击整治行动"]),
        ("全县公安机关大走访大排查大调研专项活动启动", ["大走访大排查大调研专项活动"]),
        ("北京市公安局第四次夏夜统一行动", ["夏夜统一行动"]),
        ("打擊倒賣售賣景區門票專項行動", ["打擊倒賣售賣景區門票專項行動"]),
        ("“雷霆2号·严打违法犯罪·护航春节两会安全专项行动”", ["雷霆2号·严打违法犯罪·护航春节两会安全专项行动"]),
        ("开展专项行动", []),
        ("政法委书记宣布专项活动启动", []),
        ("“真是意想不到。”", []),
    ],
)
def test_operations(text, expected):
    assert read(text, "operation") == expected


def test_quoted_names_and_documents():
    text = "研发“反诈平台”,下发《关于切实办好“暖警”实事的通知》。“我来得匆忙,没有带材料。”"
    assert read(text, "quoted") == ["反诈平台"]
    assert read(text, "document") == ["《关于切实办好“暖警”实事的通知》"]


@given(
    st.one_of(
        st.text(alphabet=st.characters(exclude_categories=())),
        st.text(alphabet="王张李某局长民警公安派出所市县镇村在到和“”《》、, 行动专项先生记者说新乡洛阳大队"),
    )
)
def test_spans_are_exact_in_order_and_apart(text):
    end = 0
    for name in find_names(text):
        assert name.text == text[name.start : name.end] != ""
        assert name.start >= end
        end = name.end


# Time that grows with the square of the text would run into this limit.
@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "text",
    [
        "王" * 20_000,
        "公安局" * 7_000,
        "“" * 20_000,
        "局长" * 10_000,
        "王某" * 10_000,
        "《" * 20_000,
        "(王 " * 7_000,
        "“一”" * 7_000,
    ],
)
def test_long_runs_take_linear_time(text):
    assert all(name.text == text[name.start : name.end] for name in find_names(text))
