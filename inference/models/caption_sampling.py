"""Drawing captions token by token: nucleus sampling with rules that keep a caption a caption.

A caption has exactly the asked number of boxes, none of them empty, repeats no three tokens in a row, and ends in
time. Knows tokens and probabilities; what is a good caption is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import torch
from torch import Tensor

from inference.models.caption_tokens import MARKS, CaptionTokens
from inference.models.language import CaptionNet

TOP_P: Final = 0.9
TOP_K: Final = 256
MIN_BOX_TOKENS: Final = 1
MIN_CAPTION_TOKENS: Final = 7
MAX_BOX_TOKENS: Final = 22
MAX_CAPTION_TOKENS: Final = 52
REPEAT_PENALTY: Final = 0.8
ONCE_PENALTY: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePlan:
    """`temperatures` has one entry per row; rows share the length of their prefix.

    `once` are tokens (of the asked words) that hardly come a second time in one caption.
    """

    prefixes: Sequence[Sequence[int]]
    temperatures: Sequence[float]
    features: Tensor | None
    boxes: int
    seed: int | None
    once: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Row:
    """One caption in the making."""

    tokens: list[int] = field(default_factory=list)
    boxes_done: int = 0
    box_tokens: int = 0
    ended: bool = False

    def take(self, token: int, tokens: CaptionTokens) -> None:
        if self.ended:
            return
        self.tokens.append(token)
        if token == tokens.next:
            self.boxes_done += 1
            self.box_tokens = 0
        elif token == tokens.end:
            self.ended = True
        else:
            self.box_tokens += 1


@torch.inference_mode()
def sample(net: CaptionNet, tokens: CaptionTokens, plan: SamplePlan) -> list[list[int]]:
    """Captions' tokens, one list per row, closed by `end`."""
    generator = torch.Generator()
    if plan.seed is None:
        generator.seed()
    else:
        generator.manual_seed(plan.seed)
    count = len(plan.prefixes)
    device = next(net.parameters()).device
    features = None if plan.features is None else plan.features.to(device).float().expand(count, -1)
    hidden, past = net.read(torch.tensor(plan.prefixes, device=device), features)
    rows = [_Row() for _ in range(count)]
    scales = torch.tensor(plan.temperatures).unsqueeze(1)
    logits = net.logits(hidden[:, -1]).cpu()
    while True:
        _apply_rules(logits, rows, tokens, plan)
        drawn = _draw(logits / scales, generator)
        for row, token in zip(rows, drawn.tolist(), strict=True):
            row.take(token, tokens)
        if all(row.ended for row in rows):
            return [row.tokens for row in rows]
        state, past = net.step(drawn.to(device), past)
        logits = net.logits(state).cpu()


def _draw(logits: Tensor, generator: torch.Generator) -> Tensor:
    """One token per row from the fewest that hold `TOP_P` of the probability (Holtzman et al. 2020), or `TOP_K`.

    So many are enough at the temperatures in use, and to sort all of them takes longer than the network itself.
    """
    chances, order = logits.softmax(dim=1).topk(min(TOP_K, logits.shape[1]), dim=1)
    before = chances.cumsum(dim=1) - chances
    chances = chances.masked_fill(before >= TOP_P, 0.0)
    place = torch.multinomial(chances, 1, generator=generator)
    return order.gather(1, place).squeeze(1)


def _apply_rules(logits: Tensor, rows: Sequence[_Row], tokens: CaptionTokens, plan: SamplePlan) -> None:
    """Set forbidden tokens to -inf in place, and make tokens less likely that were just used."""
    closers = {tokens.next, tokens.end}
    logits[:, [at for at in range(len(MARKS)) if at not in closers]] = -torch.inf
    for at, row in enumerate(rows):
        if row.ended:
            continue
        closer = tokens.end if row.boxes_done == plan.boxes - 1 else tokens.next
        logits[at, (closers - {closer}).pop()] = -torch.inf
        _discourage_repeats(logits[at], row.tokens, plan.once)
        if row.box_tokens < MIN_BOX_TOKENS or (closer == tokens.end and len(row.tokens) < MIN_CAPTION_TOKENS):
            logits[at, closer] = -torch.inf
        elif row.box_tokens >= _box_limit(plan.boxes):
            _force(logits[at], closer)


def _box_limit(boxes: int) -> int:
    return min(MAX_BOX_TOKENS, MAX_CAPTION_TOKENS // boxes)


def _force(logits: Tensor, token: int) -> None:
    kept = float(logits[token])
    logits.fill_(-torch.inf)
    logits[token] = kept


def _discourage_repeats(logits: Tensor, used: Sequence[int], once: frozenset[int]) -> None:
    recent = [token for token in set(used[-8:]) if token >= len(MARKS)]
    logits[recent] -= REPEAT_PENALTY
    logits[list(once.intersection(used))] -= ONCE_PENALTY
    pair = tuple(used[-2:])
    for at in range(len(used) - 2):
        if tuple(used[at : at + 2]) == pair and used[at + 2] >= len(MARKS):
            logits[used[at + 2]] = -torch.inf
