"""The benches themselves run, on a load of seconds, so that they do not rot."""

from __future__ import annotations

import pytest

from inference.engine import EngineConfig
from tests.bench import chats, flagging, pool, seeing, serving, telegram
from tests.bench.__main__ import discover, main
from tests.bench._loads import Load

TINY = Load("tiny", EngineConfig(kind="fake"), 16, rounds=1)


def test_every_bench_is_found_by_its_module_name() -> None:
    """`python -m tests.bench` runs them all."""
    found = discover()
    assert {"chats", "pool", "serving"} <= set(found)
    assert "test_benches" not in found


def test_a_bench_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the names there are."""
    assert main(["sprint"]) == 2
    assert "pool" in capsys.readouterr().err


@pytest.mark.parametrize("measure", [pool.measure_throughput, serving.measure], ids=["pool", "serving"])
def test_a_bench_measures_both_sides(measure: object) -> None:
    """A row has a name, two speeds above nothing, and their ratio."""
    name, baseline, ours, ratio = measure(TINY)  # type: ignore[operator]
    assert name == "tiny"
    assert int(baseline) > 0
    assert int(ours) > 0
    assert float(ratio.rstrip("x")) > 0


async def test_the_bench_of_chats_measures_every_response() -> None:
    """Idle, rushed and busy: as many responses as were asked for, and none after Discord's three seconds."""
    rows = await chats.measure(chats.Load(engine="fake", in_line=6, asked=10))
    assert [row[1] for row in rows] == ["10", "6", "10"]
    assert all(0 < float(row[4]) < 3_000 for row in rows)


async def test_the_bench_of_telegram_measures_every_press() -> None:
    """Idle, lively and busy: as many answers as presses."""
    rows = await telegram.measure(telegram.Load(engine="fake", presses=5, messages=20, in_line=6))
    assert [row[1] for row in rows] == ["5", "6", "5"]
    assert all(float(row[4]) > 0 for row in rows)


def test_the_bench_of_seeing_measures_every_stage() -> None:
    """Each stage has its times and its speed, and eight bits stand beside torch."""
    rows = {row[0]: row[1:] for row in seeing.measure(pictures=2, rounds=1)}
    assert set(rows) == set(seeing.STAGES)
    assert all(float(median) > 0 and float(speed) > 0 for median, _, speed, _ in rows.values())
    assert rows["embed, eight bits"][3].endswith("x")


async def test_the_bench_of_the_flag_path_compares_with_one_at_a_time() -> None:
    """A row per number of pictures under way, the first of which is the measure of the others."""
    rows = await flagging.measure(EngineConfig(kind="fake"), 4, (1, 2))
    assert [row[0] for row in rows] == ["1", "2"]
    assert rows[0][4] == "1.00x"
    assert all(float(cell) >= 0 for row in rows for cell in row[1:4])
