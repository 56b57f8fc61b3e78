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
from bot.core.asking import Ask, Services
from bot.core.chat_settings import MAX_CANDIDATES
from bot.core.commands import Feature
from bot.core.drawing import CHAT_PREFIX, draw, find_base, is_asker, source_of
from bot.core.errors import Refusal
from bot.core.finding import find_name
from bot.core.panels import Field, Form
from bot.core.ports import Source
from bot.core.stores import StoredCandidate
from bot.core.texts import say
from bot.core.values import Filled, Incoming, Meme, Person, Picture, Votes
from inference.contract import (
    BY_A_PERSON,
    Candidate,
    CaptionOutput,
    CaptionRequest,
    FlagOutput,
    FlagRequest,
    RenderOutput,
    Verdict,
)

MAX_PROMPT_CHARS: Final = 400
MAX_LINE_CHARS: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A candidate as it is about to be shown."""

    candidate_id: str
    candidate: Candidate
    drawn: RenderOutput
    votes: Votes
    note: str = ""
    replaces: bool = False


async def make_meme(services: Services, ask: Ask, incoming: Incoming) -> Meme:
    ask.require(Feature.MEME)
    services.admit(ask)
    source = Source(
        picture=incoming.picture,
        text=incoming.text.strip()[:MAX_PROMPT_CHARS],
        template=await find_name(services, ask, incoming.template) if incoming.template else None,
        tone=incoming.tone,
        n=max(1, min(incoming.n or ask.chat.candidates or services.options.candidates, MAX_CANDIDATES)),
    )
    if source.picture or source.text or source.template:
        return build_meme(await propose(services, ask, source), ask.person)
    phrase = await services.store.survey.draw(ask.place.platform, ask.place.chat_id)
    if phrase is None:
        return build_meme(await propose(services, ask, source), ask.person)
    shown = await propose(services, ask, replace(source, text=phrase.text))
    return build_meme(replace(shown, note=say(ask.language, "meme.note_survey")), ask.person)


async def propose(services: Services, ask: Ask, source: Source) -> Shown:
    """Have new candidates written, keep them all, and return the best one."""
    base = await find_base(services, ask, source)
    request = CaptionRequest(
        image=base.image,
        prompt=source.text,
        template=base.template,
        tone=source.tone,
        n=source.n,
        seed=secrets.randbits(31),
        boxes=base.boxes,
        title=base.title,
        hold_back_from=ask.chat.bear(services.options.unsure_from, ask.place),
    )
    result = await services.ask(request, ask)
    output = result.output
    if not isinstance(output, CaptionOutput) or not output.candidates:
        raise Refusal("meme.none_fit")
    candidates = [_on_own_template(candidate, source) for candidate in output.candidates]
    ids = await keep(services, ask, source, candidates, result.model)
    return Shown(candidate_id=ids[0], candidate=candidates[0], drawn=output.meme, votes=Votes(ids[0]))


async def keep(
    services: Services, ask: Ask, source: Source, candidates: Sequence[Candidate], model: str
) -> tuple[str, ...]:
    """Store candidates as one new request of whoever asks, and remember what they were made from."""
    request_id = uuid.uuid4().hex
    services.sources.remember(request_id, source)
    picture = source.picture
    return await services.store.candidates.add(
        platform=ask.place.platform,
        chat_id=ask.place.chat_id,
        asked_by=ask.person.id,
        request_id=request_id,
        model=model,
        candidates=candidates,
        picture_ref=picture.ref if picture and picture.lasting else None,
    )


def _on_own_template(candidate: Candidate, source: Source) -> Candidate:
    """To the models a template of the chat's own is a picture; the stored candidate says which one."""
    own = source.template is not None and source.template.startswith(CHAT_PREFIX)
    return replace(candidate, template=source.template) if own else candidate


async def next_meme(services: Services, ask: Ask, stored: StoredCandidate, picture: Picture | None) -> Meme:
    """The next stored candidate, or, after the last, the best of a fresh batch.

    Whoever asked sees it in place; anybody else gets a meme, and a row of candidates, of their own.
    """
    ask.require(Feature.MEME)
    services.admit(ask)
    source = source_of(services, stored, picture)
    siblings = await services.store.candidates.of_request(stored.request_id)
    rest = [sibling for sibling in siblings if sibling.rank > stored.rank]
    own = is_asker(stored, ask.person)
    if not rest:
        shown = await propose(services, ask, source)
    elif own:
        shown = await _show_stored(services, ask, source, rest[0])
    else:
        drawn = await draw(services, ask, source, rest[0].candidate)
        candidates = [sibling.candidate for sibling in rest]
        ids = await keep(services, ask, source, candidates, rest[0].model)
        shown = Shown(candidate_id=ids[0], candidate=candidates[0], drawn=drawn, votes=Votes(ids[0]))
    note = "" if own else say(ask.language, "meme.note_again", name=ask.person.name)
    return build_meme(replace(shown, note=note, replaces=own), ask.person)


async def edit_meme(services: Services, ask: Ask, stored: StoredCandidate, filled: Filled) -> Meme:
    """The same picture with a person's words, after the flag model has read them; it becomes a candidate of its own."""
    ask.require(Feature.MEME)
    services.admit(ask)
    lines = tuple(" ".join(line.split()) for line in filled.values)[: max(len(stored.candidate.lines), 1)]
    if not any(lines):
        raise Refusal("edit.empty")
    if any(len(line) > MAX_LINE_CHARS for line in lines):
        raise Refusal("edit.too_long", max_chars=MAX_LINE_CHARS)
    if await offends(services, ask, " ".join(line for line in lines if line)):
        raise Refusal("edit.offensive")
    source = source_of(services, stored, filled.picture)
    candidate = replace(stored.candidate, lines=lines)
    drawn = await draw(services, ask, source, candidate)
    ids = await keep(services, ask, source, (candidate,), BY_A_PERSON)
    shown = Shown(
        candidate_id=ids[0],
        candidate=candidate,
        drawn=drawn,
        votes=Votes(ids[0]),
        note=say(ask.language, "meme.note_edited", name=ask.person.name),
        replaces=is_asker(stored, ask.person),
    )
    return build_meme(shown, ask.person)


def edit_form(stored: StoredCandidate, language: str) -> Form:
    """One field per line of the meme, filled with the present words."""
    lines = stored.candidate.lines or ("",)
    return Form(
        form_id=encode_press(Action.EDIT, stored.id),
        title=say(language, "edit.title"),
        hint=say(language, "edit.hint"),
        fields=tuple(
            Field(say(language, "edit.line", number=number), line, MAX_LINE_CHARS)
            for number, line in enumerate(lines, 1)
        ),
    )


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


async def offends(services: Services, ask: Ask, text: str) -> bool:
    """Whether a person's words are too much for this chat; a `Refusal` where they cannot be judged now."""
    options = services.options
    offensive_from = ask.chat.bear(options.offensive_from, ask.place)
    request = FlagRequest(
        text=text, unsure_from=min(options.unsure_from, offensive_from), offensive_from=offensive_from
    )
    try:
        result = await services.ask(request, ask)
    except Refusal as refusal:
        raise Refusal("edit.unchecked") from refusal
    if not isinstance(result.output, FlagOutput):
        raise Refusal("edit.unchecked")
    return result.output.verdict is Verdict.OFFENSIVE
