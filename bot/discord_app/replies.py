"""Values of the core as Discord shows them: content, embeds, files, buttons. Layout only; sentences come from the core.

All text is data: what people or models wrote is escaped wherever Discord would read it as markup.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import discord
import regex
from discord.utils import escape_markdown

from bot.core.actions import Action, Button, decode_press
from bot.core.panels import MAX_CHOICES, Control, Form, Item, Menu, Panel, Style
from bot.core.values import Bar, Checked, Genres, Meme, Notice, Place, Span, Votes, Working
from inference.contract import Verdict

TITLE_CHARS: Final = 256
TEXT_CHARS: Final = 4_096
FACT_CHARS: Final = 1_024
CONTENT_CHARS: Final = 2_000
LABEL_CHARS: Final = 80
OPTION_CHARS: Final = 100
MENU_CHARS: Final = 150
ALT_TEXT_CHARS: Final = 1_024
FORM_TITLE_CHARS: Final = 45
FIELD_LABEL_CHARS: Final = 45
FIELD_CHARS: Final = 4_000
MODAL_PARTS: Final = 5
FACTS: Final = 25
EMBEDS: Final = 10
ALL_EMBEDS_CHARS: Final = 6_000
BAR_CELLS: Final = 10
BARE_SYMBOL: Final = regex.compile(r"[\p{Emoji}--\p{Emoji_Presentation}]", regex.V1)
HEAVY_WEIGHT: Final = 0.2
JUMP: Final = "https://discord.com/channels/{guild}/{channel}/{message}"

ENDINGS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
STYLES: Final = {
    Style.PLAIN: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}
COLOURS: Final = {
    Verdict.CLEAR: discord.Colour(0x2E8B57),
    Verdict.UNSURE: discord.Colour(0xD9A521),
    Verdict.OFFENSIVE: discord.Colour(0xC0392B),
}
NOT_KNOWN: Final = discord.Colour(0x7F8C8D)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One message. `picture` is the bytes of its file, its media type and its description."""

    content: str | None = None
    embeds: tuple[discord.Embed, ...] = ()
    picture: tuple[bytes, str, str] | None = field(default=None, repr=False)
    view: discord.ui.View | None = None

    def files(self) -> list[discord.File]:
        """Fresh ones each time: sending consumes them."""
        if self.picture is None:
            return []
        data, media_type, alt_text = self.picture
        name = file_name(media_type)
        return [discord.File(io.BytesIO(data), name, description=clip(alt_text, ALT_TEXT_CHARS))]


def meme_body(meme: Meme) -> Body:
    return Body(
        content=escape(meme.note, CONTENT_CHARS) if meme.note else None,
        picture=(meme.picture, meme.media_type, meme.alt_text),
        view=view_of([[_meme_button(button, meme.votes) for button in meme.buttons]]),
    )


def notice_body(notice: Notice) -> Body:
    return Body(content=escape(notice.text, CONTENT_CHARS))


def notice_embed(notice: Notice) -> Body:
    """A notice as one answer among several."""
    return Body(embeds=(discord.Embed(description=escape(notice.text), colour=NOT_KNOWN),))


def working_body(working: Working) -> Body:
    view = view_of([[control_button(working.cancel)]]) if working.cancel else None
    return Body(content=escape(working.text, CONTENT_CHARS), view=view)


def genres_body(genres: Genres) -> Body:
    lines = [*map(bar_line, genres.bars), *(escape(each) for each in genres.details)]
    return Body(embeds=(discord.Embed(title=_title(genres.headline), description=clip("\n".join(lines), TEXT_CHARS)),))


def checked_body(checked: Checked) -> Body:
    embed = discord.Embed(title=_title(checked.headline), colour=_colour(checked.verdict))
    reasons = [f"- {escape(reason)}" for reason in checked.reasons]
    read = mark_words(checked.spans)
    parts = [escape(checked.explanation), *([f"> {read}"] if read else []), *reasons, *map(bar_line, checked.bars)]
    embed.description = clip("\n".join(parts), TEXT_CHARS)
    return Body(embeds=(embed,))


def panel_body(panel: Panel, place: Place) -> Body:
    lines = [escape(panel.text), *(_item_line(item, place) for item in panel.items)]
    embed = discord.Embed(title=_title(panel.title), description=clip("\n".join(filter(None, lines)), TEXT_CHARS))
    for name, value in panel.facts[:FACTS]:
        embed.add_field(name=_title(name) or "—", value=escape(value, FACT_CHARS) or "—")
    picture = None
    if panel.shot is not None:
        picture = (panel.shot.picture, panel.shot.media_type, panel.shot.alt_text)
        embed.set_image(url=f"attachment://{file_name(panel.shot.media_type)}")
    rows = [_menu(row) if isinstance(row, Menu) else [control_button(each) for each in row] for row in panel.rows]
    return Body(embeds=(embed,), picture=picture, view=view_of(rows))


def together(bodies: Sequence[Body]) -> Body:
    """Several answers that are embeds alone as one message; each gets its share of what one message may say."""
    embeds = tuple(embed for body in bodies for embed in body.embeds)[:EMBEDS]
    share = ALL_EMBEDS_CHARS // max(len(embeds), 1) - TITLE_CHARS
    for embed in embeds:
        embed.description = clip(embed.description or "", min(share, TEXT_CHARS))
    return Body(embeds=embeds)


def modal_of(form: Form) -> discord.ui.Modal:
    """A form with more fields than a modal holds becomes one long field with a line for each."""
    modal = discord.ui.Modal(title=clip(form.title, FORM_TITLE_CHARS), custom_id=form.form_id)
    if form.hint:
        modal.add_item(discord.ui.TextDisplay(escape(form.hint, FIELD_CHARS)))
    if len(form.fields) > MODAL_PARTS - bool(form.hint):
        text = "\n".join(each.value for each in form.fields)
        one: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(
            custom_id="lines", style=discord.TextStyle.paragraph, default=clip(text, FIELD_CHARS)
        )
        modal.add_item(discord.ui.Label(text=clip(form.title, FIELD_LABEL_CHARS), component=one))
        return modal
    for number, each in enumerate(form.fields):
        field_input: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(
            custom_id=f"field{number}",
            style=discord.TextStyle.paragraph if each.long else discord.TextStyle.short,
            default=each.value[: each.max_chars] or None,
            max_length=min(each.max_chars, FIELD_CHARS),
            required=each.required,
        )
        modal.add_item(discord.ui.Label(text=clip(each.label, FIELD_LABEL_CHARS), component=field_input))
    return modal


def opener_body(form: Form, custom_id: str) -> Body:
    """A button that asks for the form once more: a modal can only be the first response to an interaction."""
    opener = Control(custom_id, form.title, emoji="✏️", style=Style.PRIMARY)
    return Body(content=escape(form.hint or form.title, CONTENT_CHARS), view=view_of([[control_button(opener)]]))


def recount(message: discord.Message, votes: Votes) -> discord.ui.View | None:
    """The buttons of a message with new numbers of votes; None where they tell the right ones already."""
    view = discord.ui.View.from_message(message, timeout=None)
    view.stop()
    changed = False
    for item in view.children:
        decoded = decode_press(item.custom_id or "") if isinstance(item, discord.ui.Button) else None
        if decoded and isinstance(item, discord.ui.Button) and decoded[1] == votes.candidate_id:
            label = _count(decoded[0], votes)
            changed = changed or label != item.label
            item.label = label
    return view if changed else None


def view_of(rows: Sequence[Sequence[discord.ui.Item[discord.ui.View]]]) -> discord.ui.View | None:
    """Stopped from the start: ids are static and presses are taken from raw events, so the library keeps no view."""
    if not rows:
        return None
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in row:
            item.row = number
            view.add_item(item)
    view.stop()
    return view


def control_button(control: Control) -> discord.ui.Button[discord.ui.View]:
    style = discord.ButtonStyle.success if control.chosen else STYLES[control.style]
    label, emoji = clip(control.label, LABEL_CHARS), qualify(control.emoji) or None
    if control.url:
        return discord.ui.Button(label=label, emoji=emoji, url=control.url)
    return discord.ui.Button(label=label, emoji=emoji, style=style, custom_id=control.custom_id)


def qualify(emoji: str) -> str:
    """With the sign that makes it an emoji, where a character alone would be a letterlike symbol: ✖, ▶, 🗑."""
    return f"{emoji}\ufe0f" if BARE_SYMBOL.fullmatch(emoji) else emoji


def bar_line(bar: Bar) -> str:
    filled = round(bar.score * BAR_CELLS)
    cells = "█" * filled + "░" * (BAR_CELLS - filled)
    label = f"**{escape(bar.label)}**" if bar.chosen else escape(bar.label)
    return f"`{cells}` {bar.score:4.0%} {label}"


def mark_words(spans: Sequence[Span]) -> str:
    """The text that was judged on one line, words that carried weight underlined."""
    words = "".join(_mark(span) if span.weight >= HEAVY_WEIGHT else escape(span.text) for span in spans)
    return clip(" ".join(words.split()), FACT_CHARS)


def escape(text: str, limit: int = TEXT_CHARS) -> str:
    """Text that Discord shows letter by letter; mentions in it show as written, too."""
    return clip(discord.utils.escape_mentions(escape_markdown(text)), limit)


def clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def file_name(media_type: str) -> str:
    return f"meme.{ENDINGS.get(media_type, 'png')}"


def _mark(span: Span) -> str:
    """Underlined, with the spaces around it outside: Discord reads no underline that begins with one."""
    word = span.text.strip()
    return span.text.replace(word, f"__{escape(word)}__", 1) if word else span.text


def _title(text: str) -> str:
    return escape(text, TITLE_CHARS)


def _colour(verdict: Verdict | None) -> discord.Colour:
    return NOT_KNOWN if verdict is None else COLOURS[verdict]


def _meme_button(button: Button, votes: Votes) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        emoji=qualify(button.emoji),
        label=_count(button.action, votes),
        style=discord.ButtonStyle.secondary,
        custom_id=button.custom_id,
    )


def _count(action: Action, votes: Votes) -> str | None:
    """The number on a vote's button; None on the others."""
    return {Action.UP: str(votes.up), Action.DOWN: str(votes.down)}.get(action)


def _menu(menu: Menu) -> list[discord.ui.Item[discord.ui.View]]:
    options = [
        discord.SelectOption(
            label=clip(entry.label, OPTION_CHARS),
            value=entry.value,
            description=clip(entry.hint, OPTION_CHARS) or None,
            default=entry.chosen,
        )
        for entry in menu.entries[:MAX_CHOICES]
    ]
    return [discord.ui.Select(custom_id=menu.custom_id, placeholder=clip(menu.label, MENU_CHARS), options=options)]


def _item_line(item: Item, place: Place) -> str:
    if not item.message_id:
        return escape(item.text)
    guild = "@me" if place.chat_id == item.channel_id else place.chat_id
    link = JUMP.format(guild=guild, channel=item.channel_id, message=item.message_id)
    return f"{escape(item.text)} [↗]({link})"
