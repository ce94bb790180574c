"""What clients do with spot orders: place, change, take back. And what prices do with those that rest.

Source: Bybit v5 documentation, section Trade; the account lends nothing, so that isLeverage is 0.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from ops.sim.bybit.accounts import Account, Order
from ops.sim.bybit.errors import refused, wrong_parameter
from ops.sim.bybit.facts import MOST_SPOT_ORDERS
from ops.sim.bybit.fields import number_of
from ops.sim.bybit.margins import assess
from ops.sim.bybit.spot_matching import SpotWork, execute, free, match, need, trigger
from ops.sim.bybit.spot_requests import CONDITIONAL, HOLDING, SPOT, Texts, check_size, limited, read

_UNCHANGED: Final = "The order remains unchanged as the parameters entered match the existing ones."


def create(work: SpotWork, text: Texts, *, order_id: str = "") -> Order:
    """Take an order on and fill what the book allows. Raises BybitError, with the account as it was.

    `order_id`: the id that was promised for it.
    """
    order = read(text, work.market, work.at, moves_price=work.account.moves_spot_price)
    order.order_id = order_id
    _check_link_id(work.account, order.link_id)
    _check_room(work.account, order)
    if order.stop_order_type != CONDITIONAL:
        _check_money(work, order)
    work.add(order)
    if order.status != "Untriggered":
        execute(work, order)
    return order


def amend(work: SpotWork, text: Texts) -> Order:
    """Change an open order; what then crosses the book is filled. Raises BybitError, with the account as it was."""
    order = wanted(work.account, text)
    new = replace(
        order,
        qty=_given(text, "qty", order.qty),
        price=_given(text, "price", order.price),
        trigger_price=_given(text, "triggerPrice", order.trigger_price),
    )
    if new == order:
        raise wrong_parameter(_UNCHANGED)
    if new.qty <= new.filled:
        raise refused(170313)
    one = work.market.any_of(order.symbol, SPOT)
    new.price = limited(one, new, work.market, work.at, moves_price=work.account.moves_spot_price)
    check_size(one, new, work.market.last_price(one, work.at))
    if new.stop_order_type != CONDITIONAL:
        _check_money(work, new)
    moved = new.price != order.price
    order.qty, order.price, order.trigger_price = new.qty, new.price, new.trigger_price
    work.changed(order)
    if order.status != "Untriggered" and moved:
        execute(work, order)
    return order


def cancel(work: SpotWork, text: Texts) -> Order:
    """Take an open order back. Raises BybitError 170213 where there is none of that id."""
    order = wanted(work.account, text)
    work.close(order, "CancelByUser", "EC_PerCancelRequest")
    return order


def cancel_all(work: SpotWork, chosen: Callable[[Order], bool]) -> list[Order]:
    """Take back every open spot order that is chosen."""
    orders = [each for each in work.account.orders.values() if each.category == SPOT and chosen(each)]
    for order in orders:
        if order.is_open:  # no earlier one took it out
            work.close(order, "CancelByUser", "EC_PerCancelRequest")
    return orders


def tick(work: SpotWork) -> None:
    """Let the newest prices act on the account's spot orders: resting ones fill, then triggers go off."""
    symbols = {each.symbol for each in work.account.orders.values() if each.category == SPOT}
    for symbol in sorted(symbols):
        match(work, symbol)
        trigger(work, symbol)


def wanted(account: Account, text: Texts) -> Order:
    """The open spot order of that orderId, or of that orderLinkId. Raises BybitError."""
    order_id, link_id = text("orderId"), text("orderLinkId")
    if not order_id and not link_id:
        raise wrong_parameter("Missing some parameters that must be filled in, orderId or orderLinkId")
    for each in account.orders.values():
        same = each.order_id == order_id if order_id else each.link_id == link_id
        if same and each.category == SPOT and each.symbol == text("symbol"):
            return each
    raise refused(170213)


def _given(text: Texts, name: str, present: Decimal) -> Decimal:
    """The new number; 0 or nothing leaves what is there."""
    if text(name) in {"", "0"}:
        return present
    number = number_of(text(name))
    if number is None or number < 0:
        raise refused(170130, name=name)
    return number


def _check_link_id(account: Account, link_id: str) -> None:
    """Ids of closed orders stay taken."""
    known = (*account.orders.values(), *account.history)
    if link_id and any(each.link_id == link_id for each in known if each.category == SPOT):
        raise refused(170141)


def _check_room(account: Account, order: Order) -> None:
    spot = [each for each in account.orders.values() if each.category == SPOT]
    waiting = [each for each in spot if each.symbol == order.symbol and each.status == "Untriggered"]
    holding = sum(each.stop_order_type in HOLDING for each in waiting)
    full = len(spot) >= MOST_SPOT_ORDERS["open"]
    if order.stop_order_type == CONDITIONAL:
        full |= len(waiting) - holding >= MOST_SPOT_ORDERS["StopOrder"]
    elif order.stop_order_type:
        full |= holding >= MOST_SPOT_ORDERS["tpslOrder"]
    if full:
        raise refused(170810)


def _check_money(work: SpotWork, order: Order) -> None:
    """What it may cost is there: held by no other order, and needed by no position."""
    coin, amount = need(work, order)
    found = assess(work.account, work.market, work.at)
    state = found.coins.get(coin)
    left = free(work, coin, but_for=order.order_id)
    if state is None or not state.dollars:
        room = left
    elif work.account.margin_mode == "ISOLATED_MARGIN":
        room = left - state.margins.position_initial - state.margins.order_initial
    else:
        room = min(left, found.total.available / state.dollars)
    if amount > room:
        raise refused(170131)
