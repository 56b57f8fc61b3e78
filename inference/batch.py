"""Many items through a pool, answered one line each, in order, and picked up where a stopped run left off.

Reads and writes JSON lines as the README describes them. Knows the pool's contract and files; knows no model and shows
nothing: the command line does.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from inference.contract import (
    Answer,
    CaptionOutput,
    Failure,
    FailureKind,
    Job,
    Output,
    Pool,
    Priority,
    RenderOutput,
    Task,
)
from inference.errors import InferenceError, InvalidImage, Unsupported
from inference.wire import output_to_json, request_from_json

WINDOW: Final = 32
JOB_TIMEOUT_S: Final = 300.0
ATTEMPTS: Final = 3
# Failures of the moment, not of the item: they are tried again and never written down as its answer.
PASSING: Final = frozenset({FailureKind.OVERLOADED, FailureKind.EXPIRED, FailureKind.CANCELLED})


class BatchError(InferenceError):
    """The item file or the result file cannot be used."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the input: its id, as given, and everything else it says."""

    id: Any
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is left to do: `done` lines of the results stand already, `items` follow them."""

    done: int
    items: tuple[Item, ...]

    @property
    def total(self) -> int:
        return self.done + len(self.items)


def plan_batch(source: Path, results: Path) -> Plan:
    """Read the items and find how many are answered; a last line cut short by a kill is taken off the file.

    Raises BatchError for an unreadable file, a line that is no item, and results that belong to other items.
    """
    items = list(_read_items(source))
    done = _finished_ids(results)
    if done != [item.id for item in items[: len(done)]]:
        raise BatchError(f"{results} holds answers to other items; name another file or remove it.")
    return Plan(len(done), tuple(items[len(done) :]))


async def run_batch(pool: Pool, task: Task, plan: Plan, folders: tuple[Path, Path]) -> AsyncIterator[str]:
    """Yield the result line of every item, in order; `folders` are where pictures are read from and written to.

    Raises BatchError where the pool cannot keep up with an item; what was yielded before stands.

    At most WINDOW items are under way, so that a folder of any size needs the memory of a few pictures.
    """
    waiting: deque[asyncio.Task[str]] = deque()
    try:
        for item in plan.items:
            waiting.append(asyncio.create_task(_answer_line(pool, task, item, folders)))
            if len(waiting) >= WINDOW:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    finally:
        for task_under_way in waiting:
            task_under_way.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def write_batch(lines: AsyncIterator[str], results: Path, on_line: Callable[[str], None]) -> None:
    """Append each line as soon as it is known; raises BatchError where the file cannot be written."""
    try:
        with results.open("a", encoding="utf-8") as file:
            async for line in lines:
                file.write(line + "\n")
                file.flush()
                on_line(line)
    except OSError as error:
        raise BatchError(f"{results} cannot be written: {error.strerror}.") from error


async def _answer_line(pool: Pool, task: Task, item: Item, folders: tuple[Path, Path]) -> str:
    answer = await _answer(pool, task, item, folders[0])
    line: dict[str, Any] = {"id": item.id, "task": task.value}
    if isinstance(answer, Failure):
        line["failure"] = {"kind": answer.kind.value, "message": answer.message}
    else:
        line["result"] = await asyncio.to_thread(_result_json, answer.output, item, folders[1])
    return json.dumps(line, ensure_ascii=False)


async def _answer(pool: Pool, task: Task, item: Item, source_dir: Path) -> Answer:
    try:
        image = await asyncio.to_thread(_read_picture, item, source_dir)
        request = request_from_json(task, _with_seed(task, item), image)
    except InferenceError as error:
        return error.to_failure(str(item.id))
    why = ""
    for _ in range(ATTEMPTS):
        job = Job(request, fairness_key="batch", priority=Priority.BATCH, timeout_s=JOB_TIMEOUT_S)
        answer = await pool.submit(job)
        if not isinstance(answer, Failure) or answer.kind not in PASSING:
            return answer
        why = answer.message
    raise BatchError(f"Stopped before item {item.id}: {why} Start again to go on from there.")


def _read_items(source: Path) -> Iterator[Item]:
    try:
        lines = source.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BatchError(f"{source} cannot be read as a text file of JSON lines.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _parse_item(line, f"{source}, line {number}")


def _parse_item(line: str, place: str) -> Item:
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise BatchError(f"{place} is no JSON object.") from error
    if not isinstance(fields, dict) or "id" not in fields:
        raise BatchError(f'{place} needs to be a JSON object with an "id".')
    return Item(fields.pop("id"), fields)


def _finished_ids(results: Path) -> list[Any]:
    """Ids of the whole lines in `results`, in order; what follows the last line break is cut off."""
    if not results.exists():
        return []
    try:
        data = results.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            with results.open("r+b") as file:
                file.truncate(len(whole))
        return [json.loads(line)["id"] for line in whole.splitlines()]
    except OSError as error:
        raise BatchError(f"{results} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BatchError(f"{results} holds something other than results; name another file or remove it.") from error


def _read_picture(item: Item, folder: Path) -> bytes | None:
    name = item.fields.get("image")
    if name is None:
        return None
    if not isinstance(name, str):
        raise Unsupported('"image" is the path of a picture.')
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise InvalidImage(f"The picture {name} cannot be read: {error.strerror or 'no such file'}.") from error


def _with_seed(task: Task, item: Item) -> dict[str, Any]:
    """The item's fields without its picture; captions get a seed from the id, so that a second run writes the same."""
    fields = {key: value for key, value in item.fields.items() if key != "image"}
    if task is Task.CAPTION:
        fields.setdefault("seed", zlib.crc32(json.dumps(item.id).encode()))
    return fields


def _result_json(output: Output, item: Item, folder: Path) -> dict[str, Any]:
    """The output as JSON; a picture in it goes to a file in `folder` and is named by its path."""
    meme = output.meme if isinstance(output, CaptionOutput) else output
    if not isinstance(meme, RenderOutput):
        return output_to_json(output)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{_safe_name(item.id)}{meme.ending}"
    (folder / name).write_bytes(meme.picture)
    return output_to_json(output, f"{folder.name}/{name}")


def _safe_name(item_id: Any) -> str:
    """A file name of an id: its harmless characters, and a checksum where others were left out."""
    text = str(item_id)
    harmless = "".join(letter for letter in text if letter.isalnum() or letter in "-_")[:80]
    return harmless if harmless == text else f"{harmless}-{zlib.crc32(text.encode()):08x}"
