"""Words that no shipped name may carry: read from the offence lexicon, matched on whole words of a name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path


def read_lexicon(data: Path) -> frozenset[str]:
    """Lower-case terms of all `offence/lexicon/*.txt`; empty where the folder has none."""
    files = sorted((data / "offence" / "lexicon").glob("*.txt"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return frozenset(line.strip().lower() for line in lines if line.strip())


def is_crude(name: str, lexicon: Iterable[str]) -> bool:
    """Whether a term stands in the name as words, or, from five letters on, inside one of its words."""
    spaced = " " + " ".join(re.findall(r"[^\W_]+", name.lower())) + " "
    return any(f" {term} " in spaced or (len(term) >= 5 and term in spaced) for term in lexicon)
