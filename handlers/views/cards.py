"""A card: a message with its keyboard, before it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from handlers.texts.catalog import Markup

Row = tuple[InlineKeyboardButton, ...]
MAX_LABEL: Final = 40  # longer labels are cut by phones


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is shown. Rows that are empty are left out."""

    text: Markup = field(repr=False)
    rows: tuple[Row, ...] = field(default=())

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        rows = [row for row in self.rows if row]
        return InlineKeyboardMarkup(rows) if rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedCard:
    """A message of the outbox: HTML of at most 4096 UTF-16 units once read, and its keyboard."""

    text_html: str = field(repr=False)
    reply_markup: InlineKeyboardMarkup | None = None


def button(label: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label[:MAX_LABEL], callback_data=data)


def copy_button(label: str, text: str) -> InlineKeyboardButton:
    """Puts `text` (at most 256 characters) on the clipboard."""
    return InlineKeyboardButton(label[:MAX_LABEL], copy_text=CopyTextButton(text))


def link_button(label: str, url: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label[:MAX_LABEL], url=url)


def in_rows(buttons: Sequence[InlineKeyboardButton], width: int) -> tuple[Row, ...]:
    """Buttons laid out `width` to a row."""
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))
