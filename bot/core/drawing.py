"""What memes are drawn on: the asker's picture, a known template, or one of the chat's own; and drawing on it.

Knows pictures as bytes and never looks inside one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from bot.core.asking import Ask, Services
from bot.core.chat_stores import ChatTemplate
from bot.core.errors import Refusal
from bot.core.ports import Source
from bot.core.stores import StoredCandidate
from bot.core.values import Person, Picture
from inference.contract import Box, Candidate, Layout, RenderOutput, RenderRequest

CHAT_PREFIX: Final = "chat:"
TOP_AND_BOTTOM: Final = (Box(0.03, 0.02, 0.94, 0.28), Box(0.03, 0.70, 0.94, 0.28))


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What to write on, ready for a request: picture bytes, or a template's name, or both; a chat's own with boxes."""

    image: bytes | None = None
    template: str | None = None
    boxes: tuple[Box, ...] = ()
    title: str = ""


async def find_base(services: Services, ask: Ask, source: Source) -> Base:
    """Fetch what a source names; a `Refusal` where it is gone."""
    image = await services.read(source.picture) if source.picture else None
    if source.template is None or not source.template.startswith(CHAT_PREFIX):
        return Base(image=image, template=source.template)
    own = await find_template(services, ask, source.template)
    return Base(image=image or own.picture, boxes=own.boxes or TOP_AND_BOTTOM, title=own.name)


async def find_template(services: Services, ask: Ask, name: str) -> ChatTemplate:
    """A template of the chat by its name "chat:…", removed ones too, as their memes live on; a `Refusal` if unknown."""
    place = ask.place
    found = await services.store.chat_templates.get(place.platform, place.chat_id, name.removeprefix(CHAT_PREFIX))
    if found is None:
        raise Refusal("templates.gone")
    return found


async def draw(services: Services, ask: Ask, source: Source, candidate: Candidate) -> RenderOutput:
    """Put a candidate's lines on its picture; a `Refusal` when the picture is gone and no template stands in for it."""
    base = await find_base(services, ask, replace(source, template=candidate.template))
    if base.image is None and base.template is None:
        raise Refusal("picture.gone")
    request = RenderRequest(
        lines=candidate.lines,
        image=base.image,
        template=base.template,
        layout=candidate.layout,
        boxes=base.boxes,
        title=base.title,
    )
    result = await services.ask(request, ask)
    if not isinstance(result.output, RenderOutput):
        raise Refusal("failure.model_error")
    return result.output


async def copy_picture(services: Services, ask: Ask, picture: Picture) -> RenderOutput:
    """A picture as the renderer writes it: without metadata, in a size and kind that every browser and chat shows."""
    blank = Candidate(lines=(), template=None, layout=Layout.TOP_BOTTOM, tone="neutral", score=0.0)
    return await draw(services, ask, Source(picture=picture), blank)


def source_of(services: Services, stored: StoredCandidate, picture: Picture | None) -> Source:
    """What a candidate was made from: as remembered, with the front end's picture if it has one, else the template."""
    known = services.sources.recall(stored.request_id)
    if known is None:
        picture = picture or _find_again(services, stored)
        known = Source(template=stored.candidate.template, tone=stored.candidate.tone, n=services.options.candidates)
        if picture is None and stored.candidate.template is None:
            raise Refusal("picture.gone")
    return replace(known, picture=picture) if picture else known


def is_asker(stored: StoredCandidate, person: Person) -> bool:
    return (stored.platform, stored.asked_by) == (person.platform, person.id)


def _find_again(services: Services, stored: StoredCandidate) -> Picture | None:
    finder = services.finders.get(stored.platform)
    return finder.find_picture(stored.picture_ref) if finder and stored.picture_ref else None
