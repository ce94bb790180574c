"""What is about to be asked for inside a unit of work, read in one hop."""

from collections.abc import Sequence
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import Millis
from bot.domain.portfolio import LegKey
from bot.domain.trade_plans import TradePlan
from storage.accounts.portfolio import SELECT_ORDERS, SELECT_POSITIONS
from storage.licensing.licenses import SELECT_LICENSE
from storage.sqlite.transaction import Transaction
from storage.trading.brakes import SELECT_HALT
from storage.trading.closed import SELECT_COSTS
from storage.trading.closings import SELECT_CLOSING_OF_LEG
from storage.trading.disagreements import SELECT_DISAGREEMENTS_OF_LEG
from storage.trading.fences import SELECT_PAUSED
from storage.trading.intents import SELECT_INTENT_BY_KEY, SELECT_INTENTS_OF_PLAN, SELECT_LIVE
from storage.trading.limits import SELECT_LIMITS, SELECT_MARK, SELECT_WAITING
from storage.trading.plans import SELECT_OPEN_OF_ACCOUNT, SELECT_OPEN_OF_LEG

_OF_ACCOUNT: Final = (SELECT_LIVE, SELECT_POSITIONS, SELECT_ORDERS)


class SqliteReadAhead:
    """Implements `bot.domain.ports.storage.ReadAhead`: what is not asked for afterwards was read for nothing."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def settlement(self, account: Account, plans: Sequence[TradePlan]) -> None:
        """What a settlement of the account begins with, with the plans that were open a moment ago."""
        asked = (*_OF_ACCOUNT, SELECT_COSTS, SELECT_OPEN_OF_ACCOUNT)
        await self._transaction.read_ahead(
            [
                *((each, (account.account_id,)) for each in asked),
                *((SELECT_INTENTS_OF_PLAN, (each.plan_id,)) for each in plans),
                *((SELECT_DISAGREEMENTS_OF_LEG, _key(each.leg)) for each in plans),
                (SELECT_HALT, ()),
            ]
        )

    async def entry(self, account: Account, leg: LegKey, idempotency_key: str, now: Millis) -> None:
        """What an entry is held against."""
        asked = (*_OF_ACCOUNT, SELECT_PAUSED, SELECT_LIMITS, SELECT_WAITING, SELECT_MARK)
        await self._transaction.read_ahead(
            [
                *((each, (account.account_id,)) for each in asked),
                *((each, _key(leg)) for each in (SELECT_OPEN_OF_LEG, SELECT_CLOSING_OF_LEG)),
                (SELECT_INTENT_BY_KEY, (idempotency_key,)),
                (SELECT_LICENSE, (account.user_id, now)),
                (SELECT_HALT, ()),
            ]
        )


def _key(leg: LegKey) -> tuple[int, str, str, int]:
    return (leg.account_id, leg.category.value, leg.symbol, leg.position_idx)
