"""Candles of traded, mark and index prices and of the premium. Source: Bybit v5 documentation, section Market."""

from collections.abc import Iterator

from ops.sim.bybit import klines
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.klines import Interval, Span

_MARK_PART, _INDEX_PART = 0.5, 1.0
_PREMIUM_DIGITS, _OPTION_DIGITS = 6, 8


def kline(call: EndpointCall) -> Result:
    """market/kline."""
    one, spans = _asked(call)
    return _answer(one, klines.rows(call.world.market, one, spans))


def mark_kline(call: EndpointCall) -> Result:
    """market/mark-price-kline; the running candle closes at the mark price."""
    one, spans = _asked(call)
    market = call.world.market
    if one.category != "option":
        return _answer(one, klines.shifted_rows(market, one, spans, _MARK_PART, one.price_text))
    worth = klines.sampled_rows(spans, call.now, lambda at: market.greeks(one, at).value, _OPTION_DIGITS)
    return _answer(one, worth)


def index_kline(call: EndpointCall) -> Result:
    """market/index-price-kline."""
    one, spans = _asked(call)
    return _answer(one, klines.shifted_rows(call.world.market, one, spans, _INDEX_PART, one.index_text))


def premium_kline(call: EndpointCall) -> Result:
    """market/premium-index-price-kline: how far the last price lies above the index, as a share of it."""
    one, spans = _asked(call)
    if one.is_dated:
        raise wrong_parameter("Not supported symbols")
    market = call.world.market
    return _answer(one, klines.sampled_rows(spans, call.now, lambda at: market.basis(one, at), _PREMIUM_DIGITS))


def _asked(call: EndpointCall) -> tuple[Instrument, Iterator[Span]]:
    """The instrument, and the candles asked for, newest first. Raises BybitError 10001."""
    query = call.query
    one = call.world.market.find(query.category, query.text("symbol"))
    if one is None:
        raise wrong_parameter("Not supported symbols")
    start, end = query.number("start"), query.number("end")
    if start is not None and end is not None and start > end:
        raise wrong_parameter("params error: start invalid")
    interval = Interval(query.text("interval"))
    earliest = None if start is None else max(start, one.launched)
    numbers = klines.window(interval, earliest, end, query.limit, one.moment(call.now))
    return one, klines.spans(one, interval, numbers, call.now)


def _answer(one: Instrument, rows: Iterator[list[str]]) -> Result:
    return {"category": one.category, "symbol": one.symbol, "list": list(rows)}
