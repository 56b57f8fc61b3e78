"""An LSTM over caption tokens: the captioner of Dank Learning (Peirson and Tolunay 2018).

The picture's features are the first input, as in Show and Tell (Vinyals et al. 2015); the convolutional network that
makes them is the shared backbone. Knows token numbers, not words.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from inference.models.language import CaptionNet, LanguageConfig, Past


@dataclass(frozen=True, slots=True, kw_only=True)
class LstmConfig(LanguageConfig):
    """`hidden` units of one layer between an embedding and a projection of `width`."""

    hidden: int


class CaptionLstm(CaptionNet):
    """Its past is the layer's state: output and cell, each (1, N, hidden)."""

    kind = "lstm"

    def __init__(self, config: LstmConfig) -> None:
        super().__init__(config)
        self.layer = nn.LSTM(config.width, config.hidden, batch_first=True)
        self.joined = nn.Linear(config.hidden, config.width, bias=False)
        self.last = nn.RMSNorm(config.width)
        self._open_forget_gates(config.hidden)

    def through(self, x: Tensor, past: Past | None) -> tuple[Tensor, Past]:
        states, state = self.layer(x, None if past is None else past[0])
        return self.last(self.joined(states)), (state,)

    def matrices(self) -> list[nn.Parameter]:
        return [value for part in (self.layer, self.joined) for value in part.parameters() if value.ndim == 2]

    @torch.no_grad()
    def _open_forget_gates(self, hidden: int) -> None:
        """A bias of one, so that a fresh network remembers (Jozefowicz et al. 2015)."""
        for name, value in self.layer.named_parameters():
            if name.startswith("bias"):
                value.zero_()
            if name.startswith("bias_ih"):
                value[hidden : 2 * hidden] = 1.0
