"""Reads of single orders, with everything that is kept of them."""

from typing import Protocol

from bot.domain.ids import AccountId, Symbol, UserId
from bot.domain.receipts import Receipt


class ReceiptQueries(Protocol):
    """Of one person's own orders alone. Raises StorageTrouble."""

    async def of_intent(self, user_id: UserId, intent_id: int) -> Receipt | None:
        """An order that was asked for from here; None: there is none of that number that is theirs."""
        ...

    async def of_order(self, user_id: UserId, account_id: AccountId, order_id: str) -> Receipt | None:
        """An order by the exchange's id; None: nothing of it is kept."""
        ...

    async def newest(self, user_id: UserId, account_id: AccountId, symbol: Symbol | None) -> int | None:
        """The number of the newest order that was asked for in an account, of a symbol or of any."""
        ...

    async def newest_of_leg(self, user_id: UserId, account_id: AccountId, symbol: Symbol, idx: int) -> int | None:
        """The newest entry of a leg that was filled, as it opened what stands there; else its newest entry or close."""
        ...
