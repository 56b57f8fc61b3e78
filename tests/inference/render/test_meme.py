"""Whole memes, from a picture and lines to a file, judged by decoding the file again."""

from __future__ import annotations

import time
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from inference.contract import Layout, RenderOutput
from inference.imaging import DecodedPicture, decode_picture
from inference.render import choose_layout, describe_meme, render_meme, top_bottom_boxes
from inference.render.canvas import MAX_ANIMATED_SIDE_PX, MAX_SIDE_PX, MIN_SIDE_PX
from inference.render.layouts import box_room
from tests.inference.picture_files import animate, colour_of, encode, noise
from tests.inference.render.type_samples import changed, part

_FLAT = DecodedPicture.still(Image.new("RGB", (800, 600), (60, 120, 90)))


def _open(output: RenderOutput) -> Image.Image:
    return Image.open(BytesIO(output.picture)).convert("RGB")


def test_only_pixels_inside_the_boxes_change() -> None:
    """The encoded file differs from the picture in both boxes and nowhere else."""
    output = render_meme(_FLAT, ["when it works", "the first time"])
    assert output.media_type == "image/png"
    marks = changed(_FLAT.first, _open(output))
    for box in top_bottom_boxes(2):
        room = box_room(box.box, _FLAT.size)
        inside = marks[room.y : room.y + room.height, room.x : room.x + room.width]
        assert inside.any()
        inside[:] = False
    assert not marks.any()


def test_template_boxes_are_filled_in_order() -> None:
    """Each line changes its own box; a box without a line stays blank."""
    boxes = (part(0, 0, 0.4, 0.4), part(0.6, 0, 0.4, 0.4), part(0, 0.6, 0.4, 0.4))
    output = render_meme(_FLAT, ["one", "", "three"], boxes, layout=Layout.TEMPLATE)
    marks = changed(_FLAT.first, _open(output))
    assert [bool(marks[y : y + 240, x : x + 320].any()) for x, y in ((0, 0), (480, 0), (0, 360))] == [True, False, True]


def test_lines_beyond_the_last_box_are_not_lost() -> None:
    """They are set below one another in the last box."""
    boxes = (part(0, 0, 1, 0.5), part(0, 0.5, 1, 0.5))
    joined = render_meme(_FLAT, ["a", "b", "c"], boxes)
    assert joined.picture == render_meme(_FLAT, ["a", "b\nc"], boxes).picture


def test_a_bar_is_white_above_an_untouched_picture() -> None:
    """The picture keeps every pixel; dark words stand on white above it."""
    output = render_meme(_FLAT, ["me explaining to my cat why it cannot have a second breakfast"], layout=Layout.BAR)
    meme = np.asarray(_open(output))
    height = output.height - 600
    assert 40 < height < 300
    assert (meme[height:] == np.asarray(_FLAT.first)).all()
    assert (meme[:4] == 255).all()
    assert meme[:height].min() < 40


def test_a_bar_grows_with_its_text_and_is_absent_without() -> None:
    """Twice the words need a taller bar; no words need none."""
    heights = [render_meme(_FLAT, ["words and more words " * count], layout=Layout.BAR).height for count in (0, 2, 8)]
    assert heights[0] == 600 < heights[1] < heights[2]


def test_long_prose_goes_into_a_bar() -> None:
    """What would cover the picture, or is a dialogue, is set above it."""
    assert choose_layout(["short", "lines"]) is Layout.TOP_BOTTOM
    assert choose_layout(["a very long story " * 8]) is Layout.BAR
    assert choose_layout(["Nobody:\nMy cat:"]) is Layout.BAR
    assert choose_layout(["Nobody:", "Absolutely nobody:", "My cat:", "at 3 am"]) is Layout.BAR


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_stays_an_animation(kind: str) -> None:
    """Every frame keeps its time and its own picture, and carries the same text at the same place."""
    picture = decode_picture(animate(kind, [50, 120, 300, 80, 100], (360, 270)))
    output = render_meme(picture, ["moving", "pictures"])
    again = decode_picture(output.picture)
    assert output.media_type == ("image/gif" if kind == "GIF" else "image/webp")
    assert again.durations_ms == picture.durations_ms == (50, 120, 300, 80, 100)
    assert again.plays == picture.plays == 0
    letters = [(np.asarray(frame).min(axis=2) > 235) for frame in again.frames]
    for index, frame in enumerate(again.frames):
        pixel = frame.getpixel((180, 135))
        assert all(abs(got - want) < 24 for got, want in zip(pixel, colour_of(index), strict=True))
        assert (letters[index] == letters[0]).mean() > 0.985
        assert letters[index].any()


def test_an_animation_that_plays_once_still_does() -> None:
    """The number of plays survives the round trip."""
    frames = [noise(40, 30, seed) for seed in range(3)]
    once = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert decode_picture(render_meme(decode_picture(once), ["hi"]).picture).plays == 1


@pytest.mark.parametrize(
    ("size", "longest"),
    [
        pytest.param((3000, 2000), MAX_SIDE_PX, id="large"),
        pytest.param((1000, 700), 1000, id="as it is"),
        pytest.param((50, 40), MIN_SIDE_PX, id="tiny"),
        pytest.param((1, 1), MIN_SIDE_PX, id="one pixel"),
    ],
)
def test_memes_have_a_size_at_which_they_can_be_read(size: tuple[int, int], longest: int) -> None:
    """Large pictures shrink, tiny ones grow, proportions stay."""
    output = render_meme(DecodedPicture.still(Image.new("RGB", size, "teal")), ["hello"])
    assert max(output.width, output.height) == longest
    assert output.width / output.height == pytest.approx(size[0] / size[1], rel=0.03)
    assert _open(output).size == (output.width, output.height)


@pytest.mark.parametrize("size", [(2000, 20), (20, 2000)])
def test_a_sliver_is_set_on_a_ground_wide_enough_for_words(size: tuple[int, int]) -> None:
    """The picture lies in the middle of a dark ground of four to one."""
    output = render_meme(DecodedPicture.still(Image.new("RGB", size, "teal")), [])
    meme = _open(output)
    assert max(meme.size) / min(meme.size) == pytest.approx(4, rel=0.02)
    assert meme.getpixel((meme.width // 2, meme.height // 2)) == (0, 128, 128)
    assert max(meme.getpixel((1, 1))) < 40


def test_a_noisy_photo_of_twelve_megapixels_stays_small_and_is_quick() -> None:
    """The worst picture a camera can take ends well below what chats accept."""
    started = time.perf_counter()
    output = render_meme(DecodedPicture.still(noise(4000, 3000)), ["top", "bottom"])
    assert len(output.picture) < 8_000_000
    assert output.media_type == "image/jpeg"
    assert time.perf_counter() - started < 5


def test_a_long_noisy_animation_stays_below_the_limit() -> None:
    """Sixty frames of noise, which nothing compresses, are made smaller until they fit."""
    frames = tuple(noise(640, 480, seed) for seed in range(60))
    picture = DecodedPicture(
        frames=frames, durations_ms=(50,) * 60, format=decode_picture(animate("GIF", [50, 50])).format,
        source_size=(640, 480),
    )  # fmt: skip
    output = render_meme(picture, ["noise"])
    again = decode_picture(output.picture)
    assert len(output.picture) < 8_000_000
    assert max(again.size) <= MAX_ANIMATED_SIDE_PX
    assert sum(again.durations_ms) == 60 * 50


def test_ten_thousand_characters_cost_no_more_than_a_moment() -> None:
    """Absurd input is cut, not worked through."""
    started = time.perf_counter()
    output = render_meme(_FLAT, ["A" * 10_000, "ab " * 5_000, "😀" * 10_000, "\n" * 10_000])
    assert time.perf_counter() - started < 5
    assert len(output.alt_text) < 400


def test_a_picture_without_lines_comes_back_whole() -> None:
    """No lines, no change."""
    for lines in ([], [""], ["", "  "]):
        assert not changed(_FLAT.first, _open(render_meme(_FLAT, lines))).any()


def test_the_picture_given_is_never_drawn_on() -> None:
    """Frames are shared with others; rendering works on its own copy."""
    before = _FLAT.first.tobytes()
    render_meme(_FLAT, ["scribble", "scribble"])
    assert _FLAT.first.tobytes() == before


@pytest.mark.parametrize(
    ("lines", "title", "text"),
    [
        (["one", "two"], "", "Meme that says: one / two"),
        (["one", ""], "The Tired Robot", "Meme on The Tired Robot that says: one"),
        ([], "", "Meme without words"),
        (["a\nb\u202e"], "", "Meme that says: a b"),
    ],
)
def test_the_alt_text_says_what_is_there(lines: list[str], title: str, text: str) -> None:
    """One sentence, with the words as written, free of control characters."""
    assert describe_meme(lines, title) == text
    assert render_meme(_FLAT, lines, title=title).alt_text == text


def test_an_animated_meme_says_so() -> None:
    """Whether it moves matters to those who cannot see it."""
    assert describe_meme(["hi"], animated=True).startswith("Animated meme")
