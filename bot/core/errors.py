"""What can go wrong between a front end and the core.

CoreError
├── PictureGone      the picture can no longer be fetched
├── PictureTooLarge  the picture has more bytes than this bot takes
└── Refusal          the person's request ends here, with a sentence of `bot.core.texts`

FrontEndUnavailable  a front end cannot open; ends a start-up with one sentence
"""

from __future__ import annotations

from inference.contract import Failure


class CoreError(Exception):
    """Base of all; `bot.core.core` turns each into a `Notice`, so that none reaches a front end."""


class PictureGone(CoreError):
    """Raised by `Picture.load`: deleted, expired or out of reach."""


class PictureTooLarge(CoreError):
    """Raised by `Picture.load` before the whole file is read."""


class Refusal(CoreError):
    """`key` and `values` are those of `bot.core.texts.say`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    @classmethod
    def of(cls, failure: Failure) -> Refusal:
        """In words of our own where the failure names its problem, else with the sentence that came along."""
        what = f"problem.{failure.problem.value}" if failure.problem else f"failure.{failure.kind.value}"
        return cls(what, message=failure.message)


class FrontEndUnavailable(Exception):
    """Each front end has its own; `str(error)` says why it cannot open, in one sentence for whoever starts the bot."""
