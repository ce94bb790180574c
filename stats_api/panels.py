"""The panels of the dashboard: figures of /metrics, and of the last minute what it counted. No figure is of a user."""

from collections.abc import Mapping
from math import isnan, nan
from typing import Any, Final

from stats_api.answers import utc
from stats_api.scrape import Scrape
from stats_api.windows import Window

Panel = dict[str, Any]
CALLS_FAILED: Final = ("flood", "timed_out", "refused", "network", "other")
"""Outcomes of calls to Telegram that were not what the caller wanted."""
BYBIT_FAILED: Final = ("unreadable", "down", "unknown", "back_off", "clock_trouble", "restricted")
"""Outcomes of calls to Bybit that are somebody's fault: a rejected order, or a wrong key, is its user's."""
TARGETS: Final[Mapping[str, tuple[float, float]]] = {
    "user_config": (0.90, 0.95),
    "balance": (0.70, 0.85),
    "position": (0.65, 0.80),
    "market_data": (0.80, 0.90),
}
"""Hit rates that are aimed at; what a person's pace allows is in docs/cache.md."""
LINES: Final[Mapping[str, tuple[str, str]]] = {
    "updates_per_second": ("telegram_in", "per_second"),
    "update_p99_seconds": ("telegram_in", "p99_seconds"),
    "updates_waiting": ("telegram_in", "waiting"),
    "calls_per_second": ("telegram_out", "per_second"),
    "outbox_due": ("telegram_out", "outbox_due"),
    "bybit_calls_per_second": ("bybit", "per_second"),
    "bybit_p99_seconds": ("bybit", "p99_seconds"),
    "bybit_budget_ratio": ("bybit", "budget_used_ratio"),
    "streams_connected": ("streams", "connected"),
    "commit_p99_seconds": ("host", "commit_p99_seconds"),
    "loop_lag_p99_seconds": ("host", "loop_lag_p99_seconds"),
    "processor_ratio": ("host", "processor_ratio"),
    "memory_bytes": ("host", "memory_bytes"),
}
"""A line of the history -> the panel and the figure that it follows."""


def panels_of(scrape: Scrape, minute: Window) -> Panel:
    """All panels but the verdict and the cache, in the order in which the page shows them."""
    return {
        "money": _money(scrape),
        "telegram_in": _telegram_in(scrape, minute),
        "telegram_out": _telegram_out(scrape, minute),
        "bybit": _bybit(scrape, minute),
        "streams": _streams(scrape),
        "host": _host(scrape, minute),
        "jobs": _jobs(scrape),
        "backups": _backups(scrape),
    }


def cache_panel(scrape: Scrape, hour: Window) -> Panel:
    """Every region: its hit rate within the last hour beside what is aimed at, and how full it is."""
    return {
        region: {
            "hit_rate": hour.hit_rate(region),
            "target": TARGETS.get(region),
            "size": size,
            "capacity": scrape.value("perpdesk_cache_capacity", region=region),
            "bytes": scrape.value("perpdesk_cache_bytes", region=region),
            "max_bytes": scrape.value("perpdesk_cache_max_bytes", region=region),
        }
        for region, size in scrape.by("perpdesk_cache_entries", "region").items()
    }


def _money(scrape: Scrape) -> Panel:
    return {
        "unknown": scrape.value("perpdesk_order_unknown"),
        "unknown_oldest_seconds": scrape.value("perpdesk_order_unknown_oldest_seconds"),
        "unprotected": scrape.value("perpdesk_position_unprotected"),
        "unprotected_oldest_seconds": scrape.value("perpdesk_position_unprotected_oldest_seconds"),
        "disagreements": scrape.value("perpdesk_drift_open"),
        "panics_running": scrape.value("perpdesk_panics_running"),
        "entries_halted": scrape.value("perpdesk_entries_halted"),
        "emergency_closes": scrape.value("perpdesk_emergency_closes_total"),
        "orders_open": scrape.value("perpdesk_orders"),
        "reconcile_due": scrape.value("perpdesk_reconcile_due"),
        "reconcile_oldest_wait_seconds": scrape.value("perpdesk_reconcile_oldest_wait_seconds"),
    }


def _telegram_in(scrape: Scrape, minute: Window) -> Panel:
    seconds, updates = "perpdesk_telegram_update_seconds_bucket", "perpdesk_telegram_updates_total"
    return {
        "intake_age_seconds": scrape.value("perpdesk_telegram_intake_age_seconds"),
        "per_second": minute.per_second(updates, "received"),
        "p50_seconds": minute.quantile(seconds, 0.5),
        "p99_seconds": minute.quantile(seconds, 0.99),
        "lanes": scrape.value("perpdesk_telegram_lanes"),
        "waiting": scrape.value("perpdesk_telegram_waiting"),
        "oldest_waiting_seconds": scrape.value("perpdesk_telegram_oldest_waiting_seconds"),
        "received": scrape.value(updates, outcome="received"),
        "failed": scrape.value(updates, outcome="failed"),
        "apologies": scrape.value("perpdesk_apologies_total"),
    }


def _telegram_out(scrape: Scrape, minute: Window) -> Panel:
    calls, messages = "perpdesk_telegram_calls_total", "perpdesk_outbox_promises_total"
    seconds, answered = (minute.counted(f"perpdesk_telegram_call_seconds_{part}") for part in ("sum", "count"))
    return {
        "per_second": minute.per_second(calls),
        "failed_per_second": minute.per_second(calls, *CALLS_FAILED),
        "mean_seconds": seconds / answered if answered > 0 else nan,
        "floods": scrape.value("perpdesk_telegram_floods_total"),
        "outbox_due": scrape.value("perpdesk_outbox_due"),
        "outbox_oldest_due_seconds": scrape.value("perpdesk_outbox_oldest_due_seconds"),
        "outbox_sent": scrape.value(messages, outcome="sent"),
        "outbox_undeliverable": scrape.value(messages, outcome="undeliverable"),
    }


def _bybit(scrape: Scrape, minute: Window) -> Panel:
    calls, seconds = "perpdesk_exchange_requests_total", "perpdesk_exchange_request_seconds_bucket"
    return {
        "per_second": minute.per_second(calls),
        "failed_per_second": minute.per_second(calls, *BYBIT_FAILED),
        "outcomes_per_second": minute.rates(calls),
        "p50_seconds": minute.quantile(seconds, 0.5),
        "p99_seconds": minute.quantile(seconds, 0.99),
        "budget_used": scrape.value("perpdesk_exchange_budget_used"),
        "budget_limit": scrape.value("perpdesk_exchange_budget_limit"),
        "budget_used_ratio": scrape.value("perpdesk_ip_budget_used_ratio"),
        "waiting": scrape.value("perpdesk_exchange_waiting"),
        "banned_seconds": scrape.value("perpdesk_exchange_banned_seconds"),
        "held_hosts": scrape.value("perpdesk_exchange_held_hosts"),
        "maintenance": scrape.value("perpdesk_bybit_maintenance"),
        "clock_skew_seconds": scrape.value("perpdesk_exchange_clock_skew_seconds"),
    }


def _streams(scrape: Scrape) -> Panel:
    connects = scrape.by("perpdesk_stream_connects_total", "result")
    return {
        "wanted": scrape.value("perpdesk_stream_wanted"),
        "connected": scrape.value("perpdesk_stream_connected"),
        "last_event_age_seconds": scrape.value("perpdesk_stream_last_event_age_seconds", quantile="p99"),
        "late": scrape.value("perpdesk_stream_late"),
        "connects": connects.get("ok"),
        "connects_failed": sum(count for result, count in connects.items() if result != "ok"),
        "mute": scrape.value("perpdesk_stream_mute_total"),
        "mishaps": scrape.value("perpdesk_stream_mishaps_total"),
    }


def _host(scrape: Scrape, minute: Window) -> Panel:
    return {
        "commit_p50_seconds": minute.quantile("perpdesk_sqlite_commit_seconds_bucket", 0.5),
        "commit_p99_seconds": minute.quantile("perpdesk_sqlite_commit_seconds_bucket", 0.99),
        "commit_failures": scrape.value("perpdesk_sqlite_commit_failures_total"),
        "writers_waiting": scrape.value("perpdesk_sqlite_waiting"),
        "file_bytes": scrape.value("perpdesk_sqlite_file_bytes"),
        "wal_bytes": scrape.value("perpdesk_sqlite_wal_bytes"),
        "loop_lag_p99_seconds": minute.quantile("perpdesk_loop_lag_seconds_bucket", 0.99),
        "processor_ratio": minute.per_second("process_cpu_seconds_total"),
        "memory_bytes": scrape.value("process_resident_memory_bytes"),
        "open_files": scrape.value("process_open_fds"),
        "max_files": scrape.value("process_max_fds"),
        "disk_free_bytes": scrape.by("perpdesk_disk_free_bytes", "place"),
        "disk_size_bytes": scrape.by("perpdesk_disk_size_bytes", "place"),
        "log_warnings": scrape.value("perpdesk_log_messages_total", level="warning"),
        "log_errors": scrape.value("perpdesk_log_messages_total", level="error"),
    }


def _jobs(scrape: Scrape) -> Panel:
    rounds, failed = (scrape.by("perpdesk_job_rounds_total", "job", outcome=outcome) for outcome in ("ok", "failed"))
    return {
        job: {
            "rounds": rounds.get(job),
            "failed": failed.get(job),
            "last_success": _moment(seconds),
            "age_seconds": max(0.0, scrape.at / 1000 - seconds) if seconds > 0 else None,
        }
        for job, seconds in scrape.by("perpdesk_job_last_success_timestamp_seconds", "job").items()
    }


def _backups(scrape: Scrape) -> Panel:
    return {
        "verified": _moment(scrape.value("perpdesk_backup_verified_timestamp_seconds")),
        "restore_drill": _moment(scrape.value("perpdesk_backup_restore_drill_timestamp_seconds")),
        "file_bytes": scrape.value("perpdesk_backup_file_bytes"),
        "hook_exit_code": scrape.value("perpdesk_backup_hook_exit_code"),
        "hook_seconds": scrape.value("perpdesk_backup_hook_seconds"),
    }


def _moment(seconds: float) -> str | None:
    """A timestamp in words; None for 0 and for what is not a number: it never happened."""
    return None if isnan(seconds) or seconds <= 0 else utc(seconds * 1000)
