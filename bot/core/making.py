"""Making memes: ask for candidates, store them, show the best; show the next; show one with a person's own words.

Knows candidates and pictures as bytes; never looks inside a picture.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.core.actions import EMOJI, Action, Button, encode_press
from bot.core.asking import Services
from bot.core.errors import Refusal
from bot.core.ports import Progress, Source, StoredCandidate
from bot.core.texts import say
from bot.core.values import Edited, Incoming, Meme, Person, Picture, Place, Press, Votes
from inference.contract import (
    BY_A_PERSON,
    Candidate,
    CaptionOutput,
    CaptionRequest,
    FlagOutput,
    FlagRequest,
    RenderOutput,
    RenderRequest,
    Verdict,
)

MAX_PROMPT_CHARS: Final = 400
MAX_LINE_CHARS: Final = 160
MAX_CANDIDATES: Final = 8


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks where, and whom to tell while it takes."""

    person: Person
    place: Place
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A candidate as it is about to be shown."""

    candidate_id: str
    candidate: Candidate
    drawn: RenderOutput
    votes: Votes
    note: str = ""
    replaces: bool = False


async def make_meme(services: Services, incoming: Incoming, progress: Progress) -> Meme:
    services.admit(incoming.person)
    source = Source(
        picture=incoming.picture,
        text=incoming.text.strip()[:MAX_PROMPT_CHARS],
        template=incoming.template,
        tone=incoming.tone,
        n=max(1, min(incoming.n or services.options.candidates, MAX_CANDIDATES)),
    )
    return build_meme(await propose(services, Ask(incoming.person, incoming.place, progress), source), incoming.person)


async def propose(services: Services, ask: Ask, source: Source) -> Shown:
    """Have new candidates written, keep them all, and return the best one."""
    image = await services.read(source.picture) if source.picture else None
    request = CaptionRequest(
        image=image,
        prompt=source.text,
        template=source.template,
        tone=source.tone,
        n=source.n,
        seed=secrets.randbits(31),
    )
    result = await services.ask(request, ask.person, ask.progress)
    output = result.output
    if not isinstance(output, CaptionOutput) or not output.candidates:
        raise Refusal("meme.none_fit")
    ids = await keep(services, ask, source, output.candidates, result.model)
    return Shown(candidate_id=ids[0], candidate=output.candidates[0], drawn=output.meme, votes=Votes(ids[0]))


async def keep(
    services: Services, ask: Ask, source: Source, candidates: Sequence[Candidate], model: str
) -> tuple[str, ...]:
    """Store candidates as one new request of whoever asks, and remember what they were made from."""
    request_id = uuid.uuid4().hex
    services.sources.remember(request_id, source)
    return await services.store.candidates.add(
        platform=ask.place.platform,
        chat_id=ask.place.chat_id,
        asked_by=ask.person.id,
        request_id=request_id,
        model=model,
        candidates=candidates,
    )


async def next_meme(services: Services, press: Press, stored: StoredCandidate, progress: Progress) -> Meme:
    """The next stored candidate, or, after the last, the best of a fresh batch.

    Whoever asked sees it in place; anybody else gets a meme, and a row of candidates, of their own.
    """
    services.admit(press.person)
    ask = Ask(press.person, press.place, progress)
    source = source_of(services, stored, press.picture)
    siblings = await services.store.candidates.of_request(stored.request_id)
    rest = [sibling for sibling in siblings if sibling.rank > stored.rank]
    own = is_asker(stored, press.person)
    if not rest:
        shown = await propose(services, ask, source)
    elif own:
        shown = await _show_stored(services, ask, source, rest[0])
    else:
        drawn = await draw(services, ask, source, rest[0].candidate)
        candidates = [sibling.candidate for sibling in rest]
        ids = await keep(services, ask, source, candidates, rest[0].model)
        shown = Shown(candidate_id=ids[0], candidate=candidates[0], drawn=drawn, votes=Votes(ids[0]))
    note = "" if own else say(press.person.language, "meme.note_again", name=press.person.name)
    return build_meme(replace(shown, note=note, replaces=own), press.person)


async def edit_meme(services: Services, edited: Edited, stored: StoredCandidate, progress: Progress) -> Meme:
    """The same picture with a person's words, after the flag model has read them; it becomes a candidate of its own."""
    services.admit(edited.person)
    ask = Ask(edited.person, edited.place, progress)
    lines = tuple(" ".join(line.split()) for line in edited.lines)[: max(len(stored.candidate.lines), 1)]
    if not any(lines):
        raise Refusal("edit.empty")
    if any(len(line) > MAX_LINE_CHARS for line in lines):
        raise Refusal("edit.too_long", max_chars=MAX_LINE_CHARS)
    await _refuse_offence(services, ask, lines)
    source = source_of(services, stored, edited.picture)
    candidate = replace(stored.candidate, lines=lines)
    drawn = await draw(services, ask, source, candidate)
    ids = await keep(services, ask, source, (candidate,), BY_A_PERSON)
    shown = Shown(
        candidate_id=ids[0],
        candidate=candidate,
        drawn=drawn,
        votes=Votes(ids[0]),
        note=say(edited.person.language, "meme.note_edited", name=edited.person.name),
        replaces=is_asker(stored, edited.person),
    )
    return build_meme(shown, edited.person)


async def draw(services: Services, ask: Ask, source: Source, candidate: Candidate) -> RenderOutput:
    """Put a candidate's lines on its picture; a `Refusal` when the picture is gone and no template stands in for it."""
    image = await services.read(source.picture) if source.picture else None
    if image is None and candidate.template is None:
        raise Refusal("picture.gone")
    request = RenderRequest(lines=candidate.lines, image=image, template=candidate.template, layout=candidate.layout)
    result = await services.ask(request, ask.person, ask.progress)
    if not isinstance(result.output, RenderOutput):
        raise Refusal("failure.model_error")
    return result.output


def source_of(services: Services, stored: StoredCandidate, picture: Picture | None) -> Source:
    """What a candidate was made from: as remembered, with the front end's picture if it has one, else the template."""
    known = services.sources.recall(stored.request_id)
    if known is None:
        known = Source(template=stored.candidate.template, tone=stored.candidate.tone, n=services.options.candidates)
        if picture is None and stored.candidate.template is None:
            raise Refusal("picture.gone")
    return replace(known, picture=picture) if picture else known


def is_asker(stored: StoredCandidate, person: Person) -> bool:
    return (stored.platform, stored.asked_by) == (person.platform, person.id)


def build_meme(shown: Shown, person: Person) -> Meme:
    drawn = shown.drawn
    lines = " / ".join(line for line in shown.candidate.lines if line)
    return Meme(
        candidate_id=shown.candidate_id,
        lines=shown.candidate.lines,
        template=shown.candidate.template,
        picture=drawn.picture,
        media_type=drawn.media_type,
        width=drawn.width,
        height=drawn.height,
        alt_text=drawn.alt_text or say(person.language, "meme.alt", lines=lines),
        asked_by=person.id,
        votes=shown.votes,
        buttons=tuple(_button(action, shown.candidate_id, person) for action in Action),
        note=shown.note,
        replaces=shown.replaces,
    )


def _button(action: Action, candidate_id: str, person: Person) -> Button:
    return Button(
        custom_id=encode_press(action, candidate_id),
        action=action,
        emoji=EMOJI[action],
        label=say(person.language, f"button.{action.value}"),
        only_for=person.id if action is Action.DELETE else None,
    )


async def _show_stored(services: Services, ask: Ask, source: Source, stored: StoredCandidate) -> Shown:
    drawn = await draw(services, ask, source, stored.candidate)
    tally = await services.store.votes.tally(stored.id)
    mine = await services.store.votes.of(stored.id, ask.person.platform, ask.person.id)
    return Shown(
        candidate_id=stored.id,
        candidate=stored.candidate,
        drawn=drawn,
        votes=Votes(stored.id, tally.up, tally.down, mine),
    )


async def _refuse_offence(services: Services, ask: Ask, lines: tuple[str, ...]) -> None:
    options = services.options
    request = FlagRequest(
        text=" ".join(line for line in lines if line),
        unsure_from=options.unsure_from,
        offensive_from=options.offensive_from,
    )
    try:
        result = await services.ask(request, ask.person, ask.progress)
    except Refusal as refusal:
        raise Refusal("edit.unchecked") from refusal
    if not isinstance(result.output, FlagOutput):
        raise Refusal("edit.unchecked")
    if result.output.verdict is Verdict.OFFENSIVE:
        raise Refusal("edit.offensive")
