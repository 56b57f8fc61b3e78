"""Captions by a model of others: one that sees the picture (image-text-to-text), or one that knows only words.

Models that were taught to chat are asked in their own format, others continue a plain text. What people typed can write
no control tokens. Drafts are drawn, cut into the lines that were asked for, and ordered by mean log probability.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from PIL import Image
from torch import Tensor
from transformers import (
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    AutoProcessor,
    AutoTokenizer,
)

from inference.contract import CaptionScoreOutput
from inference.errors import ModelError
from inference.labels import TONES
from inference.models.captioner import Draft
from inference.models.hub.loading import HubSource
from inference.models.pictures import flatten

DRAWN_PER_DRAFT: Final = 3
MAX_NEW_TOKENS: Final = 64
MAX_LINE_CHARS: Final = 200
SAMPLING: Final = {"do_sample": True, "temperature": 0.9, "top_p": 0.95, "max_new_tokens": MAX_NEW_TOKENS}

_BULLET: Final = re.compile(r"^\s*(?:[-*•]|\d+[.)]|(?:line|box)\s*\d*\s*:)\s*", re.IGNORECASE)
_QUOTES: Final = "\"'“”‘’`* "


@dataclass(frozen=True, slots=True)
class HubCondition:
    """What a caption is to fit: a picture or None, words to use, a tone or None, and how many text boxes (>= 1)."""

    picture: Image.Image | None = None
    keywords: tuple[str, ...] = ()
    tone: str | None = None
    boxes: int = 2


class HubCaptioner:
    """Not safe for concurrent use of one instance by several threads: the seed is torch's own."""

    def __init__(self, source: HubSource, model: Any, processor: Any, sees: bool) -> None:
        self._source = source
        self._model = model
        self._processor = processor
        self._tokenizer = getattr(processor, "tokenizer", processor)
        self.sees_pictures = sees

    @classmethod
    def load(cls, name: str, device: str = "cpu") -> HubCaptioner:
        """Raises ModelError with a sentence."""
        source = HubSource(name, device)
        sees = type(source.config()) in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING
        if sees:
            processor = source.part(AutoProcessor.from_pretrained, backend="pil")
            return cls(source, source.model(AutoModelForImageTextToText.from_pretrained), processor, sees)
        tokenizer = source.part(AutoTokenizer.from_pretrained)
        return cls(source, source.model(AutoModelForCausalLM.from_pretrained), tokenizer, sees)

    def write(self, condition: HubCondition, n: int, seed: int | None = None) -> list[Draft]:
        """At most `n` drafts, best first, no two alike; raises ModelError where the model wrote nothing usable."""
        drafts: dict[tuple[str, ...], Draft] = {}
        for text, score in self._draw(condition, n * DRAWN_PER_DRAFT, seed):
            lines = fit_lines(text, condition.boxes)
            if lines:
                draft = Draft(lines, score, condition.tone or TONES[0])
                drafts.setdefault(tuple(line.casefold() for line in lines), draft)
        if not drafts:
            raise ModelError(f"The caption model {self._source.name} wrote nothing that fits; try again.")
        return sorted(drafts.values(), key=lambda draft: -draft.score)[:n]

    @torch.inference_mode()
    def score(self, condition: HubCondition, boxes: Sequence[str]) -> CaptionScoreOutput:
        """Log probability (nats) of the lines, one per box, as the answer to this condition."""
        caption = "\n".join(boxes)
        inputs = self._ask(condition)
        added = self._tokenizer(caption, add_special_tokens=False, return_tensors="pt")["input_ids"]
        added = added.to(self._source.device)
        start = inputs["input_ids"].shape[1]
        inputs["input_ids"] = torch.cat([inputs["input_ids"], added], dim=1)
        inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
        logits = self._model(**inputs).logits[:, start - 1 : -1].float()
        each = logits.log_softmax(dim=2).gather(2, added.unsqueeze(2))
        return CaptionScoreOutput(float(each.sum()), len(caption))

    @torch.inference_mode()
    def _draw(self, condition: HubCondition, count: int, seed: int | None) -> list[tuple[str, float]]:
        """Texts with their mean log probability per token."""
        inputs = self._ask(condition)
        start = inputs["input_ids"].shape[1]
        devices = [self._model.device] if self._model.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            if seed is None:
                torch.seed()
            else:
                torch.manual_seed(seed)
            made = self._model.generate(
                **inputs,
                **SAMPLING,
                num_return_sequences=count,
                pad_token_id=self._pad(),
                return_dict_in_generate=True,
                output_logits=True,
            )
        tokens = made.sequences[:, start:]
        logprobs = torch.stack(made.logits, dim=1).float().log_softmax(dim=2).gather(2, tokens.unsqueeze(2)).squeeze(2)
        texts = self._tokenizer.batch_decode(tokens, skip_special_tokens=True)
        return list(zip(texts, _means_until(logprobs, tokens, self._pad()), strict=True))

    def _pad(self) -> int:
        return int(
            self._tokenizer.pad_token_id if self._tokenizer.pad_token_id is not None else self._tokenizer.eos_token_id
        )

    def _ask(self, condition: HubCondition) -> dict[str, Tensor]:
        """The model's inputs for one condition, on its device."""
        wish = word_wish(condition, self.sees_pictures)
        pictures = [flatten(condition.picture)] if self.sees_pictures and condition.picture is not None else []
        if getattr(self._processor, "chat_template", None):
            made = self._chat(wish, pictures)
        elif pictures:
            made = self._processor(images=pictures, text=wish, return_tensors="pt")
        else:
            made = self._tokenizer(wish, split_special_tokens=True, return_tensors="pt")
        return {
            key: value.to(self._source.device, self._source.dtype if value.is_floating_point() else None)
            for key, value in made.items()
            if key != "token_type_ids" or self.sees_pictures
        }

    def _chat(self, wish: str, pictures: Sequence[Image.Image]) -> Any:
        words = {"type": "text", "text": wish}
        shown = [{"type": "image", "image": picture} for picture in pictures]
        content = [*shown, words] if self.sees_pictures else wish
        return self._processor.apply_chat_template(
            [{"role": "user", "content": content}],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            sanitize_control_tokens=True,
        )


def word_wish(condition: HubCondition, sees_picture: bool) -> str:
    """What the model is asked for, in words."""
    what = "this picture" if sees_picture and condition.picture is not None else "a meme"
    count = "1 short line" if condition.boxes == 1 else f"exactly {condition.boxes} short lines, one per text box"
    wish = [f"Write a funny caption for {what} in {count}."]
    if condition.keywords:
        wish.append(f"It is about: {', '.join(condition.keywords)}.")
    if condition.tone is not None:
        wish.append(f"Its tone is {condition.tone}.")
    return " ".join([*wish, "Answer with the lines only.\n"])


def fit_lines(text: str, boxes: int) -> tuple[str, ...] | None:
    """The first `boxes` lines of an answer without bullets and quotes; the longest are halved where there are too few.

    None where there are not even as many words.
    """
    lines = [_BULLET.sub("", line).strip(_QUOTES)[:MAX_LINE_CHARS] for line in text.splitlines()]
    lines = [line for line in lines if any(char.isalnum() for char in line)][:boxes]
    while lines and len(lines) < boxes:
        at = max(range(len(lines)), key=lambda at: len(lines[at].split()))
        words = lines[at].split()
        if len(words) == 1:
            return None
        half = (len(words) + 1) // 2
        lines[at : at + 1] = [" ".join(words[:half]), " ".join(words[half:])]
    return tuple(lines) or None


def _means_until(logprobs: Tensor, tokens: Tensor, pad: int) -> list[float]:
    """Mean per row over the tokens before the padding."""
    real = tokens != pad
    return ((logprobs * real).sum(dim=1) / real.sum(dim=1).clamp(min=1)).tolist()
