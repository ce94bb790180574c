"""How often a UID may ask an endpoint and an address anything at all.

Source: Bybit v5 documentation, page rate-limit: a rolling second per UID and endpoint, 600 requests in five
seconds per address, and a ban of ten minutes for more.
"""

from collections import deque
from typing import Final, NamedTuple

from ops.sim.bybit.clock import MINUTE, SECOND

IP_REQUESTS: Final = 600
IP_SPAN: Final = 5 * SECOND
BAN: Final = 10 * MINUTE


class Allowance(NamedTuple):
    """What the answer's X-Bapi-Limit headers say."""

    limit: int
    left: int
    reset_at: int
    """Epoch milliseconds: now, or when the oldest request leaves the second if none is left."""
    exceeded: bool


class UidLimits:
    """Rolling seconds per UID and endpoint."""

    def __init__(self, *, enforced: bool) -> None:
        self.is_enforced = enforced
        self._seconds: dict[tuple[int, str], deque[int]] = {}

    def take(self, uid: int, path: str, limit: int, now: int) -> Allowance:
        """Count one request; one that exceeds the limit is not counted."""
        if not self.is_enforced:
            return Allowance(limit, limit, now, exceeded=False)
        taken = self._seconds.setdefault((uid, path), deque())
        while taken and taken[0] <= now - SECOND:
            taken.popleft()
        if len(taken) >= limit:
            return Allowance(limit, 0, taken[0] + SECOND, exceeded=True)
        taken.append(now)
        return Allowance(limit, limit - len(taken), now, exceeded=False)

    def left(self, uid: int, path: str, limit: int, now: int) -> Allowance:
        """What is left without counting another request."""
        if not self.is_enforced:
            return Allowance(limit, limit, now, exceeded=False)
        taken = [at for at in self._seconds.get((uid, path), ()) if at > now - SECOND]
        reset_at = now if len(taken) < limit else taken[0] + SECOND
        return Allowance(limit, limit - len(taken), reset_at, exceeded=False)

    def reset(self) -> None:
        """Drop everything that was counted."""
        self._seconds.clear()

    def forget(self, uid: int) -> None:
        """Drop what was counted for a UID that is gone."""
        for key in [key for key in self._seconds if key[0] == uid]:
            del self._seconds[key]


class IpLimits:
    """The five-second window of each address, and the bans."""

    def __init__(self, *, enforced: bool) -> None:
        self._enforced = enforced
        self._windows: dict[str, deque[int]] = {}
        self._banned: dict[str, int] = {}

    def reset(self) -> None:
        """Drop everything that was counted, and the bans."""
        self._windows.clear()
        self._banned.clear()

    def is_banned(self, peer: str, now: int) -> bool:
        """Count one request and say whether it is refused with HTTP 403."""
        if not self._enforced:
            return False
        until = self._banned.get(peer)
        if until is not None:
            if now < until:
                return True
            del self._banned[peer]
        window = self._windows.setdefault(peer, deque())
        while window and window[0] <= now - IP_SPAN:
            window.popleft()
        window.append(now)
        if len(window) <= IP_REQUESTS:
            return False
        self._banned[peer] = now + BAN
        window.clear()
        return True
