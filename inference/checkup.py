"""What this machine has to make memes with: weights, models of others, fonts, readers.

For whoever looks after a Memesmith. Loads no model, imports no torch, changes nothing, and answers within seconds.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from inference.errors import ModelError
from inference.manifest import WEIGHTS_DIR, Manifest
from inference.models.tesseract import find_korean_tesseract
from inference.render.fonts import Face, Voice, can_shape, default_book

CONFIG_NAME: Final = "config.json"


@dataclass(frozen=True, slots=True)
class WeightsState:
    """`troubles` holds a sentence for each file that is missing or altered."""

    folder: Path
    files: int
    total_bytes: int
    troubles: tuple[str, ...]


class ModelPlace(enum.StrEnum):
    """Where a model of others stands: FOLDER and CACHED are here, DOWNLOAD is fetched at the first start."""

    FOLDER = "folder"
    CACHED = "cached"
    DOWNLOAD = "download"
    INCOMPLETE = "incomplete"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class FontsState:
    """Names of the fonts that draw each kind of text, None where no font does. `shapes`: joins and orders letters."""

    latin: str | None
    korean: str | None
    emoji: str | None
    shapes: bool


def check_weights(folder: Path | None) -> WeightsState:
    """Read every shipped file and compare its hash; raises ModelError where there is no manifest."""
    manifest = Manifest.read(folder or WEIGHTS_DIR)
    total, troubles = 0, []
    for name in manifest.entries:
        try:
            total += len(manifest.read_bytes(name))
        except ModelError as error:
            troubles.append(str(error))
    return WeightsState(manifest.folder, len(manifest.entries), total, tuple(troubles))


def place_model(name: str) -> ModelPlace:
    """Where the model that a `*_MODEL` setting names can be found, a folder or a Hugging Face id."""
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - only who uses models of others has to wait for it
    from huggingface_hub.errors import HFValidationError  # noqa: PLC0415

    folder = Path(name)
    if folder.is_dir():
        whole = (folder / CONFIG_NAME).is_file() and any(folder.glob("*.safetensors"))
        return ModelPlace.FOLDER if whole else ModelPlace.INCOMPLETE
    try:
        cached = try_to_load_from_cache(name, CONFIG_NAME)
    except HFValidationError:
        return ModelPlace.NOWHERE
    return ModelPlace.CACHED if isinstance(cached, str) else ModelPlace.DOWNLOAD


def check_fonts() -> FontsState:
    book = default_book()
    return FontsState(
        latin=_name(book.face_for("A", Voice.LOUD)),
        korean=_name(book.face_for("한", Voice.LOUD)),
        emoji=_name(book.emoji),
        shapes=can_shape(),
    )


def reads_korean() -> bool:
    """Whether Korean text in pictures is read."""
    return find_korean_tesseract() is not None


def _name(face: Face | None) -> str | None:
    return Path(face.path).stem if face else None
