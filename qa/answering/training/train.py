"""Fits the network to crops: the likelihood of the answer's span among all spans and "not answered here"."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from qa.answering.tokens import BEGIN, END, PAD
from qa.answering.training.examples import Crop
from qa.answering.training.model import ReaderNetwork, span_scores
from qa.answering.training.progress import Progress

# Half precision is twice as fast where the processor has it, and several times slower where it is only imitated.
HALVES = torch.backends.cpu.get_cpu_capability().startswith("AVX512")


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how hard to train: the rate rises over ``warm`` steps and falls to nothing at the end."""

    steps: int
    rate: float = 1.2e-4
    warm: int = 60
    minutes: float = math.inf  # the rate falls to nothing by then, whatever steps are left
    decay: float = 0.01


def collate(crops: Sequence[Crop]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return token numbers, sides, which tokens are there, and the answers as places in the flattened spans."""
    longest = max(one.size for one in crops)
    ids = torch.full((len(crops), longest), PAD)
    sides, there = torch.zeros_like(ids), torch.zeros(ids.shape)
    answers = []
    for row, one in enumerate(crops):
        at = len(one.lead) + 2
        ids[row, : one.size] = torch.tensor([BEGIN, *one.lead, END, *one.window.ids, END])
        sides[row, at : at + len(one.window)] = 1
        there[row, : one.size] = 1.0
        first, last = one.answer or (0, 0)
        answers.append((first + at) * longest + last + at if one.answer else longest * longest)
    return ids, sides, there, torch.tensor(answers)


def loss_of(network: ReaderNetwork, crops: Sequence[Crop]) -> Tensor:
    """Return the mean negative log-likelihood of the answers."""
    ids, sides, there, answers = collate(crops)
    with torch.autocast("cpu", torch.bfloat16, enabled=HALVES):
        starts, ends, nothing = network(ids, sides, there)
    spans = span_scores(starts.float(), ends.float(), sides).flatten(1)
    everything = torch.log_softmax(torch.cat([spans, nothing.float()], 1), 1)
    return -everything.gather(1, answers[:, None]).mean()


def fit(network: ReaderNetwork, batches: Iterator[list[Crop]], schedule: Schedule, progress: Progress) -> None:
    """Train ``network`` in place until the steps, the minutes or the batches end."""
    flat = [p for p in network.parameters() if p.ndim < 2]
    wide = [p for p in network.parameters() if p.ndim > 1]
    groups = [{"params": wide, "weight_decay": schedule.decay}, {"params": flat, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=schedule.rate, betas=(0.9, 0.98))
    began, recent = time.monotonic(), 0.0
    network.train()
    for step, crops in enumerate(batches):
        done = max(step / schedule.steps, (time.monotonic() - began) / 60 / schedule.minutes)
        if done >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate * min(1.0, (step + 1) / schedule.warm) * (1 - done)
        loss = loss_of(network, crops)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        recent = 0.95 * recent + 0.05 * loss.item() if step else loss.item()
        progress.pace(f"step {step + 1}, {done:.0%} done, loss {recent:.3f}")
    network.eval()
