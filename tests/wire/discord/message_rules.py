"""What a message may hold: Discord's limits on content, embeds, mentions and files."""

from __future__ import annotations

from typing import Any, Final

from tests.wire.discord.component_rules import check_components
from tests.wire.discord.findings import Breach, Findings
from tests.wire.discord.refusals import EmptyMessage, InvalidForm

CONTENT_CHARS: Final = 2_000
EMBEDS: Final = 10
EMBED_CHARS: Final = 6_000
EMBED_LIMITS: Final = {"title": 256, "description": 4_096}
FIELDS: Final = 25
FIELD_LIMITS: Final = {"name": 256, "value": 1_024}
FOOTER_CHARS: Final = 2_048
AUTHOR_CHARS: Final = 256
FILES: Final = 10
ALT_TEXT_CHARS: Final = 1_024
NONCE_CHARS: Final = 25


def check_message(body: dict[str, Any], findings: Findings, *, new: bool, files: int = 0) -> None:
    """Raises InvalidForm or EmptyMessage; parsed mentions are only written down, as Discord itself would ping."""
    content = body.get("content") or ""
    _limit("content", content, CONTENT_CHARS)
    embeds = body.get("embeds") or []
    check_embeds(embeds)
    check_components(body.get("components") or [])
    check_alt_texts(body.get("attachments") or [], files)
    _limit("nonce", str(body.get("nonce") or ""), NONCE_CHARS)
    shown = content.strip() or embeds or files or body.get("sticker_ids")
    if new and not shown:
        raise EmptyMessage
    if content:
        check_mentions(content, body.get("allowed_mentions"), findings)


def check_mentions(content: str, allowed: dict[str, Any] | None, findings: Findings) -> None:
    """Content must come with `allowed_mentions` that parse nothing and name nobody."""
    if allowed is None:
        findings.add(Breach.MENTIONS, f"no allowed_mentions beside {content[:60]!r}")
    elif allowed.get("parse") != [] or allowed.get("users") or allowed.get("roles"):
        findings.add(Breach.MENTIONS, f"{allowed} beside {content[:60]!r}")


def check_embeds(embeds: list[dict[str, Any]]) -> None:
    if len(embeds) > EMBEDS:
        raise InvalidForm("embeds", f"must be {EMBEDS} or fewer in length")
    total = sum(_check_embed(index, embed) for index, embed in enumerate(embeds))
    if total > EMBED_CHARS:
        raise InvalidForm("embeds", f"embed size {total} exceeds maximum size of {EMBED_CHARS}")


def _check_embed(index: int, embed: dict[str, Any]) -> int:
    """The characters that count towards the total."""
    where = f"embeds[{index}]"
    texts = [_limit(f"{where}.{name}", embed.get(name, ""), limit) for name, limit in EMBED_LIMITS.items()]
    texts.append(_limit(f"{where}.footer", embed.get("footer", {}).get("text", ""), FOOTER_CHARS))
    texts.append(_limit(f"{where}.author", embed.get("author", {}).get("name", ""), AUTHOR_CHARS))
    fields = embed.get("fields", [])
    if len(fields) > FIELDS:
        raise InvalidForm(f"{where}.fields", f"must be {FIELDS} or fewer in length")
    for number, each in enumerate(fields):
        for name, limit in FIELD_LIMITS.items():
            if not each.get(name, "").strip():
                raise InvalidForm(f"{where}.fields[{number}].{name}", "This field is required")
            texts.append(_limit(f"{where}.fields[{number}].{name}", each[name], limit))
    if not any(texts) and not embed.get("image") and not embed.get("thumbnail"):
        raise InvalidForm(where, "an embed needs something to show")
    return sum(map(len, texts))


def check_alt_texts(attachments: list[dict[str, Any]], files: int) -> None:
    """Every uploaded file is described by at most one entry, whose id is its index."""
    if len(attachments) > FILES:
        raise InvalidForm("attachments", f"must be {FILES} or fewer in length")
    for index, each in enumerate(attachments):
        _limit(f"attachments[{index}].description", each.get("description") or "", ALT_TEXT_CHARS)
    uploaded = [each for each in attachments if int(each["id"]) < FILES]
    if attachments and len(uploaded) != files:
        raise InvalidForm("attachments", f"{len(uploaded)} entries for {files} files")


def _limit(where: str, text: str, limit: int) -> str:
    if len(text) > limit:
        raise InvalidForm(where, f"Must be {limit} or fewer in length ({len(text)})")
    return text
