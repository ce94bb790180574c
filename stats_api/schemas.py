"""The overview's and the history's answers as JSON schemas, for the sidecar's description."""

from typing import Any, Final

from stats_api.panels import LINES

Schema = dict[str, Any]

_FIGURE: Final[Schema] = {"type": ["number", "null"]}
_AGE: Final[Schema] = {"type": ["number", "null"], "minimum": 0}
_MOMENT: Final[Schema] = {"type": ["string", "null"], "description": "RFC 3339, UTC; null: never, or not known."}
_MILLIS: Final[Schema] = {"type": "array", "items": {"type": "integer"}}
_COLUMN: Final[Schema] = {"type": "array", "items": _FIGURE}


def _object(words: str, properties: dict[str, Schema]) -> Schema:
    return {
        "type": "object",
        "description": words,
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


def _figures(words: str, *names: str, **others: Schema) -> Schema:
    """Numbers by name, null where none is known; `…_seconds` and whatever else counts is never below 0."""
    signed = {"clock_skew_seconds", "hook_exit_code"}
    return _object(words, {name: _FIGURE if name in signed else _AGE for name in names} | others)


def _by_name(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


_TROUBLE: Final = _object(
    "One thing that is wrong: an alert's name, or a reason not to be ready.",
    {
        "name": {"type": "string"},
        "severity": {"type": "string", "enum": ["page", "ticket"]},
        "text": {"type": "string"},
        "since": {"type": "string", "description": "RFC 3339, UTC."},
        "age_seconds": {"type": "number", "minimum": 0},
        "is_lasting": {"type": "boolean", "description": "Whether it has held for as long as its alert waits."},
    },
)
_VERDICT: Final = _object(
    "The whole in a word. alarm: somebody should look now; watch: it may wait, or pass by itself.",
    {
        "state": {"type": "string", "enum": ["well", "watch", "alarm", "starting", "stopping"]},
        "troubles": {"type": "array", "items": {"$ref": "#/components/schemas/Trouble"}},
        "version": {"type": "string"},
        "python": {"type": "string"},
        "started": {"type": "string", "description": "RFC 3339, UTC."},
        "uptime_seconds": {"type": "number", "minimum": 0},
    },
)
_CACHED: Final = _figures(
    "A region of the cache: its hit rate of the last hour, and how full it is.",
    "size",
    "capacity",
    "bytes",
    "max_bytes",
    hit_rate={"type": ["number", "null"], "minimum": 0, "maximum": 1},
    target={
        "type": ["array", "null"],
        "items": {"type": "number", "minimum": 0, "maximum": 1},
        "description": "The hit rate that is aimed at, from and to; null: none is named.",
    },
)
_JOB: Final = _figures(
    "A job: its rounds since the start, and its last success.",
    "rounds",
    "failed",
    "age_seconds",
    last_success=_MOMENT,
)
_PANELS: Final[dict[str, Schema]] = {
    "money": _figures(
        "Orders and positions of everybody.",
        "unknown",
        "unknown_oldest_seconds",
        "unprotected",
        "unprotected_oldest_seconds",
        "disagreements",
        "panics_running",
        "entries_halted",
        "emergency_closes",
        "orders_open",
        "reconcile_due",
        "reconcile_oldest_wait_seconds",
    ),
    "telegram_in": _figures(
        "What comes from Telegram; rates and quantiles are of the last minute.",
        "intake_age_seconds",
        "per_second",
        "p50_seconds",
        "p99_seconds",
        "lanes",
        "waiting",
        "oldest_waiting_seconds",
        "received",
        "failed",
        "apologies",
    ),
    "telegram_out": _figures(
        "What goes to Telegram: calls, and the messages of the outbox.",
        "per_second",
        "failed_per_second",
        "mean_seconds",
        "floods",
        "outbox_due",
        "outbox_oldest_due_seconds",
        "outbox_sent",
        "outbox_undeliverable",
    ),
    "bybit": _figures(
        "Calls to Bybit, and the budget that they are made from.",
        "per_second",
        "failed_per_second",
        "p50_seconds",
        "p99_seconds",
        "budget_used",
        "budget_limit",
        "budget_used_ratio",
        "waiting",
        "banned_seconds",
        "held_hosts",
        "maintenance",
        "clock_skew_seconds",
        outcomes_per_second=_by_name(_AGE),
    ),
    "cache": _by_name({"$ref": "#/components/schemas/CachedRegion"}),
    "streams": _figures(
        "Streams of Bybit.",
        "wanted",
        "connected",
        "last_event_age_seconds",
        "late",
        "connects",
        "connects_failed",
        "mute",
        "mishaps",
    ),
    "host": _figures(
        "SQLite, the event loop, the process and its disk.",
        "commit_p50_seconds",
        "commit_p99_seconds",
        "commit_failures",
        "writers_waiting",
        "file_bytes",
        "wal_bytes",
        "loop_lag_p99_seconds",
        "processor_ratio",
        "memory_bytes",
        "open_files",
        "max_files",
        "log_warnings",
        "log_errors",
        disk_free_bytes=_by_name(_AGE),
        disk_size_bytes=_by_name(_AGE),
    ),
    "jobs": _by_name({"$ref": "#/components/schemas/Job"}),
    "backups": _figures(
        "When a backup was last verified and last restored on trial, and how the hook ended.",
        "file_bytes",
        "hook_exit_code",
        "hook_seconds",
        verified=_MOMENT,
        restore_drill=_MOMENT,
    ),
}

SCHEMAS: Final[dict[str, Schema]] = {
    "Overview": _object(
        "The panels of the dashboard, of one moment. No figure is of a user.",
        {
            "at": {"type": "string", "description": "RFC 3339, UTC."},
            "verdict": {"$ref": "#/components/schemas/Verdict"},
            **_PANELS,
        },
    ),
    "Verdict": _VERDICT,
    "Trouble": _TROUBLE,
    "CachedRegion": _CACHED,
    "Job": _JOB,
    "History": _object(
        "The last hour as columns of the same length, oldest first; null where a number is not known.",
        {
            "every_seconds": {"type": "number", "exclusiveMinimum": 0},
            "capacity": {"type": "integer", "minimum": 1, "description": "Samples that are kept at most."},
            "at": {**_MILLIS, "description": "When each sample was taken, in UTC milliseconds."},
            "hit_rate": {**_by_name(_COLUMN), "description": "Of each region, in the five minutes before a sample."},
            "lines": _object("Figures of the overview as they stood.", dict.fromkeys(LINES, _COLUMN)),
        },
    ),
}
