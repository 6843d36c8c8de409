"""The reader's network in torch, for training only; ``qa.answering.network`` is the same network in numpy."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the customary name

from qa.answering.matching import FEATURES
from qa.answering.network import DILATIONS, EARLY, HEADS, LOOK_AFTER, length_buckets


class Norm(nn.Module):
    """Root mean square normalisation with a learned scale."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` normalised, in its own precision."""
        return x * (torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + 1e-6).to(x.dtype) * self.scale.to(x.dtype))


class Drop(nn.Module):
    """Dropout of whole channels of a text: one mask for all its pieces."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` (texts, pieces, channels) with channels left out."""
        if not self.training or self.share == 0:
            return x
        kept = torch.rand(x.shape[0], 1, x.shape[2]) >= self.share
        return x * (kept / (1 - self.share)).to(x.dtype)


class Block(nn.Module):
    """A gated convolution over three pieces ``dilation`` apart, with a residual; ``hint`` shifts its gates."""

    def __init__(self, size: int, dilation: int, dropout: float, hint: bool) -> None:
        super().__init__()
        self.dilation = dilation
        self.norm = Norm(size)
        self.mix = nn.Linear(3 * size, 2 * size)
        self.hint = nn.Linear(size, 2 * size, bias=False) if hint else None
        self.dropout = Drop(dropout)

    def forward(self, x: Tensor, mask: Tensor, hint: Tensor | None = None) -> Tensor:
        """Return (texts, pieces, size); pieces outside ``mask`` count as zeros."""
        y = self.norm(x) * mask.to(x.dtype)
        d = self.dilation
        before, after = F.pad(y, (0, 0, d, 0))[:, :-d], F.pad(y, (0, 0, 0, d))[:, d:]
        z = self.mix(torch.cat([before, y, after], -1))
        if self.hint is not None and hint is not None:
            z = z + self.hint(hint).unsqueeze(1)
        value, gate = z.chunk(2, -1)
        gated: Tensor = x + self.dropout(value * torch.sigmoid(gate))
        return gated


class Attention(nn.Module):
    """Attention of ``x`` over ``memory`` with heads, as a residual."""

    def __init__(self, size: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.norm = Norm(size)
        self.query, self.key = nn.Linear(size, size), nn.Linear(size, size)
        self.value, self.out = nn.Linear(size, size), nn.Linear(size, size)
        self.dropout = Drop(dropout)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Return (texts, pieces, size); only pieces of ``memory`` within ``mask`` are looked at."""
        y = self.norm(x)
        q, k, v = (self._split(f(t)) for f, t in ((self.query, y), (self.key, memory), (self.value, memory)))
        meet = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1]) + (mask[:, None, None, :, 0] - 1).to(q.dtype) * 1e4
        z = torch.softmax(meet, -1).to(v.dtype) @ v
        seen: Tensor = x + self.dropout(self.out(z.transpose(1, 2).flatten(2)))
        return seen

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(*x.shape[:2], self.heads, -1).transpose(1, 2)


class ReaderNetwork(nn.Module):
    """Scores every span of up to ``reach`` pieces, and "not answered here"."""

    word_table: Tensor
    buckets: Tensor

    def __init__(
        self, words: Tensor, characters: Tensor, tags: int, *, size: int = 128, reach: int = 80, dropout: float = 0.2
    ) -> None:
        super().__init__()
        self.reach = reach
        self.register_buffer("word_table", words)
        self.character_table = nn.Embedding(characters.shape[0], characters.shape[1], padding_idx=0)
        self.character_table.weight.data.copy_(characters)
        self.tag_table = nn.Embedding(tags, 16)
        width = words.shape[1] + 3 * characters.shape[1] + 16
        self.enter = nn.Linear(width, size)
        self.early = nn.ModuleList([Block(size, d, dropout, hint=False) for d in EARLY])
        self.pool = nn.Linear(size, 1)
        self.by_context, self.by_question = nn.Linear(size, 1, bias=False), nn.Linear(size, 1, bias=False)
        self.by_both = nn.Parameter(torch.ones(size) / math.sqrt(size))
        self.fuse = nn.Linear(4 * size + FEATURES + 2, size)
        self.blocks = nn.ModuleList([Block(size, d, dropout, hint=True) for d in DILATIONS])
        self.look = Attention(size, HEADS, dropout)
        self.recall = Attention(size, HEADS, dropout)
        self.last = Norm(size)
        self.first_score, self.last_score = nn.Linear(size, 1), nn.Linear(size, 1)
        self.first_key, self.last_key = nn.Linear(2 * size, 64), nn.Linear(2 * size, 64)
        self.length = nn.Linear(size, 16)
        self.nothing = nn.Sequential(nn.Linear(2 * size + 1, size), nn.ReLU(), nn.Linear(size, 1))
        self.dropout = Drop(dropout)
        self.register_buffer("buckets", torch.from_numpy(length_buckets(reach)), persistent=False)

    def embed(self, text: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Return (texts, pieces, size) and the mask (texts, pieces, 1) of a padded batch of texts."""
        rows = text["characters"]
        characters = self.character_table(rows)
        count = (rows > 0).sum(-1, keepdim=True)
        mean = characters.sum(2) / count.clamp(min=1)
        last = characters.gather(2, (count - 1).clamp(min=0).unsqueeze(-1).expand(-1, -1, 1, characters.shape[-1]))
        parts = [self.word_table[text["words"]], mean, characters[:, :, 0], last[:, :, 0], self.tag_table(text["tags"])]
        mask = text["mask"].unsqueeze(-1)
        x = self.enter(self.dropout(torch.cat(parts, -1)))
        for block in self.early:
            x = block(x, mask)
        return x * mask.to(x.dtype), mask

    def forward(
        self, question: dict[str, Tensor], context: dict[str, Tensor], match: Tensor, which: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return span scores (questions, pieces, pieces), -inf where no span may be, and nothing scores (questions,).

        ``which`` (questions,) tells the row of ``context`` that a question is asked of.
        """
        q, q_mask = self.embed(question)
        c, c_mask = self.embed(context)
        similar = self.similar(question, context, which)
        c, c_mask = c[which], c_mask[which]
        hint = (torch.softmax(self.pool(q).float() + (q_mask - 1) * 1e4, 1).to(q.dtype) * q).sum(1)
        meet = (c * self.by_both.to(c.dtype)) @ q.transpose(1, 2)
        meet = (meet + self.by_context(c) + self.by_question(q).transpose(1, 2)).float()
        meet = meet + (q_mask.transpose(1, 2) - 1) * 1e4
        answer = torch.softmax(meet, -1).to(q.dtype) @ q
        weight = torch.softmax(meet.max(-1, keepdim=True).values + (c_mask - 1) * 1e4, 1)
        whole = (weight.to(c.dtype) * c).sum(1, keepdim=True).expand_as(c)
        parts = [c, answer, c * answer, c * whole, match.to(c.dtype), similar.to(c.dtype)]
        x = self.fuse(self.dropout(torch.cat(parts, -1))) * c_mask.to(c.dtype)
        for i, block in enumerate(self.blocks):
            x = block(x, c_mask, hint)
            if i == LOOK_AFTER:
                x = self.look(x, q, q_mask)
                x = self.recall(x, x, c_mask)
        x = self.last(x)
        return self.spans(x, hint, c_mask), self.no_answer(x, hint, c_mask, match)

    def similar(self, question: dict[str, Tensor], context: dict[str, Tensor], which: Tensor) -> Tensor:
        """Return (questions, pieces, 2): the greatest and the mean-weighted cosine with the question's words."""
        q, c = self.word_table[question["words"]], self.word_table[context["words"]][which]
        cosine = (c @ q.transpose(1, 2)) * question["rarity"].unsqueeze(1)
        return torch.stack([cosine.max(-1).values, cosine.sum(-1) / 4], -1)

    def spans(self, x: Tensor, hint: Tensor, mask: Tensor) -> Tensor:
        """Return the score of each span from its first and last piece and its length."""
        both = torch.cat([x, hint.unsqueeze(1).expand_as(x) * x], -1)
        pair = (self.first_key(both) @ self.last_key(both).transpose(1, 2)).float() / 8
        scores = pair + self.first_score(x).float() + self.last_score(x).float().transpose(1, 2)
        n = x.shape[1]
        gap = torch.arange(n)[None, :] - torch.arange(n)[:, None]
        allowed = (gap >= 0) & (gap < self.reach)
        lengths = self.length(hint).float()[:, self.buckets]
        scores = scores + lengths[:, gap.clamp(0, self.reach - 1)]
        allowed = allowed & (mask.transpose(1, 2) > 0) & (mask > 0)
        masked: Tensor = scores.masked_fill(~allowed, -1e9)
        return masked

    def no_answer(self, x: Tensor, hint: Tensor, mask: Tensor, match: Tensor) -> Tensor:
        """Return the score of "the context does not answer"."""
        top = (x.float() + (mask - 1) * 1e4).max(1).values
        score: Tensor = self.nothing(torch.cat([top, hint.float(), match[:, 0, 12:13]], -1)).float().squeeze(-1)
        return score
