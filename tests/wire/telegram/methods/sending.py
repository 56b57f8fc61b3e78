"""Methods that put something new into a chat."""

from __future__ import annotations

from typing import Any, Final

from tests.wire.telegram.calls import Call
from tests.wire.telegram.faults import bad_request, wrong_request
from tests.wire.telegram.messages import Content
from tests.wire.telegram.methods.reading import (
    read_caption,
    read_keyboard,
    read_media,
    read_reply,
    read_text,
    read_thread,
)
from tests.wire.telegram.methods.registry import method
from tests.wire.telegram.world import World

ACTIONS: Final = frozenset(
    {"typing", "upload_photo", "upload_video", "record_video", "upload_document", "choose_sticker"}
)


@method("sendMessage", posts=True)
async def send_message(world: World, call: Call) -> Any:
    text, entities = read_text(call)
    return _post(world, call, Content(text, entities), "text messages")


@method("sendPhoto", posts=True)
async def send_photo(world: World, call: Call) -> Any:
    return _send_media(world, call, "photo")


@method("sendAnimation", posts=True)
async def send_animation(world: World, call: Call) -> Any:
    return _send_media(world, call, "animation")


@method("sendDocument", posts=True)
async def send_document(world: World, call: Call) -> Any:
    return _send_media(world, call, "document")


@method("copyMessage", posts=True)
async def copy_message(world: World, call: Call) -> Any:
    source = world.chats.get(call.number("from_chat_id"))
    message = source.messages.get(call.number("message_id")) if source else None
    if message is None or message.deleted:
        raise bad_request("message to copy not found")
    content = Content(message.content.text, message.content.entities, message.content.media)
    return {"message_id": _post(world, call, content, "text messages")["message_id"]}


@method("sendChatAction")
async def send_chat_action(world: World, call: Call) -> bool:
    chat = world.chat_of(call)
    if chat.type == "channel":
        raise wrong_request("chat actions are not supported in channels")
    if call.text("action") not in ACTIONS:
        raise wrong_request("wrong parameter action in request")
    thread = call.number("message_thread_id", 0) or None
    if thread is not None and thread not in chat.topics:
        raise wrong_request("message thread not found")
    chat.act(call.text("action"), thread)
    return True


def _send_media(world: World, call: Call, kind: str) -> Any:
    # A refusal for missing rights comes before the file is looked at.
    world.require_right_to_post(world.chat_of(call), f"{kind}s")
    media = read_media(world, call, kind)
    text, entities = read_caption(dict(call.parameters))
    return _post(world, call, Content(text, entities, media), f"{kind}s")


def _post(world: World, call: Call, content: Content, kind: str) -> Any:
    chat = world.chat_of(call)
    world.require_right_to_post(chat, kind)
    keyboard, force_reply = read_keyboard(call, chat)
    reply_to = read_reply(call, chat)
    in_channel = chat.type == "channel"
    message = world.post(
        chat,
        Content(content.text, content.entities, content.media, keyboard),
        sender=None if in_channel else world.bot,
        sender_chat=chat if in_channel else None,
        reply_to=reply_to,
        thread=read_thread(world, call, chat, reply_to),
        by_bot=True,
        silent=call.flag("disable_notification"),
        force_reply=force_reply,
    )
    return message.body()
