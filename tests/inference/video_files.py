"""Makes the short videos that tests feed in; H.264, which OpenCV cannot write, bit by bit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from tests.inference.picture_files import colour_of

KINDS: Final = {"mp4": (".mp4", "mp4v"), "webm": (".webm", "VP80"), "webm with vp9": (".webm", "VP90")}
_MACROBLOCK: Final = 16


def film(kind: str, frames: int, fps: float = 10.0, size: tuple[int, int] = (64, 48)) -> bytes:
    """A video of plain frames, each in the colour that `colour_of` gives its index."""
    pictures = (np.full((size[1], size[0], 3), colour_of(index)[::-1], np.uint8) for index in range(frames))
    ending, codec = KINDS[kind]
    return _write(ending, codec, fps, size, pictures)


def h264_film(luma: Sequence[int], fps: float = 10.0, blocks: tuple[int, int] = (4, 3)) -> bytes:
    """An MP4 as phones and chats make it, of plain grey frames; every macroblock is raw samples (`I_PCM`)."""
    size = (blocks[0] * _MACROBLOCK, blocks[1] * _MACROBLOCK)
    stream = (
        np.frombuffer(_parameters(blocks) + _grey_frame(index, value, blocks), np.uint8).reshape(1, -1)
        for index, value in enumerate(luma)
    )
    return _write(".mp4", "avc1", fps, size, stream, cv2.VIDEOWRITER_PROP_RAW_VIDEO, 1)


def _write(
    ending: str, codec: str, fps: float, size: tuple[int, int], frames: Iterator[np.ndarray], *options: int
) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"film{ending}"
        fourcc = cv2.VideoWriter_fourcc(*codec)
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, fourcc, fps, size, list(options))
        assert writer.isOpened()
        for frame in frames:
            writer.set(cv2.VIDEOWRITER_PROP_KEY_FLAG, 1)
            writer.write(frame)
        writer.release()
        return path.read_bytes()


def _parameters(blocks: tuple[int, int]) -> bytes:
    """Sequence and picture parameter sets (ITU-T H.264, 7.3.2.1 and 7.3.2.2): baseline, no reordering, no cropping."""
    sequence = f"{66:08b}{0:08b}{30:08b}" + _ue(0, 0, 2, 0) + "0" + _ue(blocks[0] - 1, blocks[1] - 1) + "1100"
    picture = _ue(0, 0) + "00" + _ue(0, 0, 0) + "000" + _ue(0, 0, 0) + "000"
    return _unit(0x67, sequence) + _unit(0x68, picture)


def _grey_frame(index: int, luma: int, blocks: tuple[int, int]) -> bytes:
    """An IDR slice (7.3.3); neighbours differ in `idr_pic_id`, and no sample is so low that it looks like a start."""
    bits = _ue(0, 7, 0) + "0000" + _ue(index % 2) + "00" + _ue(0)
    samples = "".join(f"{value:08b}" for value in [luma] * 256 + [128] * 128)
    for _ in range(blocks[0] * blocks[1]):
        bits += _ue(25)
        bits += "0" * (-len(bits) % 8) + samples
    return _unit(0x65, bits)


def _ue(*numbers: int) -> str:
    """Exponential Golomb codes (9.1)."""
    codes = (f"{number + 1:b}" for number in numbers)
    return "".join("0" * (len(code) - 1) + code for code in codes)


def _unit(head: int, bits: str) -> bytes:
    bits += "1" + "0" * (-(len(bits) + 1) % 8)
    return b"\0\0\0\1" + bytes([head]) + int(bits, 2).to_bytes(len(bits) // 8, "big")
