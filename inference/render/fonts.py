"""Which fonts this machine has, which characters each can draw, and which one a character gets.

Fonts come from installed packages (always there) and from the system's font folders (preferred where better); see
docs/fonts.md. Coverage is read from each font's character map, never guessed. Nothing is looked up before first use,
and the packages are only asked where their files lie: importing matplotlib for a caption would cost a quarter second.
"""

from __future__ import annotations

import enum
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from fontTools.ttLib import TTFont, TTLibError
from fontTools.unicodedata import script, script_name
from PIL import ImageFont, features

_SUFFIXES: Final = {".ttf", ".otf", ".ttc"}
_PACKAGES: Final = {
    "font_roboto": "files",
    "koreanize_matplotlib": "fonts",
    "matplotlib": "mpl-data/fonts/ttf",
}
_WEIGHTS: Final = ("black", "extrabold", "bold", "semibold", "medium", "regular")
_ANY_SCRIPT: Final = (
    "notosanscjk-black", "notosanscjk-bold", "notosanscjkkr-black", "notosanscjkjp-bold", "notosanscjk-regular",
    "nanumgothicextrabold", "dejavusans-bold", "dejavusans", "notosanssymbols2-regular", "notosanssymbols-black",
    "freesansbold", "symbola",
)  # fmt: skip
_EMOJI: Final = ("notocoloremoji", "applecoloremoji", "apple color emoji", "seguiemj", "twemojimozilla", "joypixels")


class Voice(enum.StrEnum):
    """`LOUD` shouts over pictures (heavy, condensed where there is such a font); `PLAIN` is read on paper."""

    LOUD = "loud"
    PLAIN = "plain"


_PREFERRED: Final[Mapping[Voice, tuple[str, ...]]] = {
    Voice.LOUD: ("impact", "anton-regular", "anton", "oswald-bold", "roboto-black", "notosans-black"),
    Voice.PLAIN: ("roboto-medium", "roboto-bold", "notosans-medium", "notosans-bold"),
}
_PREFERRED_OF_SCRIPT: Final[Mapping[str, tuple[str, ...]]] = {
    "Hang": ("blackhansans-regular", "nanumgothicextrabold"),
    "Arab": ("notokufiarabic-black", "notosansarabic-black", "notosansarabic-bold"),
}


@dataclass(frozen=True, slots=True)
class Face:
    """One font file. `strike` is the only size in pixels at which it can be drawn, None for outlines of any size."""

    path: str
    strike: int | None = None


class FontBook:
    """All fonts of some folders, by lower-case file name without its ending."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._paths: dict[str, str] = {}
        for folder in folders:
            for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
                if path.suffix.lower() in _SUFFIXES:
                    self._paths.setdefault(path.stem.lower(), str(path))
        self._emoji: Face | None = self._find_emoji()
        self._faces: dict[tuple[str, Voice], Face | None] = {}

    @property
    def emoji(self) -> Face | None:
        """The colour emoji font, None where the machine has none that Pillow can draw."""
        return self._emoji

    def main_face(self, voice: Voice) -> Face:
        """The font of plain Latin text; raises LookupError where the folders hold none at all."""
        face = self.face_for("A", voice)
        if face is None:
            raise LookupError("There is no font for Latin letters; install the package font-roboto.")
        return face

    def face_for(self, cluster: str, voice: Voice) -> Face | None:
        """The preferred font that draws every character of `cluster`, None where no font does."""
        key = (cluster, voice)
        if key not in self._faces:
            if len(self._faces) > 20_000:
                self._faces.clear()
            self._faces[key] = self._find_face(cluster, voice)
        return self._faces[key]

    def _find_face(self, cluster: str, voice: Voice) -> Face | None:
        needed = {ord(character) for character in cluster if not _is_ignorable(character)}
        for name in _candidates(cluster, voice):
            path = self._paths.get(name)
            if path is not None and needed <= read_coverage(path):
                return Face(path)
        return None

    def _find_emoji(self) -> Face | None:
        for name in _EMOJI:
            path = self._paths.get(name)
            strike = None if path is None else _emoji_strike(path)
            if path is not None and strike is not None:
                return Face(path, strike)
        return None


def _candidates(cluster: str, voice: Voice) -> Iterable[str]:
    """Names of fonts to try, best first: the voice's own, then those of the script, then the widest ones."""
    code = script(cluster[0])
    yield from _PREFERRED[voice] if code not in _PREFERRED_OF_SCRIPT else _PREFERRED_OF_SCRIPT[code]
    if code not in {"Latn", "Zyyy", "Zinh", "Zzzz"}:
        name = script_name(code).replace("_", "").replace(" ", "").lower()
        yield from (f"notosans{name}-{weight}" for weight in _WEIGHTS)
    yield from _ANY_SCRIPT


def _is_ignorable(character: str) -> bool:
    """Joiners and variation selectors shape their neighbours and need no glyph."""
    return character in "\u200c\u200d" or "\ufe00" <= character <= "\ufe0f"


@lru_cache(maxsize=256)
def read_coverage(path: str) -> frozenset[int]:
    """The code points a font file has glyphs for; empty for a file that cannot be read."""
    try:
        with Path(path).open("rb") as file, TTFont(file, fontNumber=0, lazy=True) as font:
            return frozenset(font.getBestCmap() or {})
    except (OSError, TTLibError, LookupError, ValueError):
        return frozenset()


def _emoji_strike(path: str) -> int | None:
    """The bitmap size (pixels) of a colour font, or 109 for layered outlines; None for kinds Pillow cannot draw."""
    try:
        with Path(path).open("rb") as file, TTFont(file, fontNumber=0, lazy=True) as font:
            if "CBLC" in font:
                return int(max(strike.bitmapSizeTable.ppemY for strike in font["CBLC"].strikes))
            if "sbix" in font:
                return int(max(font["sbix"].strikes))
            return 109 if "COLR" in font and font["COLR"].version == 0 else None
    except (OSError, TTLibError, LookupError, ValueError):
        return None


@lru_cache(maxsize=256)
def load_font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """A font at `size` pixels per em (at its strike where it has one)."""
    engine = ImageFont.Layout.RAQM if can_shape() else ImageFont.Layout.BASIC
    return ImageFont.truetype(face.path, face.strike or size, layout_engine=engine)


@cache
def can_shape() -> bool:
    """Whether Pillow orders and joins letters itself (libraqm with FriBiDi, a library of the system)."""
    return bool(features.check("raqm"))


def package_folders() -> tuple[Path, ...]:
    """Font folders of installed packages, found without importing the packages."""
    found = []
    for package, inside in _PACKAGES.items():
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            found.append(Path(spec.origin).parent / inside)
    return tuple(found)


def system_folders() -> tuple[Path, ...]:
    """The font folders of the operating system and of the user."""
    home = Path.home()
    if sys.platform == "darwin":
        return (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    if sys.platform == "win32":
        return (Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",)
    data = Path(os.environ.get("XDG_DATA_HOME", home / ".local/share"))
    return (data / "fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))


@cache
def default_book() -> FontBook:
    """Every font of this machine; built on first use, once per process."""
    return FontBook((*package_folders(), *system_folders()))


def missing_characters(text: str, book: FontBook | None = None) -> frozenset[str]:
    """The visible characters of `text` that no font here can draw, emoji aside when there is an emoji font."""
    book = book or default_book()
    emoji = read_coverage(book.emoji.path) if book.emoji else frozenset()
    visible = {character for character in text if unicodedata.category(character)[0] not in "ZC"}
    return frozenset(
        character
        for character in visible
        if ord(character) not in emoji and book.face_for(character, Voice.LOUD) is None
    )
