"""What a file is, told from its first bytes; file names and declared media types are never believed.

Eight kinds are let in. Everything else is refused with a sentence of its own where the kind is known, so that a person
learns what to send instead.
"""

from __future__ import annotations

import enum
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from inference.contract import PictureProblem
from inference.errors import InvalidImage

_HEAD_BYTES: Final = 1024
_AVIF_BRANDS: Final = (b"avif", b"avis")
_HEIC_BRANDS: Final = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_ACCEPTED: Final = "please send a JPEG, PNG, WebP, GIF or BMP picture, or a short MP4 or WebM video"


class PictureFormat(enum.StrEnum):
    """The kinds let in."""

    JPEG = "jpeg"
    PNG = "png"
    APNG = "apng"
    WEBP = "webp"
    GIF = "gif"
    BMP = "bmp"
    MP4 = "mp4"
    WEBM = "webm"

    @property
    def pillow_name(self) -> str:
        """The name for `Image.open(formats=...)`."""
        return "PNG" if self is PictureFormat.APNG else self.value.upper()

    @property
    def is_video(self) -> bool:
        """Whether the kind is read by a video decoder."""
        return self in {PictureFormat.MP4, PictureFormat.WEBM}


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
            raise InvalidImage(refusal.sentence, PictureProblem.UNKNOWN_KIND)
    raise InvalidImage(f"This file is not a picture that can be read; {_ACCEPTED}.", PictureProblem.UNKNOWN_KIND)


def _accepted_format(head: bytes, data: bytes) -> PictureFormat | None:
    kind = next((kind for kind, matches in _ACCEPTED_KINDS.items() if matches(head)), None)
    return PictureFormat.APNG if kind is PictureFormat.PNG and _has_animation_chunk(data) else kind


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


def _is_bitmap(head: bytes) -> bool:
    """ "BM" alone is two letters of ordinary text; the length of the header that follows tells a bitmap from a word."""
    return head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in {12, 16, 40, 52, 56, 64, 108, 124}


def _is_mp4(head: bytes) -> bool:
    """Of the ISO base media family, but none of the stills that share its boxes."""
    return _media_brand()(head) and not _media_brand(*_AVIF_BRANDS, *_HEIC_BRANDS)(head)


def _is_tgs(head: bytes) -> bool:
    """Telegram's animated stickers are Lottie drawings, JSON under gzip."""
    try:
        text = zlib.decompressobj(wbits=31).decompress(head, _HEAD_BYTES)
    except zlib.error:
        return False
    return text.lstrip().startswith(b"{") and (b'"tgs"' in text or b'"layers"' in text)


_ACCEPTED_KINDS: Final[Mapping[PictureFormat, Callable[[bytes], bool]]] = {
    PictureFormat.JPEG: _starts(b"\xff\xd8\xff"),
    PictureFormat.PNG: _starts(b"\x89PNG\r\n\x1a\n"),
    PictureFormat.GIF: _starts(b"GIF87a", b"GIF89a"),
    PictureFormat.WEBP: _riff(b"WEBP"),
    PictureFormat.BMP: _is_bitmap,
    PictureFormat.WEBM: _starts(b"\x1aE\xdf\xa3"),
    PictureFormat.MP4: _is_mp4,
}
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
        _media_brand(*_AVIF_BRANDS),
        "AVIF pictures are not accepted yet; please save it as JPEG, PNG or WebP and send that.",
    ),
    _Refusal(
        _media_brand(*_HEIC_BRANDS),
        "HEIC pictures are not accepted yet; please share it as JPEG (on an iPhone: Settings, Camera, Formats, "
        "Most Compatible).",
    ),
    _Refusal(
        lambda head: _riff(b"AVI ")(head) or head.startswith((b"FLV\x01", b"\0\0\x01\xba", b"\0\0\x01\xb3", b"OggS")),
        "Videos of this kind are not accepted; please send it as MP4, WebM or GIF.",
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
        _is_tgs,
        "Animated stickers of this kind (TGS) are drawings that cannot be opened here; please use the sticker's "
        "thumbnail, or a screenshot of it.",
    ),
    _Refusal(
        _starts(b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"),
        "This is an archive, not a picture; please unpack it and send the picture itself.",
    ),
)
