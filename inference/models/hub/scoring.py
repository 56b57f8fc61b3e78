"""Probabilities of labels for pictures and texts, from CLIP-family models: by comparing with words, or by a head.

Zero-shot: softmax over labels of scaled cosine similarity to the mean embedding of each label's prompts (Radford et al.
2021, prompt ensembling). Head: sigmoid where the model says that several labels may hold, else softmax. Knows no task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional
from transformers import AutoImageProcessor, AutoModel, AutoModelForImageClassification, AutoTokenizer

from inference.errors import ModelError, Unsupported
from inference.models.hub.loading import HubSource
from inference.models.pictures import flatten

MULTI_LABEL: Final = "multi_label_classification"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is scored: a picture, the text in it, or both."""

    picture: Image.Image | None
    text: str = ""


class LabelScorer(Protocol):
    """`labels` are the columns of what the methods return: float32 (N, L) on the processor.

    Where `reads_texts` is False, `score_texts` raises Unsupported.
    """

    labels: tuple[str, ...]
    reads_texts: bool

    def score_pictures(self, pictures: Sequence[Image.Image], /) -> Tensor: ...

    def score_texts(self, texts: Sequence[str], /) -> Tensor: ...


class ZeroShotScorer:
    """Pictures and texts compared with the prompts of each label."""

    reads_texts = True

    def __init__(self, source: HubSource, prompts: Mapping[str, tuple[str, ...]]) -> None:
        self.labels = tuple(prompts)
        self._source = source
        self._processor = load_image_processor(source)
        self._tokenizer = source.part(AutoTokenizer.from_pretrained)
        self._model = source.model(AutoModel.from_pretrained)
        if not hasattr(self._model, "get_text_features") or not hasattr(self._model, "logit_scale"):
            raise ModelError(f"The model {source.name} compares no pictures with texts and has no head for our labels.")
        self._bank = torch.stack(
            [functional.normalize(self._embed(texts).mean(0), dim=0) for texts in prompts.values()]
        )

    @torch.inference_mode()
    def score_pictures(self, pictures: Sequence[Image.Image]) -> Tensor:
        seen = self._model.get_image_features(pixel_values=to_pixels(self._processor, pictures, self._source))
        return self._compare(functional.normalize(seen.pooler_output.float(), dim=1))

    @torch.inference_mode()
    def score_texts(self, texts: Sequence[str]) -> Tensor:
        return self._compare(self._embed(texts))

    @torch.inference_mode()
    def _embed(self, texts: Sequence[str]) -> Tensor:
        length = self._model.config.text_config.max_position_embeddings
        tokens = self._tokenizer(
            list(texts), padding="max_length", truncation=True, max_length=length, return_tensors="pt"
        )
        read = self._model.get_text_features(**tokens.to(self._source.device))
        return functional.normalize(read.pooler_output.float(), dim=1)

    def _compare(self, embeddings: Tensor) -> Tensor:
        scale = self._model.logit_scale.float().exp()
        shares: Tensor = (scale * embeddings @ self._bank.T).softmax(dim=1).cpu()
        return shares


class HeadScorer:
    """Pictures by a classifier whose configuration names our labels."""

    reads_texts = False

    def __init__(self, source: HubSource, config: Any) -> None:
        self.labels = tuple(str(config.id2label[at]) for at in range(len(config.id2label)))
        self._source = source
        self._several = config.problem_type == MULTI_LABEL
        self._processor = load_image_processor(source)
        self._model = source.model(AutoModelForImageClassification.from_pretrained)

    @torch.inference_mode()
    def score_pictures(self, pictures: Sequence[Image.Image]) -> Tensor:
        answered = self._model(pixel_values=to_pixels(self._processor, pictures, self._source)).logits
        logits: Tensor = answered.float().cpu()
        return logits.sigmoid() if self._several else logits.softmax(dim=1)

    def score_texts(self, _texts: Sequence[str], /) -> Tensor:
        raise Unsupported(f"The model {self._source.name} judges pictures; a text alone is not enough for it.")


def load_scorer(source: HubSource, config: Any, prompts: Mapping[str, tuple[str, ...]]) -> LabelScorer:
    """A head where the checkpoint was saved with one, else zero-shot."""
    architectures = config.architectures or []
    if any(name.endswith("ForImageClassification") for name in architectures):
        return HeadScorer(source, config)
    return ZeroShotScorer(source, prompts)


def score_shown(scorer: LabelScorer, items: Sequence[Shown]) -> Tensor:
    """(N, L): the mean of what picture and text say; a text beside a picture counts where the model reads texts.

    Raises Unsupported for an item that shows nothing the model can judge.
    """
    sums = torch.zeros(len(items), len(scorer.labels))
    counts = torch.zeros(len(items), 1)
    pictures = {at: item.picture for at, item in enumerate(items) if item.picture is not None}
    texts = {
        at: item.text
        for at, item in enumerate(items)
        if item.text.strip() and (scorer.reads_texts or at not in pictures)
    }
    if len({*pictures, *texts}) < len(items):
        raise Unsupported("There is neither a picture nor a text to judge.")
    if pictures:
        sums[list(pictures)] += scorer.score_pictures(list(pictures.values()))
        counts[list(pictures)] += 1
    if texts:
        sums[list(texts)] += scorer.score_texts(list(texts.values()))
        counts[list(texts)] += 1
    return sums / counts


def load_image_processor(source: HubSource) -> Any:
    """Pillow's implementation: the others need torchvision."""
    return source.part(AutoImageProcessor.from_pretrained, backend="pil")


def to_pixels(processor: Any, pictures: Sequence[Image.Image], source: HubSource) -> Tensor:
    """(N, 3, H, W) as the model was trained to see them."""
    made = processor(images=[flatten(picture) for picture in pictures], return_tensors="pt")
    pixels: Tensor = made["pixel_values"].to(source.device, source.dtype)
    return pixels
