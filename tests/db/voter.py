"""A process that votes: `python voter.py URL CANDIDATE NAME COUNT`; prints each voter once the vote is acknowledged.

COUNT 0 votes until it is killed. The candidate is made where it is not there yet, by its request id.
"""

from __future__ import annotations

import asyncio
import itertools
import sys

from db.stores import open_database
from inference.contract import Candidate, Layout


async def main(url: str, request_id: str, name: str, count: int) -> None:
    database = await open_database(url)
    caption = Candidate(lines=("one",), template=None, layout=Layout.TOP_BOTTOM, tone="joy", score=0.0)
    (candidate_id,) = await database.candidates.add(
        platform="web", chat_id="room", asked_by=None, request_id=request_id, model="m", candidates=[caption]
    )
    for number in range(count) if count else itertools.count():
        await database.votes.cast(candidate_id, "web", f"{name}-{number}", 1)
        print(f"{name}-{number}", flush=True)  # noqa: T201 - the acknowledgement the test reads
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
