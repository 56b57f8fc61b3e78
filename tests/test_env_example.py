"""`.env.example` shows every setting there is, with its default and what it does."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import BadSetting, Settings, read_settings, variable_names

EXAMPLE = Path(__file__).parent.parent / ".env.example"


def read_example() -> dict[str, str]:
    """Variables and values; each must have a comment line right above it."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    found = {}
    for above, line in zip(["", *lines], lines, strict=False):
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            assert above.startswith("# "), f"{name} has no comment"
            found[name] = value
    return found


def default_of(name: str) -> str:
    default = Settings.model_fields[name.lower()].default
    plain = default.get_secret_value() if isinstance(default, SecretStr) else default
    return "" if plain is None else str(plain)


def test_the_example_names_every_setting_and_no_other() -> None:
    """A setting that is added, renamed or dropped must be so in the example, too."""
    assert set(read_example()) == set(variable_names())


def test_the_example_shows_the_defaults() -> None:
    """Copying the example unchanged changes nothing."""
    shown = read_example()
    assert {name: shown[name] for name in variable_names()} == {name: default_of(name) for name in variable_names()}


def test_the_example_can_be_read_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a `.env` it gives the same settings as none at all."""
    monkeypatch.chdir(tmp_path)
    for name in variable_names():
        monkeypatch.delenv(name, raising=False)
    plain = read_settings()
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    assert read_settings() == plain


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WEB_PORT", "eighty"),
        ("WEB_PORT", "70000"),
        ("CANDIDATES", "0"),
        ("LOG_LEVEL", "loud"),
        ("OFFENSIVE_FROM", "0.1"),
        ("ENGINE", "magic"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    """Whoever starts the bot reads which variable is wrong."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting, match=name) as refused:
        read_settings()
    assert "\n" not in str(refused.value)


def test_the_web_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """Cookies stay valid over restarts, and only the owner can read what signs them."""
    first = Settings(data_dir=tmp_path / "new").room_options().secret
    assert Settings(data_dir=tmp_path / "new").room_options().secret == first
    assert (tmp_path / "new" / "web_secret").stat().st_mode & 0o077 == 0
    assert len(first) >= 32
