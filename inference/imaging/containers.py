"""Whether a video file is whole, told from the outermost layer of its container, without opening it.

Players show what is left of a torn video; here half a video is no video, as half a picture is no picture.
"""

from __future__ import annotations

from typing import Final

from inference.errors import InvalidImage

_SEGMENT: Final = b"\x18\x53\x80\x67"


def check_mp4(data: bytes) -> None:
    """Raise InvalidImage where a box of an MP4 (ISO 14496-12, 4.2) breaks off or none describes the film (`moov`)."""
    position, kinds = 0, set()
    while position + 8 <= len(data):
        length, header = int.from_bytes(data[position : position + 4], "big"), 8
        kinds.add(data[position + 4 : position + 8])
        if length == 1:
            length, header = int.from_bytes(data[position + 8 : position + 16], "big"), 16
        if length == 0:
            length = len(data) - position
        if length < header:
            raise _broken_off()
        position += length
    if position > len(data) or b"moov" not in kinds:
        raise _broken_off()


def check_webm(data: bytes) -> None:
    """Raise InvalidImage where the segment of a WebM (RFC 8794, RFC 9559) breaks off, if it says how long it is."""
    length, body = _read_vint(data, 4)
    segment = body + length
    if data[segment : segment + 4] != _SEGMENT:
        raise _broken_off()
    length, body = _read_vint(data, segment + 4)
    is_open_ended = length == (1 << 7 * (body - segment - 4)) - 1
    if body + length > len(data) and not is_open_ended:
        raise _broken_off()


def _read_vint(data: bytes, position: int) -> tuple[int, int]:
    """A variable-length number (RFC 8794, 4) and the position after it."""
    first = data[position] if position < len(data) else 0
    width = 9 - first.bit_length()
    if first == 0 or position + width > len(data):
        raise _broken_off()
    number = int.from_bytes(data[position : position + width], "big")
    return number & (1 << 7 * width) - 1, position + width


def _broken_off() -> InvalidImage:
    return InvalidImage("This video is damaged or breaks off before its end; please send it again.")
