"""Faults a driver orders: which request gets which, drawn from a seed."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.fields import Fields
from ops.sim.bybit.noise import Noise

BEFORE: Final = frozenset(
    {"reset_before", "http_500", "html", "ip_ban", "halted", "code_10000", "code_10006", "code_10002"}
)
"""Kinds that keep the request from being worked on."""
AFTER: Final = frozenset({"lost_answer", "late_answer", "truncated", "reset_after"})
"""Kinds that let it be worked on and spoil the answer."""
KEY_REVOKED: Final = "key_revoked"
STANDING: Final = frozenset({"halted", KEY_REVOKED})
"""Kinds that last until they are removed, unless told otherwise."""
KINDS: Final = BEFORE | AFTER | {KEY_REVOKED}
LATER: Final = frozenset(
    {
        "stream_drop",
        "stream_duplicate",
        "stream_reorder",
        "stream_stall",
        "stream_auth",
        "partial_then_cancel",
        "stop_refused",
    }
)
"""Kinds that need streams or order entry, which this stand-in does not have."""
LATE_SECONDS: Final = 12.0
"""How late a late answer is unless told: more than the ten seconds most clients wait."""
_LONGEST: Final = 3_600
_ZERO, _ONE = Decimal(0), Decimal(1)
_FIELDS: Final = ("kind", "path", "uid", "times", "probability", "seed", "seconds")


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
    """late_answer: how late. halted: how long it lasts from `since`."""
    since: int
    """Epoch milliseconds."""
    met: int = 0
    """Requests that fitted so far."""

    def fits(self, path: str, uid: int | None, now: int) -> bool:
        """Whether a request of that path (without /demo) and UID is one it may hit."""
        if self.times == 0 or (self.uid is not None and self.uid != uid):
            return False
        if self.kind == KEY_REVOKED and uid is None:
            return False
        if self.kind == "halted" and self.seconds is not None and now >= self.since + self.seconds * 1000:
            return False
        wanted = self.path.removeprefix("/demo")
        return not wanted or path == wanted or path.startswith(wanted.rstrip("/") + "/")

    def hits(self) -> bool:
        """Draw for a request that fits."""
        self.met += 1
        chance = 1.0 if self.probability is None else self.probability
        if chance < 1.0 and Noise(self.seed, f"fault {self.kind}").unit(0, self.met) >= chance:
            return False
        if self.times is not None:
            self.times -= 1
        return True


def fault_of(body: object, number: int, now: int) -> Fault:
    """The order a driver sends. Raises ControlError."""
    fields = Fields(body, "", _FIELDS)
    kind = fields.text("kind")
    if kind in LATER:
        raise ControlError(f"kind: {kind} needs streams or order entry, which this stand-in does not have")
    if kind not in KINDS:
        raise ControlError(f"kind: must be one of {', '.join(sorted(KINDS))}, not {kind!r}")
    times: int | None = None
    if "times" in fields:
        times = fields.integer("times", 1, low=1)
    probability: float | None = None
    if "probability" in fields:
        probability = float(fields.decimal("probability", _ONE))
        if probability > 1:
            raise fields.wrong("probability", "must be from 0 to 1")
    if times is None and probability is None and kind not in STANDING:
        times = 1
    seconds = fields.decimal("seconds", _ZERO)
    if seconds > _LONGEST:
        raise fields.wrong("seconds", f"must be at most {_LONGEST}")
    return Fault(
        id=number,
        kind=kind,
        path=fields.text("path"),
        uid=fields.integer("uid", 0) if "uid" in fields else None,
        times=times,
        probability=probability,
        seed=fields.integer("seed", 0),
        seconds=float(seconds) if "seconds" in fields else None,
        since=now,
    )


class Faults:
    """All orders that stand; the first one that fits and hits wins."""

    def __init__(self) -> None:
        self.standing: list[Fault] = []
        self.made = 0

    def add(self, body: object, now: int) -> int:
        """Take an order and return its id. Raises ControlError."""
        fault = fault_of(body, self.made + 1, now)
        self.made += 1
        self.standing.append(fault)
        return fault.id

    def clear(self) -> None:
        self.standing = []

    def restore(self, faults: Iterable[Fault], made: int) -> None:
        """Take over the orders of an earlier run."""
        self.standing = list(faults)
        self.made = made

    def draw(self, path: str, uid: int | None, now: int) -> Fault | None:
        """The fault that hits this request, if one does; `path` is without /demo."""
        hit: Fault | None = None
        for fault in self.standing:
            if fault.fits(path, uid, now) and fault.hits():
                hit = fault
                break
        if hit is not None and hit.times == 0:
            self.standing.remove(hit)
        return hit
