"""Answers to pressed buttons and to inline queries."""

from __future__ import annotations

import re
from typing import Any, Final

from tests.wire.telegram.calls import Call
from tests.wire.telegram.entities import count_units
from tests.wire.telegram.faults import bad_request, wrong_request
from tests.wire.telegram.methods.reading import MAX_TEXT, read_button, read_caption
from tests.wire.telegram.methods.registry import method
from tests.wire.telegram.queries import Query
from tests.wire.telegram.world import World

MAX_ANSWER: Final = 200
MAX_RESULTS: Final = 50
MAX_RESULT_ID_BYTES: Final = 64
START_PARAMETER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
CACHED: Final = {
    "photo": "photo_file_id",
    "mpeg4_gif": "mpeg4_file_id",
    "gif": "gif_file_id",
    "sticker": "sticker_file_id",
}


@method("answerCallbackQuery")
async def answer_callback_query(world: World, call: Call) -> bool:
    query = _open_query(world, world.presses.get(call.text("callback_query_id")))
    if count_units(call.text("text", "")) > MAX_ANSWER:
        raise wrong_request("MESSAGE_TOO_LONG")
    address = call.text("url", "")
    if address and not address.removeprefix("https://").startswith(f"t.me/{world.bot.username}?start="):
        raise wrong_request("URL_INVALID")
    query.take({"text": call.text("text", ""), "show_alert": call.flag("show_alert"), "url": address})
    return True


@method("answerInlineQuery")
async def answer_inline_query(world: World, call: Call) -> bool:
    query = _open_query(world, world.inline_queries.get(call.text("inline_query_id")))
    results = call.json("results")
    if len(results) > MAX_RESULTS:
        raise wrong_request("RESULTS_TOO_MUCH")
    ids = [result.get("id", "") for result in results]
    if len(set(ids)) != len(ids):
        raise wrong_request("RESULT_ID_DUPLICATE")
    if not all(1 <= len(each.encode()) <= MAX_RESULT_ID_BYTES for each in ids):
        raise wrong_request("RESULT_ID_INVALID")
    for result in results:
        _check_result(world, result)
    button = call.json("button", {}) if call.has("button") else {}
    if button and not START_PARAMETER.fullmatch(button.get("start_parameter", "")):
        raise wrong_request("BUTTON_START_PARAMETER_INVALID")
    query.take(
        {
            "results": results,
            "button": button,
            "is_personal": call.flag("is_personal"),
            "cache_time": call.number("cache_time", 300),
            "next_offset": call.text("next_offset", ""),
        }
    )
    return True


def _open_query(world: World, query: Query | None) -> Query:
    if query is None or query.expired:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if query.answer is not None:
        raise (bad_request if world.bot_may_die else wrong_request)("query was answered already")
    return query


def _check_result(world: World, result: dict[str, Any]) -> None:
    kind = result.get("type", "")
    cached = CACHED.get(kind)
    if cached and cached in result:
        if world.files.get(result[cached]) is None:
            raise wrong_request("wrong file identifier specified")
    elif kind != "article":
        raise wrong_request(f"results of type {kind!r} come from the web; send cached ones")
    elif not result.get("title") or "input_message_content" not in result:
        raise wrong_request("an article needs a title and a message to send")
    if not 1 <= count_units(result.get("input_message_content", {}).get("message_text", "x")) <= MAX_TEXT:
        raise wrong_request("MESSAGE_EMPTY")
    read_caption(result)
    for row in result.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            read_button(button)
