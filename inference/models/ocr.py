"""Reads the text of a picture. English by RapidOCR with the models of its package; Korean by Tesseract where installed.

Nothing is downloaded. The angle classifier stays off: captions stand upright. Korean is tried only where RapidOCR
found text regions it could not read surely, because a second reading costs time. Where a spotter is given, a picture
that surely holds no text is not read at all. Knows no model but these three.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image, ImageOps

from inference.contract import Box, OcrLine, OcrOutput
from inference.errors import ModelError
from inference.models.tesseract import find_korean_tesseract, run_tesseract
from inference.models.text import hangul_share
from inference.models.text_spotter import TextSpotter

READ_SIDE: Final = 640
DETECT_SIDE: Final = 320
LINE_HEIGHT: Final = 48
MIN_SCORE: Final = 0.5
SURE_SCORE: Final = 0.8
TESSERACT_SIDE: Final = 1000
MIN_WORD_CONFIDENCE: Final = 40.0


@dataclass(frozen=True, slots=True)
class _Found:
    """What RapidOCR made of a picture; `unsure` counts the regions whose text it rejected."""

    lines: list[OcrLine]
    unsure: int


class TextReader:
    """Loads its models at the first picture; `threads` is what one reading may use."""

    def __init__(self, threads: int = 2, spotter: TextSpotter | None = None) -> None:
        self._threads = threads
        self._spotter = spotter
        self._engine: Any = None
        self._tesseract = find_korean_tesseract()

    @property
    def reads_korean(self) -> bool:
        return self._tesseract is not None

    def read(self, picture: Image.Image) -> OcrOutput:
        """Lines from top to bottom, left to right; an empty output for a picture without text."""
        if not self.may_have_text(picture):
            return OcrOutput("", ())
        shrunk = _shrunk(picture.convert("RGB"), READ_SIDE)
        found = self._read_latin(shrunk)
        lines = found.lines
        if self._tesseract is not None and found.unsure:
            korean = read_korean(picture, self._tesseract)
            lines = korean if len(_letters(korean)) > len(_letters(lines)) / 2 and korean else lines
        ordered = in_reading_order(lines)
        return OcrOutput("\n".join(line.text for line in ordered), tuple(ordered))

    def may_have_text(self, picture: Image.Image) -> bool:
        """Whether it is worth reading; True of everything without a spotter."""
        return self._spotter is None or self._spotter.may_have_text(picture)

    def _read_latin(self, picture: Image.Image) -> _Found:
        if self._engine is None:
            self._engine = _load_engine(self._threads)
        bgr = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
        output = self._engine(bgr, text_score=0.0)
        if output.txts is None or output.boxes is None:
            return _Found([], 0)
        rows = [
            OcrLine(text.strip(), _fraction(corners, picture.size), float(score))
            for text, corners, score in zip(output.txts, output.boxes, output.scores, strict=True)
        ]
        lines = [row for row in rows if row.score >= MIN_SCORE and row.text]
        return _Found(lines, sum(row.score < SURE_SCORE or _is_han(row.text) for row in rows))


def in_reading_order(lines: Sequence[OcrLine]) -> list[OcrLine]:
    """Rows from top to bottom, and within a row from left to right; a row is what overlaps by half its height."""
    rows: list[list[OcrLine]] = []
    for line in sorted(lines, key=lambda one: one.box.y + one.box.h / 2):
        middle = line.box.y + line.box.h / 2
        if rows and middle < rows[-1][0].box.y + rows[-1][0].box.h * 0.9:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda one: one.box.x)]


def read_korean(picture: Image.Image, binary: str) -> list[OcrLine]:
    """Tesseract's Korean lines in what is nearly white, as outlined captions are; [] on failure."""
    grey = ImageOps.grayscale(_shrunk(picture.convert("RGB"), TESSERACT_SIDE))
    paper = grey.point(lambda value: 0 if value > 215 else 255)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        paper.save(path)
        table = run_tesseract([binary, str(path), "stdout", "-l", "kor", "--psm", "6", "tsv"])
    return [line for line in _parsed(table, paper.size) if hangul_share(line.text) > 0.5]


def _load_engine(threads: int) -> Any:
    try:
        from rapidocr import RapidOCR  # noqa: PLC0415  (slow to import, and optional for text-only use)
    except ImportError as error:
        raise ModelError("Reading text in pictures needs the package rapidocr; install it.") from error
    params = {
        "Global.use_cls": False,
        "Global.log_level": "error",
        "Global.max_side_len": READ_SIDE,
        "Det.limit_type": "max",
        "Det.limit_side_len": DETECT_SIDE,
        # Lines one by one, each as wide as it is: in batches all are padded to the widest, which costs time and spaces.
        "Rec.rec_batch_num": 1,
        "Rec.rec_img_shape": [3, LINE_HEIGHT, LINE_HEIGHT],
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    engine = RapidOCR(params=params)
    logging.getLogger("RapidOCR").propagate = False
    return engine


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BILINEAR)


def _fraction(corners: Any, size: tuple[int, int]) -> Box:
    points = np.asarray(corners, dtype=float) / np.array(size)
    left, top = np.clip(points.min(axis=0), 0.0, 1.0)
    right, bottom = np.clip(points.max(axis=0), 0.0, 1.0)
    return Box(float(left), float(top), float(right - left), float(bottom - top))


def _letters(lines: Sequence[OcrLine]) -> str:
    return "".join(char for line in lines for char in line.text if char.isalpha())


def _is_han(text: str) -> bool:
    """Whether Chinese signs were read: what the bundled recogniser makes of Hangul."""
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _parsed(table: str, size: tuple[int, int]) -> list[OcrLine]:
    """Lines of Tesseract's table: words of one block, paragraph and line joined."""
    groups: dict[tuple[str, ...], list[list[str]]] = {}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and float(cells[10]) >= MIN_WORD_CONFIDENCE and cells[11].strip():
            groups.setdefault(tuple(cells[2:5]), []).append(cells)
    return [_line(words, size) for words in groups.values()]


def _line(words: list[list[str]], size: tuple[int, int]) -> OcrLine:
    edges = np.array([[int(cell) for cell in word[6:10]] for word in words], dtype=float)
    corners = np.concatenate([edges[:, :2], edges[:, :2] + edges[:, 2:]])
    score = float(np.mean([float(word[10]) for word in words])) / 100
    return OcrLine(" ".join(word[11] for word in words), _fraction(corners, size), score)
