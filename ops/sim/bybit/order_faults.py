"""What becomes of an order that was accepted, where a driver ordered a fault for it."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from bot.domain.orders import OrderRequest, TimeInForce
from bot.domain.portfolio import NO_LINK_ID, OrderType, Side
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import (
    Changes,
    EngineAccount,
    EngineOrder,
    EngineRejected,
    Markets,
    MarketView,
    PriceSize,
)
from bot.exchange.matching.money import step_down, step_up
from ops.sim.bybit.accounts import Account
from ops.sim.bybit.endpoints.order_requests import rename
from ops.sim.bybit.errors import PARAMETER, BybitError
from ops.sim.bybit.fault_kinds import (
    FILL_THEN_REJECT,
    FILLED_WITHOUT_NEW,
    LATE_EXECUTION,
    PARTIAL_THEN_CANCEL,
    PRICE_ADJUSTED,
    SPLIT_REDUCE_ONLY,
    STOP_REFUSED,
)
from ops.sim.bybit.faults import LATE_SECONDS, Fault
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.trading import LANDING, Command
from ops.sim.bybit.world import World

_ADJUSTED: Final = Decimal("0.001")
"""How far a price is moved, as a share of it; at least a tick."""
_REFUSED: Final = "StopLoss:{} set for {} position was refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """How a create is carried out."""

    command: Command
    delay: float = LANDING
    """Seconds after its answer."""
    extras: dict[str, Any] = field(default_factory=dict)
    """What the order has that the engine does not know, by the names of `Order`."""


def fate_of(world: World, account: Account, one: Instrument, request: OrderRequest, order_id: str) -> Fate:
    """What is to become of a create: what was asked for, or what faults make of it; they are drawn here."""

    def drawn(kind: str, *, fits: bool = True) -> Fault | None:
        found = world.faults.of_kind(kind, account.uid, world.now(), symbol=one.symbol) if fits else None
        if found is not None:
            world.touch()
        return found

    is_now = request.trigger_price is None
    if drawn(STOP_REFUSED, fits=bool(request.stop_loss)):
        request = replace(request, stop_loss=None)
    if drawn(PRICE_ADJUSTED, fits=is_now and request.order_type is OrderType.LIMIT):
        request = replace(request, price=_adjusted(request, one.price.step))
    late = drawn(LATE_EXECUTION)
    delay = LANDING if late is None else LATE_SECONDS if late.seconds is None else late.seconds
    skips_new = drawn(FILLED_WITHOUT_NEW) is not None
    command = _placed(request, order_id)
    if partial := drawn(PARTIAL_THEN_CANCEL, fits=is_now):
        command = _in_part(request, order_id, partial.share, rejects=False)
    elif partial := drawn(FILL_THEN_REJECT, fits=is_now):
        command = _in_part(request, order_id, partial.share, rejects=True)
    elif split := drawn(SPLIT_REDUCE_ONLY, fits=is_now and (request.reduce_only or request.close_on_trigger)):
        command = _split(request, order_id, split.share)
    return Fate(command=command, delay=delay, extras={"skips_new": True} if skips_new else {})


def check_stop(world: World, account: Account, symbol: str, price: Decimal, side: str) -> None:
    """A stop or target that is set on a position may be refused by a fault. Raises BybitError."""
    fault = world.faults.of_kind(STOP_REFUSED, account.uid, world.now(), symbol=symbol)
    if fault is not None:
        world.touch()
        raise BybitError(fault.code or PARAMETER, _REFUSED.format(price, side))


def _adjusted(request: OrderRequest, tick: Decimal) -> Decimal:
    """The limit price moved to the client's harm: a buy's down, a sell's up, so that less of it fills."""
    price = request.price or ZERO
    if request.side is Side.BUY:
        return max(tick, step_down(min(price * (1 - _ADJUSTED), price - tick), tick))
    return step_up(max(price * (1 + _ADJUSTED), price + tick), tick)


def _placed(request: OrderRequest, order_id: str) -> Command:
    """As it was asked for."""

    def place(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        order, changes = engine.create(account, request, markets)
        rename(account, changes, order.order_id, order_id)
        return changes

    return place


def _in_part(request: OrderRequest, order_id: str, share: Decimal, *, rejects: bool) -> Command:
    """So much of it is filled and the rest canceled, or the whole rejected; one that has no parts goes on unspoiled."""

    def place(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        view = markets.views[request.symbol]
        qty = step_down(_whole(request, account) * share, _step(view))
        if not qty or qty >= _whole(request, account):
            return _placed(request, order_id)(engine, account, markets)
        thin = replace(markets, views={**markets.views, request.symbol: _thinned(view, request, qty)})
        kept, account.taken = account.taken, {}
        order, changes = engine.create(account, replace(request, time_in_force=TimeInForce.IOC), thin)
        account.taken = kept
        changes.orders[order.order_id] = _ended(order, request, rejects=rejects)
        rename(account, changes, order.order_id, order_id)
        return changes

    return place


def _ended(order: EngineOrder, request: OrderRequest, *, rejects: bool) -> EngineOrder:
    """The order as clients see it: with its own time in force, and Rejected with what it filled."""
    is_market = request.order_type is OrderType.MARKET
    order = replace(order, time_in_force=order.time_in_force if is_market else request.time_in_force)
    return replace(order, status="Rejected", reject_reason="EC_Others") if rejects else order


def _split(request: OrderRequest, order_id: str, share: Decimal) -> Command:
    """Two orders in place of one: the first has the client's id, the other none."""

    def place(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        whole = _whole(request, account)
        first = step_down(whole * share, _step(markets.views[request.symbol]))
        if not ZERO < first < whole:
            return _placed(request, order_id)(engine, account, markets)
        changes = _placed(replace(request, qty=first), order_id)(engine, account, markets)
        try:
            rest = replace(request, order_link_id=NO_LINK_ID, qty=whole - first)
            changes.join(engine.create(account, rest, markets)[1])
        except EngineRejected:
            return changes  # a smaller rest than may be ordered stays open
        return changes

    return place


def _whole(request: OrderRequest, account: EngineAccount) -> Decimal:
    """What is asked for; of a close of all, what is held."""
    return request.qty or account.position((request.symbol, request.position_idx)).size


def _step(view: MarketView) -> Decimal:
    return view.rules.instrument.qty_step


def _thinned(view: MarketView, request: OrderRequest, qty: Decimal) -> MarketView:
    """A book that has just so much for the order: its best levels, or one at the order's own price."""
    is_buy = request.side is Side.BUY
    levels: list[PriceSize] = []
    left = qty
    for price, size in view.asks if is_buy else view.bids:
        is_beyond = request.price is not None and (price > request.price if is_buy else price < request.price)
        if left and not is_beyond:
            levels.append((price, min(left, size)))
            left -= min(left, size)
    if left and request.price is not None:
        levels.append((request.price, left))
    side = tuple(levels)
    return replace(view, asks=side) if is_buy else replace(view, bids=side)
