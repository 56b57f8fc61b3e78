"""Models of others, proven on tiny random checkpoints that are saved and loaded through the real code, offline."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import torch
from PIL import Image

from inference.errors import ModelError, Unsupported
from inference.labels import FLAG_CATEGORIES, GENRES
from inference.models.hub import HubCaptioner, HubCondition, HubFlag, HubFlagInput, HubGenre, HubGenreInput
from inference.models.hub.captioner import fit_lines
from inference.models.hub.prompts import CLEAR, FLAG_PROMPTS, GENRE_PROMPTS, PLAIN
from tests.inference.models import tiny_checkpoints as tiny

RED = Image.new("RGB", (50, 40), "red")
STRIPES = Image.radial_gradient("L").convert("RGBA")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="module")
def llava(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save_llava(tmp_path_factory.mktemp("llava"))


@pytest.fixture(scope="module", params=["chat", "plain"])
def language_model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.save_gpt2(tmp_path_factory.mktemp("gpt2"), chat=request.param == "chat")


def test_there_are_prompts_for_every_label() -> None:
    """A label without words could never be found by comparison."""
    assert tuple(GENRE_PROMPTS) == (*GENRES, PLAIN)
    assert tuple(FLAG_PROMPTS) == (CLEAR, *FLAG_CATEGORIES)
    assert all(texts and all(texts) for texts in (*GENRE_PROMPTS.values(), *FLAG_PROMPTS.values()))


class TestGenre:
    def test_a_zero_shot_model_scores_all_genres(self, clip: Path) -> None:
        """Every picture gets a share for every genre; different pictures get different ones; order is kept."""
        genre = HubGenre.load(str(clip))
        pictures = [HubGenreInput(RED), HubGenreInput(STRIPES), HubGenreInput(RED)]
        red, stripes, again = genre.predict(pictures)
        assert list(red.scores) == list(GENRES)
        assert all(0 <= score <= 1 for score in red.scores.values())
        assert 0 < sum(red.scores.values()) < 1
        assert red.scores == pytest.approx(again.scores, abs=1e-5)
        assert red.scores != pytest.approx(stripes.scores, abs=1e-5)

    def test_the_text_counts_beside_the_picture(self, clip: Path) -> None:
        """What both say is the mean of what each says."""
        genre = HubGenre.load(str(clip))
        both, seen, read = genre.predict(
            [HubGenreInput(RED, "vote now"), HubGenreInput(RED), HubGenreInput(None, "vote now")]
        )
        means = {name: (seen.scores[name] + read.scores[name]) / 2 for name in GENRES}
        assert both.scores == pytest.approx(means, abs=1e-5)

    def test_a_head_brings_its_own_thresholds(self, tmp_path: Path) -> None:
        """Labels are found by name in any order, and are those at or above their thresholds, best first."""
        thresholds = {genre: 0.0 if genre in GENRES[:2] else 1.0 for genre in GENRES}
        folder = tiny.save_head(tmp_path, list(reversed(GENRES)), several=True, extra={"thresholds": thresholds})
        (scored,) = HubGenre.load(str(folder)).predict([HubGenreInput(RED)])
        assert list(scored.scores) == list(GENRES)
        assert list(scored.labels) == sorted(GENRES[:2], key=lambda name: -scored.scores[name])

    def test_a_head_for_something_else_is_refused(self, tmp_path: Path) -> None:
        """A model that lacks a genre says which."""
        folder = tiny.save_head(tmp_path, ["cat", *GENRES[1:]], several=False)
        with pytest.raises(ModelError, match="does not know rage_comic"):
            HubGenre.load(str(folder))

    def test_nothing_to_look_at_is_refused(self, clip: Path) -> None:
        """An item without picture and text gets no made-up answer."""
        with pytest.raises(Unsupported, match="neither a picture nor a text"):
            HubGenre.load(str(clip)).predict([HubGenreInput(None, "  ")])


class TestFlag:
    def test_a_zero_shot_model_judges_pictures_and_texts(self, clip: Path) -> None:
        """The score is what is not clear, and the categories make it up."""
        flag = HubFlag.load(str(clip))
        items = [HubFlagInput(RED), HubFlagInput(None, "you fool"), HubFlagInput(RED, "you fool")]
        judged = flag.judge(items)
        assert len(judged) == 3
        for one in judged:
            assert tuple(one.categories) == FLAG_CATEGORIES
            assert one.score == pytest.approx(sum(one.categories.values()), abs=1e-4)

    def test_reasons_are_what_the_score_falls_without(self, clip: Path) -> None:
        """A word's weight is the difference that the word makes."""
        flag = HubFlag.load(str(clip))
        text = "zebra qqq 111 you absolute fool"
        (judged,) = flag.judge([HubFlagInput(None, text)])
        assert judged.reasons
        for reason in judged.reasons:
            assert reason.text is not None
            (without,) = flag.judge(
                [HubFlagInput(None, " ".join(word for word in text.split() if word != reason.text))]
            )
            assert reason.weight == pytest.approx(judged.score - without.score, abs=1e-4)

    def test_a_head_is_calibrated_by_its_configuration(self, tmp_path: Path) -> None:
        """Slope and offset act on the logit of the raw probability."""
        labels = ["offensive", "hate"]
        raw = HubFlag.load(str(tiny.save_head(tmp_path / "raw", labels, several=True)))
        extra = {"calibration": [2.0, -1.0]}
        calibrated = HubFlag.load(str(tiny.save_head(tmp_path / "calibrated", labels, several=True, extra=extra)))
        (before,), (after,) = raw.judge([HubFlagInput(RED)]), calibrated.judge([HubFlagInput(RED)])
        logit = math.log(before.score / (1 - before.score))
        assert after.score == pytest.approx(1 / (1 + math.exp(1 - 2 * logit)), abs=1e-4)
        assert before.categories["hate"] > 0
        assert before.categories["sexual"] == 0
        assert [reason.kind for reason in before.reasons] == ["picture"]

    def test_a_head_judges_no_text_alone(self, tmp_path: Path) -> None:
        """Words that a model cannot read are never called harmless."""
        flag = HubFlag.load(str(tiny.save_head(tmp_path, ["clear", "offensive"], several=False)))
        with pytest.raises(Unsupported, match="judges pictures"):
            flag.judge([HubFlagInput(None, "you fool")])

    def test_a_head_without_our_labels_is_refused(self, tmp_path: Path) -> None:
        """Labels called LABEL_0 and LABEL_1 could mean anything."""
        folder = tiny.save_head(tmp_path, ["LABEL_0", "LABEL_1"], several=False)
        with pytest.raises(ModelError, match="neither a label offensive nor a label clear"):
            HubFlag.load(str(folder))


class TestCaptioner:
    @pytest.mark.parametrize("boxes", [1, 2, 3])
    def test_a_language_model_fills_every_box(self, language_model: Path, boxes: int) -> None:
        """Each draft has as many lines as boxes, none empty; best first; the same seed writes the same."""
        captioner = HubCaptioner.load(str(language_model))
        condition = HubCondition(None, ("cat", "<answer>"), "joy", boxes)
        drafts = captioner.write(condition, 3, seed=5)
        assert 1 <= len(drafts) <= 3
        assert all(len(draft.lines) == boxes and all(draft.lines) for draft in drafts)
        assert [draft.score for draft in drafts] == sorted((draft.score for draft in drafts), reverse=True)
        assert {draft.tone for draft in drafts} == {"joy"}
        assert captioner.write(condition, 3, seed=5) == drafts
        assert captioner.write(condition, 3, seed=6) != drafts

    def test_a_seeing_model_looks_at_the_picture(self, llava: Path) -> None:
        """Other pictures make other captions likely."""
        captioner = HubCaptioner.load(str(llava))
        assert captioner.sees_pictures
        assert captioner.write(HubCondition(RED, ("cat",)), 2, seed=1)
        scores = {captioner.score(HubCondition(picture), ["why", "me"]).logprob_nats for picture in (RED, STRIPES)}
        assert len(scores) == 2

    def test_a_score_is_a_log_probability(self, language_model: Path) -> None:
        """A random model of 300 tokens finds each about as likely as any other, and longer captions less likely."""
        captioner = HubCaptioner.load(str(language_model))
        short = captioner.score(HubCondition(), ["why me"])
        long = captioner.score(HubCondition(), ["why me", "of all the people here"])
        assert long.logprob_nats < short.logprob_nats < 0
        assert (short.chars, long.chars) == (6, 29)

    def test_what_people_type_writes_no_control_tokens(self, language_model: Path) -> None:
        """A keyword spelled like the start of an answer is read as text, whether the model chats or not."""
        captioner = HubCaptioner.load(str(language_model))
        honest = captioner._ask(HubCondition(keywords=("cat",)))["input_ids"][0].tolist()
        sly = captioner._ask(HubCondition(keywords=("<answer>",)))["input_ids"][0].tolist()
        mark = captioner._tokenizer.convert_tokens_to_ids("<answer>")
        assert honest.count(mark) == sly.count(mark)
        assert len(sly) > len(honest)

    def test_wanting_another_generator_leaves_torch_alone(self, language_model: Path) -> None:
        """A seeded caption does not seed the rest of the worker."""
        captioner = HubCaptioner.load(str(language_model))
        torch.manual_seed(9)
        expected = torch.rand(1)
        torch.manual_seed(9)
        captioner.write(HubCondition(), 1, seed=1)
        assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize(
    ("text", "boxes", "expected"),
    [
        pytest.param("one\ntwo\nthree", 2, ("one", "two"), id="too many lines"),
        pytest.param('1. "one"\n\n- two', 2, ("one", "two"), id="bullets and quotes"),
        pytest.param("when it works and nobody knows why", 2, ("when it works and", "nobody knows why"), id="one line"),
        pytest.param("alone", 2, None, id="too few words"),
        pytest.param("...\n!!", 1, None, id="no letters"),
        pytest.param("", 1, None, id="nothing"),
    ],
)
def test_answers_are_cut_into_lines(text: str, boxes: int, expected: tuple[str, ...] | None) -> None:
    """An answer becomes exactly the lines asked for, or none."""
    assert fit_lines(text, boxes) == expected


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
class TestCuda:
    def test_a_card_finds_what_the_processor_finds(self, clip: Path) -> None:
        """Half precision moves scores a little, not the answer."""
        items = [HubGenreInput(RED, "vote now"), HubGenreInput(STRIPES)]
        on_card = HubGenre.load(str(clip), "cuda").predict(items)
        on_processor = HubGenre.load(str(clip)).predict(items)
        for one, other in zip(on_card, on_processor, strict=True):
            assert one.scores == pytest.approx(other.scores, abs=0.02)

    def test_a_card_writes_captions(self, llava: Path) -> None:
        """Picture, prompt and seed reach the card; the same seed writes the same."""
        captioner = HubCaptioner.load(str(llava), "cuda")
        condition = HubCondition(RED, ("cat",))
        drafts = captioner.write(condition, 2, seed=1)
        assert all(len(draft.lines) == 2 for draft in drafts)
        assert captioner.write(condition, 2, seed=1) == drafts


class TestLoading:
    def test_pickled_weights_are_refused(self, tmp_path: Path) -> None:
        """Only safetensors are read: a pickle can run code."""
        folder = tiny.save_clip(tmp_path)
        (folder / "model.safetensors").unlink()
        torch.save({}, folder / "pytorch_model.bin")
        with pytest.raises(ModelError, match="cannot be loaded"):
            HubGenre.load(str(folder))

    def test_code_of_a_repository_never_runs(self, tmp_path: Path) -> None:
        """A configuration that brings its own classes is refused, and its file is not imported."""
        folder = tiny.save_clip(tmp_path)
        trace = tmp_path / "trace"
        (folder / "sly.py").write_text(f"open({str(trace)!r}, 'w')\n")
        config = json.loads((folder / "config.json").read_text())
        config |= {"model_type": "sly", "auto_map": {"AutoConfig": "sly.Sly", "AutoModel": "sly.Sly"}}
        (folder / "config.json").write_text(json.dumps(config))
        with pytest.raises(ModelError, match="cannot be loaded"):
            HubGenre.load(str(folder))
        assert not trace.exists()

    def test_missing_weights_are_refused(self, clip: Path, tmp_path: Path) -> None:
        """A head that was never trained would answer at random."""
        for file in clip.iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        config = json.loads((tmp_path / "config.json").read_text())
        labels = {str(at): label for at, label in enumerate(GENRES)}
        config |= {"architectures": ["CLIPForImageClassification"], "id2label": labels}
        (tmp_path / "config.json").write_text(json.dumps(config))
        with pytest.raises(ModelError, match=r"lacks weights for classifier\.bias, classifier\.weight"):
            HubGenre.load(str(tmp_path))

    def test_a_damaged_file_is_refused(self, tmp_path: Path) -> None:
        """Half a download is named, not used."""
        folder = tiny.save_clip(tmp_path)
        weights = folder / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:1000])
        with pytest.raises(ModelError, match="cannot be loaded"):
            HubFlag.load(str(folder))

    @pytest.mark.parametrize("name", ["no such folder", "../up", "a/b/c", ""])
    def test_a_name_that_is_neither_is_refused(self, name: str) -> None:
        """The sentence says what a name may be, and nothing is asked of the network."""
        with pytest.raises(ModelError, match="neither a folder nor a Hugging Face id"):
            HubCaptioner.load(name)
