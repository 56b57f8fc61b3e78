"""Takes the picture of the template desk for the docs: `python -m tests.browser.desk_picture docs/images/desk.png`.

Runs the room as it ships, and lays one of its own drawings on the desk.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright, expect

from bot.app import open_room
from bot.settings import Settings
from inference.templates.catalogue import Catalogue, read_picture
from tests.browser.conftest import CHROMIUM, FLAGS

DRAWINGS = {"Machine room": "do-not-touch", "The summit": "unlikely-handshake", "Night shift": "awake-at-three"}
SIZE = {"width": 1240, "height": 870}
PATIENCE_MS = 120_000


async def take(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), web_port=0, requests_burst=100)
        async with open_room(settings) as address, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            context = await browser.new_context(viewport=SIZE, locale="en-US", color_scheme="light")  # type: ignore[arg-type]
            page = await context.new_page()
            await page.goto(address)
            await page.goto(f"{address}/boxes/at/room")
            for name, drawing in DRAWINGS.items():
                template = Catalogue.load().get(drawing)
                assert template is not None
                photo = {"name": f"{name}.webp", "mimeType": "image/webp", "buffer": read_picture(template)}
                await page.set_input_files("#file", photo)  # type: ignore[arg-type]
                await expect(page.locator("#board-picture")).to_have_attribute(
                    "src", re.compile("^blob:"), timeout=PATIENCE_MS
                )
                await page.click("#save")
                await expect(page.locator("#templates")).to_contain_text(name)
            await page.locator(".box").last.click()
            await page.mouse.move(1, 1)
            await page.evaluate("scrollTo(0, 0)")
            await page.wait_for_timeout(6500)
            target.parent.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=target)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
