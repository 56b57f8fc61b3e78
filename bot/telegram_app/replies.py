"""Values of the core as posts of Telegram: text, pictures, buttons. Layout only; sentences come ready from the core.

Telegram has no field for alt text. It stands in the caption, as a quotation that folds away: eyes see one line, screen
readers read it whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.actions import EMOJI, Action, encode_press
from bot.core.panels import Control, Form, Item, Menu, Panel, join_choice
from bot.core.values import Bar, Checked, Genres, Meme, Place, Votes
from bot.telegram_app._forms import MARK, Question
from bot.telegram_app._rich import MAX_ALERT, MAX_CAPTION, MAX_TEXT, Rich, count_units, cut

FOLDED: Final = "blockquote expandable"
BAR_CELLS: Final = 8
MAX_LABEL: Final = 40
MAX_COLUMNS: Final = 2
MAX_SHORT_COLUMNS: Final = 4
SHORT_UNITS: Final = 3
HEADING: Final = "heading"
MAX_ROW_UNITS: Final = 34
MAX_PHOTO_SIDES: Final = 10_000
MAX_PHOTO_RATIO: Final = 20
INLINE_ACTIONS: Final = (Action.UP, Action.DOWN, Action.NEXT)
SUPERGROUP_PREFIX: Final = "-100"

Rows = Sequence[Sequence[InlineKeyboardButton]]


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload; `kind` is how Telegram shows it: photo, animation or document."""

    kind: str
    data: bytes = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True)
class Post:
    """What a message says; with a file, `html` is its caption."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None
    file: File | None = None


def meme_post(meme: Meme, actions: Iterable[Action] = Action) -> Post:
    text = Rich()
    if meme.note:
        text.quote(meme.note, "i").line()
    text.quote(meme.alt_text, FOLDED)
    file = to_file(meme.picture, meme.media_type, (meme.width, meme.height))
    return Post(text.html(MAX_CAPTION), vote_keyboard(meme.votes, actions), file)


def vote_keyboard(votes: Votes, actions: Iterable[Action] = Action) -> InlineKeyboardMarkup:
    """The buttons under a meme, with the votes so far."""
    counts = {Action.UP: votes.up, Action.DOWN: votes.down}
    row = [
        InlineKeyboardButton(
            f"{EMOJI[action]} {counts[action]}" if counts.get(action) else EMOJI[action],
            callback_data=encode_press(action, votes.candidate_id),
        )
        for action in actions
    ]
    return InlineKeyboardMarkup([row])


def to_file(data: bytes, media_type: str, size: tuple[int, int] | None = None) -> File:
    """How to send a picture: moving WebP is nothing that Telegram plays, and what is no photo to it is a document."""
    suffix = media_type.partition("/")[2].replace("jpeg", "jpg")
    kind = {"image/gif": "animation", "image/webp": "document"}.get(media_type, "photo")
    if kind == "photo" and size and not _is_photo(*size):
        kind = "document"
    return File(kind, data, f"meme.{suffix}")


def _is_photo(width: int, height: int) -> bool:
    return width + height <= MAX_PHOTO_SIDES and max(width, height) <= MAX_PHOTO_RATIO * min(width, height)


def genres_post(genres: Genres) -> Post:
    text = Rich().quote(genres.headline, "b").line()
    _add_bars(text, genres.bars)
    for detail in genres.details:
        text.line().quote(detail)
    return Post(text.html())


def checked_post(checked: Checked) -> Post:
    """The whole result; the words that were judged are hidden until they are tapped on."""
    text = Rich().quote(checked.headline, "b").line().quote(checked.explanation).line()
    _add_bars(text, checked.bars)
    for reason in checked.reasons:
        text.line().quote(f"• {reason}")
    if any(span.text.strip() for span in checked.spans):
        text.line(2)
        for span in checked.spans:
            text.quote(span.text, "tg-spoiler" if span.weight else "")
    return Post(text.html())


def checked_alert(checked: Checked) -> str:
    """The result in the few words that fit a pop-up."""
    told = [checked.headline, checked.explanation]
    told += [f"{bar.label} {round(100 * bar.score)} %" for bar in checked.bars[:2]]
    return cut("\n".join(told), MAX_ALERT)


def _add_bars(text: Rich, bars: Iterable[Bar]) -> None:
    for bar in bars:
        full = round(bar.score * BAR_CELLS)
        text.line().add("▰" * full + "▱" * (BAR_CELLS - full), "code")
        text.add(f" {round(100 * bar.score)} % ").quote(bar.label, "b" if bar.chosen else "")


def panel_post(panel: Panel, place: Place, *, links: bool = True) -> Post:
    """A screen. Without `links`, buttons that open addresses stay away: where others could tap on them first."""
    text = Rich().quote(panel.title, "b")
    if panel.text:
        text.line().add(panel.text)
    for name, value in panel.facts:
        text.line().add(name, "b").add(": ").quote(value)
    for item in panel.items:
        text.line()
        _add_item(text, item, place)
    menus = [row for row in panel.rows if isinstance(row, Menu)]
    for menu in menus:
        _add_hints(text, menu)
    rows = [row for part in panel.rows for row in _lay_out(part, links=links, headed=len(menus) > 1)]
    keyboard = InlineKeyboardMarkup(rows) if rows else None
    if panel.shot is None:
        return Post(text.html(MAX_TEXT), keyboard)
    text.line().quote(panel.shot.alt_text, FOLDED)
    return Post(text.html(MAX_CAPTION), keyboard, to_file(panel.shot.picture, panel.shot.media_type))


def _add_item(text: Rich, item: Item, place: Place) -> None:
    text.quote(item.text)
    if item.message_id.isdecimal() and place.chat_id.startswith(SUPERGROUP_PREFIX):
        number = place.chat_id.removeprefix(SUPERGROUP_PREFIX)
        text.add(" ").link("↗", f"https://t.me/c/{number}/{item.message_id}")


def _add_hints(text: Rich, menu: Menu) -> None:
    hinted = [entry for entry in menu.entries if entry.hint]
    if hinted:
        text.line(2).quote(f"{menu.label}:", "i")
    for entry in hinted:
        text.line().quote(f"• {entry.label}: {entry.hint}")


def _lay_out(part: tuple[Control, ...] | Menu, *, links: bool, headed: bool) -> Iterable[list[InlineKeyboardButton]]:
    """A row of buttons as it is; a menu as rows of its entries, as many in one as there is room for.

    `headed` menus have a row above that names them; pressing that does nothing.
    """
    columns = MAX_COLUMNS
    if isinstance(part, Menu):
        if headed:
            yield [InlineKeyboardButton(cut(f"{part.label} ▾", MAX_LABEL), callback_data=HEADING)]
        if all(count_units(entry.label) <= SHORT_UNITS for entry in part.entries[1:]):
            columns = MAX_SHORT_COLUMNS
        buttons = [
            InlineKeyboardButton(_label(entry.label, chosen=entry.chosen), callback_data=join_choice(part, entry))
            for entry in part.entries
        ]
    else:
        buttons = [_button(control) for control in part if links or not control.url]
    row: list[InlineKeyboardButton] = []
    for button in buttons:
        width = sum(count_units(each.text) for each in (*row, button))
        if row and (width > MAX_ROW_UNITS or (isinstance(part, Menu) and len(row) >= columns)):
            yield row
            row = []
        row.append(button)
    if row:
        yield row


def _button(control: Control) -> InlineKeyboardButton:
    label = _label(f"{control.emoji} {control.label}".strip(), chosen=control.chosen)
    return InlineKeyboardButton(label, url=control.url) if control.url else stop_button(control, label)


def stop_button(control: Control, label: str = "") -> InlineKeyboardButton:
    return InlineKeyboardButton(label or f"{control.emoji} {control.label}".strip(), callback_data=control.custom_id)


def _label(text: str, *, chosen: bool) -> str:
    return cut(f"✓ {text}" if chosen else text, MAX_LABEL)


def form_post(form: Form, question: Question, bot_name: str) -> Post:
    """A question to reply to, one line for each field; present values can be copied with a tap."""
    text = Rich().link(MARK, question.address(bot_name)).quote(form.title, "b")
    if form.hint:
        text.line().add(form.hint)
    for each in form.fields:
        text.line().quote(each.label, "i")
        if each.value:
            text.add(": ").quote(each.value, "code")
    return Post(text.html())
