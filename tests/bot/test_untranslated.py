"""No sentence that a person in a chat may read stands outside of the tables of texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot

ROOT = Path(bot.__file__).parent
SENTENCE = re.compile(r"^\W*[A-Z][a-z']*,? [a-z][a-z']*,? [a-z{][a-z']*")
HTML_TEXT = re.compile(r">\s*([^<>{}]*[A-Za-z]{2,}[^<>{}]*?)\s*<")
JS_STRING = re.compile(r"""(["'`])((?:(?!\1)[^\\\n]|\\.)*)\1""")

# What starts and checks the bot speaks to whoever runs it, at a terminal, in English.
AT_A_TERMINAL = {"app.py", "cli.py", "commands.py", "settings.py", "logs.py", "doctor"}
TABLES = "texts"


def sources(suffix: str) -> list[Path]:
    """Files that speak to people in chats, relative to the package."""
    found = (path.relative_to(ROOT) for path in sorted(ROOT.rglob(f"*.{suffix}")))
    return [path for path in found if TABLES not in path.parts and path.parts[0] not in AT_A_TERMINAL]


def literals(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every string but docstrings, and what is raised or logged, which no chat ever shows."""
    unseen = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise | ast.Assert) or _is_log(node) or _is_docstring(node)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in unseen:
            yield node


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_log(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    )


@pytest.mark.parametrize("path", sources("py"), ids=str)
def test_python_speaks_through_the_tables(path: Path) -> None:
    """No string that begins like a sentence; platforms' own error messages, to be recognised, are in lower case."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert [node.value for node in literals(tree) if SENTENCE.search(str(node.value))] == []


@pytest.mark.parametrize("path", sources("html"), ids=str)
def test_pages_speak_through_the_tables(path: Path) -> None:
    """Text between tags is filled in, but for names and signs."""
    page = re.sub(r"<(script|style).*?</\1>", "", (ROOT / path).read_text(encoding="utf-8"), flags=re.DOTALL)
    page = re.sub(r"\{[%#].*?[%#]\}|\{\{.*?\}\}", "", page, flags=re.DOTALL)
    assert HTML_TEXT.findall(page) == []


@pytest.mark.parametrize("path", sources("js"), ids=str)
def test_scripts_speak_through_the_tables(path: Path) -> None:
    """As in Python; comments are for engineers."""
    code = re.sub(r"//.*|/\*.*?\*/", "", (ROOT / path).read_text(encoding="utf-8"))
    assert [text for _, text in JS_STRING.findall(code) if SENTENCE.search(text)] == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('say("That did not work.")', True),
        ('x = f"I found no {count} memes of yours"', True),
        ('log.warning("this did not work")', False),
        ('raise ValueError("this did not work")', False),
        ('"""This does something."""', False),
        ('say(language, "meme.gone")', False),
        ('NOT_MODIFIED = "message is not modified"', False),
    ],
)
def test_the_search_finds_sentences(code: str, found: bool) -> None:
    """What a chat would show is found, what it never shows is not."""
    assert any(SENTENCE.search(str(node.value)) for node in literals(ast.parse(code))) is found
