"""Requests that people write instead of typing a command: mentions of the bot, replies to it, and private messages.

Edits of such a message make its meme anew, its deletion ends the work on it. Other messages are none of the bot's
business, and Discord does not show it their words unless the message-content intent was granted.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import discord
import structlog

from bot.core.core import Core
from bot.core.panels import Form
from bot.core.texts import say
from bot.core.values import Asked, Incoming, Notice, Votes, Working
from bot.discord_app._answers import edit_arguments, send_arguments
from bot.discord_app._desk import Desk
from bot.discord_app._files import Files
from bot.discord_app._inbox import Entry
from bot.discord_app._requests import Call, Request
from bot.discord_app._rights import POSTING, Rights
from bot.discord_app.convert import Seen, author_of, place_at, place_of, see_message
from bot.discord_app.replies import Body, notice_body, opener_body, working_body

log = structlog.get_logger(__name__)

KINDS: Final = (discord.MessageType.default, discord.MessageType.reply)
REMEMBERED_EDITS: Final = 500


class MessageAnswer:
    """A reply in the channel. While it takes: the typing sign first, then a placeholder that becomes the answer.

    The entry's note may name the message to change: the placeholder of an earlier process, or a meme to be made anew.
    """

    def __init__(self, message: discord.Message, entry: Entry, rights: Rights) -> None:
        self._message = message
        self._entry = entry
        self._rights = rights
        self._shown_id: int | None = entry.note.get("shown_id")
        self._words: list[str] = []

    async def defer(self) -> None:
        """Messages need no acknowledgement."""

    async def working(self, notice: Working) -> None:
        first, self._words = not self._words, [*self._words[-1:], notice.text]
        try:
            if first:
                await self._message.channel.typing()
            elif len(set(self._words)) > 1 or self._shown_id is None:
                self._shown_id = int(await self._put(working_body(notice)))
                await self._entry.amend(shown_id=self._shown_id)
        except discord.HTTPException as error:
            log.info("discord.no_progress", error=type(error).__name__)

    async def show(self, body: Body, *, replaces: bool = False, private: bool = False) -> str | None:  # noqa: ARG002
        return await self._put(body)

    async def tell(self, notice: Notice) -> None:
        await self._put(notice_body(notice))

    async def ask(self, form: Form, custom_id: str) -> None:
        await self._put(opener_body(form, custom_id))

    async def count(self, votes: Votes) -> None:
        """Messages carry no votes."""

    async def remove(self) -> None:
        if self._shown_id is not None:
            await self._partial(self._shown_id).delete()

    async def _put(self, body: Body) -> str:
        """Change the message that stands there, or send one.

        By its nonce, Discord returns instead what was sent before a crash and not noted.
        """
        if self._shown_id is not None:
            try:
                return str((await self._partial(self._shown_id).edit(**edit_arguments(body))).id)
            except discord.NotFound:
                self._shown_id = None
        source = self._message.to_reference(fail_if_not_exists=False)
        nonce, arguments = str(self._message.id), send_arguments(body)
        try:
            sent = await self._message.channel.send(reference=source, mention_author=False, nonce=nonce, **arguments)
        except discord.Forbidden:
            self._rights.refuse(self._message.channel.id, POSTING)
            raise
        self._shown_id = sent.id
        if not _says(sent, body):
            await self._partial(sent.id).edit(**edit_arguments(body))
        return str(sent.id)

    def _partial(self, message_id: int) -> discord.PartialMessage:
        channel: Any = self._message.channel
        partial: discord.PartialMessage = channel.get_partial_message(message_id)
        return partial


class Messages:
    """`running` holds the work on messages by their ids, to be ended when they are deleted or edited."""

    def __init__(self, core: Core, desk: Desk, files: Files, client: discord.Client) -> None:
        self.rights = Rights()
        self._core = core
        self._desk = desk
        self._files = files
        self._client = client
        self._running: dict[int, tuple[asyncio.Task[None], Entry]] = {}
        self._edits: OrderedDict[int, datetime] = OrderedDict()

    async def heard(self, message: discord.Message) -> None:
        if self._is_for_us(message):
            entry = Entry(self._core.inbox, f"message:{message.id}", _note(message))
            if await entry.open():
                await self._run(message, entry)

    async def resume(self, entry: Entry) -> None:
        """Answer a message that an earlier process heard and did not answer."""
        note = entry.note
        try:
            channel = self._client.get_partial_messageable(int(note["channel"]))
            known = self._client.get_channel(int(note["channel"]))
            message = await (known if isinstance(known, discord.abc.Messageable) else channel).fetch_message(
                int(note["message"])
            )
        except (discord.HTTPException, KeyError, ValueError):
            await entry.close()
            return
        await self._run(message, entry)

    async def edited(self, message: discord.Message) -> None:
        """Make the meme anew when its words changed; Discord also tells of previews that it added itself."""
        when = message.edited_at
        if when is None or not self._is_for_us(message) or self._edits.get(message.id) == when:
            return
        self._edits[message.id] = when
        while len(self._edits) > REMEMBERED_EDITS:
            self._edits.popitem(last=False)
        ended = await self._end_work(message.id)
        await self._desk.settle()
        meme = await self._core.meme_of(place_of(message), str(message.id))
        if meme is None and ended is None:
            return
        shown_id = int(meme.message_id) if meme else (ended or {}).get("shown_id")
        note = {**_note(message), **({"shown_id": shown_id} if shown_id else {})}
        entry = Entry(self._core.inbox, f"edit:{message.id}:{when.timestamp()}", note)
        if await entry.open():
            await self._run(message, entry)

    async def deleted(self, guild_id: int | None, channel_id: int, message_ids: Iterable[int]) -> None:
        """A request that is gone wants no answer; a meme that is gone can no longer be voted on."""
        for message_id in message_ids:
            await self._end_work(message_id)
            await self._core.taken_down(place_at(guild_id, channel_id), str(message_id))

    async def _end_work(self, message_id: int) -> Mapping[str, Any] | None:
        """The note of the work that was under way; None when there was none."""
        running = self._running.pop(message_id, None)
        if running is None:
            return None
        task, entry = running
        task.cancel()
        await asyncio.wait({task})
        await entry.close()
        return entry.note

    async def _run(self, message: discord.Message, entry: Entry) -> None:
        task = asyncio.ensure_future(self._answer(message, entry))
        self._running[message.id] = (task, entry)
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        finally:
            if self._running.get(message.id, (None, None))[0] is task:
                del self._running[message.id]

    async def _answer(self, message: discord.Message, entry: Entry) -> None:
        answer = MessageAnswer(message, entry, self.rights)
        person = author_of(message)
        async with self._desk.guarded(person, answer, entry):
            right = self.rights.missing(message.channel, POSTING)
            if right is not None:
                await self.rights.complain(message, right, person)
                return
            request = self._read(message)
            if request is None:
                await answer.tell(
                    Notice(say(person.language, "discord.unseen", menu=say(person.language, "menu.meme")))
                )
                return
            await self._desk.work(request, answer)

    def _is_for_us(self, message: discord.Message) -> bool:
        if message.author.bot or message.webhook_id or message.type not in KINDS:
            return False
        return message.guild is None or self._client.user in message.mentions

    def _read(self, message: discord.Message) -> Request | None:
        """A meme of what the message shows or says; else of what it replies to; a bare mention is a greeting.

        None where all depends on a message that Discord does not let the bot read.
        """
        person, place = author_of(message), place_of(message)
        seen = see_message(message, self._files, self._without_mention(message.content))
        source = self._replied_to(message)
        if source is None:
            if not seen.picture and not seen.text:
                return None
            source = Seen()
        picture = seen.picture or source.picture
        text = seen.text or ("" if picture else source.text)
        if not picture and not text:
            asked = Asked(person=person, place=place, command="start")
            return Request(call=Call.COMMAND, value=asked)
        incoming = Incoming(person=person, place=place, picture=picture, text=text)
        return Request(call=Call.MAKE, value=incoming, source_id=str(message.id))

    def _replied_to(self, message: discord.Message) -> Seen | None:
        """What somebody replied to; None where it is not shown. The bot's own memes are not captioned once more."""
        if message.reference is None or message.type is not discord.MessageType.reply:
            return Seen()
        source = message.reference.resolved
        if not isinstance(source, discord.Message):
            return None
        if source.author == self._client.user:
            return Seen()
        seen = see_message(source, self._files)
        return seen if seen.text or seen.pictures else None

    def _without_mention(self, text: str) -> str:
        me = self._client.user
        return " ".join(word for word in text.split() if me is None or word not in {f"<@{me.id}>", f"<@!{me.id}>"})


def _says(sent: discord.Message, body: Body) -> bool:
    """Whether a message is what was just sent, and not an earlier one with the same nonce."""
    same_words = sent.content.strip() == (body.content or "").strip()
    return same_words and len(sent.attachments) == len(body.files()) and len(sent.embeds) == len(body.embeds)


def _note(message: discord.Message) -> dict[str, Any]:
    """Where to find a message again; never its words."""
    guild_id = message.guild.id if message.guild else 0
    return {"message": message.id, "channel": message.channel.id, "guild": guild_id}
