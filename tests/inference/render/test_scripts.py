"""Every script gets a font that has it, letters joined and ordered as its readers expect, emoji in colour."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from inference.render import fonts
from inference.render.fonts import FontBook, Voice, can_shape, default_book, missing_characters, read_coverage
from inference.render.layouts import place_lines
from inference.render.paint import Stamp, press
from inference.render.setting import Typesetter
from tests.inference.render.type_samples import TEXTS, package_fonts, part

_WHOLE = part(0, 0, 1, 1, largest=1.0)
needs_shaper = pytest.mark.skipif(not can_shape(), reason="Pillow finds no FriBiDi here, so it cannot join letters")


def _draw(text: str, book: FontBook, *, upper: bool = False) -> Image.Image:
    image = Image.new("RGB", (600, 200), (90, 90, 90))
    press(image, place_lines(image.size, (text,), (part(0, 0, 1, 1, upper=upper),), book))
    return image


def _pieces(text: str, *, rtl: bool = False) -> list[tuple[str, str]]:
    line = Typesetter(package_fonts(), Voice.LOUD).set_line(text, 40, rtl=rtl)
    return [(placed.piece.text, Path(placed.piece.face.path).stem) for placed in line.placed]


@pytest.mark.parametrize(
    ("text", "font"),
    [
        pytest.param("Hello", "Roboto-Black", id="latin"),
        pytest.param("Привет", "Roboto-Black", id="cyrillic"),
        pytest.param("Ελλάδα", "Roboto-Black", id="greek"),
        pytest.param("안녕", "NanumGothicExtraBold", id="korean"),
        pytest.param("カレー", "NanumGothicExtraBold", id="kana"),
        pytest.param("مرحبا", "DejaVuSans-Bold", id="arabic"),
        pytest.param("שלום", "DejaVuSans-Bold", id="hebrew"),
        pytest.param("❤", "DejaVuSans-Bold", id="symbol"),
    ],
)
def test_each_script_gets_a_font_that_has_it(text: str, font: str) -> None:
    """Even with nothing but the packages' fonts."""
    assert _pieces(text) == [(text, font)]
    assert missing_characters(text, package_fonts()) == frozenset()


def test_a_script_without_a_font_is_reported() -> None:
    """What would be drawn as empty squares can be asked for beforehand."""
    assert missing_characters("hi नमस्ते", package_fonts()) == frozenset("नमस्ते")


@pytest.mark.parametrize("name", ["latin", "korean", "arabic", "hebrew", "mixed", "japanese"])
def test_all_samples_are_covered_by_real_glyphs(name: str) -> None:
    """Each piece is handed to a font whose character map holds all of it."""
    setter = Typesetter(default_book(), Voice.LOUD)
    for placed in setter.set_line(TEXTS[name], 40, rtl=False).placed:
        assert {ord(character) for character in placed.piece.text} <= read_coverage(placed.piece.face.path)


def test_mixed_directions_are_ordered_as_they_are_read() -> None:
    """In an English sentence the Hebrew words swap places; in a Hebrew one the English words come last."""
    english = [text.strip() for text, _ in _pieces("one שלום עולם two")]
    assert english == ["one", "שלום עולם", "two"]
    hebrew = [text.strip() for text, _ in _pieces("שלום abc עולם", rtl=True) if text.strip()]
    assert hebrew == ["עולם", "abc", "שלום"]


def _strokes_per_half(text: str) -> tuple[int, int]:
    """How many upright strokes meet a row of pixels in the left and in the right half of the drawn text."""
    drawn = np.asarray(_draw(text, package_fonts()).convert("L")) > 240
    columns = np.flatnonzero(drawn.any(axis=0))
    middle = (columns[0] + columns[-1]) // 2
    halves = (drawn[:, :middle], drawn[:, middle:])
    left, right = (int((np.diff(half.any(axis=0).astype(int)) == 1).sum()) for half in halves)
    return left, right


def test_hebrew_is_drawn_from_right_to_left() -> None:
    """Four narrow letters, vav, come first and so stand on the right; the wide shin ends on the left."""
    left, right = _strokes_per_half("ווווש")
    assert right > left


@needs_shaper
def test_arabic_letters_are_joined() -> None:
    """Joined letters are narrower than the same letters kept apart by non-joiners."""
    setter = Typesetter(package_fonts(), Voice.LOUD)
    assert setter.measure("ببب", 60) < 0.9 * setter.measure("ب\u200cب\u200cب", 60)


@pytest.mark.usefixtures("without_shaper")
def test_hebrew_keeps_its_order_without_a_shaper() -> None:
    """Letters that do not join can be put into order without the system's library."""
    left, right = _strokes_per_half("ווווש")
    assert right > left


def test_an_emoji_without_an_emoji_font_becomes_a_letterlike_sign() -> None:
    """A face that DejaVu has is drawn in one colour; skin tones and joiners leave no squares."""
    assert _pieces("😀") == [("😀", "DejaVuSans-Bold")]
    assert _pieces("👍🏽") == []


def test_an_emoji_that_no_font_has_leaves_no_gap() -> None:
    """Words close up where an emoji had to be left out."""
    setter = Typesetter(package_fonts(), Voice.LOUD)
    assert setter.drop_undrawable("on 🔥 fire 🔥\n🔥\nyes") == "on fire\nyes"


@pytest.fixture(scope="module")
def colour_book(tmp_path_factory: pytest.TempPathFactory) -> FontBook:
    """The packages' fonts and a colour font of our own: one square emoji, left half red, right half blue."""
    folder = tmp_path_factory.mktemp("fonts")
    glyphs = {
        name: _rectangle(*sides)
        for name, sides in {".notdef": (0, 0), "face": (0, 1000), "left": (0, 500), "right": (500, 1000)}.items()
    }
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({0x1F600: "face"})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (1000, 500 if name == "right" else 0) for name in glyphs})
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupNameTable({"familyName": "Test Emoji", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.setupCOLR({"face": [("left", 0), ("right", 1)]}, version=0)
    builder.setupCPAL([[(1.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 1.0)]])
    builder.save(folder / "NotoColorEmoji.ttf")
    return FontBook((folder, *fonts.package_folders()))


def _rectangle(left: int, right: int) -> object:
    pen = TTGlyphPen(None)
    if right > left:
        pen.moveTo((left, 0))
        pen.lineTo((left, 1000))
        pen.lineTo((right, 1000))
        pen.lineTo((right, 0))
        pen.closePath()
    return pen.glyph()


def test_an_emoji_is_drawn_in_its_own_colours(colour_book: FontBook) -> None:
    """Red on the left and blue on the right, both inside one square about as tall as the letters."""
    pixels = np.asarray(_draw("A😀", colour_book)).astype(int)
    red = np.argwhere((pixels[:, :, 0] > 200) & (pixels[:, :, 1] < 60) & (pixels[:, :, 2] < 60))
    blue = np.argwhere((pixels[:, :, 2] > 200) & (pixels[:, :, 1] < 60) & (pixels[:, :, 0] < 60))
    assert red[:, 1].max() < blue[:, 1].min() + 2
    height = blue[:, 0].max() - blue[:, 0].min() + 1
    width = blue[:, 1].max() - red[:, 1].min() + 1
    assert width == pytest.approx(height, abs=3)


def test_emoji_count_as_characters_of_the_line(colour_book: FontBook) -> None:
    """Three emoji stand side by side, in order, none over another."""
    stamps = place_lines((600, 200), ("😀 😀😀",), (_WHOLE,), colour_book)
    pictures = [stamp for stamp in stamps if isinstance(stamp.colour, Image.Image)]
    lefts = [stamp.x for stamp in pictures]
    assert len(lefts) == 3
    assert all(after - before >= pictures[0].mask.width for before, after in pairwise(lefts))


def _masks(stamps: list[Stamp]) -> int:
    return sum(int(np.asarray(stamp.mask).sum()) for stamp in stamps)


def test_capitals_are_set_only_where_the_box_asks() -> None:
    """The same line in capitals is other ink; a line of capitals stays itself."""
    loud, quiet = part(0, 0, 1, 1, upper=True), part(0, 0, 1, 1, upper=False)
    size = (600, 200)
    assert _masks(place_lines(size, ("abc",), (loud,), package_fonts())) == _masks(
        place_lines(size, ("ABC",), (loud,), package_fonts())
    )
    assert _masks(place_lines(size, ("abc",), (quiet,), package_fonts())) != _masks(
        place_lines(size, ("ABC",), (quiet,), package_fonts())
    )


def test_a_better_font_of_the_system_is_preferred(tmp_path: Path) -> None:
    """A file called Impact wins over the packaged one, if it has the characters."""
    source = Path(package_fonts().main_face(Voice.LOUD).path)
    (tmp_path / "Impact.ttf").write_bytes(source.read_bytes())
    book = FontBook((tmp_path, *fonts.package_folders()))
    assert Path(book.main_face(Voice.LOUD).path).stem == "Impact"
    assert Path(book.face_for("안", Voice.LOUD).path).stem == "NanumGothicExtraBold"


def test_a_broken_font_file_is_passed_over(tmp_path: Path) -> None:
    """A font that cannot be read is as good as none."""
    (tmp_path / "Impact.ttf").write_bytes(b"not a font")
    (tmp_path / "NotoColorEmoji.ttf").write_bytes(b"not a font")
    book = FontBook((tmp_path, *fonts.package_folders()))
    assert Path(book.main_face(Voice.LOUD).path).stem == "Roboto-Black"
    assert book.emoji is None


def test_without_any_font_the_advice_is_clear(tmp_path: Path) -> None:
    """An empty machine is told what to install."""
    with pytest.raises(LookupError, match="font-roboto"):
        FontBook((tmp_path,)).main_face(Voice.LOUD)


def test_finding_the_packaged_fonts_imports_none_of_their_packages() -> None:
    """Importing matplotlib would cost every worker a quarter of a second and a configuration folder."""
    code = (
        "import sys; from inference.render import default_book; default_book(); "
        "sys.exit(bool({'matplotlib', 'koreanize_matplotlib', 'font_roboto'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0
