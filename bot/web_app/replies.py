"""Values of the core as JSON bodies of the room's messages. Layout only; sentences come ready from the core."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from bot.core.panels import Form
from bot.core.values import Bar, Checked, Genres, Meme, Votes
from bot.web_app.history import Body
from bot.web_app.identity import Visitor
from inference.contract import RenderOutput


def ask_body(visitor: Visitor, verb: str, prompt: str, with_photo: bool) -> Body:
    return {
        "kind": "ask",
        "author": visitor.name,
        "author_id": visitor.id,
        "verb": verb,
        "prompt": prompt,
        "with_photo": with_photo,
    }


def working_body(text: str = "") -> Body:
    return {"kind": "working", "text": text}


def form_body(form: Form) -> Body:
    return {
        "form": form.form_id,
        "lines": [each.value for each in form.fields],
        "max_chars": max(each.max_chars for each in form.fields),
    }


def meme_body(meme: Meme, url: str) -> Body:
    return {
        "kind": "meme",
        "candidate": meme.candidate_id,
        "picture": {"url": url, "width": meme.width, "height": meme.height, "media_type": meme.media_type},
        "alt": meme.alt_text,
        "asked_by": meme.asked_by,
        "note": meme.note,
        "up": meme.votes.up,
        "down": meme.votes.down,
        "buttons": [asdict(button) for button in meme.buttons],
        "busy": None,
    }


def votes_change(votes: Votes) -> Body:
    return {"up": votes.up, "down": votes.down}


def genres_body(genres: Genres) -> Body:
    return {
        "kind": "genre",
        "headline": genres.headline,
        "details": list(genres.details),
        "bars": _bars(genres.bars),
        "picture": None,
    }


def checked_body(checked: Checked) -> Body:
    return {
        "kind": "check",
        "verdict": checked.verdict.value if checked.verdict else "unknown",
        "headline": checked.headline,
        "explanation": checked.explanation,
        "score": checked.score,
        "bars": _bars(checked.bars),
        "spans": [asdict(span) for span in checked.spans],
        "reasons": list(checked.reasons),
        "picture": None,
    }


def picture_part(drawn: RenderOutput, url: str) -> Body:
    return {"url": url, "width": drawn.width, "height": drawn.height, "media_type": drawn.media_type}


def _bars(bars: tuple[Bar, ...]) -> list[dict[str, Any]]:
    return [asdict(bar) for bar in bars]
