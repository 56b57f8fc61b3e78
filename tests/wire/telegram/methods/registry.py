"""Where methods are listed by name; the Bot API does not care about capitals."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from tests.wire.telegram.calls import Call
from tests.wire.telegram.world import World

Method = Callable[[World, Call], Awaitable[Any]]

METHODS: Final[dict[str, Method]] = {}
POSTING: Final[set[str]] = set()
"""Methods that post something, which the rate limits count."""


def method(name: str, *, posts: bool = False) -> Callable[[Method], Method]:
    def register(function: Method) -> Method:
        METHODS[name.lower()] = function
        if posts:
            POSTING.add(name.lower())
        return function

    return register
