"""Writes the file tree of the README: every source file with the first sentence of its own docstring.

Run `python -m tests.readme_tree` after adding a file; a test fails while the README is behind.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
README: Final = ROOT / "README.md"
BEGIN: Final = "<!-- tree: python -m tests.readme_tree -->\n```\n"
END: Final = "```\n<!-- /tree -->"
ROOMS: Final = ("bot", "inference", "db", "training", "tests")
FOLDERS: Final = {
    "inference/templates/art": "SVG sources of our own templates, one per picture",
    "inference/templates/pictures": "the same, rendered once at 1024 px",
    "training/report/facts": "what people wrote about each model for its card, one TOML file per model",
    "inference/weights": "the shipped models (safetensors) and manifest.json with their hashes and scores",
    "bot/web_app/static": "style and scripts of the room's page",
    "bot/web_app/templates": "the room's page",
    "db/migrations/versions": "one step of the schema per file",
}
FILES: Final = {
    "docker-compose.yml": "bot, inference, PostgreSQL and, by profile, the GPU service",
    "Dockerfile": "one image for all services",
    ".env.example": "every setting, explained",
    "Makefile": "run, test, bench, fmt",
    "pyproject.toml": "package, commands, lint, types, import rules",
    "constraints.txt": "exact versions of everything",
    "docs/": "architecture notes, guides, known defects (backlog)",
}


def write_tree(readme: str) -> str:
    """The README's text with its tree up to date."""
    before, rest = readme.split(BEGIN)
    after = rest.split(END, 1)[1]
    return before + BEGIN + "\n".join(_lines()) + "\n" + END + after


def _lines() -> Iterator[str]:
    for name, purpose in FILES.items():
        yield _line(0, name, purpose)
    for room in ROOMS:
        yield from _folder_lines(ROOT / room, 0)


def _folder_lines(folder: Path, depth: int) -> Iterator[str]:
    name = folder.relative_to(ROOT).as_posix()
    init = folder / "__init__.py"
    yield _line(depth, f"{folder.name}/", FOLDERS.get(name) or (_purpose(init) if init.exists() else ""))
    if name in FOLDERS:
        return
    for path in sorted(folder.glob("*.py")):
        if path != init:
            yield _line(depth + 1, path.name, _purpose(path))
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "__pycache__" and any(path.rglob("*.*")):
            yield from _folder_lines(path, depth + 1)


def _purpose(path: Path) -> str:
    """The first sentence of a module's docstring, which may run over its first line."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(docstring.split("\n\n", 1)[0].split())
    return paragraph.split(". ", 1)[0].rstrip(".")


def _line(depth: int, name: str, purpose: str) -> str:
    label = "  " * depth + name
    return f"{label:<34} {purpose}".rstrip()


def main() -> None:
    """Bring the README up to date."""
    README.write_text(write_tree(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
