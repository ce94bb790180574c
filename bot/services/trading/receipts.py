"""Receipts: what became of an order, moment by moment, for whoever it belongs to."""

from dataclasses import dataclass

from bot.domain.accounts import Account
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import AccountId, Symbol, UserId
from bot.domain.ports.receipts import ReceiptQueries
from bot.domain.receipts import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipts:
    """Raises ButtonExpired for an order that is somebody else's, or of which nothing is kept."""

    queries: ReceiptQueries

    async def of_intent(self, user_id: UserId, intent_id: int) -> Receipt:
        """Of an order that was asked for from here."""
        return _demanded(await self.queries.of_intent(user_id, intent_id))

    async def of_order(self, user_id: UserId, account_id: AccountId, order_id: str) -> Receipt | None:
        """Of an order by the exchange's id; None: nothing of it is kept."""
        return await self.queries.of_order(user_id, account_id, order_id)

    async def of_leg(self, user_id: UserId, account_id: AccountId, symbol: Symbol, position_idx: int) -> Receipt:
        """Of what opened a position. Raises BadInput where that was not asked for from here."""
        number = await self.queries.newest_of_leg(user_id, account_id, symbol, position_idx)
        if number is None:
            raise BadInput("receipt-none", symbol=symbol, known=1)
        return await self.of_intent(user_id, number)

    async def newest(self, account: Account, symbol: Symbol | None) -> Receipt:
        """Of the newest order, of a symbol or of any. Raises BadInput where there is none."""
        number = await self.queries.newest(account.user_id, account.account_id, symbol)
        if number is None:
            raise BadInput("receipt-none", symbol=symbol or "", known=int(symbol is not None))
        return await self.of_intent(account.user_id, number)


def _demanded(receipt: Receipt | None) -> Receipt:
    if receipt is None:
        raise ButtonExpired
    return receipt
