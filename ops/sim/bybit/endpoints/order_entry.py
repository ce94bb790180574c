"""Orders are placed, changed and taken back. Source: Bybit v5 documentation, section Trade.

Contracts are traded here, spot by its own module. The answer says that a write was taken on; what becomes of it is seen
a few milliseconds later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.ids import Symbol
from bot.domain.orders import AmendRequest, CancelRequest
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import Changes, EngineAccount, EngineRejected, Markets
from ops.sim.bybit.accounts import Order
from ops.sim.bybit.endpoints import spot_entry
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.endpoints.order import scoped
from ops.sim.bybit.endpoints.order_requests import (
    ENGINE_CATEGORY,
    check_duplicate,
    check_limit,
    extras,
    order_request,
    rejected,
    trigger_by,
    within_limits,
)
from ops.sim.bybit.errors import NO_SUCH_ORDER, BybitError, wrong_parameter
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.onto_engine import CONTRACTS
from ops.sim.bybit.order_faults import fate_of
from ops.sim.bybit.trading import Command, Pending

_TOO_LATE: Final = "order not exists or too late to {}"
_STOP_KIND: Final = "Stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An order that a client means: an open one, or one that was taken on and is not there yet."""

    order_id: str
    link_id: str
    qty: Decimal


def create(call: EndpointCall) -> Result:
    """order/create."""
    if call.query.category == "spot":
        return spot_entry.create(call)
    _require_contract(call)
    account, one, trading = call.owner, call.instrument(), call.world.trading
    request = order_request(call, one)
    check_duplicate(trading, account, request.order_link_id)
    order_id = call.world.ids.uuid(account)

    fate = fate_of(call.world, account, one, request, order_id)
    trading.accept(
        Pending(
            account=account,
            one=one,
            command=within_limits(account, request, fate.command),
            qty=request.qty,
            order_id=order_id,
            link_id=request.order_link_id,
            extras=extras(call.query) | fate.extras,
            refused=lambda owner, refusal: rejected(call.world, owner, one, order_id, request, refusal),
        ),
        delay=fate.delay,
    )
    return {"orderId": order_id, "orderLinkId": request.order_link_id}


def amend(call: EndpointCall) -> Result:
    """order/amend: new values for an open order; 0 takes a stop loss or take profit away."""
    if call.query.category == "spot":
        return spot_entry.amend(call)
    _require_contract(call)
    query, one = call.query, call.instrument()
    found = _wanted(call, "replace")
    request = AmendRequest(
        category=ENGINE_CATEGORY,
        symbol=Symbol(one.symbol),
        order_id=found.order_id,
        trigger_price=query.decimal("triggerPrice"),
        qty=query.decimal("qty"),
        price=query.decimal("price"),
        stop_loss=query.decimal("stopLoss"),
        sl_trigger_by=trigger_by(query, "slTriggerBy"),
        take_profit=query.decimal("takeProfit"),
        tp_trigger_by=trigger_by(query, "tpTriggerBy"),
    )

    def change(engine: Engine, engine_account: EngineAccount, markets: Markets) -> Changes:
        order = engine_account.orders.get(found.order_id)
        if call.owner.refuses_price and order is not None and order.is_resting:
            check_limit(markets, order.symbol, order.side, request.price)
        return engine.amend(engine_account, request, markets)

    qty = max(found.qty, request.qty or ZERO)
    call.world.trading.accept(Pending(account=call.owner, one=one, command=change, qty=qty))
    return {"orderId": found.order_id, "orderLinkId": found.link_id}


def cancel(call: EndpointCall) -> Result:
    """order/cancel."""
    if call.query.category == "spot":
        return spot_entry.cancel(call)
    _require_contract(call)
    one, found = call.instrument(), _wanted(call, "cancel")
    call.world.trading.accept(Pending(account=call.owner, one=one, command=_taking_back([found.order_id])))
    return {"orderId": found.order_id, "orderLinkId": found.link_id}


def cancel_all(call: EndpointCall) -> Result:
    """order/cancel-all: of a symbol, or of the base or settle coin; conditional ones and stops too unless filtered."""
    if call.query.category == "spot":
        return spot_entry.cancel_all(call)
    _require_contract(call)
    query, account = call.query, call.owner
    if query.category == "linear" and not any(query.text(name) for name in ("symbol", "baseCoin", "settleCoin")):
        raise wrong_parameter("params error: symbol, baseCoin and settleCoin can not all be empty")
    found = [order for order in scoped(call, account.orders.values()) if _is_meant(order, call)]
    for symbol in dict.fromkeys(order.symbol for order in found):
        one = call.world.market.any_of(symbol, query.category)
        ids = [order.order_id for order in found if order.symbol == symbol]
        call.world.trading.accept(Pending(account=account, one=one, command=_taking_back(ids)))
    return {
        "list": [{"orderId": order.order_id, "orderLinkId": order.link_id} for order in found],
        "success": "1",
    }


def _is_meant(order: Order, call: EndpointCall) -> bool:
    """Whether `orderFilter` and `stopOrderType` choose it."""
    order_filter, kind = call.query.text("orderFilter"), call.query.text("stopOrderType")
    conditional = order.status == "Untriggered"
    if order_filter == "Order":
        return not conditional
    if order_filter == "StopOrder":
        return conditional and (kind != _STOP_KIND or order.stop_order_type == _STOP_KIND)
    return True


def _taking_back(order_ids: list[str]) -> Command:
    """Cancel those of them that are open by then. Raises EngineRejected where none is."""

    def take_back(engine: Engine, engine_account: EngineAccount, markets: Markets) -> Changes:
        changes = Changes()
        left = [order_id for order_id in order_ids if order_id in engine_account.orders]
        if not left:
            raise EngineRejected(NO_SUCH_ORDER, _TOO_LATE.format("cancel"))
        for order_id in left:
            if order_id in engine_account.orders:  # an earlier one did not take it along
                order = engine_account.orders[order_id]
                request = CancelRequest(category=ENGINE_CATEGORY, symbol=order.symbol, order_id=order_id)
                changes.join(engine.cancel(engine_account, request, markets))
        return changes

    return take_back


def _require_contract(call: EndpointCall) -> None:
    if call.query.category not in CONTRACTS:
        raise wrong_parameter("params error: Category is invalid")


def _wanted(call: EndpointCall, verb: str) -> Named:
    """The order that is named, by orderId or else by orderLinkId. Raises BybitError 10001 or 110001."""
    query = call.query
    order_id, link_id = query.text("orderId"), query.text("orderLinkId")
    if not order_id and not link_id:
        raise wrong_parameter("params error: OrderId or orderLinkId is required")
    for named in _known(call):
        if named.order_id == order_id if order_id else named.link_id == link_id:
            return named
    raise BybitError(NO_SUCH_ORDER, _TOO_LATE.format(verb))


def _known(call: EndpointCall) -> Iterator[Named]:
    """The account's orders of the symbol that are open or will be."""
    account, symbol = call.owner, call.query.text("symbol")
    for order in account.orders.values():
        if order.symbol == symbol and order.category == call.query.category:
            yield Named(order_id=order.order_id, link_id=order.link_id, qty=order.qty)
    for pending in call.world.trading.pending(account):
        if pending.order_id and pending.one.symbol == symbol:
            yield Named(order_id=pending.order_id, link_id=pending.link_id, qty=pending.qty)
