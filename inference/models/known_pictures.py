"""The pictures that a captioner has learned from, by their embeddings: only these mean anything to it.

A few dozen templates teach a network what people write on each of them, and not what pictures are. The embedding of
any other picture makes captions less likely than no picture at all, so it is not shown.
"""

from __future__ import annotations

from typing import Final

from torch import Tensor
from torch.nn.functional import cosine_similarity

# Bare pictures of the same template from another source lie above it in nine of ten cases, pictures of nothing known
# never, unless they show the same thing.
ALIKE_FROM: Final = 0.45


class KnownPictures:
    """`features` (K, F), one row per template; None where it is not told which were learned: then all are shown."""

    def __init__(self, features: Tensor | None) -> None:
        self.features = None if features is None else features.float()

    def nearest(self, features: Tensor | None) -> Tensor | None:
        """The learned embedding (F,) that `features` (F,) comes near to, or None where none is near."""
        if features is None or self.features is None:
            return features
        cosines = cosine_similarity(features.float().unsqueeze(0), self.features)
        best = int(cosines.argmax())
        return self.features[best] if float(cosines[best]) >= ALIKE_FROM else None
