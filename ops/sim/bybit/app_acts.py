"""What a person does by hand in Bybit's own app: the same trades without a key, with the createType of the app."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from bot.domain.ids import Symbol
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LeverageRequest,
    MarginMode,
    OrderRequest,
    TimeInForce,
    TradingStop,
    TriggerBy,
    TriggerDirection,
    opposite,
)
from bot.domain.portfolio import NO_LINK_ID, OrderType, Side
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import Changes, EngineAccount, EngineRejected, Markets
from ops.sim.bybit.accounts import Account, Order, Position
from ops.sim.bybit.endpoints.order_requests import ENGINE_CATEGORY
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.fields import Fields
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import UnknownSymbolError
from ops.sim.bybit.trading import Command
from ops.sim.bybit.world import World

_FIELDS: Final = (
    "act",
    "symbol",
    "side",
    "qty",
    "price",
    "position_idx",
    "stop_loss",
    "take_profit",
    "trigger_by",
    "trigger_price",
    "order_id",
    "order_link_id",
    "leverage",
    "margin_mode",
)
_ALIASES: Final = {"stop": "stop_loss", "target": "take_profit", "size": "qty", "orderLinkId": "order_link_id"}
_MARGIN_MODES: Final = {"isolated": MarginMode.ISOLATED, "regular": MarginMode.CROSS}
_OPENING: Final = "CreateByUser"
_CLOSING: Final = "CreateByClosing"
_LEGS: Final = 2


def act(world: World, account: Account, body: object) -> dict[str, Any]:
    """POST /sim/accounts/{uid}/app: done at once. Raises ControlError, with Bybit's code where the exchange refuses."""
    fields = Fields(body, "", _FIELDS, _ALIASES)
    doing = _ACTS.get(fields.text("act"))
    if doing is None:
        raise fields.wrong("act", f"must be one of {', '.join(_ACTS)}, not {fields.raw('act')!r}")
    try:
        return doing(_Hand(world, account, fields))
    except EngineRejected as refusal:
        raise ControlError(f"{refusal.code} {refusal}") from None


class _Hand:
    """One act of a person on one account."""

    def __init__(self, world: World, account: Account, fields: Fields) -> None:
        self.world = world
        self.account = account
        self.fields = fields

    def instrument(self) -> Instrument:
        """The contract that `symbol` names. Raises ControlError."""
        symbol = self.fields.text("symbol").upper()
        try:
            return self.world.market.any_of(symbol, "linear", "inverse")
        except UnknownSymbolError:
            raise self.fields.wrong("symbol", f"no contract {symbol!r}") from None

    def change(self, command: Command, one: Instrument, *, qty: Decimal = ZERO) -> list[str]:
        """Carry it out now; gives the ids of the orders that it made, those of stops and targets aside."""
        done = self.world.trading.change(self.account, command, one, qty=qty)
        return [order.order_id for before, order in done.orders if not before and not order.parent_id]

    def leg(self) -> Position:
        """The held leg that is meant: by its index, by the side that would close it, or the only one."""
        fields, one = self.fields, self.instrument()
        held = [each for each in self.account.held() if (each.category, each.symbol) == (one.category, one.symbol)]
        if "position_idx" in fields:
            index = fields.integer("position_idx", 0, high=_LEGS)
            held = [each for each in held if each.index == index]
        if len(held) != 1:
            raise fields.wrong("symbol", "no position there" if not held else "two legs there: give position_idx")
        return held[0]

    def index(self, one: Instrument, side: Side) -> int:
        """The leg that an opening order of that side goes to."""
        if not self.account.is_hedged(one):
            return 0
        return self.fields.integer("position_idx", 1 if side is Side.BUY else _LEGS, high=_LEGS)

    def trigger_by(self) -> TriggerBy:
        return TriggerBy(self.fields.choice("trigger_by", TriggerBy, TriggerBy.LAST))


def _open(hand: _Hand) -> dict[str, Any]:
    """Buy or sell at the market or, with a price, at a limit; conditional with a trigger_price."""
    fields, one = hand.fields, hand.instrument()
    side = Side(fields.choice("side", Side, Side.BUY))
    price = fields.decimal("price", ZERO)
    qty = fields.decimal("qty", ZERO, positive=True)
    trigger = fields.decimal("trigger_price", ZERO)
    last = hand.world.market.last_price(one, hand.world.now())
    request = OrderRequest(
        order_link_id=NO_LINK_ID,
        category=ENGINE_CATEGORY,
        symbol=Symbol(one.symbol),
        position_idx=hand.index(one, side),
        side=side,
        order_type=OrderType.LIMIT if price else OrderType.MARKET,
        qty=qty,
        price=price or None,
        time_in_force=TimeInForce.GTC,
        trigger_price=trigger or None,
        trigger_direction=TriggerDirection.RISES if trigger > last else TriggerDirection.FALLS,
        trigger_by=hand.trigger_by(),
        stop_loss=fields.decimal("stop_loss", ZERO) or None,
        sl_trigger_by=hand.trigger_by(),
        take_profit=fields.decimal("take_profit", ZERO) or None,
        tp_trigger_by=hand.trigger_by(),
    )
    return {"order_ids": hand.change(_creating(request, _OPENING), one, qty=qty)}


def _close(hand: _Hand) -> dict[str, Any]:
    """Close a leg or, with a qty, a part of it; at the market or at a limit price."""
    fields, one, leg = hand.fields, hand.instrument(), hand.leg()
    price, qty = fields.decimal("price", ZERO), fields.decimal("qty", leg.size, positive=True)
    request = OrderRequest(
        order_link_id=NO_LINK_ID,
        category=ENGINE_CATEGORY,
        symbol=Symbol(one.symbol),
        position_idx=leg.index,
        side=opposite(Side(leg.side)),
        order_type=OrderType.LIMIT if price else OrderType.MARKET,
        qty=qty,
        price=price or None,
        reduce_only=True,
    )
    return {"order_ids": hand.change(_creating(request, _CLOSING), one, qty=qty)}


def _creating(request: OrderRequest, create_type: str) -> Command:
    """The order with the createType of the app, which its fills have, too."""

    def create(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        order, changes = engine.create(account, request, markets)
        for orders in (account.orders, changes.orders):
            if order.order_id in orders:
                orders[order.order_id] = replace(orders[order.order_id], create_type=create_type)
        changes.fills = [
            replace(fill, create_type=create_type) if fill.order_id == order.order_id else fill
            for fill in changes.fills
        ]
        return changes

    return create


def _set_stops(hand: _Hand, **changes: Any) -> dict[str, Any]:
    """Set the leg's stop and target; what `changes` leaves out stays as it is."""
    one, leg = hand.instrument(), hand.leg()
    stands = TradingStop(
        category=ENGINE_CATEGORY,
        symbol=Symbol(one.symbol),
        position_idx=leg.index,
        stop_loss=leg.stop_loss,
        sl_trigger_by=TriggerBy(leg.sl_trigger_by),
        take_profit=leg.take_profit,
        tp_trigger_by=TriggerBy(leg.tp_trigger_by),
    )
    request = replace(stands, **changes)

    def put(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        return engine.set_trading_stop(account, request, markets)

    hand.change(put, one)
    return {}


def _set_stop(hand: _Hand) -> dict[str, Any]:
    price = hand.fields.decimal("stop_loss", hand.fields.decimal("price", ZERO), positive=True)
    return _set_stops(hand, stop_loss=price, sl_trigger_by=hand.trigger_by())


def _set_target(hand: _Hand) -> dict[str, Any]:
    price = hand.fields.decimal("take_profit", hand.fields.decimal("price", ZERO), positive=True)
    return _set_stops(hand, take_profit=price, tp_trigger_by=hand.trigger_by())


def _cancel(hand: _Hand) -> dict[str, Any]:
    """Take an order back by its id or its client's id; or every one of a symbol, or of the account."""
    found = _meant(hand)
    if not found:
        raise ControlError("no open order of that id")
    for order in found:
        one = hand.world.market.any_of(order.symbol, order.category)
        request = CancelRequest(category=ENGINE_CATEGORY, symbol=Symbol(order.symbol), order_id=order.order_id)
        hand.change(_canceling(request), one)
    return {}


def _canceling(request: CancelRequest) -> Command:
    def take_back(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        if request.order_id not in account.orders:  # an earlier one took it along
            return Changes()
        return engine.cancel(account, request, markets)

    return take_back


def _meant(hand: _Hand) -> list[Order]:
    fields = hand.fields
    order_id, link_id, symbol = fields.text("order_id"), fields.text("order_link_id"), fields.text("symbol").upper()
    found = [each for each in hand.account.orders.values() if each.category in {"linear", "inverse"}]
    if order_id or link_id:
        return [each for each in found if each.order_id == order_id or (link_id and each.link_id == link_id)]
    return [each for each in found if symbol in {"", each.symbol}]


def _amend(hand: _Hand) -> dict[str, Any]:
    """Give an open order another price, trigger price, quantity, stop or target."""
    fields, found = hand.fields, _meant(hand)
    if len(found) != 1:
        raise fields.wrong("order_id", "names no open order" if not found else "names several open orders")
    (order,) = found
    request = AmendRequest(
        category=ENGINE_CATEGORY,
        symbol=Symbol(order.symbol),
        order_id=order.order_id,
        qty=fields.decimal("qty", ZERO) or None,
        price=fields.decimal("price", ZERO) or None,
        trigger_price=fields.decimal("trigger_price", ZERO) or None,
        stop_loss=fields.decimal("stop_loss", ZERO) if "stop_loss" in fields else None,
        take_profit=fields.decimal("take_profit", ZERO) if "take_profit" in fields else None,
    )

    def change(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        return engine.amend(account, request, markets)

    hand.change(change, hand.world.market.any_of(order.symbol, order.category), qty=request.qty or order.qty)
    return {}


def _set_leverage(hand: _Hand) -> dict[str, Any]:
    one = hand.instrument()
    leverage = hand.fields.decimal("leverage", ZERO, positive=True)
    request = LeverageRequest(category=ENGINE_CATEGORY, symbol=Symbol(one.symbol), leverage=leverage)

    def put(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        return engine.set_leverage(account, request, markets)

    hand.change(put, one)
    return {}


def _set_margin_mode(hand: _Hand) -> dict[str, Any]:
    mode = _MARGIN_MODES[hand.fields.choice("margin_mode", _MARGIN_MODES, "regular")]

    def switch(engine: Engine, account: EngineAccount, markets: Markets) -> Changes:
        return engine.switch_margin_mode(account, mode, markets)

    hand.world.trading.change(hand.account, switch)
    return {}


_ACTS: Final[dict[str, Callable[[_Hand], dict[str, Any]]]] = {
    "open": _open,
    "close": _close,
    "set_stop": _set_stop,
    "remove_stop": lambda hand: _set_stops(hand, stop_loss=ZERO),
    "set_target": _set_target,
    "remove_target": lambda hand: _set_stops(hand, take_profit=ZERO),
    "cancel": _cancel,
    "amend": _amend,
    "set_leverage": _set_leverage,
    "set_margin_mode": _set_margin_mode,
}
