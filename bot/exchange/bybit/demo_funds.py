"""Play money of demo accounts, as Bybit gives it out itself."""

from dataclasses import dataclass
from decimal import Decimal

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeRejected
from bot.domain.numbers import plain
from bot.exchange.bybit.account_calls import SETTLE_COIN, AccountCalls
from bot.exchange.bybit.answer import Answer
from bot.exchange.retcodes import NOT_ON_DEMO


@dataclass(frozen=True, slots=True, kw_only=True)
class BybitDemoFunds:
    """Implements `bot.domain.ports.exchange.DemoFunds` (documentation, "Request Demo Trading Funds")."""

    calls: AccountCalls

    async def add_usdt(self, account: Account, amount: Decimal) -> None:
        """One POST, once a minute, 100,000 USDT at most. ExchangeRejected without a call for any but a demo one."""
        if account.account_type is not AccountType.DEMO:
            raise ExchangeRejected("play money is of demo accounts", code=NOT_ON_DEMO)
        wanted = [{"coin": SETTLE_COIN, "amountStr": plain(amount)}]
        await self.calls.read(account, lambda client: client.apply_demo_money(utaDemoApplyMoney=wanted), _nothing)


def _nothing(_: Answer) -> None:
    """The answer says nothing beyond having been accepted."""
