"""Methods that change or remove what is in a chat, and reactions of the bot's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.wire.telegram.calls import Call
from tests.wire.telegram.faults import bad_request, wrong_request
from tests.wire.telegram.messages import Content, Message
from tests.wire.telegram.methods.reading import read_caption, read_keyboard, read_media, read_text
from tests.wire.telegram.methods.registry import method
from tests.wire.telegram.world import World

DELETABLE_S = 48 * 3600
MAX_DELETED_AT_ONCE = 100
EDITABLE_MEDIA = frozenset({"photo", "animation", "document"})


@method("editMessageText")
async def edit_message_text(world: World, call: Call) -> Any:
    message = _own_message(world, call)
    text, entities = read_text(call)
    if message.media:
        raise wrong_request("there is no text in the message to edit")
    return _change(world, call, message, Content(text, entities))


@method("editMessageCaption")
async def edit_message_caption(world: World, call: Call) -> Any:
    message = _own_message(world, call)
    text, entities = read_caption(dict(call.parameters))
    if not message.media:
        raise wrong_request("there is no caption in the message to edit")
    return _change(world, call, message, Content(text, entities, message.media))


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(world: World, call: Call) -> Any:
    message = _own_message(world, call)
    return _change(world, call, message, message.content)


@method("editMessageMedia")
async def edit_message_media(world: World, call: Call) -> Any:
    """Other media in place of text or media; in an inline message only what Telegram has already."""
    message = _own_message(world, call)
    written = call.json("media")
    kind, reference = written.get("type"), written.get("media", "")
    if kind not in EDITABLE_MEDIA:
        raise wrong_request("type of the media is unsupported")
    if call.has("inline_message_id") and reference.startswith("attach://"):
        raise wrong_request("can't upload a new file for an inline message")
    world.require_right_to_post(message.chat, f"{kind}s")
    media = replace(read_media(world, call, kind, reference), spoiler=bool(written.get("has_spoiler")))
    text, entities = read_caption(written)
    return _change(world, call, message, Content(text, entities, media))


@method("deleteMessage")
async def delete_message(world: World, call: Call) -> bool:
    message = world.message_of(call, "delete")
    problem = _why_not_deletable(world, message)
    if problem:
        raise bad_request(problem)
    _delete(world, message)
    return True


@method("deleteMessages")
async def delete_messages(world: World, call: Call) -> bool:
    chat, ids = world.chat_of(call), call.json("message_ids")
    if not 1 <= len(ids) <= MAX_DELETED_AT_ONCE:
        raise wrong_request("the number of messages to delete must be between 1 and 100")
    found = [message for each in ids if (message := chat.messages.get(each)) and not message.deleted]
    for message in found:
        problem = _why_not_deletable(world, message)
        if problem:
            raise bad_request(problem)
    for message in found:
        _delete(world, message)
    return True


@method("setMessageReaction")
async def set_message_reaction(world: World, call: Call) -> bool:
    message = world.message_of(call, "react")
    given = call.json("reaction", [])
    if len(given) > 1:
        raise wrong_request("REACTIONS_TOO_MANY")
    message.reactions[world.bot.id] = tuple(each["emoji"] for each in given)
    world.pulse.beat()
    return True


def _own_message(world: World, call: Call) -> Message:
    message = world.message_of(call, "edit")
    if not message.by_bot:
        raise wrong_request("message can't be edited")
    return message


def _change(world: World, call: Call, message: Message, content: Content) -> Any:
    """An edit without a keyboard takes the keyboard away, as on Telegram."""
    keyboard, force_reply = read_keyboard(call, message.chat)
    if force_reply:
        raise wrong_request("inline keyboard expected")
    content = replace(content, keyboard=keyboard)
    if content == message.content:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as a "
            "current content and reply markup of the message"
        )
    message.change(world.now, text=content.text, entities=content.entities, media=content.media, keyboard=keyboard)
    world.pulse.beat()
    return True if call.has("inline_message_id") else message.body()


def _why_not_deletable(world: World, message: Message) -> str | None:
    member, private = world.bot_in(message.chat), message.chat.type == "private"
    if world.now - message.date > DELETABLE_S:
        return "message can't be deleted for everyone"
    if message.by_bot or private or member.may("can_delete_messages"):
        return None
    return "message can't be deleted"


def _delete(world: World, message: Message) -> None:
    message.deleted = True
    world.pulse.beat()
