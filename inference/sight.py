"""What is seen in one picture, found once: its embedding and the text read from it.

Several jobs often ask about the same picture (make a meme, tag it, check it), and a repost asks again. A bounded cache
by content hash answers those without running a model. It lives in the worker's memory only and holds no picture.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Protocol, TypeVar

from PIL import Image
from torch import Tensor

from inference.contract import Box, ExpressionOutput, OcrOutput
from inference.covering import PARTS, covered
from inference.models.backbone import PictureEmbedding

MAX_REMEMBERED: Final = 512

Value = TypeVar("Value")


class Embedder(Protocol):
    """Turns RGB pictures into embeddings, in order."""

    def embed(self, pictures: Sequence[Image.Image]) -> list[PictureEmbedding]: ...


class Reader(Protocol):
    """Reads the text in an RGB picture."""

    def read(self, picture: Image.Image) -> OcrOutput: ...


class FaceReader(Protocol):
    """Reads the expressions of the faces in an RGB picture."""

    def express(self, picture: Image.Image) -> ExpressionOutput: ...


@dataclass(frozen=True, slots=True)
class Frame:
    """One decoded frame (RGB) and the hash of the file it came from."""

    digest: str
    picture: Image.Image


@dataclass(slots=True)
class Remembered(Generic[Value]):
    """The last `capacity` values by content hash; the least recently used goes first."""

    capacity: int = MAX_REMEMBERED
    values: OrderedDict[str, Value] = field(default_factory=OrderedDict)

    def get_or_make(self, digest: str, make: Callable[[], Value]) -> Value:
        if digest in self.values:
            self.values.move_to_end(digest)
            return self.values[digest]
        value = self.values[digest] = make()
        if len(self.values) > self.capacity:
            self.values.popitem(last=False)
        return value


class Sight:
    """Embeds and reads frames, each content at most once while it is remembered.

    Frames are embedded one at a time: on a CPU a batch of a small network gains little, and a picture's numbers must
    not depend on its neighbours in a batch, so that a resumed run over a folder ends with the same file.
    """

    def __init__(
        self, embedder: Callable[[], Embedder], reader: Callable[[], Reader], faces: Callable[[], FaceReader]
    ) -> None:
        self._embedder = embedder
        self._reader = reader
        self._faces = faces
        self._embeddings: Remembered[PictureEmbedding] = Remembered()
        self._texts: Remembered[OcrOutput] = Remembered()
        self._expressions: Remembered[ExpressionOutput] = Remembered()

    def embed(self, frame: Frame) -> PictureEmbedding:
        return self._embeddings.get_or_make(frame.digest, lambda: self._embedder().embed([frame.picture])[0])

    def embed_parts(self, frame: Frame) -> list[tuple[Box, Tensor]]:
        """Features (D,) of the picture with each of its `PARTS` covered; not remembered."""
        found = self._embedder().embed([covered(frame.picture, part) for part in PARTS])
        return [(part, embedding.features) for part, embedding in zip(PARTS, found, strict=True)]

    def read(self, frame: Frame) -> OcrOutput:
        return self._texts.get_or_make(frame.digest, lambda: self._reader().read(frame.picture))

    def express(self, frame: Frame) -> ExpressionOutput:
        return self._expressions.get_or_make(frame.digest, lambda: self._faces().express(frame.picture))
