"""The longest value of any type that a view is given: made from annotations, so that no view is left out.

`variant` turns enums, booleans and optional values: over `VARIANTS` of them each member of most enums is seen.
"""

import dataclasses
import inspect
from asyncio import Task
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.domain.errors import (
    BadInput,
    ButtonExpired,
    ClockTrouble,
    ExchangeDown,
    ExchangeRejected,
    KeyRefused,
    KeyTrouble,
    LicenseNeeded,
    NoAccount,
    RetryLater,
    UnknownSymbol,
)
from bot.domain.ids import Millis, Symbol, UserId
from bot.domain.key_rules import Finding, Severity
from bot.domain.licensing import License, LicenseType, Segment
from bot.domain.market import Category, MarketKey
from bot.domain.offers import SOLD, PriceList
from bot.domain.order_card import CardNote, CardOutdated, EntryRefused
from bot.domain.secrets import Secret
from handlers.texts.catalog import Markup
from handlers.views.cards import button
from harness.viewers import KNOWN, NOW

VARIANTS = 7
NAME = "Максимилиана-Олександра"
SYMBOL = Symbol("1000000BABYDOGEUSDT")
AMOUNT = Decimal("-12345678.12345678")
_MANY = 9  # items of a list: as many as the longest page has
_WHO = UserId(7_999_999_999)
_LICENSE = License(
    user_id=_WHO,
    segments=tuple(
        Segment(license_type=each, start=Millis(NOW + number * 10**10), end=Millis(NOW + (number + 1) * 10**10))
        for number, each in enumerate(reversed(LicenseType))
    ),
)
_FINDING = Finding(key="key-unknown-permission", severity=Severity.REFUSE, values={"names": NAME})
_NOTE = CardNote(key="card-price-rounded", values={"price": Decimal("64210.5"), "tick": Decimal("0.1")})
_PRICES = PriceList({each: {1: 13_500, 3: 20_000, 6: 24_000, 12: 48_000} for each in SOLD})
_NAMED: dict[str, Any] = {  # by the name of a NewType or a class
    "AccountId": 999_999,
    "CardNote": _NOTE,
    "ChatId": -1_001_234_567_890,
    "Finding": _FINDING,
    "InlineKeyboardButton": button("Redeem for somebody else, a day", "v1:x"),
    "Instruments": KNOWN[0],
    "License": _LICENSE,
    "MarketKey": MarketKey(Category.LINEAR, SYMBOL),
    "Markup": Markup("<b>Lorem</b> ipsum dolor sit amet"),
    "Millis": NOW,
    "NoneType": None,
    "PriceList": _PRICES,
    "Secret": Secret("ABCDE-FGHJK-MNPQR-STVWX"),
    "Symbol": SYMBOL,
    "UserId": _WHO,
}
_SIMPLE: dict[Any, Any] = {
    str: NAME,
    object: NAME,
    date: date(2026, 11, 28),
    int: 1_234_567,
    float: 98_765.4321,
    Decimal: AMOUNT,
    bytes: b"x",
}
_ERRORS = (
    ExchangeDown("x"),
    RetryLater("x", retry_after=86_399),
    ExchangeRejected("x", code=3_100_326),
    KeyTrouble("x", code=33_004),
    ClockTrouble("x"),
    UnknownSymbol(SYMBOL, (SYMBOL,) * 3),
    ButtonExpired(),
    NoAccount("error-no-account", account_type="demo"),
    KeyRefused((_FINDING,), account_type="demo"),
    BadInput("error-symbol"),
    LicenseNeeded("license-needed", kind="premium", account_type="demo"),
    CardOutdated("entry-outdated"),
    EntryRefused("entry-opposite"),
)


class Longest:
    """Makes values of one variant; `fixed` are values by the name of a parameter or field, before all else."""

    def __init__(self, variant: int, fixed: Mapping[str, Any]) -> None:
        self._variant = variant
        self._fixed = fixed
        self._bound: dict[Any, Any] = {}

    def arguments(self, function: Callable[..., Any]) -> dict[str, Any]:
        """For every parameter but those that take any number."""
        hints = get_type_hints(function)
        wanted = [
            name
            for name, each in inspect.signature(function).parameters.items()
            if each.kind is not inspect.Parameter.VAR_POSITIONAL
        ]
        return {name: self.of(hints[name], name) for name in wanted}

    def of(self, hint: Any, name: str = "") -> Any:
        """Raises KeyError for a type of which no longest value is known."""
        hint = self._bound.get(hint, hint) if isinstance(hint, TypeVar) else hint
        known = self._fixed if name in self._fixed else _NAMED
        key = name if name in self._fixed else getattr(hint, "__name__", "")
        if key in known:
            return known[key]
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            return self._one_of(arguments, name)
        if origin is not None:
            return self._generic(origin, arguments)
        return self._plain(getattr(hint, "__supertype__", hint))

    def _one_of(self, choices: Sequence[Any], name: str) -> Any:
        """Each in its turn; None in the last variant alone, and in place of what is on its way."""
        real = [each for each in choices if each is not NoneType and get_origin(each) is not Task]
        if not real or (len(real) < len(choices) and self._variant == VARIANTS - 1):
            return None
        return self.of(real[self._variant % len(real)], name)

    def _generic(self, origin: Any, arguments: Sequence[Any]) -> Any:
        if origin is tuple and arguments[-1] is not Ellipsis:
            return tuple(self.of(each) for each in arguments)
        if issubclass(origin, Mapping):
            return {self.of(arguments[0]): self.of(arguments[1])}
        if issubclass(origin, Collection):
            items = (self.of(arguments[0]),) * _MANY
            return frozenset(items) if origin is frozenset else items
        before = dict(self._bound)
        self._bound |= dict(zip(origin.__parameters__, arguments, strict=True))
        made = self._dataclass(origin)
        self._bound = before
        return made

    def _plain(self, kind: Any) -> Any:
        if issubclass(kind, Exception):
            of_kind = [each for each in _ERRORS if isinstance(each, kind)]
            return of_kind[self._variant % len(of_kind)]
        if issubclass(kind, Enum):
            members = list(kind)
            return members[self._variant % len(members)]
        if kind is bool:
            return self._variant % 2 == 0
        return self._dataclass(kind) if dataclasses.is_dataclass(kind) else _SIMPLE[kind]

    def _dataclass(self, kind: Any) -> Any:
        return kind(**{name: self.of(hint, name) for name, hint in _hints_of(kind).items()})


@cache
def _hints_of(kind: Any) -> Mapping[str, Any]:
    """The types of a dataclass's fields that it is made of."""
    hints = get_type_hints(kind)
    return {each.name: hints[each.name] for each in dataclasses.fields(kind) if each.init}
