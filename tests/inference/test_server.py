"""The HTTP service: forms, status codes, limits, health, numbers, its own description, and callers who leave."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from inference.contract import Task
from inference.engine import EngineConfig, FakeOptions
from inference.pool import LocalPool, PoolConfig
from inference.server import ServerConfig, serving
from tests.contracts.pools import TOKEN, picture, until_busy, until_ready

pytestmark = pytest.mark.asyncio(loop_scope="module")
PICTURE = picture()
LIMIT = 200_000


class Service:
    """A running service with the test engine, and a client that shows the token."""

    def __init__(self, pool: LocalPool, url: str, session: aiohttp.ClientSession) -> None:
        self.pool, self.url, self.session = pool, url, session

    async def post(self, task: str, **sent: Any) -> tuple[int, Any]:
        async with self.session.post(f"{self.url}/v1/{task}", **sent) as response:
            return response.status, await response.json()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def service() -> AsyncIterator[Service]:
    pool = LocalPool(EngineConfig(kind="fake", fake=FakeOptions(max_batch=1)), PoolConfig(workers=1))
    config = ServerConfig(port=0, token=TOKEN, max_body_bytes=LIMIT)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with pool, serving(pool, config) as url, aiohttp.ClientSession(headers=headers) as session:
        await until_ready(pool)
        yield Service(pool, url, session)


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def _ready(service: Service) -> None:
    """A test that killed the worker leaves no trace on the next."""
    await until_ready(service.pool)


def form(image: bytes | None = PICTURE, **request: Any) -> aiohttp.FormData:
    data = aiohttp.FormData(default_to_multipart=True)
    data.add_field("request", json.dumps(request), content_type="application/json")
    if image is not None:
        data.add_field("image", image, filename="x.png")
    return data


async def test_both_forms_of_a_request_get_the_same_result(service: Service) -> None:
    """A file in a form and base64 in JSON are the same picture."""
    fields = {"prompt": "rain", "n": 2, "seed": 1}
    in_form = await service.post("caption", data=form(**fields))
    in_json = await service.post("caption", json=fields | {"image": base64.b64encode(PICTURE).decode()})
    assert in_form[0] == in_json[0] == 200
    assert in_form[1]["result"] == in_json[1]["result"]
    assert in_form[1]["task"] == "caption"


@pytest.mark.parametrize("task", ["caption", "render"])
async def test_whoever_accepts_a_picture_gets_the_bytes(service: Service, task: str) -> None:
    """`Accept: image/*` answers the meme itself, with its media type."""
    sent = {"prompt": "x"} if task == "caption" else {"lines": ["x"], "template": "any"}
    url = f"{service.url}/v1/{task}"
    async with service.session.post(url, json=sent, headers={"Accept": "image/*"}) as response:
        assert response.content_type == "image/png"
        assert (await response.read()).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("task", "sent", "status", "kind"),
    [
        ("genre", {"data": form(b"no picture")}, 422, "invalid_image"),
        ("flag", {"json": {"text": "#raise"}}, 500, "model_error"),
        ("flag", {"json": {"text": "#die"}}, 500, "worker_died"),
        ("flag", {"json": {"text": "#sleep=0.4", "job": {"timeout_s": 0.1}}}, 504, "expired"),
        ("flag", {"json": {"text": "#sleep=0.4"}, "headers": {"X-Timeout-S": "0.1"}}, 504, "expired"),
        ("flag", {"json": {"test": "typo"}}, 400, "unsupported"),
        ("flag", {"json": {"text": "x", "job": {"priority": "first"}}}, 400, "unsupported"),
        ("flag", {"json": {"text": "x", "job": {"timeout_s": "soon"}}}, 400, "unsupported"),
        ("flag", {"json": {"text": "x", "job": {"timeout_s": True}}}, 400, "unsupported"),
        ("flag", {"json": {"text": "x", "job": {"timeout_s": 10**400}}}, 400, "unsupported"),
        ("flag", {"json": {"text": "x"}, "headers": {"X-Timeout-S": "soon"}}, 400, "unsupported"),
        ("flag", {"json": {"text": "x"}, "headers": {"X-Timeout-S": "nan"}}, 400, "unsupported"),
        ("flag", {"json": {"text": "x", "job": {"id": "x" * 999}}}, 400, "unsupported"),
        ("flag", {"json": ["text"]}, 400, "unsupported"),
        ("flag", {"data": b"{", "headers": {"Content-Type": "application/json"}}, 400, "unsupported"),
        ("flag", {"data": b"text=x"}, 400, "unsupported"),
        ("flag", {"data": form(hat="x")}, 400, "unsupported"),
        ("genre", {"json": {"image": "%%%"}}, 400, "unsupported"),
        ("genre", {"json": {"image": "A" * LIMIT}}, 413, "invalid_image"),
        ("juggle", {"json": {}}, 404, "unsupported"),
    ],
)
async def test_each_failure_has_its_status_and_says_why(
    service: Service, task: str, sent: dict[str, Any], status: int, kind: str
) -> None:
    """Every refusal is JSON with a kind and a sentence."""
    code, row = await service.post(task, **sent)
    assert (code, row["failure"]["kind"]) == (status, kind)
    assert row["failure"]["message"]


async def test_a_wrong_method_is_told_the_right_one(service: Service) -> None:
    """405 names what is allowed, in JSON like every refusal."""
    async with service.session.get(f"{service.url}/v1/flag") as response:
        assert (response.status, response.headers["Allow"]) == (405, "POST")
        assert (await response.json())["failure"]["kind"] == "unsupported"


async def test_a_file_over_the_limit_is_refused(service: Service) -> None:
    """The cap holds for parts of a form as for plain bodies."""
    code, row = await service.post("genre", data=form(bytes(LIMIT + 1)))
    assert (code, row["failure"]["kind"]) == (413, "invalid_image")


async def test_a_caller_who_hangs_up_takes_the_job_along(service: Service, tmp_path: Path) -> None:
    """A closed connection cancels the job before it costs model time."""
    running = asyncio.create_task(service.post("flag", json={"text": "#sleep=0.5"}))
    await until_busy(service.pool)
    ran = tmp_path / "ran"
    leaving = asyncio.create_task(service.post("flag", json={"text": f"#die-once={ran}", "job": {"id": "leaver"}}))
    while (await service.pool.status()).running < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    leaving.cancel()
    assert (await running)[0] == 200
    assert (await service.post("flag", json={"text": "afterwards"}))[0] == 200
    assert not ran.exists()


@pytest.mark.parametrize("shown", ["", "Bearer wrong", "Bearer s3cre", "Basic s3cret", "Bearer ÿ"])
async def test_without_the_token_nothing_but_health_is_open(service: Service, shown: str) -> None:
    """The token guards tasks, numbers and description alike."""
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": shown} if shown else {}
        for path in ("/metrics", "/openapi.json"):
            async with session.get(service.url + path, headers=headers) as response:
                assert response.status == 401
        async with session.get(f"{service.url}/healthz", headers=headers) as response:
            assert (response.status, (await response.json())["state"]) == (200, "ready")


async def test_health_says_loading_and_why_it_does_not_get_ready() -> None:
    """A load balancer sees 503 until models are there; a person sees the sentence."""
    engine = EngineConfig(kind="fake", fake=FakeOptions(needs_file="/nowhere/weights"))
    pool = LocalPool(engine, PoolConfig(workers=1))
    async with pool, serving(pool, ServerConfig(port=0)) as url, aiohttp.ClientSession() as session:
        problem = None
        while problem is None:
            async with session.get(f"{url}/healthz") as response:
                assert response.status == 503
                row = await response.json()
                problem = row["problem"]
        assert row["state"] == "loading"
        assert problem == "The file /nowhere/weights is missing."


async def test_the_numbers_count_answers_by_task_and_outcome(service: Service) -> None:
    """Prometheus reads results and failures apart."""
    await service.post("ocr", data=form())
    await service.post("ocr", data=form(b"no picture"))
    async with service.session.get(f"{service.url}/metrics") as response:
        text = await response.text()
    assert 'memesmith_answers_total{outcome="result",task="ocr"} 1.0' in text
    assert 'memesmith_answers_total{outcome="invalid_image",task="ocr"} 1.0' in text
    assert "memesmith_ready_workers 1.0" in text


async def test_the_description_covers_every_task_and_holds_together(service: Service) -> None:
    """OpenAPI 3.1: each task has its path, both bodies, its result and its failures, and all references resolve."""
    async with service.session.get(f"{service.url}/openapi.json") as response:
        document = await response.json()
    assert document["openapi"].startswith("3.1")
    for task in Task:
        operation = document["paths"][f"/v1/{task.value}"]["post"]
        bodies = operation["requestBody"]["content"]
        assert set(bodies) == {"application/json", "multipart/form-data"}
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert answer["properties"]["task"] == {"type": "string", "const": task.value}
        assert {"400", "413", "422", "500", "503", "504"} <= set(operation["responses"])
    for reference in references(document):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        assert found["type"] == "object"
    assert document["paths"]["/v1/ocr"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"][
        "required"
    ] == ["image"]


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [each for item in value.values() for each in references(item)]
    return [each for item in value for each in references(item)] if isinstance(value, list) else []
