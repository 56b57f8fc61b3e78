"""The wire as fixtures: import them into a `conftest.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.wire.discord.server import Wire


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """A running wire; at the end of the test nothing may be held against the bot."""
    wire = Wire()
    await wire.start()
    yield wire
    await wire.stop()
    wire.assert_clean()


@pytest.fixture
def addresses(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The two addresses of a discord.py in this process point at the wire; nothing else of it is changed."""
    monkeypatch.setattr(Route, "BASE", wire.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(wire.gateway_url))
    return wire
