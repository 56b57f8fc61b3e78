"""How a picture looks, as a short row of numbers: screenshots, comics and deep-fried memes differ here at any scale.

Colours, flat areas, straight edges, bars, and what lies behind the text. Counted on a small square, so that it costs
few milliseconds and does not depend on what a picture shows. Knows no genre.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from inference.contract import OcrLine, OcrOutput
from inference.models.pictures import squash

LOOK_SIDE: Final = 96
LOOK_WIDTH: Final = 63
BEHIND_TEXT: Final = 15
FLAT: Final = 6.0
EDGE: Final = 60.0
LINE_SHARE: Final = 0.6
WHITE: Final = 235.0
BLACK: Final = 20.0
BAR_SPREAD: Final = 14.0

Plane = NDArray[np.float32]


def look_features(picture: Image.Image, ocr: OcrOutput | None = None) -> torch.Tensor:
    """Float32 (LOOK_WIDTH,), each about -2..2; what lies behind the text is zero where no line was read."""
    pixels = squash(picture, LOOK_SIDE).astype(np.float32)
    light = pixels @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    across, down = _steps(light, 1), _steps(light, 0)
    lines = ocr.lines if ocr is not None else ()
    numbers = [
        *_colours(pixels, light),
        *_palette(pixels),
        *_edges(across, down),
        *_rules(across, down),
        *_bars(pixels),
        *_behind_text(pixels, light, lines),
    ]
    return torch.tensor(numbers, dtype=torch.float32)


def _steps(light: Plane, axis: int) -> Plane:
    """Absolute difference to the next pixel along `axis`, as large as the picture."""
    steps = np.abs(np.diff(light, axis=axis))
    return np.pad(steps, ((0, 1), (0, 0)) if axis == 0 else ((0, 0), (0, 1))).astype(np.float32)


def _colours(pixels: Plane, light: Plane) -> list[float]:
    """Brightness, saturation, and the shares of white, black, grey, glaring and clipped pixels; warm against cold."""
    high, low = pixels.max(axis=2), pixels.min(axis=2)
    spread = high - low
    saturation = spread / np.maximum(high, 1)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    return [
        _share(light) / 128 - 1,
        float(light.std()) / 64 - 1,
        _share(saturation) * 2 - 1,
        float(saturation.std()) * 4 - 1,
        _share(low > WHITE) * 2,
        _share(high < BLACK) * 2,
        _share(spread < 18) * 2 - 1,
        _share((saturation > 0.6) & (high > 120)) * 2,
        _share((saturation > 0.85) & (high > 200)) * 4,
        _share((high > 252) & (low < 4)) * 6,
        _share(red - blue) / 64,
        _share(green - red) / 32,
        _share((red > 190) & (green < 70) & (blue < 70)) * 8,
        _share((red > 170) & (green > 120) & (blue < 80)) * 6,
        _share(low[: LOOK_SIDE // 4] > WHITE),
        _share(low[-LOOK_SIDE // 4 :] > WHITE),
    ]


def _palette(pixels: Plane) -> list[float]:
    """How many of 4,096 colours there are, and how much of the picture the commonest fill."""
    bins = (pixels // 16).astype(np.int64)
    counts = np.sort(np.bincount((bins[..., 0] * 256 + bins[..., 1] * 16 + bins[..., 2]).ravel()))[::-1]
    shares = counts[counts > 0] / counts.sum()
    entropy = float(-(shares * np.log(shares)).sum())
    return [float(shares[0]) * 2, float(shares[:3].sum()) * 2 - 1, float(shares[:8].sum()) * 2 - 1, entropy / 3 - 1]


def _edges(across: Plane, down: Plane) -> list[float]:
    """Flat and sharp shares, whole and by thirds from top to bottom; a drawing is flat with few sharp edges."""
    strength = np.maximum(across, down)
    flat, sharp = strength < FLAT, strength > EDGE
    thirds = np.array_split(np.arange(LOOK_SIDE), 3)
    return [
        _share(flat) * 2 - 1,
        _share(strength < 1.5) * 2 - 1,
        _share(sharp) * 5,
        _share(strength > 120) * 10,
        _share(strength) / 16,
        float(np.log1p(strength[~flat].mean() if (~flat).any() else 0.0)) - 3,
        *(_share(flat[rows]) * 2 - 1 for rows in thirds),
        *(_share(sharp[rows]) * 5 for rows in thirds),
        _share(across) / (_share(down) + 1) - 1,
    ]


def _rules(across: Plane, down: Plane) -> list[float]:
    """Straight lines over the whole width or height, at the middle and anywhere: frames, panels, bars, windows."""
    found: list[float] = []
    for steps in (down, across.T):
        along = np.convolve((steps > 25).mean(axis=1), np.ones(2), "same")
        inner = along[3:-3]
        middle = along[LOOK_SIDE // 2 - 4 : LOOK_SIDE // 2 + 4]
        lines = float((inner > LINE_SHARE).sum())
        found += [float(inner.max()) - 0.5, float(middle.max()) - 0.5, np.log1p(lines) / 1.5]
    return found


def _bars(pixels: Plane) -> list[float]:
    """From each side: how deep one colour reaches, and whether it is light or dark."""
    found: list[float] = []
    for side in (pixels, pixels[::-1], pixels.transpose(1, 0, 2), pixels[:, ::-1].transpose(1, 0, 2)):
        plain = side.std(axis=1).max(axis=1) < BAR_SPREAD
        depth = int(np.argmin(plain)) if not plain.all() else LOOK_SIDE
        tone = float(side[:depth].mean()) / 128 - 1 if depth else 0.0
        found += [min(2.0, depth / LOOK_SIDE * 6), tone]
    busy = pixels.std(axis=1).max(axis=1) >= BAR_SPREAD
    return [*found, _share(busy) * 2 - 1]


def _behind_text(pixels: Plane, light: Plane, lines: tuple[OcrLine, ...]) -> list[float]:
    """The share of text (by length) on white, on black, on one colour, dark on light; where light bars carry it."""
    rows = [_ground(pixels, light, line) for line in lines]
    known = [(len(line.text), row) for line, row in zip(lines, rows, strict=True) if row is not None]
    total = sum(size for size, _ in known)
    if not total:
        return [0.0] * BEHIND_TEXT
    weights = np.array([size / total for size, _ in known], dtype=np.float32)
    table = np.array([row for _, row in known], dtype=np.float32)
    middles = np.array([line.box.y + line.box.h / 2 for line, row in zip(lines, rows, strict=True) if row is not None])
    on_white, flat = table[:, 0], table[:, 2]
    return [
        *(weights @ table).tolist(),
        float(table[:, 4].std()),
        *(float((weights * on_white)[place].sum()) for place in _thirds(middles)),
        *(float((weights * flat)[place].sum()) for place in _thirds(middles)),
        float((1 - flat).max()),
    ]


def _thirds(middles: NDArray[np.float64]) -> list[NDArray[np.bool_]]:
    return [middles < 0.33, (middles >= 0.33) & (middles < 0.67), middles >= 0.67]


def _ground(pixels: Plane, light: Plane, line: OcrLine) -> list[float] | None:
    """White, black, flat, saturation, brightness, contrast of what a line stands on; None for a box outside."""
    box = line.box
    left, right = (int(np.clip(value * LOOK_SIDE, 0, LOOK_SIDE)) for value in (box.x, box.x + box.w))
    top, bottom = (int(np.clip(value * LOOK_SIDE, 0, LOOK_SIDE)) for value in (box.y - 0.005, box.y + box.h + 0.015))
    if right <= left or bottom <= top:
        return None
    patch, shade = pixels[top:bottom, left:right].reshape(-1, 3), light[top:bottom, left:right]
    ground = np.median(patch, axis=0)
    near = float((np.abs(patch - ground).max(axis=1) < 24).mean())
    saturation = float((ground.max() - ground.min()) / max(1.0, ground.max()))
    tone = float(ground.mean())
    return [
        float(ground.min() > WHITE - 10),
        float(ground.max() < BLACK + 25),
        near,
        saturation,
        tone / 128 - 1,
        float(shade.mean() - tone) / 64,
        float(shade.std()) / 64,
    ]


def _share(values: NDArray[np.bool_] | Plane) -> float:
    return float(values.mean())
