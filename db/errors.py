"""What can go wrong with stored facts; `str(error)` is a sentence for the person who reads it.

StorageError
├── StorageUnavailable  the database cannot be opened, is from a newer version, or does not answer
├── UnknownCandidate    a vote or a message names a candidate that is not stored
└── UnknownMeme         a message is named that shows no stored meme
"""

from __future__ import annotations


class StorageError(Exception):
    """Base of all errors of this package."""


class StorageUnavailable(StorageError):
    """Nothing was read or written; trying again later, or another address, may help."""


class UnknownCandidate(StorageError):
    """Nothing was written."""


class UnknownMeme(StorageError):
    """Nothing was written."""
