"""Models, fonts and readers of this machine; where inference is elsewhere, whether that place answers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final

from bot.doctor.asking import Unreachable, place_of
from bot.doctor.findings import Finding, Findings, fine, foreign, hint, note, problem
from bot.doctor.kit import Kit
from bot.settings import Settings
from inference.checkup import (
    FontsState,
    ModelPlace,
    WeightsState,
    check_fonts,
    check_weights,
    place_model,
    reads_korean,
)
from inference.errors import ModelError

EMBEDDED: Final = "embedded"
MB: Final = 10**6


async def check_models(kit: Kit) -> Findings:
    settings = kit.settings
    if settings.inference_url != "local":
        return await _check_service(kit)
    if settings.engine == "fake":
        return (hint("ENGINE is fake: captions, genres and checks are made up.", "Take ENGINE out of .env."),)
    return (
        *await asyncio.to_thread(_check_weights, settings),
        *await asyncio.to_thread(lambda: tuple(_check_others(settings))),
        *_describe_fonts(await asyncio.to_thread(check_fonts)),
        _describe_reading(korean=await asyncio.to_thread(reads_korean)),
    )


async def _check_service(kit: Kit) -> Findings:
    """Its state is open to everybody, its description only to who knows the token."""
    url = kit.settings.inference_url.rstrip("/")
    where = foreign(place_of(url))
    token = kit.settings.token()
    try:
        state = await kit.asker.ask(f"{url}/healthz")
        reply = await kit.asker.ask(f"{url}/openapi.json", {"Authorization": f"Bearer {token}"} if token else {})
    except Unreachable as error:
        return (problem(f"The models at {where} can't be reached: {error}.", "Is memesmith serve running there?"),)
    if not isinstance(state.body, dict) or "workers" not in state.body:
        return (problem(f"What answers at {where} is not memesmith serve.", "Correct INFERENCE_URL."),)
    if reply.status in {401, 403}:
        return (problem(f"The models at {where} refuse INFERENCE_TOKEN.", "Set the same one here and there."),)
    if not state.is_ok:
        return (hint(f"The models at {where} are not ready yet.", "Wait a minute, and look again."),)
    return (
        fine(f"The models at {where} are ready ({state.body['workers']} workers)."),
        note("Weights, fonts and readers are theirs.", "Run memesmith doctor there to check them."),
    )


def _check_weights(settings: Settings) -> Findings:
    try:
        state = check_weights(settings.weights_dir)
    except ModelError as error:
        return (problem(str(error), "Get the folder anew, or take WEIGHTS_DIR out of .env."),)
    return tuple(_describe_weights(state))


def _describe_weights(state: WeightsState) -> Iterable[Finding]:
    for trouble in state.troubles:
        yield problem(trouble, f"Copy it anew into {state.folder}.")
    if not state.troubles:
        size = state.total_bytes / MB
        yield fine(f"The {state.files} files of the built-in models are there and untouched ({size:.1f} MB).")


def _check_others(settings: Settings) -> Iterable[Finding]:
    for name in ("caption_model", "genre_model", "flag_model"):
        value: str = getattr(settings, name)
        if value != EMBEDDED:
            yield _describe_other(name.upper(), value, place_model(value))


def _describe_other(setting: str, value: str, place: ModelPlace) -> Finding:
    match place:
        case ModelPlace.FOLDER | ModelPlace.CACHED:
            return fine(f"{setting} is here: {value}.")
        case ModelPlace.DOWNLOAD:
            return note(f"{setting} is not here yet: {value} is fetched from Hugging Face when Memesmith starts.")
        case ModelPlace.INCOMPLETE:
            return problem(f"{setting} names {value}, which lacks config.json or safetensors.", "Copy the whole model.")
        case ModelPlace.NOWHERE:
            return problem(f"{setting} is neither a folder nor a Hugging Face id: {value}.", f"Correct {setting}.")


def _describe_fonts(state: FontsState) -> Iterable[Finding]:
    if state.latin is None:
        yield problem("There is no font for Latin letters.", "Run: make setup")
    if state.korean is None:
        yield problem("There is no font for Korean.", "Run: make setup")
    if state.latin and state.korean:
        yield fine(f"Letters are drawn with {state.latin}, Korean with {state.korean}.")
    if state.emoji is None:
        yield hint("No font for colour emoji is here, so memes leave most out.", "apt install fonts-noto-color-emoji")
    else:
        yield fine(f"Emoji are drawn with {state.emoji}.")
    if not state.shapes:
        yield hint("Arabic letters are not joined.", "apt install libfribidi0")


def _describe_reading(*, korean: bool) -> Finding:
    if korean:
        return fine("English and Korean words in pictures are read.")
    return hint("English words in pictures are read, Korean ones are not.", "apt install tesseract-ocr-kor")
