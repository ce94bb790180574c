"""Spot orders are placed, changed and taken back. Source: Bybit v5 documentation, section Trade."""

from typing import Final

from ops.sim.bybit.accounts import Order
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import refused
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.spot import amend as change
from ops.sim.bybit.spot import cancel as take_back
from ops.sim.bybit.spot import cancel_all as take_all_back
from ops.sim.bybit.spot import create as place
from ops.sim.bybit.spot_desk import SpotPending, SpotWrite
from ops.sim.bybit.spot_matching import SpotWork
from ops.sim.bybit.spot_requests import CONDITIONAL, PAIR, TPSL, read

_KINDS: Final = {"": "", "Order": "", "StopOrder": CONDITIONAL, "tpslOrder": TPSL, PAIR: PAIR, "OcoOrder": "OcoOrder"}


def create(call: EndpointCall) -> Result:
    """order/create of spot."""
    world, account, text = call.world, call.owner, call.query.text
    one = _listed(call)
    order_id = world.ids.uuid(account)

    def reject(work: SpotWork) -> None:
        order = read(text, work.market, work.at, moves_price=True)
        order.order_id, order.status, order.reject_reason = order_id, "Rejected", "EC_Others"
        account.history.append(work.changed(order))

    world.spot.accept(
        SpotPending(account=account, one=one, write=lambda work: [place(work, text, order_id=order_id)], refused=reject)
    )
    return {"orderId": order_id, "orderLinkId": text("orderLinkId")}


def amend(call: EndpointCall) -> Result:
    """order/amend of spot."""
    return _named(call, lambda work: [change(work, call.query.text)])


def cancel(call: EndpointCall) -> Result:
    """order/cancel of spot."""
    return _named(call, lambda work: [take_back(work, call.query.text)])


def cancel_all(call: EndpointCall) -> Result:
    """order/cancel-all of spot: plain orders unless `orderFilter` names another kind; of all symbols unless told."""
    query = call.query
    kind = _KINDS.get(query.text("orderFilter"))
    if kind is None:
        raise refused(170201)
    symbol, base = query.text("symbol"), query.text("baseCoin")
    listed = call.world.market.listed("spot")

    def is_meant(order: Order) -> bool:
        waits = order.stop_order_type if order.status == "Untriggered" else ""
        return waits == kind and symbol in {"", order.symbol} and base in {"", listed[order.symbol].base_coin}

    one = _listed(call) if symbol else next(iter(listed.values()))
    found = call.world.spot.accept(
        SpotPending(account=call.owner, one=one, write=lambda work: take_all_back(work, is_meant))
    )
    return {"list": [_ids(order) for order in found], "success": "1"}


def _named(call: EndpointCall, write: SpotWrite) -> Result:
    found = call.world.spot.accept(SpotPending(account=call.owner, one=_listed(call), write=write))
    return _ids(found[0])


def _listed(call: EndpointCall) -> Instrument:
    """The pair that is named. Raises BybitError 170121."""
    one = call.world.market.find("spot", call.query.text("symbol"))
    if one is None:
        raise refused(170121)
    return one


def _ids(order: Order) -> Result:
    return {"orderId": order.order_id, "orderLinkId": order.link_id}
