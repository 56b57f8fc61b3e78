"""`memesmith serve` as its operators meet it: a real process, its port, and its end."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process

import psutil
import pytest

from inference.client import HttpClient
from inference.contract import Result
from inference.settings import InferenceSettings
from tests.contracts.pools import TOKEN, ask, until_busy, until_ready

COMMAND = "import typer; from inference.cli.serve import serve; typer.run(serve)"


async def start(*arguments: str, **environment: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", COMMAND, *arguments, env=os.environ | {"ENGINE": "fake"} | environment, stderr=PIPE
    )


async def url_of(process: Process) -> str:
    assert process.stderr
    return (await process.stderr.readline()).decode().split()[2].rstrip(";")


async def test_sigterm_answers_what_is_inside_and_leaves_no_process() -> None:
    """A deployment that stops the service loses no job and no process stays."""
    process = await start("--port", "0", "--workers", "2", INFERENCE_TOKEN=TOKEN)
    async with HttpClient(await url_of(process), TOKEN) as client:
        await until_ready(client)
        children = psutil.Process(process.pid).children(recursive=True)
        inside = asyncio.create_task(ask(client, "#sleep=0.4"))
        await until_busy(client)
        process.send_signal(signal.SIGTERM)
        assert isinstance(await inside, Result)
    _, written = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in written
    assert not psutil.wait_procs(children, timeout=10)[1]


async def test_a_port_in_use_ends_in_one_sentence() -> None:
    """Two services on one port: the second says so and fails."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = await start("--port", str(taken.getsockname()[1]))
        _, written = await process.communicate()
    assert process.returncode == 1
    assert b"Nothing can listen on 127.0.0.1" in written
    assert b"Traceback" not in written


def test_settings_become_the_configurations_of_engine_and_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each variable arrives where it is used, an empty one counts as not set, and the token shows nowhere."""
    variables = {
        "ENGINE": "fake",
        "INFERENCE_DEVICE": "cuda:1",
        "INFERENCE_WORKERS": "3",
        "INFERENCE_QUEUE": "7",
        "INFERENCE_TOKEN": TOKEN,
        "TEMPLATES_DIR": "",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings = InferenceSettings(_env_file=None)
    engine, pool = settings.engine_config(), settings.pool_config()
    assert (engine.kind, engine.device, engine.caption_model) == ("fake", "cuda:1", "embedded")
    assert engine.templates_dir is None
    assert (pool.workers, pool.capacity) == (3, 7)
    assert settings.token() == TOKEN
    assert TOKEN not in repr(settings)
