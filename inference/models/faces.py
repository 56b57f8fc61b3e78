"""Finds faces that look at the viewer, with the cascade of Viola and Jones (2001) that OpenCV brings along.

Knows nothing of expressions. OpenCV is imported when the first picture is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from inference.contract import Box

CASCADE: Final = "haarcascade_frontalface_alt2.xml"
LOOKED_AT_SIDE: Final = 400  # pixels; the cascade's time grows with the area, and smaller faces tell no expression
LEAST_FACE: Final = 28  # pixels at that size
STEP: Final = 1.1
AGREEING: Final = 4
MAX_FACES: Final = 16


@dataclass(frozen=True, slots=True)
class FoundFace:
    """A face's box and its crop, RGB."""

    box: Box
    crop: Image.Image


class FaceFinder:
    """One cascade; not for use by two threads at once."""

    @cached_property
    def _cascade(self) -> Any:
        import cv2  # noqa: PLC0415 - a tenth of a second that most jobs do not need

        return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / CASCADE))

    def find(self, picture: Image.Image) -> list[FoundFace]:
        """Faces of an RGB picture, largest first, at most `MAX_FACES`."""
        import cv2  # noqa: PLC0415 - as above

        small = picture.convert("L")
        small.thumbnail((LOOKED_AT_SIDE, LOOKED_AT_SIDE))
        grey = cv2.equalizeHist(np.asarray(small))
        found = self._cascade.detectMultiScale(grey, STEP, AGREEING, minSize=(LEAST_FACE, LEAST_FACE))
        places = sorted(((int(x), int(y), int(w), int(h)) for x, y, w, h in found), key=lambda place: -place[2])
        width, height = small.size
        return [_cut(picture, Box(x / width, y / height, w / width, h / height)) for x, y, w, h in places[:MAX_FACES]]


def _cut(picture: Image.Image, box: Box) -> FoundFace:
    width, height = picture.size
    left, top = round(box.x * width), round(box.y * height)
    right, bottom = round((box.x + box.w) * width), round((box.y + box.h) * height)
    return FoundFace(box, picture.crop((left, top, right, bottom)))
