"""Contracts whose size limits, tick or status were changed while they trade, as Bybit does on two days a month."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from functools import reduce

from ops.sim.bybit.faults import Fault
from ops.sim.bybit.grids import Grid
from ops.sim.bybit.instruments import Instrument

Listed = dict[str, Instrument]


class ChangedLimits:
    """What is listed, with the orders for `limits_changed` that stand worked into it."""

    def __init__(self, orders: Callable[[], tuple[Fault, ...]]) -> None:
        self._orders = orders
        self._seen: tuple[Fault, ...] = ()
        self._changes = 0
        self._kept: dict[str, tuple[tuple[int, ...], Listed, Listed]] = {}
        """By category: the orders' ids, what they were worked into, and what came of it."""

    @property
    def version(self) -> int:
        """Grows whenever the orders that stand are others."""
        orders = self._orders()
        if orders is not self._seen:
            self._seen, self._changes = orders, self._changes + 1
        return self._changes

    def of(self, category: str, listed: Listed, now: int) -> Listed:
        """The same contracts, the changed ones anew; each stays the same object while nothing changes."""
        standing = [fault for fault in self._orders() if fault.until is None or now < fault.until]
        if not standing or category not in {"linear", "inverse"}:
            return listed
        ids = tuple(fault.id for fault in standing)
        kept = self._kept.get(category)
        if kept is None or kept[0] != ids or kept[1] is not listed:
            changed = {symbol: _changed(one, standing) for symbol, one in listed.items()}
            kept = self._kept[category] = (ids, listed, changed)
        return kept[2]


def _changed(one: Instrument, orders: Iterable[Fault]) -> Instrument:
    return reduce(_with, (each for each in orders if each.symbol in {"", one.symbol}), one)


def _with(one: Instrument, order: Fault) -> Instrument:
    """The contract after one order: its row says the same as its fields."""
    price = Grid(order.tick) if order.tick else one.price
    most, most_market = (_scaled(one, each, order.share) for each in (one.max_qty, one.max_market_qty))
    row = deepcopy(one.row)
    row["status"] = order.status or one.status
    row["priceFilter"]["tickSize"] = price.text(1)
    row["lotSizeFilter"] |= {
        "maxOrderQty": one.qty.write(most),
        "postOnlyMaxOrderQty": one.qty.write(most),
        "maxMktOrderQty": one.qty.write(most_market),
    }
    return replace(
        one, price=price, max_qty=most, max_market_qty=most_market, status=order.status or one.status, row=row
    )


def _scaled(one: Instrument, qty: Decimal, share: Decimal) -> Decimal:
    """At least the smallest order."""
    return max(one.min_qty, one.qty.decimal(one.qty.down(qty * share)))
