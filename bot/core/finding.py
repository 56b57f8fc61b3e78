"""Finding templates by what people type: the chat's own first, then all others, by names in any language."""

from __future__ import annotations

from dataclasses import replace

from bot.core.asking import Ask, Services
from bot.core.drawing import CHAT_PREFIX
from bot.core.errors import Refusal
from bot.core.texts import say, say_template
from bot.core.values import TemplateChoice
from bot.core.words import plain_line

MAX_TYPED_CHARS = 60


async def find_name(services: Services, ask: Ask, typed: str) -> str:
    """The template that somebody means by a name or the beginning of one; a `Refusal` when there is none."""
    if typed in services.templates or typed.startswith(CHAT_PREFIX):
        return typed
    found = await suggest(services, ask, typed)
    if not found:
        raise Refusal("templates.none_found", typed=plain_line(typed)[:MAX_TYPED_CHARS])
    return found[0].name


async def suggest(services: Services, ask: Ask, typed: str) -> tuple[TemplateChoice, ...]:
    """Templates that match what was typed so far, the chat's own first; all of them for an empty text."""
    wanted = typed.strip().casefold()
    own = [choice for choice in await list_own(services, ask) if wanted in choice.title.casefold()]
    known = [in_words(services.templates[name], ask.language) for name in services.search(typed)]
    told = {choice.name for choice in known}
    if wanted:  # names in the person's own language, which the catalogue does not know
        every = (in_words(choice, ask.language) for choice in services.templates.values())
        known += [choice for choice in every if choice.name not in told and wanted in choice.title.casefold()]
    return (*own, *known)


async def list_own(services: Services, ask: Ask) -> tuple[TemplateChoice, ...]:
    """The chat's own templates as choices, by name, without their pictures."""
    names = await services.store.chat_templates.names(ask.place.platform, ask.place.chat_id)
    hint = say(ask.language, "templates.own")
    return tuple(TemplateChoice(name=f"{CHAT_PREFIX}{each_id}", title=name, hint=hint) for each_id, name in names)


def in_words(choice: TemplateChoice, language: str) -> TemplateChoice:
    """A template with its title and use in a language, where there are words for them."""
    words = say_template(language, choice.name)
    return replace(choice, title=words[0], hint=words[1]) if words else choice
