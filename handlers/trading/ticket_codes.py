"""The buttons of tickets: they show or choose, and never send."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from bot.domain.payloads import Matching
from bot.domain.tickets import PresetKind
from handlers.core.callbacks import Code, RowNumber


class TicketPart(StrEnum):
    """What of a ticket is shown or chosen; one letter each, so that values have room beside it."""

    MAIN = "m"
    ACCOUNT = "a"
    SYMBOL = "y"
    SIDE = "d"
    SIZE = "z"
    ENTRY = "e"
    STOP = "s"
    TARGET = "t"
    LEVERAGE = "l"


@dataclass(frozen=True, slots=True)
class ShowTicket(Code):
    """A ticket, with the buttons of one of its parts."""

    TAG = "tk"
    ticket: RowNumber
    part: TicketPart = TicketPart.MAIN


@dataclass(frozen=True, slots=True)
class SetTicket(Code):
    """A choice: how `value` is written depends on the part (100$, 3%, Buy, ETHUSDT)."""

    TAG = "tks"
    ticket: RowNumber
    part: TicketPart
    value: Annotated[str, Matching("[A-Za-z0-9.%$-]{1,20}")]


@dataclass(frozen=True, slots=True)
class AskTicket(Code):
    """[Type it]: asks for a part of a ticket in words."""

    TAG = "tka"
    ticket: RowNumber
    part: TicketPart


@dataclass(frozen=True, slots=True)
class AskPresets(Code):
    """[⚙]: asks what a row of preset buttons shall offer."""

    TAG = "tkp"
    ticket: RowNumber
    presets: PresetKind


@dataclass(frozen=True, slots=True)
class ReviewTicket(Code):
    """[Check the order]: its consequence card."""

    TAG = "tkr"
    ticket: RowNumber
