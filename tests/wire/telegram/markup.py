"""HTML and MarkdownV2 as Telegram reads them: strictly, with the errors that bots meet when they forget to escape."""

from __future__ import annotations

import html
import re
from typing import Final

from tests.wire.telegram.entities import Entity, Written, cannot_parse, stretches

HTML_TAGS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z-]*)?([^<>]*)(>?)")
ATTRIBUTE: Final = re.compile(r"""href=["']?([^"'>]*)""")
MARKS: Final = {"*": "bold", "_": "italic", "__": "underline", "~": "strikethrough", "||": "spoiler"}
RESERVED: Final = "_*[]()~`>#+-=|{}.!"
MARKDOWN: Final = re.compile(r"\\(.)|```(?:\w*\n)?(.*?)```|`([^`]*)`|__|\|\||\]\(([^)]*)\)|.", re.DOTALL)


def read_markup(text: str, parse_mode: str | None) -> tuple[str, tuple[Entity, ...]]:
    """The text without its markup, and what the markup said. Raises the 400 of a text that does not parse."""
    match (parse_mode or "").lower():
        case "":
            return text, ()
        case "html":
            return _read_html(text)
        case "markdownv2":
            return _read_markdown(text)
        case _:
            raise cannot_parse("unsupported parse_mode")


def _read_html(text: str) -> tuple[str, tuple[Entity, ...]]:
    written = Written()
    for plain, tag in stretches(TAG, text):
        written.text += html.unescape(plain)
        if tag is None:
            continue
        closing, name, rest, end = tag.groups()
        kind = HTML_TAGS.get((name or "").lower())
        if kind is None or not end:
            raise cannot_parse(f'Unsupported start tag "{name or ""}" at byte offset {tag.start()}')
        if not closing:
            link = ATTRIBUTE.search(rest)
            kind = "expandable_blockquote" if "expandable" in rest.split() else kind
            written.start(name.lower(), kind, **({"url": html.unescape(link.group(1))} if link else {}))
        elif not written.open or written.open[-1][0] != name.lower():
            raise cannot_parse(f'Unmatched end tag at byte offset {tag.start()}, expected "</{name}>"')
        else:
            written.end()
    if written.open:
        raise cannot_parse(f'Can\'t find end tag corresponding to start tag "{written.open[-1][0]}"')
    return written.result()


def _read_markdown(text: str) -> tuple[str, tuple[Entity, ...]]:
    written = Written()
    for plain, match in stretches(MARKDOWN, text):
        written.text += plain
        if match is not None:
            _read_mark(written, match)
    if written.open:
        raise cannot_parse(f"Can't find end of {written.open[-1][1].capitalize()} entity")
    return written.result()


def _read_mark(written: Written, match: re.Match[str]) -> None:
    escaped, block, code, address = match.groups()
    mark = match.group()
    if escaped is not None:
        written.text += escaped
    elif block is not None or code is not None:
        written.start(mark, "pre" if block is not None else "code")
        written.text += block if block is not None else code
        written.end()
    elif mark in MARKS:
        _toggle(written, mark)
    elif mark == "[":
        written.start("[", "text_link")
    elif address is not None and written.open and written.open[-1][0] == "[":
        written.end(url=address)
    elif mark[0] in RESERVED:
        raise cannot_parse(f"Character '{mark[0]}' is reserved and must be escaped with the preceding '\\'")
    else:
        written.text += mark


def _toggle(written: Written, mark: str) -> None:
    if written.open and written.open[-1][0] == mark:
        written.end()
    elif any(each[0] == mark for each in written.open):
        raise cannot_parse(f"Can't find end of {written.open[-1][1].capitalize()} entity")
    else:
        written.start(mark, MARKS[mark])
