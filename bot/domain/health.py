"""The state of the process as readiness and /health show it."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.ids import Millis


class ReasonKind(StrEnum):
    """What a reason not to be ready is about: a closed set, for metrics and alerts."""

    STARTING = "starting"
    STOPPING = "stopping"
    DATABASE = "database"
    TELEGRAM = "telegram"
    JOBS = "jobs"
    BYBIT = "bybit"
    STREAMS = "streams"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the process is not ready, in plain words, and since when. It names no user."""

    kind: ReasonKind
    text: str = field(repr=False)
    since: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The process as an admin sees it: no user, no secret."""

    version: str
    schema: int
    reasons: tuple[Reason, ...]  # why it is not ready; empty when it is
    poll_age_s: float  # since Telegram last gave updates, or said that it sends them
    updates_waiting: int
    outbox_waiting: int
    telegram_limited: bool
    bybit_banned_s: float  # until Bybit is called again; 0: it is being called
    bybit_waiting: int  # calls that wait in the queue
    bybit_clients: int
    clock_skew_ms: int | None  # Bybit's clock less ours
    hit_rates: tuple[tuple[str, float | None], ...]  # region -> 0 … 1; None before its first read
