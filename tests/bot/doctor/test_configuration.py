"""What the doctor finds in the settings, before anything is asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from bot.doctor.configuration import check_configuration
from bot.doctor.findings import Level
from tests.bot.doctor.conftest import MakeKit, said

COMPOSE: Final = Path(__file__).parents[3] / "docker-compose.yml"


async def test_where_settings_come_from(folder: Path, make_kit: MakeKit) -> None:
    """A `.env` in another folder than people think is the commonest mistake."""
    assert f"no .env in {folder}" in said(await check_configuration(make_kit()), Level.FINE)
    (folder / ".env").write_text("LOG_LEVEL=info\n")
    assert f"{folder}/.env" in said(await check_configuration(make_kit()), Level.FINE)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("DISCORD_TOKN=abc", "Did you mean DISCORD_TOKEN?", id="a typing error"),
        pytest.param("COLOUR_OF_THE_SKY=blue", "look it up", id="something else"),
    ],
)
async def test_lines_that_nothing_reads_are_named(folder: Path, make_kit: MakeKit, line: str, words: str) -> None:
    """A misspelt name would have no effect, and nobody would say so; its value is not shown."""
    (folder / ".env").write_text(line)
    found = said(await check_configuration(make_kit()), Level.HINT)
    name, _, value = line.partition("=")
    assert f"Nothing reads {name}" in found
    assert words in found
    assert value not in found


async def test_lines_for_containers_are_known(folder: Path, make_kit: MakeKit) -> None:
    """Whatever docker-compose.yml reads may stand in `.env`."""
    names = re.findall(r"\$\{([A-Z_]+)", COMPOSE.read_text())
    assert "POSTGRES_PASSWORD" in names
    (folder / ".env").write_text("".join(f"{name}=1\n" for name in names))
    assert "Nothing reads" not in said(await check_configuration(make_kit()))


async def test_secrets_that_others_may_read_are_hinted_at(folder: Path, make_kit: MakeKit) -> None:
    """Only where there is a secret in it."""
    path = folder / ".env"
    path.write_text("LOG_LEVEL=info\nDISCORD_TOKEN=\n")
    path.chmod(0o644)
    assert "chmod 600" not in said(await check_configuration(make_kit()))
    path.write_text("TELEGRAM_TOKEN=123:abc\n")
    assert "chmod 600" in said(await check_configuration(make_kit()), Level.HINT)
    path.chmod(0o600)
    assert "chmod 600" not in said(await check_configuration(make_kit()))


@pytest.mark.parametrize(
    ("cluster", "clusters", "shards", "words"),
    [
        pytest.param(2, 2, 0, "Set DISCORD_CLUSTER to 0 up to 1.", id="counted from one"),
        pytest.param(0, 4, 2, "cannot share 2 shards", id="fewer shards than clusters"),
        pytest.param(1, 2, 4, "", id="two clusters with two shards each"),
        pytest.param(0, 1, 0, "", id="as usual"),
    ],
)
async def test_clusters_and_shards_have_to_fit(
    make_kit: MakeKit, cluster: int, clusters: int, shards: int, words: str
) -> None:
    kit = make_kit(discord_cluster=cluster, discord_clusters=clusters, discord_shards=shards)
    found = said(await check_configuration(kit), Level.PROBLEM)
    assert words in found
    assert bool(words) == bool(found)


@pytest.mark.parametrize("name", ["room_url", "privacy_url"])
async def test_addresses_for_people_are_addresses(make_kit: MakeKit, name: str) -> None:
    """Chats refuse a button without a web address."""
    found = said(await check_configuration(make_kit(**{name: "memes.example.org"})), Level.PROBLEM)
    assert name.upper() in found
    good = await check_configuration(make_kit(**{name: "https://memes.example.org/x"}))
    assert said(good, Level.PROBLEM) == ""


async def test_chats_want_a_privacy_policy(make_kit: MakeKit) -> None:
    """Both platforms demand one; the room alone does not."""
    token = {"telegram_token": "123:abc"}
    assert "PRIVACY_URL" not in said(await check_configuration(make_kit()))
    assert "PRIVACY_URL is empty" in said(await check_configuration(make_kit(**token)), Level.HINT)
    kit = make_kit(**token, privacy_url="https://example.org/privacy")
    assert "PRIVACY_URL" not in said(await check_configuration(kit))
