"""The log of Bot API calls, in memory, bounded."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

import orjson

CALLS_KEPT: Final = 250_000


class CallLog:
    """The last CALLS_KEPT calls; parameters are kept as JSON."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.last_seq = 0
        self._now = now
        self._rows: deque[tuple[int, int, int, str, bytes, int, float]] = deque(maxlen=CALLS_KEPT)

    def add(self, bot_id: int, method: str, params: dict[str, Any], status: int, seconds: float) -> None:
        """Note an answered call; `status` 0 means that no answer was given."""
        self.last_seq += 1
        body = orjson.dumps(params, default=str)
        self._rows.append((self.last_seq, int(self._now() * 1000), bot_id, method, body, status, seconds))

    def after(self, seq: int, bot_id: int | None = None) -> Iterator[dict[str, Any]]:
        """Calls with a higher number, of one bot or of all: seq, at (epoch ms), method, params, status, ms."""
        newer = min(len(self._rows), max(0, self.last_seq - seq))
        for number, at, bot, method, body, status, seconds in islice(self._rows, len(self._rows) - newer, None):
            if bot_id is None or bot == bot_id:
                yield {
                    "seq": number,
                    "at": at,
                    "method": method,
                    "params": orjson.Fragment(body),
                    "status": status,
                    "ms": round(seconds * 1000, 3),
                }
