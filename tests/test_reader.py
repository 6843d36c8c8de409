"""The reader: numpy against torch, its promises on any text, and what it reaches on a paragraph of the seeds' kind."""

import threading
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answering.matching import FEATURES, Vocabulary, match, rarity
from qa.answering.pieces import pieces, shape
from qa.answering.reader import WEIGHTS, Reader, cut_windows
from qa.answering.training import weights
from qa.answering.training.data import Crop
from qa.answering.training.evaluate import bare, kind, mark, overlap
from qa.answering.training.model import ReaderNetwork
from qa.answering.training.train import collate, loss_of
from qa.errors import InputError

CONTEXT = (
    "市公安局开展专项行动以来,累计出动警力2980人次,走访群众1.2万余户,化解矛盾纠纷136起。"
    "6月29日,民警李建国在东风路派出所介绍,盗窃案件同比下降14.67%。"
)
QUESTION = "累计出动警力多少人次?"


def small_vocabulary() -> Vocabulary:
    words = ["?", "警力", "出动", "累计", "多少", "人次", "#4", "走访", "群众"]
    characters = list("警力出动累计多少人次走访群众公安局")
    return Vocabulary(words, characters, ["n", "v", "m"], rarity(np.arange(9, 0, -1) * 10))


def small_network(vocabulary: Vocabulary) -> ReaderNetwork:
    torch.manual_seed(3)
    words, characters = torch.randn(len(vocabulary.words) + 1, 12), torch.randn(len(vocabulary.characters) + 1, 8)
    return ReaderNetwork(words, characters, len(vocabulary.tags) + 1, size=32, reach=20, dropout=0.3).eval()


@pytest.mark.parametrize("context", [CONTEXT, "警力", CONTEXT * 3, "走访群众,出动警力。"])
def test_numpy_gives_the_scores_of_torch(tmp_path, context):
    vocabulary = small_vocabulary()
    network = small_network(vocabulary)
    weights.save(network, vocabulary, tmp_path / "w.safetensors", exact=True)
    light = Reader.load(tmp_path / "w.safetensors")
    asked, read = vocabulary.encode(QUESTION), vocabulary.encode(context)
    with torch.inference_mode():
        spans, nothing = network(*collate([Crop(read, (asked,), ((),))]))
    got = light._network.read(asked, read, light._network.embed(read), match(asked, read))
    assert np.abs(got.spans - spans[0].numpy()).max() < 1e-4
    assert abs(got.nothing - float(nothing[0])) < 1e-4


def test_padding_changes_nothing():
    vocabulary = small_vocabulary()
    network = small_network(vocabulary)
    asked, short, long = (vocabulary.encode(t) for t in (QUESTION, "出动警力2980人次。", CONTEXT))
    with torch.inference_mode():
        alone, nothing = network(*collate([Crop(short, (asked,), ((),))]))
        other = Crop(long, (vocabulary.encode("走访"),), ((),))
        padded, same = network(*collate([Crop(short, (asked,), ((),)), other]))
    n = len(short)
    assert torch.allclose(alone[0], padded[0, :n, :n], atol=1e-4)
    assert torch.allclose(nothing[0], same[0], atol=1e-4)


def test_bundled_numpy_gives_the_scores_of_torch():
    vocabulary, network = weights.load(WEIGHTS)
    reader = Reader.load()
    asked, read = vocabulary.encode(QUESTION), vocabulary.encode(CONTEXT)
    with torch.inference_mode():
        spans, nothing = network(*collate([Crop(read, (asked,), ((),))]))
    got = reader._network.read(asked, read, reader._network.embed(read), match(asked, read))
    allowed = got.spans > -1e8
    assert np.abs(got.spans - spans[0].numpy())[allowed].max() < 1e-4
    assert abs(got.nothing - float(nothing[0])) < 1e-4


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("累计出动警力多少人次?", "2980人次"),
        ("化解矛盾纠纷多少起?", "136起"),
        ("盗窃案件同比下降多少?", "14.67%"),
        ("在派出所介绍情况的民警是谁?", "李建国"),
    ],
)
def test_bundled_finds_the_right_span_among_others(question, answer):
    reader = Reader.load()
    best = reader.best_spans(question, CONTEXT, 3)
    assert bare(CONTEXT[best[0].start : best[0].end]) == bare(answer)
    candidates = ["2980人次", "1.2万余户", "136起", "6月29日", "李建国", "14.67%"]
    spans = [(CONTEXT.index(c), CONTEXT.index(c) + len(c)) for c in candidates]
    scores = reader.score(question, CONTEXT, spans)
    assert candidates[int(np.argmax(scores))] == answer
    assert all(np.log(1e-6) - 1e-6 <= score <= 1e-6 for score in scores)


def test_proposed_spans_have_the_scores_that_score_gives():
    reader = Reader.load()
    best = reader.best_spans(QUESTION, CONTEXT, 4)
    scores = reader.score(QUESTION, CONTEXT, [(b.start, b.end) for b in best])
    assert scores == pytest.approx([b.score for b in best], abs=1e-4)
    assert all(a.end <= b.start or b.end <= a.start for i, a in enumerate(best) for b in best[:i])


def test_absence_is_likelier_where_the_context_does_not_answer():
    reader = Reader.load()
    other = "该校今年录取新生,图书馆新到一批图书,食堂换了新的桌椅。校长王敏在开学典礼上讲话。"
    assert reader.absence(QUESTION, CONTEXT) < 0.3 < 0.7 < reader.absence(QUESTION, other)


def test_probabilities_add_up():
    reader = Reader.load()
    one = reader._read(QUESTION, CONTEXT)[0]
    assert float(one.share.sum()) + one.nothing <= 1 + 1e-4
    assert float(one.share.sum()) + one.nothing > 0.9


def test_scores_are_the_same_every_time_and_in_every_thread():
    reader = Reader.load()
    spans = [(i, i + 4) for i in range(0, 40, 4)]
    wanted = reader.score(QUESTION, CONTEXT, spans)
    got = []
    threads = [threading.Thread(target=lambda: got.append(reader.score(QUESTION, CONTEXT, spans))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [wanted] * 6


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_gives_spans_within_it(question, context):
    for span in Reader.load().best_spans(question, context, 4):
        assert 0 <= span.start < span.end <= len(context)
        assert span.score <= 1e-6


@pytest.mark.parametrize(("question", "context"), [("", CONTEXT), (QUESTION, ""), (" ", " \n"), ("？？", "。。。")])
def test_empty_and_wordless_texts_are_scored_low(question, context):
    reader = Reader.load()
    assert len(reader.score(question, context, [(0, 1)])) == 1
    assert 0 <= reader.absence(question, context) <= 1


def test_long_contexts_are_read_in_windows():
    reader = Reader.load()
    filler = "当天天气晴朗,市民在公园散步,孩子们在草地上玩耍,老人们坐在树下聊天。" * 120
    text = filler + CONTEXT + filler
    best = reader.best_spans(QUESTION, text, 1)[0]
    assert text[best.start : best.end] == "2980人次"


def test_traditional_script_reads_alike():
    reader = Reader.load()
    question, context = "累計出動警力多少人次?", "市公安局開展專項行動以來,累計出動警力2980人次,走訪群眾1.2萬余戶。"
    best = reader.best_spans(question, context, 1)[0]
    assert context[best.start : best.end] == "2980人次"


def test_windows_cover_the_text_in_whole_sentences():
    encoded = small_vocabulary().encode(CONTEXT * 9)
    windows = cut_windows(encoded, 70)
    assert windows[0][0] == 0 and windows[-1][1] == len(encoded)
    assert all(a[1] == b[0] for a, b in pairwise(windows))
    assert all(encoded.pieces[end - 1].text == "。" for _, end in windows)


def test_pieces_split_numbers_from_units_and_cover_the_text():
    cut = pieces("2023年6月,抓获逃犯1.2万余人")
    assert [p.text for p in cut][:5] == ["2023", "年", "6", "月", ","]
    assert "1.2" in [p.text for p in cut]
    keys = {"7": "#1", "12": "#2", "1,234": "#4", "3.5": "#.", "1998": "#y", "三十二": "#c", "人": "人"}
    assert {text: shape(text) for text in keys} == keys


def test_match_features_are_shares_and_mark_the_question_words():
    vocabulary = small_vocabulary()
    asked, read = vocabulary.encode(QUESTION), vocabulary.encode(CONTEXT)
    found = match(asked, read)
    assert found.shape == (len(read), FEATURES)
    assert found.min() >= 0 and found.max() <= 1.0001
    marked = {piece.text for piece, hit in zip(read.pieces, found[:, 0], strict=True) if hit}
    assert marked == {"累计", "出动", "警力", "人次"}


def test_loss_is_the_likelihood_of_the_marked_spans():
    scores = torch.log(torch.tensor([[[1.0, 2.0], [1e-30, 3.0]], [[1.0, 1.0], [1e-30, 1.0]]]))
    nothing = torch.log(torch.tensor([4.0, 2.0]))
    loss = loss_of(scores, nothing, [[(0, 1), (1, 1)], []], reach=5)
    assert float(loss) == pytest.approx((np.log(10 / 5) + np.log(5 / 2)) / 2, abs=1e-5)


def test_marks_follow_the_rules_of_cmrc():
    assert overlap("2980人次", "2980人次。") == 1
    assert overlap("警力2980人", "2980人次") == pytest.approx(2 * 2 / (4 + 3))
    assert mark([("a", ["b", "a"]), ("x", ["y"])]).exact == 0.5
    kinds = {"6月29日": "date", "136起": "number", "14.67%": "number", "三百多人": "number", "李建国": "other"}
    assert {answer: kind(answer) for answer in kinds} == kinds


def test_a_file_that_is_no_reader_is_named(tmp_path):
    path = tmp_path / "no.safetensors"
    path.write_bytes(b"not weights")
    with pytest.raises(InputError, match=r"no\.safetensors"):
        Reader.load(path)
