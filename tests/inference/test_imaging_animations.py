"""Animations keep their frames, times and number of plays, within limits that cut rather than refuse."""

from __future__ import annotations

import pytest

from inference.imaging import ImageLimits, decode_picture
from inference.imaging.frames import merge_durations, spread_frames
from tests.inference.picture_files import animate, colour_of, encode, noise

_KINDS = ["GIF", "PNG", "WEBP"]


@pytest.mark.parametrize("kind", _KINDS)
def test_frames_and_times_come_out_as_they_went_in(kind: str) -> None:
    """Every frame shows its own colour for its own time."""
    picture = decode_picture(animate(kind, [50, 120, 300, 80]))
    assert picture.animated
    assert picture.durations_ms == (50, 120, 300, 80)
    for index, frame in enumerate(picture.frames):
        pixel = frame.getpixel((20, 15))
        assert all(abs(got - want) < 12 for got, want in zip(pixel, colour_of(index), strict=True))


@pytest.mark.parametrize("kind", _KINDS)
def test_one_frame_is_enough_for_a_model(kind: str) -> None:
    """`max_frames=1` gives a still, the first frame."""
    picture = decode_picture(animate(kind, [50] * 9), max_frames=1)
    assert (len(picture.frames), picture.durations_ms, picture.animated) == (1, (0,), False)


@pytest.mark.parametrize("kind", _KINDS)
def test_too_many_frames_are_thinned_evenly_in_the_same_time(kind: str) -> None:
    """Frames left out lend their time to the one before, so the animation lasts as long as before."""
    picture = decode_picture(animate(kind, [40] * 30), ImageLimits(max_frames=10))
    assert len(picture.frames) == 10
    assert picture.durations_ms == (120,) * 10


def test_a_very_long_animation_is_cut_at_its_end() -> None:
    """Frames beyond `max_source_frames` are never read."""
    picture = decode_picture(animate("GIF", [100] * 30), ImageLimits(max_source_frames=12))
    assert len(picture.frames) == 12


def test_pixels_over_all_frames_are_limited() -> None:
    """A large animation is cut where its decoded pixels reach the limit."""
    picture = decode_picture(animate("GIF", [100] * 20), ImageLimits(max_source_pixels=5 * 40 * 30))
    assert len(picture.frames) == 5


def test_kept_frames_shrink_together_to_the_memory_limit() -> None:
    """All frames stay, each smaller, and their pixels together stay below the limit."""
    picture = decode_picture(animate("GIF", [100] * 20), ImageLimits(max_kept_pixels=6_000))
    assert len(picture.frames) == 20
    assert 4_000 < sum(frame.width * frame.height for frame in picture.frames) <= 6_000


@pytest.mark.parametrize(
    ("options", "plays"),
    [pytest.param({"loop": 0}, 0, id="for ever"), pytest.param({"loop": 3}, 4, id="three repetitions")],
)
def test_a_gif_counts_repetitions(options: dict[str, int], plays: int) -> None:
    """A GIF that repeats three times plays four times."""
    frames = [noise(8, 8, seed) for seed in range(3)]
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50, **options)
    assert decode_picture(data).plays == plays


def test_a_gif_without_a_loop_plays_once() -> None:
    """The absence of a loop is a statement."""
    frames = [noise(8, 8, seed) for seed in range(3)]
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert decode_picture(data).plays == 1


def test_a_gif_without_times_runs_as_in_a_browser() -> None:
    """Zero and tiny times mean a tenth of a second."""
    frames = [noise(8, 8, seed) for seed in range(3)]
    data = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=0, loop=0)
    assert decode_picture(data).durations_ms == (100, 100, 100)


@pytest.mark.parametrize(("read", "kept"), [(1, 1), (10, 10), (10, 3), (7, 5), (600, 100)])
def test_kept_frames_are_spread_and_time_is_preserved(read: int, kept: int) -> None:
    """The first frame is always kept, gaps differ by one at most, and no time is lost."""
    indices = spread_frames(read, kept)
    assert len(indices) == kept
    assert indices[0] == 0
    gaps = {after - before for before, after in zip(indices, (*indices[1:], read), strict=True)}
    assert max(gaps) - min(gaps) <= 1
    assert sum(merge_durations([3] * read, indices)) == 3 * read
