"""Who a browser is: a random id and a chosen name in a signed cookie. Nothing of it is stored on the server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final

COOKIE: Final = "memesmith"
COOKIE_MAX_AGE_S: Final = 365 * 24 * 3600
MAX_NAME_CHARS: Final = 24
MAX_COOKIE_CHARS: Final = 400
FIRST: Final = ("Amber", "Brave", "Cosmic", "Dapper", "Eager", "Fuzzy", "Gentle", "Happy", "Jolly", "Lucky", "Mellow",
                "Nimble", "Plucky", "Quiet", "Sunny", "Witty")  # fmt: skip
SECOND: Final = ("Badger", "Beaver", "Cactus", "Comet", "Dumpling", "Falcon", "Heron", "Lantern", "Magpie", "Noodle",
                 "Otter", "Pickle", "Radish", "Teapot", "Walrus", "Yeti")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser. `id` is public; only the signature proves it."""

    id: str
    name: str


def new_visitor() -> Visitor:
    return Visitor(secrets.token_hex(8), f"{secrets.choice(FIRST)} {secrets.choice(SECOND)}")


def clean_name(text: object) -> str | None:
    """The name as it is shown, or None: 1 to 24 letters, digits, spaces, hyphens or apostrophes make a name."""
    if not isinstance(text, str):
        return None
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not 1 <= len(name) <= MAX_NAME_CHARS:
        return None
    plain = all(letter in " -'’" or unicodedata.category(letter)[0] in "LMN" for letter in name)
    return name if plain and any(letter.isalnum() for letter in name) else None


def sign_visitor(visitor: Visitor, secret: bytes) -> str:
    body = base64.urlsafe_b64encode(json.dumps([visitor.id, visitor.name]).encode()).decode().rstrip("=")
    return f"{body}.{_sign(body, secret)}"


def read_visitor(cookie: str | None, secret: bytes) -> Visitor | None:
    """None for a cookie that is missing, damaged or signed by somebody else."""
    if not cookie or len(cookie) > MAX_COOKIE_CHARS or not cookie.isascii():
        return None
    body, _, signature = cookie.partition(".")
    if not hmac.compare_digest(signature, _sign(body, secret)):
        return None
    visitor_id, name = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return Visitor(visitor_id, name)


def _sign(body: str, secret: bytes) -> str:
    return hmac.new(secret, body.encode(), hashlib.sha256).hexdigest()
