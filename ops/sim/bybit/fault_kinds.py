"""The kinds of faults, by what they hit: a request, its answer, a stream, an order, or the account behind its back."""

from typing import Final

from ops.sim.bybit.errors import (
    IP_RATE,
    SERVER_ERROR,
    SERVER_TIMEOUT,
    SYSTEM_RATE,
    TOO_MANY,
    WINDOW,
)

KEY_REVOKED: Final = "key_revoked"
MAINTENANCE: Final = "maintenance"
LIMITS_CHANGED: Final = "limits_changed"
ODD_FIELD: Final = "odd_field"
GZIP: Final = "gzip"
CODES: Final = {
    "code_10000": SERVER_TIMEOUT,
    "code_10002": WINDOW,
    "code_10006": TOO_MANY,
    "code_10016": SERVER_ERROR,
    "code_10018": IP_RATE,
    "code_10429": SYSTEM_RATE,
}
"""Kinds that are a refusal in Bybit's shape; `code` is one with any number."""
PAGES: Final = frozenset({"http_500", "html", "html_502", "html_504", "html_403", "http_429", "ip_ban", "halted"})
"""Kinds that are an answer which is no JSON."""
BEFORE: Final = frozenset({"reset_before", "code", KEY_REVOKED, *CODES, *PAGES})
"""Kinds that keep the request from being worked on."""
AFTER: Final = frozenset({"lost_answer", "late_answer", "truncated", "reset_after", "slow_body", "cut_body"})
"""Kinds that let it be worked on and spoil the answer."""
SHAPING: Final = frozenset({ODD_FIELD, GZIP})
"""Kinds that change an answer which goes out all the same: several of them, and one of another kind, may hit."""
STREAM: Final = frozenset(
    {
        "stream_drop",
        "stream_duplicate",
        "stream_reorder",
        "stream_stall",
        "stream_auth",
        "mute_stream",
        "trade_10019",
        "trade_no_reqid",
    }
)
"""Kinds that hit connections of streams and what goes over them."""
LATE_EXECUTION: Final = "late_execution"
PARTIAL_THEN_CANCEL: Final = "partial_then_cancel"
FILL_THEN_REJECT: Final = "fill_then_reject"
FILLED_WITHOUT_NEW: Final = "filled_without_new"
SPLIT_REDUCE_ONLY: Final = "split_reduce_only"
PRICE_ADJUSTED: Final = "price_adjusted"
STOP_REFUSED: Final = "stop_refused"
ORDER: Final = frozenset(
    {
        LATE_EXECUTION,
        PARTIAL_THEN_CANCEL,
        FILL_THEN_REJECT,
        FILLED_WITHOUT_NEW,
        SPLIT_REDUCE_ONLY,
        PRICE_ADJUSTED,
        STOP_REFUSED,
    }
)
"""Kinds that decide what becomes of an order that was accepted; `stop_refused` of a stop or target."""
EVENTS: Final = frozenset(
    {"mode_switched", "funding", "adl", "settle", "corporate_action", "move_position", "delivery"}
)
"""Kinds that happen at once to what accounts hold, without any request of theirs."""
STANDING: Final = frozenset({"halted", KEY_REVOKED, MAINTENANCE, GZIP, LIMITS_CHANGED, "mute_stream", "stream_stall"})
"""Kinds that last until they are removed, unless told otherwise."""
REST: Final = BEFORE | AFTER | SHAPING
"""Kinds that hit requests over HTTP."""
KINDS: Final = REST | STREAM | ORDER | EVENTS | {MAINTENANCE, LIMITS_CHANGED}
