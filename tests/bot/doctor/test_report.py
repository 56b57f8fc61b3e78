"""How findings are gathered, and shown: to people at a terminal, in a file, and to programs."""

from __future__ import annotations

import asyncio
import io
import json

from rich.console import Console

from bot.doctor.examination import run_check
from bot.doctor.findings import Findings, Level, Section, fine, hint, note, problem
from bot.doctor.kit import Kit
from bot.doctor.report import print_report, to_json
from tests.bot.doctor.conftest import MakeKit, said

LINK = "https://discord.com/oauth2/authorize?client_id=1234567890&scope=bot+applications.commands&permissions=8"
SECTIONS = [
    Section("Discord", (fine("The token is good."), note("Invite it:", LINK))),
    Section("Disk", (problem("Only a little room is left on the disk that holds the data.", "Make some room there."),)),
]


def show(sections: list[Section], width: int, *, terminal: bool) -> list[str]:
    out = io.StringIO()
    print_report(Console(file=out, width=width, force_terminal=terminal, color_system=None, highlight=False), sections)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_at_a_terminal_everything_is_aligned_and_links_stay_whole() -> None:
    """Facts and remedies wrap below themselves; a link that is cut could not be clicked."""
    lines = show(SECTIONS, 50, terminal=True)
    assert "  ✓ The token is good." in lines
    assert f"    → {LINK}" in lines
    at = next(number for number, line in enumerate(lines) if "✗" in line and "room" in line)
    assert lines[at + 1].startswith("    ")
    assert "    → Make some room there." in lines


def test_a_remedy_stands_beside_its_fact_where_it_fits() -> None:
    assert "  ! It is slow. → Wait." in show([Section("X", (hint("It is slow.", "Wait."),))], 80, terminal=True)


def test_in_a_file_a_finding_is_one_line_however_long() -> None:
    assert f"  · Invite it: → {LINK}" in show(SECTIONS, 50, terminal=False)


def test_the_last_line_counts_what_is_to_be_done() -> None:
    """Problems and hints apart; nothing is said of what is fine."""
    assert show(SECTIONS, 80, terminal=False)[-1] == "1 thing to mend (✗)."
    both = [Section("X", (problem("a", "b"), problem("c", "d"), hint("e", "f")))]
    assert show(both, 80, terminal=False)[-1] == "2 things to mend (✗). 1 thing could be better (!)."
    assert show([Section("X", (fine("a"),))], 80, terminal=False)[-1] == "Everything that is needed is fine."


def test_programs_get_every_finding_with_its_topic() -> None:
    told = json.loads(to_json(SECTIONS))
    assert told["healthy"] is False
    assert told["findings"][1] == {"topic": "Discord", "level": Level.NOTE, "fact": "Invite it:", "remedy": LINK}


async def test_a_check_that_hangs_or_breaks_is_a_finding_of_its_own(make_kit: MakeKit) -> None:
    """It takes nothing from the others; an error's text may hold an address, and is not shown."""

    async def hang(_: Kit) -> Findings:
        await asyncio.sleep(60)
        return ()

    async def stumble(_: Kit) -> Findings:
        raise RuntimeError("https://api.telegram.org/bot123:secret")

    late = said(await run_check(hang, make_kit(), limit_s=0.05), Level.PROBLEM)
    assert "longer than 0.05 s" in late
    broken = said(await run_check(stumble, make_kit()), Level.PROBLEM)
    assert "RuntimeError" in broken
    assert "secret" not in broken
