"""Sets one line of type: which font draws which part, in which order, and which pixels it can touch.

Measures only; `inference.render.paint` draws what is measured here, at the very same whole-pixel positions.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final, NamedTuple

from inference.render.bidi import find_levels, order_runs
from inference.render.clean import is_emoji, split_clusters
from inference.render.fonts import Face, FontBook, Voice, can_shape, load_font

EMOJI_SIDE: Final = 1.0  # of the text size: as tall as capitals and a little more
_EMOJI_ADVANCE: Final = 1.1
_MEASURING_SIZE: Final = 96
_CAPITALS: Final = 0.72  # height of capitals in most fonts, of the text size; emoji are centred on it


class Extent(NamedTuple):
    """Pixels that may be touched: left, top, right, bottom, from a pen at 0, 0 on the baseline; y grows downwards.

    Exact above and below; at the sides it includes the little room a font leaves beside its letters.
    """

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of one font and one direction, in reading order; in a font with a strike, one colour emoji."""

    text: str
    face: Face
    rtl: bool = False

    @property
    def is_emoji(self) -> bool:
        return self.face.strike is not None

    @property
    def direction(self) -> str | None:
        """For Pillow's shaper; None where there is no shaper to tell."""
        return ("rtl" if self.rtl else "ltr") if can_shape() else None


@dataclass(frozen=True, slots=True)
class PlacedPiece:
    """A piece and its pen position on the line, in whole pixels."""

    piece: Piece
    x: int


@dataclass(frozen=True, slots=True)
class SetLine:
    """One line at one size, left to right; `extent` excludes any stroke."""

    placed: tuple[PlacedPiece, ...]
    extent: Extent


class Typesetter:
    """Measures and sets text in one voice; remembers what it has measured, so keep one per text box."""

    def __init__(self, book: FontBook, voice: Voice) -> None:
        self._book = book
        self._voice = voice
        self._pieces: dict[tuple[str, bool], tuple[Piece, ...]] = {}
        self._advances: dict[str, float] = {}  # of the text size

    def drop_undrawable(self, text: str) -> str:
        """`text` without the signs and emoji that no font here has, and without the gaps they would leave."""
        kept = "".join(cluster for cluster in split_clusters(text) if cluster == "\n" or self._dress(cluster, None))
        return "\n".join(line for part in kept.split("\n") if (line := " ".join(part.split())))

    def measure(self, text: str, size: int) -> float:
        """About how wide `text` is in pixels: measured once and scaled, for wrapping; `set_line` knows the pixels."""
        if text not in self._advances:
            pieces = self._split(text, rtl=False)
            self._advances[text] = sum(_advance(piece, _MEASURING_SIZE) for piece in pieces) / _MEASURING_SIZE
        return self._advances[text] * size

    def set_line(self, text: str, size: int, *, rtl: bool) -> SetLine:
        """Place `text`; `rtl` is the direction of its paragraph."""
        placed, extents, pen = [], [], 0.0
        pieces = self._split(text, rtl=rtl)
        for index, piece in enumerate(pieces):
            x = round(pen)
            placed.append(PlacedPiece(piece, x))
            extent = _extent(piece, size)
            if extent.right > extent.left and extent.bottom > extent.top:
                extents.append(Extent(extent.left + x, extent.top, extent.right + x, extent.bottom))
            if index + 1 < len(pieces):
                pen += _advance(piece, size)
        return SetLine(tuple(placed), _union(extents))

    def _split(self, text: str, *, rtl: bool) -> tuple[Piece, ...]:
        key = (text, rtl)
        if key not in self._pieces:
            self._pieces[key] = self._order_pieces(text, rtl=rtl)
        return self._pieces[key]

    def _order_pieces(self, text: str, *, rtl: bool) -> tuple[Piece, ...]:
        clusters = split_clusters(text)
        levels = find_levels(clusters, rtl=rtl)
        runs: list[tuple[Piece, int]] = []
        for cluster, level in zip(clusters, levels, strict=True):
            previous = runs[-1][0] if runs and runs[-1][1] == level else None
            for piece in self._dress(cluster, previous, rtl=level % 2 == 1):
                if runs and runs[-1][1] == level and not piece.is_emoji and runs[-1][0].face == piece.face:
                    runs[-1] = (Piece(runs[-1][0].text + piece.text, piece.face, piece.rtl), level)
                else:
                    runs.append((piece, level))
        ordered = (runs[index][0] for index in order_runs([level for _, level in runs]))
        return tuple(ordered)

    def _dress(self, cluster: str, previous: Piece | None, *, rtl: bool = False) -> list[Piece]:
        """The cluster with its font: none for a cluster that cannot be drawn at all, several for a split emoji."""
        if cluster.isspace() and previous is not None and not previous.is_emoji:
            return [Piece(cluster, previous.face, rtl)]
        if is_emoji(cluster):
            return self._dress_emoji(cluster, rtl=rtl)
        face = self._book.face_for(cluster, self._voice)
        if face is None and unicodedata.category(cluster[0])[0] not in "LNM":
            return []
        return [Piece(cluster, face or self._book.main_face(self._voice), rtl)]

    def _dress_emoji(self, cluster: str, *, rtl: bool) -> list[Piece]:
        if self._book.emoji is not None:
            return [Piece(cluster, self._book.emoji, rtl)]
        characters = [character for character in cluster if not "\U0001f3fb" <= character <= "\U0001f3ff"]
        faces = [(character, self._book.face_for(character, self._voice)) for character in characters]
        return [Piece(character, face, rtl) for character, face in faces if face and not _unseen(character)]


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cf", "Mn", "Me"}


def _advance(piece: Piece, size: int) -> float:
    if piece.is_emoji:
        return _EMOJI_ADVANCE * size
    return load_font(piece.face, size).getlength(shaped_text(piece), direction=piece.direction)


def _extent(piece: Piece, size: int) -> Extent:
    if piece.is_emoji:
        return emoji_extent(size)
    box = load_font(piece.face, size).getbbox(shaped_text(piece), direction=piece.direction, anchor="ls")
    return Extent(*(int(edge) for edge in box))


def emoji_extent(size: int) -> Extent:
    """Where an emoji lies: a square, centred on the height of capitals and within its advance."""
    side = round(EMOJI_SIDE * size)
    left = round((_EMOJI_ADVANCE - EMOJI_SIDE) * size / 2)
    top = -round((_CAPITALS + EMOJI_SIDE) * size / 2)
    return Extent(left, top, left + side, top + side)


def shaped_text(piece: Piece) -> str:
    """What to hand to Pillow: reading order for its shaper; without one, right-to-left text reversed by hand."""
    if piece.rtl and not can_shape():
        return "".join(reversed(split_clusters(piece.text)))
    return piece.text


def _union(extents: list[Extent]) -> Extent:
    if not extents:
        return Extent(0, 0, 0, 0)
    return Extent(
        min(extent.left for extent in extents),
        min(extent.top for extent in extents),
        max(extent.right for extent in extents),
        max(extent.bottom for extent in extents),
    )
