"""Errors that people can cause, each carrying the sentence they will read.

InferenceError
├── InvalidImage        the bytes are no picture that can be used        -> FailureKind.INVALID_IMAGE
├── Unsupported         nothing here can do what was asked               -> FailureKind.UNSUPPORTED
├── ModelError          a model could not be loaded or gave no answer    -> FailureKind.MODEL_ERROR
└── ConfigurationError  a setting is wrong; ends a start-up with one sentence
"""

from __future__ import annotations

from typing import ClassVar

from inference.contract import Failure, FailureKind


class InferenceError(Exception):
    """Base of all; `str(error)` is a whole sentence without jargon."""

    kind: ClassVar[FailureKind] = FailureKind.MODEL_ERROR

    def to_failure(self, job_id: str) -> Failure:
        return Failure(job_id, self.kind, str(self))


class InvalidImage(InferenceError):
    kind = FailureKind.INVALID_IMAGE


class Unsupported(InferenceError):
    kind = FailureKind.UNSUPPORTED


class ModelError(InferenceError):
    kind = FailureKind.MODEL_ERROR


class ConfigurationError(InferenceError):
    kind = FailureKind.MODEL_ERROR
