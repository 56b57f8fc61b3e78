"""`/templates`: look through all of them with a preview, make a meme on one, and keep the chat's own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from bot.core.asking import Ask, Services
from bot.core.commands import Feature
from bot.core.drawing import CHAT_PREFIX
from bot.core.errors import Refusal
from bot.core.finding import find_name, in_words, suggest
from bot.core.making import make_meme
from bot.core.own_templates import (
    MAX_NAME_CHARS,
    Sketch,
    add_own,
    get_own,
    place_boxes,
    preview_sketch,
    remove_own,
    rename_own,
    restore_own,
)
from bot.core.panels import Control, Entry, Field, Form, Menu, Panel, Shot, Style
from bot.core.screens.ids import Part, read_id
from bot.core.texts import say
from bot.core.tickets import Grant
from bot.core.values import Asked, Filled, Incoming, Opened, Press, Pressed, TemplateChoice
from inference.contract import Box, RenderOutput, RenderRequest

PAGE: Final = 20
PRESETS: Final[Mapping[str, tuple[Box, ...]]] = {
    "both": (),
    "top": (Box(0.03, 0.02, 0.94, 0.3),),
    "bottom": (Box(0.03, 0.68, 0.94, 0.3),),
    "sides": (Box(0.02, 0.05, 0.46, 0.9), Box(0.52, 0.05, 0.46, 0.9)),
    "thirds": (Box(0.03, 0.02, 0.94, 0.28), Box(0.03, 0.36, 0.94, 0.28), Box(0.03, 0.70, 0.94, 0.28)),
}


async def open_templates(services: Services, ask: Ask, asked: Asked) -> Opened:
    match asked.action:
        case "add":
            name_id = await add_own(services, ask, Sketch(name=asked.text, picture=asked.picture))
            return await show_template(services, ask, name_id, say(ask.language, "templates.added"))
        case "draw":
            ask.require(Feature.TEMPLATES)
            return _offer_desk(services, ask)
        case _ if asked.text.strip():
            return await show_template(services, ask, await find_name(services, ask, asked.text))
        case _:
            return await show_page(services, ask, 0)


async def press_templates(services: Services, ask: Ask, press: Press) -> Pressed:
    part = read_id(press.custom_id, press.value)
    answer = ANSWERS.get(part.what)
    if answer is None:
        raise Refusal("meme.unknown_button")
    return await answer(services, ask, part)


async def fill_templates(services: Services, ask: Ask, filled: Filled) -> Pressed:
    """A new name."""
    name_id = read_id(filled.form_id).argument
    await rename_own(services, ask, name_id, filled.values[0] if filled.values else "")
    return await show_template(services, ask, name_id, say(ask.language, "templates.renamed"))


async def show_page(services: Services, ask: Ask, page: int) -> Panel:
    """One page of all templates, the chat's own first."""
    language = ask.language
    choices = await suggest(services, ask, "")
    pages = max(1, -(-len(choices) // PAGE))
    page = min(page, pages - 1)
    entries = tuple(
        Entry(choice.name, choice.title, choice.hint) for choice in choices[page * PAGE : (page + 1) * PAGE]
    )
    steps = []
    if page > 0:
        steps.append(Control(f"tpl:list.{page - 1}", say(language, "panel.previous"), emoji="◀"))
    if page < pages - 1:
        steps.append(Control(f"tpl:list.{page + 1}", say(language, "panel.next"), emoji="▶"))
    return Panel(
        title=say(language, "templates.title"),
        text=say(language, "templates.about", count=len(choices)),
        rows=(Menu("tpl:show", say(language, "templates.choose"), entries), *((tuple(steps),) if steps else ())),
    )


async def show_template(services: Services, ask: Ask, name: str, note: str = "") -> Panel:
    """One template as it looks with words on it, and what can be done with it."""
    language = ask.language
    make = Control(f"tpl:make.{name}", say(language, "templates.make"), emoji="🎨", style=Style.PRIMARY)
    back = Control("tpl:list", say(language, "panel.back"), emoji="◀")
    if not name.startswith(CHAT_PREFIX):
        known = services.templates.get(name)
        if known is None:
            raise Refusal("templates.gone")
        choice = in_words(known, language)
        drawn = await _draw_known(services, ask, choice)
        return Panel(title=choice.title, text=choice.hint, rows=((make, back),), shot=_shot(drawn))
    own = await get_own(services, ask, name)
    lines = tuple(say(language, "templates.line", number=number) for number in range(1, len(own.boxes) + 1))
    sketch = Sketch(name=own.name, boxes=own.boxes)
    drawn = await _draw_own(services, ask, sketch, lines, name)
    keep = _keeping(services, ask, name) if ask.allows(Feature.TEMPLATES) else ()
    return Panel(title=own.name, text=note, rows=((make, back), *keep), shot=_shot(drawn))


def _keeping(services: Services, ask: Ask, name_id: str) -> tuple[tuple[Control, ...] | Menu, ...]:
    language = ask.language
    buttons = [
        Control(f"tpl:name.{name_id}", say(language, "templates.rename"), emoji="✏️"),
        Control(f"tpl:drop.{name_id}", say(language, "templates.remove"), emoji="🗑", style=Style.DANGER),
    ]
    link = _desk_link(services, ask, name_id)
    if link:
        buttons.insert(0, Control("", say(language, "templates.draw"), emoji="📐", url=link))
    presets = tuple(Entry(each, say(language, f"templates.preset_{each}")) for each in PRESETS)
    return tuple(buttons), Menu(f"tpl:boxes.{name_id}", say(language, "templates.presets"), presets)


def _offer_desk(services: Services, ask: Ask) -> Panel:
    """The page where boxes are drawn; where nobody can reach it, what else can be done."""
    language, link = ask.language, _desk_link(services, ask, "")
    if not link:
        raise Refusal("templates.no_page")
    return Panel(
        title=say(language, "templates.draw"),
        text=say(language, "templates.draw_about"),
        rows=((Control("", say(language, "templates.draw_open"), emoji="📐", style=Style.PRIMARY, url=link),),),
    )


def _desk_link(services: Services, ask: Ask, name_id: str) -> str:
    room = services.options.room_url.rstrip("/")
    if not room or services.tickets is None:
        return ""
    grant = Grant(ask.place.platform, ask.place.chat_id, ask.person.id, ask.language, name_id)
    return f"{room}/boxes/{services.tickets.issue(grant)}"


async def _draw_known(services: Services, ask: Ask, choice: TemplateChoice) -> RenderOutput | None:
    try:
        result = await services.ask(RenderRequest(lines=choice.example, template=choice.name), ask)
    except Refusal:
        return None
    return result.output if isinstance(result.output, RenderOutput) else None


async def _draw_own(
    services: Services, ask: Ask, sketch: Sketch, lines: tuple[str, ...], name_id: str
) -> RenderOutput | None:
    try:
        return await preview_sketch(services, ask, sketch, lines, name_id)
    except Refusal:
        return None


def _shot(drawn: RenderOutput | None) -> Shot | None:
    return Shot(drawn.picture, drawn.media_type, drawn.alt_text) if drawn else None


async def _press_list(services: Services, ask: Ask, part: Part) -> Pressed:
    number = part.argument
    return await show_page(services, ask, int(number) if number.isdecimal() and len(number) < 5 else 0)


async def _press_show(services: Services, ask: Ask, part: Part) -> Pressed:
    return await show_template(services, ask, part.value)


async def _press_make(services: Services, ask: Ask, part: Part) -> Pressed:
    return await make_meme(services, ask, Incoming(person=ask.person, place=ask.place, template=part.argument))


async def _press_name(services: Services, ask: Ask, part: Part) -> Pressed:
    ask.require(Feature.TEMPLATES)
    own = await get_own(services, ask, part.argument)
    return Form(
        form_id=f"tpl:name.{part.argument}",
        title=say(ask.language, "templates.rename"),
        fields=(Field(say(ask.language, "templates.name"), own.name, MAX_NAME_CHARS, required=True),),
    )


async def _press_boxes(services: Services, ask: Ask, part: Part) -> Pressed:
    if part.value not in PRESETS:
        raise Refusal("meme.unknown_button")
    await place_boxes(services, ask, part.argument, PRESETS[part.value])
    return await show_template(services, ask, part.argument, say(ask.language, "templates.moved"))


async def _press_drop(services: Services, ask: Ask, part: Part) -> Pressed:
    await remove_own(services, ask, part.argument)
    own = await get_own(services, ask, part.argument)
    language = ask.language
    undo = Control(f"tpl:back.{part.argument}", say(language, "panel.undo"), emoji="↩", style=Style.PRIMARY)
    back = Control("tpl:list", say(language, "panel.back"), emoji="◀")
    return Panel(title=own.name, text=say(language, "templates.removed", name=own.name), rows=((undo, back),))


async def _press_back(services: Services, ask: Ask, part: Part) -> Pressed:
    await restore_own(services, ask, part.argument)
    return await show_template(services, ask, part.argument, say(ask.language, "templates.restored"))


ANSWERS: Final[Mapping[str, Callable[[Services, Ask, Part], Awaitable[Pressed]]]] = {
    "list": _press_list,
    "show": _press_show,
    "make": _press_make,
    "name": _press_name,
    "boxes": _press_boxes,
    "drop": _press_drop,
    "back": _press_back,
}
