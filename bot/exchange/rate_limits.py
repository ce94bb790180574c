"""How many calls may pass in a time: a bucket of tokens, a rolling window, a hold. Paces of a `PriorityQueue`."""

from collections import deque
from typing import Final

_TINY: Final = 1e-9  # seconds: what binary fractions lose is no reason to wait


class Hold:
    """Nothing passes before a moment; then everything does."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = 0.0

    def until(self, moment: float) -> None:
        """Let nothing through until that moment, in monotonic seconds; of several the latest counts."""
        self._until = max(self._until, moment)

    def delay(self, now: float, ahead: int = 0) -> float:  # noqa: ARG002  however many go first
        return max(0.0, self._until - now)

    def take(self, now: float) -> None: ...

    def give_back(self) -> None: ...


class CallCount:
    """How many calls passed within the last `period` whole seconds."""

    __slots__ = ("_counts", "_period")

    def __init__(self, *, period: int) -> None:
        self._period = period
        self._counts: deque[list[int]] = deque()  # [second, calls], the oldest first

    def count(self, now: float) -> None:
        second = int(now)
        if self._counts and self._counts[-1][0] == second:
            self._counts[-1][1] += 1
        else:
            self._counts.append([second, 1])
            self._forget(second)

    def total(self, now: float) -> int:
        self._forget(int(now))
        return sum(calls for _, calls in self._counts)

    def _forget(self, second: int) -> None:
        while self._counts and self._counts[0][0] <= second - self._period:
            self._counts.popleft()


class TokenBucket:
    """`rate` calls a second, `burst` of them at once: at most burst + rate * t in any t seconds."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, *, rate: float, burst: float, now: float) -> None:
        if rate <= 0 or burst < 1:
            raise ValueError("a bucket needs a rate above 0 and a burst of at least 1")
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._at = now

    def delay(self, now: float, ahead: int = 0) -> float:
        self._fill(now)
        missing = (ahead + 1 - self._tokens) / self._rate
        return missing if missing > _TINY else 0.0

    def take(self, now: float) -> None:
        self._fill(now)
        self._tokens -= 1

    def give_back(self) -> None:
        self._tokens = min(self._burst, self._tokens + 1)

    def _fill(self, now: float) -> None:
        if now > self._at:
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
            self._at = now


class TwoPaces:
    """The pace of one bucket until a moment, and of another one afterwards, for those who wait already, too."""

    __slots__ = ("_at_first", "_later_on", "_until")

    def __init__(self, *, at_first: TokenBucket, until: float, later_on: TokenBucket) -> None:
        self._at_first = at_first
        self._until = until
        self._later_on = later_on

    def end_first(self) -> None:
        """The second pace, from now on."""
        self._until = 0.0

    def delay(self, now: float, ahead: int = 0) -> float:
        return self._bucket(now).delay(now, ahead)

    def take(self, now: float) -> None:
        self._bucket(now).take(now)

    def give_back(self) -> None:
        self._later_on.give_back()

    def _bucket(self, now: float) -> TokenBucket:
        return self._at_first if now < self._until else self._later_on


class RollingWindow:
    """At most `limit` calls in any `period` seconds, as Bybit counts per UID and endpoint.

    Bybit counts a call when it arrives, which is some time between its sending and its answer. So a call counts from
    `take` to one period after `end`: then no order in which calls arrive breaks the limit.
    """

    __slots__ = ("_ended", "_held_until", "_period", "_under_way", "limit")

    def __init__(self, *, limit: int, period: float = 1.0) -> None:
        if limit < 1 or period <= 0:
            raise ValueError("a window needs a limit of at least 1 and a period above 0")
        self.limit = limit
        self._period = period
        self._under_way = 0
        self._ended: deque[float] = deque()
        self._held_until = 0.0

    def delay(self, now: float, ahead: int = 0) -> float:
        """At the earliest: as if every call under way ended now."""
        self._forget(now)
        missing = ahead + 1 - (self.limit - self._under_way - len(self._ended))
        wait = self._held_until - now
        if missing > 0:
            rounds, place = divmod(missing - 1, self.limit)
            free_at = self._ended[place] if place < len(self._ended) else now
            wait = max(wait, free_at + self._period * (rounds + 1) - now)
        return wait if wait > _TINY else 0.0

    def take(self, now: float) -> None:  # noqa: ARG002  it counts from its end
        self._under_way += 1

    def give_back(self) -> None:
        self._under_way -= 1

    def end(self, now: float) -> None:
        """A call that was let through is answered, or given up."""
        self._under_way = max(0, self._under_way - 1)
        self._ended.append(now)

    def hold(self, until: float) -> None:
        """Let nothing pass before that moment (monotonic seconds)."""
        self._held_until = max(self._held_until, until)

    def learn(self, *, limit: int, used: int, now: float) -> None:
        """What Bybit counts: others may use the same UID. Beyond `limit`, what was used changes nothing."""
        self.limit = max(1, limit)
        self._forget(now)
        self._ended.extend([now] * (min(used, self.limit) - self._under_way - len(self._ended)))

    def is_idle(self, now: float) -> bool:
        self._forget(now)
        return not self._ended and not self._under_way and self._held_until <= now

    def _forget(self, now: float) -> None:
        ended = self._ended
        edge = now - self._period + _TINY
        while ended and ended[0] <= edge:
            ended.popleft()
