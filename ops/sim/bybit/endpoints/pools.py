"""Insurance pools, deleveraging and deliveries. Source: Bybit v5 documentation, section Market."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from ops.sim.bybit import options
from ops.sim.bybit.clock import DAY, HOUR, MINUTE
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.listing import closed
from ops.sim.bybit.options import DEFAULT_COIN
from ops.sim.bybit.paging import page

_SHARED: Final = 15
"""Contracts in one shared pool; those with the widest limits have one of their own."""
_WIDEST: Final = 100
_BALANCE_KIND, _LOSS_KIND = 130, 131
_DELIVERING_HOURS: Final = range(8, 12)
_SETTLED_IN: Final = "USDC"


class _Pool(NamedTuple):
    coin: str
    symbols: tuple[str, ...]
    balance: float


def insurance(call: EndpointCall) -> Result:
    """market/insurance, as of the last midnight."""
    wanted, midnight = call.query.text("coin"), call.now - call.now % DAY
    rows = [
        {
            "coin": pool.coin,
            "symbols": ",".join(pool.symbols),
            "balance": f"{pool.balance:.8f}",
            "value": f"{pool.balance * float(call.world.market.dollars(pool.coin, midnight)):.8f}",
        }
        for pool in _pools(call)
        if wanted in {"", pool.coin}
    ]
    return {"updatedTime": str(midnight), "list": rows}


def adl_alert(call: EndpointCall) -> Result:
    """market/adlAlert: no pool is near its threshold."""
    wanted, minute = call.query.text("symbol"), call.now - call.now % MINUTE
    rows = [
        {
            "coin": pool.coin,
            "symbol": symbol,
            "balance": f"{pool.balance:.8f}",
            "maxBalance": "",
            "insurancePnlRatio": "-0.3",
            "pnlRatio": f"{-0.01 * abs(_drift(call, symbol, _LOSS_KIND, minute / (8 * HOUR))):.6f}",
            "adlTriggerThreshold": "10000",
            "adlStopRatio": "-0.25",
        }
        for pool in _pools(call)
        for symbol in pool.symbols
        if wanted in {"", symbol}
    ]
    if wanted and not rows:
        raise wrong_parameter("params error: symbol invalid")
    return {"updatedTime": str(minute), "list": rows}


def _pools(call: EndpointCall) -> Iterator[_Pool]:
    """By settle coin: one for each of the widest contracts, then the others fifteen to a pool."""
    by_coin: dict[str, list[Instrument]] = {}
    for category in ("linear", "inverse"):
        for one in call.world.market.listed(category).values():
            by_coin.setdefault(one.settle_coin, []).append(one)
    for coin, contracts in by_coin.items():
        own = [(one.symbol,) for one in contracts if _is_wide(one)]
        rest = [one.symbol for one in contracts if not _is_wide(one)]
        shared = [tuple(rest[first : first + _SHARED]) for first in range(0, len(rest), _SHARED)]
        dollars = float(call.world.market.dollars(coin, call.now - call.now % DAY))
        for symbols in (*own, *shared):
            worth = 5e6 * (1.2 + _drift(call, symbols[0], _BALANCE_KIND, call.now // DAY))
            yield _Pool(coin, symbols, worth / dollars)


def _is_wide(one: Instrument) -> bool:
    return float(one.max_leverage) >= _WIDEST


def _drift(call: EndpointCall, symbol: str, kind: int, at: float) -> float:
    market = call.world.market
    return market.drift(market.any_of(symbol, "linear", "inverse").coin, kind, at)


def delivery_price(call: EndpointCall) -> Result:
    """market/delivery-price: the index at the delivery; of options, without a symbol, from 08:00 to 12:00 UTC."""
    query = call.query
    category, symbol = query.category, query.text("symbol")
    found = _delivered_options(call) if category == "option" else _delivered_contracts(call)
    if symbol:
        found = [one for one in found if one.symbol == symbol]
    shown, cursor = page(found, query.cursor, query.limit, lambda one: one.symbol)
    return {"category": category, "list": [_delivery(call, one) for one in shown], "nextPageCursor": cursor}


def _delivered_contracts(call: EndpointCall) -> list[Instrument]:
    """Newest first; linear ones that settle in USDC unless asked otherwise."""
    query, market = call.query, call.world.market
    category = query.category
    known = {**closed(category, call.now), **market.listed(category)}
    found = [one for one in known.values() if one.is_dated and one.delivered <= call.now]
    if category == "linear" and not query.text("symbol"):
        settle = query.text("settleCoin", _SETTLED_IN)
        found = [one for one in found if one.settle_coin == settle]
    return sorted(found, key=lambda one: one.delivered, reverse=True)


def _delivered_options(call: EndpointCall) -> list[Instrument]:
    symbol = call.query.text("symbol")
    if symbol:
        one = options.once_listed(symbol)
        return [one] if one and one.delivered <= call.now else []
    if call.now % DAY // HOUR not in _DELIVERING_HOURS:
        return []
    base = call.query.text("baseCoin", DEFAULT_COIN)
    return [one for one in options.delivered(call.now) if one.base_coin == base]


def _delivery(call: EndpointCall, one: Instrument) -> dict[str, Any]:
    return {
        "symbol": one.symbol,
        "deliveryPrice": f"{call.world.market.index(one, one.delivered):.9f}",
        "deliveryTime": str(one.delivered),
    }
