"""What stops everything: Bybit banned our address (HTTP 403). Nothing is called before the ban's end, then one call."""

from dataclasses import dataclass, field
from typing import Final

from bot.domain.errors import RetryLater
from bot.domain.ports.clock import Clock

BAN_SECONDS: Final = 600.0  # what Bybit asks for after HTTP 403 "access too frequent"
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

    def trip(self, host: str | None, seconds: float = BAN_SECONDS) -> None:
        """Nothing is called on that host for so long; None: nowhere."""
        self.trips += 1
        self._bans[host or _EVERYWHERE] = _Ban(self.clock.monotonic() + seconds)

    def check(self, host: str) -> RetryLater | None:
        """Why this host may not be called now."""
        for name in (_EVERYWHERE, host) if self._bans else ():
            ban = self._bans.get(name)
            left = ban.until - self.clock.monotonic() if ban else 0.0
            if ban is not None and (left > 0 or ban.is_probing):
                return RetryLater("Bybit stopped our address for a while", retry_after=max(left, _PROBE_WAIT))
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
        ban = self._bans.get(_EVERYWHERE)
        return max(0.0, ban.until - self.clock.monotonic()) if ban else 0.0
