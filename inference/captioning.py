"""From a picture or a prompt to candidates: find something to write on, write, keep only what is fit to post.

Knows the caption model, the flag model and the templates; knows nothing of decoding, rendering or batches.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import torch

from inference.contract import Candidate, CaptionRequest, Layout
from inference.errors import ModelError, Unsupported
from inference.experts import Experts, Subject
from inference.expressing import choose_tone
from inference.imaging import decode_picture
from inference.models.captioner import Draft
from inference.models.keywords import content_words
from inference.models.loaded import LoadedModels
from inference.render import choose_layout
from inference.sight import Frame, Sight
from inference.templates.catalogue import Catalogue, Template, read_picture

MAX_ROUNDS: Final = 3
MAX_TEMPLATES: Final = 4
MAX_KEYWORDS: Final = 4
LEAST_LIKENESS: Final = 0.002


@dataclass(frozen=True, slots=True)
class Canvas:
    """Something to write on: a template of ours, or (None) the asker's own picture, its boxes and its features (D,).

    `frame` is the picture itself; for a template it is there only where the caption model wants to see it.
    """

    template: str | None
    layout: Layout
    boxes: int
    features: torch.Tensor | None
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """Candidates, best first, the words they were to be about, and how many drafts the flag model held back."""

    candidates: tuple[Candidate, ...]
    keywords: tuple[str, ...]
    withheld: int


class CaptionWriter:
    """Writes candidates with the models and templates it is given; the same seed gives the same answer."""

    def __init__(self, models: LoadedModels, experts: Experts, catalogue: Catalogue, sight: Sight) -> None:
        self._models = models
        self._experts = experts
        self._catalogue = catalogue
        self._sight = sight

    def write(self, request: CaptionRequest, frame: Frame | None) -> Written:
        """Up to `request.n` candidates; raises ModelError where nothing fit to post came out of several rounds."""
        rng = random.Random(request.seed)
        request = self._with_tone(request, frame)
        keywords = self._keywords(request, frame)
        canvases = self._canvases(request, frame, rng)
        kept: list[tuple[Canvas, Draft]] = []
        withheld = 0
        for _ in range(MAX_ROUNDS):
            drafts = self._drafts(canvases, request, keywords, rng)
            fit = self._fit_to_post(drafts, request.hold_back_from)
            withheld += len(drafts) - len(fit)
            kept = _without_repeats([*kept, *fit])
            if len(kept) >= request.n:
                break
        if not kept:
            raise ModelError("Nothing came to mind that is fit to post; try another picture or other words.")
        candidates = tuple(_to_candidate(canvas, draft) for canvas, draft in _spread(kept)[: request.n])
        return Written(candidates, keywords, withheld)

    def _with_tone(self, request: CaptionRequest, frame: Frame | None) -> CaptionRequest:
        """A photo of a person sets the tone, unless one is asked for, or the joke is a template's."""
        if request.tone is not None or frame is None or request.template is not None:
            return request
        return replace(request, tone=choose_tone(self._sight.express(frame)))

    def _keywords(self, request: CaptionRequest, frame: Frame | None) -> tuple[str, ...]:
        words = tuple(content_words(request.prompt))
        if frame is not None and not words:
            features = self._sight.embed(frame).features
            words = tuple(word for word, _ in self._models.objects.name(features))
        return words[:MAX_KEYWORDS]

    def _canvases(self, request: CaptionRequest, frame: Frame | None, rng: random.Random) -> list[Canvas]:
        if request.template is not None:
            return [self._canvas_of(self.template(request.template), rng)]
        if frame is not None:
            return self._own_picture(frame, rng, len(request.boxes))
        return [self._canvas_of(template, rng) for template in self._choose(request, rng)]

    def _own_picture(self, frame: Frame, rng: random.Random, boxes: int) -> list[Canvas]:
        """Ways to write on the asker's picture: in its `boxes` where it has some, else as what it is recognised for."""
        known = self._recognise(frame)
        ours = self._catalogue.get(known) if known else None
        if ours is not None and not boxes:
            return [self._canvas_of(ours, rng)]
        features = self._look_of_known(known, frame)
        if boxes:
            return [Canvas(None, Layout.TEMPLATE, boxes, features, frame)]
        return [
            Canvas(None, Layout.TOP_BOTTOM, 2, features, frame),
            Canvas(None, Layout.BAR, 1, features, frame),
        ]

    def look_at(self, frame: Frame) -> torch.Tensor:
        """Features of the bare template that a picture is recognised as, whatever is written on it; else its own."""
        return self._look_of_known(self._recognise(frame), frame)

    def _look_of_known(self, known: str | None, frame: Frame) -> torch.Tensor:
        features = self._models.index.features_of(known) if known else None
        return self._sight.embed(frame).features if features is None else features

    def _recognise(self, frame: Frame) -> str | None:
        return self._models.index.recognise(self._sight.embed(frame).template).name

    def template(self, name: str) -> Template:
        """Look a template up by name or alias; raises Unsupported with a suggestion."""
        found = self._catalogue.get(name)
        if found is None:
            near = ", ".join(template.name for template in self._catalogue.search(name)[:3])
            hint = f"did you mean {near}?" if near else "see the list of templates."
            raise Unsupported(f'There is no template called "{name}"; {hint}')
        return found

    def _canvas_of(self, template: Template, rng: random.Random) -> Canvas:
        frame = _blank(template) if self._experts.captioner.needs_pictures else None
        return Canvas(template.name, Layout.TEMPLATE, len(template.boxes), self.look_of(template, rng), frame)

    def look_of(self, template: Template, rng: random.Random | None = None) -> torch.Tensor | None:
        """Features of one of the well-known templates that share this one's joke: the first, or one drawn by `rng`."""
        known = [self._models.index.features_of(name) for name in template.like]
        looks = [features for features in known if features is not None]
        if not looks:
            return None
        return looks[0] if rng is None else rng.choice(looks)

    def _choose(self, request: CaptionRequest, rng: random.Random) -> list[Template]:
        """Templates whose usual captions sound like the prompt, drawn by that likeness.

        Weighted sampling without replacement (Efraimidis and Spirakis 2006): the largest u ** (1 / weight) win.
        """
        likeness = _likeness(self._catalogue, self._models.chooser.rank(request.prompt))
        keys = {name: rng.random() ** (1 / (score + LEAST_LIKENESS)) for name, score in likeness.items()}
        best = sorted(self._catalogue, key=lambda template: keys[template.name], reverse=True)
        return best[: max(1, min(MAX_TEMPLATES, request.n))]

    def _drafts(
        self, canvases: Sequence[Canvas], request: CaptionRequest, keywords: tuple[str, ...], rng: random.Random
    ) -> list[tuple[Canvas, Draft]]:
        share = -(-request.n // len(canvases))
        drafts: list[tuple[Canvas, Draft]] = []
        for canvas in canvases:
            subject = Subject(
                frame=canvas.frame,
                features=canvas.features,
                keywords=keywords,
                tone=request.tone,
                boxes=canvas.boxes,
            )
            written = self._experts.captioner.write(subject, share, rng.getrandbits(32))
            drafts += [(canvas, draft) for draft in written]
        return drafts

    def _fit_to_post(self, drafts: Sequence[tuple[Canvas, Draft]], hold_back_from: float) -> list[tuple[Canvas, Draft]]:
        check = self._experts.self_check
        return [pair for pair in drafts if check.score("\n".join(pair[1].lines)) < hold_back_from]


def _likeness(catalogue: Catalogue, ranks: Mapping[str, float]) -> dict[str, float]:
    return {template.name: max((ranks.get(name, 0.0) for name in template.like), default=0.0) for template in catalogue}


def _blank(template: Template) -> Frame:
    return Frame(template.name, decode_picture(read_picture(template), max_frames=1).first)


def _without_repeats(pairs: Iterable[tuple[Canvas, Draft]]) -> list[tuple[Canvas, Draft]]:
    seen: dict[tuple[str, ...], tuple[Canvas, Draft]] = {}
    for canvas, draft in pairs:
        seen.setdefault(tuple(line.casefold() for line in draft.lines), (canvas, draft))
    return list(seen.values())


def _spread(pairs: Sequence[tuple[Canvas, Draft]]) -> list[tuple[Canvas, Draft]]:
    """Best first, but each canvas once before any comes twice, so that the next candidate looks different."""
    turns: dict[tuple[str | None, Layout], int] = defaultdict(int)
    ranked = []
    for canvas, draft in sorted(pairs, key=lambda pair: -pair[1].score):
        key = (canvas.template, canvas.layout)
        ranked.append((turns[key], (canvas, draft)))
        turns[key] += 1
    return [pair for _, pair in sorted(ranked, key=lambda row: row[0])]


def _to_candidate(canvas: Canvas, draft: Draft) -> Candidate:
    layout = choose_layout(draft.lines) if canvas.layout is Layout.TOP_BOTTOM else canvas.layout
    return Candidate(lines=draft.lines, template=canvas.template, layout=layout, tone=draft.tone, score=draft.score)
