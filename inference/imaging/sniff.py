"""What a file is, told from its first bytes; file names and declared media types are never believed.

Six kinds are let in. Everything else is refused with a sentence of its own where the kind is known, so that a person
learns what to send instead.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from inference.errors import InvalidImage

_HEAD_BYTES: Final = 1024
_ACCEPTED: Final = "please send a JPEG, PNG, WebP, GIF or BMP picture"


class PictureFormat(enum.StrEnum):
    """The kinds let in."""

    JPEG = "jpeg"
    PNG = "png"
    APNG = "apng"
    WEBP = "webp"
    GIF = "gif"
    BMP = "bmp"

    @property
    def pillow_name(self) -> str:
        """The name for `Image.open(formats=...)`."""
        return "PNG" if self is PictureFormat.APNG else self.value.upper()


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A kind of file that is known and not let in."""

    matches: Callable[[bytes], bool]
    sentence: str


def sniff_format(data: bytes) -> PictureFormat:
    """The picture's kind by content; raises InvalidImage for every other kind of file."""
    head = data[:_HEAD_BYTES]
    if accepted := _accepted_format(head, data):
        return accepted
    for refusal in _REFUSALS:
        if refusal.matches(head):
            raise InvalidImage(refusal.sentence)
    raise InvalidImage(f"This file is not a picture that can be read; {_ACCEPTED}.")


def _accepted_format(head: bytes, data: bytes) -> PictureFormat | None:
    if head.startswith(b"\xff\xd8\xff"):
        return PictureFormat.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PictureFormat.APNG if _has_animation_chunk(data) else PictureFormat.PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return PictureFormat.GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return PictureFormat.WEBP
    # "BM" alone is two letters of ordinary text; the length of the header that follows tells a bitmap from a word.
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in {12, 16, 40, 52, 56, 64, 108, 124}:
        return PictureFormat.BMP
    return None


def _has_animation_chunk(png: bytes) -> bool:
    """Whether an `acTL` chunk comes before the pixels (PNG specification, third edition, 11.3.6)."""
    position = 8
    while position + 8 <= len(png):
        kind = png[position + 4 : position + 8]
        if kind == b"acTL":
            return True
        if kind == b"IDAT":
            return False
        position += 12 + int.from_bytes(png[position : position + 4], "big")
    return False


def webp_canvas(data: bytes) -> tuple[int, int] | None:
    """Width and height a WebP file announces (RFC 9649, 2.5 to 2.7), None where its header is cut.

    The decoder reserves memory for the whole canvas when it opens a file, so the size has to be known before.
    """
    chunk, body = data[12:16], data[20:30]
    if chunk == b"VP8X" and len(body) == 10:
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(body) == 10:
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return None


def _starts(*prefixes: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(prefixes)


def _media_brand(*brands: bytes) -> Callable[[bytes], bool]:
    """Files of the ISO base media family; without `brands`, any of them."""
    return lambda head: head[4:8] == b"ftyp" and (not brands or any(brand in head[8:40] for brand in brands))


def _markup(*tags: bytes) -> Callable[[bytes], bool]:
    """Text whose first element, after declarations and comments, is one of `tags`."""
    opening = re.compile(
        rb"^(?:\xef\xbb\xbf)?\s*(?:(?:<\?.*?\?>|<!--.*?-->|<!doctype\s+svg[^>]*>)\s*)*(?:" + b"|".join(tags) + rb")\b",
        re.IGNORECASE | re.DOTALL,
    )
    return lambda head: opening.match(head) is not None


def _riff(kind: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == kind


_REFUSALS: Final = (
    _Refusal(
        _starts(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
        "TIFF pictures are not accepted; please save it as JPEG or PNG and send that.",
    ),
    _Refusal(
        _starts(b"%!PS", b"\xc5\xd0\xd3\xc6"),
        "PostScript files are not accepted; please export the picture as PNG and send that.",
    ),
    _Refusal(_starts(b"%PDF-"), "PDF documents are not accepted; please send a screenshot of the page instead."),
    _Refusal(
        _media_brand(b"avif", b"avis"),
        "AVIF pictures are not accepted yet; please save it as JPEG, PNG or WebP and send that.",
    ),
    _Refusal(
        _media_brand(b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"),
        "HEIC pictures are not accepted yet; please share it as JPEG (on an iPhone: Settings, Camera, Formats, "
        "Most Compatible).",
    ),
    _Refusal(
        lambda head: (
            _media_brand()(head)
            or _riff(b"AVI ")(head)
            or head.startswith((b"\x1aE\xdf\xa3", b"FLV\x01", b"\0\0\x01\xba", b"\0\0\x01\xb3", b"OggS"))
        ),
        "Videos are not accepted; please send a picture, or a GIF made from the video.",
    ),
    _Refusal(
        lambda head: _riff(b"WAVE")(head) or head.startswith((b"ID3", b"fLaC", b"\xff\xfb", b"\xff\xf3")),
        f"This is a sound, not a picture; {_ACCEPTED}.",
    ),
    _Refusal(_markup(rb"<svg"), "SVG drawings are not accepted; please export the drawing as PNG and send that."),
    _Refusal(
        _markup(rb"<!doctype\s+html", rb"<html", rb"<head", rb"<body"),
        "This is a web page, not a picture; please save the picture itself and send that.",
    ),
    _Refusal(
        _starts(b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"),
        "JPEG XL and JPEG 2000 pictures are not accepted; please save it as JPEG or PNG and send that.",
    ),
    _Refusal(_starts(b"8BPS"), "Photoshop files are not accepted; please export the picture as PNG and send that."),
    _Refusal(_starts(b"\0\0\x01\0"), "Icon files are not accepted; please save it as PNG and send that."),
    _Refusal(
        _starts(b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"),
        "This is an archive, not a picture; please unpack it and send the picture itself.",
    ),
)
