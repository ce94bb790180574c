"""A card: a message with its keyboard, before it is sent. Its labels fit a phone of 390 points."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from telegram import InlineKeyboardMarkup

from handlers.texts.catalog import Markup

LABEL_WIDTHS: Final = (34, 16, 10, 7, 5, 4, 3, 2)  # columns of a label, by how many buttons share the row
_ELLIPSIS: Final = "…"
_WIDE: Final = "WF"  # East Asian signs and emoji take two columns


@dataclass(frozen=True, slots=True)
class CardButton:
    """A button below a message: it is pressed (`callback_data`), copies a text or opens an address.

    Telegram's own field names. PTB's class takes ten times as long to make, and half a kilobyte.
    """

    text: str = field(repr=False)
    callback_data: str | None = None
    copy_text: str | None = field(default=None, repr=False)
    url: str | None = None

    @property
    def as_dict(self) -> dict[str, Any]:
        """As the Bot API has it."""
        if self.callback_data is not None:
            return {"text": self.text, "callback_data": self.callback_data}
        if self.url is not None:
            return {"text": self.text, "url": self.url}
        return {"text": self.text, "copy_text": {"text": self.copy_text}}


Row = tuple[CardButton, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is shown. Rows that are empty are left out."""

    text: Markup = field(repr=False)
    rows: tuple[Row, ...] = field(default=())

    @property
    def fitted(self) -> list[Row]:
        """The rows as they are sent: one whose labels have no room beside each other becomes several."""
        return [part for row in self.rows if row for part in _fitting(row)]

    @property
    def inline_keyboard(self) -> list[list[dict[str, Any]]]:
        """The rows as the Bot API has them."""
        return [[each.as_dict for each in row] for row in self.fitted]

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        """The rows as PTB has them, for its own methods."""
        rows = self.inline_keyboard
        return InlineKeyboardMarkup.de_json({"inline_keyboard": rows}, None) if rows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedCard:
    """A message of the outbox: HTML of at most 4096 UTF-16 units once read, and its keyboard.

    `reply_to`: the message of the same chat that it goes on from, if that is still there.
    """

    text_html: str = field(repr=False)
    reply_markup: InlineKeyboardMarkup | None = None
    reply_to: int | None = None


def button(label: str, data: str) -> CardButton:
    return CardButton(_cut(label), callback_data=data)


def copy_button(label: str, text: str) -> CardButton:
    """Puts `text` (at most 256 characters) on the clipboard."""
    return CardButton(_cut(label), copy_text=text)


def link_button(label: str, url: str) -> CardButton:
    return CardButton(_cut(label), url=url)


def in_rows(buttons: Sequence[CardButton], most: int) -> tuple[Row, ...]:
    """A grid of at most `most` buttons a row, as many as the longest label leaves room for, the rows alike."""
    room = next((each for each in range(most, 1, -1) if _has_room(buttons, each)), 1)
    rows = -(-len(buttons) // room)
    count = -(-len(buttons) // max(1, rows)) or 1
    return tuple(tuple(buttons[start : start + count]) for start in range(0, len(buttons), count))


def label_width(count: int) -> int:
    """Columns of a label in a row of `count` buttons."""
    return LABEL_WIDTHS[min(count, len(LABEL_WIDTHS)) - 1]


@lru_cache(maxsize=2_048)
def width_of(text: str) -> int:
    """Columns that a text takes on a screen."""
    return sum(2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text)


def _cut(label: str) -> str:
    """At most what a row of its own has room for; … stands for the rest."""
    if width_of(label) <= label_width(1):
        return label
    while width_of(label) >= label_width(1):
        label = label[:-1]
    return label + _ELLIPSIS


def _has_room(buttons: Sequence[CardButton], count: int) -> bool:
    room = label_width(count)
    return all(width_of(each.text) <= room for each in buttons)


def _fitting(row: Row) -> tuple[Row, ...]:
    """In their order, in rows of one length where such rows fit, else each as full as its labels let it be."""
    for count in range(len(row), 1, -1):
        parts = tuple(row[start : start + count] for start in range(0, len(row), count))
        if all(_has_room(part, len(part)) for part in parts):
            return parts
    packed: list[Row] = [row[:1]]
    for each in row[1:]:
        wider = (*packed[-1], each)
        packed = [*packed[:-1], wider] if _has_room(wider, len(wider)) else [*packed, (each,)]
    return tuple(packed)
