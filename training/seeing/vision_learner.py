"""Trains the network that looks at pictures, on two jobs at once: naming objects and recognising disguised templates.

Two guises of a template attract each other (NT-Xent), and templates are classes of a cosine softmax with a margin
(CosFace, Wang et al. 2018); photographs of the same batch are pushed away from every template, so that "none" is an
answer. The picture grows during training (progressive resizing), as two CPU cores must be enough. A tenth of the
templates without captions is never shown: it measures templates added later.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import torch
from torch import nn
from torch.nn import functional

from inference.models.backbone import MODEL_NAME, Backbone, BackboneConfig
from inference.models.pictures import normalise
from training.datasets.captions import read_caption_boxes
from training.datasets.objects import ObjectPictures, read_objects
from training.datasets.templates import read_templates
from training.export import Provenance, export_model
from training.measures import top_shares
from training.options import Scores, TrainOptions
from training.run import Run, progress_bar
from training.seeing.views import ViewPlan, cached_views
from training.seeing.vision_batches import VisionSet

VERSION: Final = "1"
COMMAND: Final = "memesmith train backbone --data DIR"
DATA: Final = ("Tiny ImageNet", "Dank-Learning templates", "memegen", "ImgFlip575K", "new_meme_dataset_2")
COSINE_SCALE: Final = 16.0
COSINE_MARGIN: Final = 0.1
PAIR_TEMPERATURE: Final = 0.1
PHOTO_COSINE: Final = 0.25
SHIPPED: Final = BackboneConfig()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How long and how fast; after the share `grow_at` of the steps, pictures grow from `sides[0]` to `sides[1]`."""

    steps: int = 1500
    objects: int = 120
    templates: int = 40
    views: int = 12
    captions: int = 3000
    sides: tuple[int, int] = (48, 64)
    grow_at: float = 0.75
    rate: float = 2e-3
    decay: float = 0.05
    shape: BackboneConfig = SHIPPED


TINY: Final = BackboneConfig(input_side=32, stem=8, widths=(8, 16, 24), depths=(1, 1, 1), template_width=16)
QUICK: Final = Recipe(steps=4, objects=8, templates=4, views=2, captions=50, sides=(32, 48), shape=TINY)


class VisionLearner(nn.Module):
    """The backbone with the two heads that only training needs."""

    def __init__(self, config: BackboneConfig, objects: int, templates: int) -> None:
        super().__init__()
        self.backbone = Backbone(config)
        self.objects = nn.Linear(config.feature_width, objects)
        self.proxies = nn.Parameter(0.03 * torch.randn(templates, config.template_width))

    def losses(self, pixels: torch.Tensor, objects: torch.Tensor, templates: torch.Tensor) -> dict[str, torch.Tensor]:
        """Of one batch as `VisionBatch` orders it; every loss is a mean over its pictures."""
        with torch.autocast(pixels.device.type, torch.bfloat16):
            features, embeddings = self.backbone(pixels)
        count = len(objects)
        cosines = embeddings @ functional.normalize(self.proxies, dim=1).T
        margin = COSINE_MARGIN * functional.one_hot(templates, cosines.shape[1])
        near = cosines[:count].topk(min(5, cosines.shape[1]), dim=1).values
        logits = COSINE_SCALE * (cosines[count:] - margin.repeat(2, 1))
        return {
            "objects": functional.cross_entropy(self.objects(features[:count]), objects, label_smoothing=0.05),
            "templates": functional.cross_entropy(logits, templates.repeat(2)),
            "pairs": pair_loss(embeddings[count:], embeddings[:count]),
            "photos": functional.relu(near - PHOTO_COSINE).square().sum(dim=1).mean() * 10,
        }


def pair_loss(guises: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """NT-Xent (Chen et al. 2020) over two guises of each template, `guises` (2 T, K); `others` (P, K) match nothing."""
    pairs = len(guises) // 2
    cosines = guises @ torch.cat([guises, others]).T / PAIR_TEMPERATURE
    cosines.fill_diagonal_(-1e4)
    partner = torch.arange(2 * pairs, device=guises.device).roll(pairs)
    return functional.cross_entropy(cosines, partner)


def train_network(options: TrainOptions) -> Scores:
    """Trains, or goes on from the checkpoint; exports `backbone`; returns held-out scores."""
    torch.manual_seed(options.seed)
    recipe = QUICK if options.quick else Recipe()
    pictures = read_objects(options.data, "train", limit=64 if options.quick else None)
    templates = read_templates(options.data).items
    shown = [template for template in templates if not template.is_held_out]
    captions = read_caption_boxes(options.data, recipe.captions).items
    run = Run(options.runs, MODEL_NAME)
    plan = ViewPlan(recipe.views, options.seed, workers=1 if options.quick else 2)
    views = cached_views(shown, captions, plan, run.folder / f"views-{recipe.views}.npy")
    learner = VisionLearner(recipe.shape, len(pictures.names), len(shown)).to(options.device)
    _Lesson(learner, recipe, run, options.device).fit(VisionSet(pictures, views, options.seed))
    counts = {"pictures": float(len(pictures.labels)), "templates": float(len(shown))}
    scores = {**score_objects(learner, options), **counts}
    _export(learner, options.out, scores)
    return scores


@torch.inference_mode()
def object_logits(learner: VisionLearner, pictures: ObjectPictures, side: int) -> torch.Tensor:
    """Float32 (N, classes) of the plain pictures, resized to `side` pixels."""
    learner.eval()
    rows = []
    for chunk in torch.split(torch.from_numpy(pictures.pixels), 64):
        batch = functional.interpolate(normalise(chunk), size=(side, side), mode="bilinear", align_corners=False)
        rows.append(learner.objects(learner.backbone(batch.to(learner.proxies.device))[0]).cpu())
    return torch.cat(rows)


def score_objects(learner: VisionLearner, options: TrainOptions) -> dict[str, float]:
    """Top-1 and top-5 on the validation pictures, at the side the backbone is used with."""
    pictures = read_objects(options.data, "valid", limit=32 if options.quick else None)
    logits = object_logits(learner, pictures, learner.backbone.config.input_side)
    return top_shares("objects", logits, torch.from_numpy(pictures.labels))


class _Lesson:
    """The learner, its optimizer, and how far they have come in a run."""

    def __init__(self, learner: VisionLearner, recipe: Recipe, run: Run, device: str) -> None:
        self.learner = learner.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.recipe = recipe
        self.run = run
        self.device = torch.device(device)
        self.optimizer = torch.optim.AdamW(_decay_groups(learner, recipe.decay), lr=recipe.rate)
        self.step = self._resume()

    def fit(self, data: VisionSet) -> None:
        """The checkpoint of the last step stays, so that a finished training is exported again at once."""
        with progress_bar(MODEL_NAME, self.recipe.steps, self.step) as advance:
            while self.step < self.recipe.steps:
                losses = self._advance(data)
                advance(" ".join(f"{name} {value:.2f}" for name, value in losses.items()))
                self.run.log(self.step, **{f"loss/{name}": value for name, value in losses.items()})
                if self.run.is_due() or self.step == self.recipe.steps:
                    self.run.save(self._state())
        self.run.close()

    def _advance(self, data: VisionSet) -> dict[str, float]:
        recipe = self.recipe
        side = recipe.sides[self.step >= recipe.grow_at * recipe.steps]
        batch = data.batch(self.step, recipe.objects, recipe.templates, side)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, recipe)
        self.learner.train()
        losses = self.learner.losses(
            batch.pixels.to(self.device), batch.objects.to(self.device), batch.templates.to(self.device)
        )
        self.optimizer.zero_grad(set_to_none=True)
        (losses["objects"] + losses["pairs"] + 0.5 * losses["templates"] + losses["photos"]).backward()
        nn.utils.clip_grad_norm_(self.learner.parameters(), 5.0)
        self.optimizer.step()
        self.step += 1
        return {name: loss.item() for name, loss in losses.items()}

    def _state(self) -> dict[str, object]:
        return {
            "step": self.step,
            "learner": self.learner.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def _resume(self) -> int:
        state = self.run.resume()
        if state is None:
            return 0
        self.learner.load_state_dict(state["learner"])
        self.optimizer.load_state_dict(state["optimizer"])
        return int(state["step"])


def learning_rate(step: int, recipe: Recipe) -> float:
    """A short linear rise, then half a cosine down to a hundredth."""
    warm = max(1, recipe.steps // 20)
    if step < warm:
        return recipe.rate * (step + 1) / warm
    share = (step - warm) / max(1, recipe.steps - warm)
    return recipe.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))


def _decay_groups(learner: nn.Module, decay: float) -> list[dict[str, object]]:
    matrices = [parameter for parameter in learner.parameters() if parameter.ndim > 1]
    vectors = [parameter for parameter in learner.parameters() if parameter.ndim <= 1]
    return [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]


def _export(learner: VisionLearner, folder: Path, scores: Scores) -> None:
    config = asdict(learner.backbone.config)
    provenance = Provenance(task="backbone", version=VERSION, command=COMMAND, data=DATA, scores=scores)
    export_model(MODEL_NAME, learner.backbone.state_dict(), config, provenance, folder)
