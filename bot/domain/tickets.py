"""Tickets: orders that are being put together by buttons, and the sizes, stops and targets that their buttons offer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.domain.ids import UserId
from bot.domain.numbers import plain
from bot.domain.order_drafts import OrderDraft, OrderSize, SizeKind

MOST_PRESETS: Final = 9
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SUFFIXES: Final = {SizeKind.QTY: "", SizeKind.VALUE: "$", SizeKind.EQUITY: "%", SizeKind.RISK: "r", SizeKind.MAX: "m"}


class PresetKind(StrEnum):
    """What a row of preset buttons is for."""

    SIZES = "sizes"
    STOPS = "stops"  # % from the entry
    TARGETS = "targets"  # % from the entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An order that is being put together. Its number names it in buttons; nothing of it is sent."""

    number: int
    user_id: UserId
    draft: OrderDraft


def _sizes(kind: SizeKind, *amounts: int) -> tuple[OrderSize, ...]:
    return tuple(OrderSize(kind, Decimal(each)) for each in amounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPresets:
    """What a person's tickets offer, at most nine of each; percents as people say them."""

    sizes: tuple[OrderSize, ...] = (
        *_sizes(SizeKind.VALUE, 50, 100, 250),
        *_sizes(SizeKind.EQUITY, 1, 2, 5),
        *_sizes(SizeKind.RISK, 1),
        *_sizes(SizeKind.MAX, 100),
    )
    stops: tuple[Decimal, ...] = (Decimal(1), Decimal(2), Decimal(3), Decimal(5))
    targets: tuple[Decimal, ...] = (Decimal(3), Decimal(5), Decimal(8), Decimal(15))


FIRST_SIZE: Final = OrderSize(SizeKind.VALUE, Decimal(100))
"""What somebody's first ticket begins with, as [Buy BTC $100] does: from a price it is three taps to a position."""


def size_text(size: OrderSize) -> str:
    """100$, 2%, 1r (risk at the stop), 100m (of the most), 0.01 (of the coin)."""
    return plain(size.amount) + _SUFFIXES[size.kind]


def size_of(text: str) -> OrderSize:
    """The size that was written so. Raises ValueError."""
    for kind, suffix in _SUFFIXES.items():
        if _NUMBER.fullmatch(number := text.removesuffix(suffix)) and (amount := Decimal(number)) > 0:
            return OrderSize(kind, amount)
    raise ValueError("no size")


def sizes_text(sizes: Sequence[OrderSize]) -> str:
    return " ".join(map(size_text, sizes))


def percents_text(percents: Sequence[Decimal]) -> str:
    return " ".join(map(plain, percents))
