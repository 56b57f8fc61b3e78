"""`/top`: the memes that a chat likes best."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from bot.core.asking import Ask, Services
from bot.core.commands import Feature
from bot.core.drawing import draw, source_of
from bot.core.errors import Refusal
from bot.core.panels import Control, Item, Panel, Shot
from bot.core.screens.ids import read_id
from bot.core.stores import RankedMeme
from bot.core.texts import say
from bot.core.values import Asked, Opened, Press, Pressed

PERIODS: Final = {"week": timedelta(days=7), "month": timedelta(days=30), "ever": timedelta(days=36_500)}
SHOWN: Final = 10
MAX_TOLD_CHARS: Final = 120
MEDALS: Final = ("🥇", "🥈", "🥉")


async def open_best(services: Services, ask: Ask, _asked: Asked) -> Opened:
    return await show_best(services, ask, "week")


async def press_best(services: Services, ask: Ask, press: Press) -> Pressed:
    period = read_id(press.custom_id).what
    if period not in PERIODS:
        raise Refusal("meme.unknown_button")
    return await show_best(services, ask, period)


async def show_best(services: Services, ask: Ask, period: str) -> Panel:
    """The list, with the winner drawn again where its picture is still to be had."""
    ask.require(Feature.TOP)
    if not ask.chat.leaderboard:
        raise Refusal("top.off")
    place = ask.place
    since = datetime.now(UTC) - PERIODS[period]
    best = await services.store.votes.best(place.platform, place.chat_id, since, SHOWN)
    language = ask.language
    return Panel(
        title=say(language, f"top.{period}"),
        text="" if best else say(language, "top.empty"),
        items=tuple(_describe(rank, ranked) for rank, ranked in enumerate(best)),
        rows=(
            tuple(
                Control(f"top:{each}", say(language, f"top.button_{each}"), chosen=each == period) for each in PERIODS
            ),
        ),
        shot=await _draw_winner(services, ask, best[0]) if best else None,
        private=False,
    )


def _describe(rank: int, ranked: RankedMeme) -> Item:
    lines = " / ".join(line for line in ranked.candidate.candidate.lines if line)
    told = lines if len(lines) <= MAX_TOLD_CHARS else f"{lines[: MAX_TOLD_CHARS - 1]}…"
    mark = MEDALS[rank] if rank < len(MEDALS) else f"{rank + 1}."
    return Item(f"{mark} {told}  👍 {ranked.tally.up} 👎 {ranked.tally.down}", ranked.channel_id, ranked.message_id)


async def _draw_winner(services: Services, ask: Ask, ranked: RankedMeme) -> Shot | None:
    stored = ranked.candidate
    try:
        drawn = await draw(services, ask, source_of(services, stored, None), stored.candidate)
    except Refusal:
        return None
    return Shot(drawn.picture, drawn.media_type, drawn.alt_text)
