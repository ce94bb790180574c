"""The exchange the stand-in plays: its market, accounts, limits, faults and calls in one place.

`trading` changes accounts by the market's prices, tells `touch` which one it changed, and `publish` what it became.
"""

from collections.abc import Callable

from ops.sim.bybit.account_news import AccountNews
from ops.sim.bybit.accounts import Account
from ops.sim.bybit.book import Books
from ops.sim.bybit.calls import CallLog
from ops.sim.bybit.changed_limits import ChangedLimits
from ops.sim.bybit.clock import Clock
from ops.sim.bybit.faults import Faults
from ops.sim.bybit.ids import Ids
from ops.sim.bybit.limits import IpLimits, UidLimits
from ops.sim.bybit.market import Market
from ops.sim.bybit.spot_desk import SpotDesk
from ops.sim.bybit.tickers import Tickers
from ops.sim.bybit.trading import Trading


class World:
    """All state of one stand-in."""

    def __init__(self, *, seed: int, clock: Clock, limits: bool) -> None:
        """`clock` gives epoch milliseconds; `limits` switches every rate limit on or off."""
        self.seed = seed
        self._clock = clock
        self.clock_offset = 0
        """Milliseconds by which drivers moved the clock of all answers; negative for back."""
        self.faults = Faults()
        self.market = Market(seed, self.now, ChangedLimits(lambda: self.faults.limits))
        self.books = Books(self.market)
        self.tickers = Tickers(self.market, self.books)
        self.ids = Ids(seed)
        self.calls = CallLog()
        self.uid_limits = UidLimits(enforced=limits)
        self.ip_limits = IpLimits(enforced=limits)
        self.accounts: dict[int, Account] = {}
        self.by_key: dict[str, Account] = {}
        self.made = 0
        """How many accounts were made: numbers the next one."""
        self._listeners: list[Callable[[int | None], None]] = []
        self._followers: list[Callable[[AccountNews], None]] = []
        self.trading = Trading(self)
        self.spot = SpotDesk(self)

    def now(self) -> int:
        """The moved clock's epoch milliseconds."""
        return self._clock() + self.clock_offset

    def move_clock(self, offset: int) -> None:
        """Set by how many milliseconds the clock is moved; what was counted of rates until then is forgotten."""
        self.clock_offset = offset
        self.uid_limits.reset()
        self.ip_limits.reset()
        self.touch()

    def subscribe(self, listener: Callable[[int | None], None]) -> None:
        """Be told of every change that is to be kept: of which account, or None for faults and prices."""
        self._listeners.append(listener)

    def add(self, account: Account) -> None:
        """Let an account be known, in place of what was known of its UID."""
        self.accounts[account.uid] = account
        self.by_key[account.key.key] = account
        self.touch(account.uid)

    def remove(self, account: Account) -> None:
        """Forget an account; its key is invalid from then on."""
        del self.accounts[account.uid]
        del self.by_key[account.key.key]
        self.uid_limits.forget(account.uid)
        self.touch(account.uid)

    def touch(self, uid: int | None = None) -> None:
        """Tell that this account, or for None the common part, has changed."""
        for listener in self._listeners:
            listener(uid)

    def follow(self, follower: Callable[[AccountNews], None]) -> None:
        """Be told of what private streams carry, in the order in which it happens."""
        self._followers.append(follower)

    def publish(self, news: AccountNews) -> None:
        """Tell what private streams carry."""
        for follower in self._followers:
            follower(news)
