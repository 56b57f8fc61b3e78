"""Makes any text fit to be set: normal form, no control characters, bounded length; and cuts it into clusters.

A cluster is what a person calls one character (UAX #29): a letter with its marks, a family emoji, a flag.
"""

from __future__ import annotations

import unicodedata
from typing import Final

import regex

MAX_CLUSTERS: Final = 600
MAX_PARAGRAPHS: Final = 24
ELLIPSIS: Final = "…"
_MAX_MARKS: Final = 4
_MAX_RAW_CHARACTERS: Final = 8 * MAX_CLUSTERS

_CLUSTER: Final = regex.compile(r"\X")
_BREAKS: Final = regex.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_SPACES: Final = regex.compile(r"[\p{Zs}\t]+")
_UNSEEN: Final = regex.compile(
    r"[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_MARKS: Final = regex.compile(rf"(\p{{M}}{{{_MAX_MARKS}}})\p{{M}}+")
_EMOJI: Final = regex.compile(
    r"(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{Extended_Pictographic}\p{Emoji_Modifier}"
    r"|[0-9#*]\ufe0f?\u20e3|\p{Regional_Indicator}{2})"
)


def clean_text(text: str, *, upper: bool) -> str:
    """`text` ready to set: NFC, single spaces, "\\n" for every line break, no invisible or unassigned characters.

    Direction overrides are dropped, marks piled on one letter are thinned to four, and what goes beyond
    `MAX_CLUSTERS` clusters or `MAX_PARAGRAPHS` paragraphs is replaced by an ellipsis.
    """
    cut = len(text) > _MAX_RAW_CHARACTERS
    text = unicodedata.normalize("NFC", text[:_MAX_RAW_CHARACTERS])
    paragraphs = [_clean_paragraph(part) for part in _BREAKS.split(text)]
    paragraphs = [part for part in paragraphs if part]
    cut = cut or len(paragraphs) > MAX_PARAGRAPHS
    joined = "\n".join(paragraphs[:MAX_PARAGRAPHS])
    if upper:
        joined = joined.upper()
    clusters = split_clusters(joined)
    if cut or len(clusters) > MAX_CLUSTERS:
        return shorten(joined, MAX_CLUSTERS)
    return joined


def shorten(text: str, clusters: int) -> str:
    """The first `clusters` clusters of `text`, back to the last whole word where one is near, and an ellipsis."""
    kept = "".join(split_clusters(text)[:clusters])
    space = max(kept.rfind(" "), kept.rfind("\n"))
    if space > len(kept) - 20 and space > 0:
        kept = kept[:space]
    return kept.rstrip(" \n.,;:!?…") + ELLIPSIS


def split_clusters(text: str) -> list[str]:
    return [match.group() for match in _CLUSTER.finditer(text)]


def is_emoji(cluster: str) -> bool:
    """Whether a cluster asks for a colour picture rather than for a letter."""
    return "\ufe0e" not in cluster and _EMOJI.match(cluster) is not None


def _clean_paragraph(text: str) -> str:
    spaced = _SPACES.sub(" ", text)
    thinned: str = _MARKS.sub(r"\1", _UNSEEN.sub("", spaced))
    return thinned.strip()
