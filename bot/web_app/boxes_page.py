"""The page of a chat's templates as HTML: its door, its desk, and the sentence of a visit that is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from bot.core.drawing import TOP_AND_BOTTOM
from bot.core.own_templates import MAX_BOXES, MAX_NAME_CHARS
from bot.core.screens.templates import PRESETS
from bot.core.texts import say, section
from bot.core.values import TemplateChoice
from bot.web_app.page import load_page
from bot.web_app.room import RoomOptions
from bot.web_app.visits import ROOM, Visit, path_of


class BoxesPage:
    """Writes the pages; decides nothing."""

    def __init__(self, options: RoomOptions) -> None:
        self._options = options
        self._desk = load_page("boxes.html")
        self._door = load_page("door.html")

    def door(self, language: str, ticket: str) -> web.Response:
        return self._write_door(language, ticket=ticket)

    def closed(self, language: str, why: str) -> web.Response:
        return self._write_door(language, why=why, status=403)

    def desk(self, visit: Visit, choices: Iterable[TemplateChoice]) -> web.Response:
        language = visit.grant.language
        text = section(language, "boxes")
        settings = {
            "base": visit.path,
            "is_room": visit.path == path_of(ROOM),
            "text": text,
            "templates": [{"name_id": choice.name, "name": choice.title} for choice in choices],
            "open": visit.grant.name_id,
            "presets": _describe_presets(language),
            "max_boxes": MAX_BOXES,
            "max_name": MAX_NAME_CHARS,
            "max_upload_mb": self._options.max_upload_mb,
            "too_large": say(language, "picture.too_large", mb=self._options.max_upload_mb),
        }
        html = self._desk.render(language=language, text=text, settings=settings)
        return web.Response(text=html, content_type="text/html")

    def _write_door(self, language: str, *, ticket: str = "", why: str = "", status: int = 200) -> web.Response:
        text = section(language, "boxes")
        html = self._door.render(language=language, text=text, why=why, settings={"ticket": ticket, "text": text})
        return web.Response(text=html, content_type="text/html", status=status)


def _describe_presets(language: str) -> list[dict[str, Any]]:
    """The usual arrangements, each with its boxes spelled out."""
    return [
        {
            "label": say(language, f"templates.preset_{name}"),
            "boxes": [asdict(box) for box in boxes or TOP_AND_BOTTOM],
        }
        for name, boxes in PRESETS.items()
    ]
