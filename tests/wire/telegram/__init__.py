"""A Telegram on loopback: speaks the Bot API to an unmodified bot, checks what Telegram checks, lets tests be people.

    async with running_telegram() as wire:
        ann = wire.add_user("Ann")
        group = wire.add_group(ann)
        ...start a bot with wire.base_url, wire.base_file_url, wire.token...
        await wire.say(ann, group, "/meme monday")
        meme = await group.next_media()
        await (await wire.press(ann, meme, "👍")).answered()

Leaving the context fails for anything the bot did that Telegram forbids.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from tests.wire.telegram.chats import Chat
from tests.wire.telegram.floods import FloodLimits
from tests.wire.telegram.media import animation, document, sticker, video
from tests.wire.telegram.messages import Button, Message
from tests.wire.telegram.people import User
from tests.wire.telegram.queries import InlineQuery, PressedButton
from tests.wire.telegram.server import TelegramWire

__all__ = [
    "Button",
    "Chat",
    "FloodLimits",
    "InlineQuery",
    "Message",
    "PressedButton",
    "TelegramWire",
    "User",
    "animation",
    "document",
    "running_telegram",
    "sticker",
    "video",
]


@contextlib.asynccontextmanager
async def running_telegram(*, limits: FloodLimits | None = None) -> AsyncIterator[TelegramWire]:
    wire = TelegramWire(limits=limits)
    await wire.start()
    try:
        yield wire
    finally:
        await wire.stop()
    wire.assert_clean()
