"""How a drawn sentence is written down: registers, typing mistakes, spelling tricks, articles and Korean particles.

Nothing here changes what a sentence says; calm and offensive sentences are written in the same ways equally often.
"""

from __future__ import annotations

import re
from random import Random
from typing import Final

_LEET: Final = {"a": "@4", "e": "3", "i": "1!", "o": "0", "s": "$5", "t": "7"}
_ARTICLE: Final = re.compile(r"\b([aA]) (?=[aeioAEIO]|u(?!ni|se|s[ae]))(?!one|eu)")
_PHRASAL: Final = re.compile(r"\b(beat|gun|wipe|run) (up|down|out|over) (you|him|her|them)\b")
_WORD: Final = re.compile(r"[A-Za-z]{4,}")
_HANGUL_START: Final = 0xAC00
_HANGUL_END: Final = 0xD7A3
_PARTICLES: Final = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이었다": ("이었다", "였다"),
    "아": ("아", "야"),
}
_LIEUL: Final = 8


def with_particle(word: str, particle: str) -> str:
    """The Korean word with the form of the particle that its last syllable asks for; other alphabets read as a vowel.

    Forms of the copula ("이다", "이라고") lose their first syllable after a vowel.
    """
    after_consonant, after_vowel = _PARTICLES.get(particle) or (particle, particle.removeprefix("이"))
    code = ord(word[-1])
    coda = (code - _HANGUL_START) % 28 if _HANGUL_START <= code <= _HANGUL_END else 0
    closed = coda != 0 and not (particle == "으로" and coda == _LIEUL)
    return word + (after_consonant if closed else after_vowel)


def mend(text: str) -> str:
    """`a idiot` -> `an idiot`, `beat up you` -> `beat you up`."""
    return _PHRASAL.sub(r"\1 \3 \2", _ARTICLE.sub(r"\1n ", text))


def disguise(word: str, chance: Random) -> str:
    """The word as it is written to slip past a filter: digits for letters, spaces or dots between, letters dropped."""
    if any(_HANGUL_START <= ord(char) <= _HANGUL_END for char in word):
        return _disguise_hangul(word, chance)
    trick = chance.choice(("leet", "leet", "spaced", "dropped", "starred", "stretched"))
    if trick == "spaced":
        longest = max(word.split(), key=len)
        return word.replace(longest, chance.choice((" ", ".", "-")).join(longest), 1)
    if trick == "dropped":
        return word[0] + re.sub(r"[aeiou](?=\w)", "", word[1:])
    if trick == "starred":
        return re.sub(r"(?<=\w)[aeiou](?=\w)", "*", word, count=1)
    if trick == "stretched":
        return re.sub(r"([aeiou])(?=\w)", lambda found: found[1] * chance.randint(3, 5), word, count=1)
    return "".join(_leet(char, chance) for char in word)


def misspell(text: str, chance: Random) -> str:
    """One letter of one longer word left out, doubled or swapped with the next."""
    found = list(_WORD.finditer(text))
    if not found:
        return text
    at = chance.choice(found)
    place = chance.randrange(at.start() + 1, at.end() - 1)
    pair = text[place : place + 2]
    return text[:place] + chance.choice((pair[1], pair[0] + pair, pair[::-1])) + text[place + 2 :]


def write_down(text: str, openers: tuple[str, ...], closers: tuple[str, ...], chance: Random) -> str:
    """The sentence in one of the registers people write in."""
    if chance.random() < 0.3:
        text = f"{chance.choice(openers)} {text}"
    ends_itself = text[-1] in '?!."'
    if chance.random() < 0.12:
        text += f"{'' if ends_itself else chance.choice((',', '.'))} {chance.choice(closers)}"
    elif not ends_itself:
        text += chance.choices(("", ".", "!", "!!", "...", " "), (45, 35, 8, 4, 5, 3))[0]
    if chance.random() < 0.07:
        text = misspell(text, chance)
    return _cased(text, chance).strip()


def _cased(text: str, chance: Random) -> str:
    kind = chance.choices(("sentence", "lower", "upper"), (48, 47, 5))[0]
    if kind == "lower":
        return text.lower()
    if kind == "upper":
        return text.upper()
    return text[0].upper() + text[1:]


def _leet(char: str, chance: Random) -> str:
    signs = _LEET.get(char.lower())
    return chance.choice(signs) if signs and chance.random() < 0.6 else char


def _disguise_hangul(word: str, chance: Random) -> str:
    if len(word) < 2:
        return word
    place = chance.randrange(1, len(word))
    return word[:place] + chance.choice(("1", ".", " ", "~", "*", "^^", "2")) + word[place:]
