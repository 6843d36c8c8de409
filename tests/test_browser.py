"""The web chat in a real Chromium against the real server: what a reader sees, does and is kept from."""

import csv
import io
import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from documents import word_document
from playwright.sync_api import Error, Page, expect, sync_playwright
from serving import SEEDS, Server, library_of, slowness, wenju

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION = "鄢陵县公安局大走访专项活动累计出动警力多少人次?"
FIGURE = "2980人次"
OTHER = "靖边公安局有多少个基层党支部?"
# What the built page is made of: as long as it is held, only the first page is there.
FRAMEWORK = "**/assets/index-*.js"
JOIN, STREAM = "**/gradio_api/queue/join*", "**/gradio_api/queue/data*"
LITERALS = ("10*3*2", "1_000_", "$5$", "#1", "3. 4", "~~5~~")
# A machine that is loaded tenfold takes its time; promises in seconds are tested for themselves.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
ENTITIES = "&lt;b&gt; &amp;"
HOSTILE = (
    "<script>window.hacked=1</script>",
    "<img src=http://evil.example/x.png onerror=window.hacked=1>",
    "<style>body{background:url(http://evil.example/c)}</style>",
    "![x](http://evil.example/m.png)",
    "[点我](javascript:window.hacked=1)",
    "<form action=http://evil.example><input name=p>",
    "<iframe src=//evil.example>",
    "<svg onload=window.hacked=1>",
    "<div style='position:fixed;inset:0;background:red'>盖住",
    "{{constructor.constructor('x')()}}",
    "${window.hacked=1}",
    "</div></section><h1>出逃",
    ENTITIES,
    "<b>粗</b>",
    "`code` **粗** _斜_",
    "| a | b |",
    "> 引",
    "- 项",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def server(folder):
    with Server(library_of(folder / "library", SEEDS)) as running:
        yield running
    assert "Traceback" not in running.log, running.log


@pytest.fixture(scope="module")
def chromium():
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as driver:
        # Chromium's own sandbox needs rights that a container does not give.
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, server):
    """Open pages as a reader with the given screen and language; afterwards nothing foreign or wrong has happened."""
    contexts, problems = [], []

    def watch(page: Page) -> None:
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda said: _complains(said) and problems.append(said.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: (problems.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: _foreign(request.url, server.url) and problems.append(request.url))

    def open_page(path: str = "/", before: Callable[[Page], object] = lambda page: None, **options) -> Page:
        context = chromium.new_context(**{"locale": "zh-CN", "viewport": {"width": 1360, "height": 860}} | options)
        context.on("page", watch)
        contexts.append(context)
        page = context.new_page()
        before(page)
        page.goto(server.url + path)
        page.wait_for_selector("#wj-first", state="detached")
        return page

    yield open_page
    for context in contexts:
        for page in context.pages:
            assert page.evaluate("window.hacked") is None
        context.close()
    assert problems == []


def _complains(said) -> bool:
    # The framework says this of its own upload progress each time; nothing is wrong then.
    return said.type in ("error", "warning") and said.text != "Method not implemented."


def _foreign(address: str, home: str) -> bool:
    return not address.startswith((home, "data:", "blob:"))


def ask(page: Page, question: str) -> None:
    turns = page.locator(".wj-turn").count()
    page.locator("#wj-question textarea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".wj-turn")).to_have_count(turns + 1)
    expect(page.locator(".wj-pending")).to_have_count(0)


@contextmanager
def answered(page: Page) -> Iterator[None]:
    """Wait until what is asked for inside the block has come, whether or not anything of it is shown.

    The page may hang up on it, and then no request tells of its end: an answer takes a tenth of the time waited.
    """
    with page.expect_response(JOIN):
        yield
    page.wait_for_timeout(2_500)


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Let the page go on until something that is seen from outside holds."""
    last = time.monotonic() + PATIENCE / 1000
    while not holds():
        assert time.monotonic() < last
        page.wait_for_timeout(20)


@contextmanager
def first_page(page: Page, address: str = "") -> Iterator[None]:
    """Open or reload a page that is kept from being built while the block lasts."""
    held = []
    page.route(FRAMEWORK, lambda route: held.append(route))
    if address:
        page.goto(address, wait_until="commit")
    else:
        page.reload(wait_until="commit")
    page.wait_for_selector("#wj-first textarea")
    until(page, lambda: held)
    # The first page's own script has run when it says how the page is lit.
    page.wait_for_function("window.wenju")
    yield
    page.unroute(FRAMEWORK)
    for route in held:
        # A page that was loaded again meanwhile no longer waits for what it had asked for.
        with suppress(Error):
            route.continue_()


def width(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


def test_the_main_job_figure_source_and_highlight(visit):
    page = visit()
    ask(page, QUESTION)
    expect(page.locator(".wj-headline")).to_contain_text(f"{FIGURE} [1]")
    panel = page.locator("#wj-source-body")
    exact = panel.locator("mark.wj-exact")
    expect(exact).to_have_text(re.compile("2980"))
    expect(exact).to_be_in_viewport()
    sentence = panel.locator("mark.wj-cited").inner_text()
    raw = (SEEDS / "001_75a587f0f879bd51.txt").read_text(encoding="utf-8")
    assert FIGURE in sentence
    assert sentence in raw
    expect(page.locator(".wj-sources")).to_contain_text("001_75a587f0f879bd51.txt")


def test_a_marker_opens_its_source_and_the_raw_file_is_one_click_further(visit):
    page = visit()
    ask(page, QUESTION)
    page.locator(".wj-headline a.wj-cite").first.click()
    with page.context.expect_page() as opened:
        page.locator("#wj-source-body").get_by_role("link", name="查看原始文件").click()
    raw = opened.value
    raw.wait_for_load_state()
    expect(raw.locator("mark.wj-cited")).to_contain_text(FIGURE)
    expect(raw.locator("mark.wj-exact")).to_be_in_viewport()


def test_a_refusal_looks_like_one_and_offers_the_nearest_passages(visit):
    page = visit()
    ask(page, "郑州市公安局2023年抓获多少名逃犯?")
    card = page.locator(".wj-refusal")
    expect(card).to_contain_text("文章里没有找到答案")
    expect(card.locator(".wj-text")).to_contain_text("郑州")
    expect(card.locator(".wj-nearest li").first).to_be_visible()
    card.locator(".wj-nearest a").first.click()
    expect(page.locator("#wj-source-body mark.wj-cited").first).to_be_visible()


def test_a_follow_up_shows_how_it_was_understood(visit):
    page = visit()
    ask(page, QUESTION)
    ask(page, "化解矛盾纠纷呢?")
    expect(page.locator(".wj-turn").last.locator(".wj-resolved")).to_contain_text("理解为")


def test_starter_and_follow_up_questions_come_from_the_library_and_are_answered(visit):
    page = visit()
    starters = page.locator("#wj-offers .wj-try")
    expect(starters.first).to_be_visible()
    asked = starters.first.inner_text()
    starters.first.click()
    expect(page.locator(".wj-q")).to_have_text(asked)
    expect(page.locator(".wj-card:not(.wj-pending) .wj-headline")).to_be_visible()
    expect(page.locator(".wj-refusal")).to_have_count(0)


def test_a_link_asks_its_question(visit):
    page = visit(f"/?q={quote(QUESTION)}")
    expect(page.locator(".wj-headline")).to_contain_text(FIGURE)
    assert "q=" not in page.url


def test_filters_narrow_the_chat_and_go_with_the_question(visit, server):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="筛选").click()
    page.get_by_label("来源", exact=True).click()
    page.get_by_role("option", name="新乡日报").click()
    page.get_by_label("起始日期").fill("2023年10月")
    ask(page, QUESTION)
    expect(page.locator(".wj-within")).to_have_text("只看：来源 新乡日报 · 2023年10月 起")
    expect(page.locator("#wj-talk")).not_to_contain_text(FIGURE)
    expect(page.locator("#wj-filter")).to_have_attribute("data-set", "2")
    page.get_by_role("button", name="链接").click()
    address = page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(f"{server.url}/?q=")
    page.get_by_role("button", name="清除").click()
    expect(page.locator("#wj-filter")).to_have_attribute("data-set", "")
    ask(page, QUESTION)
    expect(page.locator(".wj-headline").last).to_contain_text(FIGURE)
    page.reload()
    expect(page.locator(".wj-q")).to_have_count(2)
    expect(page.locator(".wj-within")).to_have_count(1)
    again = visit(address.removeprefix(server.url))
    expect(again.locator(".wj-within")).to_contain_text("新乡日报")
    expect(again.locator("#wj-filter")).to_have_attribute("data-set", "2")


def test_a_day_that_is_none_is_said_in_the_chat(visit):
    page = visit()
    page.get_by_role("button", name="筛选").click()
    page.get_by_label("截止日期").fill("昨天")
    ask(page, QUESTION)
    expect(page.locator(".wj-error")).to_contain_text("“昨天”不是日期")


def test_reload_keeps_the_chat_and_a_second_tab_has_its_own(visit, server):
    page = visit()
    ask(page, QUESTION)
    page.reload()
    expect(page.locator(".wj-headline")).to_contain_text(FIGURE)
    second = page.context.new_page()
    second.goto(server.url)
    expect(second.locator(".wj-empty")).to_be_visible()
    ask(second, OTHER)
    expect(page.locator(".wj-turn")).to_have_count(1)
    page.get_by_role("button", name="历史").click()
    expect(page.locator("#wj-chats .wj-chat")).to_have_count(2)
    page.locator("#wj-chats .wj-chat", has_text="靖边").click()
    expect(page.locator(".wj-q")).to_have_text(OTHER)


def test_every_question_of_a_chat_is_kept_not_only_the_first(visit):
    page = visit()
    asked = [QUESTION, "化解矛盾纠纷呢?", OTHER]
    for question in asked:
        ask(page, question)
    page.reload()
    expect(page.locator(".wj-q")).to_have_text(asked)
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".wj-empty")).to_be_visible()
    page.get_by_role("button", name="历史").click()
    page.locator("#wj-chats .wj-chat").click()
    expect(page.locator(".wj-q")).to_have_text(asked)


def test_a_question_that_is_faster_than_the_page_is_answered(visit):
    held = []

    def slow(page: Page) -> None:
        page.route(JOIN, lambda route: held.append(route) if not held else route.continue_())

    page = visit(before=slow)
    until(page, lambda: held)
    page.locator("#wj-question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".wj-headline")).to_contain_text(FIGURE)
    held[0].continue_()
    expect(page.locator("#wj-offers .wj-try").first).to_be_attached()
    page.wait_for_timeout(500)
    expect(page.locator(".wj-q")).to_have_text(QUESTION)
    expect(page.locator(".wj-headline")).to_contain_text(FIGURE)


def test_a_question_between_two_event_streams_is_answered(visit):
    streams, joins = [], []

    def hold(page: Page) -> None:
        # The first stream is read to its end, but the page hears nothing of it yet.
        page.route(STREAM, lambda route: streams.append((route, route.fetch())), times=1)
        page.on("response", lambda response: "queue/join" in response.url and joins.append(response))

    page = visit(before=hold)
    until(page, lambda: streams and joins)
    before = len(joins)
    page.locator("#wj-question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    until(page, lambda: len(joins) > before)
    route, response = streams[0]
    route.fulfill(response=response)
    expect(page.locator(".wj-headline")).to_contain_text(FIGURE)


def test_reload_while_answering_loses_nothing(visit):
    page = visit()
    page.locator("#wj-question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector(".wj-q")
    page.reload()
    expect(page.locator(".wj-headline")).to_contain_text(FIGURE)


def test_new_chat_retry_copy_like_and_link(visit, server):
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.get_by_role("button", name="复制").click()
    expect(page.locator("#wj-toast")).to_contain_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    for part in (QUESTION, FIGURE, "出处", "001_75a587f0f879bd51.txt", "该局累计出动警力2980人次"):
        assert part in copied
    page.get_by_role("button", name="链接").click()
    expect(page.locator("#wj-toast")).to_contain_text("链接")
    assert page.evaluate("navigator.clipboard.readText()") == f"{server.url}/?q={quote(QUESTION, safe='')}"
    page.get_by_role("button", name="有用").click()
    expect(page.locator(".wj-act-good")).to_have_attribute("aria-pressed", "true")
    kept = json.loads((server.library / "feedback.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (kept["question"], kept["liked"]) == (QUESTION, True)
    with answered(page):
        page.get_by_role("button", name="重答").click()
    expect(page.locator(".wj-headline")).to_contain_text(FIGURE)
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".wj-empty")).to_be_visible()
    expect(page.locator(".wj-turn")).to_have_count(0)


def feedback(server: Server) -> list[dict[str, object]]:
    """Return what readers said of answers, as it is kept beside the library."""
    lines = (server.library / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_what_a_reader_thinks_is_kept_and_stays_in_sight(visit, server):
    page = visit()
    ask(page, QUESTION)
    good, bad = page.locator(".wj-act-good"), page.locator(".wj-act-bad")
    for button, other, liked in ((good, bad, True), (bad, good, False)):
        button.first.click()
        expect(button.first).to_have_attribute("aria-pressed", "true")
        expect(other.first).not_to_have_attribute("aria-pressed", "true")
        kept = feedback(server)[-1]
        assert (kept["question"], kept["headline"], kept["liked"]) == (QUESTION, f"{FIGURE} [1]", liked)
    refused = "郑州市公安局2023年抓获多少名逃犯?"
    ask(page, refused)
    expect(bad.first).to_have_attribute("aria-pressed", "true")
    expect(bad.last).not_to_have_attribute("aria-pressed", "true")
    bad.last.click()
    expect(bad.last).to_have_attribute("aria-pressed", "true")
    kept = feedback(server)[-1]
    assert (kept["question"], kept["headline"], kept["liked"]) == (refused, "文章里没有找到答案", False)


def test_a_follow_up_that_is_offered_is_asked_in_the_same_chat(visit):
    page = visit()
    ask(page, QUESTION)
    offered = page.locator("#wj-offers .wj-try")
    question = offered.first.inner_text()
    offered.first.click()
    expect(page.locator(".wj-q")).to_have_text([QUESTION, question])
    last = page.locator(".wj-turn").last
    expect(last.locator(".wj-headline")).to_be_visible()
    expect(last.locator(".wj-refusal")).to_have_count(0)
    # What was asked already is not offered again.
    expect(offered.first).to_be_visible()
    assert not {QUESTION, question} & set(page.locator("#wj-offers .wj-try").all_inner_texts())


def test_a_repeated_answer_that_comes_late_stays_out_of_the_new_chat(visit):
    page = visit()
    ask(page, QUESTION)
    held = []
    page.route(JOIN, lambda route: held.append(route), times=1)
    with page.expect_request(JOIN):
        page.get_by_role("button", name="重答").click()
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".wj-empty")).to_be_visible()
    with answered(page):
        held[0].continue_()
    expect(page.locator(".wj-empty")).to_be_visible()
    ask(page, OTHER)
    assert page.locator(".wj-q").all_inner_texts() == [OTHER]


def test_stop_takes_the_question_back_while_others_are_answered(visit, server):
    page = visit()

    def talk_aside(number):
        history = [f"新乡公安抓获逃犯多少人{'?' * (place + 15 * number)}" for place in range(15)]
        return httpx.post(f"{server.url}/api/ask", json={"question": "还有呢?", "history": history}, timeout=60)

    with ThreadPoolExecutor(4) as pool:
        aside = [pool.submit(talk_aside, number) for number in range(4)]
        time.sleep(0.5)
        page.locator("#wj-question textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        page.locator("#wj-stop").click()
        expect(page.locator(".wj-turn")).to_have_count(0)
        expect(page.locator("#wj-question textarea")).to_have_value(QUESTION)
        assert {each.result().status_code for each in aside} <= {200, 504}
    page.locator("#wj-question textarea").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".wj-headline")).to_contain_text(FIGURE)


def test_an_answer_that_comes_after_a_new_chat_was_begun_is_dropped(visit):
    page = visit()
    held = []
    page.route(JOIN, lambda route: held.append(route), times=1)
    with page.expect_request(JOIN):
        page.locator("#wj-question textarea").fill(QUESTION)
        page.keyboard.press("Enter")
    page.get_by_role("button", name="新对话").click()
    page.locator("#wj-question textarea").fill(OTHER)
    with answered(page):
        held[0].continue_()
    expect(page.locator("#wj-question textarea")).to_have_value(OTHER)
    page.keyboard.press("Enter")
    expect(page.locator(".wj-q")).to_have_text(OTHER)
    expect(page.locator(".wj-card:not(.wj-pending)")).to_be_visible()
    expect(page.locator(".wj-turn")).to_have_count(1)


def test_questions_are_shown_letter_by_letter(visit):
    page = visit()
    for payload in (*LITERALS, *HOSTILE):
        ask(page, payload)
    assert page.locator(".wj-q").all_inner_texts() == [*LITERALS, *HOSTILE]
    assert page.locator("#wj-talk :is(script, img, iframe, form, input, style, svg, em, code)").count() == 0


def test_hostile_and_literal_articles_are_shown_letter_by_letter(visit, tmp_path):
    page = visit()
    text = f"测试县公安局开展专项检查。{'。'.join(HOSTILE)}。该局检查商铺 {' '.join(LITERALS)} 共计4321家。"
    article = tmp_path / "evil<img src=x onerror=alert(1)>.jsonl"
    record = {"id": HOSTILE[1], "title": "".join(HOSTILE[:3]), "text": text, "url": "javascript:alert(1)"}
    article.write_text(json.dumps(record), "utf-8")
    page.get_by_role("tab", name="文章").click()
    page.get_by_role("button", name="添加文章").click()
    page.locator("#wj-files input[type=file]").set_input_files(article)
    page.get_by_role("button", name="加入库中").click()
    expect(page.locator("#wj-report")).to_contain_text("已添加")
    row = page.locator("#wj-articles tr", has_text="window.hacked")
    expect(row).to_contain_text(HOSTILE[0])
    row.locator("a").click()
    body = page.locator("#wj-source-body .wj-body")
    expect(body).to_contain_text("4321家")
    shown = body.inner_text()
    for payload in (*LITERALS, *HOSTILE):
        # Entities in an article are what its editor left of characters: the cleaned text has the characters.
        assert payload in shown or payload == ENTITIES
    page.get_by_role("tab", name="提问").click()
    ask(page, "测试县公安局检查商铺共计多少家?")
    for place in ("#wj-talk", "#wj-source-body", "#wj-articles"):
        assert page.locator(f"{place} :is(script, img, iframe, form, style, svg)").count() == 0
    with page.context.expect_page() as opened:
        page.locator("#wj-source-body").get_by_role("link", name="查看原始文件").click()
    opened.value.wait_for_load_state()
    assert opened.value.locator(".wj-body :is(script, img, iframe, form, style, svg)").count() == 0
    remove(page, "window.hacked")


def remove(page: Page, words: str) -> None:
    page.get_by_role("tab", name="文章").click()
    if not page.locator("#wj-remove-run").is_visible():
        page.get_by_role("button", name="移除文章").click()
    before = page.locator("#wj-articles tbody tr").count()
    page.locator("#wj-remove-pick input").click()
    page.get_by_role("option").filter(has_text=words).first.click()
    page.keyboard.press("Escape")
    page.locator("#wj-remove-run").click()
    expect(page.locator("#wj-remove-said")).to_contain_text("不能撤销")
    page.locator("#wj-remove-yes").click()
    expect(page.locator("#wj-remove-said")).to_contain_text("已移除 1 篇")
    expect(page.locator("#wj-articles tbody tr")).to_have_count(before - 1)


def test_upload_reports_encodings_and_what_was_skipped(visit, tmp_path):
    page = visit()
    text = "【平安日报】2024年5月3日，测试市公安局开展夜查行动，共检查车辆7654辆。"
    (tmp_path / "gbk.txt").write_bytes(text.encode("gb18030"))
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 40)
    page.get_by_role("tab", name="文章").click()
    page.get_by_role("button", name="添加文章").click()
    page.locator("#wj-files input[type=file]").set_input_files([tmp_path / "gbk.txt", tmp_path / "binary.txt"])
    page.get_by_role("button", name="加入库中").click()
    report = page.locator("#wj-report")
    expect(report.locator("tr", has_text="gbk.txt")).to_contain_text("gb18030")
    expect(report.locator("tr", has_text="binary.txt")).to_contain_text("已跳过")
    page.get_by_role("tab", name="提问").click()
    ask(page, "测试市公安局夜查行动共检查车辆多少辆?")
    expect(page.locator(".wj-headline")).to_contain_text("7654辆")
    remove(page, "gbk.txt")
    page.get_by_role("tab", name="提问").click()
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".wj-empty")).to_be_visible()
    ask(page, "测试市公安局夜查行动共检查车辆多少辆?")
    expect(page.locator("#wj-talk")).not_to_contain_text("7654")
    expect(page.locator("#wj-talk")).not_to_contain_text("gbk.txt")


def watch_report(page: Page) -> None:
    """Note every text that the report of an upload has shown."""
    page.evaluate(
        """() => {
            const report = document.querySelector("#wj-report");
            window.reported = [];
            new MutationObserver(() => window.reported.push(report.innerText))
                .observe(report, { childList: true, subtree: true, characterData: true });
        }"""
    )


def test_an_upload_tells_how_far_it_is_and_what_became_of_each_file(tmp_path, chromium, folder):
    many = tmp_path / "many.jsonl"
    record = "测试县第{}派出所开展夜查行动，共检查车辆{}辆，走访群众{}户，化解矛盾纠纷{}起。"
    texts = (record.format(number, 7000 + number, 300 + number, 20 + number) for number in range(60))
    records = ({"id": str(number), "title": f"夜查{number}", "text": text} for number, text in enumerate(texts))
    many.write_text("\n".join(map(json.dumps, records)), "utf-8")
    (tmp_path / "gbk.txt").write_bytes("平安县公安局今年以来抓获逃犯4321名，群众满意度提升。".encode("gb18030"))
    (tmp_path / "broken.docx").write_bytes(word_document()[:2000])
    files = [tmp_path / name for name in ("gbk.txt", "broken.docx", "many.jsonl")]
    with Server(library_of(folder / "uploads", SEEDS)) as server:
        page = chromium.new_context(locale="zh-CN").new_page()
        page.goto(server.url)
        page.get_by_role("tab", name="文章").click()
        expect(page.locator("#wj-articles tbody tr")).to_have_count(5)
        page.get_by_role("button", name="添加文章").click()
        page.locator("#wj-files input[type=file]").set_input_files(files)
        watch_report(page)
        page.get_by_role("button", name="加入库中").click()
        report = page.locator("#wj-report")
        for name, *told in (
            ("gbk.txt", "已添加", "gb18030"), ("broken.docx", "已跳过"), ("many.jsonl", "已添加", "utf-8", "60"),
        ):  # fmt: skip
            for words in told:
                expect(report.locator("tr", has_text=name)).to_contain_text(words)
        said = page.evaluate("window.reported")
        # The last file takes so long that what is said of it is seen, with the files before it.
        waiting = next(text for text in said if "正在读入 3/3: many.jsonl" in text)
        assert "broken.docx" in waiting
        assert str(tmp_path) not in page.content()
        count, place = page.locator("#wj-articles .wj-count"), page.locator("#wj-tab-articles").get_by_label("页")
        expect(count).to_contain_text("共 66 条，第 1/2 页")
        place.fill("2")
        place.blur()
        expect(page.locator("#wj-articles tbody tr")).to_have_count(16)
        # Who looks for a title on the second page sees what there is, though it all fits on the first.
        page.get_by_label("查找标题").fill("夜查59")
        expect(page.locator("#wj-articles tbody tr")).to_have_count(1)
        expect(place).to_have_value("1")
        page.get_by_role("tab", name="提问").click()
        ask(page, "平安县公安局今年以来抓获逃犯多少名?")
        expect(page.locator(".wj-headline")).to_contain_text("4321名")
        page.context.close()
        assert "Traceback" not in server.log


def ledger(server: Server) -> list[dict[str, str]]:
    """Return the figures as a program gets them."""
    text = httpx.get(f"{server.url}/figures.csv", timeout=30).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_ledger_is_sorted_and_compared(visit, server):
    page = visit()
    page.get_by_role("tab", name="数字").click()
    tab, first = page.locator("#wj-tab-figures"), page.locator("#wj-figures tbody tr td:first-child a").first
    values = {row["text"]: Decimal(row["value"]) for row in ledger(server)}
    for order, end in (("数值从大到小", max), ("数值从小到大", min)):
        tab.get_by_label("排序").click()
        page.get_by_role("option", name=order).click()
        ends = [text for text, value in values.items() if value == end(values.values())]
        expect(first).to_have_text(re.compile("|".join(map(re.escape, ends))))
    (metric, unit), count = Counter((r["metric"], r["unit"]) for r in ledger(server) if r["metric"]).most_common(1)[0]
    assert count > 1
    tab.get_by_label("指标", exact=True).fill(metric)
    page.keyboard.press("Enter")
    bars = page.locator("#wj-chart .wj-bars tr")
    expect(bars).to_have_count(count)
    expect(page.locator("#wj-chart caption")).to_have_text(f"{metric} ({unit})")
    figure = bars.last.locator("a").inner_text()
    bars.last.locator("a").click()
    expect(page.locator("#wj-source-body mark.wj-exact")).to_have_text(figure)


def test_the_ledger_is_sorted_by_agency_and_by_metric_and_read_page_by_page(visit, server):
    page = visit()
    page.get_by_role("tab", name="数字").click()
    tab, count = page.locator("#wj-tab-figures"), page.locator("#wj-figures .wj-count")
    shown = page.locator("#wj-figures tbody tr td:first-child a")
    rows, place = ledger(server), tab.get_by_label("页", exact=True)
    for order, key in (("按单位", "subject"), ("按指标", "metric")):
        tab.get_by_label("排序").click()
        page.get_by_role("option", name=order).click()
        # What names none is of no use at the top; of one name, figures stay in the order of the articles.
        ordered = [row["text"] for row in sorted(rows, key=lambda row: (not row[key], row[key]))]
        pages = -(-len(rows) // 50)
        for number in (1, 2, pages):
            if number > 1:
                place.fill(str(number))
                place.blur()
            # Another order begins on the first page.
            expect(count).to_contain_text(f"共 {len(rows)} 条，第 {number}/{pages} 页")
            expect(shown).to_have_text(ordered[(number - 1) * 50 : number * 50])
    for beyond, nearest in ((pages + 7, pages), (-3, 1), (0, 1)):
        place.fill(str(beyond))
        place.blur()
        expect(place).to_have_value(str(nearest))
    place.fill(str(pages))
    place.blur()
    expect(count).to_contain_text(f"第 {pages}/{pages} 页")
    # Fewer figures have fewer pages.
    tab.get_by_label("单位", exact=True).fill(max(row["subject"] for row in rows))
    page.keyboard.press("Enter")
    expect(count).to_contain_text("第 1/1 页")
    expect(place).to_have_value("1")


def test_the_ledger_filters_exports_and_leads_to_sentences(visit):
    page = visit()
    page.get_by_role("tab", name="数字").click()
    table = page.locator("#wj-figures")
    expect(table.locator("tbody tr").first).to_be_visible()
    everything = table.locator(".wj-count").text_content()
    tab = page.locator("#wj-tab-figures")
    for name, column in (("单位", 2), ("指标", 1), ("行动", 3), ("时间", 4), ("文章", 5)):
        box = tab.get_by_label(name, exact=True)
        # The list of the box before is taken away a moment after it was left.
        expect(page.get_by_role("option")).to_have_count(0)
        box.click()
        wanted = page.get_by_role("option").first.inner_text().removeprefix("✓").strip()
        page.get_by_role("option").first.click()
        expect(table.locator(".wj-count")).not_to_have_text(everything)
        for cell in table.locator(f"tbody tr td:nth-child({column + 1})").all():
            expect(cell).to_contain_text(wanted)
        if name != "文章":
            # The framework's list stays open where a box is left before its list has closed and opened again.
            expect(page.get_by_role("option")).to_have_count(0)
            box.fill("")
            expect(page.get_by_role("option").first).to_be_visible()
            box.blur()
            expect(table.locator(".wj-count")).to_have_text(everything)
    link = table.locator("tbody a.wj-cite").first
    figure = link.inner_text()
    link.click()
    expect(page.locator("#wj-source-body mark.wj-exact")).to_have_text(figure)
    # Any cell leads there: the words of one, and the title of the article.
    row = table.locator("tbody tr").nth
    for cell in (row(1).locator("td").nth(2), row(2).locator("a").last):
        shown = cell.locator("xpath=ancestor-or-self::tr[1]").locator("td").first.locator("a").inner_text()
        cell.click()
        expect(page.locator("#wj-source-body mark.wj-exact")).to_have_text(shown)
    with page.expect_download() as saved:
        table.get_by_role("link", name="CSV").click()
    lines = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("text,value,unit")
    assert figure in "\n".join(lines)
    with page.expect_download() as saved:
        table.get_by_role("link", name="XLSX").click()
    assert Path(saved.value.path()).read_bytes()[:2] == b"PK"


def test_a_comparison_carries_a_small_chart(visit):
    page = visit()
    ask(page, "鄢陵县公安局走访单位比门店少多少家?")
    expect(page.locator(".wj-headline")).to_contain_text("1767家")
    bars = page.locator(".wj-card .wj-bars tr")
    expect(bars).to_have_count(2)
    lengths = [bars.nth(place).locator(".wj-bar").bounding_box()["width"] for place in (0, 1)]
    assert sorted(lengths)[0] < sorted(lengths)[1] / 20
    bars.nth(0).locator("a").click()
    expect(page.locator("#wj-source-body mark.wj-exact").first).to_be_in_viewport()


def test_operations_list_their_figures_and_articles(visit):
    page = visit()
    page.get_by_role("tab", name="行动").click()
    first = page.locator(".wj-operation").first
    expect(first).to_be_visible()
    for link in first.locator("h2 a, dd a, li a").all():
        page.locator("#wj-source-body").evaluate("panel => panel.replaceChildren()")
        link.click()
        # A title opens the article; a name, an agency, a time and a figure lead to their sentence.
        found = "h2" if "start=" not in link.get_attribute("href") else "mark.wj-exact"
        expect(page.locator(f"#wj-source-body {found}").first).to_be_in_viewport()
    name = first.locator("h2").inner_text()
    page.get_by_label("查找行动").fill(name)
    expect(page.locator(".wj-operation h2")).to_contain_text([name])
    page.get_by_label("查找行动").fill("没有这个")
    expect(page.locator("#wj-operations")).to_contain_text("没有符合条件的内容")


def test_the_list_of_articles_is_searched_and_previewed(visit):
    page = visit()
    page.get_by_role("tab", name="文章").click()
    rows = page.locator("#wj-articles tbody tr")
    expect(rows).to_have_count(5)
    page.get_by_label("查找标题").fill("004_a12cabb78c2b9679")
    expect(rows).to_have_count(1)
    title = rows.locator("a").inner_text()
    rows.locator("td").nth(3).click()
    expect(page.locator("#wj-source-body h2")).to_contain_text(title[:8])


def test_on_a_phone_nothing_scrolls_sideways_and_the_source_is_a_sheet(visit):
    page = visit(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    expect(page.locator(".wj-empty")).to_be_visible()
    assert width(page) == 390
    expect(page.locator("#wj-question textarea")).to_be_in_viewport()
    ask(page, QUESTION)
    expect(page.locator(".wj-headline")).to_contain_text(FIGURE)
    assert width(page) == 390
    expect(page.locator("#wj-source")).to_be_hidden()
    page.locator(".wj-headline a.wj-cite").first.click()
    expect(page.locator("#wj-source mark.wj-exact")).to_be_in_viewport()
    page.locator("#wj-source-close").click()
    expect(page.locator("#wj-source")).to_be_hidden()
    for name in ("数字", "行动", "文章"):
        page.get_by_role("tab", name=name).click()
        page.wait_for_timeout(700)
        assert width(page) == 390


def test_english_browsers_get_english_and_dark_ones_dark(visit):
    page = visit(locale="en-US", color_scheme="dark")
    expect(page.get_by_role("tab", name="Figures")).to_be_visible()
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    expect(page.locator(".wj-empty")).to_contain_text("The library holds 5 articles")
    assert page.locator("html").get_attribute("lang") == "en"
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground)[:3])) < 60
    page.locator("#wj-light").click()
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert min(map(int, re.findall(r"\d+", light)[:3])) > 200


def press_until(page: Page, key: str, selector: str) -> None:
    """Press a key until the focus is where a selector says."""
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{key} does not lead to {selector}")


@pytest.mark.parametrize("wide", [1360, 390])
def test_everything_can_be_done_by_keyboard(visit, wide):
    page = visit(viewport={"width": wide, "height": 860})
    expect(page.locator("#wj-offers .wj-try").first).to_be_visible()
    press_until(page, "Tab", "#wj-question textarea")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".wj-headline")).to_contain_text(FIGURE)
    press_until(page, "Shift+Tab", ".wj-headline a.wj-cite")
    page.keyboard.press("Enter")
    expect(page.locator("#wj-source-body mark.wj-exact")).to_be_in_viewport()
    expect(page.locator("body")).to_have_class(re.compile("wj-reading"))
    if wide < 1000:
        expect(page.locator("#wj-source-close")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#wj-source")).to_be_hidden()
    else:
        page.keyboard.press("Escape")
    expect(page.locator(".wj-headline a.wj-cite")).to_be_focused()
    press_until(page, "Shift+Tab", "#wj-tab-figures-button")
    page.keyboard.press("Enter")
    expect(page.locator("#wj-figures tbody tr").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(visit, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(color_scheme=scheme)
    found = []

    def look(place: str) -> None:
        page.wait_for_timeout(600)
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found.append((place, violation["id"], violation["nodes"][0]["html"][:200]))

    expect(page.locator(".wj-empty")).to_be_visible()
    look("empty")
    ask(page, QUESTION)
    look("answer")
    ask(page, "郑州市有多少逃犯?")
    look("refusal")
    for name in ("数字", "行动", "文章"):
        page.get_by_role("tab", name=name).click()
        look(name)
    assert found == []


def test_a_removed_library_is_said_plainly(visit, chromium, folder):
    library = library_of(folder / "short-lived", SEEDS)
    with Server(library) as server:
        page = chromium.new_context(locale="zh-CN").new_page()
        page.goto(server.url)
        page.wait_for_selector(".wj-empty")
        ask(page, QUESTION)
        shutil.rmtree(library)
        ask(page, OTHER)
        expect(page.locator(".wj-error")).to_contain_text("文章库")
        expect(page.locator(".wj-headline").first).to_contain_text(FIGURE)
        page.locator(".wj-headline a.wj-cite").first.click()
        expect(page.locator("#wj-toast")).to_contain_text("文章库")
        page.locator(".wj-turn").first.get_by_role("button", name="有用").click()
        expect(page.locator("#wj-toast")).to_contain_text("文章库")
        for tab, place in (("数字", "#wj-figures"), ("行动", "#wj-operations"), ("文章", "#wj-articles")):
            page.get_by_role("tab", name=tab).click()
            expect(page.locator(place)).to_contain_text("文章库")
        assert str(folder) not in page.content()
        page.context.close()
        assert str(folder) not in server.log
        assert "Traceback" not in server.log


def test_a_restarted_server_goes_on_with_the_chat(chromium, folder):
    library = library_of(folder / "restarted", SEEDS)
    with Server(library) as server:
        page = chromium.new_context(locale="zh-CN").new_page()
        page.goto(server.url)
        page.wait_for_selector(".wj-empty")
        ask(page, QUESTION)
        port = server.url.rpartition(":")[2]
    with Server(library, "--port", port):
        page.reload()
        expect(page.locator(".wj-headline")).to_contain_text(FIGURE)
        page.context.close()


def test_a_server_that_is_gone_is_said_and_nothing_typed_is_lost(chromium, folder):
    library = library_of(folder / "gone", SEEDS)
    with Server(library) as server:
        page = chromium.new_context(locale="zh-CN").new_page()
        page.goto(server.url)
        page.wait_for_selector(".wj-empty")
        ask(page, QUESTION)
        port = server.url.rpartition(":")[2]
    page.locator("#wj-question textarea").fill(OTHER)
    page.keyboard.press("Enter")
    expect(page.locator("#wj-toast")).to_contain_text("服务器没有回应")
    expect(page.locator("#wj-question textarea")).to_have_value(OTHER)
    with Server(library, "--port", port):
        # The framework sees after some seconds that the server is back, and reloads the page.
        page.wait_for_event("load")
        expect(page.locator(".wj-q")).to_have_text([QUESTION])
        expect(page.locator("#wj-question textarea")).to_have_value(OTHER)
        page.locator("#wj-question textarea").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".wj-q")).to_have_text([QUESTION, OTHER])
        expect(page.locator(".wj-pending")).to_have_count(0)
        expect(page.locator(".wj-headline").first).to_contain_text(FIGURE)
        page.context.close()


def test_an_oversize_file_is_refused_before_it_is_sent(visit, tmp_path):
    page = visit()
    (tmp_path / "big.txt").write_bytes(b"x" * 50_000_001)
    page.get_by_role("tab", name="文章").click()
    page.get_by_role("button", name="添加文章").click()
    page.locator("#wj-files input[type=file]").set_input_files(tmp_path / "big.txt")
    expect(page.locator("#wj-toast")).to_contain_text("超过 50 MB 的文件不能上传：big.txt")


def boxes(page: Page, selectors: list[str]) -> list[list[float]]:
    script = """selectors => selectors.map(selector => {
        const box = document.querySelector(selector).getBoundingClientRect();
        return [box.x, box.y, box.width, box.height];
    })"""
    return page.evaluate(script, selectors)


# What stands on the first page, and what takes its place.
PLACES = {
    ".wj-first .wj-brand h1": "#wj-header .wj-brand h1",
    ".wj-first .wj-brand p": "#wj-header .wj-brand p",
    ".wj-first nav a": "#wj-header nav a",
    ".wj-first .wj-light": "#wj-light",
    ".wj-first-tabs": "#wj-tabs [role=tablist]",
    ".wj-first-empty h2": ".wj-empty h2",
    ".wj-first-empty p": ".wj-empty p",
    ".wj-first-bar": "#wj-bar",
    ".wj-first textarea": "#wj-question textarea",
    ".wj-first-bar button": "#wj-send",
    ".wj-first-tools span:last-child": "#wj-filter",
}


@pytest.mark.parametrize(
    ("options", "send", "said"),
    [
        ({}, "发送", "库里有 5 篇文章"),
        ({"viewport": {"width": 390, "height": 844}, "is_mobile": True, "color_scheme": "dark"}, "发送", "5 篇文章"),
        ({"locale": "en-US"}, "Send", "The library holds 5 articles"),
    ],
)
def test_the_first_page_is_there_at_once_and_nothing_moves_when_it_goes(visit, server, options, send, said):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(**options)
    with first_page(page, server.url):
        expect(page.locator(".wj-first-empty")).to_contain_text(said)
        expect(page.locator("#wj-first").get_by_role("button", name=send)).to_be_visible()
        assert page.locator("gradio-app").evaluate("app => app.inert")
        names = page.evaluate("[...document.querySelectorAll('[id]')].map(element => element.id)")
        assert len(names) == len(set(names))
        violations = Axe().run(page).response["violations"]
        assert [found["id"] for found in violations if found["impact"] in ("serious", "critical")] == []
        assert width(page) == page.viewport_size["width"]
        before = boxes(page, list(PLACES))
        ground = page.evaluate("getComputedStyle(document.querySelector('#wj-first')).backgroundColor")
        assert (max(map(int, re.findall(r"\d+", ground)[:3])) < 60) == (options.get("color_scheme") == "dark")
    page.wait_for_selector("#wj-first", state="detached")
    assert not page.locator("gradio-app").evaluate("app => app.inert")
    for place, (old, new) in zip(PLACES, zip(before, boxes(page, list(PLACES.values())), strict=True), strict=True):
        assert new == pytest.approx(old, abs=1.5), place


def test_what_is_typed_on_the_first_page_goes_on_in_the_built_one(visit, server):
    page = visit()
    with first_page(page, server.url):
        page.locator("#wj-first textarea").focus()
        page.keyboard.type("公安局走访人员")
        for _ in range(2):
            page.keyboard.press("ArrowLeft")
        page.keyboard.type("从业")
    page.wait_for_selector("#wj-first", state="detached")
    page.keyboard.type("的")
    expect(page.locator("#wj-question textarea")).to_have_value("公安局走访从业的人员")
    assert page.locator(".wj-turn").count() == 0
    # A reload in the meantime loses nothing either.
    with first_page(page):
        page.reload(wait_until="commit")
        expect(page.locator("#wj-first textarea")).to_have_value("公安局走访从业的人员")


def test_a_word_that_is_being_composed_is_not_cut_off(visit, server):
    page = visit()
    with first_page(page, server.url):
        field = page.locator("#wj-first textarea")
        field.fill("走访")
        field.dispatch_event("compositionstart")
    expect(page.locator(".wj-empty")).to_be_attached()
    page.wait_for_timeout(300)
    expect(page.locator("#wj-first textarea")).to_be_focused()
    field.dispatch_event("compositionend")
    expect(page.locator("#wj-question textarea")).to_be_focused()
    expect(page.locator("#wj-question textarea")).to_have_value("走访")


def asked_once(page: Page, questions: list[str]) -> None:
    """See that the conversation is these questions, all answered, and stays so."""
    page.wait_for_selector("#wj-first", state="detached")
    expect(page.locator(".wj-q")).to_have_text(questions)
    expect(page.locator(".wj-card:not(.wj-pending)")).to_have_count(len(questions))
    page.wait_for_timeout(800)
    assert page.locator(".wj-q").all_inner_texts() == questions
    expect(page.locator(".wj-headline").first).to_contain_text(FIGURE)


def test_a_question_to_the_first_page_is_answered_once(visit, server):
    page = visit()
    sent = []
    page.on("request", lambda request: "queue/join" in request.url and sent.append(json.loads(request.post_data)))
    with first_page(page, server.url):
        page.locator("#wj-first textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.locator(".wj-first-q")).to_have_text(QUESTION)
        expect(page.locator("#wj-first textarea")).to_have_value("")
        page.keyboard.type("化解矛盾纠纷")
    asked_once(page, [QUESTION])
    assert [event["data"][0] for event in sent if event["data"]].count(QUESTION) == 1
    expect(page.locator("#wj-question textarea")).to_have_value("化解矛盾纠纷")
    page.keyboard.type("呢?")
    page.keyboard.press("Enter")
    asked_once(page, [QUESTION, "化解矛盾纠纷呢?"])


def test_several_questions_to_the_first_page_are_one_conversation_also_after_a_reload(visit, server):
    page = visit()
    questions = [QUESTION, "化解矛盾纠纷呢?"]
    with first_page(page, server.url):
        for question in questions:
            page.locator("#wj-first textarea").fill(question)
            page.locator("#wj-first button").click()
        page.reload(wait_until="commit")
        expect(page.locator(".wj-first-q")).to_have_text(questions)
    asked_once(page, questions)
    page.reload()
    asked_once(page, questions)


def test_the_first_page_of_a_link_shows_its_question_and_takes_the_next(visit, server):
    page = visit()
    with first_page(page, f"{server.url}/?q={quote(QUESTION)}"):
        expect(page.locator(".wj-first-q")).to_have_text(QUESTION)
        page.locator("#wj-first textarea").fill("化解矛盾纠纷呢?")
        page.keyboard.press("Enter")
    asked_once(page, [QUESTION, "化解矛盾纠纷呢?"])
    expect(page.locator(".wj-turn").last.locator(".wj-resolved")).to_contain_text("理解为")
    assert "q=" not in page.url


def test_the_first_page_of_a_kept_chat_goes_on_with_it(visit):
    page = visit()
    ask(page, QUESTION)
    with first_page(page):
        expect(page.locator(".wj-first-q")).to_have_text(QUESTION)
        page.locator("#wj-first textarea").fill("化解矛盾纠纷呢?")
        page.keyboard.press("Enter")
    asked_once(page, [QUESTION, "化解矛盾纠纷呢?"])
    page.reload()
    asked_once(page, [QUESTION, "化解矛盾纠纷呢?"])


def test_a_question_between_the_first_page_and_the_built_one_is_answered_once(visit, server):
    page = visit()
    held = []
    page.route(JOIN, lambda route: held.append(route))
    with first_page(page, server.url):
        pass
    until(page, lambda: held)
    page.locator("#wj-first textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    page.unroute(JOIN)
    for route in held:
        with suppress(Error):
            route.continue_()
    asked_once(page, [QUESTION])


def test_a_server_that_goes_before_the_page_is_built_is_said_and_nothing_is_lost(chromium, folder):
    library = library_of(folder / "early", SEEDS)
    page = chromium.new_context(locale="zh-CN").new_page()
    with Server(library) as server, first_page(page, server.url):
        page.locator("#wj-first textarea").fill(QUESTION)
        page.keyboard.press("Enter")
        page.keyboard.type("化解")
        port = server.url.rpartition(":")[2]
        server.stop()
    expect(page.locator(".wj-first-said")).to_contain_text("服务器没有回应")
    with Server(library, "--port", port):
        asked_once(page, [QUESTION])
        expect(page.locator("#wj-question textarea")).to_have_value("化解")
        page.context.close()


def test_the_first_page_comes_within_two_seconds(visit, server):
    seconds = []
    for _ in range(3):
        page = visit()
        begun = time.monotonic()
        page.goto(server.url, wait_until="commit")
        expect(page.locator("#wj-first textarea, #wj-question textarea").first).to_be_visible()
        seconds.append(time.monotonic() - begun)
    assert min(seconds) < 2 * slowness()


def test_the_library_is_whole_after_all_this(server):
    done = wenju("check", "--library", server.library)
    assert done.returncode == 0, done.stdout + done.stderr
