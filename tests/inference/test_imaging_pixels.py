"""Every accepted picture comes out upright, RGB, without metadata, and no larger than asked for."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from inference.imaging import DecodedPicture, PictureFormat, decode_picture
from tests.inference.picture_files import VALID, encode, noise

_RED, _BLUE = (255, 0, 0), (0, 0, 255)


@pytest.mark.parametrize("name", VALID)
def test_every_accepted_kind_decodes_to_plain_rgb(name: str) -> None:
    """Frames are RGB of the file's size and carry no metadata on."""
    picture = decode_picture(VALID[name])
    assert picture.format.value in name or (picture.format is PictureFormat.APNG and name == "animated png")
    assert all(frame.mode == "RGB" and frame.info == {} for frame in picture.frames)
    assert picture.size == picture.source_size


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation: int) -> None:
    """However a camera stored it, the red corner ends at the top left, where it was seen."""
    seen = Image.new("RGB", (60, 40), _BLUE)
    seen.paste(_RED, (0, 0, 20, 20))
    stored = {
        1: lambda im: im,
        2: lambda im: im.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda im: im.transpose(Image.Transpose.ROTATE_180),
        4: lambda im: im.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda im: im.transpose(Image.Transpose.TRANSPOSE),
        6: lambda im: im.transpose(Image.Transpose.ROTATE_90),
        7: lambda im: im.transpose(Image.Transpose.TRANSVERSE),
        8: lambda im: im.transpose(Image.Transpose.ROTATE_270),
    }[orientation](seen)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = decode_picture(encode(stored, "PNG", exif=exif))
    assert picture.size == (60, 40)
    assert picture.source_size == (60, 40)
    assert picture.first.getpixel((2, 2)) == _RED
    assert picture.first.getpixel((57, 37)) == _BLUE


def test_metadata_is_gone_after_encoding_again() -> None:
    """A place stored by a camera cannot travel on with the meme."""
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    data = encode(noise(20, 20), "JPEG", exif=exif, comment=b"secret")
    assert b"taken at home" in data
    again = encode(decode_picture(data).first, "JPEG")
    assert b"taken at home" not in again
    assert b"secret" not in again


def test_a_broken_exif_block_does_not_spoil_the_picture() -> None:
    """Metadata that cannot be read is ignored, not refused."""
    data = encode(noise(20, 20), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + bytes(9))
    assert decode_picture(data).size == (20, 20)


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        pytest.param(Image.new("RGBA", (9, 9), (255, 0, 0, 0)), "PNG", id="see-through RGBA"),
        pytest.param(Image.new("LA", (9, 9), (0, 0)), "PNG", id="see-through grey"),
        pytest.param(Image.new("RGBA", (9, 9), (255, 0, 0, 0)), "WEBP", id="see-through WebP"),
    ],
)
def test_see_through_parts_become_white(image: Image.Image, kind: str) -> None:
    """Models and JPEG know no transparency; both get what people see on a white page."""
    assert decode_picture(encode(image, kind)).first.getpixel((4, 4)) == (255, 255, 255)


def test_a_see_through_palette_entry_becomes_white() -> None:
    """Palette pictures state transparency beside their pixels."""
    image = Image.new("P", (9, 9), 1)
    image.putpalette([0, 0, 0, 200, 0, 0])
    data = encode(image, "PNG", transparency=1)
    assert decode_picture(data).first.getpixel((4, 4)) == (255, 255, 255)


def test_half_see_through_colour_is_mixed_with_white() -> None:
    """Alpha is weighed, not thresholded."""
    data = encode(Image.new("RGBA", (9, 9), (0, 0, 0, 128)), "PNG")
    red, green, blue = decode_picture(data).first.getpixel((4, 4))
    assert red == green == blue
    assert 125 <= red <= 129


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    """Half of full 16-bit white is half of 8-bit white."""
    values = np.full((9, 9), 32_768, dtype=np.uint16)
    data = encode(Image.fromarray(values), "PNG")
    assert decode_picture(data).first.getpixel((4, 4)) == (128, 128, 128)


@pytest.mark.parametrize(
    ("image", "kind", "expected"),
    [
        pytest.param(Image.new("CMYK", (16, 16), (0, 255, 255, 0)), "JPEG", _RED, id="CMYK JPEG"),
        pytest.param(Image.new("1", (16, 16), 1), "PNG", (255, 255, 255), id="one bit"),
        pytest.param(Image.new("L", (16, 16), 77), "JPEG", (77, 77, 77), id="grey JPEG"),
        pytest.param(Image.new("P", (16, 16), 0), "BMP", (0, 0, 0), id="palette bitmap"),
    ],
)
def test_odd_modes_keep_their_colours(image: Image.Image, kind: str, expected: tuple[int, int, int]) -> None:
    """Whatever the mode of the file, the colour seen is the colour decoded."""
    pixel = decode_picture(encode(image, kind)).first.getpixel((8, 8))
    assert all(abs(got - want) <= 3 for got, want in zip(pixel, expected, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_max_side_shrinks_and_keeps_the_proportions(kind: str) -> None:
    """The longest side is exactly what was asked for."""
    picture = decode_picture(encode(noise(400, 200), kind), max_side=100)
    assert picture.size == (100, 50)
    assert picture.source_size == (400, 200)


def test_max_side_never_enlarges() -> None:
    """A small picture stays as it is."""
    assert decode_picture(VALID["png"], max_side=5_000).size == (48, 36)


def test_a_sliver_shrinks_to_no_less_than_one_pixel() -> None:
    """Extreme proportions leave at least one row."""
    assert decode_picture(encode(noise(900, 2), "PNG"), max_side=100).size == (100, 1)


def test_shrinking_while_decoding_looks_like_the_whole_picture() -> None:
    """The early reduction of a JPEG changes no colours."""
    image = Image.new("RGB", (1600, 1200), _BLUE)
    image.paste(_RED, (0, 0, 800, 1200))
    picture = decode_picture(encode(image, "JPEG", quality=95), max_side=200)
    assert picture.size == (200, 150)
    left, right = picture.first.getpixel((40, 75)), picture.first.getpixel((160, 75))
    assert left[0] - left[2] > 235
    assert right[2] - right[0] > 235


def test_a_picture_of_our_own_is_wrapped_as_a_still() -> None:
    """Templates enter the same way as strangers' pictures, as RGB."""
    picture = DecodedPicture.still(Image.new("L", (5, 4), 9))
    assert picture.first.mode == "RGB"
    assert (picture.size, picture.animated, picture.durations_ms) == ((5, 4), False, (0,))
