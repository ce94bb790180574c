"""What a typed order comes to at the market's price: one value a number, or a doubt. Pure.

A number with two readings (3,120) takes the one within 20 % of the market if it is a price, and is asked about
otherwise. A price far from the market is asked about, too: 62 of a Bitcoin at 64,210 is a slip, or thousands, or
percent; where it is meant all the same, it is said once more.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.ids import AccountId, Symbol
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.portfolio import Side
from bot.domain.trade_text import Doubt, DoubtKind, TradeText
from bot.domain.trade_tokens import MEANT, NumberToken, Unit, WordToken, shown

_NEAR: Final = Decimal("0.2")  # a price takes the reading within 20 % of the market
_FAR_ENTRY: Final = Decimal(2)  # times the market, or a half of it
_FAR_LEVEL: Final = Decimal(10)
_WHOLE: Final = Decimal(100)
_MOST_STOP: Final = Decimal(100)  # percent
_MOST_TRAILING: Final = Decimal(50)
_MOST_TARGET: Final = Decimal(1_000)
_MOST_EQUITY: Final = Decimal(1_000)
_MOST_AS_PERCENT: Final = Decimal(50)
_MOST_LEVERAGE: Final = 200
_THOUSAND: Final = Decimal(1_000)
_SAME_DISTANCE: Final = Decimal("0.15")  # of a distance in brackets to the one that is computed
_BLANK_GROUP: Final = re.compile(r" ([0-9]{3})(?![0-9.,])")
_FIRST: Final = (DoubtKind.SIDE, DoubtKind.SYMBOL, DoubtKind.UNKNOWN_SYMBOL, DoubtKind.TWO_SYMBOLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeReading:
    """An order as it is understood. While `doubts` is not empty it is none; `unread` words have no meaning in it."""

    text: str = field(repr=False)
    side: Side | None
    size: OrderSize | None
    limits: tuple[Decimal, ...]
    zone: tuple[Decimal, ...]  # its lowest and highest price, where one entry stands for them
    stop: PriceLevel | None
    no_stop: bool
    targets: tuple[PriceLevel, ...]
    no_target: bool
    shares: tuple[Decimal, ...]
    leverage: int | None
    trailing: Decimal | None
    breakeven: bool
    account: AccountType | None
    unread: tuple[WordToken, ...]
    doubts: tuple[Doubt, ...]

    def draft(self, account_id: AccountId, symbol: Symbol) -> OrderDraft:
        """Raises ValueError while something is doubtful."""
        if self.doubts or self.side is None:
            raise ValueError("a doubtful order is no order")
        return OrderDraft(
            account_id=account_id,
            symbol=symbol,
            side=self.side,
            size=self.size,
            limits=self.limits,
            stop=self.stop,
            no_stop=self.no_stop,
            targets=self.targets,
            no_target=self.no_target,
            shares=self.shares,
            breakeven=self.breakeven,
            leverage=self.leverage,
            trailing=self.trailing,
        )


def settled(found: TradeText, price: Decimal | None) -> TradeReading:
    """At a market price; None while nobody knows it: then what only a price decides is asked about."""
    settler = _Settler(found=found, price=price)
    size = settler.size()
    limits = settler.entries()
    stop = settler.stop()
    targets, shares = settler.targets_and_shares(limits)
    leverage, trailing = settler.leverage(), settler.trailing()
    for token in found.bare:
        settler.bare(token)
    zone = tuple(sorted(limits)) if found.is_zone and len(limits) > 1 else ()
    if zone:  # filled at once inside of it or on its better side, and never beyond it
        limits = (zone[-1] if found.side is Side.BUY else zone[0],)
    return TradeReading(
        text=found.text,
        side=found.side,
        size=size,
        limits=limits,
        zone=zone,
        stop=stop,
        no_stop=found.no_stop,
        targets=targets,
        no_target=found.no_target,
        shares=shares,
        leverage=leverage,
        trailing=trailing,
        breakeven=found.breakeven,
        account=found.account,
        unread=found.unread,
        doubts=_sorted((*found.doubts, *settler.doubts)),
    )


def _sorted(doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """Side and coin first, the others as they stand in the text."""
    return tuple(sorted(doubts, key=lambda each: (each.kind not in _FIRST, each.start)))


@dataclass(slots=True, kw_only=True)
class _Settler:
    """Takes one value of each number, and notes what is doubtful."""

    found: TradeText
    price: Decimal | None
    doubts: list[Doubt] = field(default_factory=list)

    def size(self) -> OrderSize | None:
        token, kind = self.found.size, self.found.size_kind
        if token is None:
            return OrderSize(SizeKind.MAX, _WHOLE) if self.found.is_max else None
        most = {SizeKind.RISK: _WHOLE, SizeKind.EQUITY: _MOST_EQUITY}.get(kind)
        unit = {SizeKind.VALUE: "$", SizeKind.QTY: ""}.get(kind, "%")
        value = self._only(token, most=most, unit=unit)
        return None if value is None else OrderSize(kind, value)

    def entries(self) -> tuple[Decimal, ...]:
        values = [self._price(token, _FAR_ENTRY) for token in self.found.entries]
        return tuple(dict.fromkeys(each for each in values if each is not None))

    def stop(self) -> PriceLevel | None:
        token = self.found.stop
        if token is None:
            return None
        is_gain = token.sign == "+" and self.found.side is Side.BUY
        return self._level(token, most=_MOST_STOP, is_wrong_sign=is_gain)

    def targets_and_shares(self, limits: Sequence[Decimal]) -> tuple[tuple[PriceLevel, ...], tuple[Decimal, ...]]:
        """Nearest first; shares go with their targets."""
        tokens = self.found.targets
        levels = [
            self._level(each, most=_MOST_TARGET, is_wrong_sign=each.sign == "-" and self.found.side is Side.BUY)
            for each in tokens
        ]
        known = [each for each in levels if each is not None]
        if len(known) < len(tokens):
            return tuple(known), ()
        shares = self._shares(known, limits)
        values = [each.percent if each.price is None else each.price for each in known]
        numbers = [each for each in values if each is not None]
        is_falling = all(a > b for a, b in pairwise(numbers))
        is_rising = all(a < b for a, b in pairwise(numbers))
        if len(numbers) > 1 and not is_rising and not is_falling:
            self._doubt(DoubtKind.ORDER, tokens[-1])
        is_by_price = bool(known) and known[0].price is not None
        nearest_falls = is_by_price and self.found.side is Side.SELL
        if len(numbers) > 1 and is_falling != nearest_falls:
            known, shares = known[::-1], shares[::-1]
        return tuple(known), tuple(shares)

    def leverage(self) -> int | None:
        token = self.found.leverage
        if token is None:
            return None
        whole = [each for each in token.readings if each == each.to_integral_value() and 1 <= each <= _MOST_LEVERAGE]
        if len(whole) != 1 or len(token.readings) != 1 or token.sign:
            self._doubt(DoubtKind.LEVERAGE, token)
            return None
        return int(whole[0])

    def trailing(self) -> Decimal | None:
        """The distance in percent, below the whole price."""
        token = self.found.trailing
        return None if token is None else self._only(replace(token, sign=""), most=_MOST_TRAILING, unit="%")

    def bare(self, token: NumberToken) -> None:
        """A number that may be money, coins, or a price where it is near the market."""
        grouped = self._grouped(token)
        if grouped is not None:
            self.doubts.append(
                Doubt(kind=DoubtKind.BARE, start=token.start, end=grouped[1], choices=(shown(grouped[0]),))
            )
            return
        choices = []
        for value in token.readings:
            if value <= 0 or token.sign == "-":
                continue
            if self.price is not None and abs(value - self.price) <= self.price * _NEAR:
                choices.append(f"limit {shown(value)}")
            choices.append(f"{shown(value)}$")
            if self.found.coin is not None:
                choices.append(f"{shown(value)} {self.found.coin_name}")
        taken = self.found.size is not None
        kept = [each for each in choices if each.startswith("limit")] if taken else choices
        self._doubt(DoubtKind.BARE, token, *kept)

    def _only(self, token: NumberToken, *, most: Decimal | None = None, unit: str = "") -> Decimal | None:
        """The one value within (0, most]; one of two readings is a doubt."""
        if token.sign == "-":
            self._doubt(DoubtKind.SIGN, token)
            return None
        fitting = [each for each in token.readings if each > 0 and (most is None or each <= most)]
        if len(fitting) > 1 or (fitting and token.halves is not None and most is None):
            self._doubt(DoubtKind.AMBIGUOUS, token, *(f"{shown(each)}{unit}" for each in fitting))
            return None
        if not fitting:
            self._doubt(DoubtKind.UNREADABLE, token)
            return None
        return fitting[0]

    def _level(self, token: NumberToken, *, most: Decimal, is_wrong_sign: bool) -> PriceLevel | None:
        if token.unit is not Unit.PERCENT:
            price = self._price(token, _FAR_LEVEL, is_level=True)
            return None if price is None else PriceLevel(price=price)
        if is_wrong_sign:
            self._doubt(DoubtKind.SIGN, token)
            return None
        percent = self._only(replace(token, sign=""), most=most, unit="%")
        return None if percent is None else PriceLevel(percent=percent)

    def _price(self, token: NumberToken, far: Decimal, *, is_level: bool = False) -> Decimal | None:
        if token.sign:
            self._doubt(DoubtKind.SIGN, token)
            return None
        values = [each for each in token.readings if each > 0]
        near = [each for each in values if self._is_near(each)]
        choices = [shown(each) for each in values]
        if token.halves is not None and (self.price is None or all(self._is_near(each) for each in token.halves)):
            self._doubt(DoubtKind.AMBIGUOUS, token, *choices, " ".join(shown(each) for each in token.halves))
            return None
        if len(values) > 1 and len(near) != 1:
            self._doubt(DoubtKind.AMBIGUOUS, token, *choices)
            return None
        if not values:
            self._doubt(DoubtKind.UNREADABLE, token)
            return None
        value = near[0] if near else values[0]
        if self._is_far(value, far) and not token.is_meant:
            self._far(token, value, is_level=is_level)
            return None
        return value

    def _far(self, token: NumberToken, value: Decimal, *, is_level: bool) -> None:
        grouped = self._grouped(token)
        if grouped is not None and not self._is_far(grouped[0], _FAR_ENTRY):
            self.doubts.append(
                Doubt(kind=DoubtKind.FAR, start=token.start, end=grouped[1], choices=(shown(grouped[0]),))
            )
            return
        choices = [shown(value * _THOUSAND)] if not self._is_far(value * _THOUSAND, _FAR_ENTRY) else []
        if is_level and value <= _MOST_AS_PERCENT:
            choices.append(f"{shown(value)}%")
        self._doubt(DoubtKind.FAR, token, *choices, f"{MEANT}{shown(value)}")

    def _grouped(self, token: NumberToken) -> tuple[Decimal, int] | None:
        """What 64 500 comes to as one number, and where it ends."""
        behind = _BLANK_GROUP.match(self.found.text, token.end)
        is_group = re.fullmatch(r"\$?[1-9][0-9]{0,2}", self.found.text[token.start : token.end])
        if behind is None or is_group is None:
            return None
        return token.readings[0] * _THOUSAND + Decimal(behind[1]), behind.end()

    def _shares(self, levels: Sequence[PriceLevel], limits: Sequence[Decimal]) -> list[Decimal]:
        tokens = self.found.shares
        if not tokens:
            return self._shares_in_brackets(levels, limits)
        values = [each.readings[0] for each in tokens if len(each.readings) == 1 and each.readings[0] > 0]
        if len(values) != len(levels) or len(tokens) != len(levels) or sum(values) != _WHOLE:
            self._doubt(DoubtKind.SHARES, tokens[-1])
            return []
        return values

    def _shares_in_brackets(self, levels: Sequence[PriceLevel], limits: Sequence[Decimal]) -> list[Decimal]:
        """Percents behind targets: shares if they make up the whole, else they have to be the distances."""
        tokens = self.found.remarks
        values = [each.readings[0] for each in tokens]
        if not tokens:
            return []
        if len(values) == len(levels) and sum(values) == _WHOLE:
            return values
        base = limits[0] if limits else self.price
        distances = [abs(each.price / base - 1) * _WHOLE for each in levels if each.price is not None and base]
        is_distance = all(any(abs(value - each) <= each * _SAME_DISTANCE for each in distances) for value in values)
        if not is_distance:
            self._doubt(DoubtKind.SHARES, tokens[-1])
        return []

    def _is_near(self, value: Decimal) -> bool:
        return self.price is not None and abs(value - self.price) <= self.price * _NEAR

    def _is_far(self, value: Decimal, times: Decimal) -> bool:
        return self.price is not None and not self.price / times <= value <= self.price * times

    def _doubt(self, kind: DoubtKind, token: NumberToken, *choices: str) -> None:
        self.doubts.append(Doubt(kind=kind, start=token.start, end=token.end, choices=choices))
