"""How many connections may be opened: Bybit counts them by host, 500 in 5 minutes.

Those of the last 5 minutes are stored, because a process that crashes again and again would else begin its count at
zero each time. Source of the limit: Bybit v5 documentation, "WebSocket Connect".
"""

from collections import deque
from collections.abc import Iterable
from typing import Final

from bot.domain.ids import MINUTE, Millis
from bot.domain.ports.clock import Clock

WINDOW_MS: Final = 5 * MINUTE
MOST: Final = 400
KEPT_FOR_REPAIRS: Final = 100  # of those, for streams that were up and ended
_GATE_AFTER: Final = 3  # failures in a row: one attempt at a time from then on
_LONGEST_GATE_S: Final = 30.0


class StreamRamp:
    """Of one host. A first connection leaves room for repairs; while the host fails, attempts go one by one."""

    def __init__(self, host: str, *, clock: Clock, opened: Iterable[Millis] = (), most: int = MOST) -> None:
        self.host = host
        self._most = most
        self._clock = clock
        self._opened = deque(sorted(opened))
        self._failures = 0
        self._gate_until = 0.0
        self._is_probing = False

    def take(self, *, is_repair: bool) -> bool:
        """Count a connection that is about to be made; False: not now."""
        now = self._clock.now()
        while self._opened and not now - WINDOW_MS < self._opened[0] <= now + WINDOW_MS:
            self._opened.popleft()
        if len(self._opened) >= (self._most if is_repair else self._most - KEPT_FOR_REPAIRS):
            return False
        if self._failures >= _GATE_AFTER:
            if self._is_probing or self._clock.monotonic() < self._gate_until:
                return False
            self._is_probing = True
        self._opened.append(now)
        return True

    def succeeded(self) -> None:
        """A connection was made: the gate is open."""
        self._failures = 0
        self._is_probing = False

    def failed(self) -> None:
        """No connection came about."""
        self._failures += 1
        self._is_probing = False
        pause = min(2.0 ** min(self._failures - _GATE_AFTER, 10), _LONGEST_GATE_S)
        self._gate_until = self._clock.monotonic() + pause
