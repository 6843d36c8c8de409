"""The reader's training: the base file by hand-made bytes, the vocabulary, crops by value, and one small run."""

import gzip
import json
import random
import struct
from functools import partial

import numpy as np
import pytest
import torch

from embeddings.errors import TrainingDataError
from embeddings.training.published import Base, read_base
from qa.answering.network import Network
from qa.answering.reader import Reader
from qa.answering.tokens import END, Cutter, lead
from qa.answering.training import __main__ as command
from qa.answering.training.examples import Context, Crop, Texts, batches, crop
from qa.answering.training.export import export, restore
from qa.answering.training.local import answer_span, read_local
from qa.answering.training.model import MATCH, ReaderNetwork, span_scores
from qa.answering.training.progress import Progress
from qa.answering.training.rivals import may_answer, read_windows, windows
from qa.answering.training.train import Schedule, collate, fit, loss_of
from qa.answering.training.vocabulary import SPECIAL, build, candidates, choose
from qa.errors import InputError
from qa.library import Library

SIZE, INNER, HEADS, LAYERS = 32, 64, 4, 2
TEXT = (
    "市公安局开展专项行动以来,累计出动警力2980人次。走访群众1.2万余户,化解矛盾纠纷136起。"
    "6月29日,民警李建国在东风路派出所介绍,盗窃案件同比下降14.67%。"
)
PIECES = [*SPECIAL, "▁", *sorted(set(TEXT)), "累计", "出动", "警力", "多少", "?", "的声", "警力量", "0", "29", "80"]


def base_file(path, pieces=PIECES):
    """Write a weights file of the published layout, its numbers counted up, all matrices in 4-bit blocks."""
    rng = np.random.default_rng(1)
    tensors = {}

    def blocks(rows, columns):
        scales = rng.uniform(0.01, 0.05, (rows, columns // 32)).astype("<f2")
        numbers = rng.integers(0, 16, (rows, columns // 32, 32))
        packed = (numbers[..., :16] | numbers[..., 16:] << 4).astype("u1")
        raw = b"".join(
            scales[r, b].tobytes() + packed[r, b].tobytes() for r in range(rows) for b in range(columns // 32)
        )
        return raw, ((numbers - 8) * scales[..., None].astype(np.float32)).reshape(rows, columns)

    def add(name, shape, packed):
        if packed:
            tensors[name] = blocks(*shape)
        else:
            values = rng.normal(size=shape).astype("<f4")
            tensors[name] = (values.tobytes(), values)

    add("emb.word", (len(pieces), SIZE), True)
    add("emb.pos", (128, SIZE), False)
    add("emb.type", (2, SIZE), False)
    add("emb.ln.w", (SIZE,), False)
    add("emb.ln.b", (SIZE,), False)
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao"):
            add(f"l{layer}.{name}.w", (SIZE, SIZE), True)
            add(f"l{layer}.{name}.b", (SIZE,), False)
        add(f"l{layer}.fi.w", (INNER, SIZE), True)
        add(f"l{layer}.fi.b", (INNER,), False)
        add(f"l{layer}.fo.w", (SIZE, INNER), True)
        add(f"l{layer}.fo.b", (SIZE,), False)
        for norm in ("aln", "oln"):
            add(f"l{layer}.{norm}.w", (SIZE,), False)
            add(f"l{layer}.{norm}.b", (SIZE,), False)
    spelled = [piece.encode() for piece in pieces]
    ends = np.cumsum([0] + [len(piece) for piece in spelled]).astype("<u4")
    scores = -np.arange(len(pieces), dtype="<f4") / 100 - 1
    scores[[pieces.index(piece) for piece in pieces if len(piece) > 1 and piece not in SPECIAL]] = -0.5
    head = b"E5S1" + struct.pack("<I7ifi", 1, SIZE, LAYERS, HEADS, INNER, len(pieces), 128, 2, 1e-12, 32)
    head += (
        struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, ends[-1]) + ends.tobytes() + scores.tobytes() + b"".join(spelled)
    )
    head += struct.pack("<iI", 0, 0) + struct.pack("<i", len(tensors))
    size = len(head) + sum(2 + len(name) + 1 + 4 + 16 for name in tensors)
    directory, body = b"", b""
    for name, (raw, values) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode() + b"\x01"
        directory += struct.pack("<IQQ", values.size, size + len(body), len(raw))
        body += raw
    path.write_bytes(head + directory + body)
    return {name: values for name, (_, values) in tensors.items()}


@pytest.fixture
def base(tmp_path) -> Base:
    base_file(tmp_path / "base.bin")
    return read_base(tmp_path / "base.bin")


def small(base: Base) -> tuple[ReaderNetwork, list[int]]:
    torch.manual_seed(3)
    kept = candidates(base)
    network = ReaderNetwork(len(SPECIAL) + len(kept), LAYERS, SIZE, INNER, HEADS, longest=128, dropout=0.0)
    network.take(base, kept)
    return network.eval(), kept


def test_the_base_is_read_number_for_number(tmp_path):
    wanted = base_file(tmp_path / "base.bin")
    found = read_base(tmp_path / "base.bin")
    assert found.pieces == PIECES and (found.layers, found.heads) == (LAYERS, HEADS)
    assert found.tensors.keys() == wanted.keys()
    for name, values in wanted.items():
        assert np.allclose(found.tensors[name], values, atol=1e-6), name


def test_another_file_is_no_base(tmp_path):
    (tmp_path / "x.bin").write_bytes(b"GGUF and more")
    with pytest.raises(TrainingDataError, match=r"x\.bin.*GGUF"):
        read_base(tmp_path / "x.bin")


def test_pieces_keep_to_two_characters_and_leave_grammar_alone(base):
    kept = {base.pieces[i] for i in candidates(base)}
    assert {"累计", "出动", "2", "29", "人", ","} <= kept
    assert not {"的声", "警力量", *SPECIAL} & kept


def test_the_vocabulary_holds_what_the_texts_use(base):
    kept = [base.pieces[i] for i in choose(base, [TEXT] * 4, [])]
    assert "累计" in kept and "警力" in kept and "多少" not in kept


def test_tokens_cover_the_text_and_figures_end_where_tokens_end(base):
    cutter = Cutter(build(base, candidates(base)))
    tokens = cutter.cut(TEXT)
    assert "".join(TEXT[start:end] for start, end in tokens.spans) == TEXT
    at = TEXT.index("2980")
    first, last = tokens.covering(at, at + 4)
    assert (tokens.spans[first][0], tokens.spans[last][1]) == (at, at + 4)


def test_attention_and_layers_are_those_of_the_base(base):
    """One layer by numpy, from the definition of the published encoder."""
    network, _ = small(base)
    ids = torch.tensor([[0, 5, 6, 7, 2]])
    x = network.word(ids) + network.position.weight[:5] + network.side(torch.zeros_like(ids))
    x = network.norm(x).detach()
    got = network.layers[0](x, torch.zeros(1, 1, 1, 5)).detach().numpy()[0]
    t, h = base.tensors, x.numpy()[0]

    def norm(values, name):
        mean, spread = values.mean(-1, keepdims=True), values.std(-1, keepdims=True)
        return (values - mean) / np.sqrt(spread**2 + 1e-12) * t[f"l0.{name}.w"] + t[f"l0.{name}.b"]

    q, k, v = (h @ t[f"l0.{n}.w"].T + t[f"l0.{n}.b"] for n in "qkv")
    mixed = np.zeros_like(h)
    wide = SIZE // HEADS
    for head in range(HEADS):
        part = slice(head * wide, (head + 1) * wide)
        logits = q[:, part] @ k[:, part].T / np.sqrt(wide)
        share = np.exp(logits - logits.max(-1, keepdims=True))
        mixed[:, part] = share / share.sum(-1, keepdims=True) @ v[:, part]
    h = norm(h + mixed @ t["l0.ao.w"].T + t["l0.ao.b"], "aln")
    inner = torch.nn.functional.gelu(torch.from_numpy(h @ t["l0.fi.w"].T + t["l0.fi.b"])).numpy()
    assert np.allclose(got, norm(h + inner @ t["l0.fo.w"].T + t["l0.fo.b"], "oln"), atol=1e-3)


@pytest.mark.parametrize("background", ["", "市公安局…专项行动"])
@pytest.mark.parametrize("contexts", [["出动警力2980人次"], [TEXT[:40], "警力", "出动警力多少"]])
def test_onnx_gives_the_scores_of_torch(base, tmp_path, contexts, background):
    network, kept = small(base)
    tokenizer = build(base, kept)
    export(network, tokenizer, tmp_path, exact=True)
    light, cutter = Network.load(tmp_path / "reader.onnx"), Cutter.load(tmp_path / "tokenizer.json")
    question = cutter.cut("出动警力多少?")
    read = [cutter.cut(context) for context in contexts]
    for window in read:
        asked = lead(question, cutter.cut(background))
        got = light.read(asked, window)
        ids, sides, there, _ = collate([_crop(asked, window)])
        with torch.inference_mode():
            starts, ends, nothing = network(ids, sides, there)
        at = len(asked) + 2
        wanted = span_scores(starts, ends, sides)[0, at : at + len(window), at : at + len(window)].numpy()
        assert np.abs(got.spans - wanted)[wanted > -1e3].max() < 1e-3
        assert got.nothing == pytest.approx(float(nothing[0, 0]), abs=1e-3)


def _crop(asked, window, answer=None):
    return Crop(asked, window, answer)


def test_an_exported_network_is_taken_up_again(base, tmp_path):
    network, kept = small(base)
    export(network, build(base, kept), tmp_path / "first")
    again, tokenizer = restore(tmp_path / "first")
    for name, values in network.state_dict().items():
        # Half a step of int8 at most; the table of words has one step for all its rows.
        step = float(values.max() - values.min()) / 254
        assert float((again.state_dict()[name] - values).abs().max()) <= step, name
    export(again, tokenizer, tmp_path / "second")
    question, context = "出动警力多少?", "累计出动警力2980人次。"
    first, second = (Reader.load(tmp_path / name).best_spans(question, context) for name in ("first", "second"))
    assert [(s.start, s.end) for s in first] == [(s.start, s.end) for s in second]
    assert [s.score for s in first] == pytest.approx([s.score for s in second], abs=1e-3)


def test_weights_that_are_not_in_int8_are_not_taken_up(base, tmp_path):
    network, kept = small(base)
    export(network, build(base, kept), tmp_path, exact=True)
    with pytest.raises(InputError, match="0 products in int8, not 11"):
        restore(tmp_path)


def test_span_scores_are_products_of_starts_and_ends():
    rng = torch.Generator().manual_seed(1)
    starts, ends = torch.rand((1, 5, MATCH + 1), generator=rng), torch.rand((1, 5, MATCH + 1), generator=rng)
    sides = torch.tensor([[0, 1, 1, 1, 0]])
    scores = span_scores(starts, ends, sides)[0]
    wanted = float(starts[0, 1, :MATCH] @ ends[0, 3, :MATCH]) / MATCH**0.5 + float(
        starts[0, 1, MATCH] + ends[0, 3, MATCH]
    )
    assert float(scores[1, 3]) == pytest.approx(wanted, rel=1e-5)
    assert float(scores[3, 1]) == float(scores[0, 2]) == float(scores[1, 4]) == -1e4


def test_crops_hold_the_answer_where_they_say(base):
    texts = Texts(Cutter(build(base, candidates(base))))
    at = TEXT.index("136起")
    example = texts.example("化解矛盾纠纷多少起?", TEXT, (at, at + 4))
    rng = random.Random(5)
    others = [Context("另一篇", texts._cutter.cut("走访群众。"))]
    seen = {True: 0, False: 0}
    for _ in range(200):
        one = crop(example, others, rng)
        if one is None:
            continue
        seen[one.answer is not None] += 1
        if one.answer:
            first, last = one.answer
            start, end = one.window.spans[first][0], one.window.spans[last][1]
            assert TEXT[start:end] == "136起"
        elif one.window.text == TEXT:
            assert "136" not in TEXT[one.window.spans[0][0] : one.window.spans[-1][1]]
    assert seen[True] > 3 * seen[False] > 0


def test_a_window_of_the_bot_is_read_whole_and_one_without_the_answer_now_and_then(base):
    texts = Texts(Cutter(build(base, candidates(base))))
    at = TEXT.index("136起")
    rng = random.Random(7)
    answering = texts.example("化解矛盾纠纷多少起?", TEXT, (at, at + 4), whole=True)
    found = [crop(answering, [], rng) for _ in range(20)]
    assert {(one.window.ids, one.answer) for one in found} == {(answering.context.tokens.ids, answering.answer)}
    silent = texts.example("查获车辆多少台?", TEXT, None, whole=True)
    assert 250 <= sum(crop(silent, [], rng) is not None for _ in range(1000)) <= 550


def test_the_windows_are_those_that_the_bot_would_read(tmp_path):
    other = "另一市公安局走访群众85户。"
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "a", "text": TEXT}, {"id": "b", "text": other})
        read = windows("市公安局走访群众多少户?", library)
        assert any("1.2万余户" in one.text for one in read) and any("85户" in one.text for one in read)
        found = {(shown.text, span) for _, shown, span in read_windows([gold(tmp_path)], library)}
    asked = next(text for text, span in found if span)
    start, end = next(span for text, span in found if text == asked and span)
    assert asked[start:end] == "2980人次"
    # The question without an answer has the same windows, none of which answers it.
    assert (asked, None) in found


def test_a_window_comes_with_what_its_article_says_elsewhere(base, tmp_path):
    lines = ["新山县公安局通报", "天气晴朗,河水清澈,山上的树叶黄了。" * 14, "民警累计出动2980人次。"]
    with Library.open(tmp_path / "library") as library:
        library.add({"id": "a", "text": "\n".join(lines)})
        shown = next(one for one in windows("新山县公安局出动民警多少人次?", library) if "2980" in one.text)
    assert "新山县" not in shown.text and shown.background.startswith("新山县公安局通报")
    cutter = Cutter(build(base, candidates(base)))
    texts = Texts(cutter)
    at = shown.text.index("2980人次")
    plain = texts.example("出动多少?", shown.text, (at, at + 6), whole=True)
    told = texts.example("出动多少?", shown.text, (at, at + 6), background=shown.background, whole=True)
    assert told.lead == (*plain.lead, END, *cutter.cut(shown.background).ids) and told.answer == plain.answer


@pytest.mark.parametrize(
    ("window", "wanted"),
    [
        ("全市出动警力2980人次。", True),
        ("全市出动警力12980人次。", False),
        ("累计出动了很多警力。", False),
        ("据统计,走访商户、检查旅馆的民警很多。", True),
        ("共29处。", False),
    ],
)
def test_a_window_that_may_answer_without_the_quote_is_known(window, wanted):
    row = {"answers": ["2980人次", "9"], "evidence": [{"quote": "走访商户、检查旅馆,出动2980人次"}]}
    assert may_answer(row, window) is wanted


def test_batches_hold_every_example_once(base):
    texts = Texts(Cutter(build(base, candidates(base))))
    at = TEXT.index("2980人次")
    group = [texts.example("出动警力多少?" + "?" * n, TEXT, (at, at + 6)) for n in range(23)]
    found = [one for batch in batches([group], 4, random.Random(2)) for one in batch]
    assert sorted(len(one.lead) for one in found) == sorted(len(example.lead) for example in group)


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({"type": "figure", "answers": ["2980", "2980人次"], "evidence": [{"quote": "出动警力2980人次"}]}, "2980人次"),
        ({"type": "figure", "answers": ["80"], "evidence": [{"quote": "出动警力2980人次"}]}, None),
        (
            {"type": "list", "all_of": ["走访", ["纠纷", "争端"]], "evidence": [{"quote": "走访群众1.2万余户"}]},
            "走访群众1.2万余户,化解矛盾纠纷",
        ),
        ({"type": "descriptive", "answers": ["出动"], "evidence": [{"quote": "累计出动警力"}]}, "累计出动警力"),
        ({"type": "figure", "answers": ["1"], "evidence": [{"quote": "不在文中"}]}, None),
    ],
)  # fmt: skip
def test_the_place_of_an_answer(row, wanted):
    span = answer_span(row, TEXT)
    assert (TEXT[slice(*span)] if span else None) == wanted


def gold(tmp_path):
    rows = [
        {"type": "figure", "turns": ["出动警力多少?"], "answers": ["2980人次"], "answerable": True, "note": "",
         "evidence": [{"doc": "crud-000001", "quote": "警力2980人次"}]},
        {"type": "unanswerable", "turns": ["走访花了多少?"], "answers": [], "answerable": False, "evidence": [],
         "note": "cat=unreported_metric; nearest crud-000001"},
        {"type": "followup", "turns": ["出动警力多少?", "其中呢?"], "answers": ["1"], "answerable": True, "note": "",
         "evidence": [{"doc": "crud-000001", "quote": "警力"}]},
    ]  # fmt: skip
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def test_local_questions_are_read_with_their_places(tmp_path):
    found = list(read_local([gold(tmp_path)], {"crud-000001": TEXT}))
    assert [(question, TEXT[slice(*span)] if span else None) for question, _, span in found] == [
        ("出动警力多少?", "2980人次"),
        ("走访花了多少?", None),
    ]


def test_learning_lowers_the_loss(base):
    network, kept = small(base)
    texts = Texts(Cutter(build(base, kept)))
    example = texts.example("出动警力多少?", "累计出动警力2980人次。", None)
    crops = [_crop(example.lead, example.context.tokens, (3, 6))] * 4
    before = float(loss_of(network, crops).detach())
    fit(network, iter([crops] * 60), Schedule(60, rate=3e-3, warm=3), Progress(quiet=True))
    assert float(loss_of(network, crops).detach()) < before / 2


@pytest.mark.slow
def test_one_command_makes_a_reader(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "PASSES", (1, 1))
    data = tmp_path / "data"
    (data / "train").mkdir(parents=True)
    (data / "news").mkdir()

    def write(path, rows):
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.write("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))

    at = TEXT.index("136起")
    for name in command.HUMAN:
        write(data / f"train/{name}.contexts.jsonl.gz", [{"id": "c", "title": "t", "text": TEXT}])
        asked = {"id": "q", "question": "化解纠纷多少?", "context_id": "c", "answers": [{"text": "136起", "start": at}]}
        write(data / f"train/{name}.questions.jsonl.gz", [asked] * 8)
    for name in ("police-local", "general", "cctv"):
        write(data / f"news/{name}.jsonl.gz", [{"id": "crud-000001", "text": TEXT}] * 4)
    base_file(tmp_path / "base.bin")
    small_one = partial(ReaderNetwork, size=SIZE, inner=INNER, heads=HEADS, longest=128)
    monkeypatch.setattr(command, "ReaderNetwork", small_one)
    out = tmp_path / "out"
    command.main(["--data", str(data), "--out", str(out), "--base", str(tmp_path / "base.bin"),
                  "--gold", str(gold(tmp_path)), "--threads", "1", "--layers", str(LAYERS)])  # fmt: skip
    spans = Reader.load(out).best_spans("出动警力多少?", TEXT[:30], 2)
    assert all(0 <= span.start < span.end <= 30 for span in spans)
