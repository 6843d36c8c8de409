"""The model card: ``card.md`` filled in with the numbers of a run, and with the results kept in ``results.md``."""

from __future__ import annotations

from importlib.resources import files

_FOLDER = files("embeddings.training")


def card(
    *,
    words: int,
    dimensions: int,
    batch: int,
    steps: int,
    polish: int,
    seed: int,
    known: float,
    teacher: str,
    losses: list[float],
) -> str:
    """Return the card as Markdown."""
    tail = losses[-20:]
    last = f"Mean loss of the last {len(tail)} steps: {sum(tail) / len(tail):.3f}." if tail else ""
    template = (_FOLDER / "card.md").read_text(encoding="utf-8")
    return template.format(
        words=words,
        dimensions=dimensions,
        half=dimensions // 2,
        quarter=dimensions // 4,
        megabytes=words * (dimensions + 4) / 1e6,
        batch=batch,
        steps=steps,
        polish=polish,
        seed=seed,
        known=known,
        teacher=teacher,
        losses=last,
        results=(_FOLDER / "results.md").read_text(encoding="utf-8").strip(),
    )
