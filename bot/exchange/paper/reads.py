"""`ExchangeGateway` of practice accounts: what screens show. Our database is the exchange: every answer is of now."""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeDown, ExchangeRejected
from bot.domain.ids import Symbol
from bot.domain.portfolio import (
    STANDARD_MAKER,
    STANDARD_TAKER,
    Balance,
    Execution,
    Executions,
    FeeRate,
    Orders,
    Positions,
)
from bot.domain.trades import ClosedPnls, closed_pnls
from bot.exchange.matching.model import EngineFill
from bot.exchange.paper.answers import balance_of, execution_of
from bot.exchange.paper.exchange import PracticeExchange
from bot.exchange.paper.orders import PracticeOrders
from bot.exchange.paper.records import from_body
from bot.exchange.paper.valuing import valued

EXECUTIONS: Final = 50
_REMEMBERED: Final = 500  # fills that closes are reckoned by


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeReads:
    """Implements `bot.domain.ports.exchange.ExchangeGateway`. Raises ExchangeErrors where no price comes.

    An account without positions and orders, with nothing but dollars, needs none and answers while Bybit is silent.
    """

    exchange: PracticeExchange
    gateway: PracticeOrders

    async def balance(self, account: Account) -> Balance:
        """The wallet and what the positions are worth."""
        found = await valued(self.exchange, account.account_id, self.exchange.views.live)
        if found.assessment is None:
            raise ExchangeDown("a price did not come")
        return balance_of(account.account_id, found.assessment, self.exchange.clock.now())

    async def positions(self, account: Account) -> Positions:
        """What is held, at the prices of now; without any where one of the symbols is not traded any more."""
        try:
            found = await valued(self.exchange, account.account_id, self.exchange.views.live)
        except ExchangeRejected:
            found = await valued(self.exchange, account.account_id, self.exchange.views.live_or_known)
        return Positions(account_id=account.account_id, items=found.positions, as_of=self.exchange.clock.now())

    async def orders(self, account: Account) -> Orders:
        """The open orders, newest first."""
        return await self.gateway.orders(account)

    async def executions(self, account: Account) -> Executions:
        """The newest 50 fills of the account, newest first."""
        items = await self._newest(account, EXECUTIONS)
        return Executions(
            account_id=account.account_id,
            items=items,
            as_of=self.exchange.clock.now(),
            is_whole=len(items) < EXECUTIONS,
        )

    async def closed_pnl(self, account: Account) -> ClosedPnls:
        """What each close brought, at average cost, as far as the newest 500 fills tell."""
        fills = await self._newest(account, _REMEMBERED)
        return ClosedPnls(
            account_id=account.account_id, items=closed_pnls(reversed(fills)), as_of=self.exchange.clock.now()
        )

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:  # noqa: ARG002  the same for everybody
        """Bybit's standard rates."""
        return FeeRate(symbol=symbol, taker=STANDARD_TAKER, maker=STANDARD_MAKER, is_standard=True)

    async def _newest(self, account: Account, limit: int) -> tuple[Execution, ...]:
        bodies = await self.exchange.queries.newest_fills(account.account_id, limit)
        return tuple(execution_of(from_body(EngineFill, body)) for body in bodies)
