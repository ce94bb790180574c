"""An account's reads, each answer of which is also told to its stream: no drop of an event stays unseen for long."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Symbol
from bot.domain.portfolio import Balance, Executions, FeeRate, Orders, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import ExchangeGateway
from bot.domain.trades import ClosedPnls

TakeAnswer = Callable[[AccountId, Positions | Orders | Balance, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedReads:
    """Implements `ExchangeGateway` by another one. `take` is told each answer and the second in which it was asked."""

    reads: ExchangeGateway
    take: TakeAnswer
    clock: Clock

    async def balance(self, account: Account) -> Balance:
        asked = self.clock.monotonic()
        answer = await self.reads.balance(account)
        self.take(account.account_id, answer, asked)
        return answer

    async def positions(self, account: Account) -> Positions:
        asked = self.clock.monotonic()
        answer = await self.reads.positions(account)
        self.take(account.account_id, answer, asked)
        return answer

    async def orders(self, account: Account) -> Orders:
        asked = self.clock.monotonic()
        answer = await self.reads.orders(account)
        self.take(account.account_id, answer, asked)
        return answer

    async def executions(self, account: Account) -> Executions:
        return await self.reads.executions(account)

    async def closed_pnl(self, account: Account) -> ClosedPnls:
        return await self.reads.closed_pnl(account)

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:
        return await self.reads.fee_rate(account, symbol)
