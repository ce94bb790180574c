"""One gateway for every account: practice or Bybit, by the account's type."""

from dataclasses import dataclass

from bot.domain.model import Account, AccountType, Balance, Executions, FeeRate, Orders, Positions, Symbol
from bot.domain.ports import ExchangeGateway


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRouter:
    """`ExchangeGateway` that asks the right one."""

    paper: ExchangeGateway
    bybit: ExchangeGateway

    async def balance(self, account: Account) -> Balance:
        return await self._of(account).balance(account)

    async def positions(self, account: Account) -> Positions:
        return await self._of(account).positions(account)

    async def orders(self, account: Account) -> Orders:
        return await self._of(account).orders(account)

    async def executions(self, account: Account) -> Executions:
        return await self._of(account).executions(account)

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:
        return await self._of(account).fee_rate(account, symbol)

    def _of(self, account: Account) -> ExchangeGateway:
        return self.paper if account.account_type is AccountType.PAPER else self.bybit
