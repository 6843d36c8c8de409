import html
import re
from dataclasses import replace

from qa.app.web_documents import article_html, spans, whole_sentences
from qa.app.web_panels import answer_html, marked_text, turn_html
from qa.app.web_scope import Asked
from qa.app.web_texts import EN, TEXTS, ZH, texts_for
from qa.types import Answer, Article, Citation, Hit, Passage

TEXT = "看点\n该局出动警力2980人次,走访50家。\n另一段有2980人次。"
ARTICLE = Article("id1", "a<b>.txt", "题*目*", "报_社_", "", "2023-06-30", TEXT)
START, END = TEXT.index("该局"), TEXT.index("\n另")
MARK = (TEXT.index("2980"), TEXT.index(",走访"))
QUOTE = TEXT[START:END]
CITATION = Citation(1, "id1", "a<b>.txt", "题*目*", "报_社_", "2023-06-30", QUOTE, START, END, START, END, (MARK,))
ANSWER = Answer("多少?", "该局出动警力多少?", "2980人次", "2980人次 [1]", False, "", 0.9, (CITATION,), (), 5.0)


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<br>|</p>", "\n", markup)))


def test_the_exact_words_are_marked_once_and_the_text_is_whole():
    markup = marked_text(TEXT, (START, END), [MARK])
    assert re.findall(r'<mark class="wj-exact">(.*?)</mark>', markup) == ["2980人次"]
    assert text_of(markup).split("\n")[:3] == TEXT.split("\n")


def test_a_citation_over_paragraphs_is_marked_in_each():
    markup = marked_text(TEXT, (0, len(TEXT)), [])
    assert len(re.findall('<mark class="wj-cited">', markup)) == 3
    assert text_of(markup).strip().split("\n") == TEXT.split("\n")


def test_an_answer_has_headline_marker_and_quote_but_nothing_twice():
    markup = answer_html(ANSWER, TEXTS["zh"])
    assert "理解为：该局出动警力多少?" in text_of(markup)
    assert re.search(r'<p class="wj-headline">2980人次 .*?href="/article/id1\?start=3&amp;end=\d+&amp;marks=', markup)
    assert text_of(markup).count("走访50家") == 1
    assert '<p class="wj-text">' not in markup


def test_what_a_text_adds_is_kept_with_its_markers():
    text = f"按2980-50=2930计算[1],见[7]。\n[1] “{QUOTE}”"
    markup = answer_html(replace(ANSWER, text=text), TEXTS["zh"])
    said = re.search(r'<p class="wj-text">(.*?)</p>', markup)[1]
    assert text_of(said) == "按2980-50=2930计算[1],见[7]。"
    assert said.count("<a ") == 1


def test_reprints_are_named_beside_their_source():
    answer = replace(ANSWER, citations=(replace(CITATION, also=("<i>b.txt", "c.txt")),))
    assert "转载亦见: <i>b.txt、c.txt" in text_of(answer_html(answer, TEXTS["zh"]))
    assert "Also printed in: <i>b.txt、c.txt" in text_of(answer_html(answer, TEXTS["en"]))


def test_a_refusal_gives_its_reason_and_the_nearest_passages():
    hit = Hit(Passage("id1", 0, START, END, TEXT[START:END]), ARTICLE, 0.4)
    reason = "没有2021年的数字<b>"
    refusal = replace(ANSWER, headline="", text="", abstained=True, reason=reason, citations=(), nearest=(hit,))
    markup = answer_html(refusal, TEXTS["zh"])
    assert "wj-refusal" in markup
    assert "没有2021年的数字<b>" in text_of(markup)
    assert "走访50家" in text_of(markup)


def test_pieces_are_one_line_and_only_carry_attributes_the_page_keeps():
    markup = turn_html(Asked("a\n\nb"), answer_html(ANSWER, TEXTS["zh"]), TEXTS["zh"])
    assert "\n" not in markup
    assert set(re.findall(r'\s([\w-]+)="', markup)) <= {"class", "href", "title", "type", "value", "role"}


def test_an_article_page_shows_title_facts_and_the_way_to_the_raw_file():
    markup = article_html(ARTICLE, MARK, [MARK], TEXTS["en"])
    assert text_of(markup).startswith("题*目*报_社_ · 2023-06-30 · a<b>.txt")
    assert "/raw/id1?start=" in markup
    assert re.findall(r'<mark class="wj-cited">', markup)


def test_spans_of_an_address_are_widened_to_sentences_and_nonsense_is_ignored():
    assert whole_sentences(TEXT, MARK) == (START, END)
    for nonsense in ((5, 5), (9, 3), (-1, 4), (0, len(TEXT) + 1)):
        assert whole_sentences(TEXT, nonsense) == (0, 0)
    assert spans("1-2,b-3,7-5,99999999999-1,4-6") == [(1, 2), (4, 6)]


def test_both_languages_have_the_same_words_and_blanks():
    assert ZH.keys() == EN.keys()
    for key, text in ZH.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", EN[key])), key


def test_the_first_language_of_the_browser_decides():
    chosen = {tag: texts_for(tag).language for tag in ("", "*", "zh-CN,zh;q=0.9,en;q=0.8", "zh-HK", "en-GB,zh", "fr")}
    assert chosen == {"": "zh", "*": "zh", "zh-CN,zh;q=0.9,en;q=0.8": "zh", "zh-HK": "zh", "en-GB,zh": "en", "fr": "en"}
