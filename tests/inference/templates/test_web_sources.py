"""Importing from memegen's and imgflip's APIs, spoken by a local server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web

from inference.templates import sources, web_sources
from inference.templates.catalogue import Catalogue
from inference.templates.importing import ImportLimits, ImportReport, import_templates
from inference.templates.sources import SourceFailed
from inference.templates.web_sources import open_imgflip, open_memegen
from tests.inference.templates.template_api import TemplateApi, png, serve_api


@pytest_asyncio.fixture
async def api() -> AsyncIterator[TemplateApi]:
    async with serve_api() as served:
        yield served


async def take_memegen(api: TemplateApi, folder: Path, limits: ImportLimits | None = None) -> ImportReport:
    async with open_memegen(api.base) as source:
        return await import_templates(source, folder, limits or ImportLimits())


async def take_imgflip(api: TemplateApi, folder: Path) -> ImportReport:
    async with open_imgflip(api.base + "/") as source:
        return await import_templates(source, folder)


async def test_memegen_templates_arrive_with_lines_examples_and_keywords(api: TemplateApi, tmp_path: Path) -> None:
    """Every field that says something is kept; the id becomes an alias."""
    api.memegen(api.memegen_row("zz", "Zebra Crossing", 3, keywords=["stripes"]))
    api.files["/images/zz.png"] = png()
    report = await take_memegen(api, tmp_path)
    assert report.imported == ("zebra-crossing",)
    template = Catalogue.load(tmp_path).get("stripes")
    assert template is not None
    assert template == Catalogue.load(tmp_path).get("ZZ")
    assert len(template.boxes) == 3
    assert template.example == ("first words", "second words", "Line 3")
    assert template.source == "memegen"


async def test_imgflip_templates_arrive_with_as_many_boxes_as_announced(api: TemplateApi, tmp_path: Path) -> None:
    """`box_count` decides the layout."""
    api.imgflip(api.imgflip_row("101", "Own Goal", 2), api.imgflip_row("102", "Five Things", 5))
    api.files |= {"/101.jpg": png("red"), "/102.jpg": png("blue")}
    report = await take_imgflip(api, tmp_path)
    assert report.imported == ("own-goal", "five-things")
    five = Catalogue.load(tmp_path).get("five things")
    assert five is not None
    assert len(five.boxes) == 5


async def test_a_second_source_leaves_the_first_ones_templates(api: TemplateApi, tmp_path: Path) -> None:
    """Both live in one folder, and a shared name is told apart."""
    api.memegen(api.memegen_row("og", "Own Goal"))
    api.imgflip(api.imgflip_row("101", "Own Goal"))
    api.files |= {"/images/og.png": png("red"), "/101.jpg": png("blue")}
    await take_memegen(api, tmp_path)
    await take_imgflip(api, tmp_path)
    again = await take_imgflip(api, tmp_path)
    assert again.unchanged == ("own-goal-imgflip",)
    assert Catalogue.load(tmp_path).get("own-goal") is not None


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        while True:
            await response.write(bytes(64 * 1024))
    except ConnectionError:
        return response


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(404, "status 404", id="gone"),
        pytest.param(302, "status 302", id="redirect"),
        pytest.param(b"<html>no picture</html>", "web page", id="a web page"),
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(endless, "larger than", id="endless"),
    ],
)
async def test_a_picture_that_cannot_be_had_is_skipped(
    api: TemplateApi, tmp_path: Path, answer: object, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest arrives; a redirect is not followed."""
    monkeypatch.setattr(web_sources, "MAX_PICTURE_BYTES", 2**20)
    api.memegen(api.memegen_row("bad", "Bad One"), api.memegen_row("ok", "Good One"))
    api.files |= {"/images/bad.png": answer, "/images/ok.png": png(), "/elsewhere.png": png()}
    report = await take_memegen(api, tmp_path)
    assert report.imported == ("good-one",)
    assert [item.key for item in report.skipped] == ["bad"]
    assert reason in report.skipped[0].reason
    assert "/elsewhere.png" not in api.asked


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/x.png",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:1/x.png",
        "file:///etc/hostname",
        "https://api.memegen.link.example.com/x.png",
        "https://api.memegen.link@example.com/x.png",
        "http://api.memegen.link/x.png",
        "x.png",
        "http://[",
    ],
)
async def test_a_picture_elsewhere_is_never_fetched(api: TemplateApi, tmp_path: Path, address: str) -> None:
    """Only the API's own hosts are asked, whatever a list says."""
    api.memegen(api.memegen_row("far", "Far Away", blank=address))
    report = await take_memegen(api, tmp_path)
    assert report.imported == ()
    assert report.skipped[0].reason.endswith((" hosts.", "web address."))


async def test_another_port_of_the_same_machine_is_another_host(api: TemplateApi, tmp_path: Path) -> None:
    """A list cannot point an import at a neighbour's service."""
    async with serve_api() as neighbour:
        neighbour.files["/secret.png"] = png()
        api.memegen(api.memegen_row("far", "Far Away", blank=f"{neighbour.base}/secret.png"))
        report = await take_memegen(api, tmp_path)
        assert report.imported == ()
        assert neighbour.asked == []


@pytest.mark.parametrize(
    "change",
    [{"id": None}, {"name": ""}, {"lines": 0}, {"lines": "2"}, {"lines": 99}, {"blank": 7}, {"keywords": 3}],
    ids=str,
)
async def test_an_entry_in_another_form_is_skipped(api: TemplateApi, tmp_path: Path, change: dict) -> None:
    """A list with one odd entry is still a list."""
    api.memegen(api.memegen_row("odd", "Odd", **change), api.memegen_row("ok", "Good One"), 17)
    api.files["/images/ok.png"] = png()
    report = await take_memegen(api, tmp_path)
    assert report.imported == ("good-one",)
    assert [item.key for item in report.skipped] == ["entry 1", "entry 3"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param(b"{", "not valid JSON", id="broken"),
        pytest.param([], "no list of memes", id="a list"),
        pytest.param({"success": True, "data": {}}, "no list of memes", id="no memes"),
        pytest.param({"success": False, "error_message": "too many requests"}, "too many requests", id="refused"),
    ],
)
async def test_a_list_that_cannot_be_read_is_one_sentence(
    api: TemplateApi, tmp_path: Path, answer: object, sentence: str
) -> None:
    """The API's own reason is passed on where it gives one."""
    api.lists["/get_memes"] = answer
    with pytest.raises(SourceFailed, match=sentence):
        await take_imgflip(api, tmp_path)


async def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """A refused connection is no traceback."""
    async with serve_api() as gone:
        pass
    with pytest.raises(SourceFailed, match="could not be reached"):
        await take_memegen(gone, tmp_path)


async def test_an_address_that_is_none_is_one_sentence() -> None:
    """A mistyped --url is explained."""
    with pytest.raises(SourceFailed, match="not a web address"):
        async with open_memegen("memegen"):
            pass


async def test_a_slow_picture_ends_the_import_at_its_time_limit(api: TemplateApi, tmp_path: Path) -> None:
    """What arrived in time is kept; the rest is reported."""

    async def stall(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        raise AssertionError("unreachable")

    api.memegen(api.memegen_row("ok", "Good One"), api.memegen_row("slow", "Slow One"), api.memegen_row("no", "Last"))
    api.files |= {"/images/ok.png": png(), "/images/slow.png": stall, "/images/no.png": png()}
    report = await take_memegen(api, tmp_path, ImportLimits(timeout_s=1.5))
    assert report.imported == ("good-one",)
    assert [item.key for item in report.skipped] == ["slow", "no"]


def test_the_public_addresses_are_the_documented_ones() -> None:
    """The defaults speak TLS and each source's picture hosts are its own."""
    for address in (web_sources.MEMEGEN_URL, web_sources.IMGFLIP_URL, *web_sources.IMGFLIP_PICTURE_ORIGINS):
        assert address.startswith("https://")
    assert sources.MAX_PICTURE_BYTES <= 20 * 2**20
