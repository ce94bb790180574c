"""What a client orders of a contract, read from its fields, and what becomes of an order that is refused late."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from bot.domain.ids import OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.orders import OrderRequest, TimeInForce, TpslMode, TriggerBy, TriggerDirection
from bot.domain.portfolio import OrderType, Side
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import Changes, EngineAccount, EngineOrder, EngineRejected, Markets
from bot.exchange.matching.money import within_limit
from ops.sim.bybit.accounts import Account, Order
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall
from ops.sim.bybit.errors import (
    CALL_AUCTION,
    DUPLICATE_LINK_ID,
    MARKET_MAKERS_ONLY,
    NO_PRE_MARKET_ON_DEMO,
    PRICE_RANGE,
    SLIPPAGE_PERCENT,
    SLIPPAGE_TICKS,
    refused,
    wrong_parameter,
)
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.off_engine import Applied
from ops.sim.bybit.params import Query
from ops.sim.bybit.trading import Command, Trading
from ops.sim.bybit.world import World

_TOO_LOW, _TOO_HIGH = 110120, 110121
ENGINE_CATEGORY: Final = Category.LINEAR
"""The engine tells contracts apart by their symbols alone."""
_REASONS: Final = {110074: "EC_InvalidSymbolStatus", 110072: "EC_DuplicatedClOrdID"}
_PERCENT: Final = (Decimal("0.01"), Decimal(10))
_TICKS: Final = (Decimal(1), Decimal(10_000))
"""The least and the most slippageTolerance of either kind."""


def order_request(call: EndpointCall, one: Instrument) -> OrderRequest:
    """A create as the engine takes it. Raises BybitError 10001."""
    query = call.query
    if one.status == "PreLaunch" and call.owner.environment == "demo":
        raise refused(NO_PRE_MARKET_ON_DEMO)
    if one.status == "PreLaunch" and not one.is_trading:
        raise refused(CALL_AUCTION)
    if query.text("timeInForce") == "RPI":
        raise refused(MARKET_MAKERS_ONLY)
    worst = _slippage(call, one)
    is_market = query.text("orderType") == "Market" and worst is None
    trigger_price = query.decimal("triggerPrice") or None
    direction = query.number("triggerDirection")
    return OrderRequest(
        order_link_id=OrderLinkId(query.text("orderLinkId")),
        category=ENGINE_CATEGORY,
        symbol=Symbol(one.symbol),
        position_idx=query.number("positionIdx") or 0,
        side=Side(query.text("side")),
        order_type=OrderType.MARKET if is_market else OrderType.LIMIT,
        qty=query.decimal("qty") or Decimal(0),
        price=None if is_market else worst or _price(call, one),
        time_in_force=TimeInForce.IOC if worst else TimeInForce(query.text("timeInForce", "GTC")),
        reduce_only=query.flag("reduceOnly"),
        close_on_trigger=query.flag("closeOnTrigger"),
        trigger_price=trigger_price,
        trigger_direction=TriggerDirection(str(direction)) if trigger_price and direction else None,
        trigger_by=trigger_by(query, "triggerBy"),
        stop_loss=query.decimal("stopLoss") or None,
        sl_trigger_by=trigger_by(query, "slTriggerBy"),
        take_profit=query.decimal("takeProfit") or None,
        tp_trigger_by=trigger_by(query, "tpTriggerBy"),
        tpsl_mode=_mode(query),
    )


def _slippage(call: EndpointCall, one: Instrument) -> Decimal | None:
    """The worst price of a market order with a tolerance, counted from the best of the book; None without one."""
    query = call.query
    kind, tolerance = query.text("slippageToleranceType"), query.decimal("slippageTolerance")
    if not kind or query.text("orderType") != "Market":
        return None
    by_ticks = kind == "TickSize"
    least, most = _TICKS if by_ticks else _PERCENT
    whole = tolerance is not None and tolerance == (tolerance.to_integral_value() if by_ticks else round(tolerance, 2))
    if tolerance is None or not least <= tolerance <= most or not whole:
        raise refused(SLIPPAGE_TICKS if by_ticks else SLIPPAGE_PERCENT)
    view, buys = call.world.trading.view(one, call.now), query.text("side") == "Buy"
    best = (view.asks if buys else view.bids)[0][0]
    away = tolerance * one.price.step if by_ticks else best * tolerance / 100
    return one.price.round(best + away if buys else max(one.price.step, best - away))


def _mode(query: Query) -> TpslMode:
    """Full unless asked otherwise; limit orders as stops or targets are of parts only."""
    mode = TpslMode(query.text("tpslMode", "Full"))
    limits = "Limit" in {query.text("tpOrderType"), query.text("slOrderType")}
    if mode is TpslMode.FULL and limits:
        raise wrong_parameter("params error: when tpslMode is Full, tpOrderType and slOrderType must be Market")
    return mode


def _price(call: EndpointCall, one: Instrument) -> Decimal | None:
    """The limit price asked for; with `bboSideType` that of a level of the book, as Bybit sets it."""
    side_type = call.query.text("bboSideType")
    if not side_type:
        price = call.query.decimal("price")
        if price is not None and price > Decimal(one.row["priceFilter"]["maxPrice"]):
            raise refused(PRICE_RANGE)
        return price
    level = call.query.number("bboLevel") or 1
    view = call.world.trading.view(one, call.now)
    buys = call.query.text("side") == "Buy"
    book = view.bids if (side_type == "Queue") == buys else view.asks
    if len(book) < level:
        raise wrong_parameter("params error: bboLevel invalid")
    return book[level - 1][0]


def trigger_by(query: Query, name: str) -> TriggerBy:
    """The price that a trigger looks at; the last price unless asked otherwise."""
    return TriggerBy(query.text(name, TriggerBy.LAST))


def within_limits(account: Account, request: OrderRequest, command: Command) -> Command:
    """The command, behind a look at the price where the account wishes one beyond the limits to be refused."""
    if not account.refuses_price or request.trigger_price is not None:
        return command

    def judged(engine: Engine, engine_account: EngineAccount, markets: Markets) -> Changes:
        check_limit(markets, request.symbol, request.side, request.price)
        return command(engine, engine_account, markets)

    return judged


def check_limit(markets: Markets, symbol: Symbol, side: Side, price: Decimal | None) -> None:
    """Raises EngineRejected for a price beyond the limits."""
    if not price:
        return
    nearest = within_limit(markets.views[symbol], side, price)
    if nearest != price:
        code, word = (_TOO_HIGH, "higher") if side is Side.BUY else (_TOO_LOW, "smaller")
        raise EngineRejected(code, f"Order price cannot be {word} than {nearest}, the price limitation")


def check_duplicate(trading: Trading, account: Account, link_id: str) -> None:
    """An orderLinkId is used once, whatever became of its order. Raises BybitError 110072."""
    if link_id and trading.is_used(account, link_id):
        raise refused(DUPLICATE_LINK_ID)


def extras(query: Query) -> dict[str, Any]:
    """What Bybit keeps of a create that the engine has no use for, by the order's own names."""
    found: dict[str, Any] = {"order_type": query.text("orderType"), "smp_type": query.text("smpType", "None")}
    if query.text("slippageToleranceType"):
        found["slippage_type"] = query.text("slippageToleranceType")
        found["slippage"] = query.text("slippageTolerance")
    for name, kept in (("tpLimitPrice", "tp_limit_price"), ("slLimitPrice", "sl_limit_price")):
        if query.text(f"{name[:2]}OrderType") == "Limit":
            found[kept] = query.decimal(name) or Decimal(0)
    return found


def rename(account: EngineAccount, changes: Changes, given: str, wanted: str) -> None:
    """Let an order that the engine has just made have the id that its client was told."""
    account.orders = _renamed(account.orders, given, wanted)
    changes.orders = _renamed(changes.orders, given, wanted)
    changes.fills = [replace(fill, order_id=wanted) if fill.order_id == given else fill for fill in changes.fills]


def _renamed(orders: dict[str, EngineOrder], given: str, wanted: str) -> dict[str, EngineOrder]:
    found: dict[str, EngineOrder] = {}
    for order_id, order in orders.items():
        if order_id == given:
            found[wanted] = replace(order, order_id=wanted)
        else:
            found[order_id] = replace(order, parent_order_id=wanted) if order.parent_order_id == given else order
    return found


def rejected(
    world: World, account: Account, one: Instrument, order_id: str, request: OrderRequest, why: EngineRejected
) -> Applied:
    """An order that was taken on and then refused: closed as Rejected, with nothing filled."""
    now = world.now()
    conditional = request.trigger_price is not None
    order = Order(
        category=one.category,
        order_id=order_id,
        link_id=request.order_link_id,
        symbol=one.symbol,
        side=request.side,
        order_type=request.order_type,
        price=request.price or Decimal(0),
        qty=request.qty,
        status="Rejected",
        time_in_force=TimeInForce.IOC if request.order_type is OrderType.MARKET else request.time_in_force,
        position_index=request.position_idx,
        reduce_only=request.reduce_only,
        close_on_trigger=request.close_on_trigger,
        create_type="CreateByStopOrder" if conditional else "CreateByUser",
        reject_reason=_REASONS.get(why.code, "EC_Others"),
        stop_order_type="Stop" if conditional else "",
        trigger_price=request.trigger_price or Decimal(0),
        trigger_direction=int(request.trigger_direction or 0),
        trigger_by=request.trigger_by if conditional else "",
        last_price_on_created=world.market.last_price(one, now),
        created_at=now,
        updated_at=now,
    )
    account.history.append(order)
    return Applied(orders=[("", order)], legs=[world.trading.leg(account, one, request.position_idx)])
