"""Limits of accounts, what their losses are counted from, and what their entries may come to."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis
from bot.domain.limit_changes import ChangeState, LimitRecord
from bot.domain.portfolio import Order, Position
from bot.domain.risk import RiskLimits
from bot.domain.risk_rules import ClosedResult, Exposure, ValueMark


class RiskQueries(Protocol):
    """Stored facts that limits are judged by; every method raises StorageTrouble when the disk fails."""

    async def limits(self, account_id: AccountId) -> RiskLimits | None:
        """As they were last written; None: never."""
        ...

    async def waiting(self, account_id: AccountId) -> LimitRecord | None:
        """The loosening that waits, or whose time has come."""
        ...

    async def change(self, change_id: int) -> LimitRecord | None: ...
    async def mark(self, account_id: AccountId) -> ValueMark | None: ...
    async def results_since(self, account_id: AccountId, since: Millis) -> Sequence[ClosedResult]:
        """Oldest first; what a practice reset closed is no result."""
        ...

    async def entries_on_their_way(self, account_id: AccountId) -> tuple[Exposure, ...]:
        """What is not filled of the entries from here, whether or not they are among the orders already."""
        ...


class RiskRecords(RiskQueries, Protocol):
    """The same inside a unit of work, and the writes."""

    async def positions(self, account_id: AccountId) -> tuple[Position, ...]:
        """The rows of the account as its exchange last answered, read in this transaction."""
        ...

    async def orders(self, account_id: AccountId) -> tuple[Order, ...]:
        """The rows of the account as its exchange last answered, read in this transaction."""
        ...

    async def set_limits(self, account: Account, limits: RiskLimits) -> None: ...
    async def add_change(
        self,
        account: Account,
        *,
        state: ChangeState,
        names: tuple[str, ...],
        before: RiskLimits,
        after: RiskLimits,
        made: Millis,
        takes_effect: Millis | None,
    ) -> int: ...
    async def settle_change(self, change_id: int, state: ChangeState) -> None: ...
    async def set_mark(self, account: Account, mark: ValueMark) -> None: ...
    async def reset_peak(self, account_id: AccountId) -> None:
        """The highest value is counted anew: from the next one on."""
        ...

    async def forget_mark(self, account_id: AccountId) -> None:
        """Losses are counted anew: from the next value on."""
        ...
