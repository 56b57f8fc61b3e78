"""Where letters lie, to the pixel: inside their box, nowhere else, as large as they can be."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.boxes import Align, Anchor, Ink
from inference.contract import Box
from inference.render.clean import clean_text
from inference.render.fit import Area, Block, fit_text, lay_out
from inference.render.fonts import Voice, default_book
from inference.render.layouts import box_room, dress_boxes, place_lines, top_bottom_boxes
from inference.render.paint import Rectangle, make_stamps
from inference.render.setting import Typesetter
from tests.inference.render.type_samples import TEXTS, drawn_box, package_fonts, part

_SIZES = [(640, 480), (300, 900), (1280, 320)]


def _area(width: int, height: int, **changes: object) -> Area:
    area = Area(width=width, height=height, largest=400, readable=24, smallest=12, stroked=True, tight=True)
    return replace(area, **changes)


def _fit(text: str, area: Area) -> Block:
    setter = Typesetter(package_fonts(), Voice.LOUD)
    block = fit_text(setter.drop_undrawable(clean_text(text, upper=True)), area, setter)
    assert block is not None
    return block


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("size", _SIZES, ids=str)
@pytest.mark.parametrize("ink", list(Ink))
def test_no_pixel_outside_the_box_changes(name: str, size: tuple[int, int], ink: Ink) -> None:
    """Letters, outline and emoji all stay inside, with the packages' fonts and with this machine's own."""
    box = part(0.31, 0.2, 0.37, 0.33, ink=ink)
    room = box_room(box.box, size)
    for book in (package_fonts(), default_book()):
        drawn = drawn_box(TEXTS[name], box, size, book)
        assert drawn is not None
        assert drawn[0] >= room.x
        assert drawn[1] >= room.y
        assert drawn[2] <= room.x + room.width
        assert drawn[3] <= room.y + room.height


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_is_cut_off_at_the_edges_of_its_mask(name: str) -> None:
    """On a wider sheet the same letters and outlines touch no pixel more than on their own."""
    block = _fit(TEXTS[name], _area(330, 210))
    wider = replace(block, width=block.width + 80, height=block.height + 80)
    shifted = replace(wider, baselines=tuple(baseline + 40 for baseline in block.baselines))
    box = part(0, 0, 1, 1)
    for mine, sheet in zip(
        make_stamps(block, Rectangle(0, 0, block.width, block.height), box)[:2],
        make_stamps(shifted, Rectangle(0, 0, wider.width, wider.height), box)[:2],
        strict=True,
    ):
        left, top, right, bottom = mine.mask.getbbox() or (0, 0, 0, 0)
        assert sheet.mask.getbbox() == (left + 40, top + 40, right + 40, bottom + 40)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("room", [(330, 210), (900, 120), (150, 400)], ids=str)
def test_one_step_larger_would_not_fit(name: str, room: tuple[int, int]) -> None:
    """The size found is the last one that fits."""
    area = _area(*room)
    text = clean_text(TEXTS[name], upper=True)
    setter = Typesetter(package_fonts(), Voice.LOUD)
    block = fit_text(text, area, setter)
    assert block is not None
    breaking = block.size < area.readable or lay_out(text, block.size, area, setter, breaking=False) is None
    assert lay_out(text, block.size + 1, area, setter, breaking=breaking) is None


@pytest.mark.usefixtures("without_shaper")
@pytest.mark.parametrize("name", TEXTS)
def test_one_step_larger_would_not_fit_without_a_shaper(name: str) -> None:
    """Letters rounded to whole pixels run wider than they were measured; no text is made smaller or cut for that."""
    for room in ((330, 210), (900, 120), (150, 400)):
        test_one_step_larger_would_not_fit(name, room)


def test_a_cap_keeps_a_single_word_from_shouting() -> None:
    """Where there is room for more, the text has exactly the largest size allowed."""
    assert _fit("wat", _area(900, 700, largest=61)).size == 61


@pytest.mark.parametrize("anchor", list(Anchor))
def test_text_keeps_to_its_anchor(anchor: Anchor) -> None:
    """Ink touches the edge it is anchored to, and in the middle leaves both sides the same room."""
    box = part(0.1, 0.1, 0.8, 0.8, anchor=anchor)
    drawn = drawn_box("short", box, (500, 500), package_fonts())
    assert drawn is not None
    above, below = drawn[1] - 50, 450 - drawn[3]
    assert {Anchor.TOP: above <= 1, Anchor.BOTTOM: below <= 1, Anchor.MIDDLE: abs(above - below) <= 2}[anchor]
    assert above + below > 200


@pytest.mark.parametrize("align", list(Align))
def test_lines_keep_to_their_side(align: Align) -> None:
    """Ink lies at the side it is aligned to, but for a letter's own margin, or in the centre between both."""
    box = part(0.1, 0.1, 0.8, 0.8, align=align)
    drawn = drawn_box("hi", box, (500, 500), package_fonts())
    assert drawn is not None
    left, right = drawn[0] - 50, 450 - drawn[2]
    assert {Align.LEFT: left <= 5, Align.RIGHT: right <= 5, Align.CENTER: abs(left - right) <= 5}[align]
    assert left + right > 100


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\u200b\u202e", "\x00\x07"], ids=ascii)
def test_an_empty_line_draws_nothing(text: str) -> None:
    """What cannot be seen leaves its box untouched."""
    assert drawn_box(text, part(0, 0, 1, 1), (200, 200), package_fonts()) is None


def test_a_box_of_no_size_draws_nothing() -> None:
    """A template with a broken box still renders, without that line."""
    assert drawn_box("hello", part(0.5, 0.5, 0.0, 0.2), (200, 200), package_fonts()) is None


def test_a_box_beyond_the_picture_is_clipped_to_it() -> None:
    """Imported templates may reach over the edge; the text does not."""
    drawn = drawn_box("hello", part(-0.2, -0.2, 1.4, 0.5), (200, 200), package_fonts())
    assert drawn is not None
    assert min(drawn) >= 0
    assert drawn[3] <= 60


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_edge_boxes_lie_apart_inside_the_picture(count: int) -> None:
    """One box per line, top to bottom, none over another."""
    boxes = [text_box.box for text_box in top_bottom_boxes(count)]
    assert len(boxes) == count
    assert all(box.y >= 0 and box.y + box.h <= 1 and box.x >= 0 and box.x + box.w <= 1 for box in boxes)
    assert all(upper.y + upper.h <= lower.y + 1e-9 for upper, lower in pairwise(boxes))


def test_the_outline_grows_with_the_letters() -> None:
    """A thin line around large letters, or a thick one around small ones, would spoil both."""
    large, small = _fit("wat", _area(900, 400)), _fit("wat", _area(120, 60))
    assert large.stroke / large.size == pytest.approx(0.07, abs=0.02)
    assert large.stroke > 2 * small.stroke >= 2


def _letter_heights(lines: tuple[str, ...], inks: tuple[Ink, Ink]) -> list[int]:
    boxes = (part(0, 0, 1, 0.5, ink=inks[0]), part(0, 0.5, 1, 0.5, ink=inks[1]))
    stamps = place_lines((600, 600), lines, boxes, package_fonts())
    bounds = [stamp.mask.getbbox() or (0, 0, 0, 0) for stamp in stamps]
    return [bottom - top for _, top, _, bottom in bounds]


def test_a_short_line_does_not_shout_down_a_long_one() -> None:
    """Beside a long line a short one of the same ink is set smaller than on its own; of another ink it is not."""
    long = "a rather long line about nothing in particular " * 5
    alone = _letter_heights(("NO", ""), (Ink.DARK, Ink.DARK))[0]
    beside = _letter_heights(("NO", long), (Ink.DARK, Ink.DARK))[0]
    apart = _letter_heights(("NO", long), (Ink.DARK, Ink.LIGHT))[0]
    assert beside < 0.7 * alone
    assert apart == alone


_any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=60, deadline=None)
@given(text=_any_text, x=st.floats(0, 0.8), y=st.floats(0, 0.8), w=st.floats(0.05, 1), h=st.floats(0.03, 1))
def test_any_text_in_any_box_stays_inside(text: str, x: float, y: float, w: float, h: float) -> None:
    """No character of any script escapes its box or breaks the renderer."""
    box = part(x, y, w, h)
    room = box_room(box.box, (400, 300))
    drawn = drawn_box(text, box, (400, 300), package_fonts())
    if drawn is not None:
        assert drawn[0] >= room.x
        assert drawn[1] >= room.y
        assert drawn[2] <= room.x + room.width
        assert drawn[3] <= room.y + room.height


@pytest.mark.parametrize(
    ("box", "anchor"),
    [
        (Box(0.1, 0, 0.8, 0.3), Anchor.TOP),
        (Box(0.1, 0.7, 0.8, 0.3), Anchor.BOTTOM),
        (Box(0.1, 0.3, 0.8, 0.3), Anchor.MIDDLE),
        (Box(0, 0, 0.5, 1), Anchor.MIDDLE),
    ],
    ids=["along the top", "along the bottom", "inside", "from top to bottom"],
)
def test_a_drawn_box_keeps_its_text_to_the_edge_it_lies_along(box: Box, anchor: Anchor) -> None:
    """Elsewhere the text stands in the middle; letters are outlined, because nobody knows what lies beneath."""
    (dressed,) = dress_boxes([box])
    assert (dressed.box, dressed.anchor, dressed.ink) == (box, anchor, Ink.OUTLINED)
