"""What is wrong now, in words and since when: why the process is not ready, and what the alerts look at.

Each of RULES is an alert of ops/deploy/prometheus, asked of one moment: what holds is told at once, and counts as
lasting when it has held as long as the alert waits. Forecasts, and what needs a second machine, are left to Prometheus.
What nobody is woken for, and all is not well with all the same, stands in SILENT.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from bot.domain.health import Reason, ReasonKind
from bot.domain.ids import Millis
from stats_api.scrape import Scrape
from stats_api.windows import Window

Severity = Literal["page", "ticket"]
State = Literal["well", "watch", "alarm", "starting", "stopping"]
Found = tuple[str, float] | None
"""What is wrong, and for how many seconds it is known to be so already (0: since now); None: nothing."""

_STUCK: Final = "stuck"
_DEAF_S: Final = 90
_UNKNOWN_S: Final = 60
_UNKNOWN_IN_MAINTENANCE_S: Final = 3_600
_UNPROTECTED_S: Final = 10
_STREAMS_UP: Final = 0.9  # of those that are wanted
_SILENT_S: Final = 90
_BANNED_S: Final = 60
_BUDGET_USED: Final = 0.8
_DUE_S: Final = 60
_DISK_LEAST: Final = 512 * 1024 * 1024  # bytes
_WAL_MOST: Final = 64 * 1024 * 1024  # bytes
_LATE_PART: Final = 0.01  # of the moments at which the event loop is looked at
_SKEW_S: Final = 0.5
_BACKUP_S: Final = 2_700
_DRILL_S: Final = 8 * 86_400


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong. `name` is an alert's or a reason's; it `is_lasting` once the alert would fire."""

    name: str
    severity: Severity
    text: str
    since: Millis
    is_lasting: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """An alert, or a word in small letters where there is none, and what it looks at.

    It fires when that has held for `lasts_s` seconds.
    """

    alert: str
    severity: Severity
    lasts_s: float
    look: Callable[[Scrape, Window], Found]


@dataclass(slots=True)
class Troubles:
    """Remembers since when each of them holds: whoever wants it true looks every few seconds."""

    _first: dict[str, tuple[Millis, float]] = field(default_factory=dict)

    def look(
        self, scrape: Scrape, minute: Window, reasons: Iterable[Reason], stuck: Iterable[str]
    ) -> tuple[Trouble, ...]:
        """All there are, the worst first, then the oldest."""
        found = {
            rule.alert: (rule, said) for rule in (*RULES, *SILENT) if (said := rule.look(scrape, minute)) is not None
        }
        stuck = tuple(stuck)
        names = {*found, _STUCK} if stuck else {*found}
        self._first = {name: self._first.get(name, (scrape.at, scrape.seconds)) for name in names}
        troubles = [
            *(Trouble(_STUCK, "page", text, self._first[_STUCK][0]) for text in stuck),
            *(Trouble(reason.kind.value, "page", reason.text, reason.since) for reason in reasons),
        ]
        for name, (rule, (text, age_s)) in found.items():
            since, steady = self._first[name]
            since = min(since, Millis(scrape.at - round(age_s * 1000)))
            is_lasting = scrape.seconds - steady >= rule.lasts_s
            troubles.append(Trouble(name, rule.severity, text, since, is_lasting))
        return tuple(sorted(troubles, key=lambda each: (each.severity, not each.is_lasting, each.since)))


def state_of(troubles: Iterable[Trouble]) -> State:
    """The whole in a word: an alarm wakes somebody, a watch may wait until morning or pass by itself."""
    troubles = tuple(troubles)
    names = {trouble.name for trouble in troubles}
    if ReasonKind.STOPPING.value in names:
        return "stopping"
    if ReasonKind.STARTING.value in names:
        return "starting"
    if any(trouble.severity == "page" and trouble.is_lasting for trouble in troubles):
        return "alarm"
    return "watch" if troubles else "well"


def _count(number: float, one: str, many: str) -> str:
    return f"{number:,.0f} {one if number == 1 else many}"


def _deaf(scrape: Scrape, _: Window) -> Found:
    age = scrape.value("perpdesk_telegram_intake_age_seconds")
    is_starting = scrape.value("perpdesk_unready", reason="starting") > 0
    return ("Nothing comes from Telegram", age) if age > _DEAF_S and not is_starting else None


def _unknown(scrape: Scrape, _: Window) -> Found:
    age = scrape.value("perpdesk_order_unknown_oldest_seconds")
    is_maintenance = scrape.value("perpdesk_bybit_maintenance") == 1
    if not age > (_UNKNOWN_IN_MAINTENANCE_S if is_maintenance else _UNKNOWN_S):
        return None
    return f"What became of {_count(scrape.value('perpdesk_order_unknown'), 'order', 'orders')} is not known", age


def _unprotected(scrape: Scrape, _: Window) -> Found:
    age = scrape.value("perpdesk_position_unprotected_oldest_seconds")
    if not age > _UNPROTECTED_S:
        return None
    positions = _count(scrape.value("perpdesk_position_unprotected"), "position stands", "positions stand")
    return f"{positions} without the promised stop", age


def _streams_down(scrape: Scrape, _: Window) -> Found:
    up, wanted = scrape.value("perpdesk_stream_connected"), scrape.value("perpdesk_stream_wanted")
    if scrape.value("perpdesk_bybit_maintenance") == 1:
        return None
    if up < _STREAMS_UP * wanted:
        return f"{up:,.0f} of {_count(wanted, 'stream', 'streams')} of Bybit are up", 0
    age = scrape.value("perpdesk_stream_last_event_age_seconds", quantile="p99")
    return ("Streams of Bybit are silent", age) if age > _SILENT_S else None


def _disagreement(scrape: Scrape, _: Window) -> Found:
    count = scrape.value("perpdesk_drift_open")
    places = _count(count, "place", "places")
    return (f"Bybit shows something else than was promised in {places}", 0) if count > 0 else None


def _budget(scrape: Scrape, _: Window) -> Found:
    if scrape.value("perpdesk_exchange_banned_seconds") > _BANNED_S:
        return "Bybit has banned our address", 0
    is_near = scrape.value("perpdesk_ip_budget_used_ratio") > _BUDGET_USED
    return ("The budget of calls to Bybit is nearly used up", 0) if is_near else None


def _outbox_old(scrape: Scrape, _: Window) -> Found:
    age = scrape.value("perpdesk_outbox_oldest_due_seconds")
    if not age > _DUE_S or scrape.value("perpdesk_telegram_intake_age_seconds") > _DEAF_S:
        return None
    return f"{_count(scrape.value('perpdesk_outbox_due'), 'message', 'messages')} of the outbox could not be sent", age


def _disk(scrape: Scrape, _: Window) -> Found:
    full = [place for place, free in scrape.by("perpdesk_disk_free_bytes", "place").items() if free < _DISK_LEAST]
    if full:
        return f"The disk of {' and '.join(full)} is full: less than 512 MB are free", 0
    is_long = scrape.value("perpdesk_sqlite_wal_bytes") > _WAL_MOST
    return ("The write-ahead log does not shrink", 0) if is_long else None


def _lag(_: Scrape, minute: Window) -> Found:
    is_late = minute.part_above("perpdesk_loop_lag_seconds_bucket", "0.25") > _LATE_PART
    return ("The event loop is more than 250 ms late, more than 1 % of the time", 0) if is_late else None


def _skew(scrape: Scrape, _: Window) -> Found:
    is_apart = abs(scrape.value("perpdesk_exchange_clock_skew_seconds")) > _SKEW_S
    return ("Our clock and Bybit's are more than half a second apart", 0) if is_apart else None


def _backup_old(scrape: Scrape, _: Window) -> Found:
    """What never happened counts from the start."""
    started, now = scrape.value("process_start_time_seconds"), scrape.at / 1000
    verified = scrape.value("perpdesk_backup_verified_timestamp_seconds")
    drilled = scrape.value("perpdesk_backup_restore_drill_timestamp_seconds")
    if (age := now - (verified if verified > 0 else started)) > _BACKUP_S:
        return "No backup was made and verified", age
    if (age := now - (drilled if drilled > 0 else started)) > _DRILL_S:
        return "No backup was restored on trial", age
    return None


def _halted(scrape: Scrape, _: Window) -> Found:
    is_halted = scrape.value("perpdesk_entries_halted") > 0
    return ("Entries of everybody are halted; /unhalt in chat lifts it", 0) if is_halted else None


RULES: Final = (
    Rule("DeafPoller", "page", 60, _deaf),
    Rule("UnknownOrder", "page", 30, _unknown),
    Rule("UnprotectedPosition", "page", 0, _unprotected),
    Rule("StreamsDown", "page", 180, _streams_down),
    Rule("Disagreement", "page", 300, _disagreement),
    Rule("IPBudget", "ticket", 60, _budget),
    Rule("OutboxOld", "page", 120, _outbox_old),
    Rule("BackupOld", "ticket", 300, _backup_old),
    Rule("Disk", "page", 600, _disk),
    Rule("LoopLag", "ticket", 300, _lag),
    Rule("ClockSkew", "ticket", 120, _skew),
)
SILENT: Final = (Rule("halted", "ticket", 0, _halted),)
