"""What happens to accounts without any request of theirs, at the moment a driver orders it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bot.domain.ids import Symbol
from bot.domain.orders import TimeInForce, opposite
from bot.domain.portfolio import NO_LINK_ID, OrderType, Side
from bot.exchange.matching.booking import book
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.executing import settle_leg
from bot.exchange.matching.model import (
    Changes,
    EngineAccount,
    EngineFill,
    EngineOrder,
    EnginePosition,
    Markets,
)
from bot.exchange.matching.money import price_of, step_down
from bot.exchange.matching.work import Work
from ops.sim.bybit.accounts import Account
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.faults import Fault
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import FUNDING_MS
from ops.sim.bybit.onto_engine import CONTRACTS
from ops.sim.bybit.trading import Command
from ops.sim.bybit.world import World

Happening = Callable[[World, Account, Fault], None]
_TAKES_ORDERS: Final = {"adl": "CancelAllBeforeAdl", "settle": "CancelBySettle", "delivery": "CancelByDelivery"}
"""Events that cancel what is ordered of the leg first, and the cancelType of that."""
_CREATE_TYPES: Final = {
    "adl": "CreateByAdl_PassThrough",
    "settle": "CreateBySettle",
    "delivery": "CreateBySettle",
    "move_position": "CreateByMovePosition",
}
_EXEC_TYPES: Final = {
    "adl": "AdlTrade",
    "settle": "Settle",
    "delivery": "Delivery",
    "move_position": "MovePosition",
}
_WITH_ORDER: Final = frozenset({"adl"})
"""Events whose fills belong to an order that order/history shows."""


def happen(world: World, order: Fault) -> None:
    """Let an event happen to every account that the order fits, as often as it says. Raises ControlError."""
    if order.uid is not None and order.uid not in world.accounts:
        raise ControlError(f"uid: no account {order.uid}")
    for account in tuple(_hit(world, order)):
        _EVENTS[order.kind](world, account, order)


def _hit(world: World, order: Fault) -> Iterator[Account]:
    for account in world.accounts.values():
        if order.uid in {None, account.uid} and order.hits():
            yield account


def _switch_mode(world: World, account: Account, order: Fault) -> None:
    """By coin, as in Bybit's app: what is held or ordered of a symbol stays in its mode."""
    busy = {held.symbol for held in account.held()} | {each.symbol for each in account.orders.values()}
    if order.symbol:
        one = world.market.find("linear", order.symbol)
        if one is None:
            raise ControlError(f"symbol: no contract {order.symbol}")
        if order.symbol not in busy:
            account.hedge_of[order.symbol] = not account.is_hedged(one)
    else:
        account.hedge_of |= dict.fromkeys(busy, account.hedge)
        account.hedge = not account.hedge
        account.hedge_of = {name: kept for name, kept in account.hedge_of.items() if kept != account.hedge}
    account.positions = {key: held for key, held in account.positions.items() if held.symbol in busy}
    world.touch(account.uid)


def _fund(world: World, account: Account, order: Fault) -> None:
    """Each held contract pays or gets its funding: at the rate given, or that of its last settlement."""
    for one in _held(world, account, order.symbol):
        settled = world.now() // FUNDING_MS * FUNDING_MS
        rate = world.market.funding_rate(one, settled) if order.rate is None else order.rate
        world.trading.change(account, _funding(Symbol(one.symbol), rate), one)


def _funding(symbol: Symbol, rate: Decimal) -> Command:
    def pay(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        return engine.fund(account, symbol, rate, markets)

    return pay


def _close(world: World, account: Account, order: Fault) -> None:
    """So much of each held leg is closed at the mark price, by nobody's order or by one of Bybit's own."""
    for one in _held(world, account, order.symbol):
        world.trading.change(account, _closing(order, one), one)


def _closing(order: Fault, one: Instrument) -> Command:
    symbol, cancel_type = Symbol(one.symbol), _TAKES_ORDERS.get(order.kind)

    def close(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        work = Work(account=account, markets=markets, spares_market=engine.spares_market)
        for held in [each for each in account.held() if each.symbol == symbol]:
            if cancel_type:
                for open_order in work.orders_of(held.leg):
                    work.close_order(open_order, cancel_type)
            _take(work, held, order, one)
        return work.changes

    return close


def _take(work: Work, held: EnginePosition, event: Fault, one: Instrument) -> None:
    """Close that share of a leg."""
    qty = min(held.size, max(one.qty.step, step_down(held.size * event.share, one.qty.step)))
    price = work.view(held.symbol).mark
    made = work.order(_order(work, held, qty, price, _CREATE_TYPES[event.kind]))
    book(work, made, price, qty, is_maker=False, exec_type=_EXEC_TYPES[event.kind])
    settle_leg(work, held.leg)
    if event.kind not in _WITH_ORDER:
        del work.changes.orders[made.order_id]


def _order(work: Work, held: EnginePosition, qty: Decimal, price: Decimal, create_type: str) -> EngineOrder:
    return EngineOrder(
        order_id=work.new_id(),
        order_link_id=NO_LINK_ID,
        symbol=held.symbol,
        position_idx=held.position_idx,
        side=opposite(held.side or Side.BUY),
        order_type=OrderType.MARKET,
        qty=qty,
        price=price,
        time_in_force=TimeInForce.IOC,
        status="New",
        reduce_only=True,
        create_type=create_type,
        priority=work.number(),
        created_ts=work.now,
        updated_ts=work.now,
    )


def _resize(world: World, account: Account, order: Fault) -> None:
    """A split of the underlying: sizes times the share, average prices divided by it, and nothing is traded."""
    for one in _held(world, account, order.symbol):
        world.trading.change(account, _corporate_action(Symbol(one.symbol), order.share, one.qty.step), one)


def _corporate_action(symbol: Symbol, ratio: Decimal, step: Decimal) -> Command:
    def resize(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        work = Work(account=account, markets=markets, spares_market=engine.spares_market)
        for held in [each for each in account.held() if each.symbol == symbol]:
            size = max(step, step_down(held.size * ratio, step))
            seq = work.number()
            work.position(replace(held, size=size, updated_ts=work.now, seq=seq))
            work.fill(_action_fill(work, held, size, seq), "CORPORATE_ACTION")
            settle_leg(work, held.leg)
        return work.changes

    return resize


def _action_fill(work: Work, held: EnginePosition, size: Decimal, seq: int) -> EngineFill:
    """The execution row of it: the side and size of the difference, and no value."""
    view, side = work.view(held.symbol), held.side or Side.BUY
    grows = size > held.size
    return EngineFill(
        exec_id=work.new_id(),
        order_id=work.new_id(),
        order_link_id=NO_LINK_ID,
        symbol=held.symbol,
        position_idx=held.position_idx,
        side=side if grows else opposite(side),
        exec_type="CorporateAction",
        price=price_of(view.rules, size, held.entry_value),
        qty=abs(size - held.size),
        value=ZERO,
        fee=ZERO,
        fee_rate=ZERO,
        fee_currency=view.rules.settle_coin,
        is_maker=False,
        closed_size=ZERO if grows else held.size - size,
        gain=ZERO,
        create_type="",
        stop_order_type="",
        order_type=OrderType.MARKET,
        order_price=ZERO,
        order_qty=abs(size - held.size),
        leaves_qty=ZERO,
        mark_price=view.mark,
        ts=work.now,
        seq=seq,
    )


def _held(world: World, account: Account, symbol: str) -> list[Instrument]:
    """The contracts that the account holds, of one symbol or of all."""
    found = {(each.category, each.symbol) for each in account.held() if each.category in CONTRACTS}
    return [world.market.any_of(name, kind) for kind, name in sorted(found) if symbol in {"", name}]


_EVENTS: Final[dict[str, Happening]] = {
    "mode_switched": _switch_mode,
    "funding": _fund,
    "adl": _close,
    "settle": _close,
    "delivery": _close,
    "move_position": _close,
    "corporate_action": _resize,
}
