"""The database: whether it answers, whether it may be written, and whether its tables are those of this version."""

from __future__ import annotations

from collections.abc import Iterable

from bot.doctor.findings import Finding, Findings, fine, note, problem
from bot.doctor.kit import Kit
from db.checkup import DatabaseState, Tables, examine
from db.errors import StorageUnavailable


async def check_database(kit: Kit) -> Findings:
    try:
        state = await examine(kit.settings.database())
    except StorageUnavailable as error:
        return (problem(str(error), "Is it running, and is DATABASE_URL right?"),)
    return tuple(_describe(state))


def _describe(state: DatabaseState) -> Iterable[Finding]:
    match state.tables:
        case Tables.CURRENT:
            yield fine(f"{state.where} answers, with the tables of this version.")
        case Tables.MISSING:
            yield note(f"{state.where} has no tables yet; they are made when Memesmith starts.")
        case Tables.OLD:
            yield note(
                f"{state.where} is from an older version; it is brought up to date when Memesmith starts.",
                "Make a backup first: there is no way back without one (docs/self-hosting.md).",
            )
        case Tables.NEWER:
            yield problem(
                f"{state.where} was written by a newer version.", "Update Memesmith, or go back to your backup."
            )
    if not state.is_writable:
        yield problem(f"{state.where} can't be written.", "Give this user the right to write there.")
