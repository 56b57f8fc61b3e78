"""Who the bot is, what it says of itself, and its command menus."""

from __future__ import annotations

from typing import Any, Final

from tests.wire.telegram.calls import Call
from tests.wire.telegram.faults import wrong_request
from tests.wire.telegram.methods.registry import method
from tests.wire.telegram.profile import read_commands, read_language, read_scope
from tests.wire.telegram.world import World

TEXTS: Final = {
    "Name": ("name", 64),
    "Description": ("description", 512),
    "ShortDescription": ("short_description", 120),
}


@method("getMe")
async def get_me(world: World, call: Call) -> Any:
    return {
        **world.bot.body(),
        "can_join_groups": world.joins_groups,
        "can_read_all_group_messages": world.reads_all,
        "supports_inline_queries": world.inline_enabled,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("setMyCommands")
async def set_my_commands(world: World, call: Call) -> bool:
    scope = read_scope(call.json("scope", {"type": "default"}))
    language = read_language(call.text("language_code", ""))
    world.profile.commands[scope, language] = read_commands(call.json("commands"))
    return True


@method("getMyCommands")
async def get_my_commands(world: World, call: Call) -> Any:
    scope = read_scope(call.json("scope", {"type": "default"}))
    return world.profile.commands.get((scope, call.text("language_code", "")), [])


@method("deleteMyCommands")
async def delete_my_commands(world: World, call: Call) -> bool:
    scope = read_scope(call.json("scope", {"type": "default"}))
    world.profile.commands.pop((scope, call.text("language_code", "")), None)
    return True


@method("setChatMenuButton")
async def set_chat_menu_button(world: World, call: Call) -> bool:
    world.profile.menu_button = call.json("menu_button", {"type": "default"})
    return True


@method("setMyDefaultAdministratorRights")
async def set_my_default_administrator_rights(world: World, call: Call) -> bool:
    return True


def _register_texts(kind: str) -> None:
    parameter, limit = TEXTS[kind]

    @method(f"setMy{kind}")
    async def set_text(world: World, call: Call) -> bool:
        text = call.text(parameter, "")
        if len(text) > limit:
            raise wrong_request(f"{parameter} is too long")
        world.profile.texts[parameter, read_language(call.text("language_code", ""))] = text
        return True

    @method(f"getMy{kind}")
    async def get_text(world: World, call: Call) -> Any:
        texts, language = world.profile.texts, call.text("language_code", "")
        return {parameter: texts.get((parameter, language)) or texts.get((parameter, ""), "")}


for _kind in TEXTS:
    _register_texts(_kind)
