"""Memes that move, and pictures that are no photos to Telegram."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace

import pytest
from PIL import Image

from inference.contract import Answer, CaptionOutput, Job, RenderOutput, Result
from tests.bot.scripted_pool import ScriptedPool
from tests.bot.telegram.conftest import draw_jpeg
from tests.wire.telegram import TelegramWire, User

pytestmark = pytest.mark.usefixtures("bot")


def draw(kind: str, width: int = 40, height: int = 30) -> RenderOutput:
    """A picture as the renderer might give it; GIF and WebP move."""
    frames = [Image.new("RGB", (width, height), (200, shade, shade)) for shade in (0, 120)]
    more = {"save_all": True, "append_images": frames[1:], "duration": 100} if kind in {"gif", "webp"} else {}
    buffer = io.BytesIO()
    frames[0].save(buffer, kind.upper(), **more)
    return RenderOutput(
        picture=buffer.getvalue(), media_type=f"image/{kind}", width=width, height=height, alt_text="A picture"
    )


@dataclass
class DrawingPool(ScriptedPool):
    """Answers with the drawing a test chose."""

    drawing: RenderOutput | None = None

    async def submit(self, job: Job) -> Answer:
        answer = await super().submit(job)
        if self.drawing is None or not isinstance(answer, Result):
            return answer
        if isinstance(answer.output, CaptionOutput):
            return replace(answer, output=replace(answer.output, meme=self.drawing))
        return replace(answer, output=self.drawing)


@pytest.fixture
def pool() -> DrawingPool:
    return DrawingPool()


@pytest.mark.parametrize(
    ("drawing", "kind"),
    [
        pytest.param(draw("gif"), "animation", id="GIF plays"),
        pytest.param(draw("webp"), "document", id="moving WebP does not"),
        pytest.param(draw("jpeg"), "photo", id="JPEG"),
        pytest.param(draw("png", 2100, 100), "document", id="too narrow for a photo"),
    ],
)
async def test_pictures_go_as_what_telegram_shows(
    wire: TelegramWire, ann: User, pool: DrawingPool, drawing: RenderOutput, kind: str
) -> None:
    """Byte for byte, with caption and buttons."""
    pool.drawing = drawing
    await wire.say(ann, photo=draw_jpeg())
    meme = await wire.private(ann).next_media()
    assert meme.media
    assert (meme.media.kind, meme.picture) == (kind, drawing.picture)
    assert meme.button("👍")


async def test_a_waiting_message_can_become_an_animation_and_that_a_photo(
    wire: TelegramWire, ann: User, pool: DrawingPool
) -> None:
    """Whatever a message shows, the next meme takes its place."""
    pool.drawing, pool.delay_s = draw("gif"), 3.0
    await wire.say(ann, photo=draw_jpeg())
    meme = await wire.private(ann).next_media(8)
    assert meme.media
    assert meme.media.kind == "animation"
    pool.drawing, pool.delay_s = draw("jpeg"), 0.0
    await (await wire.press(ann, meme, "🔁")).answered()
    await wire.until(lambda: meme.media and meme.media.kind == "photo", what="the photo")
    assert wire.private(ann).from_bot == [meme]


async def test_what_telegram_takes_for_no_photo_goes_as_a_document(
    wire: TelegramWire, ann: User, pool: DrawingPool
) -> None:
    """Its own rules for photos may change: a refusal is not the end."""
    wire.fail_next("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    await wire.say(ann, photo=draw_jpeg())
    meme = await wire.private(ann).next_media()
    assert meme.media
    assert meme.media.kind == "document"
