"""Shares that several evaluations count: of what was right, and of right labels among the best guesses."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor


def share(values: Sequence[bool]) -> float:
    """The part of `values` that is true, 0..1; 0 of none."""
    return sum(values) / max(1, len(values))


def top_shares(prefix: str, logits: Tensor, wanted: Tensor) -> dict[str, float]:
    """`PREFIX_top1` and `PREFIX_top5`: how often `wanted` int64 (N,) is among the best of `logits` (N, classes)."""
    best = logits.topk(min(5, logits.shape[1]), dim=1).indices == wanted[:, None]
    shares = {"top1": best[:, 0], "top5": best.any(dim=1)}
    return {f"{prefix}_{name}": hits.float().mean().item() for name, hits in shares.items()}
