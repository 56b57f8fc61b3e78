"""Turns a trained backbone into the eight-bit one that ships: folds, measures the ranges of its values, stores.

The standing network looks at some hundred pictures; each value's range is the mean of the batches' extremes, so that
one odd pixel does not widen it for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import nn

from inference.models.backbone import Backbone
from inference.models.efficientnet import fold_norms
from inference.models.stored_backbone import Range, named_sums, named_units, store_backbone


def quantise_backbone(backbone: Backbone, batches: Sequence[torch.Tensor]) -> dict[str, torch.Tensor]:
    """The stored tensors of `backbone`, which is folded in place; `batches` are pictures (N, 3, S, S) in -1..1."""
    backbone.eval()
    fold_norms(backbone)
    return store_backbone(backbone, measure_ranges(backbone, batches))


@torch.inference_mode()
def measure_ranges(backbone: Backbone, batches: Sequence[torch.Tensor]) -> dict[str, Range]:
    """Least and greatest output of every unit and sum, averaged over `batches`."""
    seen: dict[str, list[Range]] = defaultdict(list)
    with _watched(backbone, seen):
        for batch in batches:
            backbone(batch)
    return {
        name: (sum(low for low, _ in found) / len(found), sum(high for _, high in found) / len(found))
        for name, found in seen.items()
    }


@contextmanager
def _watched(backbone: Backbone, seen: dict[str, list[Range]]) -> Iterator[None]:
    def watch(name: str) -> Callable[[nn.Module, tuple[torch.Tensor, ...], torch.Tensor], None]:
        return lambda _module, _inputs, output: seen[name].append((output.min().item(), output.max().item()))

    parts = [*named_units(backbone), *named_sums(backbone)]
    hooks = [part.register_forward_hook(watch(name)) for name, part in parts]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
