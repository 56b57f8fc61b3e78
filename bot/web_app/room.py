"""The room itself: messages, pictures and open browsers kept in step. Knows the core's values, not what they mean."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from bot.core.core import Core
from bot.core.tickets import Grant
from bot.core.values import Meme, Person, Picture, Place, Votes, Working
from bot.web_app.history import MAX_MESSAGES, Body, History, Message
from bot.web_app.live import Event, Listener, Live
from bot.web_app.replies import meme_body, votes_change
from bot.web_app.shelf import PictureShelf
from inference.contract import PoolState

PLACE: Final = Place("web", "room")
STATUS_PERIOD_S: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOptions:
    """`allowed_hosts` empty means: the host the room is bound to, and on loopback its usual names.

    With `open_desk` everybody in the room counts as one of its admins, who by default may change its own templates.
    """

    secret: bytes
    host: str = "127.0.0.1"
    port: int = 8765
    allowed_hosts: tuple[str, ...] = ()
    max_upload_mb: int = 20
    picture_budget_mb: int = 256
    open_desk: bool = False
    max_messages: int = MAX_MESSAGES


class Room:
    """One room for everybody who opens the page."""

    def __init__(self, core: Core, options: RoomOptions) -> None:
        self.core = core
        self.options = options
        self.history = History(options.max_messages)
        self.shelf = PictureShelf(options.picture_budget_mb * 2**20)
        self.live = Live()
        self._state = PoolState.LOADING

    def greeting(self, visitor_id: str, epoch: str, seq: int) -> Event:
        """What a browser needs that last saw `seq` of `epoch`: the changes, and which messages are still there."""
        return {
            "type": "hello",
            "epoch": self.history.epoch,
            "seq": self.history.seq,
            "present": [message.id for message in self.history],
            "messages": [message.for_visitor(visitor_id) for message in self.history.since(epoch, seq)],
            "state": self._state.value,
        }

    async def listen(self, listener: Listener, epoch: str, seq: int) -> None:
        await self.live.serve(listener, self.greeting(listener.visitor_id, epoch, seq))

    def post(self, body: Body) -> Message:
        message, gone = self.history.add(body)
        for old in gone:
            self._drop_all(old)
        self._tell(message)
        return message

    def change(self, message: Message, changes: Body) -> None:
        """Change a message's body and tell everybody; a message that is gone stays gone."""
        if self.history.get(message.id) is message:
            message.body = {**message.body, **changes}
            self.history.touch(message)
            self._tell(message)

    def replace(self, message: Message, body: Body) -> None:
        """Give a message another body altogether."""
        if self.history.get(message.id) is message:
            message.body = {}
            self.change(message, body)

    def remove(self, message: Message) -> None:
        if self.history.remove(message.id):
            self._drop_all(message)
            seq = self.history.seq
            self.live.tell_all(lambda _: {"type": "remove", "id": message.id, "seq": seq})

    async def show_meme(self, message: Message, meme: Meme, author_id: str) -> None:
        """Put a meme into a message that waited for it, or that showed another candidate, unless it is gone by now."""
        if self.history.get(message.id) is not message:
            return
        self._drop_pictures(message)
        url = self.keep_picture(message, meme.picture, meme.media_type)
        message.votes = {author_id: meme.votes.mine} if meme.votes.mine else {}
        self.replace(message, meme_body(meme, url))
        await self.core.posted(meme, PLACE, message.id)

    def keep_picture(self, message: Message, body: bytes, media_type: str) -> str:
        """Keep a picture as long as its message; returns its address."""
        name = self.shelf.put(body, media_type)
        message.pictures.append(name)
        return f"/pictures/{name}"

    def keep_upload(self, message: Message, picture: Picture, *, again: bool) -> None:
        """Keep an upload as long as its meme may be made `again`, else not at all."""
        if again and self.history.get(message.id) is message:
            message.uploads.append(picture.ref)
        else:
            self.shelf.drop(picture.ref)

    def show_votes(self, votes: Votes, visitor_id: str) -> None:
        """Every message that shows the candidate gets the new tally."""
        for message in list(self.history):
            if message.body.get("candidate") == votes.candidate_id:
                message.votes.pop(visitor_id, None)
                if votes.mine is not None:
                    message.votes[visitor_id] = votes.mine
                self.change(message, votes_change(votes))

    async def forget_visitor(self, visitor_id: str) -> None:
        """Take out of the room what a visitor asked for and what was made for them, and their votes."""
        for message in list(self.history):
            body = message.body
            if visitor_id in {body.get("author_id"), body.get("asked_by")}:
                self.remove(message)
                await self.core.taken_down(PLACE, message.id)
            elif message.votes.pop(visitor_id, None) is not None:
                tally = await self.core.votes_on(body["candidate"])
                self.change(message, votes_change(tally))

    async def admit_to_desk(self, person: Person) -> Grant:
        """What opens the page of the room's own templates to a visitor; raises Refusal."""
        return await self.core.desk.admit(replace(person, admin=self.options.open_desk), PLACE, WaitingMessage(self))

    async def watch_pool(self) -> None:
        """Tell the browsers when the models are ready; runs until cancelled."""
        while True:
            state = (await self.core.status()).state
            if state is not self._state:
                self._state = state
                self.live.tell_all(lambda _: {"type": "state", "state": self._state.value})
            await asyncio.sleep(STATUS_PERIOD_S)

    def _tell(self, message: Message) -> None:
        self.live.tell_all(lambda visitor_id: {"type": "message", "message": message.for_visitor(visitor_id)})

    def _drop_all(self, message: Message) -> None:
        self._drop_pictures(message)
        for name in message.uploads:
            self.shelf.drop(name)

    def _drop_pictures(self, message: Message) -> None:
        for name in message.pictures:
            self.shelf.drop(name)
        message.pictures.clear()


@dataclass(slots=True)
class WaitingMessage:
    """Progress shown in a message of the room: as a bubble that waits, or over the meme that is about to change.

    As a context it takes the word off the meme again, whatever became of the work.
    """

    room: Room
    message: Message | None = None

    @property
    def shown(self) -> Message:
        if self.message is None:
            raise RuntimeError("nothing is shown yet")
        return self.message

    async def working(self, notice: Working) -> None:
        if self.message is not None:
            waits = self.message.body.get("kind") == "working"
            self.room.change(self.message, {"text": notice.text} if waits else {"busy": notice.text})

    def __enter__(self) -> WaitingMessage:
        return self

    def __exit__(self, *_: object) -> None:
        if self.message is not None and self.message.body.get("busy"):
            self.room.change(self.message, {"busy": None})
