"""Announced maintenance. Source: Bybit v5 documentation, page system-status."""

from typing import Any, Final

from ops.sim.bybit.clock import DAY, HOUR, MINUTE
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.fault_kinds import MAINTENANCE

_TRADING, _FUTURES, _PLANNED, _PRODUCTION = 1, 1, 1, 1
_EVERY: Final = 14 * DAY
_AT: Final = 6 * HOUR
_LASTS: Final = 8 * MINUTE


def status(call: EndpointCall) -> Result:
    """system/status: the last planned maintenance, which is over, and what drivers have ordered, newest first."""
    wanted, state = call.query.text("id"), call.query.text("state")
    ordered = [
        _row(f"order-{fault.id}", fault.since, fault.until or fault.since + HOUR, call.now)
        for fault in reversed(call.world.faults.standing)
        if fault.kind == MAINTENANCE
    ]
    begin = (call.now - _AT) // _EVERY * _EVERY + _AT
    rows = [*ordered, _row(f"planned-{begin // DAY}", begin, begin + _LASTS, call.now)]
    return {"list": [row for row in rows if wanted in {"", row["id"]} and state in {"", row["state"]}]}


def _row(name: str, begin: int, end: int, now: int) -> dict[str, Any]:
    return {
        "id": name,
        "title": "Maintenance of the trading service",
        "state": "completed" if now >= end else "ongoing",
        "begin": str(begin),
        "end": str(end),
        "href": "",
        "serviceTypes": [_TRADING],
        "product": [_FUTURES],
        "uidSuffix": [],
        "maintainType": _PLANNED,
        "env": _PRODUCTION,
    }
