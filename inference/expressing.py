"""What faces in a picture express, and the tone of the joke that goes with it. Knows models; no jobs, no rendering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import torch
from PIL import Image

from inference.contract import Box, ExpressionOutput, Face
from inference.labels import EXPRESSIONS
from inference.models.loaded import LoadedModels

TONES_BY_EXPRESSION: Final[Mapping[str, str]] = {
    "happiness": "joy",
    "surprise": "joy",
    "sadness": "sadness",
    "fear": "sadness",
    "anger": "anger",
    "disgust": "anger",
    "contempt": "anger",
}
SURE_FROM: Final = 0.6
LEAST_SHARE: Final = 0.02  # of the picture's area; a smaller face is not what the picture is about
WHOLE: Final = Box(0.0, 0.0, 1.0, 1.0)


class FaceReader:
    """Finds faces and reads them, with models that are loaded at the first picture."""

    def __init__(self, models: LoadedModels) -> None:
        self._models = models

    def express(self, picture: Image.Image) -> ExpressionOutput:
        """Faces of an RGB picture, largest first, with the probability of each expression."""
        found = self._models.faces.find(picture)
        return self._judged([face.box for face in found], [face.crop for face in found])

    def express_whole(self, picture: Image.Image) -> ExpressionOutput:
        """The picture itself as one cropped face."""
        return self._judged([WHOLE], [picture])

    def _judged(self, boxes: Sequence[Box], crops: Sequence[Image.Image]) -> ExpressionOutput:
        if not crops:
            return ExpressionOutput(())
        rows = self._models.expression.predict(crops)
        return ExpressionOutput(tuple(Face(box, _by_name(row)) for box, row in zip(boxes, rows, strict=True)))


def choose_tone(seen: ExpressionOutput) -> str | None:
    """The tone that the largest face asks for; None where there is none, or it says nothing surely."""
    if not seen.faces:
        return None
    face = seen.faces[0]
    expression, probability = max(face.scores.items(), key=lambda item: item[1])
    if face.box.w * face.box.h < LEAST_SHARE or probability < SURE_FROM:
        return None
    return TONES_BY_EXPRESSION.get(expression)


def _by_name(row: torch.Tensor) -> dict[str, float]:
    return dict(zip(EXPRESSIONS, row.tolist(), strict=True))
