"""Errors of data and training, each carrying the sentence the person at the terminal reads.

TrainingError
└── DataError   a data folder lacks what the task needs, or holds something unreadable
"""

from __future__ import annotations


class TrainingError(Exception):
    """Base of all; `str(error)` is a whole sentence."""


class DataError(TrainingError):
    """Raised by importers."""
