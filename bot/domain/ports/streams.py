"""What an exchange pushes: where it is written, and what others may know of how well it flows."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis
from bot.domain.market import Klines, OrderBook, Ticker
from bot.domain.portfolio import Balance, Orders, Positions

AccountPush = Positions | Orders | Balance
MarketPush = Ticker | OrderBook | Klines


class Pushes(Protocol):
    """The one way of pushed values into the cache. Nothing here waits, and nothing asks the exchange.

    A pushed value is the truth from that step on, and a read that was under way is not kept. It is good for
    `good_for` seconds and renewed while its stream is heard, so that it lives while the heartbeat does; what a commit
    dropped meanwhile is not brought back by a renewal.
    """

    def push(self, account: Account, value: AccountPush, *, good_for: float) -> None:
        """A value that the stream changed."""
        ...

    def renew(self, account: Account, value: AccountPush, before: AccountPush, *, good_for: float) -> bool:
        """The same as of now: `value` in place of `before`, where that still stands; whether it did."""
        ...

    def end(self, account: Account, value: AccountPush) -> None:
        """The heartbeat has ended: nobody reads the value any more, if it still stands. It stays the last known one."""
        ...

    def push_market(self, value: MarketPush) -> None:
        """Good for its region's time, counted from its `as_of`; a price for a second."""
        ...


class StreamWatch(Protocol):
    """What the order core asks of an account's private stream."""

    def is_healthy(self, account_id: AccountId) -> bool:
        """Whether positions, orders and wallet of the account are as the stream tells them, up to this second.

        True: connected, subscribed, compared with an answer by REST since, heard within the last half minute, and no
        event of an own order is late. The cached reads are then as good as a read that was asked now.
        """
        ...


class StreamRecords(Protocol):
    """Who wants a private stream, and which connections were opened lately. Raises StorageTrouble."""

    async def wanted(self, used_since: Millis) -> Sequence[Account]:
        """Accounts with a position, then with an order or a request under way, then those used since that moment.

        Practice has none.
        """
        ...

    async def connections_since(self, host: str, since: Millis) -> Sequence[Millis]:
        """When connections to that host were opened, by this process or the one before it."""
        ...

    async def note_connections(self, hosts: Sequence[str], now: Millis) -> None:
        """One to each of these hosts is about to be made; those of long ago are forgotten."""
        ...
