"""Text as the models see it: cleaned of tricks, and turned into hashed features.

People hide words from filters with look-alike letters, digits, dots between letters, and characters without width;
`fold` undoes that before a model reads. `hash_text` counts words and letter groups into a fixed number of buckets, so
that a new spelling still shares most of its features with the known one. Hangul is also read letter by letter (jamo).
Knows nothing of any model.
"""

from __future__ import annotations

import math
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final

import regex
import torch
from torch import Tensor

MAX_CHARS: Final = 2000
MAX_LINE_CHARS: Final = 400

_INVISIBLE: Final = regex.compile(r"[\p{Cf}\p{Cc}\p{Co}\p{Cs}\u115f\u1160\u3164\uffa0]+")
_MARKS: Final = regex.compile(r"(?<=[a-zA-Z])\p{Mn}+")
_SPACE: Final = regex.compile(r"\s+")
_MENTION: Final = regex.compile(r"@\w+|https?://\S+|\burl\b|&\w+;|\bwww\.\S+|\b\w+\.(?:com|net)\b")
_REPEAT: Final = regex.compile(r"(.)\1{2,}")
_SPACED: Final = regex.compile(
    r"(?<![\p{L}\p{N}@$!*])(?:[\p{L}\p{N}@$][\s.\-_*,|]{1,2}){3,}[\p{L}\p{N}@$](?![\p{L}\p{N}])"
)
_SPACED_JUNK: Final = regex.compile(r"[\s.\-_*,|]+")
_LEET_WORD: Final = regex.compile(r"(?<!\S)(?=\S*[a-z])(?=\S*[0-9@$!|+])[a-z0-9@$!|+]{3,}(?![a-z0-9])")
_HANGUL_NOISE: Final = regex.compile(r"(?<=\p{Hangul})[0-9.\-_*^~!@#]{1,2}(?=\p{Hangul})")
_WORD: Final = regex.compile(r"[\p{L}\p{N}]+(?:'\p{L}+)?|[^\s\p{L}\p{N}]")
_HANGUL: Final = regex.compile(r"\p{Hangul}")
_LETTER: Final = regex.compile(r"\p{L}")

_LEET: Final = str.maketrans("013457@$!|+", "oieastasiit")
_LOOK_ALIKES: Final = str.maketrans(
    "аеорсухіјѕԁһӏвкмнтгпиսոօհցᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢαβεικνορτυχωηɑɡıøłđ",
    "aeopcyxijsdhlbkmhtrnnunohgabcdefghijklmnoprstuvwyzabeiknoptuxwnagiold",
)
_QUOTES: Final = str.maketrans("‘’‚‛′`´“”„″«»–—−…", "'''''''\"\"\"\"\"\"---.")


def clean(text: str) -> str:
    """One line: compatibility forms folded (NFKC), nothing invisible, plain quotes, single spaces; case kept."""
    text = unicodedata.normalize("NFKC", text[:MAX_CHARS]).translate(_QUOTES)
    text = _INVISIBLE.sub(lambda found: " " if "\n" in found[0] or "\t" in found[0] else "", text)
    return _SPACE.sub(" ", text).strip()


def fold(text: str) -> str:
    """What a filter should read: `clean`, lower case, look-alikes and leetspeak undone, spaced-out words joined."""
    text = _SPACE.sub(" ", _MENTION.sub(" ", clean(text).casefold()))
    text = _MARKS.sub("", unicodedata.normalize("NFD", text)) if text.isascii() is False else text
    text = unicodedata.normalize("NFC", text)
    if _mixes_alphabets(text):
        text = text.translate(_LOOK_ALIKES)
    text = _SPACED.sub(lambda found: _SPACED_JUNK.sub("", found[0]), text)
    text = _HANGUL_NOISE.sub("", text)
    text = _LEET_WORD.sub(lambda found: _unleet(found[0]), text)
    return _SPACE.sub(" ", _REPEAT.sub(r"\1\1", text)).strip()


def words(text: str) -> list[str]:
    """Words and single signs, in order."""
    return _WORD.findall(text)


def hangul_share(text: str) -> float:
    """Share (0..1) of the letters that are Hangul; 0 for a text without letters."""
    letters = len(_LETTER.findall(text))
    return len(_HANGUL.findall(text)) / letters if letters else 0.0


def hash_text(text: str, buckets: int) -> Tensor:
    """Bucket numbers (int64, sorted, distinct) of a folded text; none for a text without words."""
    tokens = words(text)
    names = chain(_word_groups(tokens), _letter_groups(tokens))
    found = {zlib.crc32(name.encode()) % buckets for name in names}
    return torch.tensor(sorted(found), dtype=torch.int64)


@dataclass(frozen=True, slots=True)
class Bags:
    """Several texts' buckets in the layout of `torch.nn.EmbeddingBag`: flat `ids` (int64) and `offsets` (N,)."""

    ids: Tensor
    offsets: Tensor

    @classmethod
    def of(cls, bags: Sequence[Tensor]) -> Bags:
        sizes = torch.tensor([0, *(len(bag) for bag in bags)], dtype=torch.int64)
        ids = torch.cat(list(bags)) if bags else torch.zeros(0, dtype=torch.int64)
        return cls(ids, sizes.cumsum(0)[:-1])


def inverse_frequencies(bags: Sequence[Tensor], buckets: int) -> Tensor:
    """Smoothed inverse document frequency of each bucket, (buckets,) float32, scaled to at most 1."""
    counts: Counter[int] = Counter()
    for bag in bags:
        counts.update(bag.tolist())
    seen = torch.zeros(buckets)
    seen[torch.tensor(list(counts), dtype=torch.int64)] = torch.tensor([float(n) for n in counts.values()])
    return torch.log((1 + len(bags)) / (1 + seen)) / math.log(1 + len(bags))


def _mixes_alphabets(text: str) -> bool:
    """Whether a text that is mostly Latin has other alphabets' letters in it; real Russian or Greek is left alone."""
    foreign = sum(1 for char in text if char.isalpha() and not char.isascii() and not _HANGUL.match(char))
    return 0 < foreign <= 2 * sum(1 for char in text if char.isascii() and char.isalpha())


def _unleet(word: str) -> str:
    """`sh1t` -> `shit`; a number with a unit (`5g`, `covid19`) keeps its digits."""
    core = word.rstrip("!|+")
    digits = sum(char.isdigit() for char in core)
    if core.isalnum() and (digits * 2 > len(core) or regex.fullmatch(r"[0-9]+[a-z]+|[a-z]+[0-9]+", core)):
        return word
    return core.translate(_LEET) + word[len(core) :]


def _word_groups(tokens: Sequence[str]) -> list[str]:
    return [f"w {token}" for token in tokens] + [f"b {a} {b}" for a, b in pairwise(tokens)]


def _letter_groups(tokens: Sequence[str]) -> list[str]:
    groups: list[str] = []
    for token in tokens:
        if _HANGUL.search(token):
            groups += _windows(f"<{token}>", "h", (1, 2, 3))
            groups += _windows(f"<{unicodedata.normalize('NFKD', token)}>", "j", (4, 6))
        elif token[0].isalnum():
            groups += _windows(f"<{token}>", "c", (3, 4, 5))
    return groups


def _windows(padded: str, kind: str, sizes: Sequence[int]) -> list[str]:
    return [f"{kind} {padded[at : at + size]}" for size in sizes for at in range(len(padded) - size + 1)]
