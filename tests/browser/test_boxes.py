"""Drawing text boxes in a real browser, on the page of the room's own templates and through the door of a chat's."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.async_api import FloatRect, Locator, Page, expect

from bot.core.tickets import Grant, Tickets
from bot.settings import Settings
from tests.browser.conftest import PATIENCE_MS, OpenPage

pytestmark = pytest.mark.browser

expect.set_options(timeout=PATIENCE_MS)

SIZE = (900, 600)
COLOUR = (30, 90, 160)
BLOB = re.compile("^blob:")


async def open_desk(page: Page) -> Page:
    await page.goto(page.url.rstrip("/") + "/boxes/at/room")
    return page


async def lay_picture(page: Page, name: str = "blue_wall.png") -> Locator:
    """Choose a plain picture and wait until the renderer has written on it; returns the board."""
    buffer = io.BytesIO()
    Image.new("RGB", SIZE, COLOUR).save(buffer, "PNG")
    await page.set_input_files("#file", {"name": name, "mimeType": "image/png", "buffer": buffer.getvalue()})
    await drawn(page)
    return page.locator("#board")


async def drawn(page: Page) -> None:
    await expect(page.locator("#board-picture")).to_have_attribute("src", BLOB, timeout=60_000)


async def frame_of(board: Locator) -> FloatRect:
    await board.scroll_into_view_if_needed()
    frame = await board.bounding_box()
    assert frame is not None
    return frame


async def drag(board: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """With the mouse, between two points in fractions of the board."""
    frame, mouse = await frame_of(board), board.page.mouse
    points = [(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]) for x, y in (start, end)]
    await mouse.move(*points[0])
    await mouse.down()
    await mouse.move(*points[1], steps=6)
    await mouse.up()


async def places(page: Page) -> list[list[int]]:
    """Each box as percentages: left, top, width, height."""
    return await page.locator(".box").evaluate_all(
        """boxes => boxes.map(({ style }) =>
            ["left", "top", "width", "height"].map(side => Math.round(parseFloat(style[side]))))"""
    )


async def clear_boxes(page: Page) -> None:
    while await page.locator("#lines [data-remove]").count():
        await page.locator("#lines [data-remove]").first.click()


def written(picture: bytes) -> np.ndarray:
    """Which pixels are no longer the picture's own colour."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), int)
    return np.abs(pixels - np.array(COLOUR)).max(axis=2) > 60


def assert_words_lie_in(marks: np.ndarray, boxes: list[tuple[float, float, float, float]]) -> None:
    """There are words in every box and, but for rounding, nowhere else."""
    height, width = marks.shape
    for x, y, w, h in boxes:
        inside = marks[round(y * height) : round((y + h) * height), round(x * width) : round((x + w) * width)]
        assert inside.mean() > 0.02
        inside[:] = False
    assert marks.mean() < 0.0005


async def test_boxes_are_moved_resized_and_removed_with_the_keyboard_alone(open_page: OpenPage) -> None:
    """Each step is said to those who do not see it, and can be taken back."""
    page = await open_desk(await open_page())
    await lay_picture(page)
    first = page.locator(".box").first
    await first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Shift+ArrowUp", "Shift+ArrowLeft"):
        await page.keyboard.press(key)
    assert (await places(page))[0] == [4, 4, 93, 27]
    await expect(page.locator("#said")).to_have_text(
        "Box 1 of 2: 4 % from the left, 4 % from the top, 93 % wide, 27 % high"
    )
    await expect(first).to_have_attribute("aria-label", re.compile("Box 1 of 2: 4 %"))
    await page.keyboard.press("Delete")
    await expect(page.locator(".box")).to_have_count(1)
    await expect(page.locator("#said")).to_have_text("Box 1 is removed.")
    for _ in range(2):
        await page.keyboard.press("Control+z")
    assert (await places(page))[0] == [4, 4, 94, 27]
    await page.keyboard.press("Control+Shift+z")
    assert (await places(page))[0] == [4, 4, 93, 27]


async def test_boxes_are_drawn_and_moved_by_finger(open_page: OpenPage) -> None:
    """On a phone, without the page scrolling away under the finger."""
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = await open_desk(await open_page(**phone))
    board = await lay_picture(page)
    await clear_boxes(page)
    await touch(board, (0.2, 0.2), (0.7, 0.5))
    assert await places(page) == [[20, 20, 50, 30]]
    scrolled = await page.evaluate("scrollY")
    await touch(board, (0.4, 0.3), (0.5, 0.6))
    assert await places(page) == [[30, 50, 50, 30]]
    assert await page.evaluate("scrollY") == scrolled
    widest = await page.evaluate("document.documentElement.scrollWidth")
    assert widest <= 390


async def touch(board: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    frame = await frame_of(board)
    session = await board.page.context.new_cdp_session(board.page)

    async def send(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": frame["x"] + x * frame["width"], "y": frame["y"] + y * frame["height"]} for x, y in points]
        await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    await send("touchStart", start)
    for step in range(1, 6):
        await send("touchMove", tuple(a + (b - a) * step / 5 for a, b in zip(start, end, strict=True)))  # type: ignore[arg-type]
    await send("touchEnd")


async def test_the_preview_shows_the_lines_that_were_typed(open_page: OpenPage) -> None:
    """The board shows the meme as the renderer draws it, anew for other words, without its boxes on demand."""
    page = await open_desk(await open_page())
    await lay_picture(page)
    before = await page.locator("#board-picture").get_attribute("src")
    await page.locator("#lines input").first.fill("other words")
    await expect(page.locator("#board-picture")).not_to_have_attribute("src", before or "")
    await drawn(page)
    await page.click("#hide-boxes")
    await expect(page.locator("#board-boxes")).to_have_css("opacity", "0")


async def test_a_template_is_renamed_removed_and_brought_back(open_page: OpenPage) -> None:
    """Both can be taken back, the first from its toast, the second from where the template was."""
    page = await open_desk(await open_page())
    await lay_picture(page)
    await page.click("#save")
    await page.get_by_role("button", name="Rename “blue wall”").click()
    await page.fill("#rename-field", "Grey wall")
    await page.click("#rename-form .primary")
    await expect(page.locator("#templates .open")).to_have_text("Grey wall")
    await expect(page.locator("#name")).to_have_value("Grey wall")
    await page.locator(".toast button").click()
    await expect(page.locator("#templates .open")).to_have_text("blue wall")
    await page.get_by_role("button", name="Remove “blue wall”").click()
    await expect(page.locator("#drop-zone")).to_be_visible()
    await page.locator("#templates .trace button").click()
    await page.locator("#templates .open").click()
    await expect(page.locator(".box")).to_have_count(2)
    await expect(page.locator("#name")).to_have_value("blue wall")


async def test_what_cannot_be_saved_is_told_where_it_was_tried(open_page: OpenPage) -> None:
    """A taken name, a file that is no picture, a file too large; what was drawn stays."""
    page = await open_desk(await open_page())
    await lay_picture(page)
    await page.click("#save")
    await page.click("#new")
    await lay_picture(page)
    await page.click("#save")
    await expect(page.locator(".toast")).to_contain_text("already")
    await expect(page.locator(".box")).to_have_count(2)
    page.on("dialog", lambda dialog: dialog.accept())
    await page.set_input_files("#file", {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})
    await expect(page.locator(".toast")).to_contain_text("not a picture")
    await page.set_input_files("#file", {"name": "x.png", "mimeType": "image/png", "buffer": bytes(2**20 + 1)})
    await expect(page.locator(".toast")).to_contain_text("too large")


async def test_a_ticket_lets_a_person_in_once(open_page: OpenPage, settings: Settings) -> None:
    """The door opens by its button, the desk keeps the chat's templates, and the link is used up."""
    page = await open_page()
    room = page.url.rstrip("/")
    tickets = Tickets((settings.data_dir / "web_secret").read_bytes())
    ticket = tickets.issue(Grant("discord", "guild-1", "ann", "en"))
    await page.goto(f"{room}/boxes/{ticket}")
    await page.click("#enter")
    await page.wait_for_url(re.compile("/boxes/at/[0-9a-f]{16}$"))
    await lay_picture(page)
    await page.click("#save")
    await expect(page.locator("#templates .open")).to_have_text("blue wall")
    await page.reload()
    await expect(page.locator("#templates .open")).to_have_text("blue wall")
    await page.goto(f"{room}/boxes/{ticket}")
    await page.click("#enter")
    await expect(page.locator(".toast")).to_contain_text("has been used")


class TestWithTheRealRenderer:
    """The models as they ship; the test engine draws no words."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"engine": "embedded"})

    async def test_a_meme_has_its_words_in_the_boxes_that_were_drawn(self, open_page: OpenPage) -> None:
        """Boxes dragged, moved and resized with the mouse, a template saved, and a meme made on it in the room."""
        page = await open_desk(await open_page())
        board = await lay_picture(page)
        await clear_boxes(page)
        await drag(board, (0.10, 0.10), (0.60, 0.30))
        await drag(board, (0.20, 0.60), (0.50, 0.80))
        await drag(board, (0.30, 0.70), (0.50, 0.75))
        await drag(board, (0.70, 0.85), (0.80, 0.95))
        boxes = await places(page)
        assert boxes == [[10, 10, 50, 20], [40, 65, 40, 30]]
        await drawn(page)
        await page.fill("#name", "Blue wall")
        await page.click("#save")
        await expect(page.locator("#templates li")).to_have_text(re.compile("Blue wall"))
        await page.click("text=Back to the room")
        await expect(page.locator("#presence")).not_to_be_empty()
        await page.click("#template")
        await page.click("#picker-grid >> text=Blue wall")
        await page.click("#ask-meme")
        meme = page.locator(".meme img")
        await expect(meme).to_be_visible(timeout=60_000)
        assert "Blue wall" in (await meme.get_attribute("alt") or "")
        picture = await page.request.get(str(await meme.evaluate("image => image.src")))
        fractions = [(x / 100 - 0.01, y / 100 - 0.01, w / 100 + 0.02, h / 100 + 0.02) for x, y, w, h in boxes]
        assert_words_lie_in(written(await picture.body()), fractions)  # type: ignore[arg-type]
