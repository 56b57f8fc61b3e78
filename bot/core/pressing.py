"""Answers to buttons and forms, however old or made up: ids are user input, so what they name is checked every time.

A button under a meme acts on the message that shows its candidate and on no other; a screen takes the place of a
screen, never of a meme. Votes alone belong to the candidate in the button, whatever the message shows by then.
"""

from __future__ import annotations

from bot.core.actions import VOTING, Action, decode_press
from bot.core.asking import Ask, Services
from bot.core.commands import Feature
from bot.core.drawing import is_asker
from bot.core.errors import Refusal
from bot.core.making import edit_form, edit_meme, next_meme
from bot.core.screens import FILL, PRESS
from bot.core.stores import StoredCandidate
from bot.core.texts import say
from bot.core.values import Filled, Notice, Press, Pressed, Removed
from bot.core.voting import toggle_vote


async def answer_press(services: Services, ask: Ask, press: Press) -> Pressed:
    prefix, _, rest = press.custom_id.partition(":")
    if prefix == "stop":
        services.stop(rest, ask)
        return Notice(say(ask.language, "working.stopped"), refusal=False)
    if prefix in PRESS:
        if await _shown_by(services, press) is not None:
            raise Refusal("meme.unknown_button")
        return await PRESS[prefix](services, ask, press)
    decoded = decode_press(press.custom_id)
    if decoded is None:
        raise Refusal("meme.unknown_button")
    return await _act(services, ask, press, decoded)


async def answer_form(services: Services, ask: Ask, filled: Filled) -> Pressed:
    prefix, _, candidate_id = filled.form_id.partition(":")
    if prefix == Action.EDIT:
        return await edit_meme(services, ask, await _find(services, candidate_id), filled)
    if prefix in FILL:
        return await FILL[prefix](services, ask, filled)
    raise Refusal("meme.unknown_button")


async def _act(services: Services, ask: Ask, press: Press, decoded: tuple[Action, str]) -> Pressed:
    action, candidate_id = decoded
    if press.message_id is not None and action not in VOTING:
        shown = await _shown_by(services, press)
        if shown != candidate_id:
            raise Refusal("meme.changed" if shown else "meme.gone")
    stored = await _find(services, candidate_id)
    match action:
        case Action.UP | Action.DOWN:
            return await toggle_vote(services, ask, press, candidate_id, 1 if action is Action.UP else -1)
        case Action.NEXT:
            return await next_meme(services, ask, stored, press.picture)
        case Action.EDIT:
            ask.require(Feature.MEME)
            return edit_form(stored, ask.language)
        case Action.DELETE:
            if not (is_asker(stored, ask.person) or ask.person.moderator):
                raise Refusal("meme.delete_not_yours")
            return Removed(candidate_id)


async def _shown_by(services: Services, press: Press) -> str | None:
    """The candidate that the pressed message shows; None where it shows none, or is not known."""
    if press.message_id is None:
        return None
    place = press.place
    meme = await services.store.memes.find(place.platform, place.chat_id, press.message_id)
    return meme.candidate_id if meme else None


async def _find(services: Services, candidate_id: str) -> StoredCandidate:
    stored = await services.store.candidates.get(candidate_id)
    if stored is None:
        raise Refusal("meme.gone")
    return stored
