"""What buttons, menus and modals may hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import regex

from tests.wire.discord.refusals import InvalidForm

ROW, BUTTON, SELECT, TEXT_INPUT, TEXT, LABEL = 1, 2, 3, 4, 10, 18
OTHER_SELECTS: Final = {5, 6, 7, 8}
LINK_BUTTON: Final = 5
QUALIFIED: Final = regex.compile(
    r"(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|[0-9#*]\ufe0f\u20e3)\p{EMod}?(?:\u200d.+)?"
)
ROWS: Final = 5
BUTTONS_A_ROW: Final = 5
OPTIONS: Final = 25
CUSTOM_ID_CHARS: Final = 100
LABEL_CHARS: Final = 80
OPTION_CHARS: Final = 100
PLACEHOLDER_CHARS: Final = 150
TITLE_CHARS: Final = 45
INPUT_LABEL_CHARS: Final = 45
INPUT_PLACEHOLDER_CHARS: Final = 100
INPUT_CHARS: Final = 4_000


def check_components(rows: list[dict[str, Any]]) -> None:
    """Rows of a message: up to five, each with up to five buttons or one menu; no custom_id twice."""
    if len(rows) > ROWS:
        raise InvalidForm("components", f"must be {ROWS} or fewer in length")
    for number, row in enumerate(rows):
        where, parts = f"components[{number}]", row.get("components", [])
        if row.get("type") != ROW or not 1 <= len(parts) <= BUTTONS_A_ROW:
            raise InvalidForm(where, "must be a row of 1 to 5 components")
        if len(parts) > 1 and any(each["type"] != BUTTON for each in parts):
            raise InvalidForm(where, "a menu fills its row alone")
        for part in parts:
            _check_button(where, part) if part["type"] == BUTTON else _check_select(where, part)
    _check_ids([part for row in rows for part in row.get("components", [])])


def check_modal(data: dict[str, Any]) -> None:
    """Title, custom_id, and one to five fields."""
    _text("title", data.get("title"), 1, TITLE_CHARS)
    _text("custom_id", data.get("custom_id"), 1, CUSTOM_ID_CHARS)
    rows = data.get("components", [])
    if not 1 <= len(rows) <= ROWS:
        raise InvalidForm("components", "must have 1 to 5 fields")
    fields = list(fields_of(rows))
    for label, field in fields:
        _text("components.label", label, 1, INPUT_LABEL_CHARS)
        if field["type"] == TEXT_INPUT:
            _check_input(field)
        else:
            _check_select("components", field)
    _check_ids([field for _, field in fields])


def fields_of(rows: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Fields of a modal with their labels: inside a label, or (text only) inside a row. Texts between them are none."""
    for row in rows:
        if row["type"] == TEXT:
            _text("components.content", row.get("content"), 1, INPUT_CHARS)
        elif row["type"] == LABEL:
            _text("components.description", row.get("description") or "", 0, OPTION_CHARS)
            yield row.get("label", ""), row["component"]
        elif row["type"] == ROW and len(row["components"]) == 1 and row["components"][0]["type"] == TEXT_INPUT:
            yield row["components"][0].get("label", ""), row["components"][0]
        else:
            raise InvalidForm("components", f"type {row['type']} in a modal")


def _check_button(where: str, button: dict[str, Any]) -> None:
    if not button.get("label") and not button.get("emoji"):
        raise InvalidForm(where, "a button needs a label or an emoji")
    _text(f"{where}.label", button.get("label") or "", 0, LABEL_CHARS)
    _check_emoji(where, button.get("emoji") or {})
    if button["style"] == LINK_BUTTON:
        if not str(button.get("url", "")).startswith(("http://", "https://", "discord://")):
            raise InvalidForm(f"{where}.url", "a link button needs a URL")
    else:
        _text(f"{where}.custom_id", button.get("custom_id"), 1, CUSTOM_ID_CHARS)


def _check_emoji(where: str, emoji: dict[str, Any]) -> None:
    """A Unicode emoji is fully qualified: Discord knows no other spelling."""
    name = emoji.get("name") or ""
    if name and not emoji.get("id") and not QUALIFIED.fullmatch(name):
        raise InvalidForm(f"{where}.emoji.name", f"Invalid emoji {name!r}")


def _check_select(where: str, select: dict[str, Any]) -> None:
    if select["type"] not in {SELECT, *OTHER_SELECTS}:
        raise InvalidForm(where, f"component of type {select['type']}")
    _text(f"{where}.custom_id", select.get("custom_id"), 1, CUSTOM_ID_CHARS)
    _text(f"{where}.placeholder", select.get("placeholder") or "", 0, PLACEHOLDER_CHARS)
    if select["type"] != SELECT:
        return
    options = select.get("options", [])
    if not 1 <= len(options) <= OPTIONS:
        raise InvalidForm(f"{where}.options", "must have 1 to 25 options")
    for option in options:
        _text(f"{where}.options.label", option.get("label"), 1, OPTION_CHARS)
        _text(f"{where}.options.value", option.get("value"), 1, OPTION_CHARS)
        _text(f"{where}.options.description", option.get("description") or "", 0, OPTION_CHARS)
    values = [option["value"] for option in options]
    if len(set(values)) < len(values):
        raise InvalidForm(f"{where}.options", "the same value twice")
    chosen, most = sum(bool(option.get("default")) for option in options), select.get("max_values", 1)
    if not 0 <= select.get("min_values", 1) <= most <= len(options) or chosen > most:
        raise InvalidForm(f"{where}.max_values", f"{chosen} chosen, {most} allowed, {len(options)} options")


def _check_input(field: dict[str, Any]) -> None:
    _text("components.custom_id", field.get("custom_id"), 1, CUSTOM_ID_CHARS)
    _text("components.placeholder", field.get("placeholder") or "", 0, INPUT_PLACEHOLDER_CHARS)
    least, most = field.get("min_length") or 0, field.get("max_length") or INPUT_CHARS
    if not 0 <= least <= most <= INPUT_CHARS:
        raise InvalidForm("components.max_length", f"{least} to {most}")
    if len(field.get("value") or "") > most:
        raise InvalidForm("components.value", f"longer than {most}")


def _check_ids(parts: list[dict[str, Any]]) -> None:
    ids = [part["custom_id"] for part in parts if "custom_id" in part]
    if len(set(ids)) < len(ids):
        raise InvalidForm("components.custom_id", "Component custom id cannot be duplicated")


def _text(where: str, text: str | None, least: int, most: int) -> None:
    if text is None or not least <= len(text) <= most:
        raise InvalidForm(where, f"Must be between {least} and {most} in length ({len(text or '')})")
