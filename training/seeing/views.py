"""Draws the many guises of every template once, in parallel, and keeps them as one memory-mapped array between runs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from inference.models.pictures import squash
from training.datasets.templates import Template
from training.drawing.augment import disguise

SIDE_PIXELS: Final = 128
Captions = Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ViewPlan:
    """`views` guises per template, the first of them the bare picture; `seed` fixes all of them."""

    views: int
    seed: int
    workers: int = 2


def cached_views(templates: Sequence[Template], captions: Captions, plan: ViewPlan, cache: Path) -> NDArray[np.uint8]:
    """uint8 (templates, views, 128, 128, 3), read from `cache` where its shape is right, else drawn and kept there."""
    shape = (len(templates), plan.views, SIDE_PIXELS, SIDE_PIXELS, 3)
    if cache.is_file():
        stored: NDArray[np.uint8] = np.load(cache, mmap_mode="r")
        if stored.shape == shape:
            return np.array(stored)
    drawn = _draw_all(templates, captions, plan)
    cache.parent.mkdir(parents=True, exist_ok=True)
    np.save(cache, drawn)
    return drawn


def draw_views(template: Template, captions: Captions, plan: ViewPlan) -> NDArray[np.uint8]:
    """uint8 (views, 128, 128, 3) of one template; its pictures take turns."""
    rng = random.Random(f"{plan.seed}/{template.name}")
    pictures = [picture.open() for picture in template.pictures]
    views = [squash(pictures[0], SIDE_PIXELS)]
    for number in range(1, plan.views):
        picture = pictures[number % len(pictures)]
        views.append(squash(disguise(picture.copy(), captions, rng), SIDE_PIXELS))
    return np.stack(views)


def _draw_all(templates: Sequence[Template], captions: Captions, plan: ViewPlan) -> NDArray[np.uint8]:
    jobs = [(template, captions[place % 7 :: 7] or captions, plan) for place, template in enumerate(templates)]
    if plan.workers <= 1:
        return np.stack([draw_views(*job) for job in jobs])
    with ProcessPoolExecutor(plan.workers, mp_context=get_context("spawn")) as pool:
        drawn = pool.map(_draw_job, jobs, chunksize=32)
        return np.stack(list(track(drawn, "drawing templates", total=len(jobs))))


def _draw_job(job: tuple[Template, Captions, ViewPlan]) -> NDArray[np.uint8]:
    return draw_views(*job)
