"""What the doctor finds of models, fonts and readers, here or behind INFERENCE_URL; and of the database."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from bot.doctor.database import check_database
from bot.doctor.findings import Level
from bot.doctor.models import check_models
from db.stores import open_database
from inference.engine import EngineConfig
from inference.manifest import WEIGHTS_DIR
from inference.pool import LocalPool, PoolConfig
from inference.server import ServerConfig, serving
from tests.bot.doctor.conftest import MakeKit, said
from tests.contracts.pools import until_ready

TOKEN = "let-me-in"  # noqa: S105 - opens only a server of this test


@pytest.fixture
async def service() -> AsyncIterator[str]:
    """The real service with the test engine, ready, behind a token."""
    pool = LocalPool(EngineConfig(kind="fake"), PoolConfig(workers=1))
    async with pool, serving(pool, ServerConfig(port=0, token=TOKEN)) as url:
        await until_ready(pool)
        yield url


async def test_the_built_in_models_are_whole(make_kit: MakeKit) -> None:
    fine = said(await check_models(make_kit()), Level.FINE)
    assert "there and untouched" in fine
    assert "Korean with" in fine


async def test_an_altered_file_is_a_problem_until_it_is_restored(folder: Path, make_kit: MakeKit) -> None:
    """With the folder where it belongs."""
    row = next(
        each for each in json.loads((WEIGHTS_DIR / "manifest.json").read_text())["files"] if "json" in each["file"]
    )
    (folder / "manifest.json").write_text(json.dumps({"files": [row]}))
    path = folder / row["file"]
    path.write_text("{}")
    kit = make_kit(weights_dir=folder)
    assert f"Copy it anew into {folder}" in said(await check_models(kit), Level.PROBLEM)
    shutil.copy(WEIGHTS_DIR / row["file"], path)
    assert said(await check_models(kit), Level.PROBLEM) == ""


async def test_a_folder_without_weights_is_a_problem(folder: Path, make_kit: MakeKit) -> None:
    assert "manifest.json" in said(await check_models(make_kit(weights_dir=folder)), Level.PROBLEM)


async def test_models_of_others_are_looked_for(folder: Path, make_kit: MakeKit) -> None:
    """A folder that is not whole, an id to be fetched, and a folder that is whole."""
    kit = make_kit(flag_model=str(folder), genre_model="somebody/a-model-that-nobody-has")
    found = await check_models(kit)
    assert "FLAG_MODEL names" in said(found, Level.PROBLEM)
    assert "GENRE_MODEL is not here yet" in said(found, Level.NOTE)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").touch()
    assert "FLAG_MODEL is here" in said(await check_models(kit), Level.FINE)


async def test_the_test_engine_is_hinted_at(make_kit: MakeKit) -> None:
    assert "made up" in said(await check_models(make_kit(engine="fake")), Level.HINT)
    assert "made up" not in said(await check_models(make_kit()))


@pytest.mark.parametrize(("languages", "level"), [("eng", Level.HINT), ("eng\nkor", Level.FINE)], ids=["no", "yes"])
async def test_whether_korean_is_read(
    folder: Path, make_kit: MakeKit, monkeypatch: pytest.MonkeyPatch, languages: str, level: Level
) -> None:
    """Only a hint: English is read anyway."""
    program = folder / "tesseract"
    program.write_text(f"#!/bin/sh\necho '{languages}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")
    assert "words in pictures are read" in said(await check_models(make_kit()), level)


async def test_models_elsewhere_that_are_ready(service: str, make_kit: MakeKit) -> None:
    """Nothing of this machine is looked at then."""
    found = await check_models(make_kit(inference_url=service, inference_token=TOKEN))
    assert "are ready (1 workers)" in said(found, Level.FINE)
    assert "untouched" not in said(found)


async def test_models_elsewhere_with_another_token(service: str, make_kit: MakeKit) -> None:
    found = await check_models(make_kit(inference_url=service, inference_token="wrong-one"))  # noqa: S106 - opens nothing
    assert "refuse INFERENCE_TOKEN" in said(found, Level.PROBLEM)
    assert "wrong-one" not in said(found)


async def test_models_elsewhere_that_do_not_answer(make_kit: MakeKit) -> None:
    kit = make_kit(inference_url="http://user:hush@127.0.0.1:1")
    found = said(await check_models(kit), Level.PROBLEM)
    assert "127.0.0.1:1 can't be reached: nothing listens there." in found
    assert "hush" not in found


@pytest.mark.parametrize(
    ("status", "body", "level", "words"),
    [
        pytest.param(503, {"state": "loading", "workers": 0}, Level.HINT, "not ready yet", id="loading"),
        pytest.param(200, {"hello": "there"}, Level.PROBLEM, "not memesmith serve", id="another program"),
    ],
)
async def test_models_elsewhere_in_other_states(
    make_kit: MakeKit, status: int, body: dict[str, object], level: Level, words: str
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found = await check_models(make_kit(inference_url=f"http://127.0.0.1:{runner.addresses[0][1]}"))
    await runner.cleanup()
    assert words in said(found, level)


async def test_the_database_before_and_after_its_first_start(folder: Path, make_kit: MakeKit) -> None:
    """A file that is not there yet is no problem; afterwards its tables are those of this version."""
    kit = make_kit(data_dir=folder / "data")
    assert "no tables yet" in said(await check_database(kit), Level.NOTE)
    assert not (folder / "data").exists()
    await (await open_database(kit.settings.database())).close()
    found = said(await check_database(kit), Level.FINE)
    assert f"{folder}/data/memesmith.db answers" in found


async def test_a_database_that_cannot_be_had_is_a_problem(folder: Path, make_kit: MakeKit) -> None:
    """Wrong addresses, and files where no file can be; passwords are not shown."""
    (folder / "file").touch()
    unwritable = await check_database(make_kit(database_url=f"sqlite:///{folder}/file/memes.db"))
    assert "can't be written" in said(unwritable, Level.PROBLEM)
    unreachable = await check_database(make_kit(database_url="postgresql://me:hush@127.0.0.1:1/memes"))
    assert "cannot be opened" in said(unreachable, Level.PROBLEM)
    assert "hush" not in said(unreachable)
    unknown = await check_database(make_kit(database_url="mysql://h/n"))
    assert "DATABASE_URL" in said(unknown, Level.PROBLEM)
