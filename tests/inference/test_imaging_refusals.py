"""Whatever is not one of the eight kinds, too large, or damaged is refused with a sentence of its own."""

from __future__ import annotations

import time

import pytest
from PIL import Image

from inference.contract import FailureKind
from inference.errors import InvalidImage
from inference.imaging import ImageLimits, decode_picture
from tests.inference.picture_files import VALID, animate, encode, jpeg_of_size, noise, png_of_size, webp_of_canvas

_FOREIGN = {
    "tiff": (encode(noise(8, 8), "TIFF"), "TIFF"),
    "big-endian tiff": (b"MM\0*\0\0\0\x08" + bytes(40), "TIFF"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
    "binary postscript": (b"\xc5\xd0\xd3\xc6" + bytes(40), "PostScript"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG"),
    "svg with declaration": (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x -->\n<svg></svg>', "SVG"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40), "HEIC"),
    "avif": (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + bytes(40), "AVIF"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "flash video": (b"FLV\x01" + bytes(40), "Videos"),
    "avi": (b"RIFF\x10\0\0\0AVI LIST" + bytes(40), "Videos"),
    "wave": (b"RIFF\x10\0\0\0WAVEfmt " + bytes(40), "sound"),
    "web page": (b"\n<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "jpeg xl": (b"\xff\x0a" + bytes(40), "JPEG XL"),
    "photoshop": (b"8BPS\0\x01" + bytes(40), "Photoshop"),
    "icon": (b"\0\0\x01\0\x01\0" + bytes(40), "Icon"),
    "archive": (b"PK\x03\x04" + bytes(40), "archive"),
    "text that starts like a bitmap": (b"BMW drivers of the world, unite", "not a picture"),
    "plain text": (b"hello", "not a picture"),
    "empty": (b"", "empty"),
}


def _refusal(data: bytes, limits: ImageLimits | None = None) -> str:
    with pytest.raises(InvalidImage) as caught:
        decode_picture(data, limits or ImageLimits())
    assert caught.value.to_failure("j").kind is FailureKind.INVALID_IMAGE
    return str(caught.value)


@pytest.mark.parametrize("name", _FOREIGN)
def test_a_foreign_file_is_named_and_refused(name: str) -> None:
    """The sentence names what was sent and ends like a sentence."""
    data, word = _FOREIGN[name]
    sentence = _refusal(data)
    assert word in sentence
    assert sentence.endswith(".")


def test_every_known_foreign_kind_has_its_own_sentence() -> None:
    """Kinds that need different advice get different sentences."""
    words = {word for _, word in _FOREIGN.values()}
    sentences = {_refusal(data) for data, _ in _FOREIGN.values()}
    assert len(sentences) == len(words)


@pytest.mark.parametrize("name", VALID)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_refused(name: str, share: float) -> None:
    """Half a picture is no picture, whichever kind it is."""
    data = VALID[name]
    assert "breaks off" in _refusal(data[: int(len(data) * share)])


def test_a_heavy_file_is_refused_by_its_weight() -> None:
    """Bytes are counted before anything is parsed, and both weights are told."""
    sentence = _refusal(VALID["png"] + bytes(3 * 2**20), ImageLimits(max_bytes=2**20))
    assert "3.0 MB" in sentence
    assert "1 MB" in sentence


@pytest.mark.parametrize(
    ("data", "words"),
    [
        pytest.param(png_of_size(60_000, 60_000), "36 million is the most", id="above twice Pillow's ceiling"),
        pytest.param(png_of_size(10_000, 9_000), "36 million is the most", id="just above Pillow's warning"),
        pytest.param(png_of_size(20_000, 9), "longest side", id="side in the header"),
        pytest.param(png_of_size(8_000, 7_000), "56 million pixels", id="below Pillow's own ceiling"),
        pytest.param(jpeg_of_size(9_000, 8_000), "52 million is the most", id="jpeg"),
        pytest.param(webp_of_canvas(16_000, 16_000), "256 million pixels", id="webp canvas"),
        pytest.param(webp_of_canvas(2**24, 1), "longest side", id="webp side"),
    ],
)
def test_a_bomb_is_refused_from_its_header(data: bytes, words: str) -> None:
    """The size is read and refused before any pixel is decoded, so a refusal costs next to nothing."""
    started = time.perf_counter()
    assert words in _refusal(data)
    assert time.perf_counter() - started < 0.5


def test_a_gif_whose_frame_outgrows_its_screen_is_refused() -> None:
    """Pillow enlarges the picture for a frame beyond the logical screen; the ceiling holds for that too."""
    data = bytearray(animate("GIF", [100, 100]))
    second = data.index(b"\x2c", data.index(b"\x2c") + 1)
    data[second + 5 : second + 9] = (40_000).to_bytes(2, "little") * 2
    with pytest.raises(InvalidImage):
        decode_picture(bytes(data))


def test_the_time_budget_ends_a_long_animation() -> None:
    """Once the time is used up no further frame is decoded."""
    data = animate("GIF", [100] * 40)
    assert "too long" in _refusal(data, ImageLimits(budget_s=0.0))


def test_a_refusal_names_no_library() -> None:
    """People read these sentences; parsers and exceptions do not appear in them."""
    sentence = _refusal(VALID["jpeg"][:200])
    assert "Pillow" not in sentence
    assert "Error" not in sentence


def test_other_formats_pillow_knows_never_reach_their_parsers() -> None:
    """A PCX file is refused although Pillow could open it, because only the eight kinds are let in."""
    data = encode(Image.new("RGB", (8, 8)), "PCX")
    assert "not a picture that can be read" in _refusal(data)
