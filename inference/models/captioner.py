"""Writes captions for a condition, and says how likely a given caption is.

Many drafts are drawn and the best are kept: those that the model finds likelier for this condition than for any other
(mutual information, Li et al. 2016), likelier among liked captions than among poor ones, and that use the asked words.
Captions are English and lower case inside; words of other scripts in a prompt cannot be used and are left aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import regex
import torch
from tokenizers import Tokenizer

from inference.contract import CaptionScoreOutput
from inference.labels import TONES
from inference.manifest import Manifest
from inference.models.caption_likelihood import Asked, caption_logprobs
from inference.models.caption_nets import build_net
from inference.models.caption_ranker import MODEL_NAME as RANKER_NAME
from inference.models.caption_ranker import CaptionRanker
from inference.models.caption_ranking import by_hand, read_likelihoods, with_ranker
from inference.models.caption_sampling import SamplePlan, sample
from inference.models.caption_tokens import CaptionTokens, Condition
from inference.models.caption_variety import choose_varied
from inference.models.keywords import content_words, mentioned
from inference.models.known_pictures import KnownPictures
from inference.models.language import MAX_TOKENS, CaptionNet
from inference.models.text import clean

__all__ = ["Captioner", "Condition", "Draft"]

MODEL_NAME: Final = "captioner"
TOKENIZER_NAME: Final = "caption-tokens"
PICTURES: Final = "known_pictures"
DRAWN_PER_DRAFT: Final = 5
MIN_DRAWN: Final = 32
TEMPERATURES: Final = (0.5, 0.6, 0.7)
KEYWORD_BONUS: Final = 1.5
MAX_SCORED_TOKENS: Final = 110

_LONE_I: Final = regex.compile(r"\bi\b(?!\.e)")
_ARTICLE: Final = regex.compile(r"(?<!\ban? )\ba (?=([aeio]\p{L}+))(?!eu)")
_SENTENCE: Final = regex.compile(r"(?:^|[.!?]\s+)[\"'(]?\p{Ll}")


@dataclass(frozen=True, slots=True)
class Draft:
    """`lines` has as many lines as boxes were asked for, none empty; higher `score` is better (nats per token)."""

    lines: tuple[str, ...]
    score: float
    tone: str


@dataclass(frozen=True, slots=True)
class _Drawn:
    tokens: list[int]
    boxes: tuple[str, ...]
    tone: str | None


class Captioner:
    """Not safe for concurrent use of one instance by several threads with different seeds of torch; per worker one."""

    def __init__(
        self,
        net: CaptionNet,
        tokens: CaptionTokens,
        known: KnownPictures | None = None,
        ranker: CaptionRanker | None = None,
    ) -> None:
        self.net = net.eval()
        self.tokens = tokens
        self._known = known or KnownPictures(None)
        self._ranker = ranker

    @classmethod
    def load(cls, manifest: Manifest, device: str = "cpu") -> Captioner:
        """With the ranker, where the weights have one."""
        loaded = manifest.load(MODEL_NAME)
        net = build_net(loaded.config)
        tensors = dict(loaded.tensors)
        known = KnownPictures(tensors.pop(PICTURES, None))
        net.load_state_dict(tensors)
        tokenizer = Tokenizer.from_str(manifest.read_bytes(TOKENIZER_NAME).decode())
        ranker = CaptionRanker.load(manifest) if RANKER_NAME in manifest.entries else None
        return cls(net.to(device), CaptionTokens(tokenizer), known, ranker)

    def write(self, condition: Condition, n: int, seed: int | None = None) -> list[Draft]:
        """At most `n` drafts, best first, no two alike; fewer only where the model repeats itself."""
        condition = self.seen(replace(condition, keywords=usable_keywords(condition.keywords)))
        drawn = self._draw(condition, max(MIN_DRAWN, DRAWN_PER_DRAFT * n), seed)
        scores = self._rank(condition, drawn)
        places = choose_varied(scores, [one.boxes for one in drawn], n)
        return [
            Draft(tuple(as_written(box) for box in drawn[at].boxes), scores[at], drawn[at].tone or TONES[0])
            for at in places
        ]

    def seen(self, condition: Condition) -> Condition:
        """As the network is asked: with the learned picture that this one comes near to, or with none."""
        return replace(condition, features=self._known.nearest(condition.features))

    def score(self, condition: Condition, boxes: Sequence[str]) -> CaptionScoreOutput:
        """Log probability of the caption with its box breaks, case not counted; `chars` counts one per break.

        A caption longer than the model reads is scored in pieces, each without sight of the one before.
        """
        return self.scores([(condition, boxes)])[0]

    def scores(self, captions: Sequence[tuple[Condition, Sequence[str]]]) -> list[CaptionScoreOutput]:
        """What `score` says of each, in order, in far less time than one by one."""
        texts = [[clean(box).lower() for box in boxes] for _, boxes in captions]
        asked: list[Asked] = []
        owners: list[int] = []
        for at, ((condition, _), lowered) in enumerate(zip(captions, texts, strict=True)):
            pieces = self._pieces(condition, lowered)
            asked += pieces
            owners += [at] * len(pieces)
        logprobs = caption_logprobs(self.net, asked).double()
        totals = torch.zeros(len(texts), dtype=torch.float64).index_add_(0, torch.tensor(owners), logprobs)
        return [
            CaptionScoreOutput(total, len("\n".join(lowered)))
            for total, lowered in zip(totals.tolist(), texts, strict=True)
        ]

    def _pieces(self, condition: Condition, lowered: Sequence[str]) -> list[Asked]:
        ids = self.tokens.caption(lowered)
        prefix = self.tokens.prefix(condition, None, any_boxes=True)
        room = min(MAX_SCORED_TOKENS, MAX_TOKENS - len(prefix) - 1)
        features = self.seen(condition).features
        return [Asked(prefix, ids[at : at + room], features) for at in range(0, len(ids), room)]

    def _draw(self, condition: Condition, count: int, seed: int | None) -> list[_Drawn]:
        tones = _tones(condition.tone, count)
        captions = sample(
            self.net,
            self.tokens,
            SamplePlan(
                prefixes=[self.tokens.prefix(replace(condition, tone=tone), "liked") for tone in tones],
                temperatures=[TEMPERATURES[at % len(TEMPERATURES)] for at in range(count)],
                features=condition.features,
                boxes=condition.boxes,
                seed=seed,
                once=frozenset(token for word in self.tokens.words(condition.keywords) for token in word),
            ),
        )
        drawn = [_Drawn(ids, self.tokens.boxes(ids), tone) for ids, tone in zip(captions, tones, strict=True)]
        return [one for one in drawn if all(_is_readable(box) for box in one.boxes)] or drawn[:1]

    def _rank(self, condition: Condition, drawn: Sequence[_Drawn]) -> list[float]:
        """What the ranker thinks of them, or else the hand-made sum, and the share of the keywords that they use."""
        captions = [one.boxes for one in drawn]
        likelihoods = read_likelihoods(self.net, self.tokens, [(condition, one.tokens) for one in drawn])
        if self._ranker is None:
            ranks = by_hand(likelihoods, captions)
        else:
            ranks = with_ranker(likelihoods, captions, self._ranker.rank(likelihoods, captions))
        used = [mentioned(condition.keywords, " ".join(one.boxes)) for one in drawn]
        shares = torch.tensor(used) / max(1, len(condition.keywords))
        return [float(value) for value in ranks + KEYWORD_BONUS * shares]


def usable_keywords(keywords: Sequence[str]) -> tuple[str, ...]:
    """The words among `keywords` (words or phrases) that the captioner can be asked to use."""
    return tuple(dict.fromkeys(word for keyword in keywords for word in content_words(keyword)))


def as_written(box: str) -> str:
    """Capitals where English writes them, sentence beginnings and "I", and "an" before a vowel."""
    box = _ARTICLE.sub(lambda found: "an " if content_words(found[1]) else found[0], box)
    return _SENTENCE.sub(lambda found: found[0].upper(), _LONE_I.sub("I", box))


def _tones(asked: str | None, count: int) -> list[str | None]:
    """The asked tone for every draft; where none is asked, half the drafts are free and the others take turns."""
    if asked is not None:
        return [asked] * count
    return [TONES[(at // 2) % len(TONES)] if at % 2 else None for at in range(count)]


def _is_readable(box: str) -> bool:
    return any(char.isalnum() for char in box) and box.isprintable() and "\ufffd" not in box
