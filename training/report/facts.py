"""What people wrote about a model, for its card: purpose, making, data, limits, bias, licences.

One TOML file per model in `training/report/facts`, named like the model in the manifest. Measured numbers have no place
there: they would go stale.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from training.errors import TrainingError

FACTS_DIR: Final = Path(__file__).parent / "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Sentences in Markdown; `words` says in words what a score's name means."""

    title: str
    purpose: str
    made: str
    data: tuple[str, ...]
    limits: tuple[str, ...]
    bias: tuple[str, ...]
    licences: tuple[str, ...]
    words: Mapping[str, str] = field(default_factory=dict)

    def named(self, score: str) -> str:
        """The score in words, or its bare name."""
        return self.words.get(score, f"`{score}`")


def read_facts(model: str) -> Facts:
    """Raises TrainingError where nobody has written any, or a part is missing or unknown."""
    path = FACTS_DIR / f"{model}.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        parts: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
        }
        return Facts(**parts)
    except OSError as error:
        raise TrainingError(
            f"Nothing is written about {model} yet; a card needs {path.name} in {path.parent}."
        ) from error
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise TrainingError(f"{path} is not laid out as the other models' facts: {error}.") from error
