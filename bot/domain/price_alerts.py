"""Price alerts: prices that people want to be told of, and which of them a tick has reached.

The alerts of a symbol stand sorted by price, so that a tick that reaches none costs two comparisons however many there
are, and one that reaches some touches those alone.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter
from typing import Final

from bot.domain.chat import OutboxPayload
from bot.domain.ids import Millis, Symbol, UserId
from bot.domain.market import Category, Kline, MarketKey
from bot.domain.notices import NoticeKind

MOST_ALERTS: Final = 50  # a person
_GAP_MS: Final = 15_000  # without a price: what happened meanwhile is looked up
_JUMP: Final = Decimal("0.1")  # of the price before, from one tick to the next: it takes a second one to be believed
_price_of: Final = attrgetter("price")
_place_of: Final = attrgetter("price", "alert_id")


class AlertSide(StrEnum):
    """From which side a price is waited for: ABOVE rings at the price or higher, BELOW at the price or lower."""

    ABOVE = "above"
    BELOW = "below"

    def is_reached(self, threshold: Decimal, price: Decimal) -> bool:
        """Whether an alert at `threshold` rings at `price`."""
        return price >= threshold if self is AlertSide.ABOVE else price <= threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAlert:
    """A price that its person is told of once. `set_price`: the last price when it was set."""

    alert_id: int
    user_id: UserId
    market: MarketKey
    side: AlertSide
    price: Decimal
    set_price: Decimal
    created_ts: Millis

    @property
    def rung(self) -> "Rung":
        return Rung(self.price, self.alert_id, self.created_ts)


@dataclass(frozen=True, slots=True)
class Rung:
    """An alert as it stands in a ladder: sorted by price."""

    price: Decimal
    alert_id: int
    created_ts: Millis


@dataclass(frozen=True, slots=True)
class Touched:
    """An alert that the price had reached in a minute when nobody looked: how far it went in that minute."""

    rung: Rung
    extreme: Decimal
    start_ts: Millis


@dataclass(slots=True)
class AlertLadder:
    """The alerts of one symbol, both sides sorted by price."""

    _above: list[Rung] = field(default_factory=list)
    _below: list[Rung] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._above) + len(self._below)

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """All of them, in no order that matters."""
        return (*self._above, *self._below)

    def add(self, side: AlertSide, rung: Rung) -> None:
        insort(self._of(side), rung, key=_place_of)

    def remove(self, side: AlertSide, rung: Rung) -> None:
        """Nothing happens where it does not stand any more."""
        rungs = self._of(side)
        place = bisect_left(rungs, _place_of(rung), key=_place_of)
        if rungs[place : place + 1] == [rung]:
            del rungs[place]

    def reach(self, price: Decimal) -> list[Rung]:
        """Those that ring at this price, taken out."""
        reached: list[Rung] = []
        above, below = self._above, self._below
        if above and above[0].price <= price:
            count = bisect_right(above, price, key=_price_of)
            reached += above[:count]
            del above[:count]
        if below and below[-1].price >= price:
            first = bisect_left(below, price, key=_price_of)
            reached += below[first:]
            del below[first:]
        return reached

    def touch(self, candle: Kline) -> list[Touched]:
        """Those that a finished minute has reached, taken out; never one that was set after the minute began."""
        found: list[Touched] = []
        for side, extreme in ((AlertSide.ABOVE, candle.high), (AlertSide.BELOW, candle.low)):
            rungs = self._of(side)
            if side is AlertSide.ABOVE:
                reached = rungs[: bisect_right(rungs, extreme, key=_price_of)]
            else:
                reached = rungs[bisect_left(rungs, extreme, key=_price_of) :]
            for rung in reached:
                if rung.created_ts <= candle.start_ts:
                    self.remove(side, rung)
                    found.append(Touched(rung, extreme, candle.start_ts))
        return found

    def _of(self, side: AlertSide) -> list[Rung]:
        return self._above if side is AlertSide.ABOVE else self._below


@dataclass(slots=True, kw_only=True)
class FollowedPrice:
    """The price of a symbol that has alerts, as it is heard. Moments are epoch milliseconds.

    `followed_to`: until when no price was missed. `owed_from`: since when prices were missed that nobody has looked up
    yet; None: none were.
    """

    followed_to: Millis
    ladder: AlertLadder = field(default_factory=AlertLadder)
    owed_from: Millis | None = None
    last: Decimal | None = None
    _doubted: Decimal | None = None

    def hear(self, price: Decimal, now: Millis) -> list[Rung]:
        """The alerts that ring at this price. One tick that jumps by a tenth rings none before a second confirms it."""
        if self.last is not None and _is_far(price, self.last):
            is_confirmed = self._doubted is not None and not _is_far(price, self._doubted)
            if not is_confirmed:
                self._doubted = price
                return []
        self._doubted = None
        if self.owed_from is None and now - self.followed_to > _GAP_MS:
            self.owed_from = self.followed_to
        self.followed_to = now
        self.last = price
        return self.ladder.reach(price)

    def catch_up(self, candles: Sequence[Kline]) -> list[Touched]:
        """The alerts that missed minutes had reached; nothing is owed any more."""
        self.owed_from = None
        return [each for candle in candles for each in self.ladder.touch(candle)]

    @property
    def safe_until(self) -> Millis:
        """Up to here everything was followed or looked up."""
        return self.followed_to if self.owed_from is None else self.owed_from


def _is_far(price: Decimal, base: Decimal) -> bool:
    return abs(price - base) > base * _JUMP


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAlertMessage(OutboxPayload):
    """A price was reached. It rings.

    `away_s`: how many seconds of prices had been missed when it was noticed, 0 for none. `extreme`: how far the price
    went in a minute of them, `ago_s` seconds before; None: it still is beyond the threshold.
    """

    KIND = "price-alert"
    NOTICE = NoticeKind.ALERTS

    category: Category
    symbol: Symbol
    side: AlertSide
    threshold: Decimal
    set_price: Decimal
    price: Decimal
    away_s: int = 0
    extreme: Decimal | None = None
    ago_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertsEndedMessage(OutboxPayload):
    """A symbol is not traded any more, and its alerts are gone."""

    KIND = "price-alerts-ended"
    NOTICE = NoticeKind.ALERTS

    category: Category
    symbol: Symbol
    count: int
