"""`/privacy`: what is stored of a person, for them to see and to erase."""

from __future__ import annotations

from typing import Final

from bot.core.asking import Ask, Services
from bot.core.errors import Refusal
from bot.core.panels import Control, Item, Panel, Style
from bot.core.screens.ids import read_id
from bot.core.stores import PersonRecord
from bot.core.texts import say
from bot.core.values import Asked, Notice, Opened, PlaceKind, Press, Pressed

Listing = dict[str, list[dict[str, object]]]

SHOWN: Final = 8
MAX_TOLD_CHARS: Final = 100


def lay_out(record: PersonRecord) -> Listing:
    """All of it as plain values that JSON can carry: captions asked for, votes (1 or -1) by candidate id, emoji, …"""
    return {
        "captions": [
            {
                "candidate": stored.id,
                "chat": stored.chat_id,
                "lines": list(stored.candidate.lines),
                "template": stored.candidate.template,
                "tone": stored.candidate.tone,
                "written_by": stored.model,
                "picture": stored.picture_ref,
            }
            for stored in record.candidates
        ],
        "votes": [{"candidate": vote.candidate_id, "value": vote.value} for vote in record.votes],
        "reactions": [{"message": message_id, "emoji": emoji} for message_id, emoji in record.reactions],
        "phrases": [{"text": phrase.text} for phrase in record.phrases],
        "templates": [{"name": name} for name in record.templates],
    }


async def open_privacy(services: Services, ask: Ask, _asked: Asked) -> Opened:
    return await show_privacy(services, ask)


async def press_privacy(services: Services, ask: Ask, press: Press) -> Pressed:
    match read_id(press.custom_id).what:
        case "home":
            return await show_privacy(services, ask)
        case "erase":
            return _ask_again(ask)
        case "erase-all":
            return await erase(services, ask)
        case _:
            raise Refusal("meme.unknown_button")


async def erase(services: Services, ask: Ask) -> Notice:
    """Everything of a person; a private chat with them goes whole."""
    await services.store.people.erase(ask.person.platform, ask.person.id)
    if ask.place.kind is PlaceKind.PRIVATE:
        await services.settings.forget(ask.place)
    return Notice(say(ask.language, "privacy.erased"), refusal=False)


async def show_privacy(services: Services, ask: Ask) -> Panel:
    """How much of each kind there is, and the newest of it in words."""
    language = ask.language
    record = await services.store.people.export(ask.person.platform, ask.person.id)
    counts = {
        "captions": len(record.candidates),
        "votes": len(record.votes) + len(record.reactions),
        "phrases": len(record.phrases),
        "templates": len(record.templates),
    }
    erase_all = Control("priv:erase", say(language, "privacy.erase"), emoji="🗑", style=Style.DANGER)
    policy = Control("", say(language, "privacy.policy"), url=services.options.privacy_url)
    controls = ((erase_all,) if any(counts.values()) else ()) + ((policy,) if policy.url else ())
    return Panel(
        title=say(language, "privacy.title"),
        text=say(language, "privacy.about"),
        facts=tuple((say(language, f"privacy.{kind}"), str(count)) for kind, count in counts.items()),
        items=_newest(record),
        rows=(controls,) if controls else (),
    )


def _ask_again(ask: Ask) -> Panel:
    language = ask.language
    return Panel(
        title=say(language, "privacy.erase"),
        text=say(language, "privacy.sure"),
        rows=(
            (
                Control("priv:erase-all", say(language, "privacy.erase_yes"), emoji="🗑", style=Style.DANGER),
                Control("priv:home", say(language, "panel.back"), emoji="◀"),
            ),
        ),
    )


def _newest(record: PersonRecord) -> tuple[Item, ...]:
    captions = [" / ".join(line for line in row.candidate.lines if line) for row in record.candidates[-SHOWN:]]
    phrases = [phrase.text for phrase in record.phrases[-SHOWN:]]
    told = [*(f"🖼 {each}" for each in captions if each), *(f"📝 {each}" for each in phrases)]
    return tuple(Item(each[:MAX_TOLD_CHARS]) for each in told)
