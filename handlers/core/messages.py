"""What an outbox message is, on the side of the handlers: its payload and the text made of it when it is sent.

Services write an `OutboxPayload` (bot/domain/chat.py; its subclasses stand beside their feature in bot/domain) in the
transaction that it tells of. handlers/<feature>/messages.py joins each to its text: `MESSAGES` lists them, and
handlers/outbox_messages.py is the table of all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from bot.domain.chat import OutboxPayload
from bot.domain.payloads import decode, prepare
from handlers.core.links import RunCommand
from handlers.texts.catalog import Markup, Translator
from handlers.views.cards import Card, Row, button

M = TypeVar("M", bound=OutboxPayload)
KEYS: Final = ("button-keys", "keys")
LICENSE: Final = ("button-license", "license")
MENU: Final = ("button-menu", "menu")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSpec:
    """One kind of message: `draw` reads the stored form. It raises PayloadError for what was never written."""

    payload: type[OutboxPayload]
    draw: Callable[[Translator, Mapping[str, str]], Card]


def message(
    payload: type[M], write: Callable[[Translator, M], Markup], way_on: tuple[str, str] | None = None
) -> MessageSpec:
    """A message of text; `way_on` is the label and the command of its button."""

    def draw(say: Translator, given: M) -> Card:
        return Card(text=write(say, given), rows=() if way_on is None else (command_row(say, *way_on),))

    return message_card(payload, draw)


def message_card(payload: type[M], draw: Callable[[Translator, M], Card]) -> MessageSpec:
    """A message with buttons of its own."""
    prepare(payload)
    return MessageSpec(payload=payload, draw=lambda say, values: draw(say, decode(payload, values)))


def said(key: str) -> Callable[[Translator, OutboxPayload], Markup]:
    """A text without values."""
    return lambda say, _: say(key)


def command_row(say: Translator, label_key: str, command: str) -> Row:
    return (button(say.plain(label_key), RunCommand(command).encode()),)
