"""Word lists: which names are too crude to ship, and which words divide offensive texts into kinds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import regex

from inference.models.text import fold
from training.datasets.rows import read_lines

LISTS: Final = "offence/lexicon"

_PROFANITY_LIST: Final = (
    "fuck fucks fucked fuckin fucking fucker fuckers motherfucker motherfucking shit shits shitty bullshit ass asses "
    "asshole assholes bitch bitches bitchin damn goddamn dammit crap dick dickhead bastard bastards piss pissed wtf "
    "stfu cunt cunts twat wank wanker bollocks arsehole apeshit dumbass jackass prick slut sluts whore hoe hoes"
)
_MILD_LIST: Final = "damn goddamn dammit crap piss pissed bollocks twat ass"
_SLURS_LIST: Final = (
    "beaner beaners coon coons darkie faggot fag fags kike nigger niggers nigga niggas paki raghead spic spick tranny "
    "towelhead wetback jap japs negro neonazi nazi swastika jigaboo jiggaboo slanteye wop retard"
)
_SEXUAL_LIST: Final = "porn pussy cock dick tits boobs blowjob horny nude nudes sex sexy cum dildo orgasm rape"
_VIOLENT_LIST: Final = (
    "kill kills killed killing murder murdered shoot shooting shot stab stabbed lynch hang hanged bomb bombs bombing "
    "behead beat punch choke burn gas execute exterminate slaughter massacre die rape raped genocide gun guns"
)
_PROFANITY: Final = frozenset(_PROFANITY_LIST.split())
_MILD: Final = frozenset(_MILD_LIST.split())
_SLURS: Final = frozenset(_SLURS_LIST.split())
_SEXUAL: Final = frozenset(_SEXUAL_LIST.split())
_VIOLENT: Final = frozenset(_VIOLENT_LIST.split())


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that divide offensive texts into kinds; matched on folded text as whole words (Korean: anywhere)."""

    sexual: regex.Pattern[str]
    violent: regex.Pattern[str]
    profanity: regex.Pattern[str]
    slurs: regex.Pattern[str]
    strong: regex.Pattern[str]

    @classmethod
    def read(cls, data: Path) -> Lexicon:
        listed = set(_words_of(data / LISTS / "ldnoobw_en.txt")) - _PROFANITY
        korean = "|".join(regex.escape(fold(word)) for word in _words_of(data / LISTS / "ldnoobw_ko.txt"))
        return cls(
            sexual=_whole_words((listed - _SLURS) | _SEXUAL),
            violent=_whole_words(_VIOLENT),
            profanity=regex.compile(f"{_whole_words(_PROFANITY).pattern}|{korean}"),
            slurs=_whole_words(_SLURS),
            strong=_whole_words(_PROFANITY - _MILD),
        )


def read_terms(data: Path) -> frozenset[str]:
    """Lower-case terms of all `offence/lexicon/*.txt`; empty where the folder has none."""
    files = sorted((data / LISTS).glob("*.txt"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return frozenset(line.strip().lower() for line in lines if line.strip())


def is_crude(name: str, lexicon: Iterable[str]) -> bool:
    """Whether a term stands in the name as words, or, from five letters on, inside one of its words."""
    spaced = " " + " ".join(re.findall(r"[^\W_]+", name.lower())) + " "
    return any(f" {term} " in spaced or (len(term) >= 5 and term in spaced) for term in lexicon)


def _whole_words(listed: Set[str]) -> regex.Pattern[str]:
    joined = "|".join(regex.escape(word) for word in sorted(listed, key=lambda word: (-len(word), word)))
    return regex.compile(rf"(?<!\p{{L}})(?:{joined})(?!\p{{L}})")


def _words_of(path: Path) -> Iterator[str]:
    return (line.strip() for line in read_lines(path) if len(line.strip()) >= 2)
