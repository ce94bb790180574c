"""What we may call of Bybit: one budget for our IP address, one rolling window for each UID and endpoint.

One address serves every user, so exits go before views and nobody's flood holds up the others. Bybit's laws: 600
requests in 5 s for one IP address over all its hosts (a breach is a ban of 10 minutes, HTTP 403), and a limit a second
for each UID and endpoint (retCode 10006). Source: Bybit v5 documentation, "Rate Limit".
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.aio.priority_queue import PriorityQueue, QueuedCall, RateLimit
from bot.aio.timers import Later, loop_later
from bot.domain.errors import NotSent, RetryLater
from bot.domain.ports.clock import Clock
from bot.domain.priorities import RequestPriority, priority_now
from bot.exchange.breaker import BAN_SECONDS, Breaker
from bot.exchange.places import BudgetPlace
from bot.exchange.rate_limits import CallCount, Hold, RollingWindow, TokenBucket, TwoPaces
from bot.exchange.request_keys import RequestKey

LAW: Final = 600  # requests of one IP address …
LAW_SECONDS: Final = 5  # … in so many seconds
_LARGEST_LIMIT: Final = 1_000  # calls a second: more than Bybit gives anybody; a header that says more is absurd
_MANY_WINDOWS: Final = 4096  # beyond that the idle ones are thrown out
_LONGEST_HOLD: Final = 10.0  # seconds: a reset further away than that is a clock that is off
_NEARLY_ALL: Final = 0.8  # of our own budget: whoever runs the bot is told
_LEAST_WAIT: Final = 0.1  # seconds: what a refused call is told at least


_PATIENCE: Final = {
    RequestPriority.CLOSE: 10.0,
    RequestPriority.CANCEL: 10.0,
    RequestPriority.CREATE: 15.0,
    RequestPriority.RECONCILE: 30.0,
    RequestPriority.VIEW: 2.0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is called. Rates are calls a second; patience is seconds that a call may wait in the queue."""

    ip_rate: float = 80
    ip_burst: float = 100
    uid_share: float = 1.0  # of Bybit's limit for a UID and endpoint
    reconcile_share: float = 0.3  # of the IP budget
    start_share: float = 0.8  # the same, until what stands everywhere was read once
    start_seconds: float = 120.0  # how long that may take
    view_patience: float = _PATIENCE[RequestPriority.VIEW]

    @classmethod
    def of_rate(cls, requests_per_second: float) -> "Limits":
        """That many calls a second, and what Bybit's law leaves for a burst: never 600 in 5 s below 120 a second."""
        comfortable = requests_per_second * 1.25
        lawful = LAW - requests_per_second * LAW_SECONDS
        burst = min(comfortable, lawful) if lawful > 0 else comfortable
        return cls(ip_rate=requests_per_second, ip_burst=max(1, burst))


NO_LIMITS: Final = Limits(ip_rate=1e9, ip_burst=1e9, uid_share=1e6)  # benchmarks; a stand-in without limits

_LIMIT: Final = "X-Bapi-Limit"
_LEFT: Final = "X-Bapi-Limit-Status"
_RESET: Final = "X-Bapi-Limit-Reset-Timestamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetStats:
    """Plain numbers for the sidecar. `banned_for` in seconds, 0 when Bybit answers.

    `used`: calls that passed in the last 5 s; `limit`: how many our own budget lets through in 5 s, without its burst.
    """

    used: int
    limit: int
    waiting: int
    refused: int
    windows: int
    bans: int
    banned_for: float
    held_hosts: int  # that refuse us with 403


class Budget:
    """Lets calls through, in order; learns from what Bybit answers."""

    def __init__(self, *, clock: Clock, limits: Limits, later: Later = loop_later) -> None:
        now = clock.monotonic()
        self._clock = clock
        self._limits = limits
        self._patience = {**_PATIENCE, RequestPriority.VIEW: limits.view_patience}
        self._breaker = Breaker(clock=clock)
        self._reconcile = TwoPaces(
            at_first=_share(limits, limits.start_share, now),
            until=now + limits.start_seconds,
            later_on=_share(limits, limits.reconcile_share, now),
        )
        everything = TokenBucket(rate=limits.ip_rate, burst=limits.ip_burst, now=now)
        self._queue = PriorityQueue(
            clock=clock, shared_limit=everything, priorities=len(RequestPriority), too_long=_too_busy, later=later
        )
        self._windows: dict[tuple[Hashable, str], RollingWindow] = {}
        self._public_hold, self._view_hold = Hold(), Hold()
        self._usage = CallCount(period=LAW_SECONDS)

    def start_is_over(self) -> None:
        """What stands everywhere was read once: reconciliation has its usual share from now on."""
        self._reconcile.end_first()

    def has_room(self, request_key: RequestKey) -> bool:
        """Whether a call of the priority of now would be let through at once."""
        if self._breaker.check(request_key.host) is not None:
            return False
        return self._queue.has_room(self._rate_limits_of(request_key, priority_now()))

    def passes(self, request_key: RequestKey) -> bool:
        """Whether the call may be made at once; if so it counts, and `end_call` must follow. Raises NotSent."""
        if (error := self._breaker.check(request_key.host)) is not None:
            raise error
        if not self._queue.go(self._rate_limits_of(request_key, priority_now())):
            return False
        self._let_through(request_key)
        return True

    async def wait(self, request_key: RequestKey) -> None:
        """Return when the call may be made; `end_call` must follow. Raises NotSent."""
        self.use(await self.reserve(request_key))

    async def reserve(self, request_key: RequestKey) -> BudgetPlace:
        """The right to make such a call, once: `use` or `give_back` must follow. Raises NotSent."""
        priority = priority_now()
        rate_limits = self._rate_limits_of(request_key, priority)
        place = BudgetPlace(request_key=request_key, rate_limits=rate_limits)
        if (error := self._breaker.check(request_key.host)) is not None:
            raise error
        if self._queue.go(rate_limits):
            return place
        owner = (
            (request_key.owner, request_key.endpoint) if request_key.owner is not None else object()
        )  # public data: each on its own
        patience_s = self._patience[priority]
        await self._queue.wait(
            QueuedCall(
                priority=priority, owner=owner, rate_limits=rate_limits, patience_s=patience_s, target=request_key.host
            )
        )
        return place

    def use(self, place: BudgetPlace) -> None:
        """The call is made now; `end_call` must follow. Raises NotSent where a ban has come since."""
        if (error := self._breaker.check(place.request_key.host)) is not None:
            self.give_back(place)
            raise error
        place.is_free = False
        self._let_through(place.request_key)

    def give_back(self, place: BudgetPlace) -> None:
        """The call of that place is not made, unless it was."""
        if place.is_free:
            place.is_free = False
            self._queue.give_back(place.rate_limits)

    def _let_through(self, request_key: RequestKey) -> None:
        self._usage.count(self._clock.monotonic())
        self._breaker.probe(request_key.host)

    def end_call(
        self, request_key: RequestKey, headers: Mapping[str, str] | None, *, now: float, server_now: Callable[[], int]
    ) -> None:
        """The call was answered with these headers, or not answered (None). `now` monotonic, `server_now` epoch ms."""
        self._breaker.end_probe(request_key.host, answered=headers is not None)
        if request_key.owner is None:
            return
        window = self._window(request_key)
        window.end(now)
        if headers is None:
            return
        limit, left = _number(headers.get(_LIMIT)), _number(headers.get(_LEFT))
        if limit is None or left is None:
            return
        limit = min(limit, _LARGEST_LIMIT)
        window.learn(limit=int(limit * self._limits.uid_share), used=limit - left, now=now)
        if left <= 0 and self._limits.uid_share <= 1:
            window.hold(now + (_until_reset(headers, server_now()) or 0.0))

    def hold(
        self,
        request_key: RequestKey,
        headers: Mapping[str, str],
        *,
        server_now: int,
        at_least: float,
        is_of_all: bool = False,
    ) -> float:
        """Bybit asked this UID to back off from this endpoint, or us from public data; the seconds that it will.

        `is_of_all`: it said so of our address or of its system as a whole, so that every view waits; what is more
        urgent goes on.
        """
        seconds = max(at_least, _until_reset(headers, server_now) or 0.0)
        until = self._clock.monotonic() + seconds
        if request_key.owner is None:
            self._public_hold.until(until)
        else:
            self._window(request_key).hold(until)
        if is_of_all:
            self._view_hold.until(until)
        return seconds

    def refuse(self, request_key: RequestKey) -> bool:
        """HTTP 403 without Bybit's words for a ban: whether the host is held now, and what waits for it refused."""
        is_held = self._breaker.note_refusal(request_key.host, request_key.owner)
        if is_held:
            self._queue.refuse(self._breaker.check)
        return is_held

    def note_answer(self, host: str) -> None:
        """An answer that is no 403."""
        self._breaker.note_answer(host)

    def ban(self) -> RetryLater:
        """Bybit banned our address: everything stops, what waits too."""
        self._breaker.trip(None)
        self._queue.refuse(self._breaker.check)
        return RetryLater("Bybit stopped our address for a while", retry_after=BAN_SECONDS)

    def stats(self) -> BudgetStats:
        return BudgetStats(
            used=self._usage.total(self._clock.monotonic()),
            limit=self._limit,
            waiting=self._queue.waiting,
            refused=self._queue.refused,
            windows=len(self._windows),
            bans=self._breaker.trips,
            banned_for=self._breaker.seconds_left,
            held_hosts=len(self._breaker.held_hosts),
        )

    def problems(self) -> tuple[str, ...]:
        """What stops calls or soon will, in words for whoever runs the bot."""
        used = self._usage.total(self._clock.monotonic())
        if used < _NEARLY_ALL * self._limit:
            return self._breaker.problems()
        nearly = f"{used} of the {self._limit} calls to Bybit that {LAW_SECONDS} s allow were made"
        return (*self._breaker.problems(), nearly)

    @property
    def _limit(self) -> int:
        return int(self._limits.ip_rate * LAW_SECONDS)

    def close(self) -> None:
        """Refuse every call that waits for its slot."""
        self._queue.refuse(lambda _: NotSent("the bot is stopping", retry_after=1.0))

    def _rate_limits_of(self, request_key: RequestKey, priority: RequestPriority) -> tuple[RateLimit, ...]:
        """What this call must keep beside the budget of our address."""
        own: RateLimit = self._public_hold if request_key.owner is None else self._window(request_key)
        match priority:
            case RequestPriority.VIEW:
                return own, self._view_hold
            case RequestPriority.RECONCILE:
                return own, self._reconcile
        return (own,)

    def _window(self, request_key: RequestKey) -> RollingWindow:
        key = (request_key.owner, request_key.endpoint)
        window = self._windows.get(key)
        if window is None:
            if len(self._windows) >= _MANY_WINDOWS:
                now = self._clock.monotonic()
                self._windows = {name: each for name, each in self._windows.items() if not each.is_idle(now)}
            limit = max(1, int(request_key.uid_limit * self._limits.uid_share))
            window = self._windows[key] = RollingWindow(limit=limit)
        return window


def _share(limits: Limits, share: float, now: float) -> TokenBucket:
    return TokenBucket(rate=limits.ip_rate * share, burst=max(1, limits.ip_burst * share), now=now)


def _until_reset(headers: Mapping[str, str], server_now: int) -> float | None:
    """Seconds until Bybit's window opens; a moment that is past or absurd says nothing."""
    reset = _number(headers.get(_RESET))
    if reset is None:
        return None
    seconds = (reset - server_now) / 1000
    return seconds if 0 < seconds <= _LONGEST_HOLD else None


def _too_busy(wait: float) -> NotSent:
    return NotSent("our own budget of requests is used up", retry_after=max(_LEAST_WAIT, wait))


def _number(text: str | None) -> int | None:
    """A header's number; None if it is missing or none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 15 else None  # noqa: PLR2004  no counter and no epoch ms is longer
