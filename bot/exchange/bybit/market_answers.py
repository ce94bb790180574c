"""What Bybit answers about its markets, as the domain's values. Raises ExchangeUnreadable for what can't be read.

Field names and meanings: Bybit v5 documentation, "Get Instruments Info", "Get Tickers", "Get Orderbook", "Get Kline",
"Get Risk Limit", "Get Mark Price Kline", "Get Funding Rate History".
"""

import re
from decimal import Decimal
from functools import partial
from typing import Final

from bot.domain.ids import Millis, Symbol
from bot.domain.market import (
    Category,
    FundingSettlement,
    Instrument,
    Kline,
    Klines,
    Listing,
    MarketBoard,
    OrderBook,
    Ticker,
)
from bot.domain.risk_tiers import RiskTier, RiskTiers
from bot.exchange.bybit.answer import Answer, Row
from bot.exchange.bybit.fields import (
    Fields,
    amount,
    amount_or_none,
    array,
    decimal_of,
    moment,
    money,
    positive,
    symbol_of,
    text,
    unreadable,
)

_TYPED: Final = re.compile(r"[A-Z0-9]{2,30}").fullmatch
_LINEAR_QUOTE: Final = "USDT"
_NO_PRICE: Final = ("", "0", None)  # of a symbol that was not traded yet
_LEVEL_PARTS: Final = 2  # price, size
_KLINE_PARTS: Final = 6  # start, open, high, low, close, volume; turnover follows
_MARK_KLINE_PARTS: Final = 5  # a mark price has no volume


def instrument(answer: Answer, category: Category, symbol: Symbol) -> Instrument | None:
    """The symbol's rules, None if the answer does not have it."""
    row = answer.object_of(symbol)
    return None if row is None else _instrument(row, category)


def instruments(answer: Answer, category: Category) -> list[Instrument]:
    """The rules of every symbol. Those that can't be read are left out: their numbers stand as Bybit writes them."""
    items, _ = answer.each(array(answer.fields, "list"), lambda row: _instrument(row, category))
    return items


def _instrument(row: Row, category: Category) -> Instrument:
    lot, price, risk = row.part("lotSizeFilter"), row.part("priceFilter"), row.part("riskParameters")
    max_qty = lot.maybe(money, "maxLimitOrderQty") or lot.maybe(money, "maxOrderQty")
    max_market_qty = lot.maybe(money, "maxMktOrderQty") or lot.maybe(money, "maxMarketOrderQty")
    return Instrument(
        category=category,
        symbol=symbol_of(row.fields),
        status=row.maybe(text, "status") or "",
        base_coin=row.maybe(text, "baseCoin") or "",
        quote_coin=row.maybe(text, "quoteCoin") or "",
        tick_size=positive(price.fields, "tickSize"),
        qty_step=positive(lot.fields, "qtyStep" if category is Category.LINEAR else "basePrecision"),
        min_order_qty=lot.maybe(money, "minOrderQty"),
        max_order_qty=max_qty,
        max_market_order_qty=max_market_qty or max_qty,
        min_notional=lot.maybe(money, "minNotionalValue") or lot.maybe(money, "minOrderAmt"),
        max_leverage=row.part("leverageFilter").maybe(amount_or_none, "maxLeverage"),
        price_limit_near=risk.maybe(amount_or_none, "priceLimitRatioX"),
        price_limit_far=risk.maybe(amount_or_none, "priceLimitRatioY"),
    )


def ticker(answer: Answer, category: Category, symbol: Symbol, as_of: Millis) -> Ticker:
    """Raises ExchangeUnreadable for an answer without that symbol, or without its last price."""
    row = answer.object_of(symbol)
    if row is None:
        raise unreadable("list", "the ticker of that symbol")
    return Ticker(
        category=category,
        symbol=symbol,
        last_price=positive(row.fields, "lastPrice"),
        mark_price=row.maybe(amount_or_none, "markPrice"),
        index_price=row.maybe(amount_or_none, "indexPrice"),
        bid_price=row.maybe(amount_or_none, "bid1Price"),
        ask_price=row.maybe(amount_or_none, "ask1Price"),
        high_24h=row.maybe(amount_or_none, "highPrice24h"),
        low_24h=row.maybe(amount_or_none, "lowPrice24h"),
        price_24h_change=row.maybe(money, "price24hPcnt"),
        volume_24h=row.maybe(money, "volume24h"),
        turnover_24h=row.maybe(money, "turnover24h"),
        funding_rate=row.maybe(money, "fundingRate"),
        next_funding_ts=row.maybe(moment, "nextFundingTime") or None,
        as_of=as_of,
    )


def board(answer: Answer, category: Category, as_of: Millis) -> MarketBoard:
    """Every symbol that can be traded here (perpetuals in USDT; spot), most turnover first."""
    items, lost = answer.each(array(answer.fields, "list"), lambda row: _listing(row, category))
    return MarketBoard(
        category=category,
        items=tuple(sorted(items, key=lambda item: (-(item.turnover_24h or 0), item.symbol))),
        as_of=as_of,
        unreadable=lost,
    )


def _listing(row: Row, category: Category) -> Listing | None:
    """None for dated futures, contracts in USDC, and symbols that have no price yet."""
    symbol = symbol_of(row.fields)
    has_quote = category is not Category.LINEAR or symbol.endswith(_LINEAR_QUOTE)
    if _TYPED(symbol) is None or not has_quote or row.fields.get("lastPrice") in _NO_PRICE:
        return None
    return Listing(
        symbol=symbol,
        last_price=positive(row.fields, "lastPrice"),
        price_24h_change=row.maybe(money, "price24hPcnt"),
        turnover_24h=row.maybe(money, "turnover24h"),
    )


def order_book(answer: Answer, category: Category, symbol: Symbol, as_of: Millis) -> OrderBook:
    """Raises ExchangeUnreadable for the order book of another symbol."""
    if text(answer.fields, "s") != symbol:
        raise unreadable("s", "the symbol that was asked for")
    asked = {name: array(answer.fields, name) for name in ("b", "a")}
    bids, asks = (answer.values(levels, partial(_level, name)) for name, levels in asked.items())
    return OrderBook(
        category=category,
        symbol=symbol,
        bids=tuple(sorted(bids, reverse=True)),
        asks=tuple(sorted(asks)),
        as_of=as_of,
        unreadable=sum(map(len, asked.values())) - len(bids) - len(asks),
    )


def _level(name: str, entry: object) -> tuple[Decimal, Decimal]:
    if not isinstance(entry, list) or len(entry) < _LEVEL_PARTS:
        raise unreadable(name, "a list of levels")
    price, size = decimal_of(entry[0], name), decimal_of(entry[1], name)
    if price <= 0 or size <= 0:
        raise unreadable(name, "levels above zero")
    return price, size


def risk_tiers(answer: Answer, symbol: Symbol, as_of: Millis) -> RiskTiers:
    """Raises ExchangeUnreadable where a step of the symbol can't be read: a gap between two steps would be none."""
    found = [_tier(row.fields) for row in map(answer.row, answer.objects()) if symbol_of(row.fields) == symbol]
    if not found:
        raise unreadable("list", "the steps of that symbol")
    return RiskTiers(symbol=symbol, items=tuple(sorted(found, key=lambda tier: tier.limit)), as_of=as_of)


def _tier(fields: Fields) -> RiskTier:
    return RiskTier(
        limit=positive(fields, "riskLimitValue"),
        maintenance=amount(fields, "maintenanceMargin"),
        max_leverage=positive(fields, "maxLeverage"),
        deduction=amount(fields, "mmDeduction") if fields.get("mmDeduction") else Decimal(0),
    )


def klines(answer: Answer, category: Category, symbol: Symbol, interval: str, as_of: Millis) -> Klines:
    """Candles, oldest first (Bybit gives the newest first), without those that can't be read."""
    candles = answer.values(array(answer.fields, "list"), _kline)
    items = tuple(sorted(candles, key=lambda candle: candle.start_ts))
    return Klines(category=category, symbol=symbol, interval=interval, items=items, as_of=as_of)


def _kline(entry: object) -> Kline:
    if not isinstance(entry, list) or len(entry) < _MARK_KLINE_PARTS:
        raise unreadable("list", "a list of candles")
    start, *numbers = entry if len(entry) > _MARK_KLINE_PARTS else (*entry, "0")
    opened, high, low, close, volume = (decimal_of(number, "candle") for number in numbers[: _KLINE_PARTS - 1])
    return Kline(
        start_ts=moment({"start": start}, "start"), open=opened, high=high, low=low, close=close, volume=volume
    )


def fundings(answer: Answer, *, symbol: Symbol) -> tuple[FundingSettlement, ...]:
    """Settlements, oldest first (Bybit gives the newest first)."""
    found = [
        FundingSettlement(
            symbol=symbol,
            rate=money(row.fields, "fundingRate"),
            ts=moment(row.fields, "fundingRateTimestamp"),
        )
        for row in map(answer.row, answer.objects())
    ]
    return tuple(sorted(found, key=lambda each: each.ts))
