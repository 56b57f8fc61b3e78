"""Draws captions on pictures. The face of the package: `render_meme`, the boxes it takes, and what fonts it has.

Knows pictures, fonts and geometry; nothing of models, chats or where a picture came from.
"""

from __future__ import annotations

from inference.boxes import Align, Anchor, Ink, TextBox
from inference.render.fonts import default_book, missing_characters
from inference.render.layouts import choose_layout, dress_boxes, top_bottom_boxes
from inference.render.meme import describe_meme, render_meme

__all__ = [
    "Align",
    "Anchor",
    "Ink",
    "TextBox",
    "choose_layout",
    "default_book",
    "describe_meme",
    "dress_boxes",
    "missing_characters",
    "render_meme",
    "top_bottom_boxes",
]
