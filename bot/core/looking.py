"""Looking at a meme without making one: its genre, and whether it offends. A failed check is unknown, never safe."""

from __future__ import annotations

from typing import Final

from bot.core.asking import Ask, Services
from bot.core.commands import Feature
from bot.core.errors import Refusal
from bot.core.texts import say
from bot.core.values import Bar, Checked, Genres, Incoming, Span
from inference.contract import Box, FlagOutput, FlagRequest, GenreOutput, GenreRequest, Reason

MAX_TEXT_CHARS: Final = 4_000
PARTS: Final = (
    ("top_left", "top", "top_right"),
    ("left", "middle", "right"),
    ("bottom_left", "bottom", "bottom_right"),
)


async def tell_genre(services: Services, ask: Ask, incoming: Incoming) -> Genres:
    ask.require(Feature.GENRE)
    services.admit(ask)
    image, text = await _what_to_look_at(services, incoming)
    result = await services.ask(GenreRequest(image=image, text=text), ask)
    if not isinstance(result.output, GenreOutput):
        raise Refusal("failure.model_error")
    return describe_genres(result.output, ask.language)


async def check_meme(services: Services, ask: Ask, incoming: Incoming) -> Checked:
    ask.require(Feature.CHECK)
    services.admit(ask)
    language = ask.language
    image, text = await _what_to_look_at(services, incoming)
    request = FlagRequest(
        image=image,
        text=text,
        unsure_from=services.options.unsure_from,
        offensive_from=services.options.offensive_from,
    )
    try:
        result = await services.ask(request, ask)
    except Refusal as refusal:
        return unknown_check(language, say(language, refusal.key, **refusal.values))
    if not isinstance(result.output, FlagOutput):
        return unknown_check(language, say(language, "failure.model_error"))
    return describe_flag(result.output, language)


def describe_genres(output: GenreOutput, language: str) -> Genres:
    """Bars best first; labels as the model chose them."""
    ordered = sorted(output.scores.items(), key=lambda item: -item[1])
    names = [say(language, f"genre.{label}") for label in output.labels]
    headline = say(language, "genre.headline", labels=", ".join(names)) if names else say(language, "genre.none")
    details = []
    if output.template:
        details.append(say(language, "genre.template", name=output.template))
    if output.era:
        details.append(say(language, "genre.era", first=output.era[0], last=output.era[1]))
    bars = tuple(Bar(key, say(language, f"genre.{key}"), score, key in output.labels) for key, score in ordered)
    return Genres(headline=headline, bars=bars, details=tuple(details))


def describe_flag(output: FlagOutput, language: str) -> Checked:
    ordered = sorted(output.categories.items(), key=lambda item: -item[1])
    return Checked(
        verdict=output.verdict,
        headline=say(language, f"check.{output.verdict.value}"),
        explanation=say(language, "check.explain", percent=_percent(output.score)),
        score=output.score,
        bars=tuple(Bar(key, say(language, f"category.{key}"), score) for key, score in ordered),
        spans=mark_reasons(output.text, output.reasons),
        reasons=tuple(_describe_reason(reason, language) for reason in output.reasons),
    )


def unknown_check(language: str, why: str) -> Checked:
    return Checked(
        verdict=None,
        headline=say(language, "check.unknown"),
        explanation=say(language, "check.unknown_explain", why=why),
    )


def mark_reasons(text: str, reasons: tuple[Reason, ...]) -> tuple[Span, ...]:
    """Cut the judged text into spans, so that the words of the reasons stand out; joined, the spans are the text."""
    weights = [0.0] * len(text)
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters change length in lower case; then only exact matches are safe
        lowered = text
    for reason in reasons:
        needle = (reason.text or "").lower()
        start = lowered.find(needle) if needle else -1
        while start >= 0:
            for index in range(start, start + len(needle)):
                weights[index] = max(weights[index], reason.weight)
            start = lowered.find(needle, start + len(needle))
    return _join_equal(text, weights)


def _join_equal(text: str, weights: list[float]) -> tuple[Span, ...]:
    spans: list[Span] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or weights[end] != weights[start]:
            spans.append(Span(text[start:end], weights[start]))
            start = end
    return tuple(spans)


def _describe_reason(reason: Reason, language: str) -> str:
    percent = _percent(reason.weight)
    if reason.text:
        return say(language, "check.reason_text", text=reason.text, percent=percent)
    if reason.kind == "similar":
        return say(language, "check.reason_similar", percent=percent)
    if reason.box is None:
        return say(language, "check.reason_picture", percent=percent)
    return say(language, "check.reason_part", percent=percent, part=say(language, f"part.{_part_of(reason.box)}"))


def _part_of(box: Box) -> str:
    """Which ninth of the picture the box's middle lies in, such as "top_left"."""
    column, row = (min(2, int(3 * middle)) for middle in (box.x + box.w / 2, box.y + box.h / 2))
    return PARTS[row][column]


def _percent(share: float) -> int:
    return round(100 * share)


async def _what_to_look_at(services: Services, incoming: Incoming) -> tuple[bytes | None, str | None]:
    image = await services.read(incoming.picture) if incoming.picture else None
    text = incoming.text.strip()[:MAX_TEXT_CHARS] or None
    if image is None and text is None:
        raise Refusal("text.or_picture_needed")
    return image, text
