"""The bundled model: the same vectors as sentence-transformers gives, and every kind of input."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

import embeddings.embedder
from embeddings import Embedder, EmbeddingError, ModelDamaged, ModelNotFound, TextTypeError

SEEDS = Path(__file__).parent.parent / "seeds"
ODD = [
    "",
    " \n\t",
    "!!!。。",
    "Ａ１２３ Hello",
    "鄢陵縣公安局",
    "2980人次,14.67%",
    "𠮷野家🙂",
    "a" * 3_000,
    "é̂",
    "公安局",
]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


@pytest.fixture(scope="module")
def texts() -> list[str]:
    lines = [line for path in sorted(SEEDS.iterdir()) for line in path.read_text(encoding="utf-8").split("。")]
    return lines + ODD


def test_vectors_are_rows_of_length_one_or_zero(embedder, texts):
    vectors = embedder.encode(texts)
    assert vectors.dtype == np.float32 and vectors.shape == (len(texts), embedder.dimension)
    lengths = np.linalg.norm(vectors, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))
    assert not vectors[texts.index("")].any() and not vectors[texts.index("!!!。。")].any()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_sentence_transformers_gives_the_same_vectors(embedder, texts):
    from sentence_transformers import SentenceTransformer

    whole = SentenceTransformer(str(embeddings.embedder.BUNDLED), device="cpu", local_files_only=True)
    np.testing.assert_allclose(whole.encode(texts), embedder.encode(texts), atol=1e-5)
    short = SentenceTransformer(str(embeddings.embedder.BUNDLED), device="cpu", local_files_only=True, truncate_dim=128)
    mine = Embedder(dimensions=128).encode(texts)
    theirs = short.encode(texts, normalize_embeddings=True)
    np.testing.assert_allclose(theirs, mine, atol=1e-5)


def test_vectors_do_not_depend_on_their_company(embedder, texts):
    together = embedder.encode(texts)
    alone = np.concatenate([embedder.encode([text]) for text in texts])
    np.testing.assert_array_equal(embedder.encode(texts * 8)[-len(texts) :], together)
    np.testing.assert_array_equal(together, alone)


def test_a_word_counts_once(embedder):
    np.testing.assert_allclose(embedder.encode(["小麦,小麦,警察"]), embedder.encode(["警察,小麦"]), atol=1e-6)


def test_near_in_meaning_is_near_in_space(embedder):
    near, far = "民警抓获一名盗窃嫌疑人", "农民在田里收割小麦"
    question = embedder.encode_queries(["小偷被警方捉住了吗"])[0]
    passages = embedder.encode_passages([near, far])
    assert passages[0] @ question > passages[1] @ question


def test_any_iterable_will_do(embedder):
    expected = embedder.encode(["公安局", "", "小麦"])
    np.testing.assert_array_equal(embedder.encode(iter(["公安局", "", "小麦"])), expected)
    np.testing.assert_array_equal(embedder.encode(("公安局", "", "小麦")), expected)
    np.testing.assert_array_equal(embedder.encode(text for text in ["公安局", "", "小麦"]), expected)
    assert embedder.encode([]).shape == (0, embedder.dimension)


def test_many_threads_get_the_same_vectors(embedder, texts):
    expected = embedder.encode(texts)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(lambda _: embedder.encode(texts), range(16)):
            np.testing.assert_array_equal(vectors, expected)


def test_first_dimensions_are_the_whole_ones_cut_and_normalised(embedder, texts):
    short = Embedder(dimensions=64)
    cut = embedder.encode(texts)[:, :64]
    cut /= np.maximum(np.linalg.norm(cut, axis=1, keepdims=True), 1e-12)
    np.testing.assert_allclose(short.encode(texts), cut, atol=1e-5)
    assert short.dimension == 64 and short.fingerprint != embedder.fingerprint


def test_the_fingerprint_is_the_same_in_every_process(embedder):
    script = "from embeddings import Embedder; print(Embedder().fingerprint)"
    again = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert again.stdout.strip() == embedder.fingerprint


def test_the_light_path_imports_no_torch():
    script = (
        "import sys; from embeddings import Embedder; Embedder().encode(['公安局'] * 200);"
        "print(sorted({'torch', 'sentence_transformers', 'transformers'} & sys.modules.keys()))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_word_vectors_are_the_vectors_of_the_words_alone(embedder):
    words = ["抓获", "逮捕", "抓获", "🙂", ""]
    vectors = embedder.word_vectors(words)
    np.testing.assert_array_equal(vectors, embedder.encode(words))
    np.testing.assert_array_equal(embedder.word_vectors(words[::-1]), vectors[::-1])
    assert embedder.word_vectors([]).shape == (0, embedder.dimension)
    many = [f"{i}年" for i in range(10_000)]
    np.testing.assert_array_equal(embedder.word_vectors(many)[::500], embedder.encode(many[::500]))


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        (["公安局", 3], "int was found at position 1"),
        ([None], "NoneType"),
        ([float("nan")], "float was found"),
        ([b"abc"], "bytes"),
        ("公安局", "put it in a list"),
    ],
)
def test_what_is_no_string_is_named(embedder, texts, says):
    with pytest.raises(TextTypeError, match=says):
        embedder.encode(texts)


def test_half_characters_do_not_stop_the_rest(embedder):
    np.testing.assert_array_equal(embedder.encode(["公安局\ud800"]), embedder.encode(["公安局?"]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(), max_size=40), max_size=6))
def test_any_text_has_a_vector(texts):
    vectors = _SHARED.encode(texts)
    assert vectors.shape == (len(texts), _SHARED.dimension) and np.isfinite(vectors).all()


_SHARED = Embedder()


@pytest.mark.parametrize(
    "options", [{"dimensions": 0}, {"dimensions": 10**6}, {"dimensions": True}, {"batch_size": -1}]
)
def test_settings_that_cannot_be_are_named(options):
    with pytest.raises(EmbeddingError, match=next(iter(options)).split("_")[0]):
        Embedder(**options)


def test_a_folder_that_is_no_model_is_named(tmp_path):
    with pytest.raises(ModelNotFound, match="no model folder"):
        Embedder(tmp_path / "absent")
    whole = tmp_path / "whole"
    shutil.copytree(embeddings.embedder.BUNDLED, whole)
    assert Embedder(whole).fingerprint == Embedder().fingerprint
    (whole / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelDamaged, match="cannot be read"):
        Embedder(whole)
    (whole / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelDamaged, match=r"tokenizer\.json"):
        Embedder(whole)
    (whole / "tokenizer.json").unlink()
    with pytest.raises(ModelDamaged, match=r"tokenizer\.json"):
        Embedder(whole)


def test_parts_of_different_models_are_not_put_together(tmp_path):
    shutil.copytree(embeddings.embedder.BUNDLED, tmp_path / "mixed")
    save_file({"weight": np.ones(7, np.float32)}, tmp_path / "mixed" / "model.safetensors")
    with pytest.raises(ModelDamaged, match="7 weights"):
        Embedder(tmp_path / "mixed")


def test_progress_is_shown_on_the_error_stream(embedder, capfd):
    embedder.encode(["公安局"] * 3, show_progress=True)
    shown = capfd.readouterr()
    assert "3/3" in shown.err and not shown.out


@pytest.fixture
def other(tmp_path):
    """A sentence-transformers model of another kind: averaged vectors of letters, and a prompt for questions."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "a": 1, "b": 2, "q": 3}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    table = np.array([[0, 0, 0], [3, 0, 4], [0, 2, 0], [0, 0, 1]], np.float32)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, table)], prompts={"query": "q "}, device="cpu")
    model.save(str(tmp_path / "other"), create_model_card=False)
    return tmp_path / "other"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_any_other_model_keeps_the_contract(other):
    model = Embedder(other, device="cpu", batch_size=2)
    assert model.dimension == 3 and model.name == str(other)
    np.testing.assert_allclose(model.encode(["a", "", "b b"]), [[0.6, 0, 0.8], [0, 0, 0], [0, 1, 0]], atol=1e-6)
    mixed = np.array([3, 0, 5]) / np.sqrt(34)
    np.testing.assert_allclose(model.encode_queries(["a"])[0], mixed, atol=1e-6)
    np.testing.assert_allclose(model.encode_passages(["a"])[0], [0.6, 0, 0.8], atol=1e-6)
    short = Embedder(other, device="cpu", dimensions=2)
    np.testing.assert_allclose(short.encode(["a", "b"]), [[1, 0], [0, 1]], atol=1e-6)
    prompted = Embedder(other, device="cpu", prompts={"document": "q "})
    np.testing.assert_allclose(prompted.encode_passages(["a"])[0], mixed, atol=1e-6)
    assert len({each.fingerprint for each in (model, short, prompted)}) == 3
    assert Embedder(other, device="cpu").fingerprint == model.fingerprint
    with pytest.raises(EmbeddingError, match="3 dimensions"):
        Embedder(other, device="cpu", dimensions=9)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_model_that_cannot_be_had_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr("embeddings.sentence_model._hub_answers", lambda: False)
    with pytest.raises(ModelNotFound, match=r"hf download some/model.*leave the model out"):
        Embedder("some/model")
    with pytest.raises(ModelNotFound, match="hf download"):
        Embedder("not a name!")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelDamaged, match="cannot be read as a model"):
        Embedder(tmp_path / "empty")
