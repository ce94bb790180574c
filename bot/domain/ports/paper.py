"""The disk of the practice exchange."""

from typing import Protocol

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.orders import MarginMode, PositionMode
from bot.domain.paper import FedSymbol, PaperChanges, PaperState


class PracticeBank(Protocol):
    """The part of the practice exchange that begins an account anew, with practice money and the modes asked for."""

    async def reset(self, account: Account, *, mode: PositionMode, margin: MarginMode, leverage: int) -> int:
        """Cancel and close everything, begin with 10,000 USDT; the number of the run, from 1 for the first.

        Raises ExchangeRejected for a definite no, OutcomeUnknown.
        """
        ...


class PaperBooks(Protocol):
    """Writes of the practice exchange inside a unit of work."""

    async def save(self, changes: PaperChanges) -> None:
        """What a command changed of one account. Records the events that drop what was cached of it."""
        ...

    async def note_fed(self, fed: FedSymbol) -> None:
        """Where a symbol's prices have come to."""
        ...


class PaperQueries(Protocol):
    """Reads of the practice exchange. Raises StorageTrouble."""

    async def state(self, account_id: AccountId) -> PaperState: ...
    async def order(self, account_id: AccountId, order_link_id: OrderLinkId) -> str | None:
        """The body of the order of that id, open or closed."""
        ...

    async def fills_since(self, account_id: AccountId, since: Millis) -> tuple[str, ...]:
        """Bodies of the executions from that moment on, oldest first."""
        ...

    async def newest_fills(self, account_id: AccountId, limit: int) -> tuple[str, ...]:
        """The stored bodies of an account's newest executions, newest first, at most `limit`."""
        ...

    async def interests(self) -> tuple[tuple[Symbol, AccountId], ...]:
        """Every symbol that an account has a position or an open order in."""
        ...

    async def fed(self) -> tuple[FedSymbol, ...]: ...
