"""Short videos come out as animations, within limits that cut; whatever else calls itself a video is refused."""

from __future__ import annotations

import contextlib
import functools
import gzip
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.errors import InvalidImage
from inference.imaging import ImageLimits, decode_picture, video, video_process
from inference.render import render_meme
from tests.inference.picture_files import colour_of
from tests.inference.video_files import KINDS, film, h264_film

_film = functools.cache(film)
_CONTAINERS = ["mp4", "webm"]
BUSY_FOR_EVER = (
    Path(video_process.__file__)
    .read_text()
    .replace("    main(sys.argv)\n", "    limit_process(1.0)\n    while True: pass\n")
)


def _refusal(data: bytes, limits: ImageLimits | None = None, max_frames: int | None = None) -> str:
    with pytest.raises(InvalidImage) as caught:
        decode_picture(data, limits or ImageLimits(), max_frames=max_frames)
    assert str(caught.value).endswith(".")
    return str(caught.value)


@pytest.mark.parametrize("kind", KINDS)
def test_frames_and_times_of_a_video_come_out_as_they_went_in(kind: str) -> None:
    """Every frame shows its own colour for its own time, for ever."""
    picture = decode_picture(_film(kind, 8))
    assert picture.durations_ms == (100,) * 8
    assert (picture.size, picture.source_size, picture.plays) == ((64, 48), (64, 48), 0)
    for index, frame in enumerate(picture.frames):
        assert np.abs(np.subtract(frame.getpixel((30, 20)), colour_of(index))).max() < 16


def test_the_kind_of_video_that_phones_and_chats_make_is_read() -> None:
    """H.264 in MP4, frame by frame."""
    picture = decode_picture(h264_film([60, 120, 180], fps=5))
    assert picture.durations_ms == (200, 200, 200)
    greys = [frame.getpixel((30, 20))[1] for frame in picture.frames]
    assert greys == pytest.approx([51, 121, 191], abs=4)


@pytest.mark.parametrize("kind", _CONTAINERS)
def test_the_first_frame_of_a_video_is_enough_for_a_model(kind: str) -> None:
    """`max_frames=1` gives a still, and `max_side` shrinks it."""
    picture = decode_picture(_film(kind, 8), max_frames=1, max_side=32)
    assert (picture.size, picture.durations_ms, picture.animated) == ((32, 24), (0,), False)
    assert np.abs(np.subtract(picture.first.getpixel((9, 9)), colour_of(0))).max() < 16


@pytest.mark.parametrize("kind", _CONTAINERS)
def test_too_many_frames_of_a_video_are_thinned_evenly_in_the_same_time(kind: str) -> None:
    """However many come, those kept are equally far apart and no time is lost."""
    picture = decode_picture(_film(kind, 35, 20), ImageLimits(max_frames=10))
    assert picture.durations_ms == (200,) * 8 + (150,)
    assert np.abs(np.subtract(picture.frames[3].getpixel((9, 9)), colour_of(12))).max() < 16


def test_frames_that_no_gif_can_show_are_passed_over() -> None:
    """Of sixty frames a second every other one is kept, in the same time."""
    picture = decode_picture(_film("webm", 30, 60))
    assert len(picture.frames) == 15
    assert sum(picture.durations_ms) == pytest.approx(500, abs=2)


@pytest.mark.parametrize(
    "limits",
    [
        ImageLimits(max_source_s=1.0),
        ImageLimits(max_source_frames=11),
        ImageLimits(max_source_pixels=11 * 64 * 48),
    ],
    ids=["seconds", "frames", "pixels"],
)
def test_a_long_video_is_cut(limits: ImageLimits) -> None:
    """What lies beyond a limit is never read."""
    assert len(decode_picture(_film("mp4", 20), limits).frames) == 11


def test_kept_frames_of_a_video_share_the_memory_limit() -> None:
    """All frames stay, each smaller."""
    picture = decode_picture(_film("mp4", 20), ImageLimits(max_frames=20, max_kept_pixels=20_000))
    assert len(picture.frames) == 20
    assert sum(frame.width * frame.height for frame in picture.frames) <= 20_000


@pytest.mark.parametrize(
    "data", [film("mp4", 6), film("webm", 6), h264_film(range(60, 180, 20))], ids=["mp4", "webm", "h264"]
)
def test_captions_are_drawn_on_every_frame_of_a_video(data: bytes) -> None:
    """The meme is a GIF with the video's frames and times, and letters on each."""
    picture = decode_picture(data)
    meme = render_meme(picture, ["above", "below"])
    drawn = decode_picture(meme.picture)
    assert (meme.media_type, drawn.durations_ms) == ("image/gif", picture.durations_ms)
    assert meme.alt_text.startswith("Animated meme")
    for frame in drawn.frames:
        assert np.asarray(frame.convert("L"))[: frame.height // 3].max() > 230


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_a_torn_video_is_refused(kind: str, share: float) -> None:
    """Half a video is no video."""
    data = _film(kind, 8)
    assert "breaks off" in _refusal(data[: int(len(data) * share)])


_FTYP = b"\0\0\0\x18ftypisom\0\0\0\0isommp42"
_EBML = b"\x1aE\xdf\xa3"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(_FTYP, "breaks off", id="mp4 that says what it is and no more"),
        pytest.param(_FTYP + b"\0\0\0\x08moov", "No pictures", id="mp4 without a track"),
        pytest.param(_FTYP + b"\0\0\0\x03moov" + bytes(9), "breaks off", id="box shorter than its head"),
        pytest.param(_FTYP + b"\xff\xff\xff\xffmoov", "breaks off", id="box of four gigabytes"),
        pytest.param(_FTYP + b"\0\0\0\1moov" + b"\xff" * 8, "breaks off", id="box of sixteen exabytes"),
        pytest.param(_FTYP.replace(b"isom", b"M4A ") + b"\0\0\0\x08moov", "No pictures", id="sound in an mp4"),
        pytest.param(_EBML, "breaks off", id="webm of four bytes"),
        pytest.param(_EBML + b"\x80\x18\x53\x80\x67\x80", "No pictures", id="webm of nothing"),
        pytest.param(_EBML + b"\x80\x18\x53\x80\x67\xff" + bytes(50), "No pictures", id="webm without an end"),
        pytest.param(_EBML + b"\xff" * 60, "breaks off", id="webm of ones"),
    ],
)
def test_what_only_calls_itself_a_video_is_refused(data: bytes, told: str) -> None:
    """A sentence, whatever lies behind the first bytes."""
    assert told in _refusal(data)


def test_a_container_cannot_pose_as_the_other() -> None:
    """FFmpeg is held to the container that the first bytes show."""
    data = _film("webm", 3)
    posing = _FTYP + (len(data) + 8).to_bytes(4, "big") + b"free" + data + b"\0\0\0\x08moov"
    assert "No pictures" in _refusal(posing)


@pytest.mark.parametrize(("kind", "frames"), [("mp4", None), ("webm", 1)], ids=["all frames", "the first"])
def test_a_video_of_huge_frames_is_refused(kind: str, frames: int | None) -> None:
    """Before any of them is decoded for us."""
    data = _film(kind, 1, size=(4800, 2400))
    started = time.perf_counter()
    assert "12 million pixels and 9 million is the most" in _refusal(data, max_frames=frames)
    assert time.perf_counter() - started < 5


def test_a_video_that_takes_too_long_is_given_up() -> None:
    """The time is kept from outside, whatever the decoder does."""
    assert "too long" in _refusal(_film("mp4", 8), ImageLimits(budget_s=0.01))


@pytest.mark.parametrize(
    ("program", "told"),
    [
        pytest.param("import os; os.abort()", "No pictures", id="it crashes"),
        pytest.param("import time; time.sleep(60)", "too long", id="it hangs"),
        pytest.param(BUSY_FOR_EVER, "too long", id="it never comes to an end"),
        pytest.param("print('{')", "No pictures", id="it answers nonsense"),
        pytest.param('print(\'{"source": [1e9, "x"]}\')', "No pictures", id="it answers sizes that are none"),
    ],
)
def test_a_decoder_that_breaks_takes_nobody_along(
    program: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sender reads a sentence, and the next video is decoded."""
    broken = tmp_path / "broken.py"
    broken.write_text(program)
    with monkeypatch.context() as patch:
        patch.setattr(video, "_PROGRAM", broken)
        assert told in _refusal(_film("mp4", 3), ImageLimits(budget_s=1.0))
    assert len(decode_picture(_film("mp4", 3)).frames) == 3


def test_the_decoder_is_told_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its process does not inherit tokens."""
    spy = tmp_path / "spy.py"
    spy.write_text(f"import os, pathlib; pathlib.Path({str(tmp_path / 'seen')!r}).write_text(str(dict(os.environ)))")
    monkeypatch.setattr(video, "_PROGRAM", spy)
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")
    assert "No pictures" in _refusal(_film("mp4", 3))
    assert "very-secret" not in (tmp_path / "seen").read_text()
    assert "protocol_whitelist;none" in (tmp_path / "seen").read_text()


def test_who_decodes_pictures_imports_no_video_library(tmp_path: Path) -> None:
    """OpenCV comes into the decoder's own process alone."""
    (tmp_path / "film.mp4").write_bytes(_film("mp4", 2))
    program = (
        "import sys, pathlib; from inference.imaging import decode_picture as decode;"
        "frames = decode(pathlib.Path(sys.argv[1]).read_bytes()).frames; sys.exit('cv2' in sys.modules or not frames)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path / "film.mp4")], check=True)


def test_a_drawn_sticker_is_refused_with_a_way_out() -> None:
    """TGS is no video; its thumbnail is a picture."""
    sticker = gzip.compress(json.dumps({"tgs": 1, "v": "5.5.2", "layers": []}).encode())
    assert "thumbnail" in _refusal(sticker)
    assert "archive" in _refusal(gzip.compress(b"just words"))


@pytest.mark.parametrize("kind", _CONTAINERS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=20))
def test_flipped_bytes_of_a_video_never_raise_anything_but_a_refusal(kind: str, edits: list[tuple[float, int]]) -> None:
    """Any byte may be anything."""
    data = bytearray(_film(kind, 4))
    for place, value in edits:
        data[int(place * len(data))] = value
    with contextlib.suppress(InvalidImage):
        assert {frame.mode for frame in decode_picture(bytes(data)).frames} == {"RGB"}
