"""Several databases, several processes and sudden deaths on the same rows."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from db.records import Tally
from db.stores import Database, open_database
from inference.contract import Candidate, Layout

pytest_plugins = ["tests.contracts.databases"]

VOTER = Path(__file__).with_name("voter.py")
ROOT = VOTER.parents[2]


async def start_voter(url: str, name: str, count: int) -> Process:
    arguments = [str(VOTER), url, "ask", name, str(count)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE, env=environment)


async def only_candidate(database: Database) -> str:
    (stored,) = await database.candidates.of_request("ask")
    return stored.id


async def add_candidate(database: Database) -> str:
    caption = Candidate(lines=("one",), template=None, layout=Layout.TOP_BOTTOM, tone="joy", score=0.0)
    (candidate_id,) = await database.candidates.add(
        platform="web", chat_id="room", asked_by="ann", request_id="ask", model="m", candidates=[caption]
    )
    return candidate_id


async def test_processes_that_start_together_share_one_database(database_url: str) -> None:
    """From an empty database, one brings the tables up, the others wait for it, and every vote counts."""
    voters = [await start_voter(database_url, name, 20) for name in ("ann", "bob", "cid")]
    outputs = [await voter.communicate() for voter in voters]
    assert [voter.returncode for voter in voters] == [0, 0, 0]
    assert [len(out.split()) for out, _ in outputs] == [20, 20, 20]
    database = await open_database(database_url)
    assert await database.votes.tally(await only_candidate(database)) == Tally(up=60, down=0)
    await database.close()


async def test_an_acknowledged_vote_survives_a_kill(database_url: str) -> None:
    """Whatever a process acknowledged before kill -9 is there afterwards, at most the one in flight besides."""
    voter = await start_voter(database_url, "ann", 0)
    assert voter.stdout is not None
    acknowledged = [(await voter.stdout.readline()).decode().strip() for _ in range(25)]
    voter.kill()
    acknowledged += (await voter.stdout.read()).decode().split()
    await voter.wait()
    database = await open_database(database_url)
    candidate_id = await only_candidate(database)
    votes = [await database.votes.of(candidate_id, "web", who) for who in acknowledged]
    assert votes == [1] * len(acknowledged)
    assert (await database.votes.tally(candidate_id)).up - len(acknowledged) in {0, 1}
    await database.close()


async def test_databases_opened_at_once_agree(database_url: str) -> None:
    """Two open databases of one process see each other's votes, and neither loses one to the other's lock."""
    first, second = await asyncio.gather(open_database(database_url), open_database(database_url))
    candidate_id = await add_candidate(first)
    casts = [(first, second)[n % 2].votes.cast(candidate_id, "web", f"user-{n}", 1) for n in range(40)]
    await asyncio.gather(*casts)
    assert await first.votes.tally(candidate_id) == Tally(up=40, down=0)
    assert await second.votes.tally(candidate_id) == Tally(up=40, down=0)
    await first.close()
    await second.close()


@pytest.mark.parametrize("delay_ms", [0, 1, 3, 10])
async def test_a_call_ends_though_its_caller_gave_up(database_url: str, delay_ms: int) -> None:
    """Callers cancelled in the middle leave no lock and no lost connection, and what they began stands."""
    database = await open_database(database_url)
    candidate_id = await add_candidate(database)
    calls = [asyncio.create_task(database.votes.cast(candidate_id, "web", f"user-{n}", 1)) for n in range(30)]
    await asyncio.sleep(delay_ms / 1000)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    assert (await database.votes.cast(candidate_id, "web", "patient", 1)).up >= 1
    await database.close()
    reopened = await open_database(database_url)
    assert await reopened.votes.tally(candidate_id) == Tally(up=31, down=0)
    await reopened.close()
