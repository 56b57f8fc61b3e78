"""The bot's promise under the worst that happens to it: killed with -9 in the middle of 200 requests and votes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from db.stores import Database, open_database
from tests.chaos.kept_alive import KeptAlive
from tests.wire.discord.findings import Breach
from tests.wire.discord.interaction import Interaction
from tests.wire.discord.model import Channel
from tests.wire.discord.model import Message as DiscordMessage
from tests.wire.discord.model import User as DiscordUser
from tests.wire.discord.server import Wire
from tests.wire.telegram.chats import Chat
from tests.wire.telegram.messages import Message as TelegramMessage
from tests.wire.telegram.people import User as TelegramUser
from tests.wire.telegram.server import TelegramWire

ROUNDS = 40  # of five actions each
MEMES = 4
GAP_S = 0.09
QUIET_S = 120.0
VOTES = {"👍": 1, "👎": -1}


@dataclass
class Discord:
    """A server with people and memes, and what was done to them: pressed votes by (person, message), and requests."""

    wire: Wire
    channel: Channel
    people: list[DiscordUser]
    memes: list[DiscordMessage] = field(default_factory=list)
    requests: list[Interaction] = field(default_factory=list)
    presses: dict[tuple[int, int], tuple[Interaction, int]] = field(default_factory=dict)

    async def press(self, person: DiscordUser, meme: DiscordMessage, emoji: str) -> None:
        custom_id = ("up:" if emoji == "👍" else "down:") + candidate_of(meme)
        self.presses[person.id, meme.id] = (await self.wire.press(person, meme, custom_id), VOTES[emoji])


@dataclass
class Telegram:
    """A group with people and memes, and what was done to them; requests are private messages."""

    wire: TelegramWire
    group: Chat
    people: list[TelegramUser]
    memes: list[TelegramMessage] = field(default_factory=list)
    requests: list[TelegramMessage] = field(default_factory=list)
    votes: dict[tuple[int, int], int] = field(default_factory=dict)


def candidate_of(meme: DiscordMessage) -> str:
    ids = [button["custom_id"] for row in meme.components for button in row["components"] if "custom_id" in button]
    return next(each for each in ids if each.startswith("up:")).removeprefix("up:")


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    wire = Wire()
    await wire.start()
    guild = wire.add_guild()
    people = [wire.add_member(guild, wire.add_user(f"D{number}")) for number in range(ROUNDS)]
    yield Discord(wire, wire.add_channel(guild), people)
    await wire.stop()


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    wire = TelegramWire()
    await wire.start()
    people = [wire.add_user(f"T{number}") for number in range(ROUNDS)]
    group = wire.add_group(*people, admin=people[0])
    await wire.promote_bot(group)
    yield Telegram(wire, group, people)
    await wire.stop()


@pytest.fixture
async def bot(tmp_path: Path, discord: Discord, telegram: Telegram) -> AsyncIterator[KeptAlive]:
    bot = KeptAlive(
        tmp_path,
        {
            "ENGINE": "fake",
            "DISCORD_TOKEN": discord.wire.token,
            "DISCORD_API_URL": discord.wire.api_url,
            "TELEGRAM_TOKEN": telegram.wire.token,
            "TELEGRAM_API_URL": telegram.wire.origin,
            "REQUESTS_BURST": "1000",
            "CHAT_REQUESTS_BURST": "1000",
        },
    )
    await bot.start()
    yield bot
    await bot.stop()


async def make_memes(discord: Discord, telegram: Telegram) -> None:
    for number in range(MEMES):
        asked = await discord.wire.slash(discord.people[number], discord.channel, "meme", prompt=f"calm {number}")
        discord.memes.append(await asked.answered(60, lambda message: bool(message.attachments)))
        await telegram.wire.say(telegram.people[number], telegram.group, f"/meme calm {number}")
        telegram.memes.append(await telegram.group.next_media(60))


async def storm(discord: Discord, telegram: Telegram) -> None:
    """Per round a request and a vote on each platform, and an emoji on one; every person votes once on a meme."""
    chance = random.Random(1)
    for number in range(ROUNDS):
        d_person, t_person = discord.people[number], telegram.people[number]
        d_meme, t_meme = chance.choice(discord.memes[1:]), chance.choice(telegram.memes[1:])
        discord.requests.append(await discord.wire.slash(d_person, discord.channel, "meme", prompt=f"storm {number}"))
        await asyncio.sleep(GAP_S)
        telegram.requests.append(await telegram.wire.say(t_person, None, f"/meme storm {number}"))
        await asyncio.sleep(GAP_S)
        await discord.press(d_person, d_meme, chance.choice(list(VOTES)))
        await asyncio.sleep(GAP_S)
        emoji = chance.choice(list(VOTES))
        await telegram.wire.press(t_person, t_meme, emoji)
        telegram.votes[t_person.id, t_meme.id] = VOTES[emoji]
        await asyncio.sleep(GAP_S)
        emoji = chance.choice(list(VOTES))
        if number % 2:
            await discord.wire.react(d_person, discord.memes[0], emoji)
        else:
            await telegram.wire.react(t_person, telegram.memes[0], [emoji])
            telegram.votes[t_person.id, telegram.memes[0].id] = VOTES[emoji]
        await asyncio.sleep(GAP_S)


async def become_quiet(discord: Discord, telegram: Telegram) -> None:
    """Wait until everything that was acknowledged is answered."""
    await telegram.wire.settled(QUIET_S)
    for interaction in discord.requests:
        if interaction.deferred:
            await interaction.answered(QUIET_S)
    for message in telegram.requests:
        chat = message.chat
        await telegram.wire.until(lambda chat=chat: any(each.media for each in chat.from_bot), QUIET_S, "a meme")


async def stored_vote(database: Database, platform: str, place: tuple[str, str], person_id: int) -> int | None:
    """A person's vote on whatever a message, named by chat and message id, shows."""
    chat_id, message_id = place
    meme = await database.memes.find(platform, chat_id, message_id)
    assert meme is not None, f"{platform} message {message_id} is no longer known"
    return await database.votes.of(meme.candidate_id, platform, str(person_id))


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_nothing_acknowledged_is_lost_or_doubled(
    discord: Discord, telegram: Telegram, bot: KeptAlive, tmp_path: Path
) -> None:
    """After 200 requests and votes under fire: every acknowledged vote and every listed emoji counts, once, and every
    request that a platform took to be in work is answered.
    """
    await discord.wire.connected(timeout_s=60)
    await make_memes(discord, telegram)
    crashing = asyncio.create_task(bot.crash_for(1.5, 6.0))
    await storm(discord, telegram)
    crashing.cancel()
    with suppress(asyncio.CancelledError):
        await crashing
    await bot.logs("discord.reconciled", QUIET_S)
    await become_quiet(discord, telegram)
    await asyncio.sleep(2)
    logged = await bot.stop()
    assert bot.kills >= 3, "the storm was over too soon"
    assert "Traceback" not in logged
    for interaction in discord.wire.interactions:
        interaction.heard = interaction.response is not None  # else Discord tells the person, who asks again
    discord.wire.findings.take(Breach.LATE)
    discord.wire.assert_clean()
    telegram.wire.forgive_unanswered()
    again = "query was answered already"  # by a process that died before it had struck the press out
    telegram.wire.world.violations = [each for each in telegram.wire.world.violations if again not in each]
    telegram.wire.assert_clean()
    database = await open_database(f"sqlite:///{tmp_path / 'data' / 'memesmith.db'}")
    await check_discord(database, discord)
    await check_telegram(database, telegram)
    await database.close()


async def check_discord(database: Database, discord: Discord) -> None:
    guild_id = str(discord.channel.guild.id) if discord.channel.guild else ""
    counted = 0
    for (person_id, message_id), (interaction, value) in discord.presses.items():
        stored = await stored_vote(database, "discord", (guild_id, str(message_id)), person_id)
        if interaction.response is not None:
            counted += 1
            assert stored == value
        else:
            assert stored in {value, None}
    assert counted > ROUNDS / 8, "the bot was hardly ever there"
    listed = {
        person_id: VOTES[emoji]
        for emoji, people in discord.memes[0].reactions.items()
        for person_id in people
        if emoji in VOTES
    }
    for person_id, value in listed.items():
        assert await stored_vote(database, "discord", (guild_id, str(discord.memes[0].id)), person_id) == value
    assert len(listed) == ROUNDS // 2


async def check_telegram(database: Database, telegram: Telegram) -> None:
    for (person_id, message_id), value in telegram.votes.items():
        place = (str(telegram.group.id), str(message_id))
        assert await stored_vote(database, "telegram", place, person_id) == value
    for message in telegram.requests:
        shown = [each for each in message.chat.from_bot if each.media]
        assert 1 <= len(shown) <= 2, "a meme was posted again and again"
