"""What public topics of perpetuals say, put together: tickers, order books, candles. Moments are monotonic seconds.

Facts: Bybit v5 documentation, "Ticker", "Orderbook" and "Kline" of the public stream. The first message of a ticker or
a book is a snapshot, later ones are what changed; a level of size 0 is gone; a snapshot replaces everything.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from bot.domain.errors import ExchangeUnreadable
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category, Kline, Klines, OrderBook, Ticker
from bot.exchange.bybit.answer import Answer
from bot.exchange.bybit.fields import Fields, array, decimal_of, moment, unreadable, whole
from bot.exchange.bybit.market_answers import ticker
from bot.exchange.bybit.streams.frames import StreamMessage

SNAPSHOT: Final = "snapshot"
_LEVEL_PARTS: Final = 2


class GapInBook(ValueError):  # noqa: N818  named by what it is
    """A change of an order book is missing: the book has to be asked for anew."""


@dataclass(slots=True)
class TickerState:
    """The fields of one ticker, each with the moment of the message that told it last; empty until a snapshot came."""

    symbol: Symbol
    heard_at: float
    whole_at: float | None = None
    """When the last snapshot came: a change that is lost is not missed before the next one."""
    _fields: dict[str, object] = field(default_factory=dict)
    _told_by: dict[str, int] = field(default_factory=dict)

    def take(self, message: StreamMessage, fields: Fields, at: float) -> bool:
        """Whether nothing newer was told. Older messages that come later change only what no newer one has told.

        They are no sign of life either.

        One that is dated wrong would keep all others out for good: nothing is heard then, and REST is asked.
        """
        told_by = whole({"ts": message.sent}, "ts")
        is_newest = told_by >= max(self._told_by.values(), default=told_by)
        if message.kind == SNAPSHOT:
            self.whole_at = at
            for name in [each for each, moment_told in self._told_by.items() if moment_told <= told_by]:
                del self._fields[name], self._told_by[name]
        for name, value in fields.items():
            if told_by >= self._told_by.get(name, told_by):
                self._fields[name] = value
                self._told_by[name] = told_by
        if is_newest:
            self.heard_at = at
        return is_newest

    @property
    def last_price(self) -> Decimal | None:
        """None before a snapshot, and where it is no price."""
        price = self._fields.get("lastPrice") if self.whole_at is not None else None
        try:
            return decimal_of(price, "lastPrice") or None
        except ExchangeUnreadable:
            return None

    def value(self, as_of: Millis) -> Ticker | None:
        """None before a snapshot. Raises ExchangeUnreadable while there is no last price."""
        if self.whole_at is None:
            return None
        return ticker(Answer({"list": [self._fields]}), Category.LINEAR, self.symbol, as_of)


@dataclass(slots=True)
class BookState:
    """The levels of one order book; empty until its snapshot came."""

    symbol: Symbol
    heard_at: float
    whole_at: float | None = None
    """When the last snapshot came."""
    _u: int | None = None
    _bids: dict[Decimal, Decimal] = field(default_factory=dict)
    _asks: dict[Decimal, Decimal] = field(default_factory=dict)

    def take(self, message: StreamMessage, fields: Fields, at: float) -> None:
        """Raises GapInBook where a change was lost. What was told already is let be."""
        u = whole(fields, "u")
        if message.kind == SNAPSHOT:
            self.whole_at = at
            self._bids.clear()
            self._asks.clear()
        elif self._u is None or u > self._u + 1:
            self._u = None
            raise GapInBook
        elif u <= self._u:
            return
        for name, side in (("b", self._bids), ("a", self._asks)):
            for entry in array(fields, name):
                price, size = _level(name, entry)
                if size:
                    side[price] = size
                else:
                    side.pop(price, None)
        self._u = u
        self.heard_at = at

    def value(self, as_of: Millis, depth: int) -> OrderBook | None:
        """The best levels; None while the book is not whole, or crossed."""
        bids = sorted(self._bids.items(), reverse=True)[:depth]
        asks = sorted(self._asks.items())[:depth]
        if self._u is None or (bids and asks and bids[0][0] >= asks[0][0]):
            return None
        return OrderBook(category=Category.LINEAR, symbol=self.symbol, bids=tuple(bids), asks=tuple(asks), as_of=as_of)


@dataclass(slots=True)
class CandleState:
    """Candles that REST answered, with what the stream told of the last one since.

    Not whole any more where a candle was missed, or the last word on one: then REST is asked again.
    """

    klines: Klines
    heard_at: float
    is_whole: bool = True
    _told_by: int = 0
    _is_final: bool = False

    def take(self, message: StreamMessage, at: float) -> None:
        """A candle that begins later is the next one. Older messages that come later change nothing."""
        told_by = whole({"ts": message.sent}, "ts")
        if told_by < self._told_by:
            return
        for told in message.data if isinstance(message.data, list) else ():
            candle = _candle(told)
            items = self.klines.items
            if not items or candle.start_ts < items[-1].start_ts:
                continue
            if candle.start_ts == items[-1].start_ts:
                items = (*items[:-1], candle)
            else:
                step = items[-1].start_ts - items[-2].start_ts if len(items) > 1 else 0
                is_next = self._is_final and candle.start_ts - items[-1].start_ts == step
                self.is_whole = self.is_whole and is_next
                items = (*items[1:], candle)
            self._is_final = told.get("confirm") is True
            self.klines = replace(self.klines, items=items)
        self._told_by = told_by
        self.heard_at = at

    def value(self, as_of: Millis) -> Klines:
        return replace(self.klines, as_of=as_of)


def _candle(fields: Fields) -> Kline:
    opened, high, low, close, volume = (
        decimal_of(fields.get(name), name) for name in ("open", "high", "low", "close", "volume")
    )
    return Kline(start_ts=moment(fields, "start"), open=opened, high=high, low=low, close=close, volume=volume)


def _level(name: str, entry: object) -> tuple[Decimal, Decimal]:
    if not isinstance(entry, list) or len(entry) < _LEVEL_PARTS:
        raise unreadable(name, "a list of levels")
    return decimal_of(entry[0], name), decimal_of(entry[1], name)
