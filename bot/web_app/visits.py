"""Who may keep which chat's templates on the room's page: a ticket from a chat, shown once, begins a visit of an hour.

A visit is a signed cookie that the browser sends to that visit's addresses alone, so two chats in two tabs never meet
and the address without the cookie opens nothing. Nothing of a visit is kept on the server.
"""

from __future__ import annotations

import secrets
from dataclasses import astuple, dataclass
from typing import Final

from itsdangerous import BadData, URLSafeTimedSerializer

from bot.core.tickets import Grant

ROOM: Final = "room"  # the visit of those who are in the room: its cookie is theirs
COOKIE: Final = "memesmith-visit"
VISIT_S: Final = 60 * 60
SALT: Final = "memesmith.visits"


@dataclass(frozen=True, slots=True)
class Visit:
    """`path` is where the page and everything it asks for lies."""

    path: str
    grant: Grant


class Visits:
    """Begins visits and knows them again."""

    def __init__(self, secret: bytes) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt=SALT)

    def begin(self, grant: Grant) -> tuple[Visit, str]:
        """A new visit, and the cookie that proves it."""
        visit_id = secrets.token_hex(8)
        return Visit(path_of(visit_id), grant), str(self._serializer.dumps([visit_id, *astuple(grant)]))

    def read(self, visit_id: str, cookie: str | None) -> Visit | None:
        """None for a cookie that is missing, forged, too old, or another visit's."""
        try:
            begun, *fields = self._serializer.loads(cookie or "", max_age=VISIT_S)
            return Visit(path_of(visit_id), Grant(*fields)) if begun == visit_id else None
        except (BadData, TypeError, ValueError):
            return None


def path_of(visit_id: str) -> str:
    return f"/boxes/at/{visit_id}"
