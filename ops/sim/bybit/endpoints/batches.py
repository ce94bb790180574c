"""Several orders in one request: each is judged by itself, some may be taken on and others refused.

Source: Bybit v5 documentation, pages order/batch-place, batch-amend, batch-cancel and rate-limit: every order counts
in the batch's own bucket, and what exceeds it is refused alone.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from ops.sim.bybit.endpoints import order_entry
from ops.sim.bybit.endpoints.endpoint_call import Beside, EndpointCall, Result
from ops.sim.bybit.errors import TOO_MANY, BybitError, refused, wrong_parameter
from ops.sim.bybit.facts import ENDPOINTS, MOST_IN_BATCH
from ops.sim.bybit.params import Query

_CREATE, _AMEND, _CANCEL = "create", "amend", "cancel"
_HANDLERS: Final[dict[str, Callable[[EndpointCall], Result]]] = {
    _CREATE: order_entry.create,
    _AMEND: order_entry.amend,
    _CANCEL: order_entry.cancel,
}


def create(call: EndpointCall) -> Beside:
    """order/create-batch."""
    return _each(call, _CREATE)


def amend(call: EndpointCall) -> Beside:
    """order/amend-batch."""
    return _each(call, _AMEND)


def cancel(call: EndpointCall) -> Beside:
    """order/cancel-batch."""
    return _each(call, _CANCEL)


def _each(call: EndpointCall, verb: str) -> Beside:
    """The answers in the order of the requests, and their codes beside them. Raises BybitError 10001."""
    category, items = call.query.category, call.query.raw("request")
    if not isinstance(items, list) or not 0 < len(items) <= MOST_IN_BATCH[category]:
        raise wrong_parameter("params error: request invalid")
    rows: list[Result] = []
    codes: list[dict[str, Any]] = []
    for place, item in enumerate(items):
        code, text, row = _one(call, verb, item, counted=place == 0)
        rows.append({"category": category, **row})
        codes.append({"code": code, "msg": text})
    return Beside({"list": rows}, {"retExtInfo": {"list": codes}})


def _one(call: EndpointCall, verb: str, item: object, *, counted: bool) -> tuple[int, str, Result]:
    """The code, its text and the row of one order. The first one was counted with the request itself."""
    given = item if isinstance(item, dict) else {}
    row = {name: str(given.get(name) or "") for name in ("symbol", "orderId", "orderLinkId")}
    if verb == _CREATE:
        row |= {"orderId": "", "createAt": ""}
    try:
        if not counted:
            _count(call, f"/v5/order/{verb}-batch")
        query = Query.of_body(ENDPOINTS[f"/v5/order/{verb}"], {**given, "category": call.query.category})
        row |= _HANDLERS[verb](replace(call, query=query))
    except BybitError as refusal:
        return refusal.ret_code, refusal.ret_msg, row
    if verb == _CREATE:
        row["createAt"] = str(call.now)
    return 0, "OK", row


def _count(call: EndpointCall, path: str) -> None:
    """One more order of a batch. Raises BybitError 10006."""
    limit = ENDPOINTS[path].rate(call.query.category)
    if call.world.uid_limits.take(call.owner.uid, path, limit, call.now).exceeded:
        raise refused(TOO_MANY)
