"""The order in which clusters of mixed direction are read, after the Unicode Bidirectional Algorithm (UAX #9).

Covers the implicit rules (W2 to W7, N1, N2, I1, I2, L2), which is all that is needed once direction overrides have
been removed. Each run is then handed to the shaper with its direction, so that several fonts can share one line;
python-bidi, the runner-up, returns reordered characters, from which joined letters can no longer be shaped.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_STRONG_RTL = {"R", "AL"}
_NUMBERS = {"EN", "AN"}


def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left (P2, P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L" or kind in _STRONG_RTL:
            return kind in _STRONG_RTL
    return False


def find_levels(clusters: Sequence[str], *, rtl: bool) -> list[int]:
    """One embedding level per cluster; odd levels run from right to left. `rtl` is the paragraph's direction."""
    kinds = [unicodedata.bidirectional(cluster[0]) or "L" for cluster in clusters]
    base = int(rtl)
    if not base and not any(kind in _STRONG_RTL or kind == "AN" for kind in kinds):
        return [0] * len(kinds)
    edge = "R" if rtl else "L"
    _settle_numbers(kinds, edge)
    _settle_neutrals(kinds, edge)
    return [base + _rise(kind, rtl=rtl) for kind in kinds]


def order_runs(levels: Sequence[int]) -> list[int]:
    """Positions of runs from left to right (L2), for runs given in reading order by their levels."""
    order = list(range(len(levels)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return order


def _rise(kind: str, *, rtl: bool) -> int:
    """I1 and I2: how far a resolved kind lies above the paragraph's level."""
    if rtl:
        return 0 if kind == "R" else 1
    return {"L": 0, "R": 1}.get(kind, 2)


def _settle_numbers(kinds: list[str], edge: str) -> None:
    """W2 to W7, in place: numbers and the signs that belong to them."""
    strong = edge
    for index, kind in enumerate(kinds):
        if kind in {"L", "R", "AL"}:
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[index] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for index in range(1, len(kinds) - 1):
        before, kind, after = kinds[index - 1 : index + 2]
        if before == after and ((kind == "CS" and before in _NUMBERS) or (kind == "ES" and before == "EN")):
            kinds[index] = before
    _settle_terminators(kinds)
    strong = edge
    for index, kind in enumerate(kinds):
        if kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"


def _settle_terminators(kinds: list[str]) -> None:
    """W5: signs such as % and $ next to a European number are part of it."""
    for indices in (range(1, len(kinds)), range(len(kinds) - 2, -1, -1)):
        for index in indices:
            neighbour = kinds[index - 1] if indices.step > 0 else kinds[index + 1]
            if kinds[index] == "ET" and neighbour == "EN":
                kinds[index] = "EN"


def _settle_neutrals(kinds: list[str], edge: str) -> None:
    """N1 and N2, in place: what has no direction takes that of both neighbours, else the paragraph's."""
    index = 0
    while index < len(kinds):
        if kinds[index] in {"L", "R", "EN", "AN"}:
            index += 1
            continue
        end = index
        while end < len(kinds) and kinds[end] not in {"L", "R", "EN", "AN"}:
            end += 1
        before = _side(kinds[index - 1]) if index else edge
        after = _side(kinds[end]) if end < len(kinds) else edge
        kinds[index:end] = [before if before == after else edge] * (end - index)
        index = end


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"
