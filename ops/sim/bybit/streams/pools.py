"""The topics of insurance pools, of deleveraging and of the system's status."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from ops.sim.bybit.clock import DAY, SECOND
from ops.sim.bybit.endpoints import pools, system
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Handler
from ops.sim.bybit.facts import ENDPOINTS
from ops.sim.bybit.params import Query
from ops.sim.bybit.streams.frames import write
from ops.sim.bybit.world import World

_CONTRACT_GROUPS: Final = frozenset({"USDT", "USDC", "inverse"})
_ALERT: Final = {
    "c": "coin",
    "s": "symbol",
    "b": "balance",
    "mb": "maxBalance",
    "i_pr": "insurancePnlRatio",
    "pr": "pnlRatio",
    "adl_tt": "adlTriggerThreshold",
    "adl_sr": "adlStopRatio",
}
"""Short names of the stream, with those of market/adlAlert."""


def is_group(name: str) -> bool:
    """Whether insurance.{name} and adlAlert.{name} are topics."""
    return name in _CONTRACT_GROUPS


def _rows(world: World, path: str, handler: Handler) -> list[dict[str, Any]]:
    answer = handler(EndpointCall(world=world, query=Query(ENDPOINTS[path], ""), now=world.now(), account=None))
    rows: list[dict[str, Any]] = answer["list"] if isinstance(answer, dict) else []
    return rows


def _is_of(row: dict[str, Any], group: str) -> bool:
    return row["coin"] == group if group != "inverse" else row["coin"] not in _CONTRACT_GROUPS


def insurance_rows(world: World, group: str) -> list[dict[str, Any]]:
    """insurance.{group}: pools that one contract has to itself; shared ones are not told."""
    at = world.now()
    return [
        {"coin": row["coin"], "symbols": row["symbols"], "balance": row["balance"], "updateTime": str(at - at % DAY)}
        for row in _rows(world, "/v5/market/insurance", pools.insurance)
        if _is_of(row, group) and "," not in row["symbols"]
    ]


def alert_rows(world: World, group: str) -> list[dict[str, Any]]:
    """adlAlert.{group}."""
    rows = _rows(world, "/v5/market/adlAlert", pools.adl_alert)
    return [{short: row[name] for short, name in _ALERT.items()} for row in rows if _is_of(row, group)]


def goes_on(row: dict[str, Any]) -> bool:
    """Whether maintenance of that row is not over."""
    return bool(row["state"] != "completed")


def status_rows(world: World) -> list[dict[str, Any]]:
    """system.status: maintenance that goes on, or that ended since."""
    return _rows(world, "/v5/system/status", system.status)


class TableFeed:
    """A topic that tells whole rows, whenever some of them have changed; looked at once a second."""

    def __init__(
        self,
        world: World,
        topic: str,
        rows: Callable[[], list[dict[str, Any]]],
        *,
        kind: str,
        begins: Callable[[dict[str, Any]], bool] = lambda _: True,
    ) -> None:
        """`kind` is the type of a message with changed rows, empty where the topic has no type.

        `begins` says with which rows a client begins.
        """
        self._world = world
        self._topic = topic
        self._rows = rows
        self._kind = kind
        self._begins = begins
        self._told = rows()
        self._looked = 0

    def first(self, at: int) -> str | None:
        rows = [row for row in self._told if self._begins(row)]
        return self._frame("snapshot" if self._kind else "", rows, at) if rows else None

    def changes(self, at: int) -> Iterator[str]:
        if at // SECOND == self._looked:
            return
        self._looked, before, self._told = at // SECOND, self._told, self._rows()
        changed = [row for row in self._told if row not in before]
        if changed:
            yield self._frame(self._kind, changed if self._kind != "snapshot" else self._told, at)

    def _frame(self, kind: str, rows: list[dict[str, Any]], at: int) -> str:
        head = {"topic": self._topic, **({"type": kind} if kind else {})}
        return write({**head, "ts": at, "data": rows})
