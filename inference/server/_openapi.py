"""The service described in OpenAPI 3.1, from the same type hints that the wire format follows."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from inference.contract import Task
from inference.server._bodies import PRIORITIES, TIMEOUT_HEADER
from inference.wire import answer_schema, failure_schema, request_schema

WITH_PICTURE: Final = frozenset({Task.CAPTION, Task.RENDER})
_FAILURES: Final = {
    "400": "The request does not say what it should",
    "401": "The bearer token is missing or wrong",
    "413": "The body is too large",
    "422": "The picture cannot be used, or nothing here can do what was asked",
    "500": "A model failed, or its process stopped twice",
    "503": "Too many jobs wait, or the service is stopping",
    "504": "The job's time ran out",
}
_ABOUT_JOB: Final = {
    "type": "object",
    "description": "Whose turn the job uses up, how urgent it is, and when its caller stops waiting",
    "properties": {
        "id": {"type": "string", "maxLength": 200},
        "fairness_key": {"type": "string", "maxLength": 200},
        "priority": {"type": "string", "enum": list(PRIORITIES), "default": "interactive"},
        "timeout_s": {"type": "number", "exclusiveMinimum": 0},
    },
    "additionalProperties": False,
}


def describe_service(*, needs_token: bool) -> dict[str, Any]:
    """The document served at `/openapi.json`."""
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Memesmith inference", "version": _version()},
        "paths": {f"/v1/{task.value}": {"post": _operation(task)} for task in Task} | _plain_paths(),
        "components": {"schemas": {"Failure": failure_schema()}},
    }
    if needs_token:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
        document["paths"]["/healthz"]["get"]["security"] = []
    return document


def _version() -> str:
    try:
        return version("memesmith")
    except PackageNotFoundError:
        return "0"


def _operation(task: Task) -> dict[str, Any]:
    return {
        "operationId": task.value,
        "parameters": [
            {"name": TIMEOUT_HEADER, "in": "header", "schema": {"type": "number", "exclusiveMinimum": 0}},
        ],
        "requestBody": {"required": True, "content": _bodies(task)},
        "responses": {"200": {"description": "The result", "content": _results(task)}} | _failures(),
    }


def _bodies(task: Task) -> dict[str, Any]:
    whole = request_schema(task)
    whole["properties"]["job"] = _ABOUT_JOB
    whole["additionalProperties"] = False
    without_picture = whole | {
        "properties": {name: schema for name, schema in whole["properties"].items() if name != "image"},
        "required": [name for name in whole["required"] if name != "image"],
    }
    parts: dict[str, Any] = {"request": without_picture}
    if "image" in whole["properties"]:
        parts["image"] = {"type": "string", "contentMediaType": "application/octet-stream"}
    required = ["image"] if "image" in whole["required"] else []
    form = {"type": "object", "properties": parts, "required": required, "additionalProperties": False}
    encoding = {"request": {"contentType": "application/json"}}
    return {
        "application/json": {"schema": whole},
        "multipart/form-data": {"schema": form, "encoding": encoding},
    }


def _results(task: Task) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": answer_schema(task)}}
    if task in WITH_PICTURE:
        content["image/*"] = {"schema": {"type": "string", "contentMediaType": "image/*"}}
    return content


def _failures() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}
    return {status: {"description": text, "content": content} for status, text in _FAILURES.items()}


def _plain_paths() -> dict[str, Any]:
    return {
        "/healthz": {"get": _reading("health", "Whether jobs are answered now", "application/json", ("200", "503"))},
        "/metrics": {"get": _reading("metrics", "Numbers for Prometheus", "text/plain", ("200",))},
        "/openapi.json": {"get": _reading("openapi", "This document", "application/json", ("200",))},
    }


def _reading(name: str, text: str, media_type: str, statuses: tuple[str, ...]) -> dict[str, Any]:
    answer = {"description": text, "content": {media_type: {}}}
    return {"operationId": name, "responses": dict.fromkeys(statuses, answer)}
