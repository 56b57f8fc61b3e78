"""Draws examples of every genre, so that the rare ones are known by more than the few real memes there are."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image

from training.datasets.captions import read_caption_boxes
from training.datasets.negatives import read_negatives
from training.datasets.pictures import open_picture
from training.datasets.templates import read_templates
from training.drawing.augment import compress
from training.drawing.memes import draw_macro
from training.drawing.misreading import misread
from training.drawing.plain import draw_plain
from training.drawing.posts import draw_post
from training.drawing.rage import draw_rage_comic
from training.drawing.sheet import Sheet
from training.drawing.surreal import distort, draw_collage
from training.drawing.video import draw_video_frame
from training.seeing.genre_examples import Example, read_political_texts, targets_of

DRAWN_PER_KIND: Final = 240
DRAWN_WEIGHT: Final = 0.3
SINCERE: Final = (
    "you are doing better than you think", "this is a picture of a dog. it has no joke in it",
    "i love you, have a nice day",
    "here is a meme without a punchline", "i just wanted to show you this stick", "thank you for being my friend",
    "this meme is just a text on a picture", "someone is proud of you today", "be kind to your mother and call her",
    "when your friends ask how you are and you tell them that you are happy", "that is all. that is the meme",
    "my grandfather bakes bread every sunday and it is good bread", "normal picture of a horse",
    "drink some water, king",
    "this is my cat. she is seventeen and she likes the sun", "me when i see you smile: i smile as well",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Materials:
    """What drawn memes are made from."""

    captions: Sequence[tuple[str, ...]]
    political: Sequence[str]
    templates: Sequence[Path]
    photos: Sequence[Image.Image]
    faces: Sequence[Image.Image]
    thumbnails: Sequence[Image.Image]


def read_materials(data: Path, photos: int) -> Materials:
    """Templates are opened when drawn on: there are thousands."""
    return Materials(
        captions=read_caption_boxes(data, 3000, every=29).items,
        political=read_political_texts(data) or ["vote"],
        templates=[template.pictures[0].path for template in read_templates(data).items],
        photos=read_negatives(data, photos).items,
        faces=[open_picture(path) for path in sorted((data / "genre" / "ragefaces").glob("*.jpg"))],
        thumbnails=[open_picture(path) for path in sorted((data / "genre" / "video_thumbnails").glob("*.jpg"))],
    )


def drawn_examples(data: Path, seed: int, per_kind: int = DRAWN_PER_KIND) -> Iterator[Example]:
    """Of each genre `per_kind`; post-ironic ones fewer, as all that can be drawn of them are their words."""
    rng = random.Random(f"genre/{seed}")
    materials = read_materials(data, per_kind)
    for number in range(per_kind):
        yield from _one_of_each(materials, number, rng)


def _one_of_each(materials: Materials, number: int, rng: random.Random) -> Iterator[Example]:
    def base() -> Image.Image:
        source = rng.random()
        return open_picture(rng.choice(materials.templates)) if source < 0.6 else rng.choice(materials.photos)

    said = [_say(" ".join(rng.choice(materials.captions)), rng) for _ in range(4)]
    boxes = rng.choice(materials.captions)
    slogan = _say(rng.choice(materials.political), rng)
    frame = rng.choice(materials.thumbnails) if rng.random() < 0.4 else base()
    yield _drawn(draw_rage_comic(materials.faces, said, rng), ["rage_comic"], ["political"], rng)
    yield _drawn(draw_post(said, base(), rng), ["text_post"], ["political", "image_macro"], rng)
    yield _drawn(draw_video_frame(frame, said, rng), ["viral_video"], ["image_macro", "text_post", "political"], rng)
    yield _drawn(draw_macro(base(), boxes, rng), ["image_macro"], ["political"], rng)
    fried = (
        distort(draw_macro(base(), boxes, rng), rng) if number % 4 else draw_collage([base() for _ in range(4)], rng)
    )
    yield _drawn(fried, ["ironic_surreal"], ["image_macro", "political"], rng)
    bare = Sheet(rng.choice(materials.photos)) if number % 3 == 0 else draw_plain(base(), said, rng)
    yield _drawn(bare, ["experimental"], ["political", "text_post"], rng)
    if number % 2:
        yield _drawn(draw_macro(base(), _halves(slogan), rng), ["political", "image_macro"], [], rng)
    else:
        yield _drawn(draw_post([slogan], base(), rng), ["political", "text_post"], ["image_macro"], rng)
    if number % 8 == 0:
        sincere = draw_macro(rng.choice(materials.photos), [rng.choice(SINCERE)], rng)
        yield _drawn(sincere, ["post_ironic", "image_macro"], [], rng)


def _say(text: str, rng: random.Random) -> str:
    """Captions are handed down in capitals; people write in small letters, too."""
    style = rng.random()
    if style < 0.2:
        return text
    return text.lower() if style < 0.5 else ". ".join(part.strip().capitalize() for part in text.split("."))


def _halves(text: str) -> tuple[str, str]:
    words = text.split()[:24]
    return " ".join(words[: len(words) // 2]) or text, " ".join(words[len(words) // 2 :])


def _drawn(sheet: Sheet, genres: Sequence[str], unknown: Sequence[str], rng: random.Random) -> Example:
    ocr = misread(sheet.to_ocr(), rng)
    return Example(compress(sheet.picture, rng.randint(25, 90)), ocr, targets_of(genres, unknown), DRAWN_WEIGHT)
