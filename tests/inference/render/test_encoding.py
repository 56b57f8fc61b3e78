"""Which kind of file a meme becomes, and that its weight is kept."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from inference.errors import ModelError
from inference.imaging import PictureFormat, decode_picture
from inference.render.encode import Animation, encode_animation, encode_still
from tests.inference.picture_files import colour_of, noise


def test_drawings_become_png_and_photographs_jpeg() -> None:
    """Few colours stay exact, many are compressed."""
    assert encode_still(Image.new("RGB", (300, 200), "tan")).media_type == "image/png"
    assert encode_still(noise(300, 200)).media_type == "image/jpeg"


def test_quality_yields_before_size() -> None:
    """A photo a little too heavy keeps its pixels."""
    free = encode_still(noise(400, 300))
    tight = encode_still(noise(400, 300), max_bytes=len(free.data) - 1)
    assert len(tight.data) < len(free.data)
    assert tight.size == free.size == (400, 300)


def test_size_yields_when_quality_is_spent() -> None:
    """A photo far too heavy is made smaller."""
    small = encode_still(noise(400, 300), max_bytes=20_000)
    assert len(small.data) <= 20_000
    assert small.size[0] < 400
    assert Image.open(BytesIO(small.data)).size == small.size


def test_what_cannot_be_small_enough_is_said() -> None:
    """An impossible limit ends in a sentence, not in a loop."""
    with pytest.raises(ModelError, match="small enough"):
        encode_still(noise(400, 300), max_bytes=10)
    frames = [noise(40, 30, seed) for seed in range(9)]
    with pytest.raises(ModelError, match="small enough"):
        encode_animation(Animation(frames, [50] * 9, 0), PictureFormat.GIF, max_bytes=10)


def test_a_gif_lasts_as_long_as_the_frames_it_is_made_from() -> None:
    """Thirty frames a second do not fit hundredths; the odd milliseconds are made up for, not lost."""
    frames = [Image.new("RGB", (32, 32), colour_of(index)) for index in range(30)]
    picture = decode_picture(encode_animation(Animation(frames, [33, 33, 34] * 10, 0), PictureFormat.GIF).data)
    assert sum(picture.durations_ms) == 1000
    assert set(picture.durations_ms) == {30, 40}


@pytest.mark.parametrize("kind", [PictureFormat.GIF, PictureFormat.WEBP])
def test_frames_yield_last_and_the_time_stays(kind: PictureFormat) -> None:
    """An animation too heavy even when tiny loses every second frame, not its length."""
    frames = [noise(64, 64, seed) for seed in range(16)]
    whole = encode_animation(Animation(frames, [40] * 16, 0), kind)
    tight = encode_animation(Animation(frames, [40] * 16, 0), kind, max_bytes=len(whole.data) // 40)
    with Image.open(BytesIO(tight.data)) as image:
        times = []
        for index in range(image.n_frames):
            image.seek(index)
            image.load()
            times.append(image.info["duration"])
    assert len(times) < 16
    assert sum(times) == 16 * 40


def test_a_still_part_of_a_gif_does_not_flicker() -> None:
    """All frames share one palette, so that pixels which do not change keep their colour."""
    ground = noise(64, 64).resize((200, 200))
    frames = []
    for index in range(6):
        frame = ground.copy()
        frame.paste(colour_of(index), (150, 150, 200, 200))
        frames.append(frame)
    data = encode_animation(Animation(frames, [50] * 6, 0), PictureFormat.GIF).data
    with Image.open(BytesIO(data)) as image:
        corners = set()
        for index in range(6):
            image.seek(index)
            corners.add(image.convert("RGB").crop((0, 0, 140, 140)).tobytes())
    assert len(corners) == 1
