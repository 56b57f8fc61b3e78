"""What the local Telegram answers when it refuses, and which refusals no correct bot would meet.

    ApiError
        RateLimited     429, with the seconds to wait
        Migrated        the group has become a supergroup, with the new id

A refusal that is `wrong` is the bot's own mistake (a caption too long, markup that does not close): it is written down
and fails the test. Any other can happen to a correct bot (a message deleted meanwhile, a right taken away).
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer with `ok: false`."""

    def __init__(self, status: int, description: str, *, wrong: bool = False, **parameters: Any) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.wrong = wrong
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"ok": False, "error_code": self.status, "description": self.description}
        return {**body, "parameters": self.parameters} if self.parameters else body


class RateLimited(ApiError):
    """Too many calls; the same chat may be called again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


class Migrated(ApiError):
    """The group has another id now."""

    def __init__(self, chat_id: int) -> None:
        super().__init__(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat_id)


def bad_request(description: str) -> ApiError:
    """A refusal that a correct bot can meet."""
    return ApiError(400, f"Bad Request: {description}")


def wrong_request(description: str) -> ApiError:
    """A refusal that a correct bot never meets."""
    return ApiError(400, f"Bad Request: {description}", wrong=True)


def forbidden(description: str) -> ApiError:
    return ApiError(403, f"Forbidden: {description}")
