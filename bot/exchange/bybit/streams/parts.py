"""What the private streams of all accounts share, and what becomes of their connections."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.domain.accounts import Account
from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.portfolio import Balance, Order, Orders, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.streams import Pushes
from bot.exchange.bybit.streams.connection import StreamConnector
from bot.exchange.bybit.streams.marking import Marked


class ConnectResult(StrEnum):
    """What became of a connection that was wanted."""

    OK = "ok"
    FAILED = "failed"
    REFUSED = "refused"
    NO_KEY = "no_key"


class AccountAsker(Protocol):
    """What a stream is compared with. Raises ExchangeErrors."""

    async def positions(self, account: Account) -> Positions: ...
    async def orders(self, account: Account) -> Orders: ...
    async def balance(self, account: Account) -> Balance: ...


FindOrder = Callable[[Account, Symbol, OrderLinkId], Awaitable[Order | None]]


@dataclass(frozen=True, slots=True)
class StreamLogin:
    """What opens a private stream. `expires`: epoch milliseconds."""

    api_key: str = field(repr=False)
    expires: int
    signature: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamParts:
    """What all private streams share. `changed` is called with an account after an event that concerns orders."""

    clock: Clock
    bybit_now: Callable[[], Millis]
    """Now by Bybit's clock, epoch milliseconds."""
    connector: StreamConnector
    login: Callable[[Account], Awaitable[StreamLogin]]
    asker: AccountAsker
    find_order: FindOrder
    pushes: Pushes
    marks: Callable[[], Marked]
    changed: Callable[[Account], None]
    is_slow: Callable[[], bool]
    """Whether so many streams are late at once that it is Bybit, not a stream."""
