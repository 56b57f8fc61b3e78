"""The reader is measured on pages whose text is known; the spotter learns from a few and is shipped like any model."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest
import torch
from PIL import Image

from inference.manifest import Manifest
from inference.models.text_spotter import TextSpotter
from tests.training.picture_sets import picture, write_photos, write_template_index
from tests.training.word_sets import write_captions, write_table
from training.drawing.lettering import Ink, font_files
from training.drawing.memes import write_top_bottom
from training.drawing.sheet import Sheet
from training.errors import DataError
from training.options import EvaluateOptions, TrainOptions
from training.report.evaluation import Evaluation
from training.seeing.ocr import READ_EVERY, evaluate, train
from training.seeing.ocr_pages import PageSource, draw_pages, font_name
from training.seeing.ocr_scores import (
    Reading,
    count_edits,
    count_joined_edits,
    count_joined_words,
    count_words,
    ratio_score,
)
from training.seeing.ocr_spotter import threshold_of, vary

TEXTS = ("WHEN THE RAIN COMES", "NOBODY TOLD ME")


def write_harmeme(data: Path, part: str, first: int) -> None:
    folder = data / "offence" / "harmeme_images"
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[tuple[object, ...]] = []
    for number in range(first, first + 8):
        sheet = Sheet(picture(number, 320))
        words = f"{TEXTS[number % 2]} {number}"
        write_top_bottom(sheet, [words], Ink(font=font_files()[0], size=32, stroke=2))
        sheet.picture.save(folder / f"{number}.png")
        rows.append((f"{number}.png", words, "non-offensive", "not harmful"))
    write_table(data / f"offence/harmeme_{part}.csv", ("image_name", "sentence", "label", "fine_label"), rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few photographs, templates (many, so that some are held out), memes and captions."""
    folder = tmp_path_factory.mktemp("data")
    write_photos(folder / "negatives", 6, first_seed=100)
    write_template_index(folder, [("memegen", f"Some-Dog-{n}", picture(200 + n)) for n in range(40)])
    write_captions(folder, 500)
    write_harmeme(folder, "train", 0)
    write_harmeme(folder, "val", 20)
    return folder


@pytest.fixture(scope="module")
def trained(data: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainOptions:
    folder = tmp_path_factory.mktemp("trained")
    options = TrainOptions(data=data, out=folder / "weights", runs=folder / "runs", quick=True)
    train(options)
    return options


@pytest.fixture(scope="module")
def evaluation(data: Path, trained: TrainOptions) -> Evaluation:
    return evaluate(EvaluateOptions(data=data, weights=trained.out, limit=12))


def test_a_quick_training_ships_a_spotter_that_answers(trained: TrainOptions) -> None:
    """It is listed for the task, small, and as sure of a picture after loading as its threshold says."""
    manifest = Manifest.read(trained.out)
    spotter = TextSpotter.load(manifest)

    assert manifest.entry("ocr").task == "ocr"
    assert (trained.out / "ocr.safetensors").stat().st_size < 200_000
    assert math.isfinite(spotter.threshold)
    assert spotter.may_have_text(Image.new("RGB", (64, 400))) is True


def test_every_trait_of_the_pages_gets_an_error_rate(evaluation: Evaluation) -> None:
    """Sizes, backgrounds, fonts and the language are told apart, each with what it was measured on."""
    names = {name.rsplit("_", 1)[0] for name in evaluation.scores if name.startswith("cer_")}
    assert {"cer_size", "cer_background", "cer_font", "cer_language"} <= names
    assert evaluation.scores["cer_language_english"].items == 12
    assert 0.0 <= evaluation.scores["cer"].value <= 1.0


def test_large_drawn_letters_are_read_by_the_reader_itself(evaluation: Evaluation) -> None:
    """The baseline reads every picture: captions of real-looking memes come back nearly whole."""
    bare = evaluation.baselines[READ_EVERY]
    assert bare["harmeme_joined_recall"].value >= 0.8
    assert bare["ms_p50_pages"].value > 0.0


def test_korean_that_nobody_can_read_is_told_as_not_measured(evaluation: Evaluation) -> None:
    """Without Tesseract's Korean there is no score, and the goal says so instead of passing."""
    line = evaluation.goal_lines()["cer_language_korean"]
    measured = "cer_language_korean" in evaluation.scores
    assert line.endswith("not measured") is not measured


def test_what_the_spotter_loses_is_counted(evaluation: Evaluation) -> None:
    """The words lost are the difference between reading all and reading what it lets through."""
    bare, shown = evaluation.baselines[READ_EVERY], evaluation.scores
    lost = bare["harmeme_joined_recall"].value - shown["harmeme_joined_recall"].value
    assert shown["word_recall_lost"].value == pytest.approx(lost)
    assert 0.0 <= shown["skipped_photographs"].value <= 1.0


def test_a_folder_without_memes_is_refused_in_words(data: Path, trained: TrainOptions, tmp_path: Path) -> None:
    """Nothing to measure on is an error of the folder, not a score of nothing."""
    write_photos(tmp_path / "negatives", 4, first_seed=100)
    write_template_index(tmp_path, [("memegen", f"Some-Dog-{n}", picture(200 + n)) for n in range(40)])
    write_captions(tmp_path, 500)
    (tmp_path / "offence").mkdir()
    (tmp_path / "offence/harmeme_val.csv").write_bytes((data / "offence/harmeme_val.csv").read_bytes())
    with pytest.raises(DataError, match="pictures of HarMeme"):
        evaluate(EvaluateOptions(data=tmp_path, weights=trained.out, limit=2))


@pytest.mark.parametrize(
    ("read", "edits", "joined", "words", "found_joined"),
    [
        pytest.param("when the\nrain comes", 0, 0, 4, 4, id="case and line breaks do not count"),
        pytest.param("WHENTHE RAIN COMES", 1, 0, 2, 4, id="a lost space costs words but not joined words"),
        pytest.param("WHEN THE RAIN", 6, 5, 3, 3, id="a lost word"),
        pytest.param("", 19, 16, 0, 0, id="nothing read"),
    ],
)
def test_errors_are_counted_by_letters_and_by_words(
    read: str, edits: int, joined: int, words: int, found_joined: int
) -> None:
    """Each count stands beside how many there were."""
    reading = Reading("WHEN THE RAIN COMES", read)
    assert count_edits(reading) == (edits, 19)
    assert count_joined_edits(reading) == (joined, 16)
    assert count_words(reading) == (words, 4)
    assert count_joined_words(reading) == (found_joined, 4)


def test_long_texts_weigh_more_in_a_rate() -> None:
    """Errors of all texts over characters of all texts: one wrong letter in ten."""
    score = ratio_score([Reading("abcdefgh", "abcdefgh"), Reading("ab", "ax")], count_edits)
    assert score.value == pytest.approx(0.1)
    assert score.items == 2


def test_pages_know_their_text_and_repeat_with_their_seed() -> None:
    """Every mix of traits comes before any comes again; equal seeds draw equal pages."""
    source = PageSource([picture(1)], [picture(2)], {"english": [("hello there", "big world")]})
    pages, again = list(draw_pages(source, 72, seed=4)), list(draw_pages(source, 72, seed=4))

    assert len({tuple(sorted(page.traits.items())) for page in pages}) == 9 * len(font_files())
    assert {page.traits["font"] for page in pages} == {font_name(font) for font in font_files()}
    assert all(page.text.replace("\n", " ").casefold().startswith("hello there") for page in pages)
    assert [page.picture.tobytes() for page in pages] == [page.picture.tobytes() for page in again]


def test_the_threshold_keeps_all_but_a_few_pictures_with_text() -> None:
    """Three in a thousand may fall below it."""
    logits = [float(value) for value in range(1000)]
    kept = sum(value >= threshold_of(logits) for value in logits)
    assert 996 <= kept < 1000


def test_what_the_spotter_is_shown_varies_in_light_but_not_in_shape() -> None:
    """A batch keeps its size, and no picture is shown twice alike."""
    grey = torch.full((24, 24), 200, dtype=torch.uint8).numpy()
    batch = vary([grey, grey], random.Random(1))
    assert batch.shape == (2, 1, 24, 24)
    assert not torch.equal(batch[0], batch[1])
