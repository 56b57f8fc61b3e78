"""The containers' files agree with the program: services, commands, variables, ports. No engine is needed."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings, variable_names
from inference.settings import InferenceSettings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ["bot", "inference", "inference-gpu"]
ONLY_CONTAINERS = {"POSTGRES_PASSWORD", "WEB_PUBLISH", "WEBHOOK_PUBLISH", "TORCH_INDEX"}


def final_stage(target: str) -> str:
    """The lines of a build target."""
    return DOCKERFILE.split(f" AS {target}\n")[1].split("\nFROM ")[0]


def has_compose() -> bool:
    docker = shutil.which("docker")
    asked = docker and subprocess.run([docker, "compose", "version"], check=False, capture_output=True)
    return bool(asked) and asked.returncode == 0


def test_the_services_are_those_that_the_documentation_names() -> None:
    """Bot, models on a processor or on a card, and the database; the card is asked for by its profile."""
    assert set(SERVICES) == {*OURS, "postgres"}
    assert SERVICES["inference-gpu"]["profiles"] == ["gpu"]
    (device,) = SERVICES["inference-gpu"]["deploy"]["resources"]["reservations"]["devices"]
    assert (device["driver"], device["capabilities"]) == ("nvidia", ["gpu"])


@pytest.mark.parametrize("service", OURS)
def test_each_service_ends_in_a_command_of_the_program(service: str) -> None:
    """The image's last command is one of the console script's, and the image knows whether it is healthy."""
    stage = final_stage(SERVICES[service]["build"]["target"])
    (command,) = re.findall(r'^CMD \["(\w+)"\]', stage, re.MULTILINE)
    assert command in entry_points(group="memesmith.commands").names
    assert "HEALTHCHECK" in stage


@pytest.mark.parametrize("service", OURS)
def test_variables_are_settings_of_the_program(service: str) -> None:
    """A variable that no setting reads would be silently without effect."""
    assert set(SERVICES[service]["environment"]) <= set(variable_names())


def test_variables_of_the_image_are_settings_of_the_program() -> None:
    """The same for what the image itself sets, apart from what libraries read."""
    runtime = final_stage("runtime")
    names = set(re.findall(r"^\s*(?:ENV )?([A-Z_]+)=", runtime, re.MULTILINE))
    assert names - {"PATH", "PYTHONUNBUFFERED", "HF_HOME", "MPLCONFIGDIR"} <= set(variable_names())
    assert "DATA_DIR" in names


def test_what_people_may_set_is_known() -> None:
    """Every ${NAME} is a setting of the program, or one that only the containers have and the guide explains."""
    names = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert names - ONLY_CONTAINERS <= set(variable_names())
    guide = (ROOT / "docs/self-hosting.md").read_text()
    assert [name for name in ONLY_CONTAINERS & names if f"`{name}`" not in guide] == []
    assert names >= ONLY_CONTAINERS


@pytest.mark.parametrize("service", ["inference", "inference-gpu"])
def test_the_models_are_told_their_settings_and_no_secrets_of_others(service: str) -> None:
    """All settings of inference but folders of the host, and none of the bot's: no chat tokens, no database."""
    described = SERVICES[service]
    expected = {name.upper() for name in InferenceSettings.model_fields} - {"ENGINE", "WEIGHTS_DIR", "TEMPLATES_DIR"}
    assert set(described["environment"]) == expected
    assert "env_file" not in described


@pytest.mark.parametrize("service", ["inference", "inference-gpu"])
def test_the_bot_finds_its_models(service: str) -> None:
    """Either service answers to the name and port of the bot's INFERENCE_URL, the port the program has anyway."""
    described = SERVICES[service]
    networks = described["networks"]
    aliases = networks["inside"].get("aliases", []) if isinstance(networks, dict) else []
    port = described["environment"]["INFERENCE_PORT"]
    assert "inference" in [service, *aliases]
    assert SERVICES["bot"]["environment"]["INFERENCE_URL"] == f"http://inference:{port}"
    assert int(port) == Settings.model_fields["inference_port"].default


def test_the_bot_waits_for_its_database() -> None:
    """The bot starts once PostgreSQL is healthy, with the user, password and name that PostgreSQL was made with."""
    assert SERVICES["bot"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    assert "healthcheck" in SERVICES["postgres"]
    made = SERVICES["postgres"]["environment"]
    login = f"{made['POSTGRES_USER']}:{made['POSTGRES_PASSWORD']}"
    address = f"postgresql://{login}@postgres:5432/{made['POSTGRES_DB']}"
    assert SERVICES["bot"]["environment"]["DATABASE_URL"] == address


def test_nothing_is_open_to_the_network_unless_asked_for() -> None:
    """Only the room and the webhook have ports outside, on this machine alone; the database has no way out.

    The webhook's is any free one: a fixed one would keep everybody from starting whose machine uses it already.
    """
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"bot": ["${WEB_PUBLISH:-127.0.0.1:8765}:8765", "${WEBHOOK_PUBLISH:-127.0.0.1:}:8443"]}
    assert SERVICES["postgres"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_what_is_published_is_what_the_bot_listens_on() -> None:
    """Inside its container the bot listens everywhere, at the ports that are published, and the image names them."""
    told = SERVICES["bot"]["environment"]
    inside = [port.rpartition(":")[2] for port in SERVICES["bot"]["ports"]]
    assert inside == [told["WEB_PORT"], told["TELEGRAM_WEBHOOK_PORT"]]
    assert {told["WEB_HOST"], told["TELEGRAM_WEBHOOK_HOST"]} == {"0.0.0.0"}  # noqa: S104 - within its own network
    assert re.findall(r"^EXPOSE (.+)$", final_stage("bot"), re.MULTILINE) == [" ".join(inside)]
    assert int(told["TELEGRAM_WEBHOOK_PORT"]) == Settings.model_fields["telegram_webhook_port"].default


def test_tokens_of_chats_reach_the_bot_alone() -> None:
    """They come in by `.env`; what stands in the file itself names none of them."""
    chats = {name for name in variable_names() if name.startswith(("DISCORD_", "TELEGRAM_")) and "TOKEN" in name}
    assert chats == {"DISCORD_TOKEN", "TELEGRAM_TOKEN"}
    assert [name for name in SERVICES if "env_file" in SERVICES[name]] == ["bot"]
    assert not any(chats & set(service["environment"]) for service in SERVICES.values())


def test_the_guide_s_second_cluster_is_like_the_first() -> None:
    """What people copy out of the guide differs from the service `bot` in nothing but its number and its ports."""
    guide = (ROOT / "docs/discord.md").read_text()
    (sample,) = re.findall(r"```yaml\n(.+?)```", guide, re.DOTALL)
    first, second = SERVICES["bot"], yaml.safe_load(sample)["services"]["bot-1"]
    own = {"DISCORD_CLUSTER": "1", "TELEGRAM_TOKEN": ""}
    expected = {
        name: value
        for name, value in first["environment"].items()
        if not name.startswith(("WEB_", "TELEGRAM_WEBHOOK_"))
    }
    assert second["environment"] == {**expected, **own}
    same = set(COMPOSE["x-hardened"]) | {"networks", "image"}
    assert {name: second[name] for name in same} == {name: first[name] for name in same}
    assert second["depends_on"] == {"postgres": first["depends_on"]["postgres"]}


def test_the_program_runs_without_rights() -> None:
    """No root in the image, no capabilities, nothing writable but volumes and /tmp."""
    assert "\nUSER memesmith\n" in final_stage("runtime")
    for name in OURS:
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert SERVICES[name]["read_only"] is True


def test_the_image_is_built_from_files_that_are_there() -> None:
    """Whatever is copied exists and is not kept from the builder, and versions are the pinned ones."""
    copied = [
        name for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE) for name in line.split()[:-1]
    ]
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists() or name not in kept] == []
    assert "-c constraints.txt" in DOCKERFILE


@pytest.mark.skipif(not has_compose(), reason="docker compose is not installed")
@pytest.mark.parametrize("profile", [[], ["--profile", "gpu"]], ids=["processor", "card"])
def test_compose_itself_accepts_the_file(profile: list[str]) -> None:
    """Docker's own reading of the file finds no fault."""
    command = ["docker", "compose", *profile, "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
