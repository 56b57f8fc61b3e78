"""The README keeps its word: its tree names every file, and its commands exist."""

from __future__ import annotations

import re

from tests.readme_tree import README, ROOT, write_tree


def test_the_tree_names_every_file() -> None:
    """A first-time reader finds the purpose of every file; `python -m tests.readme_tree` mends it."""
    text = README.read_text(encoding="utf-8")
    assert text == write_tree(text)


def test_every_link_of_the_docs_leads_somewhere() -> None:
    """Relative links in the README and in docs/ name files that exist."""
    for page in (README, *ROOT.joinpath("docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://", "mailto:")):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
