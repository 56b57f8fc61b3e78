"""From a picture and lines to a finished meme: the one function others call to render."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from inference.boxes import TextBox
from inference.contract import Layout, RenderOutput
from inference.imaging import DecodedPicture
from inference.render.canvas import Canvas, plan_canvas, put_on_canvas
from inference.render.clean import clean_text, shorten, split_clusters
from inference.render.encode import Animation, Encoded, encode_animation, encode_still
from inference.render.fonts import default_book
from inference.render.layouts import place_bar, place_lines, top_bottom_boxes
from inference.render.paint import Stamp, press

_ALT_CLUSTERS: Final = 200


def render_meme(
    picture: DecodedPicture,
    lines: Sequence[str],
    boxes: Sequence[TextBox] = (),
    *,
    layout: Layout = Layout.TOP_BOTTOM,
    title: str = "",
) -> RenderOutput:
    """Draw `lines` on `picture` and encode the result, an animation as an animation.

    One line per box, in order; empty lines draw nothing, lines beyond the last box are joined to it. Without `boxes`
    the lines go along top and bottom. `Layout.BAR` ignores `boxes` and sets all lines in a white bar above. `title`
    (a template's name) goes into the alt text. Touches no file but fonts. Raises ModelError only where no encoding
    of the picture stays under 8 MB.
    """
    canvas = plan_canvas(picture.size, animated=picture.animated)
    if layout is Layout.BAR:
        bar = place_bar(canvas.size, tuple(lines), default_book())
        encoded = _compose(picture, canvas, bar.stamps if bar else (), bar.height if bar else 0)
    else:
        places = tuple(boxes) or top_bottom_boxes(len(lines))
        stamps = place_lines(canvas.size, _match_lines(lines, len(places)), places, default_book())
        encoded = _compose(picture, canvas, stamps, 0)
    return RenderOutput(
        picture=encoded.data,
        media_type=encoded.media_type,
        width=encoded.size[0],
        height=encoded.size[1],
        alt_text=describe_meme(lines, title, animated=picture.animated),
    )


def describe_meme(lines: Sequence[str], title: str = "", *, animated: bool = False) -> str:
    """One sentence for people who cannot see the picture: what it is and what it says."""
    kind = "Animated meme" if animated else "Meme"
    named = _one_line(title)
    base = f" on {named}" if named else ""
    spoken = [_one_line(line) for line in lines]
    text = " / ".join(line for line in spoken if line)
    if len(split_clusters(text)) > _ALT_CLUSTERS:
        text = shorten(text, _ALT_CLUSTERS)
    return f"{kind}{base} that says: {text}" if text else f"{kind}{base} without words"


def _one_line(text: str) -> str:
    return clean_text(text, upper=False).replace("\n", " ")


def _match_lines(lines: Sequence[str], boxes: int) -> tuple[str, ...]:
    """Lines for exactly as many boxes as there are, or fewer."""
    if len(lines) <= boxes:
        return tuple(lines)
    return (*lines[: boxes - 1], "\n".join(lines[boxes - 1 :]))


def _compose(picture: DecodedPicture, canvas: Canvas, stamps: Sequence[Stamp], bar: int) -> Encoded:
    frames = [put_on_canvas(frame, canvas, bar) for frame in picture.frames]
    for frame in frames:
        press(frame, stamps)
    if picture.animated:
        return encode_animation(Animation(frames, picture.durations_ms, picture.plays), picture.format)
    return encode_still(frames[0])
