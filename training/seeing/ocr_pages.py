"""Draws pages whose text is known: one caption each, by font, size of the letters, background and language.

Every mix of the four occurs about equally often, so that one trait can be told apart from the others. What a template
or a photograph says itself, before a caption is written on it, is nobody's error: those on which the reader finds text
are left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, product
from pathlib import Path
from typing import Final

from PIL import Image

from training.datasets.captions import read_caption_boxes
from training.datasets.negatives import read_negatives
from training.datasets.offence import read_korean_dev
from training.datasets.templates import read_templates
from training.drawing.augment import WHITE, compress
from training.drawing.lettering import Colour, Ink, font_files
from training.drawing.memes import write_top_bottom
from training.drawing.sheet import Sheet

PAGE_SIDE: Final = 480
SIZES: Final[Mapping[str, float]] = {"small": 0.05, "medium": 0.08, "large": 0.12}
BACKGROUNDS: Final = ("photograph", "template", "plain")
PAPERS: Final[Sequence[tuple[Colour, Colour]]] = (
    ((255, 255, 255), (0, 0, 0)),
    ((21, 32, 43), (235, 235, 235)),
    ((0, 0, 0), (255, 255, 255)),
    ((250, 240, 200), (60, 30, 10)),
    ((30, 90, 160), (255, 255, 255)),
)
MIN_BOX_CHARS: Final = 3
MAX_BOX_CHARS: Final = 40
KOREAN_FACE: Final = "Nanum"


@dataclass(frozen=True, slots=True)
class Page:
    """A picture, the text on it from top to bottom, and its traits: `font`, `size`, `background`, `language`."""

    picture: Image.Image
    text: str
    traits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PageSource:
    """What pages are made from; each language has captions of one or two boxes."""

    photographs: Sequence[Image.Image]
    templates: Sequence[Image.Image]
    captions: Mapping[str, Sequence[tuple[str, ...]]]

    @classmethod
    def read(cls, data: Path, has_text: Callable[[Image.Image], bool], korean: bool, limit: int = 60) -> PageSource:
        """At most `limit` held-out photographs and templates; Korean sentences only where `korean`."""
        templates = (one.pictures[0].open() for one in read_templates(data).items if one.is_held_out)
        return cls(
            photographs=list(islice((one for one in read_negatives(data).items[1::2] if not has_text(one)), limit)),
            templates=list(islice((one for one in templates if not has_text(one)), limit)),
            captions=cls.read_captions(data, korean),
        )

    @staticmethod
    def read_captions(data: Path, korean: bool = False) -> dict[str, list[tuple[str, ...]]]:
        """By language, of at most two boxes, each short enough for a page in every size."""
        captions = {"english": [_short(boxes) for boxes in read_caption_boxes(data, 3000, every=97).items]}
        if korean:
            captions["korean"] = [_short((item.text,)) for item in read_korean_dev(data).items]
        return {name: [boxes for boxes in rows if boxes] for name, rows in captions.items()}


def draw_pages(source: PageSource, count: int, seed: int) -> Iterator[Page]:
    """`count` pages, the mixes of traits in a shuffled order."""
    rng = random.Random(f"pages/{seed}")
    mixes = [
        (language, font, size, background)
        for language in source.captions
        for font, size, background in product(_fonts(language), SIZES, BACKGROUNDS)
    ]
    rng.shuffle(mixes)
    for language, font, size, background in islice(cycle(mixes), count):
        traits = {"language": language, "font": font_name(font), "size": size, "background": background}
        boxes = rng.choice(source.captions[language])
        yield _draw_page(source, [box.upper() for box in boxes] if rng.random() < 0.6 else boxes, font, traits, rng)


def font_name(font: Path | None) -> str:
    """`RobotoBlack` for `Roboto-Black.ttf`."""
    return "default" if font is None else "".join(char for char in font.stem if char.isalnum())


def enlarge(picture: Image.Image, side: int = PAGE_SIDE) -> Image.Image:
    """The picture with a longest side of `side` pixels, as large as pictures in chats at least are."""
    scale = side / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BICUBIC)


def _fonts(language: str) -> list[Path | None]:
    """The faces that have the letters of `language`."""
    return [font for font in font_files() if language == "english" or (font and KOREAN_FACE in font.stem)]


def _short(boxes: Sequence[str]) -> tuple[str, ...]:
    """The first two boxes of a length that fits a page in every size."""
    return tuple(box for box in boxes if MIN_BOX_CHARS <= len(box) <= MAX_BOX_CHARS)[:2]


def _draw_page(
    source: PageSource, boxes: Sequence[str], font: Path | None, traits: Mapping[str, str], rng: random.Random
) -> Page:
    """White outlined letters on pictures, bare ones on paper; JPEG as it travels through chats."""
    paper, letters = rng.choice(PAPERS)
    if traits["background"] == "plain":
        sheet, outline = Sheet.blank(PAGE_SIDE, rng.randint(240, PAGE_SIDE), paper), 0
    else:
        pictures = source.photographs if traits["background"] == "photograph" else source.templates
        sheet, letters, outline = Sheet(enlarge(rng.choice(pictures))), WHITE, 1
    size = round(SIZES[traits["size"]] * min(sheet.picture.size))
    ink = Ink(font=font, size=size, colour=letters, stroke=outline * max(1, size // 12))
    write_top_bottom(
        sheet, boxes[:1] if traits["size"] == "large" else boxes, ink, margin=round(sheet.picture.width * 0.1)
    )
    return Page(compress(sheet.picture, rng.randint(50, 90)), "\n".join(line for line, _ in sheet.written), traits)
