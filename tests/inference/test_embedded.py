"""The embedded engine with the shipped weights, from bytes to answers."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest
from PIL import Image, ImageColor, ImageDraw, ImageFilter

from inference.contract import (
    Box,
    CaptionOutput,
    CaptionRequest,
    CaptionScoreOutput,
    CaptionScoreRequest,
    ExpressionOutput,
    ExpressionRequest,
    FlagOutput,
    FlagRequest,
    GenreOutput,
    GenreRequest,
    Job,
    Layout,
    OcrOutput,
    OcrRequest,
    RenderOutput,
    RenderRequest,
    Request,
    Task,
    TemplateOutput,
    TemplateRequest,
    Verdict,
)
from inference.embedded import EmbeddedEngine
from inference.engine import EngineConfig
from inference.eras import era_of_genres, era_of_template
from inference.errors import InferenceError, InvalidImage, ModelError, Unsupported
from inference.imaging import decode_picture
from inference.labels import EXPRESSIONS, FLAG_CATEGORIES, GENRES, TONES
from inference.templates.catalogue import Catalogue, read_picture
from tests.inference.drawn_faces import draw_face

Wanted = TypeVar("Wanted")
WHOLE = Box(0, 0, 1, 1)


@pytest.fixture(scope="module")
def engine() -> EmbeddedEngine:
    return EmbeddedEngine.load(EngineConfig(device="cpu", threads=1))


@pytest.fixture(scope="module")
def photo() -> bytes:
    """A drawn landscape: sky, sun, hills."""
    image = Image.new("RGB", (400, 300), "skyblue")
    draw = ImageDraw.Draw(image)
    draw.ellipse((300, 30, 360, 90), fill="gold")
    draw.ellipse((-80, 180, 300, 480), fill="seagreen")
    draw.ellipse((150, 210, 520, 480), fill="darkgreen")
    return encoded(image)


def encoded(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def lettered(text: str) -> bytes:
    """White paper with large black words on it."""
    image = Image.new("RGB", (640, 240), "white")
    ImageDraw.Draw(image).text((40, 80), text, fill="black", font_size=64)
    return encoded(image)


def answer(engine: EmbeddedEngine, request: Request, kind: type[Wanted]) -> Wanted:
    output = engine.run(request.task, [engine.prepare(Job(request))])[0]
    if isinstance(output, InferenceError):
        raise output
    assert isinstance(output, kind)
    return output


def test_a_photo_becomes_a_meme_with_alt_text(engine: EmbeddedEngine, photo: bytes) -> None:
    """As many candidates as asked for, best first, and a picture that can be opened."""
    output = answer(engine, CaptionRequest(image=photo, n=3, seed=1), CaptionOutput)
    assert len(output.candidates) == 3
    assert all(candidate.template is None and any(candidate.lines) for candidate in output.candidates)
    assert decode_picture(output.meme.picture).size == (output.meme.width, output.meme.height)
    assert output.candidates[0].lines[0].split()[0].lower() in output.meme.alt_text.lower()


def test_a_prompt_alone_gets_templates_of_ours(engine: EmbeddedEngine) -> None:
    """The bot chooses where to write; the next candidate looks different; the asked word is used."""
    output = answer(engine, CaptionRequest(prompt="coffee", n=4, seed=3), CaptionOutput)
    templates = [candidate.template for candidate in output.candidates]
    assert all(name is not None and Catalogue.load().get(name) for name in templates)
    assert templates[0] != templates[1]
    assert output.keywords == ("coffee",)
    assert any("coffee" in " ".join(candidate.lines).lower() for candidate in output.candidates)


def test_a_template_gets_one_line_per_box(engine: EmbeddedEngine) -> None:
    """A named template is used, by any of its names, and every box has its line."""
    template = next(template for template in Catalogue.load() if len(template.boxes) == 3)
    request = CaptionRequest(template=template.aliases[0], n=2, seed=5)
    output = answer(engine, request, CaptionOutput)
    assert {candidate.template for candidate in output.candidates} == {template.name}
    assert all(len(candidate.lines) == 3 for candidate in output.candidates)
    assert template.title in output.meme.alt_text


def test_a_picture_can_take_a_templates_joke(engine: EmbeddedEngine, photo: bytes) -> None:
    """With both, the template's boxes are filled on the asker's picture."""
    output = answer(engine, CaptionRequest(image=photo, template="two-signs", n=1, seed=1), CaptionOutput)
    assert output.candidates[0].template == "two-signs"
    sky = decode_picture(output.meme.picture).first.getpixel((5, output.meme.height // 2))
    assert sky == pytest.approx(ImageColor.getrgb("skyblue"), abs=12)


@pytest.mark.parametrize("count", [1, 3, 12])
def test_a_picture_with_boxes_of_its_own_gets_a_line_in_each(engine: EmbeddedEngine, photo: bytes, count: int) -> None:
    """The meme differs from the picture inside every box and nowhere else; the alt text names the picture."""
    boxes = tuple(Box(0.1, at / count, 0.8, 0.9 / count) for at in range(count))
    output = answer(engine, CaptionRequest(image=photo, boxes=boxes, title="Our hill", n=2, seed=1), CaptionOutput)
    for candidate in output.candidates:
        assert (candidate.template, candidate.layout, len(candidate.lines)) == (None, Layout.TEMPLATE, count)
    assert_written_in(output.meme, photo, boxes)
    assert output.meme.alt_text.startswith("Meme on Our hill that says: ")


def test_words_of_a_persons_own_go_into_the_pictures_boxes(engine: EmbeddedEngine, photo: bytes) -> None:
    """The same picture and boxes, rendered again with other lines."""
    boxes = (Box(0, 0, 0.5, 0.25), Box(0.25, 0.4, 0.5, 0.2))
    request = RenderRequest(lines=("first", "second"), image=photo, boxes=boxes, layout=Layout.TEMPLATE)
    assert_written_in(answer(engine, request, RenderOutput), photo, boxes)


def test_a_title_of_ones_own_names_a_known_template(engine: EmbeddedEngine) -> None:
    """What was asked for goes before what the catalogue says."""
    drawn = answer(engine, RenderRequest(lines=("a", "b"), template="two-signs", title="Choices"), RenderOutput)
    assert drawn.alt_text == "Meme on Choices that says: a / b"


def assert_written_in(meme: RenderOutput, photo: bytes, boxes: tuple[Box, ...]) -> None:
    blank = decode_picture(photo).first.resize((meme.width, meme.height), Image.Resampling.LANCZOS)
    apart = np.abs(np.asarray(decode_picture(meme.picture).first, int) - np.asarray(blank, int)).max(axis=2) > 60
    for box in boxes:
        left, top = round(box.x * meme.width), round(box.y * meme.height)
        right, bottom = round((box.x + box.w) * meme.width), round((box.y + box.h) * meme.height)
        assert apart[top:bottom, left:right].any()
        apart[top:bottom, left:right] = False
    assert apart.mean() < 0.001


def test_a_seed_repeats_an_answer(engine: EmbeddedEngine, photo: bytes) -> None:
    """The same seed writes the same candidates, another one others."""
    once, again, other = (
        answer(engine, CaptionRequest(image=photo, n=3, seed=seed), CaptionOutput).candidates for seed in (1, 1, 2)
    )
    assert once == again
    assert [candidate.lines for candidate in once] != [candidate.lines for candidate in other]


def test_no_candidate_is_one_that_the_flag_model_marks(engine: EmbeddedEngine) -> None:
    """What is shown passed the same judge that moderates others."""
    for seed in range(3):
        output = answer(engine, CaptionRequest(prompt="my boss", n=4, seed=seed), CaptionOutput)
        for candidate in output.candidates:
            judged = answer(engine, FlagRequest(text="\n".join(candidate.lines)), FlagOutput)
            assert judged.verdict is Verdict.CLEAR


def test_our_own_templates_are_recognised_under_a_caption(engine: EmbeddedEngine) -> None:
    """A meme made here is known again, and captioned in its own boxes."""
    drawn = answer(
        engine, RenderRequest(lines=("tabs", "spaces"), template="two-signs", layout=Layout.TEMPLATE), RenderOutput
    )
    assert answer(engine, TemplateRequest(image=drawn.picture), TemplateOutput).name == "two-signs"
    output = answer(engine, CaptionRequest(image=drawn.picture, n=1, seed=1), CaptionOutput)
    assert output.candidates[0].layout is Layout.TEMPLATE


def test_a_plain_picture_is_no_template(engine: EmbeddedEngine, photo: bytes) -> None:
    """What is like nothing known has no name."""
    assert answer(engine, TemplateRequest(image=photo), TemplateOutput).name is None


def test_genre_scores_cover_all_eight(engine: EmbeddedEngine, photo: bytes) -> None:
    """From a picture, from a text, and from both."""
    for request in (GenreRequest(image=photo), GenreRequest(text="vote for me"), GenreRequest(image=photo, text="hm")):
        scores = answer(engine, request, GenreOutput).scores
        assert tuple(scores) == GENRES
        assert all(0 <= score <= 1 for score in scores.values())


def test_a_genre_tells_the_years_of_the_template(engine: EmbeddedEngine) -> None:
    """Our own template has the years of the form of joke it follows."""
    template = Catalogue.load().get("two-signs")
    assert template is not None
    output = answer(engine, GenreRequest(image=read_picture(template)), GenreOutput)
    assert (output.template, output.era) == ("two-signs", era_of_template(["Two-Buttons"]))


def test_without_a_template_a_genre_has_its_own_years(engine: EmbeddedEngine) -> None:
    """The best label's years; none where no label has any."""
    for text in ("vote for the president and the senate", "trump hillary election vote", "hm"):
        output = answer(engine, GenreRequest(text=text), GenreOutput)
        assert (output.template, output.era) == (None, era_of_genres(output.labels))


def test_the_text_in_a_picture_is_judged(engine: EmbeddedEngine) -> None:
    """Words are read, carry the score, and are pointed at where they stand."""
    output = answer(engine, FlagRequest(image=lettered("YOU STUPID IDIOT")), FlagOutput)
    assert "IDIOT" in output.text.upper()
    assert output.verdict is not Verdict.CLEAR
    assert set(output.categories) == set(FLAG_CATEGORIES)
    reason = next(reason for reason in output.reasons if reason.text)
    assert reason.box is not None
    assert 0 <= reason.box.x < reason.box.x + reason.box.w <= 1


def test_faces_are_found_and_read(engine: EmbeddedEngine) -> None:
    """Two drawn faces, largest first, each with probabilities that sum to one; a plain picture has none."""
    picture = Image.new("RGB", (900, 500), "#5a7896")
    draw_face(picture, 250, 250, 1.8)
    draw_face(picture, 700, 260, 1.0)
    blurred = picture.filter(ImageFilter.GaussianBlur(3))
    output = answer(engine, ExpressionRequest(image=encoded(blurred)), ExpressionOutput)
    assert [set(face.scores) == set(EXPRESSIONS) for face in output.faces] == [True, True]
    assert output.faces[0].box.w > output.faces[1].box.w
    assert sum(output.faces[0].scores.values()) == pytest.approx(1.0, abs=1e-4)
    assert answer(engine, ExpressionRequest(image=encoded(Image.new("RGB", (200, 200)))), ExpressionOutput).faces == ()


def test_a_cropped_face_is_read_as_it_is(engine: EmbeddedEngine) -> None:
    """Nothing is searched for in a picture that is said to be one face."""
    picture = encoded(Image.new("L", (48, 48), 90))
    (face,) = answer(engine, ExpressionRequest(image=picture, face_is_whole=True), ExpressionOutput).faces
    assert face.box == WHOLE


def test_given_text_stands_in_for_reading(engine: EmbeddedEngine) -> None:
    """`text` is judged instead of what the picture says."""
    assert answer(engine, FlagRequest(image=lettered("YOU STUPID IDIOT"), text="good morning"), FlagOutput).text == (
        "good morning"
    )


@pytest.mark.parametrize(("unsure", "offensive"), [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)], ids=["all", "doubt", "none"])
def test_the_chats_thresholds_make_the_verdict(engine: EmbeddedEngine, unsure: float, offensive: float) -> None:
    """The same score reads differently under other thresholds."""
    request = FlagRequest(text="good morning", unsure_from=unsure, offensive_from=offensive)
    expected = Verdict.OFFENSIVE if offensive == 0 else Verdict.UNSURE if unsure == 0 else Verdict.CLEAR
    assert answer(engine, request, FlagOutput).verdict is expected


def test_a_stricter_chat_holds_more_back(engine: EmbeddedEngine) -> None:
    """A threshold of 1 holds nothing back; one that no caption stays below leaves nothing to post."""
    lenient = CaptionRequest(prompt="coffee", n=4, seed=3, hold_back_from=1.0)
    assert answer(engine, lenient, CaptionOutput).withheld == 0
    with pytest.raises(ModelError, match="fit to post"):
        answer(engine, replace(lenient, hold_back_from=0.0), CaptionOutput)


def test_text_is_read_in_order(engine: EmbeddedEngine) -> None:
    """OCR gives the words of a line."""
    assert "HELLO WORLD" in answer(engine, OcrRequest(image=lettered("HELLO WORLD")), OcrOutput).text.upper()


def test_a_likely_caption_scores_above_noise(engine: EmbeddedEngine) -> None:
    """Log probabilities are negative, and English beats letters at random."""
    scored = [
        answer(engine, CaptionScoreRequest(boxes=boxes, template="Two-Buttons"), CaptionScoreOutput)
        for boxes in (("go to bed", "watch one more episode"), ("xq zzv fj", "kwp vvb qqx mdrt zzz"))
    ]
    assert scored[0].logprob_nats / scored[0].chars > scored[1].logprob_nats / scored[1].chars
    assert all(score.logprob_nats < 0 for score in scored)


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        (CaptionRequest(n=9), "candidates"),
        (CaptionRequest(tone="grumpy"), TONES[0]),
        (CaptionRequest(prompt="x" * 501), "500"),
        (RenderRequest(lines=("a",)), "picture"),
        (RenderRequest(lines=("a",), template="two-signs", boxes=(WHOLE,)), "picture along"),
        (CaptionRequest(image=b"x", template="two-signs", boxes=(WHOLE,)), "one of the two"),
        (CaptionRequest(image=b"x", boxes=(WHOLE,) * 13), "at most 12"),
        (CaptionRequest(image=b"x", boxes=(Box(0.2, 0.2, 0, 0.5),)), "too small"),
        (CaptionRequest(image=b"x", boxes=(Box(0.2, 0.2, float("nan"), 0.5),)), "too small"),
        (CaptionRequest(image=b"x", boxes=(Box(float("nan"), 0.2, 0.5, 0.5),)), "outside"),
        (CaptionRequest(image=b"x", boxes=(Box(-0.1, 0.2, 0.5, 0.5),)), "outside"),
        (CaptionRequest(image=b"x", boxes=(Box(0.2, 0.6, 0.5, 0.5),)), "outside"),
        (CaptionRequest(title="x" * 101), "100"),
        (CaptionRequest(hold_back_from=1.5), "between 0 and 1"),
        (FlagRequest(), "nothing to look at"),
        (FlagRequest(text="x", unsure_from=0.9, offensive_from=0.1), "Thresholds"),
    ],
    ids=[
        "too many",
        "no such tone",
        "long prompt",
        "no canvas",
        "boxes without a picture",
        "boxes twice",
        "many boxes",
        "empty box",
        "box of no size",
        "box nowhere",
        "box left of it",
        "box below it",
        "long title",
        "no probability",
        "nothing",
        "thresholds",
    ],
)
def test_what_cannot_be_done_is_refused_before_any_work(engine: EmbeddedEngine, request_: Request, told: str) -> None:
    """The sentence says what would be accepted."""
    with pytest.raises(Unsupported, match=told):
        engine.prepare(Job(request_))


def test_an_unknown_template_gets_a_suggestion(engine: EmbeddedEngine) -> None:
    """The item fails, alone, with names that are near."""
    item = engine.prepare(Job(CaptionRequest(template="two-sign")))
    output = engine.run(Task.CAPTION, [item])[0]
    assert isinstance(output, Unsupported)
    assert "two-signs" in str(output)


def test_bytes_that_are_no_picture_are_refused(engine: EmbeddedEngine) -> None:
    """Decoding happens in `prepare`, one job at a time."""
    with pytest.raises(InvalidImage):
        engine.prepare(Job(GenreRequest(image=b"just words")))


def test_answers_name_the_models_that_made_them(engine: EmbeddedEngine) -> None:
    """Every task with a model tells its version."""
    for task in (Task.CAPTION, Task.GENRE, Task.FLAG):
        assert engine.version(task)
