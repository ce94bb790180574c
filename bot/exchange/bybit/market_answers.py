"""What Bybit answers about its markets, as the domain's values. Raises ExchangeDown for what can't be read.

Field names and meanings: Bybit v5 documentation, "Get Instruments Info", "Get Tickers", "Get Orderbook", "Get Kline".
"""

import re
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category, Instrument, Kline, Klines, Listing, MarketBoard, OrderBook, Ticker
from bot.exchange.bybit.fields import (
    Fields,
    array,
    decimal_of,
    level,
    moment,
    moment_or_none,
    money,
    money_or_none,
    money_or_zero,
    part,
    part_or_empty,
    rows,
    symbol_of,
    text,
    unreadable,
)

_TYPED: Final = re.compile(r"[A-Z0-9]{2,30}").fullmatch
_LINEAR_QUOTE: Final = "USDT"
_LEVEL_PARTS: Final = 2  # price, size
_KLINE_PARTS: Final = 6  # start, open, high, low, close, volume; turnover follows


def instrument(result: Fields, category: Category, symbol: Symbol) -> Instrument | None:
    """The symbol's rules, None if the answer does not have it."""
    row = next((row for row in rows(result) if row.get("symbol") == symbol), None)
    if row is None:
        return None
    lot, price = part(row, "lotSizeFilter"), part(row, "priceFilter")
    max_qty = money_or_none(lot, "maxLimitOrderQty") or money(lot, "maxOrderQty")
    max_market_qty = money_or_none(lot, "maxMktOrderQty") or money_or_none(lot, "maxMarketOrderQty")
    return Instrument(
        category=category,
        symbol=symbol,
        status=text(row, "status"),
        base_coin=text(row, "baseCoin"),
        quote_coin=text(row, "quoteCoin"),
        tick_size=money(price, "tickSize"),
        qty_step=money_or_none(lot, "qtyStep") or money(lot, "basePrecision"),
        min_order_qty=money(lot, "minOrderQty"),
        max_order_qty=max_qty,
        max_market_order_qty=max_market_qty or max_qty,
        min_notional=money_or_none(lot, "minNotionalValue") or money_or_zero(lot, "minOrderAmt"),
        max_leverage=level(part_or_empty(row, "leverageFilter"), "maxLeverage"),
    )


def ticker(result: Fields, category: Category, symbol: Symbol, as_of: Millis) -> Ticker:
    row = next((row for row in rows(result) if row.get("symbol") == symbol), None)
    if row is None:
        raise unreadable("list", "the ticker of that symbol")
    return Ticker(
        category=category,
        symbol=symbol,
        last_price=money(row, "lastPrice"),
        mark_price=money_or_none(row, "markPrice"),
        index_price=money_or_none(row, "indexPrice"),
        bid_price=level(row, "bid1Price"),
        ask_price=level(row, "ask1Price"),
        high_24h=money(row, "highPrice24h"),
        low_24h=money(row, "lowPrice24h"),
        price_24h_change=money(row, "price24hPcnt"),
        volume_24h=money(row, "volume24h"),
        turnover_24h=money(row, "turnover24h"),
        funding_rate=money_or_none(row, "fundingRate"),
        next_funding_ts=moment_or_none(row, "nextFundingTime"),
        as_of=as_of,
    )


def board(result: Fields, category: Category, as_of: Millis) -> MarketBoard:
    """Every symbol that can be traded here (perpetuals in USDT; spot), most turnover first."""
    items = [_listing(row) for row in rows(result) if _is_served(row, category)]
    return MarketBoard(
        category=category,
        items=tuple(sorted(items, key=lambda item: (-item.turnover_24h, item.symbol))),
        as_of=as_of,
    )


def _is_served(row: Fields, category: Category) -> bool:
    """Not dated futures, contracts in USDC, or symbols that have no price yet."""
    symbol = symbol_of(row)
    has_quote = category is not Category.LINEAR or symbol.endswith(_LINEAR_QUOTE)
    return _TYPED(symbol) is not None and has_quote and level(row, "lastPrice") is not None


def _listing(row: Fields) -> Listing:
    return Listing(
        symbol=symbol_of(row),
        last_price=money(row, "lastPrice"),
        price_24h_change=money_or_zero(row, "price24hPcnt"),
        turnover_24h=money_or_zero(row, "turnover24h"),
    )


def order_book(result: Fields, category: Category, symbol: Symbol, as_of: Millis) -> OrderBook:
    if text(result, "s") != symbol:
        raise unreadable("s", "the symbol that was asked for")
    bids = sorted(_levels(result, "b"), reverse=True)
    asks = sorted(_levels(result, "a"))
    return OrderBook(category=category, symbol=symbol, bids=tuple(bids), asks=tuple(asks), as_of=as_of)


def _levels(result: Fields, name: str) -> list[tuple[Decimal, Decimal]]:
    levels = []
    for entry in array(result, name):
        if not isinstance(entry, list) or len(entry) < _LEVEL_PARTS:
            raise unreadable(name, "a list of levels")
        levels.append((decimal_of(entry[0], name), decimal_of(entry[1], name)))
    return levels


def klines(result: Fields, category: Category, symbol: Symbol, interval: str, as_of: Millis) -> Klines:
    """Candles, oldest first (Bybit gives the newest first)."""
    candles = sorted((_kline(entry) for entry in array(result, "list")), key=lambda candle: candle.start_ts)
    return Klines(category=category, symbol=symbol, interval=interval, items=tuple(candles), as_of=as_of)


def _kline(entry: object) -> Kline:
    if not isinstance(entry, list) or len(entry) < _KLINE_PARTS:
        raise unreadable("list", "a list of candles")
    start, *numbers = entry
    opened, high, low, close, volume = (decimal_of(number, "candle") for number in numbers[: _KLINE_PARTS - 1])
    return Kline(
        start_ts=moment({"start": start}, "start"), open=opened, high=high, low=low, close=close, volume=volume
    )
