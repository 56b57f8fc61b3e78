"""What people do to a template before it is seen again: caption, crop, frame, mirror, compress.

The slow part works on single pictures and is cached (`training.seeing.views`); the fast part runs on every batch anew.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from PIL import Image, ImageDraw, ImageOps
from torch.nn import functional

from training.drawing.lettering import Colour, draw_labels, draw_lines, draw_top_bottom, plain_ink, wrap

WHITE: Final[Colour] = (255, 255, 255)
BLACK: Final[Colour] = (0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jitter:
    """Ranges of the batch augmentation: area kept (fraction), stretch (log ratio), turn (radians), colour, noise."""

    area: tuple[float, float] = (0.7, 1.15)
    stretch: float = 0.15
    turn: float = 0.04
    mirror: float = 0.0
    colour: float = 0.3
    noise: float = 0.03


OBJECT_JITTER: Final = Jitter(area=(0.4, 1.0), stretch=0.2, turn=0.06, mirror=0.5, colour=0.2, noise=0.01)
TEMPLATE_JITTER: Final = Jitter()


def disguise(picture: Image.Image, captions: Sequence[tuple[str, ...]], rng: random.Random) -> Image.Image:
    """A copy as it may turn up in a chat: RGB, some 100 to 230 pixels high, another aspect ratio where framed."""
    if rng.random() < 0.2:
        picture = ImageOps.mirror(picture)
    if rng.random() < 0.5:
        picture = _crop_edges(picture, rng)
    picture = _resize_to_height(picture, rng.randint(110, 200), rng.uniform(0.85, 1.18))
    picture = _letter(picture, rng.choice(captions), rng)
    for chance, change in ((0.2, _watermark), (0.12, _border), (0.12, _screenshot)):
        if rng.random() < chance:
            picture = change(picture, rng)
    return compress(picture, rng.randint(12, 75))


def compress(picture: Image.Image, quality: int) -> Image.Image:
    """The picture after JPEG of `quality` (1..95)."""
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def jitter_batch(pixels: torch.Tensor, side: int, jitter: Jitter, generator: torch.Generator) -> torch.Tensor:
    """Normalised float32 (N, 3, H, W) to (N, 3, side, side): a random crop, turn, colour and noise per picture."""
    count = len(pixels)
    warp = _random_affine(count, jitter, generator)
    grid = functional.affine_grid(warp, [count, 3, side, side], align_corners=False)
    moved = functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)
    spread = jitter.colour
    contrast = 1 + spread * _uniform((count, 1, 1, 1), generator)
    tint = 0.6 * spread * _uniform((count, 1, 1, 1), generator) + 0.3 * spread * _uniform((count, 3, 1, 1), generator)
    grey = (torch.rand((count, 1, 1, 1), generator=generator) < 0.3 * spread).float()
    moved = torch.lerp(moved, moved.mean(dim=1, keepdim=True).expand_as(moved), grey)
    strength = jitter.noise * torch.rand((count, 1, 1, 1), generator=generator) * 4
    return moved * contrast + tint + strength * torch.randn(moved.shape, generator=generator)


def _uniform(shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    return torch.rand(shape, generator=generator) * 2 - 1


def _random_affine(count: int, jitter: Jitter, generator: torch.Generator) -> torch.Tensor:
    low, high = jitter.area
    scale = (low + (high - low) * torch.rand(count, generator=generator)).sqrt()
    stretch = torch.exp(jitter.stretch * _uniform((count,), generator))
    width, height = scale * stretch, scale / stretch
    flip = torch.where(torch.rand(count, generator=generator) < jitter.mirror, -1.0, 1.0)
    angle = jitter.turn * _uniform((count,), generator)
    warp = torch.zeros(count, 2, 3)
    warp[:, 0, 0], warp[:, 0, 1] = width * flip * torch.cos(angle), -width * torch.sin(angle)
    warp[:, 1, 0], warp[:, 1, 1] = height * flip * torch.sin(angle), height * torch.cos(angle)
    warp[:, 0, 2] = (1 - width).abs() * _uniform((count,), generator)
    warp[:, 1, 2] = (1 - height).abs() * _uniform((count,), generator)
    return warp


def _crop_edges(picture: Image.Image, rng: random.Random) -> Image.Image:
    width, height = picture.size
    left, right = sorted((rng.uniform(0, 0.15) * width, width - rng.uniform(0, 0.15) * width))
    top, bottom = sorted((rng.uniform(0, 0.15) * height, height - rng.uniform(0, 0.15) * height))
    return picture.crop((round(left), round(top), max(round(right), 8), max(round(bottom), 8)))


def _resize_to_height(picture: Image.Image, height: int, stretch: float) -> Image.Image:
    ratio = min(max(picture.width / picture.height, 0.3), 3.0) * stretch
    return picture.resize((max(24, math.ceil(height * ratio)), height), Image.Resampling.BILINEAR)


def _letter(picture: Image.Image, boxes: tuple[str, ...], rng: random.Random) -> Image.Image:
    style = rng.random()
    if style < 0.1:
        return picture
    if style < 0.6:
        draw_top_bottom(picture, boxes, rng)
    elif style < 0.75:
        draw_labels(picture, boxes[:5], rng)
    else:
        picture = add_bar(picture, " ".join(boxes), rng)
    return picture


def add_bar(picture: Image.Image, text: str, rng: random.Random) -> Image.Image:
    """A caption on a white (now and then black) bar above, seldom below."""
    paper, letters = (WHITE, BLACK) if rng.random() < 0.8 else (BLACK, WHITE)
    ink = plain_ink(rng, picture.height, letters)
    lines = wrap(text, ink, round(picture.width * 0.94))[:6]
    height = len(lines) * (ink.size + 2) + rng.randint(6, 16)
    below = rng.random() < 0.15
    canvas = Image.new("RGB", (picture.width, picture.height + height), paper)
    canvas.paste(picture, (0, 0 if below else height))
    draw_lines(canvas, lines, ink, (picture.height if below else 0) + 4, centre=rng.random() < 0.5)
    return canvas


def _border(picture: Image.Image, rng: random.Random) -> Image.Image:
    colour = rng.choice([BLACK, BLACK, WHITE, (rng.randrange(256), rng.randrange(256), rng.randrange(256))])
    across = rng.random() < 0.5
    sides = (rng.randint(2, 14), rng.randint(0, 6)) if across else (rng.randint(0, 6), rng.randint(2, 24))
    return ImageOps.expand(picture, (*sides, *sides), colour)


def _watermark(picture: Image.Image, rng: random.Random) -> Image.Image:
    strip = rng.randint(6, 11)
    draw = ImageDraw.Draw(picture)
    if rng.random() < 0.5:
        draw.rectangle((0, picture.height - strip, picture.width, picture.height), fill=rng.choice([BLACK, WHITE]))
    ink = plain_ink(rng, 100, (140, 140, 140))
    name = "".join(rng.choice("aeioumnrstlkd") for _ in range(rng.randint(5, 12))) + ".com"
    draw.text(
        (rng.randint(2, max(3, picture.width // 2)), picture.height - strip), name, font=ink.face, fill=ink.colour
    )
    return picture


def _screenshot(picture: Image.Image, rng: random.Random) -> Image.Image:
    paper, letters = (WHITE, BLACK) if rng.random() < 0.6 else ((24, 26, 30), (230, 230, 230))
    above, below = rng.randint(8, 50), rng.randint(4, 40)
    side = rng.choice([0, 0, rng.randint(2, 12)])
    canvas = Image.new("RGB", (picture.width + 2 * side, picture.height + above + below), paper)
    canvas.paste(picture, (side, above))
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((4, 3, 4 + above // 2, 3 + above // 2), fill=(rng.randrange(256), rng.randrange(256), 160))
    for line in range(rng.randint(1, 3)):
        y = 4 + line * 8 if line < 2 else above + picture.height + 4
        draw.rectangle((above // 2 + 10, y, rng.randint(40, 60 + canvas.width // 2), y + 3), fill=letters)
    return canvas
