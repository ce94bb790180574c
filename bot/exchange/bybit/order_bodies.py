"""Requests in the words of Bybit's v5 order interface: the bodies of its POST calls.

Sources: Bybit v5 documentation, "Place Order", "Amend Order", "Cancel Order", "Set Trading Stop", "Set Leverage"
(2026-07). Numbers of money go as text without an exponent.
"""

from decimal import Decimal

from bot.domain.ids import OrderLinkId
from bot.domain.numbers import plain
from bot.domain.orders import AmendRequest, CancelRequest, LeverageRequest, OrderRequest, TpslMode, TradingStop
from bot.domain.portfolio import OrderType

Body = dict[str, str | int | bool]


def create_body(request: OrderRequest) -> Body:
    """Which price sets off a stop is said wherever there is one: without it Bybit would choose."""
    body: Body = {
        "category": request.category.value,
        "symbol": request.symbol,
        "side": request.side.value,
        "orderType": request.order_type.value,
        "qty": plain(request.qty),
        "positionIdx": request.position_idx,
        "orderLinkId": request.order_link_id,
    }
    if request.order_type is OrderType.LIMIT:
        body["timeInForce"] = request.time_in_force.value
    if request.price is not None:
        body["price"] = plain(request.price)
    if request.reduce_only:
        body["reduceOnly"] = True
    if request.close_on_trigger:
        body["closeOnTrigger"] = True
    if request.trigger_price is not None and request.trigger_direction is not None:
        body["triggerPrice"] = plain(request.trigger_price)
        body["triggerDirection"] = int(request.trigger_direction)
        body["triggerBy"] = request.trigger_by.value
    return body | _stops(request, request.tpsl_mode)


def amend_body(request: AmendRequest) -> Body:
    """What is None stays as it is. A stop of 0 takes it away."""
    body = _named(request, request.order_id, request.target_link_id)
    for name, value in (("triggerPrice", request.trigger_price), ("qty", request.qty), ("price", request.price)):
        if value is not None:
            body[name] = plain(value)
    return body | _stops(request, TpslMode.FULL)


def cancel_body(request: CancelRequest) -> Body:
    """Of an order that is named by its id or by ours."""
    return _named(request, request.order_id, request.target_link_id)


def trading_stop_body(request: TradingStop) -> Body:
    """Both prices and what sets each off, always: Full overwrites, and a one-sided edit would unbind the pair.

    Or the trailing stop alone, which leaves the pair as it is.
    """
    body: Body = {
        "category": request.category.value,
        "symbol": request.symbol,
        "tpslMode": TpslMode.FULL.value,
        "positionIdx": request.position_idx,
    }
    if request.trailing_stop is not None:
        body["trailingStop"] = plain(request.trailing_stop)
        if request.active_price is not None:
            body["activePrice"] = plain(request.active_price)
        return body
    return body | {
        "stopLoss": plain(request.stop_loss),
        "slTriggerBy": request.sl_trigger_by.value,
        "takeProfit": plain(request.take_profit),
        "tpTriggerBy": request.tp_trigger_by.value,
    }


def leverage_body(request: LeverageRequest) -> Body:
    """The same for both sides, which one-way mode demands and isolated margin in hedge mode allows."""
    leverage = plain(request.leverage)
    return {
        "category": request.category.value,
        "symbol": request.symbol,
        "buyLeverage": leverage,
        "sellLeverage": leverage,
    }


def _named(request: AmendRequest | CancelRequest, order_id: str, link_id: OrderLinkId) -> Body:
    """One of the two ids: of both Bybit takes its own and ignores ours."""
    name = {"orderId": order_id} if order_id else {"orderLinkId": link_id}
    return {"category": request.category.value, "symbol": request.symbol, **name}


def _stops(request: OrderRequest | AmendRequest, mode: TpslMode) -> Body:
    stop_loss, take_profit = request.stop_loss, request.take_profit
    if stop_loss is None and take_profit is None:
        return {}
    body: Body = {"tpslMode": mode.value}
    if stop_loss is not None:
        body |= _stop("stopLoss", stop_loss, "slTriggerBy", request.sl_trigger_by.value)
    if take_profit is not None:
        body |= _stop("takeProfit", take_profit, "tpTriggerBy", request.tp_trigger_by.value)
    return body


def _stop(name: str, price: Decimal, by_name: str, by: str) -> Body:
    return {name: plain(price), by_name: by}
