"""The methods of the Bot API, each a function of the world and one call; importing this package registers them all."""

from __future__ import annotations

from tests.wire.telegram.methods import chats, editing, profile, queries, sending, updates
from tests.wire.telegram.methods.registry import METHODS, POSTING

__all__ = ["METHODS", "POSTING", "chats", "editing", "profile", "queries", "sending", "updates"]
