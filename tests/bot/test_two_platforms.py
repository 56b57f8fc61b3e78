"""One process on both platforms at once, beside the room: each is answered, and neither knows of the other's chats."""

from __future__ import annotations

from pathlib import Path

from tests.bot.process import read_address, start
from tests.wire.discord.server import Wire
from tests.wire.telegram import running_telegram


async def test_both_platforms_are_served_by_one_process(tmp_path: Path) -> None:
    """A meme here, a meme there, and the room answers as well."""
    discord = Wire()
    await discord.start()
    guild = discord.add_guild()
    channel = discord.add_channel(guild)
    person = discord.add_member(guild, discord.add_user("Ann"))
    tokens = {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url}
    async with running_telegram() as telegram:
        ann = telegram.add_user("Ann")
        tokens |= {"TELEGRAM_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.origin}
        async with start(tmp_path, **tokens) as process:
            assert await read_address(process)
            await discord.connected(timeout_s=60)
            asked = await discord.slash(person, channel, "meme", prompt="both")
            chat = telegram.private(ann)
            await telegram.say(ann, chat, "/meme both")
            assert (await asked.answered(60, where=lambda message: message.attachments)).attachments
            assert (await chat.next_media(60)).media
    await discord.stop()
    discord.assert_clean()
