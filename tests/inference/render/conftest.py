"""Fixtures of the rendering tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inference.render import fonts


@pytest.fixture
def without_shaper(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a machine where Pillow finds no FriBiDi: letters are neither joined nor ordered by it."""
    fonts.load_font.cache_clear()
    monkeypatch.setattr("inference.render.fonts.can_shape", lambda: False)
    monkeypatch.setattr("inference.render.setting.can_shape", lambda: False)
    yield
    fonts.load_font.cache_clear()
