"""Counts words of politics and of social media in a text, however a reader has run them together.

The lists hold what stays true from one year and country to the next, beside names of politicians known worldwide, so
that a genre does not hang on the topics of the memes it was learned from. Knows no genre and no picture.
"""

from __future__ import annotations

import math
import re
from typing import Final

from inference.models.text import fold

TOPIC_WIDTH: Final = 10

# Found anywhere in a text, also inside words that a reader has joined ("DONALDTRUMP"): long enough to be unmistakable.
PERSONS: Final = (
    "trump(?!et)", "biden", "hillary", "clinton", "obama", "sanders(?!on)", "kamala", "pelosi", "mcconnell",
    "romney", "reagan", "giuliani", "desantis", "schumer", "kavanaugh", "comey", "fauci", "newsom", "cuomo",
    "ocasio", "putin", "zelensk", "boris ?johnson", "theresa ?may", "corbyn", "farage", "starmer", "macron",
    "merkel", "trudeau", "netanyahu", "erdogan", "bolsonaro", "modi ?ji", "narendra", "kejriwal", "rahul ?gandhi",
    "xi ?jinping", "kim ?jong", "duterte", "stalin", "hitler", "lenin", "karl ?marx", "churchill",
    "margaret ?thatcher", "윤석열", "이재명", "문재인", "박근혜", "이명박", "노무현", "김정은", "트럼프", "바이든",
    "푸틴", "시진핑",
)  # fmt: skip
POLITICS: Final = (
    "republican", "democrat", "libertarian", "president", "senat(?:e|or)", "congress", "parliament", "governor",
    "government", "politic", "election", "candidate", "ballot", "impeach", "communis", "socialis", "capitalis",
    "fascis", "conservative", "liberals?\\b", "left ?wing", "right ?wing", "far ?right", "leftist", "antifa",
    "white ?house", "brexit", "immigra", "border ?wall", "gun ?control", "amendment", "abortion", "tax(?:es|payer)",
    "foreign ?policy", "prime ?minister", "minister of", "dictator", "democracy", "propaganda", "patriot(?!s\\b)",
    "maga\\b", "make america", "supreme ?court", "constitution", "feminis", "black lives", "blm\\b", "nato\\b",
    "european union", "united nations", "stimulus", "lobby", "sanction", "welfare", "regime", "corrupt", "대통령",
    "국회", "정부", "정치", "선거", "투표", "민주당", "국민의힘", "여당", "야당", "탄핵", "공산", "좌파", "우파",
)  # fmt: skip
# Whole words: too short, or part of too many others, to be looked for inside.
SHORT: Final = (
    "vote", "votes", "voted", "voter", "voters", "voting", "gop", "dnc", "potus", "nra", "cnn", "msnbc", "bernie",
    "cruz", "pence", "aoc", "bush", "modi", "bjp", "tories", "tory", "labour", "nazi", "nazis", "putin", "commie",
    "libs", "mayor", "campaign", "treaty", "regulation", "policy", "policies", "law", "laws", "rights", "tax",
)  # fmt: skip
SOCIAL: Final = (
    "retweet", "twitter for", "\\bvia @", "replying to", "\\blikes?\\b", "\\bcomments?\\b", "\\bshares?\\b",
    "\\breply\\b", "upvote", "posted (?:by|in)", "\\br/\\w", "\\bu/\\w", "hours? ago", "\\bago\\b", "followers?",
    "subscribe", "views\\b", "\\bdelivered\\b", "\\bread \\d", "imessage", "whatsapp", "tumblr", "reddit",
    "facebook", "instagram", "tweet", "좋아요", "댓글", "공유", "팔로우", "리트윗",
)  # fmt: skip
VIDEO: Final = (
    "tiktok", "youtube", "subscribe", "\\bviews\\b", "watch(?:ing)? (?:this|video)", "breaking ?news", "\\blive\\b",
    "episode", "\\d:\\d\\d ?/ ?\\d", "reaction", "compilation", "구독", "조회수", "속보",
)  # fmt: skip
META: Final = (
    "meme", "wholesome", "here'?s a", "you are loved", "have a (?:nice|good|great) day", "not a joke", "irony",
)  # fmt: skip

_LONG: Final = {name: re.compile("|".join(words)) for name, words in (("person", PERSONS), ("politics", POLITICS))}
_SHORT: Final = re.compile(rf"\b(?:{'|'.join(SHORT)})\b")
_OTHERS: Final = tuple(re.compile("|".join(words)) for words in (SOCIAL, VIDEO, META))
_WORD: Final = re.compile(r"\w+")


def topic_features(text: str) -> list[float]:
    """TOPIC_WIDTH numbers of about 0..2: how many words of each list, and which share of all words are political."""
    folded = fold(text)
    plain = text.casefold()
    persons, politics = (set(_LONG[name].findall(folded)) for name in ("person", "politics"))
    short = set(_SHORT.findall(folded))
    found = len(persons) + len(politics) + len(short)
    words = max(1, len(_WORD.findall(folded)))
    return [
        float(bool(persons)),
        math.log1p(len(persons)),
        float(bool(politics)),
        math.log1p(len(politics)),
        math.log1p(len(short)),
        math.log1p(found),
        min(1.0, found / words * 4),
        *(math.log1p(len(pattern.findall(plain))) for pattern in _OTHERS),
    ]
