"""The machine: ports that the room and the webhook listen on, space on the disk, and the clock."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.doctor.asking import Unreachable, place_of
from bot.doctor.findings import Finding, Findings, fine, hint, note, problem
from bot.doctor.kit import Kit

LEAST_BYTES: Final = 200 * 2**20
FEW_BYTES: Final = 2**30
LARGEST_OFFSET_S: Final = 30.0
OURS: Final = "memesmith"
ANYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - where to knock, not to listen


async def check_machine(kit: Kit) -> Findings:
    return (*await check_ports(kit), *check_disk(kit))


async def check_ports(kit: Kit) -> Findings:
    settings = kit.settings
    found = [await check_port(kit, "The room", "WEB", (settings.web_host, settings.web_port))]
    if settings.telegram_token.get_secret_value() and settings.telegram_webhook_url:
        address = (settings.telegram_webhook_host, settings.telegram_webhook_port)
        found.append(await check_port(kit, "The webhook", "TELEGRAM_WEBHOOK", address))
    return tuple(found)


async def check_port(kit: Kit, who: str, prefix: str, address: tuple[str, int]) -> Finding:
    """Listen there for a moment; `prefix` is that of its two settings. A Memesmith that runs may have the port."""
    host, port = address
    where = f"{host}:{port}"
    try:
        listen(host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and await _is_running(kit):
            return fine(f"{who} is open at {where}: Memesmith is running.")
        if error.errno == errno.EADDRINUSE:
            return problem(f"{who} can't open at {where}: another program is there.", f"Set {prefix}_PORT to another.")
        if error.errno == errno.EACCES:
            return problem(f"{who} may not open at {where}: that is kept for root.", f"Set {prefix}_PORT above 1023.")
        return problem(f"{who} can't open at {where}: this machine has no such address.", f"Correct {prefix}_HOST.")
    return fine(f"{who} can open at {where}." if port else f"{who} takes any free port of {host}.")


def listen(host: str, port: int) -> None:
    """For a moment; raises OSError."""
    family = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[0][0]
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((host, port))
        trial.listen(1)


async def _is_running(kit: Kit) -> bool:
    """Whether a Memesmith is at home where the room would be."""
    host, port = kit.settings.web_host, kit.settings.web_port
    name = ANYWHERE.get(host, host)
    try:
        reply = await kit.asker.ask(f"http://{f'[{name}]' if ':' in name else name}:{port}/")
    except Unreachable:
        return False
    return reply.headers.get("Server") == OURS


def check_disk(kit: Kit) -> Findings:
    folder = kit.settings.data_dir.absolute()
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return (problem(f"DATA_DIR, {folder}, can't be written.", "Give this user the right, or set DATA_DIR."),)
    return (describe_space(folder, shutil.disk_usage(there).free),)


def describe_space(folder: Path, free_bytes: int) -> Finding:
    free = f"{free_bytes / 2**30:.1f} GB are free in {folder}"
    if free_bytes < LEAST_BYTES:
        return problem(f"Only {free}.", "Make room, or set DATA_DIR to a larger disk.")
    if free_bytes < FEW_BYTES:
        return hint(f"Only {free}.", "Make room before long.")
    return fine(f"{free}.")


def check_clock(kit: Kit) -> Finding:
    """Against the platforms' own, once they were asked."""
    urls = (kit.settings.discord_api_url, kit.settings.telegram_api_url)
    told = {
        place: kit.asker.clock_offsets_s[place] for place in map(place_of, urls) if place in kit.asker.clock_offsets_s
    }
    return describe_clock(told)


def describe_clock(offsets_s: Mapping[str, float]) -> Finding:
    """By place, how many seconds its clock was ahead of ours."""
    if not offsets_s:
        return note("The clock was compared with nobody: no platform was asked.")
    place, offset = max(offsets_s.items(), key=lambda pair: abs(pair[1]))
    if abs(offset) <= LARGEST_OFFSET_S:
        return fine("The clock is right.")
    way = "slow" if offset > 0 else "fast"
    return problem(f"The clock is {abs(offset):.0f} s {way}, says {place}.", "Run: timedatectl set-ntp true")
