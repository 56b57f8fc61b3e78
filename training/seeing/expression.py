"""Trains the networks that read the expression of a face, and how much each one's word counts for each expression.

    memesmith train expression --data DIR

All members part from one network (`training.seeing.face_lesson`). A stopped training goes on from the checkpoints in
`runs/expression-*`. The members' trust is fitted on half of the held-out faces and scored on the other half, and the
other way round; what is shipped is fitted on all of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from inference.labels import EXPRESSIONS
from inference.manifest import Manifest
from inference.models.expression import MODEL_NAME, ExpressionConfig, ExpressionModel, ExpressionNet, combine
from training.datasets.expression import Faces, read_faces
from training.export import Provenance, export_in_bytes, record_evaluation
from training.options import EvaluateOptions, Scores, TrainOptions
from training.report.evaluation import Evaluation, Goal, Score
from training.report.intervals import bootstrap_score, share_score
from training.report.judgements import Confusion, Reliability
from training.run import Run
from training.seeing.face_lesson import COMMON, DIETS, LONGER, NATURAL, FaceLesson, Phase, new_net

VERSION: Final = "1"
COMMAND: Final = "memesmith train expression --data DIR"
DATA: Final = ("FER2013 with FER+ votes",)
Places = npt.NDArray[np.intp]
QUICK_SHAPE: Final = ExpressionConfig(stem=4, widths=(4, 8, 8), depths=(1, 1, 1))


def train(options: TrainOptions) -> Scores:
    """Trains every member that is not trained yet, exports `expression`, and returns its scores."""
    limit = 200 if options.quick else None
    faces, held_out = read_faces(options.data, "train", limit), read_faces(options.data, "valid", limit)
    diets = DIETS[:1] if options.quick else DIETS
    shape = QUICK_SHAPE if options.quick else ExpressionConfig()
    config = replace(shape, members=1 + len(diets))
    torch.manual_seed(options.seed)
    common = learn_phase(COMMON, new_net(config), faces, options)
    natural = learn_phase(NATURAL, copy_of(common, config), faces, options)
    members = nn.ModuleList([learn_phase(LONGER, copy_of(natural, config), faces, options)])
    members.extend(learn_phase(diet, copy_of(common, config), faces, options) for diet in diets)
    return export_members(members, config, held_out, options)


def learn_phase(phase: Phase, net: ExpressionNet, faces: Faces, options: TrainOptions) -> ExpressionNet:
    """`net` after `phase`, from where the checkpoint of the phase is."""
    phase = replace(phase, epochs=1) if options.quick else phase
    run = Run(options.runs, f"{MODEL_NAME}-{phase.name}")
    return FaceLesson(net, phase, faces, run, options.seed).learn()


def copy_of(net: ExpressionNet, config: ExpressionConfig) -> ExpressionNet:
    copied = new_net(config)
    copied.load_state_dict(net.state_dict())
    return copied


def export_members(members: nn.ModuleList, config: ExpressionConfig, held_out: Faces, options: TrainOptions) -> Scores:
    """Fit the trust in trained members, score and export them together."""
    model = ExpressionModel(members, config, torch.full((config.members, len(EXPRESSIONS)), 1 / config.members))
    voices, targets = listen(model, held_out), torch.from_numpy(held_out.targets)
    evaluation = judge_voices(voices, targets)
    model.trust = fit_trust(voices, targets)
    provenance = Provenance(task="expression", version=VERSION, command=COMMAND, data=DATA, scores={})
    export_in_bytes(MODEL_NAME, *model.to_tensors(), provenance, options.out)
    record_evaluation(evaluation, options.out)
    return evaluation.values


def evaluate(options: EvaluateOptions) -> Evaluation:
    """The shipped members on the held-out faces, beside each of them alone and the commonest expression."""
    model = ExpressionModel.load(Manifest.read(options.weights))
    held_out = read_faces(options.data, "valid", options.limit)
    return judge_voices(listen(model, held_out), torch.from_numpy(held_out.targets))


def listen(model: ExpressionModel, faces: Faces) -> torch.Tensor:
    """What each member says of each face: (members, N, 8)."""
    pixels = torch.from_numpy(faces.pixels)
    return torch.cat([model.member_probabilities(part) for part in pixels.split(256)], dim=1)  # type: ignore[no-untyped-call]


def fit_trust(voices: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The trust (members, 8) under which the combined voices fit the votes best, by descent on its logits."""
    with torch.inference_mode(mode=False):
        voices = voices.clone()
        logits = torch.zeros(len(voices), len(EXPRESSIONS), requires_grad=True)
        optimizer = torch.optim.Adam([logits], lr=0.1)
        for _ in range(150):
            said = combine(voices, logits.softmax(dim=0)).clamp_min(1e-8)
            loss = -(targets * said.log()).sum(dim=1).mean() + 0.01 * logits.square().mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return logits.detach().softmax(dim=0)


def judge_voices(voices: torch.Tensor, targets: torch.Tensor) -> Evaluation:
    """Accuracy against the majority vote and recalls, of the combination fitted on the other half of the faces."""
    wanted = targets.argmax(dim=1).numpy()
    combined = cross_fitted(voices, targets)
    said = combined.argmax(dim=1).numpy()
    alone = {diet.name: voice.argmax(dim=1).numpy() for diet, voice in zip((LONGER, *DIETS), voices, strict=False)}
    alone["equal trust"] = voices.mean(dim=0).argmax(dim=1).numpy()
    alone["commonest"] = np.full_like(wanted, np.bincount(wanted).argmax())
    return Evaluation(
        model=MODEL_NAME,
        scores=_scores(wanted, said) | _recalls(wanted, said),
        baselines={name: _scores(wanted, answers) for name, answers in alone.items()},
        goals=(Goal(score="accuracy", at_least=0.85),),
        confusion=Confusion.count(EXPRESSIONS, wanted, said, "held-out faces"),
        reliability=Reliability.measure(combined.amax(dim=1).numpy(), wanted == said, "the expression said"),
    )


def cross_fitted(voices: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Probabilities (N, 8): each half of the faces is combined with the trust fitted on the other half."""
    half = torch.arange(len(targets)) % 2 == 0
    combined = torch.empty_like(targets)
    for fitted, scored in ((half, ~half), (~half, half)):
        combined[scored] = combine(voices[:, scored], fit_trust(voices[:, fitted], targets[fitted]))
    return combined


def _scores(wanted: Places, said: Places) -> dict[str, Score]:
    return {
        "accuracy": share_score(wanted == said),
        "mean_recall": bootstrap_score(lambda drawn: _mean_recall(wanted[drawn], said[drawn]), range(len(wanted))),
    }


def _recalls(wanted: Places, said: Places) -> dict[str, Score]:
    return {
        f"recall_{name}": share_score(said[wanted == place] == place)
        for place, name in enumerate(EXPRESSIONS)
        if (wanted == place).any()
    }


def _mean_recall(wanted: Places, said: Places) -> float:
    hits = np.bincount(wanted[wanted == said], minlength=len(EXPRESSIONS))
    counts = np.bincount(wanted, minlength=len(EXPRESSIONS))
    return float((hits[counts > 0] / counts[counts > 0]).mean())
