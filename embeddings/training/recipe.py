"""The recipe, from texts to a folder: words, what is known of them, pairs, learning, writing. One call, seeded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from embeddings.training import pairs
from embeddings.training.card import card
from embeddings.training.cooccurrence import word_space
from embeddings.training.corpus import LAWS, NEWS, Document, Question, read_documents, read_questions
from embeddings.training.fit import fit
from embeddings.training.folder import write_folder
from embeddings.training.pairs import Draw, Ids, Mixture, Texts
from embeddings.training.rivals import mine, rarity, sample_passages
from embeddings.training.table import KNOWN, Table
from embeddings.training.teacher import Teacher, taught_space
from embeddings.training.vocabulary import learn_vocabulary, read_words

# Laws are many and alike: one in so many is enough to weigh words by.
_LAWS_FOR_WORDS = 4
_PASSAGES = {"questions": 12_000, "news": 30_000, "laws": 3_000}
_RIVALS = 6
# Weight of each kind of pair, and within a kind of each source.
_KINDS = {"title": 2.0, "rest": 3.0, "next": 1.0, "half": 2.0, "question": 3.0}
# In the second stage, questions are so many times all the others together.
_POLISH_QUESTIONS = 1.5
# Lengths of the vectors to these powers, after the first stage and after the second: learning leaves rare words too
# heavy for questions.
_FLATTER = (0.65, 0.7)
_SOURCES = {"news": 0.6, "questions": 0.25, "laws": 0.15}


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a run."""

    size: int = 33_792
    dimensions: int = 1_024
    steps: int = 200
    polish: int = 60
    batch: int = 768
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that is learnt from, cut into words."""

    tokenizer: Tokenizer
    texts: dict[str, Texts]
    asked: list[tuple[Ids, int]]

    def words(self) -> list[str]:
        """Return the words of the tokenizer in the order of their ids."""
        return [self.tokenizer.id_to_token(i) or "" for i in range(self.tokenizer.get_vocab_size())]


def gather(data: Path, words: Path, size: int, *, news: bool) -> Material:
    """Read the data, learn the words and cut everything by them."""
    paragraphs, questions = read_questions(data)
    documents = {"questions": paragraphs, "laws": read_documents(data, LAWS)}
    if news:
        documents["news"] = read_documents(data, NEWS)
    tokenizer = learn_vocabulary(read_words(words), _for_words(documents, questions), size)
    texts = {name: Texts.cut(tokenizer, some, name) for name, some in documents.items()}
    cut = pairs.cut_all(tokenizer, (question.text for question in questions), "questions")
    return Material(tokenizer, texts, pairs.locate(texts["questions"], paragraphs, questions, cut))


def _for_words(documents: dict[str, list[Document]], questions: Sequence[Question]) -> list[str]:
    """Return the texts that decide which words there are."""
    texts = [question.text for question in questions]
    for name, some in documents.items():
        texts += [document.title for document in some]
        texts += ["".join(document.sentences) for document in some[:: _LAWS_FOR_WORDS if name == "laws" else 1]]
    return texts


def synonyms(tokenizer: Tokenizer) -> dict[int, Ids]:
    """Return for each word of the hand-written groups the others of its groups; words cut in pieces are left out."""
    found: dict[int, set[int]] = {}
    for line in (files("embeddings.training") / "synonyms.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        group = {i for i in map(tokenizer.token_to_id, line.split()) if i is not None}
        for word in group:
            found.setdefault(word, set()).update(group - {word})
    return {word: np.array(sorted(others), np.int32) for word, others in found.items() if others}


def mix(material: Material, rare: NDArray[np.float32], pool: list[Ids], owners: list[int]) -> Mixture:
    """Put the ways to draw pairs together; the human questions come last."""
    draws: list[Draw] = []
    weights: list[float] = []
    makers = {
        "title": pairs.title_to_passage,
        "rest": pairs.sentence_to_rest,
        "next": pairs.neighbours,
        "half": pairs.half_to_passage,
    }
    for kind, make in makers.items():
        for name, texts in material.texts.items():
            draws.append(make(texts))
            weights.append(_KINDS[kind] * _SOURCES[name])
    texts = material.texts["questions"]
    documents = [texts.document_of(sentence) for _, sentence in material.asked]
    rivals = mine([question for question, _ in material.asked], documents, pool, owners, rare, _RIVALS)
    draws.append(pairs.question_to_passage(texts, material.asked, rivals))
    weights.append(_KINDS["question"])
    return Mixture(tuple(draws), tuple(weights), synonyms(material.tokenizer))


def more_questions(mixture: Mixture) -> Mixture:
    """Return the mixture of the second stage."""
    others = mixture.weights[:-1]
    return replace(mixture, weights=(*others, sum(others) * _POLISH_QUESTIONS))


def known_space(material: Material, recipe: Recipe, teacher: Path | None) -> NDArray[np.float32]:
    """Return what is known of each word before learning: by the teacher or, without one, by the word's company."""
    size = material.tokenizer.get_vocab_size()
    if teacher is None:
        sentences = [sentence for texts in material.texts.values() for sentence in texts.sentences]
        return word_space(sentences, size, recipe.dimensions, recipe.seed)
    vectors = Teacher.load(teacher).encode(material.words())
    return taught_space(vectors, recipe.dimensions, recipe.seed)


def learn(material: Material, recipe: Recipe, teacher: Path | None = None) -> tuple[NDArray[np.float32], list[float]]:
    """Learn the table from the material, (words, dimensions); return it with the loss of each step."""
    rng = np.random.default_rng(recipe.seed)
    size = material.tokenizer.get_vocab_size()
    pool: list[Ids] = []
    owners: list[int] = []
    for name, texts in material.texts.items():
        passages, documents = sample_passages(texts, _PASSAGES[name], rng)
        pool += passages
        # Only paragraphs with questions can be the question's own; others must not share their numbers.
        owners += documents if name == "questions" else [-1] * len(documents)
    rare = rarity(pool, size)
    table = Table.begin(material.words(), rare, known_space(material, recipe, teacher), recipe.seed)
    mixture = mix(material, rare, pool, owners)
    losses = fit(table, mixture, steps=recipe.steps, batch=recipe.batch, seed=recipe.seed)
    table.flatten(_FLATTER[0])
    losses += fit(
        table, more_questions(mixture), steps=recipe.polish, batch=recipe.batch * 3 // 4, seed=recipe.seed + 1
    )
    table.flatten(_FLATTER[1])
    return table.fold(), losses


def train(
    data: Path, out: Path, words: Path, recipe: Recipe, *, news: bool = True, teacher: Path | None = None
) -> None:
    """Make a model from the texts under ``data`` and write it to ``out`` with its card."""
    material = gather(data, words, recipe.size, news=news)
    table, losses = learn(material, recipe, teacher)
    write_folder(out, material.tokenizer, table)
    text = card(
        words=len(table),
        dimensions=recipe.dimensions,
        batch=recipe.batch,
        steps=recipe.steps,
        polish=recipe.polish,
        seed=recipe.seed,
        known=KNOWN,
        teacher="none, but the company of words" if teacher is None else "multilingual-e5-small",
        losses=losses,
    )
    (out / "README.md").write_text(text, encoding="utf-8")
