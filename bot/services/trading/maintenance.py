"""Maintenance of the exchange, told once to whoever has something open there and to the owners."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.accounts import AccountType
from bot.domain.chat import outbox_message
from bot.domain.ids import Millis, UserId
from bot.domain.maintenance import Maintenance, MaintenanceMessage
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import ExchangeStatus
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.storage import Transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWatch:
    """Looks whether maintenance goes on. A restart tells nobody twice: the outbox knows each message by its key."""

    status: ExchangeStatus
    queries: TradingQueries
    transactions: Transactions
    owner_ids: frozenset[UserId]
    clock: Clock
    _told: set[str] = field(default_factory=set, init=False, repr=False, compare=False)

    async def look(self) -> int:
        """How many go on. Raises ExchangeErrors, StorageTrouble."""
        found = await self.status.maintenance()
        for each in found:
            if each.notice_id not in self._told:
                await self._tell(each)
                self._told.add(each.notice_id)
        return len(found)

    async def _tell(self, one: Maintenance) -> None:
        due = await self.queries.accounts_to_settle()
        real = [each.account for each in due if each.account.account_type is not AccountType.PAPER]
        await self._enqueue(one, sorted(self.owner_ids | {each.user_id for each in real if one.is_about(each)}))

    async def _enqueue(self, one: Maintenance, people: Sequence[UserId]) -> None:
        payload, now = MaintenanceMessage(title=one.title, end=one.end or Millis(0)), self.clock.now()
        async with self.transactions.begin_aside() as unit:
            for user_id in people:
                key = f"maintenance:{one.notice_id}:{user_id}"
                await unit.enqueue(outbox_message(payload, user_id=user_id, idempotency_key=key), now)
