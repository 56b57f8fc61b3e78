"""What the bot can ask about chats, people and files."""

from __future__ import annotations

from typing import Any

from tests.wire.telegram.calls import Call
from tests.wire.telegram.faults import bad_request
from tests.wire.telegram.files import MAX_DOWNLOAD_BYTES
from tests.wire.telegram.methods.registry import method
from tests.wire.telegram.people import Member
from tests.wire.telegram.world import World


@method("getChat")
async def get_chat(world: World, call: Call) -> Any:
    return world.chat_of(call).full_body()


@method("getChatMember")
async def get_chat_member(world: World, call: Call) -> Any:
    chat, user_id = world.chat_of(call), call.number("user_id")
    member = chat.members.get(user_id)
    if member is None:
        user = world.users.get(user_id)
        if user is None:
            raise bad_request("PARTICIPANT_ID_INVALID")
        member = Member(user, "left")
    return member.body()


@method("getChatAdministrators")
async def get_chat_administrators(world: World, call: Call) -> Any:
    chat = world.chat_of(call)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    return [member.body() for member in world.everyone_in(chat) if member.admin and member.user is not world.bot]


@method("getChatMemberCount")
async def get_chat_member_count(world: World, call: Call) -> int:
    return len(list(world.everyone_in(world.chat_of(call))))


@method("leaveChat")
async def leave_chat(world: World, call: Call) -> bool:
    chat = world.chat_of(call)
    chat.members[world.bot.id] = Member(world.bot, "left")
    return True


@method("getUserProfilePhotos")
async def get_user_profile_photos(world: World, call: Call) -> Any:
    user = world.users.get(call.number("user_id"))
    if user is None:
        raise bad_request("user not found")
    first, limit = call.number("offset", 0), call.number("limit", 100)
    shown = user.photos[first : first + limit]
    return {"total_count": len(user.photos), "photos": [[size.body() for size in photo] for photo in shown]}


@method("getFile")
async def get_file(world: World, call: Call) -> Any:
    file = world.files.get(call.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > MAX_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return {**file.body(), "file_path": file.path}
