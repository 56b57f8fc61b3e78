"""A picture that has passed every check."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from inference.imaging.sniff import PictureFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedPicture:
    """Upright RGB frames of one size, see-through parts on white, without metadata.

    `durations_ms` has one entry per frame (0 for a still). `plays` says how often an animation plays, 0 for ever.
    `source_size` is (width, height) of the file after turning it upright, before any shrinking. Frames are shared, not
    copied: copy one before drawing on it.
    """

    frames: tuple[Image.Image, ...]
    durations_ms: tuple[int, ...]
    format: PictureFormat
    source_size: tuple[int, int]
    plays: int = 0

    @classmethod
    def still(cls, image: Image.Image, kind: PictureFormat = PictureFormat.PNG) -> DecodedPicture:
        """Wrap a picture of our own making, such as a template; it is converted to RGB where it is not."""
        frame = image if image.mode == "RGB" else image.convert("RGB")
        return cls(frames=(frame,), durations_ms=(0,), format=kind, source_size=frame.size)

    @property
    def first(self) -> Image.Image:
        return self.frames[0]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of every frame, in pixels."""
        return self.frames[0].size

    @property
    def animated(self) -> bool:
        return len(self.frames) > 1
