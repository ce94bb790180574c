"""What private streams say of a change, in the order in which it is said."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from ops.sim.bybit import wire_rows
from ops.sim.bybit.account_news import AccountNews
from ops.sim.bybit.accounts import Account, Order
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.margins import assess
from ops.sim.bybit.off_engine import Applied

if TYPE_CHECKING:
    from ops.sim.bybit.world import World  # it holds the trading

_NEVER_RESTED: Final = frozenset({"Cancelled", "Rejected", "Deactivated"})
"""How an order ends that the book had nothing for, unless something was filled."""
_FIRST: Final = frozenset({"New", "Untriggered"})
_BEFORE_ANY_FILL: Final[dict[str, Any]] = {
    "filled": ZERO,
    "filled_value": ZERO,
    "fee": ZERO,
    "closed_pnl": ZERO,
    "cancel_type": "UNKNOWN",
    "reject_reason": "EC_NoError",
}


def tell(world: "World", account: Account, done: Applied) -> None:
    """Publish a change: orders on their way, fills, orders as they are now, legs, then the wallet.

    The position stream says something on every event of an order, changed or not, as Bybit's does.
    """
    at, market = world.now(), world.market
    if not done:
        return

    def publish(topic: str, items: Iterable[tuple[str, dict[str, Any]]]) -> None:
        by_category: dict[str, list[dict[str, Any]]] = {}
        for category, row in items:
            by_category.setdefault(category, []).append(row)
        for category, found in by_category.items():
            world.publish(AccountNews(uid=account.uid, topic=topic, category=category, rows=tuple(found), at=at))

    orders = [each for each in done.orders if not (each[1].skips_new and each[1].status in _FIRST)]
    before = [early for status, order in orders if not order.skips_new for early in _on_the_way(status, order)]
    publish("order", [(each.category, wire_rows.order(market, each)) for each in before])
    publish("execution", [(fill.category, wire_rows.execution(fill)) for fill in done.fills])
    publish("order", [(order.category, wire_rows.order(market, order)) for _, order in orders])
    worth = assess(account, market, at)
    publish("position", [(leg.category, wire_rows.position(account, market, leg, worth, at)) for leg in done.legs])
    if done.money:
        publish("wallet", [("", wire_rows.wallet(account, worth))])


def _on_the_way(status: str, order: Order) -> list[Order]:
    """The states that an order went through until the one that it has now."""
    if status == "Untriggered" and order.status not in {"Untriggered", "Deactivated"}:
        states = ["Triggered", *(["New"] if _rested(order) else [])]
    elif not status and order.status not in {"New", "Untriggered"} and _rested(order):
        states = ["New"]
    else:
        states = []
    return [replace(order, status=each, **_BEFORE_ANY_FILL) for each in states]


def _rested(order: Order) -> bool:
    """Whether it was in the book before it came to what it is now."""
    return order.status != "New" and (bool(order.filled) or order.status not in _NEVER_RESTED)
