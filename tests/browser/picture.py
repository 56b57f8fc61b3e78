"""Takes the picture of the room that the README shows: `python -m tests.browser.picture docs/images/room.png`.

Runs the room as it ships, with the embedded models; the meme in the picture is what they write for the prompt.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright, expect

from bot.app import open_room
from bot.settings import Settings
from tests.browser.conftest import CHROMIUM, FLAGS

PROMPT = "when the meeting could have been an email"
SIZE = {"width": 1120, "height": 820}
PATIENCE_MS = 120_000


async def take(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), web_port=0, requests_burst=100)
        async with open_room(settings) as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            context = await browser.new_context(viewport=SIZE, locale="en-US", color_scheme="light")  # type: ignore[arg-type]
            page = await context.new_page()
            await page.goto(address)
            await page.fill("#prompt", PROMPT)
            await page.click("#ask-meme")
            await expect(page.locator(".meme")).to_be_visible(timeout=PATIENCE_MS)
            await page.locator('[data-action="up"]').last.click()
            await page.mouse.move(1, 1)
            await page.wait_for_timeout(800)
            target.parent.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=target)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
