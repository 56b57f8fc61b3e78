"""The closed vocabularies of the models: genres, flag categories, expressions, tones, in the order of model outputs."""

from __future__ import annotations

from typing import Final

GENRES: Final = (
    "rage_comic",
    "image_macro",
    "text_post",
    "ironic_surreal",
    "post_ironic",
    "viral_video",
    "political",
    "experimental",
)

FLAG_CATEGORIES: Final = ("hate", "insult", "sexual", "violent", "profanity")

EXPRESSIONS: Final = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")

TONES: Final = ("neutral", "joy", "optimism", "anger", "sadness")
