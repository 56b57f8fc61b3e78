"""Runs every check at once, each within its time, and gathers what they found in the order of reading."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import ClientSession
from pydantic import SecretStr

from bot.doctor.asking import Asker
from bot.doctor.configuration import check_configuration
from bot.doctor.database import check_database
from bot.doctor.discord_bot import check_discord
from bot.doctor.findings import Findings, Section, hide, problem
from bot.doctor.kit import Kit
from bot.doctor.machine import check_clock, check_machine
from bot.doctor.models import check_models
from bot.doctor.telegram_bot import check_telegram
from bot.settings import BadSetting, Settings, read_settings

LIMIT_S: Final = 10.0

Check = Callable[[Kit], Awaitable[Findings]]

CHECKS: Final[dict[str, Check]] = {
    "Settings": check_configuration,
    "Discord": check_discord,
    "Telegram": check_telegram,
    "Models": check_models,
    "Database": check_database,
    "Machine": check_machine,
}


async def examine() -> tuple[Section, ...]:
    """Everything; where the settings cannot be read, only that."""
    try:
        settings = read_settings()
    except BadSetting as error:
        return (Section("Settings", (problem(str(error), "Correct it in .env, or take the line out."),)),)
    async with ClientSession() as session:
        kit = Kit(settings, Asker(session))
        found = await asyncio.gather(*(run_check(check, kit) for check in CHECKS.values()))
    sections = [Section(topic, each) for topic, each in zip(CHECKS, found, strict=True)]
    *others, machine = sections
    machine = Section(machine.topic, (*machine.findings, check_clock(kit)))
    return hide([*others, machine], secrets_of(settings))


def secrets_of(settings: Settings) -> list[str]:
    values = (getattr(settings, name) for name in type(settings).model_fields)
    return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]


async def run_check(check: Check, kit: Kit, limit_s: float = LIMIT_S) -> Findings:
    """One check that hangs or breaks is a finding of its own, and takes nothing from the others."""
    try:
        async with asyncio.timeout(limit_s):
            return await check(kit)
    except TimeoutError:
        return (
            problem(f"This took longer than {limit_s:g} s.", "Look again; if it stays, whatever it asks is stuck."),
        )
    except Exception as error:  # noqa: BLE001 - the edge of a check; an error's text may quote an address with a token
        return (problem(f"The check itself broke ({type(error).__name__}).", "Please report it as a bug."),)
