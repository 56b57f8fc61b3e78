"""What each label looks like, in words: the texts that a CLIP-family model compares pictures with. Data, no code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PLAIN: Final = "plain"
CLEAR: Final = "clear"
OFFENSIVE: Final = "offensive"

GENRE_PROMPTS: Final[Mapping[str, tuple[str, ...]]] = {
    "rage_comic": (
        "a rage comic with crudely drawn black and white faces in panels",
        "a badly drawn web comic of a stick figure with an exaggerated angry face",
    ),
    "image_macro": (
        "an image macro with bold white capital letters at the top and the bottom of a photo",
        "a meme with white outlined text over a picture",
    ),
    "text_post": (
        "a screenshot of a post on a social network that is mostly text",
        "a screenshot of text messages or a tweet",
    ),
    "ironic_surreal": (
        "a surreal absurd meme with distorted figures and strange objects",
        "a deep fried, oversaturated, absurd picture",
    ),
    "post_ironic": (
        "an earnest and absurd meme that is sincere and ironic at once",
        "a low quality edited meme with a strangely heartfelt caption",
    ),
    "viral_video": (
        "a still frame of a viral video with subtitles",
        "a blurry screenshot of an amateur video",
    ),
    "political": (
        "a meme about politics that shows a politician",
        "a political cartoon with flags or an election",
    ),
    "experimental": (
        "an experimental collage without an obvious joke",
        "abstract digital glitch art as a meme",
    ),
    PLAIN: ("an ordinary photo", "a picture that is not a meme"),
}

FLAG_PROMPTS: Final[Mapping[str, tuple[str, ...]]] = {
    CLEAR: ("a harmless friendly joke", "an ordinary harmless picture", "a funny picture that offends nobody"),
    "hate": ("a hateful message against a group of people", "racist or antisemitic propaganda"),
    "insult": ("an insult that bullies a person", "a picture that mocks and humiliates somebody"),
    "sexual": ("a sexually explicit picture", "an obscene sexual message"),
    "violent": ("a picture of brutal violence and blood", "a threat to hurt or kill somebody"),
    "profanity": ("vulgar swear words", "a rude gesture with an obscene text"),
}
