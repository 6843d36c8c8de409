"""English questions in Chinese terms: words by dictionary, places by name, other names by their sound."""

import pytest

from qa.answering.english import dictionary, english_terms, is_pinyin
from qa.language.scripts import fold


def terms(text: str) -> dict[str, str]:
    return {word: role for word, _, role in english_terms(text, fold(text)).terms}


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Which auxiliary officer went along when Jiahe's police station set up the meeting?", "person"),
        ("Which police station caught the fugitive?", "org"),
        ("Which judge at the district court convened the symposium?", "person"),
        ("Which Jiahe Intermediate Court official explained the report?", "person"),
        ("In which township were the hikers trapped?", "place"),
        ("At which festival did the officers act as stall keepers?", "name"),
        ("What was the maximum fine imposed in the fake watch case?", "money"),
        ("What \"package\" price did Wang quote?", "money"),
        ("What is the average length of the trial period?", "duration"),
        ("What was the longest prison term among the defendants?", "duration"),
        ("Which county's traffic police station was praised?", "org"),
        ("Which app did the police station help him install?", "name"),
        ("In which policing campaign was the gang caught?", "name"),
        ("Which procuratorate handled the case?", "org"),
        ("Which squadron stopped the drunk driver?", "org"),
        ("Police of which county helped the detectives?", "org"),
        ("At which hospital was the ceremony held?", "org"),
        ("In which residential community did the police hold the event?", "place"),
        ("At what street address is the bureau?", "place"),
        ("Which two topics will real police never bring up?", "what"),
        ("Which staff member said so?", "person"),
        ("Officer Li, who helped the old man, belongs to which police station?", "org"),
        ("According to the report, who helped the old man?", "person"),
        ("According to the report, who saved the child when he fell into the river?", "person"),
        ("What share of the exports went by sea?", "percent"),
        ("What was the penetration rate of the new service?", "percent"),
        ("How large was the fund?", "money"),
        ("What was the total turnover of the market in June, in yuan?", "money"),
        ("What was the shipment volume in the first half?", "count"),
    ],
)
def test_the_noun_beside_which_says_what_is_asked(question: str, kind: str) -> None:
    assert english_terms(question, fold(question)).ask.kind == kind


def test_a_name_that_is_also_written_in_chinese_need_not_be_known_by_its_sound() -> None:
    assert "fuxing" not in terms("What was the number of the Fuxing (复兴号) train?")
    assert terms("What was the number of the Fuxing train?")["fuxing"] == "sound"


def test_the_dictionary_is_broad() -> None:
    assert len(dictionary()) >= 600


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("How many fugitives did they capture?", "逃犯"),
        ("How many disputes were mediated?", "化解"),
        ("How many suspects were arrested?", "抓获"),
        ("How many drones were used?", "无人机"),
        ("What was the drivers' penalty for overloading?", "超载"),
        ("How many leaflets were distributed?", "发放"),
        ("How long did the murderer hide?", "躲藏"),
    ],
)
def test_inflected_words_are_known(question: str, word: str) -> None:
    assert terms(question)[word] == "content"


def test_a_word_is_not_part_of_a_shorter_one() -> None:
    found = terms("How many officers did the police send to the river, under what alias was he living?")
    assert not {"玩具", "实时"} & set(found)


def test_names_keep_their_sound() -> None:
    assert terms("Who is the director of the Binzhou bureau?")["binzhou"] == "sound"


def test_places_with_an_english_name_are_scopes() -> None:
    found = english_terms("How many cases did the Lhasa police crack?", "how many cases did the lhasa police crack?")
    assert ("拉萨", "scope") in {(word, role) for word, _, role in found.terms}
    assert found.scopes == ("拉萨",)


def test_a_name_that_is_no_pinyin_stays_recognisable_as_unknown() -> None:
    assert terms("How many cases did the Springfield police solve?")["springfield"] == "sound"


def test_words_of_a_translated_title_are_no_names() -> None:
    assert "bright" not in terms("How many e-bikes were checked in the 'Bright Helmet' operation?")


@pytest.mark.parametrize(("word", "known"), [("beijing", True), ("julun", True), ("smith", False), ("xyz", False)])
def test_pinyin_is_recognised(word: str, known: bool) -> None:
    assert is_pinyin(word) is known
