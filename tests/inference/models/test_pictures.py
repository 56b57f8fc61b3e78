"""What the networks see of a picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from inference.models.pictures import flatten, normalise, squash, to_batch


def test_transparent_parts_are_seen_on_white() -> None:
    """Transparency is laid over white, as chats show it."""
    picture = Image.new("RGBA", (4, 4), (255, 0, 0, 0))

    assert flatten(picture).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "LA", "CMYK", "1"])
def test_every_mode_becomes_three_colours(mode: str) -> None:
    """A picture of any Pillow mode is squashed to RGB of the asked side."""
    assert squash(Image.new(mode, (30, 7)), 16).shape == (16, 16, 3)


def test_the_whole_picture_is_kept_when_squashed() -> None:
    """Edges survive, because captions stand there: the left half stays left, the right half right."""
    picture = Image.new("RGB", (400, 100), "black")
    picture.paste((255, 255, 255), (200, 0, 400, 100))

    pixels = squash(picture, 8)

    assert pixels[:, :3].max() < 64
    assert pixels[:, 5:].min() > 192


def test_a_batch_has_one_row_per_picture() -> None:
    """Pictures of different sizes make one float batch (N, 3, S, S)."""
    batch = to_batch([Image.new("RGB", (9, 5)), Image.new("L", (50, 60), 255)], 16)

    assert batch.shape == (2, 3, 16, 16)
    assert batch[0].max() < 0 < batch[1].min()


def test_no_pictures_make_an_empty_batch() -> None:
    """An empty sequence is a batch of no rows."""
    assert to_batch([], 16).shape == (0, 3, 16, 16)


def test_normalised_noise_is_about_centred() -> None:
    """Black is -1 and white 1, so uniform noise comes out with a mean near 0."""
    pixels = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)

    normal = normalise(torch.from_numpy(pixels))

    assert abs(float(normal.mean())) < 0.1
    assert (float(normal.min()), float(normal.max())) == (-1.0, 1.0)
