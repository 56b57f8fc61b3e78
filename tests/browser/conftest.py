"""A headless Chromium against the room as it ships: real pool, real store, the engine that is made for tests.

Where no Chromium is installed these tests are skipped, and the end of the run says so in capitals.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.app import open_room
from bot.settings import Settings

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PATIENCE_MS = 20_000

OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(autouse=True)
def _chromium() -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return Settings(
        engine="fake", data_dir=tmp_path, web_port=0, web_upload_mb=1, requests_burst=100, offensive_from=1.0
    )


@pytest.fixture
async def address(settings: Settings) -> AsyncIterator[str]:
    async with open_room(settings) as found:
        yield found


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        await chromium.close()


@pytest.fixture
async def open_page(browser: Browser, address: str) -> AsyncIterator[OpenPage]:
    """Open the room as a new person; an error in a page's script, or a breach of its policy, fails the test."""
    errors: list[str] = []
    contexts: list[BrowserContext] = []

    async def open_one(**options: Any) -> Page:
        context = await browser.new_context(**{"locale": "en-US", **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Policy" in said.text else None)
        await page.goto(address)
        await expect(page.locator("#presence")).not_to_be_empty(timeout=PATIENCE_MS)
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert errors == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if CHROMIUM is None:
        terminalreporter.write_line("!!! NO CHROMIUM IS INSTALLED: THE BROWSER TESTS DID NOT RUN.", red=True, bold=True)
