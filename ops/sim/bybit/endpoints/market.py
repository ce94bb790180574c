"""Public market data. Source: Bybit v5 documentation, section Market."""

from typing import Any, Final

from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import BybitError, wrong_parameter
from ops.sim.bybit.grids import plain
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.listing import closed
from ops.sim.bybit.market import FUNDING_MS
from ops.sim.bybit.options import DEFAULT_COIN
from ops.sim.bybit.paging import page

_BOOK_DEFAULT: Final = {"spot": 1, "linear": 25, "inverse": 25, "option": 1}
_OPTION_BOOK: Final = 25
_SPOT_TRADES: Final = 60
_TRADES: Final = 500
_RISK_SYMBOLS: Final = 15
"""Symbols on a page of risk-limit."""
_NANOS: Final = 1_000_000


def time(call: EndpointCall) -> Result:
    """market/time."""
    return {"timeSecond": str(call.now // 1000), "timeNano": str(call.now * _NANOS)}


def instruments(call: EndpointCall) -> Result:
    """market/instruments-info: spot in one page, the others by cursor in the order of the symbols."""
    category, query = call.query.category, call.query
    found = _by_symbol(call) if query.text("symbol") else _by_filters(call)
    if kind := query.text("symbolType"):
        found = [one for one in found if one.row.get("symbolType") == kind]
    if category == "spot":
        return {"category": category, "list": [one.row for one in found]}
    shown, cursor = page(found, query.cursor, query.limit, lambda one: one.symbol)
    return {"category": category, "list": [one.row for one in shown], "nextPageCursor": cursor}


def _by_symbol(call: EndpointCall) -> list[Instrument]:
    """One instrument; contracts that are not listed are refused, spot and options give nothing."""
    category, symbol = call.query.category, call.query.text("symbol")
    found = call.world.market.find(category, symbol)
    if found is None:
        found = closed(category, call.now).get(symbol)
    if found is None and category in {"linear", "inverse"}:
        nothing = {"category": "", "list": [], "nextPageCursor": ""}
        raise wrong_parameter("params error: symbol invalid", nothing)
    status = call.query.text("status")
    return [found] if found and status in {"", found.row["status"]} else []


def _by_filters(call: EndpointCall) -> list[Instrument]:
    """By status and base coin; a base coin asks for its linear and inverse contracts alike, as Bybit says."""
    query, market = call.query, call.world.market
    category, base = query.category, query.text("baseCoin")
    status = query.text("status", "Trading")
    if category == "option":
        listed = [one for one in market.listed("option").values() if one.base_coin == (base or DEFAULT_COIN)]
    elif category == "spot" or not base:
        listed = list(market.listed(category).values())
    else:
        both = {**market.listed("linear"), **market.listed("inverse")}
        listed = [one for one in both.values() if one.base_coin == base]
    listed += [one for one in closed(category, call.now).values() if base in {"", one.base_coin}]
    return [one for one in listed if one.row["status"] == status]


def tickers(call: EndpointCall) -> Result:
    """market/tickers."""
    query, market = call.query, call.world.market
    category, symbol, base = query.category, query.text("symbol"), query.text("baseCoin")
    if symbol:
        found = market.find(category, symbol)
        if found is None:
            raise _no_ticker(category)
        chosen = [found]
    elif category == "option" and not base:
        raise wrong_parameter("params error: symbol or baseCoin must be passed")
    else:
        chosen = list(market.listed(category).values())
    if category == "option" and not symbol:
        day = query.text("expDate")
        chosen = [one for one in chosen if one.base_coin == base and (not day or f"-{day}-" in one.symbol)]
    return {"category": category, "list": [call.world.tickers.row(one, call.now) for one in chosen]}


def _no_ticker(category: str) -> BybitError:
    text = "Not supported symbols" if category == "spot" else "params error: symbol invalid"
    return wrong_parameter(text, {"category": "", "list": []})


def orderbook(call: EndpointCall) -> Result:
    """market/orderbook."""
    category = call.query.category
    depth = call.query.limit or _BOOK_DEFAULT[category]
    if category == "option" and depth > _OPTION_BOOK:
        raise wrong_parameter("params error: limit invalid")
    one = call.instrument()
    bids, asks = call.world.books.sides(one, call.now, depth)
    update = call.world.books.update(one, call.now)
    return {
        "s": one.symbol,
        "b": bids,
        "a": asks,
        "ts": call.now,
        "u": update.u,
        "seq": update.seq,
        "cts": update.at,
    }


def recent_trades(call: EndpointCall) -> Result:
    """market/recent-trade."""
    query = call.query
    category, limit = query.category, query.limit
    if category == "spot":
        limit = min(limit or _SPOT_TRADES, _SPOT_TRADES)
    rows: list[dict[str, Any]]
    if category == "option" and not query.text("symbol"):
        rows = _option_trades(call, limit or _TRADES)
    else:
        rows = call.world.books.trades(call.instrument(), call.now, limit or _TRADES)
    return {"category": category, "list": rows}


def _option_trades(call: EndpointCall, limit: int) -> list[dict[str, Any]]:
    """The last trade of each option of a base coin, newest first."""
    base, kind = call.query.text("baseCoin", DEFAULT_COIN), call.query.text("optionType")
    rows = [
        call.world.books.trades(one, call.now, 1)[0]
        for one in call.world.market.listed("option").values()
        if one.base_coin == base and kind in {"", one.row["optionsType"]}
    ]
    return sorted(rows, key=lambda row: str(row["time"]), reverse=True)[:limit]


def funding_history(call: EndpointCall) -> Result:
    """market/funding/history, newest first."""
    query = call.query
    start, end = query.number("startTime"), query.number("endTime")
    if start is not None and end is None:
        raise wrong_parameter("Parameter startTime and endTime are both needed")
    one = call.instrument()
    if one.is_dated:
        return {"category": one.category, "list": []}
    last = min(call.now, call.now if end is None else end) // FUNDING_MS
    first = -(-max(start or 0, one.launched) // FUNDING_MS)
    settled = range(last, max(first - 1, last - query.limit), -1)
    rows = [
        {
            "symbol": one.symbol,
            "fundingRate": f"{call.world.market.funding_rate(one, number * FUNDING_MS):f}",
            "fundingRateTimestamp": str(number * FUNDING_MS),
        }
        for number in settled
    ]
    return {"category": one.category, "list": rows}


def risk_limits(call: EndpointCall) -> Result:
    """market/risk-limit: linear contracts without a symbol come fifteen to a page."""
    query = call.query
    category, cursor = query.category, ""
    if query.text("symbol"):
        chosen = [call.instrument()]
    else:
        chosen = list(call.world.market.listed(category).values())
        if category == "linear":
            shown, cursor = page(chosen, query.cursor, _RISK_SYMBOLS, lambda one: one.symbol)
            chosen = list(shown)
    rows = [row for one in chosen for row in _tiers(one)]
    return {"category": category, "list": rows, "nextPageCursor": cursor}


def _tiers(one: Instrument) -> list[dict[str, Any]]:
    return [
        {
            "id": one.first_risk_id + place,
            "symbol": one.symbol,
            "riskLimitValue": plain(tier.limit),
            "maintenanceMargin": plain(tier.maintenance),
            "initialMargin": plain(tier.initial),
            "isLowestRisk": int(place == 0),
            "maxLeverage": tier.written_leverage,
            "mmDeduction": plain(tier.deduction) if tier.deduction else "",
        }
        for place, tier in enumerate(one.tiers)
    ]


def price_limit(call: EndpointCall) -> Result:
    """market/price-limit: how far from the mark a limit price may lie."""
    one = call.instrument()
    mark = call.world.market.mark_price(one, call.now)
    return {
        "symbol": one.symbol,
        "buyLmt": one.price.write(one.price.round(mark * (1 + one.price_limit))),
        "sellLmt": one.price.write(one.price.round(mark * (1 - one.price_limit))),
        "ts": str(call.now),
    }
