"""Builds the files that picture tests feed in, valid ones and such as only an attacker would write."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """An RGB picture of random pixels: nothing compresses it, no two regions are alike."""
    values = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def animate(kind: str, durations_ms: Sequence[int], size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    """An animation of plain, clearly different frames; `kind` is GIF, PNG or WEBP."""
    frames = [Image.new("RGB", size, colour_of(index)) for index in range(len(durations_ms))]
    return encode(
        frames[0], kind, save_all=True, append_images=frames[1:], duration=list(durations_ms), loop=0, **options
    )


def colour_of(index: int) -> tuple[int, int, int]:
    """The colour of the frame at `index`, far from that of its neighbours."""
    return (index * 97) % 256, (index * 53 + 80) % 256, (index * 151 + 160) % 256


def png_of_size(width: int, height: int) -> bytes:
    """A few bytes that announce a PNG of any size and deliver almost none of it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 64)
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def jpeg_of_size(width: int, height: int) -> bytes:
    """A small JPEG whose frame header announces another size."""
    data = bytearray(encode(noise(8, 8), "JPEG"))
    header = data.index(b"\xff\xc0")
    data[header + 5 : header + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_of_canvas(width: int, height: int) -> bytes:
    """A WebP header that announces a canvas, whose buffers the decoder would reserve on opening."""
    body = b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\0\0\0"
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body)) + body


VALID = {
    "jpeg": encode(noise(48, 36), "JPEG"),
    "progressive jpeg": encode(noise(48, 36), "JPEG", progressive=True),
    "png": encode(noise(48, 36), "PNG"),
    "webp": encode(noise(48, 36), "WEBP"),
    "lossless webp": encode(noise(48, 36), "WEBP", lossless=True),
    "gif": encode(noise(48, 36), "GIF"),
    "bmp": encode(noise(48, 36), "BMP"),
    "animated gif": animate("GIF", [50, 70, 90]),
    "animated png": animate("PNG", [50, 70, 90]),
    "animated webp": animate("WEBP", [50, 70, 90]),
}
