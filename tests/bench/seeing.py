"""What it costs to look at a picture, stage by stage: `python -m tests.bench.seeing`.

Each stage runs alone over the same memes, drawn on the spot: p50 and p95 in one process with one thread, and pictures
a second of two such processes side by side, as a worker per core would run them. The embedding is measured twice: by
torch in float, and as it ships, by ONNX Runtime in eight bits; the ratio is torch's median over ours.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import torch
from PIL import Image
from rich.console import Console
from rich.table import Table

from inference.contract import OcrOutput
from inference.imaging import decode_picture
from inference.manifest import WEIGHTS_DIR, Manifest
from inference.models.backbone import MODEL_NAME, BackboneConfig, TorchRunner, VisionModel
from inference.models.genre import GenreInput
from inference.models.loaded import LoadedModels
from inference.models.stored_backbone import restore_backbone
from tests.bench._loads import SPAWN
from tests.bench._memes import LINES, MEMES, meme_files

PICTURES: Final = MEMES
ROUNDS: Final = 4
CORES: Final = 2
MODEL_SIDE: Final = 640

Stage = Callable[[int], object]


def main(pictures: int = PICTURES, rounds: int = ROUNDS) -> None:
    """Print the table."""
    table = Table(title=f"looking at a picture: one thread, and {CORES} processes side by side")
    for heading in ("stage", "p50 ms", "p95 ms", "pictures/s", "torch / ours"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    for row in measure(pictures, rounds):
        table.add_row(*row)
    Console().print(table)


def measure(pictures: int, rounds: int) -> list[tuple[str, ...]]:
    """A row per stage: name, p50, p95, pictures a second, ratio of torch where it is beside."""
    rows = []
    medians: dict[str, float] = {}
    with SPAWN.Pool(CORES) as processes:
        for name in STAGES:
            (times,) = processes.starmap(_run, [(name, pictures, rounds)])
            together = processes.starmap(_run, [(name, pictures, rounds)] * CORES, chunksize=1)
            speed = sum(1000 / statistics.fmean(each) for each in together)
            medians[name] = statistics.median(times)
            p95 = statistics.quantiles(times, n=20)[-1]
            beside = medians.get(BESIDE.get(name, ""))
            ratio = f"{beside / medians[name]:.1f}x" if beside else ""
            rows.append((name, f"{medians[name]:.1f}", f"{p95:.1f}", f"{speed:.0f}", ratio))
    return rows


def _run(name: str, pictures: int, rounds: int) -> list[float]:
    """Milliseconds of every single picture; the first round warms up and does not count."""
    torch.set_num_threads(1)
    stage = STAGES[name]()
    times = []
    for turn in range(rounds + 1):
        for number in range(pictures):
            started = time.perf_counter()
            stage(number)
            if turn:
                times.append((time.perf_counter() - started) * 1000)
    return times


@cache
def _seen() -> list[Image.Image]:
    return [decode_picture(data, max_frames=1, max_side=MODEL_SIDE).first for data in meme_files()]


@cache
def _models() -> LoadedModels:
    return LoadedModels(Manifest.read(WEIGHTS_DIR), "cpu", threads=1)


def _decode() -> Stage:
    files = meme_files()
    return lambda number: decode_picture(files[number % len(files)], max_frames=1, max_side=MODEL_SIDE)


def _of_pictures(look: Callable[[Image.Image], object]) -> Stage:
    pictures = _seen()
    return lambda number: look(pictures[number % len(pictures)])


def _embed_with_torch() -> Stage:
    loaded = Manifest.read(WEIGHTS_DIR).load(MODEL_NAME)
    config = BackboneConfig.from_json(loaded.config)
    model = VisionModel(TorchRunner(restore_backbone(loaded.tensors, config)), config)
    return _of_pictures(lambda picture: model.embed([picture]))


def _embed() -> Stage:
    return _of_pictures(lambda picture: _models().vision.embed([picture]))


def _template() -> Stage:
    rows = [embedded.template for embedded in _models().vision.embed(_seen())]
    return lambda number: _models().index.recognise(rows[number % len(rows)])


def _objects() -> Stage:
    rows = [embedded.features for embedded in _models().vision.embed(_seen())]
    return lambda number: _models().objects.name(rows[number % len(rows)])


def _genre() -> Stage:
    pictures, read = _seen(), OcrOutput(" ".join(LINES), ())
    rows = [embedded.features for embedded in _models().vision.embed(pictures)]

    def judge(number: int) -> Any:
        place = number % len(pictures)
        return _models().genre.predict([GenreInput(rows[place], read, *pictures[place].size)])

    return judge


def _faces() -> Stage:
    return _of_pictures(_models().faces.find)


def _expression() -> Stage:
    crops = [picture.crop((0, 0, 96, 96)) for picture in _seen()]
    return lambda number: _models().expression.predict([crops[number % len(crops)]])


def _ocr() -> Stage:
    return _of_pictures(_models().reader.read)


STAGES: Final[dict[str, Callable[[], Stage]]] = {
    "decode": _decode,
    "OCR": _ocr,
    "embed, torch": _embed_with_torch,
    "embed, eight bits": _embed,
    "template, once embedded": _template,
    "objects, once embedded": _objects,
    "genre, once embedded and read": _genre,
    "faces": _faces,
    "expression of one face": _expression,
}
BESIDE: Final = {"embed, eight bits": "embed, torch"}


if __name__ == "__main__":
    main()
