"""Parameters that many methods share: text with its formatting, keyboards, the message replied to, the topic, media."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.wire.telegram.calls import Call
from tests.wire.telegram.chats import Chat
from tests.wire.telegram.entities import Entity, count_units, find_entities, read_entities
from tests.wire.telegram.faults import bad_request, wrong_request
from tests.wire.telegram.files import Upload, complain_of_photo, is_animation
from tests.wire.telegram.markup import read_markup
from tests.wire.telegram.messages import Button, Keyboard, Media, Message
from tests.wire.telegram.world import World

MAX_TEXT: Final = 4096
MAX_CAPTION: Final = 1024
MAX_CALLBACK_BYTES: Final = 64
MAX_BUTTONS_A_ROW: Final = 8
MAX_BUTTONS: Final = 100
MAX_PLACEHOLDER: Final = 64


def read_text(call: Call) -> tuple[str, tuple[Entity, ...]]:
    text, entities = _read_said(call.text("text"), call.parameters.get("parse_mode"), call.parameters.get("entities"))
    if not text.strip():
        raise wrong_request("message text is empty")
    if count_units(text) > MAX_TEXT:
        raise wrong_request("message is too long")
    return text, entities


def read_caption(parameters: dict[str, Any]) -> tuple[str, tuple[Entity, ...]]:
    """Of a call's parameters, or of an InputMedia."""
    entities = parameters.get("caption_entities")
    written = entities if isinstance(entities, str | None) else json.dumps(entities)
    text, found = _read_said(str(parameters.get("caption", "")), parameters.get("parse_mode"), written)
    if count_units(text) > MAX_CAPTION:
        raise wrong_request("message caption is too long")
    return text, found


def _read_said(text: str, parse_mode: str | None, entities: str | None) -> tuple[str, tuple[Entity, ...]]:
    if entities:
        return text, find_entities(text, read_entities(text, entities))
    plain, found = read_markup(text, parse_mode)
    return plain, find_entities(plain, found)


def read_keyboard(call: Call, chat: Chat | None) -> tuple[Keyboard, bool]:
    """Inline buttons, and whether the person is asked to reply."""
    written = call.json("reply_markup", {}) if call.has("reply_markup") else {}
    if written.get("force_reply"):
        if chat is not None and chat.type == "channel":
            raise wrong_request("reply markup of this kind is not allowed in channels")
        if len(written.get("input_field_placeholder", "x")) > MAX_PLACEHOLDER:
            raise wrong_request("input field placeholder is too long")
        return (), True
    rows = tuple(tuple(read_button(button) for button in row) for row in written.get("inline_keyboard", []))
    if any(len(row) > MAX_BUTTONS_A_ROW for row in rows) or sum(map(len, rows)) > MAX_BUTTONS:
        raise wrong_request("reply markup is too long")
    return tuple(row for row in rows if row), False


def read_button(written: dict[str, Any]) -> Button:
    text = written.get("text", "")
    others = {key: value for key, value in written.items() if key not in {"text", "callback_data"}}
    if not text:
        raise wrong_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = written.get("callback_data")
    if data is None and not others:
        raise wrong_request("Text buttons are unallowed in the inline keyboard")
    if data is not None and not 1 <= len(data.encode()) <= MAX_CALLBACK_BYTES:
        raise wrong_request("BUTTON_DATA_INVALID")
    return Button(text, data, others)


def read_reply(call: Call, chat: Chat) -> Message | None:
    """The message replied to. A bot that does not say what to do without it is refused when it is gone."""
    written = call.json("reply_parameters", {}) if call.has("reply_parameters") else {}
    if not written:
        return None
    message = chat.messages.get(int(written["message_id"]))
    if message is not None and not message.deleted:
        return message
    if written.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def read_thread(world: World, call: Call, chat: Chat, reply_to: Message | None) -> int | None:
    """The topic to post in; a reply that leaves the topic of its question is a mistake of the bot's."""
    thread = call.number("message_thread_id", 0) or None
    if thread is not None and thread not in chat.topics:
        raise wrong_request("message thread not found") if not chat.forum else bad_request("message thread not found")
    if reply_to is not None and reply_to.thread != thread:
        world.note(f"{call.method}: a reply to a message of topic {reply_to.thread} goes to topic {thread}")
    return thread


def read_media(world: World, call: Call, kind: str, reference: str | None = None) -> Media:
    """A file that is uploaded, or one that Telegram has already. `reference` is that of an InputMedia."""
    upload = call.files.get(kind) if reference is None else call.attached(reference)
    if upload is None:
        return _known_media(world, kind, reference if reference is not None else call.text(kind))
    spoiler = call.flag("has_spoiler")
    if kind == "photo":
        complaint = complain_of_photo(upload.data)
        if complaint:
            raise wrong_request(complaint)
        photo = world.files.add_photo(upload.data)
        return Media("photo", photo[-1].file, photo, spoiler=spoiler)
    return _uploaded_file(world, kind, upload, spoiler)


def _uploaded_file(world: World, kind: str, upload: Upload, spoiler: bool) -> Media:
    if not upload.data:
        raise wrong_request("file must be non-empty")
    details: dict[str, Any] = {"file_name": upload.name, "mime_type": upload.mime_type}
    if kind == "animation":
        if not is_animation(upload.data):
            raise wrong_request("an animation must be GIF or MP4")
        details |= {"width": 320, "height": 240, "duration": 1}
    return Media(kind, world.files.add(upload, f"{kind}s"), details=details, spoiler=spoiler)


def _known_media(world: World, kind: str, file_id: str) -> Media:
    if file_id.startswith(("http:", "https:")):
        raise wrong_request("this Telegram fetches nothing from the web")
    file = world.files.get(file_id)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    for chat in world.chats.values():
        for message in chat.messages.values():
            known = message.media
            if known and known.kind == kind and file_id in {known.file.id, *(size.file.id for size in known.photo)}:
                return known
    raise wrong_request(f"can't use a file of another type as {kind}")
