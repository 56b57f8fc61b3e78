"""How often one person may ask."""

from __future__ import annotations

from bot.core.core import Core, CoreParts
from bot.core.limits import MAX_KEYS, Limit, Rate
from bot.core.values import Meme, Notice
from db import stores
from tests.bot.conftest import ANN, BOB, Heard, incoming
from tests.bot.scripted_pool import ScriptedPool


async def test_one_person_in_a_hurry_leaves_the_others_alone(pool: ScriptedPool, store: stores.Database) -> None:
    """Over the limit there is a sentence with the seconds to wait, for that person only."""
    core = Core(pool, store, CoreParts(rate=Rate(burst=1, per_minute=20)))
    assert isinstance(await core.make(incoming(text="monday"), Heard()), Meme)
    refused = await core.make(incoming(ANN, text="monday"), Heard())
    assert isinstance(refused, Notice)
    assert "3 s" in refused.text
    assert isinstance(await core.make(incoming(BOB, text="monday"), Heard()), Meme)


def test_the_bucket_refills_evenly() -> None:
    """At 20 a minute one more request is granted after 3 s."""
    now = [0.0]
    limit = Limit(Rate(burst=2, per_minute=20), clock=lambda: now[0])
    assert [limit.take("a") for _ in range(3)] == [0, 0, 3]
    now[0] = 2.0
    assert limit.take("a") == 1
    now[0] = 3.1
    assert limit.take("a") == 0


def test_memory_of_people_is_bounded() -> None:
    """However many people come by, only the last ones are remembered."""
    limit = Limit(Rate(burst=1, per_minute=0.001))
    assert limit.take("first") == 0
    assert limit.take("first") > 0
    for index in range(MAX_KEYS):
        limit.take(str(index))
    assert limit.take("first") == 0
