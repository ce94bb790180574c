"""Orders and fills. Source: Bybit v5 documentation, section Trade."""

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final, TypeVar

from ops.sim.bybit import rows
from ops.sim.bybit.accounts import OPEN_STATUSES, WITHOUT_FILL_STATUSES, Account, Execution, Order
from ops.sim.bybit.clock import DAY, WEEK
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import NOT_FINAL, refused, wrong_parameter
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.paging import page
from ops.sim.bybit.readings import has_short_page
from ops.sim.bybit.spot_requests import HOLDING, SPOT

_RECENT: Final = 500
"""Closed orders that order/realtime still knows."""

Traded = TypeVar("Traded", Order, Execution)


def realtime(call: EndpointCall) -> Result:
    """order/realtime: open orders, or with openOnly=1 (inverse: 2) the last closed ones; by id any of both."""
    query, account = call.query, call.owner
    by_id = _id_filter(call)
    if by_id is not None:
        recent = [*account.orders.values(), *_recent(call)]
        found = [order for order in recent if order.category == query.category and by_id(order)]
    else:
        _require_scope(call)
        closed = query.text("openOnly", "0") != "0"
        source = _recent(call) if closed else list(account.orders.values())
        found = [order for order in scoped(call, source) if _matches(order, query.text("orderFilter"))]
    return _orders(call, found)


def _recent(call: EndpointCall) -> list[Order]:
    """The category's last closed orders, those since the exchange was started: Bybit's own service forgets, too."""
    account, category = call.owner, call.query.category
    known = (order for order in reversed(account.history) if order.category == category)
    return list(islice((order for order in known if order.updated_at >= account.loaded_at), _RECENT))[::-1]


def _require_scope(call: EndpointCall) -> None:
    query = call.query
    if query.category == "linear" and not any(query.text(name) for name in ("symbol", "settleCoin", "baseCoin")):
        raise wrong_parameter("Missing some parameters that must be filled in, symbol or settleCoin or baseCoin")


def history(call: EndpointCall) -> Result:
    """order/history: closed orders of the last seven days unless asked otherwise.

    Orders that ended without a fill are forgotten: live after a day, demo after seven; everything demo after seven.
    """
    query, account = call.query, call.owner
    first, last = query.window(WEEK, call.now)
    status = query.text("orderStatus")
    if status in OPEN_STATUSES:
        raise refused(NOT_FINAL)
    kept = [order for order in account.history if not _is_forgotten(account, order, call.now)]
    by_id = _id_filter(call)
    if by_id is not None:
        found = [order for order in kept if order.category == query.category and by_id(order)]
    else:
        found = [
            order
            for order in scoped(call, kept)
            if first <= order.created_at <= last
            and status in {"", order.status}
            and _matches(order, query.text("orderFilter"))
        ]
    return _orders(call, found)


def _is_forgotten(account: Account, order: Order, now: int) -> bool:
    age = now - order.updated_at
    if account.environment == "demo":
        return age > WEEK
    return order.status in WITHOUT_FILL_STATUSES and not order.filled and age > DAY


def _orders(call: EndpointCall, found: list[Order]) -> Result:
    query, market = call.query, call.world.market
    found.sort(key=lambda order: order.created_at, reverse=True)
    short = has_short_page(call.owner)
    shown, cursor = page(found, query.cursor, query.limit, lambda order: order.order_id, is_short=short)
    return {
        "category": query.category,
        "nextPageCursor": cursor,
        "list": [rows.order(market, order) for order in shown],
    }


def _matches(order: Order, order_filter: str) -> bool:
    """orderFilter: Order are active ones, StopOrder conditional ones; those of spot that hold coins have own kinds."""
    if order.category == SPOT and order.stop_order_type in HOLDING:
        kind = order.stop_order_type
    else:
        kind = "StopOrder" if order.stop_order_type not in {"", "UNKNOWN"} else "Order"
    return order_filter in {"", kind}


def _id_filter(call: EndpointCall) -> Callable[[Order | Execution], bool] | None:
    """By orderId, or else by orderLinkId; None if neither is given."""
    order_id, link_id = call.query.text("orderId"), call.query.text("orderLinkId")
    if order_id:
        return lambda one: one.order_id == order_id
    if link_id:
        return lambda one: one.link_id == link_id
    return None


def scoped(call: EndpointCall, items: Iterable[Traded]) -> list[Traded]:
    """Those of the category, symbol, base coin and settle coin asked for."""
    query, market = call.query, call.world.market
    symbol = call.instrument().symbol if query.text("symbol") else ""
    base, settle = query.text("baseCoin"), query.text("settleCoin")
    found = [item for item in items if item.category == query.category and symbol in {"", item.symbol}]
    if symbol or not (base or settle):
        return found
    return [item for item in found if _has_coins(market.any_of(item.symbol, item.category), base, settle)]


def _has_coins(one: Instrument, base: str, settle: str) -> bool:
    return base in {"", one.base_coin} and settle in {"", one.settle_coin}


def executions(call: EndpointCall) -> Result:
    """execution/list: fills of the last seven days unless asked otherwise, newest first; by id of any time."""
    query, account = call.query, call.owner
    first, last = query.window(WEEK, call.now)
    by_id = _id_filter(call)
    newest_first = list(reversed(account.executions))
    if by_id is not None:
        found = [fill for fill in newest_first if fill.category == query.category and by_id(fill)]
    else:
        kind = query.text("execType")
        found = [
            fill for fill in scoped(call, newest_first) if first <= fill.at <= last and kind in {"", fill.exec_type}
        ]
    short = has_short_page(account)
    shown, cursor = page(found, query.cursor, query.limit, lambda fill: fill.exec_id, is_short=short)
    return {
        "category": query.category,
        "list": [rows.execution(fill) for fill in shown],
        "nextPageCursor": cursor,
    }
