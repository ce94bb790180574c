"""Positions for many closes at once: a panic of hundreds of legs asks the exchange as often as one leg does."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeError
from bot.domain.ids import AccountId
from bot.domain.portfolio import Positions
from bot.domain.ports.trading import OrderGateway
from bot.domain.priorities import RequestPriority, at_priority


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionReads:
    """Whoever asks while a read is under way shares the next one: each answer was asked for after its asker did."""

    gateways: Mapping[AccountType, OrderGateway]
    tasks: TaskSet
    _begun: dict[AccountId, "asyncio.Task[Positions]"] = field(default_factory=dict, init=False, repr=False)
    _next: dict[AccountId, "asyncio.Task[Positions]"] = field(default_factory=dict, init=False, repr=False)

    async def of(self, account: Account) -> Positions:
        """Raises ExchangeErrors, KeyError for a type of account that nothing trades on."""
        account_id = account.account_id
        task = self._next.get(account_id)
        if task is None:
            work = self._read(account, self._begun.get(account_id))
            task = self.tasks.spawn(work, f"positions of account {account_id}", expected=(ExchangeError, KeyError))
            self._next[account_id] = task
        return await asyncio.shield(task)

    async def _read(self, account: Account, before: "asyncio.Task[Positions] | None") -> Positions:
        account_id = account.account_id
        if before is not None:
            await asyncio.wait((before,))
        self._begun[account_id] = this = self._next.pop(account_id)
        try:
            with at_priority(RequestPriority.CLOSE):
                return await self.gateways[account.account_type].positions(account)
        finally:
            if self._begun.get(account_id) is this:
                del self._begun[account_id]
