"""Trains the network that tells pictures without text: `memesmith train ocr --data DIR`.

With text: real memes, and captions drawn over the pictures without. Without: photographs and blank templates on which
the reader itself finds nothing. The threshold keeps all but `LOST_SHARE` of held-out memes and drawn pages.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from rich.progress import track
from torch.nn import functional

from inference.models.text_spotter import SpotterConfig, SpotterNet, TextSpotter, squash_grey, to_pixels
from training.datasets.negatives import read_negatives
from training.datasets.offence import read_harmeme
from training.datasets.pictures import open_picture
from training.datasets.templates import read_templates
from training.run import Run, progress_bar
from training.seeing.ocr_pages import PageSource, draw_pages, enlarge

Greys = Sequence[NDArray[np.uint8]]
HasText = Callable[[Image.Image], bool]

BATCH: Final = 64
LOST_SHARE: Final = 0.003
HELD_OUT_EVERY: Final = 8


@dataclass(frozen=True, slots=True)
class SpotterData:
    """Grey squares to learn from, and those of `held_out` pictures with text that set the threshold."""

    with_text: Greys
    without: Greys
    held_out: Greys


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything; `epochs` over the pictures with text."""

    memes: int | None = None
    templates: int = 1500
    pages: int = 4000
    epochs: int = 5


def read_spotter_data(data: Path, has_text: HasText, amounts: Amounts, config: SpotterConfig, seed: int) -> SpotterData:
    """Reads and draws everything, as grey squares; every other photograph is left to the evaluation."""
    photographs = read_negatives(data).items[::2]
    known = [one for one in read_templates(data).items if not one.is_held_out]
    templates = [one.pictures[0].open() for one in known[: amounts.templates]]
    bare = [one for one in track([*photographs, *templates], "looking for text") if not has_text(one)]
    source = PageSource(bare, bare, PageSource.read_captions(data))

    def grey(pictures: Iterable[Image.Image]) -> Greys:
        return [squash_grey(one, config.input_side) for one in pictures]

    real = grey(open_picture(path) for path, _ in read_memes(data, "train")[: amounts.memes])
    drawn = grey(page.picture for page in draw_pages(source, amounts.pages, seed))
    kept = [one for group in (real, drawn) for at, one in enumerate(group) if at % HELD_OUT_EVERY]
    held_out = [one for group in (real, drawn) for one in group[::HELD_OUT_EVERY]]
    return SpotterData(kept, grey(version for one in bare for version in (one, enlarge(one))), held_out)


def read_memes(data: Path, part: str) -> list[tuple[Path, str]]:
    """Pictures of HarMeme that are there, each with its text."""
    folder = data / "offence" / "harmeme_images"
    pairs = [(folder / (item.image or ""), item.text) for item in read_harmeme(data, part).items]
    return [(path, text) for path, text in pairs if path.is_file()]


def fit_spotter(data: SpotterData, config: SpotterConfig, amounts: Amounts, run: Run, seed: int) -> TextSpotter:
    """Both kinds equally often in every batch; the rate falls to nothing."""
    torch.manual_seed(seed)
    net = SpotterNet(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    rng = random.Random(f"spotter/{seed}")
    steps = max(1, amounts.epochs * len(data.with_text) * 2 // BATCH)
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=steps)
    net.train()
    with progress_bar("spotter", steps) as advance:
        for step in range(steps):
            loss = _loss(net, data, rng)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            advance(f"loss {loss.item():.3f}")
            if step % 20 == 0:
                run.log(step, loss=loss.item())
    spotter = TextSpotter(net, config, 0.0)
    spotter.threshold = threshold_of(spotter.logits(data.held_out))
    return spotter


def vary(greys: Greys, rng: random.Random) -> torch.Tensor:
    """A batch, each picture lighter or darker, of more or less contrast, now and then a negative or mirrored."""
    pixels = to_pixels(torch.from_numpy(np.stack(greys)))
    for at in range(len(pixels)):
        sign = -1 if rng.random() < 0.2 else 1
        pixels[at] = pixels[at] * (sign * rng.uniform(0.6, 1.2)) + rng.uniform(-0.2, 0.2)
        if rng.random() < 0.3:
            pixels[at] = pixels[at].flip(-1)
    return pixels


def threshold_of(logits: Sequence[float]) -> float:
    """What all but `LOST_SHARE` of these pictures with text reach."""
    return float(np.quantile(np.asarray(logits), LOST_SHARE))


def _loss(net: SpotterNet, data: SpotterData, rng: random.Random) -> torch.Tensor:
    """Log loss over one batch; channels last takes half the time of the usual layout on a CPU."""
    chosen = rng.choices(data.with_text, k=BATCH // 2) + rng.choices(data.without, k=BATCH // 2)
    targets = torch.tensor([1.0, 0.0]).repeat_interleave(BATCH // 2)
    pixels = vary(chosen, rng).contiguous(memory_format=torch.channels_last)
    return functional.binary_cross_entropy_with_logits(net(pixels), targets)
