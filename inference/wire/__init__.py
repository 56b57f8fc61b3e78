"""The contract as JSON: what HTTP carries, `--json` prints and `memesmith batch` writes.

Knows the contract's types and nothing of files, sockets or models. Everything that reads raises `WireError` with a
sentence that names the field.
"""

from inference.wire._codec import WireError, decode, decode_bytes
from inference.wire._messages import (
    answer_from_json,
    answer_to_json,
    output_from_json,
    output_to_json,
    request_fields,
    request_from_json,
    request_to_json,
)
from inference.wire._schema import answer_schema, failure_schema, request_schema

__all__ = [
    "WireError",
    "answer_from_json",
    "answer_schema",
    "answer_to_json",
    "decode",
    "decode_bytes",
    "failure_schema",
    "output_from_json",
    "output_to_json",
    "request_fields",
    "request_from_json",
    "request_schema",
    "request_to_json",
]
