"""Errors that people can cause, each carrying the sentence they will read.

InferenceError
├── InvalidImage        the bytes are no picture that can be used        -> FailureKind.INVALID_IMAGE
├── Unsupported         nothing here can do what was asked               -> FailureKind.UNSUPPORTED
├── ModelError          a model could not be loaded or gave no answer    -> FailureKind.MODEL_ERROR
└── ConfigurationError  a setting is wrong; ends a start-up with one sentence
"""

from __future__ import annotations

from typing import ClassVar

from inference.contract import Failure, FailureKind, PictureProblem


class InferenceError(Exception):
    """Base of all; `str(error)` is a whole sentence without jargon."""

    kind: ClassVar[FailureKind] = FailureKind.MODEL_ERROR

    def to_failure(self, job_id: str) -> Failure:
        return Failure(job_id, self.kind, str(self))


class InvalidImage(InferenceError):
    """The bytes are no picture that can be used; says why and what to do, in English, and by `problem` for others."""

    kind = FailureKind.INVALID_IMAGE

    def __init__(self, sentence: str, problem: PictureProblem = PictureProblem.BROKEN) -> None:
        super().__init__(sentence, problem)
        self.problem = problem

    def __str__(self) -> str:
        return str(self.args[0])

    def to_failure(self, job_id: str) -> Failure:
        return Failure(job_id, self.kind, str(self), self.problem)


class Unsupported(InferenceError):
    """Nothing here can do what was asked."""

    kind = FailureKind.UNSUPPORTED


class ModelError(InferenceError):
    """A model could not be loaded, or gave no usable answer."""

    kind = FailureKind.MODEL_ERROR


class ConfigurationError(InferenceError):
    """A setting, a catalogue or a weights folder is wrong."""

    kind = FailureKind.MODEL_ERROR
