"""How soon buttons are answered on Telegram, idle and while the models are busy: a real process, the local Telegram.

The first row presses 👍 on an idle bot. The second is five hundred messages in ten seconds, as in a lively group: half
of them talk, the others votes and wishes. Then 200 people ask for memes in the same moment; the last row presses again
while those wait in line for the embedded models. Telegram waits about ten seconds for the answer to a button.

    python -m tests.bench telegram
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.bot.telegram.bot_process import bot_process
from tests.wire.telegram import Chat, FloodLimits, Message, PressedButton, TelegramWire

GAP_S: Final = 0.05
LONG_S: Final = 600.0
UNLIMITED: Final = FloodLimits(overall_per_s=1000, chat_burst=1000, group_per_minute=1000)


@dataclass(frozen=True, slots=True)
class Load:
    """`presses` are measured when idle and when busy, that is with `in_line` memes waiting; `messages` in between."""

    engine: str = "embedded"
    presses: int = 150
    messages: int = 500
    in_line: int = 200


@dataclass(frozen=True, slots=True)
class Scene:
    """A meme in a group, to be voted on."""

    wire: TelegramWire
    group: Chat
    meme: Message


def main() -> None:
    table = Table("bot", "presses", "p50 ms", "p99 ms", "max ms")
    for row in asyncio.run(measure(Load())):
        table.add_row(*row)
    Console().print(table)


async def measure(load: Load) -> list[tuple[str, ...]]:
    async with AsyncExitStack() as stack:
        wire = TelegramWire(limits=UNLIMITED)
        wire.world.patience_s = LONG_S
        await wire.start()
        stack.push_async_callback(wire.stop)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        await stack.enter_async_context(bot_process(folder, wire, ENGINE=load.engine, JOB_TIMEOUT_S="600"))
        ann = wire.add_user("Ann")
        group = wire.add_group(admin=ann)
        await wire.promote_bot(group)
        await wire.say(ann, group, "/meme monday")
        scene = Scene(wire, group, await group.next_media(LONG_S))
        idle = await _press_around("idle", scene, load.presses)
        lively = await _talk(scene, load.messages)
        for number in range(load.in_line):
            await wire.say(wire.add_user(f"W{number}"), text=f"monday {number}")
        busy = await _press_around(f"{load.in_line} memes in line", scene, load.presses)
        return [idle, lively, busy]


async def _press_around(name: str, scene: Scene, count: int) -> tuple[str, ...]:
    """Votes of many people, one after the other."""
    presses = []
    for number in range(count):
        presses.append(await scene.wire.press(scene.wire.add_user(f"V{number}"), scene.meme, "👍"))
        await asyncio.sleep(GAP_S)
    return await _tell(name, presses)


async def _talk(scene: Scene, count: int) -> tuple[str, ...]:
    """Of ten messages, five are talk, one is a wish, one an emoji, three press a button."""
    wire, presses = scene.wire, []
    for number in range(count):
        person = wire.add_user(f"P{number}")
        match number % 10:
            case 0:
                await wire.say(person, text=f"wish {number}")
            case 1 | 2 | 3:
                presses.append(await wire.press(person, scene.meme, "👍"))
            case 4:
                await wire.react(person, scene.meme, ["👎"])
            case _:
                await wire.say(person, scene.group, f"talk {number}")
        await asyncio.sleep(GAP_S * 0.4)
    return await _tell(f"{count} messages in {count * GAP_S * 0.4:.0f} s", presses)


async def _tell(name: str, presses: Sequence[PressedButton]) -> tuple[str, ...]:
    for press in presses:
        await press.answered(LONG_S)
    times = sorted(1000 * (press.latency_s or 0.0) for press in presses)
    p99 = times[min(int(0.99 * len(times)), len(times) - 1)]
    return name, str(len(times)), f"{times[len(times) // 2]:.0f}", f"{p99:.0f}", f"{times[-1]:.0f}"
