"""What stops calls after HTTP 403. Nothing is called before the end of a ban or a hold, then one call finds out.

Bybit's own words ("access too frequent") are a ban of our address, on every host, for ten minutes. Any other 403 fails
its own call: it may be about one account's region, one edge of Bybit's network, one path. When three different
accounts (or public calls) meet it within half a minute the host is held, for 5 s at first and twice as long each time
that the call which finds out meets it again.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from bot.domain.errors import NotSent
from bot.domain.ports.clock import Clock

BAN_SECONDS: Final = 600.0  # what Bybit asks for after HTTP 403 "access too frequent"
FIRST_HOLD: Final = 5.0  # seconds
_REFUSED: Final = 3  # of so many different accounts …
_REFUSED_WITHIN: Final = 30.0  # … in so many seconds
_PROBE_WAIT: Final = 1.0  # seconds: while one call finds out whether the ban is over
_EVERYWHERE: Final = ""


@dataclass(slots=True)
class _Ban:
    until: float
    is_probing: bool = False


@dataclass(slots=True, kw_only=True)
class Breaker:
    """Bans by host; a ban of our address holds for every host."""

    clock: Clock
    trips: int = field(default=0, init=False)
    _bans: dict[str, _Ban] = field(default_factory=dict, init=False)
    _refusals: dict[str, deque[tuple[float, Hashable]]] = field(default_factory=dict, init=False)
    _holds: dict[str, float] = field(default_factory=dict, init=False)  # seconds, of hosts that were not heard since

    def trip(self, host: str | None, seconds: float = BAN_SECONDS) -> None:
        """Nothing is called on that host for so long; None: nowhere."""
        self.trips += 1
        self._bans[host or _EVERYWHERE] = _Ban(self.clock.monotonic() + seconds)

    def note_refusal(self, host: str, owner: Hashable | None) -> bool:
        """A 403 without Bybit's words, to that account's call or to a public one (None). Whether the host is held."""
        now = self.clock.monotonic()
        refusals = self._refusals.setdefault(host, deque())
        refusals.append((now, object() if owner is None else owner))
        while refusals[0][0] < now - _REFUSED_WITHIN:
            refusals.popleft()
        last = self._holds.get(host)
        if last is None and len({each for _, each in refusals}) < _REFUSED:
            return False
        refusals.clear()
        ban = self._bans.get(host)
        if ban is None or ban.until <= now:  # of those that were under way the first one holds it
            seconds = self._holds[host] = FIRST_HOLD if last is None else min(2 * last, BAN_SECONDS)
            self.trip(host, seconds)
        return True

    def note_answer(self, host: str) -> None:
        """That host answers: whatever held it is over."""
        if self._holds:
            self._holds.pop(host, None)

    def check(self, host: str) -> NotSent | None:
        """Why this host may not be called now."""
        for name in (_EVERYWHERE, host) if self._bans else ():
            ban = self._bans.get(name)
            left = ban.until - self.clock.monotonic() if ban else 0.0
            if ban is not None and (left > 0 or ban.is_probing):
                return NotSent("Bybit stopped our address for a while", retry_after=max(left, _PROBE_WAIT))
        return None

    def probe(self, host: str) -> None:
        """A call of this host is about to be made: if a ban just ended, the only one until it is answered."""
        for name in (_EVERYWHERE, host) if self._bans else ():
            if name in self._bans:
                self._bans[name].is_probing = True

    def end_probe(self, host: str, *, answered: bool) -> None:
        """That call was answered (a ban that ended is forgotten), or was not (the next call finds out)."""
        for name in (_EVERYWHERE, host) if self._bans else ():
            ban = self._bans.get(name)
            if ban is not None and ban.until <= self.clock.monotonic():
                if answered:
                    del self._bans[name]
                else:
                    ban.is_probing = False

    @property
    def seconds_left(self) -> float:
        """Of the ban of our address; 0: none."""
        return self.held_hosts.get(_EVERYWHERE, 0.0)

    @property
    def held_hosts(self) -> dict[str, float]:
        """Seconds left by host; "" is our address, wherever it calls."""
        now = self.clock.monotonic()
        return {host: ban.until - now for host, ban in self._bans.items() if ban.until > now}

    def problems(self) -> tuple[str, ...]:
        """What is stopped and for how long, in words for whoever runs the bot."""
        return tuple(
            f"Bybit has banned our address (HTTP 403, too frequent): no call for {left:.0f} s"
            if host == _EVERYWHERE
            else f"{host} refuses our calls (HTTP 403): the next one in {left:.0f} s"
            for host, left in self.held_hosts.items()
        )
