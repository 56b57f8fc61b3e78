"""How likely a caption network finds captions: many at once, those of like length together.

Knows token numbers and probabilities; what stands in a prefix and what is done with the answer is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from inference.models.language import CaptionNet

# Logits of 4,096 entries for so many tokens take 64 MB.
TOKENS_AT_ONCE: Final = 4096


@dataclass(frozen=True, slots=True)
class Asked:
    """The tokens of one caption, those that stand before it, and the picture's features (F,), or None."""

    prefix: Sequence[int]
    caption: Sequence[int]
    features: Tensor | None = None

    def __len__(self) -> int:
        return len(self.prefix) + len(self.caption)


@torch.inference_mode()
def caption_logprobs(net: CaptionNet, asked: Sequence[Asked]) -> Tensor:
    """Per caption the sum of its tokens' log probabilities after its prefix and picture, in nats: (N,) float32."""
    totals = torch.zeros(len(asked))
    for places in _batches(asked):
        totals[places] = _sums(net, [asked[at] for at in places])
    return totals


def _batches(asked: Sequence[Asked]) -> Iterator[list[int]]:
    """Places of captions, short ones first, as many together as the longest among them leaves room for."""
    batch: list[int] = []
    for at in sorted(range(len(asked)), key=lambda place: len(asked[place])):
        if batch and (len(batch) + 1) * len(asked[at]) > TOKENS_AT_ONCE:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _sums(net: CaptionNet, asked: Sequence[Asked]) -> Tensor:
    """Whatever fills a short row up on the right is never looked at: networks read from left to right."""
    device = next(net.parameters()).device
    longest = max(map(len, asked))
    ids = torch.tensor([[*one.prefix, *one.caption, *[0] * (longest - len(one))] for one in asked], device=device)
    starts = torch.tensor([len(one.prefix) for one in asked], device=device).unsqueeze(1)
    ends = torch.tensor([len(one) for one in asked], device=device).unsqueeze(1)
    places = torch.arange(longest, device=device)
    counted = (places >= starts) & (places < ends)
    hidden, _ = net.read(ids[:, :-1], _stacked(asked, device))
    losses = cross_entropy(net.logits(hidden[counted]), ids[counted], reduction="none")
    each = torch.split(losses.cpu(), [len(one.caption) for one in asked])
    return torch.stack([-one.sum() for one in each])


def _stacked(asked: Sequence[Asked], device: torch.device) -> Tensor | None:
    """Features (N, F), rows of NaN where there is no picture; None where nobody has one."""
    known = next((one.features for one in asked if one.features is not None), None)
    if known is None:
        return None
    blank = torch.full_like(known, torch.nan)
    rows = [blank if one.features is None else one.features for one in asked]
    return torch.stack(rows).to(device).float()
