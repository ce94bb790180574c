"""The state of the process as /health shows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The process as an admin sees it: no user, no secret."""

    version: str
    schema: int
    reasons: tuple[str, ...]  # why it is not ready; empty when it is
    poll_age_s: float | None
    updates_waiting: int
    outbox_waiting: int
    telegram_limited: bool
    bybit_banned_s: float  # until Bybit is called again; 0: it is being called
    bybit_waiting: int  # calls that wait in the queue
    bybit_clients: int
    clock_skew_ms: int | None  # Bybit's clock less ours
    hit_rates: tuple[tuple[str, float | None], ...]  # region -> 0 … 1; None before its first read
