"""The captioner's training: either network by one command, from nothing or on from given weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from bot.cli import main
from inference.manifest import Manifest
from inference.models.captioner import TOKENIZER_NAME, Captioner, Condition
from tests.training.word_sets import write_captions, write_emotions, write_offence
from training.errors import TrainingError
from training.options import NetKind, TrainOptions
from training.words import captioner, flag
from training.words.caption_fit import fresh_net


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainOptions:
    """A flag model and a small captioner."""
    folder = tmp_path_factory.mktemp("captioner")
    for write in (write_captions, write_offence, write_emotions):
        write(folder / "data")
    options = TrainOptions(data=folder / "data", out=folder / "weights", runs=folder / "runs", quick=True)
    flag.train(options)
    captioner.train(options)
    return options


def copied(options: TrainOptions, folder: Path) -> TrainOptions:
    """The same weights in another place, to train over."""
    for path in options.out.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return replace(options, out=folder)


def test_an_lstm_is_trained_by_the_same_command(trained: TrainOptions, tmp_path: Path) -> None:
    """Its weights load as what they are, and write."""
    options = replace(copied(trained, tmp_path), net=NetKind.LSTM)
    captioner.train(options)
    model = Captioner.load(Manifest.read(tmp_path))
    assert model.net.kind == "lstm"
    assert len(model.write(Condition(boxes=3), n=1, seed=0)[0].lines) == 3
    assert Manifest.read(tmp_path).entry("captioner").command == "memesmith train caption --data DIR --net lstm"


def test_the_two_networks_are_of_one_size() -> None:
    """So that a comparison compares designs: within one part in a hundred."""
    ours, theirs = (sum(value.numel() for value in fresh_net(kind, 4096, quick=False).parameters()) for kind in NetKind)
    assert ours == pytest.approx(theirs, rel=0.01)


def test_training_goes_on_from_given_weights(trained: TrainOptions, tmp_path: Path) -> None:
    """One small step away from the network given, with its tokenizer."""
    options = replace(copied(trained, tmp_path), start_from=trained.out, steps=1)
    captioner.train(options)
    before, after = (Manifest.read(folder) for folder in (trained.out, tmp_path))
    assert before.read_bytes(TOKENIZER_NAME) == after.read_bytes(TOKENIZER_NAME)
    given, moved = (Captioner.load(manifest).net.tokens.weight.detach() for manifest in (before, after))
    assert 0.0 < float((given - moved).abs().max()) < 0.05
    assert after.entry("captioner").command == "memesmith train caption --data DIR --start-from WEIGHTS --steps 1"


@pytest.mark.parametrize("change", [{"net": NetKind.LSTM}, {"quick": False}], ids=["another kind", "another size"])
def test_weights_that_do_not_fit_are_refused(trained: TrainOptions, change: dict[str, object]) -> None:
    """In a sentence that says what is there and what is wanted."""
    options = replace(trained, start_from=trained.out, **change)  # type: ignore[arg-type]
    with pytest.raises(TrainingError, match=r"is a transformer \(vocabulary .*, width 24, .*leave --start-from out"):
        captioner.train(options)


def test_prepared_captions_follow_the_flag_model(trained: TrainOptions, tmp_path: Path) -> None:
    """A run's folder keeps them; captions that another flag model let through are not learned from."""
    kept = trained.runs / "captions/prepared.pt"
    before = torch.load(kept, weights_only=True)["flag"]
    options = copied(trained, tmp_path)
    flag.train(replace(options, seed=1))
    captioner.train(replace(options, steps=1))
    assert torch.load(kept, weights_only=True)["flag"] == Manifest.read(tmp_path).entry("flag").sha256 != before


def test_other_tasks_have_no_networks_to_choose_from(trained: TrainOptions, capsys: pytest.CaptureFixture[str]) -> None:
    """A choice that would be ignored is refused."""
    with pytest.raises(SystemExit):
        main(["train", "chooser", "--data", str(trained.data), "--out", str(trained.out), "--net", "lstm"])
    assert "for the task caption alone" in capsys.readouterr().err
