"""The errors of Discord's API that the wire answers with: HTTP status, code, and sentence."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """An answer other than success; `headers` and further fields of the body go out with it."""

    def __init__(self, status: int, code: int, message: str, **extra: Any) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.headers: dict[str, str] = {}
        self.body: dict[str, Any] = {"message": message, "code": code, **extra}


class InvalidForm(Refused):
    """400 with the field that is wrong: always the bot's own mistake."""

    def __init__(self, where: str, why: str) -> None:
        error = {"code": "BASE_TYPE_BAD", "message": why}
        super().__init__(400, 50035, "Invalid Form Body", errors={where or "_": {"_errors": [error]}})
        self.detail = f"{where}: {why}"


class EmptyMessage(Refused):
    """400 for a message that has nothing to show."""

    def __init__(self) -> None:
        super().__init__(400, 50006, "Cannot send an empty message")


class TooLarge(Refused):
    """413 for files over the limit of their place."""

    def __init__(self, detail: str) -> None:
        super().__init__(413, 40005, "Request entity too large")
        self.detail = detail


def unauthorized() -> Refused:
    return Refused(401, 0, "401: Unauthorized")


def invalid_webhook_token() -> Refused:
    return Refused(401, 50027, "Invalid Webhook Token")


def missing_access() -> Refused:
    return Refused(403, 50001, "Missing Access")


def missing_permissions() -> Refused:
    return Refused(403, 50013, "Missing Permissions")


def not_the_author() -> Refused:
    return Refused(403, 50005, "Cannot edit a message authored by another user")


def cannot_dm() -> Refused:
    return Refused(403, 50007, "Cannot send messages to this user")


def unknown_channel() -> Refused:
    return Refused(404, 10003, "Unknown Channel")


def unknown_guild() -> Refused:
    return Refused(404, 10004, "Unknown Guild")


def unknown_member() -> Refused:
    return Refused(404, 10007, "Unknown Member")


def unknown_message() -> Refused:
    return Refused(404, 10008, "Unknown Message")


def unknown_user() -> Refused:
    return Refused(404, 10013, "Unknown User")


def unknown_emoji() -> Refused:
    return Refused(400, 10014, "Unknown Emoji")


def unknown_webhook() -> Refused:
    return Refused(404, 10015, "Unknown Webhook")


def unknown_interaction() -> Refused:
    return Refused(404, 10062, "Unknown interaction")


def unknown_command() -> Refused:
    return Refused(404, 10063, "Unknown application command")


def already_acknowledged() -> Refused:
    return Refused(400, 40060, "Interaction has already been acknowledged.")


def too_many_follow_ups() -> Refused:
    return Refused(400, 40094, "This interaction reached the maximum number of follow up messages")


def too_old_to_bulk_delete() -> Refused:
    return Refused(400, 50034, "You can only bulk delete messages that are under 14 days old.")


def not_found() -> Refused:
    return Refused(404, 0, "404: Not Found")
