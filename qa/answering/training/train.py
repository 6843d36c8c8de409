"""Fits the network to crops: span likelihood with a "nothing" outcome, averaged weights, a warm-up and a cosine."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from qa.answering.training.data import Crop, batches, pad_match, pad_texts
from qa.answering.training.model import ReaderNetwork
from qa.answering.training.progress import Progress


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how hard to train."""

    rounds: int = 8
    rate: float = 2e-3
    budget: int = 6000  # questions times pieces in a batch
    warm: int = 100
    minutes: float = math.inf  # the rate falls to nothing by then, whatever is left to do
    decay: float = 0.03
    average: float = 0.998


def tensors(texts: dict[str, np.ndarray]) -> dict[str, Tensor]:
    """Return numpy arrays as tensors, rows as int64."""
    return {k: torch.from_numpy(v).long() if v.dtype == np.int32 else torch.from_numpy(v) for k, v in texts.items()}


def collate(crop: Sequence[Crop]) -> tuple[dict[str, Tensor], dict[str, Tensor], Tensor, Tensor]:
    """Return the network's arguments for a batch of crops."""
    questions = [question for one in crop for question in one.questions]
    which = torch.tensor([i for i, one in enumerate(crop) for _ in one.questions])
    context = tensors(pad_texts([one.context for one in crop]))
    return tensors(pad_texts(questions)), context, torch.from_numpy(pad_match(crop)), which


def loss_of(scores: Tensor, nothing: Tensor, spans: Sequence[Sequence[tuple[int, int]]], reach: int) -> Tensor:
    """Return the mean negative log-likelihood of the marked spans, or of "nothing" where there is none."""
    count, n, _ = scores.shape
    everything = torch.cat([scores.reshape(count, -1), nothing.unsqueeze(1)], 1)
    total = torch.logsumexp(everything, 1)
    places = [[a * n + b for a, b in marked if b - a < reach] if marked else [n * n] for marked in spans]
    widest = max(map(len, places))
    index = torch.tensor([(place + [n * n] * widest)[:widest] for place in places])
    real = torch.tensor([[i < len(place) for i in range(widest)] for place in places])
    # One gather for all: indexing row by row would make a gradient as large as ``everything`` for each question.
    picked = everything.gather(1, index).masked_fill(~real, -1e9)
    kept = real.any(1)
    losses = (total - torch.logsumexp(picked, 1))[kept]
    return losses.mean() if len(losses) else total.sum() * 0


class Trainer:
    """A network with its optimiser and its running average of weights."""

    def __init__(self, network: ReaderNetwork, schedule: Schedule, steps: int) -> None:
        self.network, self.schedule, self.steps, self.step = network, schedule, steps, 0
        self.began = time.monotonic()
        decayed = [p for p in network.parameters() if p.ndim > 1]
        plain = [p for p in network.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": schedule.decay}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=schedule.rate, betas=(0.9, 0.99))
        self.mean = {k: v.detach().clone() for k, v in network.named_parameters()}

    def done(self) -> float:
        """Return the share of the work, or of the time if that is greater, that is behind."""
        return max(self.step / self.steps, (time.monotonic() - self.began) / 60 / self.schedule.minutes)

    def rate(self) -> float:
        """Return the learning rate of the present step: a warm-up, then straight down."""
        warm = min(1.0, (self.step + 1) / self.schedule.warm)
        return self.schedule.rate * warm * max(0.01, 1 - self.done())

    def learn(self, crop: Sequence[Crop]) -> float:
        """Take one step and return its loss."""
        question, context, match, which = collate(crop)
        self.network.train()
        with torch.autocast("cpu", torch.bfloat16):
            scores, nothing = self.network(question, context, match, which)
        loss = loss_of(scores, nothing, [s for one in crop for s in one.spans], self.network.reach)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        self.optimiser.step()
        self.step += 1
        keep = min(self.schedule.average, (self.step + 1) / (self.step + 10))
        for name, value in self.network.named_parameters():
            self.mean[name].lerp_(value.detach(), 1 - keep)
        return float(loss.detach())

    def averaged(self) -> dict[str, Tensor]:
        """Return the state of the network with averaged weights."""
        return {**self.network.state_dict(), **self.mean}


def run(
    trainer: Trainer,
    make: Callable[[int], list[Crop]],
    rng: random.Random,
    after: Callable[[int], None],
    progress: Progress,
) -> None:
    """Train for the rounds of the schedule over freshly made crops; ``after`` each round it is told the number."""
    for number in range(trainer.schedule.rounds):
        if trainer.done() >= 1:
            return
        total = 0.0
        for seen, crop in enumerate(batches(make(number), trainer.schedule.budget, rng), 1):
            total += trainer.learn(crop)
            progress.pace(f"round {number + 1} step {trainer.step}/{trainer.steps} loss {total / seen:.3f}")
            if trainer.done() >= 1:
                break
        after(number)
