"""Frozen dataclasses to JSON values and back, led by their type hints.

Knows the kinds of types that `inference.contract` is made of and nothing of single tasks: dataclasses are objects,
tuples are lists, enums are their values, bytes are base64 text, and a `Box` is `[x, y, w, h]`.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import enum
import functools
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Union, get_args, get_origin

from inference.contract import Box, FailureKind
from inference.errors import InferenceError


class WireError(InferenceError):
    """JSON that does not say what it should; the sentence names the field."""

    kind = FailureKind.UNSUPPORTED


def encode(value: Any) -> Any:
    """A JSON value for anything in the contract."""
    match value:
        case Box():
            return [value.x, value.y, value.w, value.h]
        case Mapping():
            return {str(key): encode(item) for key, item in value.items()}
        case tuple() | list():
            return [encode(item) for item in value]
        case _ if is_dataclass(value):
            return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
        case _:
            return _encode_plain(value)


def _encode_plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def decode(hint: Any, value: Any, name: str) -> Any:
    """The contract value that `value` stands for; `name` is what a WireError calls it."""
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return _decode_optional(hint, value, name)
    if origin is tuple:
        return _decode_tuple(get_args(hint), value, name)
    if origin is not None and issubclass(origin, Mapping):
        (_, item), pairs = get_args(hint), _expect(dict, value, name)
        return {str(key): decode(item, each, f"{name}.{key}") for key, each in pairs.items()}
    if hint is Box:
        return Box(*_decode_tuple((float, float, float, float), value, name))
    if is_dataclass(hint):
        return decode_dataclass(hint, value, name)
    return _decode_plain(hint, value, name)


def decode_dataclass(cls: Any, value: Any, name: str, ready: Mapping[str, Any] | None = None) -> Any:
    """An instance of `cls` from an object; `ready` holds fields that need no decoding.

    Missing fields take their defaults, unknown ones are ignored.
    """
    given = expect_object(value, name)
    hints = hints_of(cls)
    chosen = dict(ready or {})
    for field in fields(cls):
        if field.name in chosen:
            continue
        if field.name in given:
            chosen[field.name] = decode(hints[field.name], given[field.name], field.name)
        elif is_required(field):
            raise WireError(f"The field {field.name!r} is missing.")
    return cls(**chosen)


def hints_of(cls: Any) -> Mapping[str, Any]:
    """Field types by name, in the order of the dataclass."""
    return _resolved(cls)


@functools.cache
def _resolved(cls: Any) -> Mapping[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}


def expect_object(value: Any, name: str) -> Mapping[str, Any]:
    return _expect(dict, value, name)  # type: ignore[no-any-return]


def is_required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _decode_optional(hint: Any, value: Any, name: str) -> Any:
    if value is None:
        return None
    (inner,) = (arg for arg in get_args(hint) if arg is not types.NoneType)
    return decode(inner, value, name)


def _decode_tuple(items: tuple[Any, ...], value: Any, name: str) -> tuple[Any, ...]:
    given = _expect(list, value, name)
    if len(items) == 2 and items[1] is Ellipsis:
        return tuple(decode(items[0], each, name) for each in given)
    if len(given) != len(items):
        raise WireError(f"The field {name!r} needs {len(items)} values.")
    return tuple(decode(item, each, name) for item, each in zip(items, given, strict=True))


def _decode_plain(hint: Any, value: Any, name: str) -> Any:
    if hint is bytes:
        return decode_bytes(value, name)
    if hint is float:
        return _decode_float(value, name)
    if hint is str:
        return _decode_text(value, name)
    return _decode_choice(hint, value, name) if issubclass(hint, enum.Enum) else _expect(hint, value, name)


def _decode_choice(hint: type[enum.Enum], value: Any, name: str) -> enum.Enum:
    try:
        return hint(value)
    except ValueError:
        choices = ", ".join(str(each.value) for each in hint)
        raise WireError(f"The field {name!r} is one of {choices}.") from None


def decode_bytes(value: Any, name: str) -> bytes:
    """Bytes from base64 text."""
    try:
        return base64.b64decode(_expect(str, value, name), validate=True)
    except (binascii.Error, ValueError):
        raise WireError(f"The field {name!r} is not valid base64.") from None


def _decode_float(value: Any, name: str) -> float:
    """A finite number; JSON knows larger integers than a float holds."""
    if not isinstance(value, bool) and isinstance(value, int | float):
        with contextlib.suppress(OverflowError):
            if math.isfinite(value):
                return float(value)
    raise WireError(f"The field {name!r} is not a number.")


def _decode_text(value: Any, name: str) -> str:
    """Text that can be written somewhere: JSON can spell half of a surrogate pair, which no encoding has."""
    text = _expect(str, value, name)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise WireError(f"The field {name!r} holds characters that do not exist.") from None
    return str(text)


def _expect(kind: Any, value: Any, name: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        words = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "an object"}
        raise WireError(f"The field {name!r} is not {words.get(kind, kind.__name__)}.")
    return value
