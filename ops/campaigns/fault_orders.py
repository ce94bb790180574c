"""How each fault is ordered for one strike: which requests, how often, with which values; drawn from the seed."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from ops.campaigns.fault_matrix import Cell
from ops.sim.bybit.fault_kinds import EVENTS, LIMITS_CHANGED, ORDER, REST, STANDING

_CREATE: Final = "/v5/order/create"
_READS: Final = ("/v5/order/realtime", "/v5/order/history", "/v5/position/list", "/v5/execution/list")
_WRITES: Final[Mapping[str, tuple[str, ...]]] = {
    "enter": (_CREATE,),
    "enter_limit": (_CREATE,),
    "enter_panic": (_CREATE, _CREATE, "/v5/order"),
    "move_stop": ("/v5/position/trading-stop",),
    "set_targets": ("/v5/order", "/v5/position/trading-stop"),
    "cancel": ("/v5/order/cancel",),
    "reduce": (_CREATE,),
    "close": (_CREATE,),
    "panic": ("/v5/order", _CREATE),
    "watch": (*_READS, "/v5/order"),
    "restart": (*_READS, "/v5/order"),
}
"""The requests that an operation lives by."""
_CODES: Final = (
    10001, 10005, 10010, 10014, 10024, 10027, 10032, 30228, 33004, 110001, 110003, 110007, 110013, 110017, 110043,
    110066, 110072, 110074, 110079, 110094, 110118, 110123, 110125, 110132, 170005, 170007, 181001, 999_999,
)  # fmt: skip
"""Refusals of every class, documented and not."""
_GONE: Final = ...
"""The field is not there."""
_ODD: Final[tuple[tuple[str, str, Any], ...]] = (
    ("/v5/position/list", "size", ""),
    ("/v5/position/list", "size", "many"),
    ("/v5/position/list", "side", "Both"),
    ("/v5/position/list", "stopLoss", "abc"),
    ("/v5/position/list", "list", _GONE),
    ("/v5/position/list", "list", None),
    ("/v5/position/list", "positionIdx", _GONE),
    ("/v5/order/realtime", "orderStatus", "Dreaming"),
    ("/v5/order/realtime", "cumExecQty", None),
    ("/v5/order/realtime", "list", {}),
    ("/v5/order/realtime", "list", None),
    ("/v5/order/history", "orderLinkId", 5),
    ("/v5/order/create", "orderId", None),
    ("/v5/execution/list", "execQty", "NaN"),
    ("/v5/execution/list", "execId", ""),
    ("/v5/execution/list", "list", None),
    ("/v5/market/tickers", "lastPrice", ""),
)
_SECONDS: Final = (2.0, 9.0, 12.0, 25.0)
_SMALL_SHARES: Final = ("0.00001", "0.00002", "0.5")

Fields = dict[str, Any]


def ordered(cell: Cell, symbol: str, draw: Random) -> Fields:
    """The order for that cell's fault as a driver sends it, without `kind` and `uid`."""
    if cell.fault in EVENTS:
        return {"symbol": symbol, **_values(cell, draw)}
    if cell.fault in ORDER:
        return {"symbol": symbol, "times": draw.randint(1, 3), **_values(cell, draw)}
    if cell.fault == LIMITS_CHANGED:
        return {"symbol": symbol, "share": draw.choice(_SMALL_SHARES)}
    fields = _values(cell, draw)
    if cell.fault in REST and "path" not in fields:
        fields["path"] = draw.choice((*_WRITES[cell.operation], *_WRITES[cell.operation], "", draw.choice(_READS)))
    if cell.fault not in STANDING:
        fields |= _how_often(draw)
    return fields


def _how_often(draw: Random) -> Fields:
    """A few times, or every other one while it stands."""
    if draw.random() < 0.6:  # noqa: PLR2004  a share of the strikes
        return {"times": draw.randint(1, 4)}
    return {"probability": draw.choice((0.5, 1)), "seed": draw.randrange(1000)}


def _values(cell: Cell, draw: Random) -> Fields:
    made: dict[str, Callable[[], Fields]] = {
        "code": lambda: {"code": draw.choice(_CODES)},
        "html_403": lambda: {"cause": draw.choice(("region", "too_frequent"))},
        "late_answer": lambda: {"seconds": draw.choice(_SECONDS)},
        "slow_body": lambda: {"seconds": draw.choice(_SECONDS)},
        "late_execution": lambda: {"seconds": draw.choice(_SECONDS)},
        "odd_field": lambda: _odd(draw),
        "partial_then_cancel": lambda: {"share": draw.choice(("0.1", "0.5", "0.9"))},
        "fill_then_reject": lambda: {"share": draw.choice(("0.1", "0.5", "0.9"))},
        "split_reduce_only": lambda: {"share": draw.choice(("0.1", "0.5", "0.9"))},
        "adl": lambda: {"share": draw.choice(("0.3", "1"))},
        "move_position": lambda: {"share": draw.choice(("0.3", "1"))},
        "corporate_action": lambda: {"share": draw.choice(("0.5", "2"))},
        "funding": lambda: {"rate": draw.choice(("0.002", "-0.002"))},
    }
    return made[cell.fault]() if cell.fault in made else {}


def _odd(draw: Random) -> Fields:
    path, field, value = draw.choice(_ODD)
    row = draw.choice((0, "all"))
    return {"path": path, "field": field, "row": row} | ({} if value is _GONE else {"value": value})
