"""Damaged files of every kind are decoded or refused, quickly; nothing else ever comes out."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.errors import InvalidImage
from inference.imaging import decode_picture
from tests.inference.picture_files import VALID

_LONGEST_S = 5.0


def _decodes_or_refuses(data: bytes) -> None:
    started = time.perf_counter()
    with contextlib.suppress(InvalidImage):
        assert {frame.mode for frame in decode_picture(data).frames} == {"RGB"}
    assert time.perf_counter() - started < _LONGEST_S


_edits = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12)


@pytest.mark.parametrize("name", VALID)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=_edits)
def test_flipped_bytes_never_raise_anything_but_a_refusal(name: str, edits: list[tuple[float, int]]) -> None:
    """Any byte may be anything."""
    data = bytearray(VALID[name])
    for place, value in edits:
        data[int(place * len(data))] = value
    _decodes_or_refuses(bytes(data))


@pytest.mark.parametrize("name", VALID)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=st.integers(0, 120), length=st.integers(0, 60), insert=st.binary(max_size=40))
def test_shifted_headers_never_raise_anything_but_a_refusal(name: str, start: int, length: int, insert: bytes) -> None:
    """Bytes of the header may be missing, doubled or foreign."""
    data = VALID[name]
    _decodes_or_refuses(data[:start] + insert + data[start + length :])


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=300))
def test_random_bytes_are_refused(data: bytes) -> None:
    """Noise is no picture."""
    with pytest.raises(InvalidImage):
        decode_picture(data)
