"""Trailing stops: a distance that a leg's best price is followed at, and a market order once the price comes back.

There is no row before the stop follows; from then on its row shows where that began, and its trigger goes with the
price. Source: Bybit v5 documentation, pages position/trading-stop and order/open-order.
"""

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from bot.exchange.matching.protection import TRAILING
from ops.sim.bybit.accounts import Account, Order, Position
from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.off_engine import Applied

if TYPE_CHECKING:
    from ops.sim.bybit.world import World

_RISES, _FALLS = 1, 2
_OPPOSITE: Final = {"Buy": "Sell", "Sell": "Buy"}


def set_trailing(
    world: "World", account: Account, one: Instrument, leg: Position, *, distance: Decimal, active: Decimal
) -> None:
    """Let a trailing stop follow a held leg from now on, or from that price on; distance 0 takes it away."""
    done = Applied(legs=[leg])
    for order in _rows(account, leg):
        _close(world, account, order, done)
    leg.trailing_stop, leg.active_price, leg.best_price = distance, active, ZERO
    leg.updated_at = world.now()
    _begin(world, account, one, leg, done)
    world.trading.publish(account, done)


def check_trailing(one: Instrument, leg: Position, last: Decimal, distance: Decimal, active: Decimal) -> None:
    """The distance is on the tick and below the price, the activation price on the side of gains. BybitError 10001."""
    if distance < 0 or not one.price.fits(distance) or distance >= last:
        raise wrong_parameter("TrailingStop invalid")
    gains = active > last if leg.side == "Buy" else active < last
    if active and (active < 0 or not one.price.fits(active) or not gains):
        raise wrong_parameter("activePrice invalid")


def follow(world: "World", account: Account) -> None:
    """Let the trailing stops of an account go with the prices of now, before its triggers are looked at."""
    for leg in [each for each in account.held() if each.trailing_stop]:
        one = world.market.any_of(leg.symbol, leg.category)
        if not leg.best_price:
            done = Applied(legs=[leg])
            _begin(world, account, one, leg, done)
            if done.orders:
                world.trading.publish(account, done)
            continue
        rows = _rows(account, leg)
        if not rows:  # it was canceled or has gone off
            leg.trailing_stop = leg.active_price = leg.best_price = ZERO
            continue
        last = world.market.last_price(one, world.now())
        leg.best_price = max(leg.best_price, last) if leg.side == "Buy" else min(leg.best_price, last)
        rows[0].trigger_price = _level(leg)


def _begin(world: "World", account: Account, one: Instrument, leg: Position, done: Applied) -> None:
    """Follow from now on, where the price that it waits for is reached."""
    last = world.market.last_price(one, world.now())
    is_long = leg.side == "Buy"
    waits = leg.active_price and (last < leg.active_price if is_long else last > leg.active_price)
    if waits or not leg.trailing_stop:
        return
    leg.best_price = last
    now = world.now()
    order = Order(
        category=leg.category,
        order_id=world.ids.uuid(account),
        symbol=leg.symbol,
        side=_OPPOSITE[leg.side],
        order_type="Market",
        qty=leg.size,
        status="Untriggered",
        time_in_force="IOC",
        position_index=leg.index,
        reduce_only=True,
        close_on_trigger=True,
        create_type="CreateByTrailingStop",
        stop_order_type=TRAILING,
        trigger_price=_level(leg),
        active_price=leg.active_price or last,
        trigger_direction=_FALLS if is_long else _RISES,
        trigger_by="LastPrice",
        tpsl_mode="Full",
        last_price_on_created=last,
        created_at=now,
        updated_at=now,
    )
    account.orders[order.order_id] = order
    done.orders.append(("", order))


def _level(leg: Position) -> Decimal:
    return leg.best_price - leg.trailing_stop if leg.side == "Buy" else leg.best_price + leg.trailing_stop


def _rows(account: Account, leg: Position) -> list[Order]:
    return [
        order
        for order in account.orders.values()
        if order.stop_order_type == TRAILING
        and order.symbol == leg.symbol
        and order.position_index == leg.index
        and order.status == "Untriggered"
    ]


def _close(world: "World", account: Account, order: Order, done: Applied) -> None:
    done.orders.append((order.status, order))
    order.status, order.cancel_type, order.reject_reason = "Deactivated", "CancelByTpSlTsClear", "EC_PerCancelRequest"
    order.updated_at = world.now()
    del account.orders[order.order_id]
    account.history.append(order)
