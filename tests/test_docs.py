"""What is written for people who run a Memesmith keeps true: settings, commands, links, limits, and what is stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table

from bot.core.commands import COMMANDS
from bot.core.texts import TABLES
from bot.discord_app._registry import INVITE
from bot.doctor.discord_rights import NEEDED
from bot.settings import variable_names
from db.inbox import KEPT
from db.schema import metadata

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
GUIDES = ["discord.md", "telegram.md", "self-hosting.md"]
LEGAL = ["legal/privacy-policy.md", "legal/terms.md"]
STORES = ["store/discord.md", "store/telegram.md"]
BOTFATHER = {"newbot", "revoke", "mybots", "setinline", "setname", "setuserpic"}
PEOPLE = {"user_id", "asked_by", "added_by"}
LIMITS = {
    "store/discord.md": {"Name": 32, "Short description": 100, "Summary": 200, "Description": 400},
    "store/telegram.md": {"Name": 64, "Inline placeholder": 64, "Short description": 120, "Description": 512},
}
LANGUAGES = {"English": "en", "한국어": "ko"}


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def anchors_of(text: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def texts_of(name: str) -> Iterator[tuple[str, str, str]]:
    """Of a page of store texts: language ("" for all), heading, and the text to be copied."""
    language = heading = ""
    for mark, title, text in re.findall(
        r"^(##|###) ([^\n]+)$|^```text\n(.+?)\n```$", read(name), re.MULTILINE | re.DOTALL
    ):
        if text:
            yield language, heading, text
            continue
        heading = title.strip()
        if mark == "##":
            language = heading if heading in LANGUAGES else ""


def units(text: str) -> int:
    """Platforms count an emoji as two."""
    return len(text.encode("utf-16-le")) // 2


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\[\[([A-Z ]+)\]\]", text))


@pytest.mark.parametrize("name", [*GUIDES, *LEGAL, *STORES])
def test_every_setting_that_is_named_exists(name: str) -> None:
    """In the text and in what people copy; those of containers alone stand in docker-compose.yml."""
    text = read(name)
    named = set(re.findall(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b", text)) | set(
        re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)
    )
    of_containers = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert named - set(variable_names()) - of_containers == set()


@pytest.mark.parametrize("platform", ["discord", "telegram"])
def test_every_setting_of_a_platform_is_explained_in_its_guide(platform: str) -> None:
    text = read(f"{platform}.md")
    settings = [name for name in variable_names() if name.startswith(f"{platform.upper()}_")]
    assert [name for name in settings if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", ["discord.md", "telegram.md", *STORES])
def test_every_command_that_is_named_exists(name: str) -> None:
    """Ours, and those of BotFather."""
    named = set(re.findall(r"`/([a-z]+)(?=[` @])", read(name)))
    assert named
    assert named - {each.name for each in (*COMMANDS, INVITE)} - BOTFATHER - {"telegram"} == set()


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_links_lead_to_headings_that_are_there(page: Path) -> None:
    """That the files exist is tested with the README; here, the places inside them."""
    for target, anchor in re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            text = (page.parent / target if target else page).read_text(encoding="utf-8")
            assert anchor in anchors_of(text), f"{page.name}: {target}#{anchor}"


def test_the_permissions_of_the_guide_are_those_that_are_asked_for() -> None:
    table = read("discord.md").split("| permission |")[1].split("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in row.split("|")[1].strip().split(", ")}
    assert named == set(NEEDED)


def test_menus_are_called_as_in_discord() -> None:
    """People look for exactly these words."""
    assert f"**{TABLES['en']['menu.meme']}**" in read("discord.md")
    assert TABLES["ko"]["menu.meme"] in read("store/discord.md")


@pytest.mark.parametrize("name", STORES)
def test_store_texts_fit(name: str) -> None:
    """The platforms cut or refuse what is longer; the texts of both languages are the same ones."""
    found = list(texts_of(name))
    for language, heading, text in found:
        limit = LIMITS[name].get(heading)
        assert limit is None or units(text) <= limit, f"{language} {heading}: {units(text)} of {limit}"
    headings = {language: [heading for each, heading, _ in found if each == language] for language in LANGUAGES}
    assert headings["English"] == headings["한국어"]
    assert set(LIMITS[name]) | {"Long description", "Tags"} == {heading for _, heading, _ in found}
    (tags,) = [text.splitlines() for _, heading, text in found if heading == "Tags"]
    assert len(tags) <= 5
    assert all(len(tag) <= 20 for tag in tags)


@pytest.mark.parametrize(
    ("heading", "key"), [("Description", "telegram.description"), ("Short description", "telegram.short")]
)
def test_telegram_is_told_what_stands_in_the_store_texts(heading: str, key: str) -> None:
    """The program tells its descriptions itself."""
    texts = {LANGUAGES[language]: text for language, found, text in texts_of("store/telegram.md") if found == heading}
    assert texts == {language: table[key] for language, table in TABLES.items()}


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_the_privacy_policy_names_every_table(table: Table) -> None:
    """And says of each whether it names a person."""
    rows = re.findall(rf"^\| `{table.name}` \| .+ \| (.+) \|$", read("legal/privacy-policy.md"), re.MULTILINE)
    assert len(rows) == 1, f"{table.name} has no row"
    assert bool(PEOPLE & set(table.columns.keys())) == rows[0].startswith("yes")


def test_the_privacy_policy_knows_how_long_events_are_kept() -> None:
    assert KEPT.days == 2
    assert "for two days" in read("legal/privacy-policy.md")


@pytest.mark.parametrize("name", LEGAL)
def test_what_is_to_be_filled_in_is_listed_at_the_top(name: str) -> None:
    """So that nothing is published with a gap, and nothing is looked for in vain."""
    box, _, rest = read(name).partition("\n\n")
    assert placeholders(box) == placeholders(rest)
    assert box.startswith("> **Before you publish this**")
