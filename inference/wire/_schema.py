"""JSON schemas (draft 2020-12, as OpenAPI 3.1 wants) of what this package writes and reads, from its type hints."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from typing import Any, Final, Literal, Union, get_args, get_origin

from inference.contract import Box, CaptionOutput, FailureKind, PictureProblem, Reason, RenderOutput, Task
from inference.wire._codec import encode, hints_of, is_required
from inference.wire._messages import LONGEST, OUTPUTS, RANGES, REQUESTS, request_fields

Schema = dict[str, Any]

_PLAIN: Final[Mapping[Any, Schema]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    types.NoneType: {"type": "null"},
    Box: {
        "type": "array",
        "items": {"type": "number"},
        "minItems": 4,
        "maxItems": 4,
        "description": "x, y, w, h in fractions of the picture's width and height",
    },
}


def request_schema(task: Task) -> Schema:
    """The JSON object a request of `task` is, with its picture as base64."""
    by_name = {field.name: field for field in fields(REQUESTS[task])}
    properties = {
        name: schema_of(hint) | _default(by_name.get(name)) | _range(name) | _longest(name, hint)
        for name, hint in request_fields(task).items()
    }
    required = [name for name, field in by_name.items() if is_required(field)]
    return _object(properties, required, REQUESTS[task].__doc__)


def output_schema(task: Task) -> Schema:
    """The `result` object of an answer to `task`."""
    if task is not Task.CAPTION:
        return schema_of(OUTPUTS[task])
    own = {name: schema_of(hint) for name, hint in hints_of(CaptionOutput).items() if name != "meme"}
    properties = own | {name: schema_of(hint) for name, hint in hints_of(RenderOutput).items()}
    return _object(properties, list(properties), CaptionOutput.__doc__)


def answer_schema(task: Task) -> Schema:
    properties = {
        "id": _PLAIN[str],
        "task": {"type": "string", "const": task.value},
        "model": _PLAIN[str],
        "result": output_schema(task),
    }
    return _object(properties, list(properties))


def failure_schema() -> Schema:
    properties = {
        "kind": schema_of(FailureKind),
        "message": _PLAIN[str],
        "problem": schema_of(PictureProblem),
    }
    failure = _object(properties, ["kind", "message"])
    return _object({"id": _PLAIN[str], "failure": failure}, ["id", "failure"])


def schema_of(hint: Any) -> Schema:
    origin = get_origin(hint)
    if origin in {Union, types.UnionType}:
        return {"anyOf": [schema_of(arg) for arg in get_args(hint)]}
    if origin is Literal:
        return {"enum": list(get_args(hint))}
    if origin is tuple:
        return _tuple(get_args(hint))
    if origin is not None:
        return {"type": "object", "additionalProperties": schema_of(get_args(hint)[1])}
    return _named(hint)


def _named(hint: Any) -> Schema:
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if is_dataclass(hint):
        properties = {name: schema_of(each) for name, each in hints_of(hint).items()}
        optional = {"text", "box"} if hint is Reason else set()
        return _object(properties, [name for name in properties if name not in optional], hint.__doc__)
    return {"type": "string", "enum": [each.value for each in hint]}


def _tuple(items: tuple[Any, ...]) -> Schema:
    if len(items) == 2 and items[1] is Ellipsis:
        return {"type": "array", "items": schema_of(items[0])}
    size = len(items)
    return {"type": "array", "items": schema_of(items[0]), "minItems": size, "maxItems": size}


def _object(properties: Mapping[str, Any], required: list[str], description: str | None = None) -> Schema:
    schema: Schema = {"type": "object", "properties": dict(properties), "required": required}
    return schema | ({"description": " ".join(description.split())} if description else {})


def _default(field: Field[Any] | None) -> Schema:
    if field is None or is_required(field) or field.default is None:
        return {}
    return {"default": encode(field.default)}


def _range(name: str) -> Schema:
    if name not in RANGES:
        return {}
    low, high = RANGES[name]
    return {"minimum": low, "maximum": high}


def _longest(name: str, hint: Any) -> Schema:
    return {"maxLength" if hint is str else "maxItems": LONGEST[name]} if name in LONGEST else {}
