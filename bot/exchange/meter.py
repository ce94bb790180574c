"""Plain numbers about calls: counted as ints where they happen, read by the sidecar when it is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from bot.aio.histograms import Histogram
from bot.domain.errors import (
    ClockTrouble,
    ExchangeDown,
    ExchangeRejected,
    ExchangeRestricted,
    ExchangeUnreadable,
    KeyTrouble,
    OutcomeUnknown,
    RetryLater,
)
from bot.exchange.budget import BudgetStats

OK: Final = "ok"
ABORTED: Final = "aborted"  # given up by its caller, or a fault of ours
_OUTCOMES: Final[Mapping[type[BaseException], str]] = MappingProxyType(
    {
        ExchangeRejected: "rejected",
        KeyTrouble: "key_trouble",
        RetryLater: "back_off",
        ClockTrouble: "clock_trouble",
        ExchangeRestricted: "restricted",
        ExchangeUnreadable: "unreadable",  # before what it is a kind of
        ExchangeDown: "down",
        OutcomeUnknown: "unknown",
    }
)
OUTCOMES: Final = (OK, *_OUTCOMES.values(), ABORTED)  # a closed set: these become label values
READ_OUTCOMES: Final = (OK, "rejected", "unreadable", "down")  # what says something of the endpoint itself …
WRITE_OUTCOMES: Final = (OK, "rejected", "unknown")  # … and of one that changes something
BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds, upper bounds


def outcome_of(error: BaseException | None) -> str:
    """The label of how a call ended."""
    if error is None:
        return OK
    return next((name for kind, name in _OUTCOMES.items() if isinstance(error, kind)), ABORTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStats:
    """How many clients the pool holds, and what it did to them since the start."""

    clients: int
    builds: int
    evictions: int
    checks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeStats:
    """Everything about Bybit at one moment. `requests`: (endpoint, outcome) -> count; skew in ms, None: not known.

    `unreadable_rows`: endpoint -> rows of which something could not be read.
    """

    requests: Mapping[tuple[str, str], int]
    unreadable_rows: Mapping[str, int]
    latency: Histogram  # seconds
    reconnects: int
    clock_skew: int | None
    budget: BudgetStats
    pool: PoolStats
    is_in_maintenance: bool = False


@dataclass(slots=True)
class Meter:
    """Counts calls. One that our own budget held back counts as back_off and has no latency."""

    requests: dict[tuple[str, str], int] = field(default_factory=dict)
    latency: Histogram = field(default_factory=lambda: Histogram(BUCKETS))

    def count(self, endpoint: str, error: BaseException | None) -> None:
        key = (endpoint, outcome_of(error))
        self.requests[key] = self.requests.get(key, 0) + 1
