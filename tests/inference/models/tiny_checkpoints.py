"""Tiny random checkpoints in the formats that people publish, made on the spot and saved by transformers itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    CLIPConfig,
    CLIPForImageClassification,
    CLIPModel,
    CLIPTextConfig,
    CLIPTokenizer,
    CLIPVisionConfig,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlavaConfig,
    LlavaForConditionalGeneration,
    LlavaProcessor,
    PreTrainedTokenizerFast,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

SIDE = 32
PATCH = 16
WORDS = ["when it compiles on the first try", "monday again\nwhy", "a cat and a cup of coffee", "line one\nline two"]
CHAT = (
    "{% for message in messages %}<user>{% if message.content is string %}{{ message.content }}{% else %}"
    "{% for part in message.content %}{% if part.type == 'image' %}<image>{% else %}{{ part.text }}{% endif %}"
    "{% endfor %}{% endif %}{% endfor %}<answer>"
)
VISION = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}


def image_processor() -> CLIPImageProcessorPil:
    return CLIPImageProcessorPil(size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE})


def clip_config(tokenizer: CLIPTokenizer) -> CLIPConfig:
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        max_position_embeddings=24,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        **VISION,
    )
    vision = CLIPVisionConfig(image_size=SIDE, patch_size=PATCH, **VISION)
    return CLIPConfig(
        text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=12, logit_scale_init_value=1.0
    )


def clip_tokenizer() -> CLIPTokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    entries = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    return CLIPTokenizer(vocab={entry: at for at, entry in enumerate(entries)}, merges=[])


def word_tokenizer(specials: list[str]) -> PreTrainedTokenizerFast:
    """Byte-level pairs learned from a few captions, so that any text has tokens and lines can break."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        initial_alphabet=sorted(alphabet),
        special_tokens=["<pad>", "<end>", *specials],
        show_progress=False,
    )
    tokenizer.train_from_iterator(WORDS, trainer)
    ends = {"pad_token": "<pad>", "eos_token": "<end>"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **ends)


def save_clip(folder: Path) -> Path:
    """A zero-shot model: two towers and a tokenizer."""
    torch.manual_seed(1)
    tokenizer = clip_tokenizer()
    CLIPModel(clip_config(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    image_processor().save_pretrained(folder)
    return folder


def save_head(folder: Path, labels: list[str], *, several: bool, extra: Mapping[str, object] | None = None) -> Path:
    """A fine-tuned head over the picture tower."""
    torch.manual_seed(2)
    config = clip_config(clip_tokenizer())
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: at for at, label in enumerate(labels)}
    config.problem_type = "multi_label_classification" if several else "single_label_classification"
    config.update(dict(extra or {}))
    CLIPForImageClassification(config).save_pretrained(folder)
    image_processor().save_pretrained(folder)
    return folder


def save_gpt2(folder: Path, *, chat: bool) -> Path:
    """A language model that knows no pictures."""
    torch.manual_seed(3)
    tokenizer = word_tokenizer(["<user>", "<answer>"])
    if chat:
        tokenizer.chat_template = CHAT
    size = {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 512}
    ends = {"bos_token_id": 1, "eos_token_id": 1, "pad_token_id": 0}
    GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), **size, **ends)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def save_llava(folder: Path) -> Path:
    """A model that sees the picture and chats about it."""
    torch.manual_seed(4)
    tokenizer = word_tokenizer(["<user>", "<answer>", "<image>"])
    text = LlamaConfig(
        vocab_size=len(tokenizer), max_position_embeddings=512, bos_token_id=1, eos_token_id=1, pad_token_id=0, **VISION
    )
    vision = CLIPVisionConfig(image_size=SIDE, patch_size=PATCH, **VISION)
    config = LlavaConfig(
        vision_config=vision, text_config=text, image_token_index=tokenizer.convert_tokens_to_ids("<image>")
    )
    LlavaForConditionalGeneration(config).save_pretrained(folder)
    LlavaProcessor(
        image_processor=image_processor(),
        tokenizer=tokenizer,
        patch_size=PATCH,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=CHAT,
    ).save_pretrained(folder)
    return folder
