"""Links that open the room's page on a chat's templates: signed, for one person and chat, good for a while, once.

itsdangerous signs and dates them; that each opens once is settled by the inbox, so that it holds across restarts.
"""

from __future__ import annotations

import secrets
from dataclasses import astuple, dataclass
from typing import Final

from itsdangerous import BadData, URLSafeTimedSerializer

TICKET_S: Final = 30 * 60
SALT: Final = "memesmith.tickets"


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may keep which chat's templates. `name_id` is the template to open first; empty for a new one."""

    platform: str
    chat_id: str
    person_id: str
    language: str
    name_id: str = ""


class Tickets:
    """Signs with a secret of the bot's; whoever has none of these tickets has no grant."""

    def __init__(self, secret: bytes) -> None:
        self._serializer = URLSafeTimedSerializer(secret, salt=SALT)

    def issue(self, grant: Grant) -> str:
        """A ticket to put into a link, some 200 characters of letters, digits, ".", "-" and "_"."""
        return str(self._serializer.dumps([secrets.token_urlsafe(9), *astuple(grant)]))

    def read(self, ticket: str) -> tuple[str, Grant] | None:
        """The ticket's own number and its grant; None for one that is forged or too old."""
        try:
            number, *fields = self._serializer.loads(ticket, max_age=TICKET_S)
            return str(number), Grant(*(str(each) for each in fields))
        except (BadData, TypeError, ValueError):
            return None
