"""Batches: one line per item, in order, failures included, and the same file whether stopped or not."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from inference.batch import BatchError, plan_batch, run_batch, write_batch
from inference.contract import Answer, Failure, FailureKind, Job, Pool, PoolStatus, Task
from inference.engine import EngineConfig
from inference.pool import LocalPool, PoolConfig


@pytest.fixture
async def pool():
    async with LocalPool(EngineConfig(kind="fake"), PoolConfig(workers=1)) as started:
        yield started


@pytest.fixture
def items(tmp_path: Path) -> Path:
    """Forty items: pictures, texts, one missing file, one that is no picture."""
    picture = io.BytesIO()
    Image.new("RGB", (32, 32), "teal").save(picture, "PNG")
    (tmp_path / "good.png").write_bytes(picture.getvalue())
    (tmp_path / "bad.png").write_bytes(b"not a picture at all")
    rows: list[dict[str, object]] = [{"id": f"p{i}", "image": "good.png", "text": f"words {i}"} for i in range(38)]
    rows[5] = {"id": "missing", "image": "nowhere.png"}
    rows[9] = {"id": "bad", "image": "bad.png"}
    rows += [{"id": 7, "text": "only words"}, {"id": "nothing"}]
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


async def answer_all(pool: Pool, items: Path, out: Path, task: Task = Task.FLAG) -> list[dict[str, object]]:
    plan = plan_batch(items, out)
    folders = (items.parent, out.with_name("pictures"))
    await write_batch(run_batch(pool, task, plan, folders), out, lambda _: None)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


async def test_every_item_gets_one_line_in_order(pool: LocalPool, items: Path, tmp_path: Path) -> None:
    """Answers and failures alike stand where their item stood."""
    lines = await answer_all(pool, items, tmp_path / "out.jsonl")
    asked = [json.loads(line)["id"] for line in items.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == asked
    failures = {line["id"]: line["failure"]["kind"] for line in lines if "failure" in line}  # type: ignore[index]
    assert failures == {"missing": "invalid_image", "bad": "invalid_image", "nothing": "unsupported"}
    assert all("score" in line["result"] for line in lines if "result" in line)  # type: ignore[operator]


@pytest.mark.parametrize("cut", [0, 1, 400, 2000, -3], ids=["nothing", "one byte", "a few", "more", "torn last line"])
async def test_a_stopped_run_ends_with_the_same_file(pool: LocalPool, items: Path, tmp_path: Path, cut: int) -> None:
    """Whatever part of the results a kill leaves, starting again completes them to the same bytes."""
    whole = tmp_path / "whole.jsonl"
    await answer_all(pool, items, whole)
    stopped = tmp_path / "stopped.jsonl"
    stopped.write_bytes(whole.read_bytes()[:cut])
    await answer_all(pool, items, stopped)
    assert stopped.read_bytes() == whole.read_bytes()


async def test_memes_are_written_beside_the_results(pool: LocalPool, items: Path, tmp_path: Path) -> None:
    """A caption's picture is a file that the line names, even where the id is no file name."""
    items.write_text(json.dumps({"id": "../a b/c", "prompt": "monday"}) + "\n", encoding="utf-8")
    (line,) = await answer_all(pool, items, tmp_path / "out.jsonl", Task.CAPTION)
    picture = tmp_path / line["result"]["picture"]  # type: ignore[index]
    assert picture.parent == tmp_path / "pictures"
    with Image.open(picture) as image:
        assert image.width > 0


def test_results_of_other_items_are_refused(items: Path, tmp_path: Path) -> None:
    """Nothing is appended to a file that answers something else."""
    out = tmp_path / "out.jsonl"
    out.write_text('{"id": "somebody else", "result": {}}\n', encoding="utf-8")
    with pytest.raises(BatchError, match="other items"):
        plan_batch(items, out)
    assert "somebody else" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [("not json", "line 1"), ("[1]", '"id"'), ('{"image": "x.png"}', '"id"')],
    ids=["no JSON", "no object", "no id"],
)
def test_a_line_that_is_no_item_is_named(tmp_path: Path, text: str, told: str) -> None:
    """The sentence says which line to mend."""
    path = tmp_path / "items.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BatchError, match=told):
        plan_batch(path, tmp_path / "out.jsonl")


class BusyPool:
    """A pool that cannot keep up with some items, the first few times or always."""

    def __init__(self, inner: LocalPool, refusals: int) -> None:
        self._inner = inner
        self._refusals = refusals

    async def submit(self, job: Job) -> Answer:
        if self._refusals > 0:
            self._refusals -= 1
            return Failure(job.id, FailureKind.EXPIRED, "That took too long.")
        return await self._inner.submit(job)

    async def status(self) -> PoolStatus:
        return await self._inner.status()

    async def close(self) -> None:
        await self._inner.close()


async def test_a_busy_moment_leaves_no_trace(pool: LocalPool, items: Path, tmp_path: Path) -> None:
    """Jobs that ran out of time are tried again, not written down as failures of their items."""
    calm = await answer_all(pool, items, tmp_path / "calm.jsonl")
    assert await answer_all(BusyPool(pool, 2), items, tmp_path / "busy.jsonl") == calm


async def test_a_pool_that_cannot_keep_up_stops_the_run(pool: LocalPool, items: Path, tmp_path: Path) -> None:
    """What was answered stands, the sentence says how to go on, and a later run completes the file."""
    out = tmp_path / "out.jsonl"
    with pytest.raises(BatchError, match="Start again"):
        await answer_all(BusyPool(pool, 10_000), items, out)
    assert out.read_text(encoding="utf-8") == ""
    assert len(await answer_all(pool, items, out)) == 40
