"""Faults a driver orders: which request gets which, drawn from a seed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.fault_kinds import (
    KEY_REVOKED,
    KINDS,
    LIMITS_CHANGED,
    ODD_FIELD,
    REST,
    SHAPING,
    STANDING,
    STOP_REFUSED,
)
from ops.sim.bybit.fields import Fields, number_of
from ops.sim.bybit.noise import Noise

LATE_SECONDS: Final = 12.0
"""How late or slow an answer is unless told: more than the ten seconds most clients wait."""
CAUSES: Final = ("region", "too_frequent")
"""What an html_403 is for."""
DROPS: Final = ("connection", "message")
"""What a stream_drop takes: the message with its connection, or only the message."""
EVERY_ROW: Final = "all"
_LONGEST: Final = 3_600
_LARGEST_CODE: Final = 10_000_000
_ZERO, _ONE = Decimal(0), Decimal(1)
_MOST: Final = Decimal(100)
_STATUSES: Final = ("Trading", "PreLaunch", "Delivering", "Closed")
_FIELDS: Final = (
    "kind",
    "path",
    "uid",
    "times",
    "probability",
    "seed",
    "seconds",
    "code",
    "cause",
    "field",
    "value",
    "row",
    "symbol",
    "share",
    "tick",
    "status",
    "rate",
)
_HALF: Final = Decimal("0.5")
_SHARES: Final = {"settle": _ONE, "delivery": _ONE, "corporate_action": Decimal(2)}
"""What is meant unless told, where it is not a half."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One order for faults."""

    id: int
    kind: str
    path: str = ""
    """Only requests of that path or below it, with or without /demo; empty for all."""
    uid: int | None = None
    """Only requests with a key of that UID."""
    times: int | None = None
    """How many more requests it hits; None for any number."""
    probability: float | None = None
    """How likely it hits a request that fits; None for always."""
    seed: int = 0
    seconds: float | None = None
    """late_answer, late_execution: how late. slow_body: how long the body takes. Of a standing one: how long."""
    since: int
    """Epoch milliseconds."""
    met: int = 0
    """Requests that fitted so far."""
    struck: int = 0
    """Those of them that it hit."""
    code: int = 0
    """Of a `code`, and of a stop_refused; 0 for its usual one."""
    cause: str = CAUSES[0]
    """Of an html_403 or a stream_drop."""
    field: str = ""
    """Of an odd_field: the name in the rows or in the result itself; for rows that are lists the place."""
    value: Any = None
    """What the odd field holds instead."""
    missing: bool = False
    """Whether the odd field is taken out instead."""
    row: int | str = 0
    """Which rows are odd: a place, every one, or those that hold this word."""
    symbol: str = ""
    """Of orders, positions and limits: only of that symbol; empty for all."""
    share: Decimal = _HALF
    """How much of it: what is filled, closed or moved, or what is left of a limit; of a split, the first part."""
    tick: Decimal = Decimal(0)
    """limits_changed: the new tick size; 0 for the old one."""
    rate: Decimal | None = None
    """funding: as a share of the value, negative where shorts pay; None for the rate of the last settlement."""
    status: str = ""
    """limits_changed: the new status of the contract; empty for the old one."""

    @property
    def until(self) -> int | None:
        """When a standing one ends by itself, epoch milliseconds."""
        return None if self.seconds is None else self.since + int(self.seconds * 1000)

    def fits(self, path: str, uid: int | None, now: int) -> bool:
        """Whether a request or connection of that path (without /demo) and UID is one it may hit."""
        if self.times == 0 or (self.uid is not None and self.uid != uid):
            return False
        if self.kind == KEY_REVOKED and uid is None:
            return False
        if self.kind in STANDING and self.until is not None and now >= self.until:
            return False
        wanted = self.path.removeprefix("/demo")
        return not wanted or path == wanted or path.startswith(wanted.rstrip("/") + "/")

    def hits(self) -> bool:
        """Draw for a request that fits."""
        self.met += 1
        chance = 1.0 if self.probability is None else self.probability
        if chance < 1.0 and Noise(self.seed, f"fault {self.kind}").unit(0, self.met) >= chance:
            return False
        self.struck += 1
        if self.times is not None:
            self.times -= 1
        return True


def fault_of(body: object, number: int, now: int) -> Fault:
    """The order a driver sends. Raises ControlError."""
    fields = Fields(body, "", _FIELDS)
    kind = fields.text("kind")
    if kind not in KINDS:
        raise ControlError(f"kind: must be one of {', '.join(sorted(KINDS))}, not {kind!r}")
    times, probability = _how_often(fields)
    if times is None and probability is None and kind not in STANDING:
        times = 1
    seconds = fields.decimal("seconds", _ZERO)
    if seconds > _LONGEST:
        raise fields.wrong("seconds", f"must be at most {_LONGEST}")
    fault = Fault(
        id=number,
        kind=kind,
        path=fields.text("path"),
        uid=fields.integer("uid", 0) if "uid" in fields else None,
        times=times,
        probability=probability,
        seed=fields.integer("seed", 0),
        seconds=float(seconds) if "seconds" in fields else None,
        cause=_cause(fields, kind),
        since=now,
        symbol=fields.text("symbol").upper(),
        share=_share(fields, _SHARES.get(kind, _HALF)),
    )
    if kind == LIMITS_CHANGED:
        fault.tick = fields.decimal("tick", _ZERO)
        fault.status = fields.choice("status", ("", *_STATUSES), "")
    if kind in {"code", STOP_REFUSED}:
        fault.code = fields.integer("code", 0, low=1, high=_LARGEST_CODE)
        if not fault.code and kind == "code":
            raise fields.wrong("code", "is needed")
    if "rate" in fields:
        fault.rate = number_of(fields.raw("rate"))
        if fault.rate is None or abs(fault.rate) > 1:
            raise fields.wrong("rate", "must be a number from -1 to 1")
    if kind == ODD_FIELD:
        _describe(fault, fields, body)
    return fault


def _share(fields: Fields, usual: Decimal) -> Decimal:
    share = fields.decimal("share", usual, positive=True)
    if share > _MOST:
        raise fields.wrong("share", f"must be at most {_MOST}")
    return share


def _cause(fields: Fields, kind: str) -> str:
    causes = DROPS if kind == "stream_drop" else CAUSES
    return fields.choice("cause", causes, causes[0])


def _how_often(fields: Fields) -> tuple[int | None, float | None]:
    """Times and probability, None where not given. Raises ControlError."""
    times = fields.integer("times", 1, low=1) if "times" in fields else None
    probability = float(fields.decimal("probability", _ONE)) if "probability" in fields else None
    if probability is not None and probability > 1:
        raise fields.wrong("probability", "must be from 0 to 1")
    return times, probability


def _describe(fault: Fault, fields: Fields, body: object) -> None:
    """What an odd_field does. A null is a value; without any value the field is missing. Raises ControlError."""
    fault.field = fields.text("field")
    if not fault.field or not fault.path:
        raise ControlError("odd_field: path and field are needed")
    fault.missing = not (isinstance(body, dict) and "value" in body)
    fault.value = fields.raw("value")
    row = fields.raw("row")
    place = isinstance(row, int) and not isinstance(row, bool) and row >= 0
    if row is not None and not place and not (isinstance(row, str) and row):
        raise fields.wrong("row", f"must be a place from 0, {EVERY_ROW!r}, or a word that the row holds")
    fault.row = 0 if row is None else row


class Faults:
    """All orders that stand; the first one that fits and hits wins, and shaping ones come on top."""

    def __init__(self) -> None:
        self.standing: list[Fault] = []
        self.limits: tuple[Fault, ...] = ()
        """Those that change contracts: every price looked up asks for them."""
        self.made = 0

    def add(self, body: object, now: int) -> Fault:
        """Take an order; it stands from now on. Raises ControlError."""
        fault = fault_of(body, self.made + 1, now)
        self.made += 1
        self._stand([*self.standing, fault])
        return fault

    def clear(self) -> None:
        self._stand([])

    def restore(self, faults: Iterable[Fault], made: int) -> None:
        """Take over the orders of an earlier run."""
        self._stand(list(faults))
        self.made = made

    def draw(self, path: str, uid: int | None, now: int) -> Fault | None:
        """The fault that hits this request, if one does; `path` is without /demo."""
        return next(self._hits(path, uid, now, shaping=False), None)

    def shaping(self, path: str, uid: int | None, now: int) -> list[Fault]:
        """Every shaping fault that hits this request."""
        return list(self._hits(path, uid, now, shaping=True))

    def of_kind(self, kind: str, uid: int | None, now: int, *, path: str = "", symbol: str = "") -> Fault | None:
        """The fault of that kind that hits a stream, an order or a position; it counts as one hit."""
        for fault in tuple(self.standing):
            is_of = fault.kind == kind and fault.symbol in {"", symbol}
            if is_of and fault.fits(path or fault.path, uid, now) and fault.hits():
                if fault.times == 0:
                    self.standing.remove(fault)
                return fault
        return None

    def remove(self, number: int) -> None:
        """Drop the order with that id, if it stands."""
        self._stand([fault for fault in self.standing if fault.id != number])

    def _stand(self, orders: list[Fault]) -> None:
        self.standing = orders
        limits = tuple(fault for fault in orders if fault.kind == LIMITS_CHANGED)
        if limits != self.limits:
            self.limits = limits

    def _hits(self, path: str, uid: int | None, now: int, *, shaping: bool) -> Iterator[Fault]:
        for fault in tuple(self.standing):
            if (
                fault.kind in REST
                and (fault.kind in SHAPING) is shaping
                and fault.fits(path, uid, now)
                and fault.hits()
            ):
                if fault.times == 0:
                    self.standing.remove(fault)
                yield fault
