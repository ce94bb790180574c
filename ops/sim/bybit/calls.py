"""What clients asked, for drivers to look at: the last requests under /v5 and /demo/v5."""

from collections import deque
from itertools import islice
from typing import Any, Final, NamedTuple

KEPT: Final = 200_000


class Call(NamedTuple):
    """One request and what became of it."""

    seq: int
    at: int
    """Epoch milliseconds at which it came."""
    method: str
    path: str
    """As asked for, without the query."""
    uid: int | None
    """Of the key in its headers, right signature or not."""
    status: int | None
    """HTTP status; None where no answer was sent."""
    ret_code: int | None
    """Of the answer that was sent or lost; None where there was none in Bybit's shape."""
    ms: float
    """From the request to the end of its answer."""


class CallLog:
    """A ring of the last KEPT calls."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT)
        self.last_seq = 0

    def add(
        self, *, at: int, method: str, path: str, uid: int | None, status: int | None, ret_code: int | None, ms: float
    ) -> None:
        """Note a call; they are numbered from 1."""
        self.last_seq += 1
        self._calls.append(Call(self.last_seq, at, method, path, uid, status, ret_code, ms))

    def after(self, seq: int) -> list[dict[str, Any]]:
        """The calls with a greater number, oldest first."""
        first = self.last_seq - len(self._calls) + 1
        return [call._asdict() for call in islice(self._calls, max(0, seq + 1 - first), None)]
