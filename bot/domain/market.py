"""Public market data in Bybit's terms: frozen, Decimal, with the moment it is of.

None: Bybit does not say it, or not so that it can be read; a new listing has no figures of 24 hours yet.
"""

from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.ids import Millis, Symbol


class Category(StrEnum):
    """Bybit's product categories that this bot serves."""

    LINEAR = "linear"
    SPOT = "spot"


@dataclass(frozen=True, slots=True, order=True)
class MarketKey:
    """A symbol in its category: BTCUSDT is a perpetual and a spot pair."""

    category: Category
    symbol: Symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """A symbol's rules. Quantities in the base coin, prices in the quote coin."""

    category: Category
    symbol: Symbol
    status: str  # Trading, PreLaunch, Delivering, Closed …; "": not said, like the coins
    base_coin: str
    quote_coin: str
    tick_size: Decimal
    qty_step: Decimal
    min_order_qty: Decimal | None
    max_order_qty: Decimal | None
    max_market_order_qty: Decimal | None
    min_notional: Decimal | None
    max_leverage: Decimal | None  # None: spot
    price_limit_near: Decimal | None = None  # how far a limit price may lie from the mark price, as a fraction
    price_limit_far: Decimal | None = None  # the same where the index price lies far off: Bybit's ratios X and Y

    def price_text(self, price: Decimal) -> str:
        """The price in the digits of the tick: 63999.50 for 63999.5 where the tick is written 0.10 or 0.01."""
        return _in_digits_of(self.tick_size, price)

    def qty_text(self, qty: Decimal) -> str:
        """The quantity on its step and without needless zeros, as Bybit writes it: 0.5 where the step is 0.001."""
        text = _in_digits_of(self.qty_step, qty)
        return text.rstrip("0").removesuffix(".") if "." in text else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruments:
    """The rules of every symbol of a category, by symbol."""

    category: Category
    items: tuple[Instrument, ...]
    as_of: Millis

    def find(self, symbol: Symbol) -> Instrument | None:
        """A symbol's rules, None if Bybit does not list it in this category."""
        place = bisect_left(self.items, symbol, key=lambda each: each.symbol)
        found = self.items[place : place + 1]
        return found[0] if found and found[0].symbol == symbol else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticker:
    """A symbol's prices now. `price_24h_change` is a fraction; mark, index and funding are None for spot."""

    category: Category
    symbol: Symbol
    last_price: Decimal
    mark_price: Decimal | None
    index_price: Decimal | None
    bid_price: Decimal | None
    ask_price: Decimal | None
    high_24h: Decimal | None
    low_24h: Decimal | None
    price_24h_change: Decimal | None
    volume_24h: Decimal | None
    turnover_24h: Decimal | None
    funding_rate: Decimal | None
    next_funding_ts: Millis | None
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBook:
    """The best levels, best first, each (price, size)."""

    category: Category
    symbol: Symbol
    bids: tuple[tuple[Decimal, Decimal], ...]
    asks: tuple[tuple[Decimal, Decimal], ...]
    as_of: Millis
    unreadable: int = 0  # levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Kline:
    """One candle; `start_ts` is its opening moment."""

    start_ts: Millis
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Klines:
    """Candles of one interval (Bybit's: 1 3 5 15 30 60 120 240 360 720 D W M), oldest first."""

    category: Category
    symbol: Symbol
    interval: str
    items: tuple[Kline, ...]
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingSettlement:
    """What a perpetual's longs paid its shorts at a moment: a fraction of the value, negative the other way."""

    symbol: Symbol
    rate: Decimal
    ts: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A symbol's line in /symbols: last price, change and turnover of 24 hours."""

    symbol: Symbol
    last_price: Decimal
    price_24h_change: Decimal | None
    turnover_24h: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketBoard:
    """Every trading symbol of a category, most turnover first."""

    category: Category
    items: tuple[Listing, ...]
    as_of: Millis
    unreadable: tuple[str, ...] = ()  # symbols

    @property
    def symbols(self) -> frozenset[str]:
        """What trades: of the unreadable, that they do is known."""
        return frozenset((*(item.symbol for item in self.items), *self.unreadable))


def _in_digits_of(step: Decimal, value: Decimal) -> str:
    """As many decimals as the step has. An average, which is finer, is rounded half to even; never to a multiple."""
    exponent = step.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{value:.{decimals}f}"
