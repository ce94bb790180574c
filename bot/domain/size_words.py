"""Sizes and price levels as people type them into a ticket: 0.01, $100, 100 usdt, 2%, risk 1%; 62000, 3%, none."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.numbers import parse_number
from bot.domain.order_drafts import OrderSize, PriceLevel, SizeKind
from bot.domain.tickets import MOST_PRESETS, PresetKind, TicketPresets

LARGEST: Final = Decimal(1_000_000_000)
SMALLEST: Final = Decimal("0.00000001")
_MOST_EQUITY: Final = Decimal(10_000)  # %: the account value a hundred times, at the highest leverage
_MOST_RISK: Final = Decimal(100)
_MOST_AWAY: Final = Decimal(1_000)  # %
_RISK_WORDS: Final = frozenset({"risk", "r", "риск", "ризик"})
_RISK: Final = re.compile(r"(?:risk|риск|ризик|r)(?=[\s\d.])")
_DOLLARS: Final = re.compile(r"^\$\s*|\s*(?:\$|usdt|usd|юсдт|долл\w*|баксов|бакса|бакс)$")
_MOST: Final = frozenset({"max", "макс", "максимум"})
_NONE: Final = frozenset(
    {"none", "no", "off", "нет", "без", "убрать", "снять", "ні", "немає", "прибрати", "зняти"}
)  # no 0 and no dash: a slip of the finger must not take a stop away
_THOUSANDS: Final = ("k", "к")
_UNITS: Final = frozenset({"%", "$", "usdt", "usd"})
_BETWEEN: Final = re.compile(r"[;|/\n]|,\s+|\s+")


def read_size(text: str) -> OrderSize:
    """Raises BadInput for what is no size, and for one that has two meanings."""
    words = _unified(text)
    if words in _MOST:
        return OrderSize(SizeKind.MAX, Decimal(100))
    is_risk = _RISK.match(words) is not None
    if is_risk:
        words = _RISK.sub("", words, count=1).strip()
    if is_risk or words.endswith("%"):
        most = _MOST_RISK if is_risk else _MOST_EQUITY
        amount = parse_number(words, minimum=Decimal("0.01"), maximum=most, percent=True)
        return OrderSize(SizeKind.RISK if is_risk else SizeKind.EQUITY, amount)
    bare = _DOLLARS.sub("", words).strip()
    amount = parse_number(bare, minimum=SMALLEST, maximum=LARGEST)
    return OrderSize(SizeKind.QTY if bare == words else SizeKind.VALUE, amount)


def is_size_word(text: str) -> bool:
    """Whether it is a size or a level without a number: max, none."""
    return is_none(text) or _unified(text) in _MOST


def is_none(text: str) -> bool:
    """Whether it says that a level is not wanted."""
    return _unified(text) in _NONE


def read_level(text: str, *, near: Decimal | None = None) -> PriceLevel | None:
    """A price, or a distance from the entry in %; None for a word that says without. Raises BadInput."""
    words = _unified(text)
    if is_none(words):
        return None
    if words.endswith("%"):
        distance = words.lstrip("+-−")
        return PriceLevel(percent=parse_number(distance, minimum=SMALLEST, maximum=_MOST_AWAY, percent=True))
    return PriceLevel(price=read_price(text, near=near))


def read_price(text: str, *, near: Decimal | None = None) -> Decimal:
    """A price, 64k, too; of two readings (3,120) the one near the market. Raises BadInput."""
    bare = _DOLLARS.sub("", _unified(text)).strip()
    unit = 1000 if bare.endswith(_THOUSANDS) else 1
    near = None if near is None else near / unit
    return unit * parse_number(bare.rstrip("kк"), minimum=SMALLEST, maximum=LARGEST, near=near)


def read_presets(kind: PresetKind, text: str, before: TicketPresets) -> TicketPresets:
    """`before` with another row of buttons: $50 $100 2% risk 1%; for stops and targets 1 2 3.5. Raises BadInput."""
    items = _items(text)
    if not 1 <= len(items) <= MOST_PRESETS:
        raise BadInput("error-presets", most=MOST_PRESETS)
    if kind is PresetKind.SIZES:
        sizes = tuple(dict.fromkeys(map(read_size, items)))
        if any(each.kind is SizeKind.QTY for each in sizes):
            raise BadInput("error-presets-unit")
        return TicketPresets(sizes=sizes, stops=before.stops, targets=before.targets)
    percents = tuple(sorted({_percent(each) for each in items}))
    if kind is PresetKind.STOPS:
        return TicketPresets(sizes=before.sizes, stops=percents, targets=before.targets)
    return TicketPresets(sizes=before.sizes, stops=before.stops, targets=percents)


def _percent(text: str) -> Decimal:
    return parse_number(text, minimum=Decimal("0.01"), maximum=_MOST_AWAY, percent=True, places=2)


def _items(text: str) -> Sequence[str]:
    """The items of a list: risk stays with the number behind it, a unit with the number before it."""
    items: list[str] = []
    for word in filter(None, _BETWEEN.split(_unified(text))):
        last = items[-1] if items else ""
        if last in _RISK_WORDS or last == "$" or (last and word in _UNITS):
            items[-1] = f"{last} {word}"
        else:
            items.append(word)
    return items


def _unified(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").casefold().strip()
