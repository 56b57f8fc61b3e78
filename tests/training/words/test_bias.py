"""The bias audit: who is wronged is found out, in numbers, on the page and on the command line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from bot.cli import main
from inference.manifest import Manifest
from inference.models.caption_tokens import CaptionTokens, Condition
from inference.models.caption_transformer import CaptionTransformer, TransformerConfig
from inference.models.captioner import Captioner
from inference.models.flag import FlagInput
from inference.templates.catalogue import Catalogue
from tests.training.word_sets import write_captions, write_offence
from training.datasets.captions import Caption
from training.datasets.offence import OffenceItem
from training.errors import TrainingError
from training.export import Provenance, export_file, export_model
from training.options import TrainOptions
from training.report.audit import Audit, AuditTable, read_audit_scores
from training.report.audit_page import audit_text, write_audit
from training.report.evaluation import Score
from training.words import flag
from training.words.bias import measure_bias
from training.words.bias_captions import AT_ONCE, WrittenCaptions, write_audit_captions
from training.words.bias_items import Mentions, sounds_african_american
from training.words.caption_data import train_tokenizer
from training.words.contrast_scores import held_out_contrasts
from training.words.flag_data import FlagSplit

MAX_PICTURE_BYTES = 100_000
NASTY = {one.text for one in held_out_contrasts(range(4)) if one.offensive}


class Prejudiced:
    """Right about the contrasts, except that it calls whatever names Jews or sounds Southern offensive."""

    def probabilities(self, items: Sequence[FlagInput]) -> tuple[torch.Tensor, torch.Tensor]:
        told = [self._told(item.text) for item in items]
        return torch.tensor(told), torch.zeros(len(items), 5)

    def _told(self, text: str) -> float:
        wronged = "jew" in text.lower() or "y'all" in text
        return 0.9 if wronged or text in NASTY or "nasty" in text else 0.1


def _tweets(source: str) -> list[OffenceItem]:
    return [
        *(OffenceItem(source, f"Jews came by for lunch {at}", offensive=False) for at in range(9)),
        *(OffenceItem(source, f"some muslims came by for lunch {at}", offensive=False) for at in range(9)),
        *(OffenceItem(source, f"how y'all doing {at}", offensive=False) for at in range(9)),
        *(OffenceItem(source, f"nasty words {at}", offensive=True) for at in range(9)),
    ]


SPLIT = FlagSplit(
    train=(),
    dev=(*_tweets("olid"), OffenceItem("captions", "a calm caption about Jews", offensive=False)),
    held_out={"beep": tuple(OffenceItem("beep", f"무슬림 친구 {at}", offensive=False) for at in range(8))},
    unlabelled=(),
    dropped={},
)
CAPTIONS = WrittenCaptions({"two-signs": ("calm", "nasty"), "bear": ("calm", "calmer")}, {"jews": ("jewish cats",)})


@pytest.fixture(scope="module")
def audit() -> Audit:
    return measure_bias(Prejudiced(), SPLIT, CAPTIONS)


def _table(audit: Audit, name: str) -> AuditTable:
    return next(table for table in audit.tables if table.name == name)


def _value(audit: Audit, name: str) -> float:
    return audit.scores[f"bias_{name}"].value


def test_the_wronged_group_stands_out(audit: Audit) -> None:
    """In the contrasts, in the gap, and in annotated texts."""
    assert _value(audit, "groups_en_jews_flagged") > 0.95
    assert _value(audit, "groups_en_women_flagged") == 0
    assert _value(audit, "groups_en_jews_missed") == 0
    gap = audit.scores["bias_gap_en"]
    assert gap.value == pytest.approx(0.5 * 21 / 22, abs=0.02)
    assert gap.interval is not None
    assert gap.interval[0] > _value(audit, "gap_by_chance_en")
    assert _value(audit, "calm_gap_en") == pytest.approx(21 / 22, abs=0.04)
    assert _value(audit, "mentions_jews_flagged") == 1
    assert _value(audit, "mentions_muslims_flagged") == 0
    assert audit.scores["bias_mentions_jews_flagged"].items == 9


def test_dialect_and_language_are_told_apart(audit: Audit) -> None:
    """Rates of the tweets with such words beside the others of the same set; Korean beside English."""
    assert _value(audit, "dialect_olid_proxy_flagged") == 1
    assert _value(audit, "dialect_olid_others_flagged") == 0.5
    assert _value(audit, "language_annotated_ko_flagged") == 0
    assert _value(audit, "language_annotated_en_missed") == 0
    assert "bias_dialect_davidson_proxy_flagged" not in audit.scores


def test_captions_are_judged_by_template_and_prompt(audit: Audit) -> None:
    """And all of them together in the first row."""
    assert [row.label for row in _table(audit, "templates").rows] == ["all", "bear", "two signs"]
    assert _value(audit, "templates_all_flagged") == 0.25
    assert _value(audit, "templates_two_signs_flagged") == 0.5
    assert _value(audit, "prompts_jews_flagged") == 1


def test_the_goal_of_the_gap_is_judged(audit: Audit) -> None:
    """No group more than five points under the mean: missed here in English, met in Korean."""
    lines = audit.evaluation().goal_lines()
    assert lines == {"bias_gap_en": "at most 0.05: not reached", "bias_gap_ko": "at most 0.05: reached"}


def test_the_page_shows_every_table_beside_the_earlier_model(audit: Audit, tmp_path: Path) -> None:
    """With a picture each, and what the number was before."""
    before = {**audit.scores, "bias_groups_en_jews_flagged": Score(0.25)}
    page = write_audit(audit, before, tmp_path, "memesmith evaluate flag --bias").read_text(encoding="utf-8")
    for table in audit.tables:
        assert f"## {table.title}" in page
        picture = (tmp_path / f"bias-{table.name.replace('_', '-')}.svg").read_bytes()
        assert picture.startswith(b"<?xml")
        assert len(picture) < MAX_PICTURE_BYTES
    (row,) = [line for line in page.splitlines() if line.startswith("| Jews |") and "was 25.0 %" in line]
    assert "%" in row
    assert "(bias.md)" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "was" not in audit_text(audit, None, "x").split("## ")[1].split("<details>")[1]


def test_an_audit_is_read_back_from_its_json(audit: Audit, tmp_path: Path) -> None:
    """So that a model is held against one that this version cannot load any more."""
    path = tmp_path / "before.json"
    path.write_text(json.dumps({"models": [audit.evaluation().to_dict()]}), encoding="utf-8")
    assert read_audit_scores(path) == audit.scores
    path.write_text('{"models": [{"scores": {"f1": 1}, "intervals": {}, "items": {}}]}', encoding="utf-8")
    with pytest.raises(TrainingError, match="none of an audit"):
        read_audit_scores(path)
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(TrainingError, match="holds no audit"):
        read_audit_scores(path)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("My aunt is a Muslim woman.", {"muslims", "women"}),
        ("you guys are great", set()),
        ("an old white van", set()),
        ("womens' day of womanhood", set()),
        ("Gay couples and JEWISH families", {"gay_people", "jews"}),
    ],
    ids=["two at once", "address", "colour", "parts of words", "adjectives and case"],
)
def test_mentions_are_found_by_everyday_words(text: str, groups: set[str]) -> None:
    """Words that mostly mean something else do not count."""
    assert Mentions("en").of(text) == groups


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("he be talking all day", True),
        ("Y’all ain't ready", True),
        ("nothin to see", True),
        ("nobody is going to be talking", False),
    ],
    ids=["habitual be", "words, curly quote", "dropped g", "plain be"],
)
def test_the_dialect_proxy_hears_words_and_habitual_be(text: str, expected: bool) -> None:
    """And leaves the infinitive alone."""
    assert sounds_african_american(text) is expected


def tiny_captioner(folder: Path) -> Manifest:
    """Weights with an untrained captioner, and neither pictures nor anything else."""
    captions = [Caption("Dog", ("good dog", "very good dog"), 1.0)] * 8
    tokenizer = train_tokenizer(captions, vocabulary=320)
    config = TransformerConfig(vocabulary=CaptionTokens(tokenizer).size, width=8, layers=1, heads=2, features=8)
    torch.manual_seed(0)
    made_by = Provenance(task="caption", version="0", command="none", data=(), scores={})
    export_model("captioner", CaptionTransformer(config).state_dict(), {"net": asdict(config)}, made_by, folder)
    export_file("caption-tokens", "caption-tokens.json", tokenizer.to_str().encode(), made_by, folder)
    return Manifest.read(folder)


def test_captions_to_judge_are_written_for_every_template_and_group(tmp_path: Path) -> None:
    """What the captioner writes for so many boxes, in a line each, and never more than were asked for."""
    (template, *_) = Catalogue.load()
    manifest = tiny_captioner(tmp_path)
    written = write_audit_captions(manifest, 2, templates=(template,))
    drafts = Captioner.load(manifest).write(Condition(boxes=len(template.boxes)), AT_ONCE, seed=0)
    assert written.by_template == {template.name: tuple("\n".join(draft.lines) for draft in drafts[:2])}
    assert set(written.by_group) == set(Mentions("en").groups)
    assert all(len(texts) == 1 for texts in written.by_group.values())


def test_without_a_captioner_none_are_written(trained: TrainOptions) -> None:
    """The audit then has no table of them."""
    assert write_audit_captions(Manifest.read(trained.out)) == WrittenCaptions.none()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainOptions:
    folder = tmp_path_factory.mktemp("flag")
    write_captions(folder / "data")
    write_offence(folder / "data")
    options = TrainOptions(data=folder / "data", out=folder / "weights", runs=folder / "runs", quick=True)
    flag.train(options)
    return options


def memesmith(task: str, trained: TrainOptions, *arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["evaluate", task, "--data", str(trained.data), "--weights", str(trained.out), *arguments])
    return int(left.value.code or 0)


def test_the_command_audits_and_holds_a_model_against_itself(
    trained: TrainOptions, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same weights, given as a folder and as the JSON of their audit, differ in nothing."""
    assert memesmith("flag", trained, "--bias", "--limit", "40", "--json", "--against", str(trained.out)) == 0
    printed = capsys.readouterr().out
    (model,) = json.loads(printed)["models"]
    assert model["baselines"]["before"] == model["scores"]
    earlier = tmp_path / "before.json"
    earlier.write_text(printed, encoding="utf-8")
    card = ("--card", str(tmp_path / "models"))
    assert memesmith("flag", trained, "--bias", "--limit", "40", "--against", str(earlier), *card) == 0
    assert "Identity groups" in capsys.readouterr().out
    page = (tmp_path / "models/bias.md").read_text(encoding="utf-8")
    assert "memesmith evaluate flag --data DIR --bias --limit 40 --against EARLIER --card docs/models" in page


@pytest.mark.parametrize(
    ("task", "arguments", "sentence"),
    [
        ("chooser", ["--bias"], "audits the flag model only"),
        ("flag", ["--against", "x"], "give --bias, too"),
        ("flag", ["--bias", "--record"], "leave --record out"),
    ],
    ids=["another task", "against alone", "into the manifest"],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    trained: TrainOptions, capsys: pytest.CaptureFixture[str], task: str, arguments: list[str], sentence: str
) -> None:
    """Before anything is measured."""
    assert memesmith(task, trained, *arguments) == 1
    assert sentence in capsys.readouterr().err
