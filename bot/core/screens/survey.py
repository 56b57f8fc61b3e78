"""`/survey`: which phrases are you laughing at? Kept with consent, and used as prompts of memes without words.

Whoever sends the form has read, in its question, what becomes of the answer; nothing is kept before.
"""

from __future__ import annotations

from typing import Final

from bot.core.asking import Ask, Services
from bot.core.commands import Feature
from bot.core.errors import Refusal
from bot.core.making import offends
from bot.core.panels import Control, Field, Form, Panel, Style
from bot.core.texts import say
from bot.core.values import Asked, Filled, Notice, Opened, Press, Pressed

MAX_PHRASE_CHARS: Final = 140
MAX_PHRASES: Final = 500


async def open_survey(services: Services, ask: Ask, _asked: Asked) -> Opened:
    """The question; words typed behind the command are not an answer yet, since nobody has agreed to anything."""
    ask.require(Feature.SURVEY)
    language = ask.language
    count = await services.store.survey.count(ask.place.platform, ask.place.chat_id)
    return Panel(
        title=say(language, "survey.title"),
        text=say(language, "survey.about"),
        facts=((say(language, "survey.count"), str(count)),),
        rows=((Control("surv:give", say(language, "survey.give"), emoji="📝", style=Style.PRIMARY),),),
    )


async def press_survey(_services: Services, ask: Ask, _press: Press) -> Pressed:
    ask.require(Feature.SURVEY)
    language = ask.language
    return Form(
        form_id="surv:give",
        title=say(language, "survey.title"),
        hint=say(language, "survey.consent"),
        fields=(Field(say(language, "survey.field"), max_chars=MAX_PHRASE_CHARS, required=True),),
    )


async def fill_survey(services: Services, ask: Ask, filled: Filled) -> Pressed:
    ask.require(Feature.SURVEY)
    services.admit(ask)
    phrase = " ".join(" ".join(filled.values).split())
    if not phrase:
        raise Refusal("survey.empty")
    if len(phrase) > MAX_PHRASE_CHARS:
        raise Refusal("survey.too_long", most=MAX_PHRASE_CHARS)
    if await offends(services, ask, phrase):
        raise Refusal("survey.offensive")
    place, survey = ask.place, services.store.survey
    if await survey.count(place.platform, place.chat_id) >= MAX_PHRASES:
        raise Refusal("survey.full")
    new = await survey.add(place.platform, place.chat_id, ask.person.id, phrase)
    return Notice(say(ask.language, "survey.thanks" if new else "survey.known"), refusal=False)
