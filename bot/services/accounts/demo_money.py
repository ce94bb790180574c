"""More play money in Bybit Demo, as Bybit gives it out."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ButtonExpired
from bot.domain.ids import AccountId
from bot.domain.ports.exchange import DemoFunds
from bot.domain.ports.reads import CacheDrops
from bot.domain.ports.storage import Transactions
from bot.domain.users import UserConfig

REFILL_AMOUNTS: Final = (Decimal(10_000), Decimal(50_000), Decimal(100_000))  # USDT; Bybit gives 100,000 at most


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMoney:
    """Asks Bybit to refill somebody's demo account."""

    funds: DemoFunds
    transactions: Transactions
    drops: CacheDrops

    async def refill(self, config: UserConfig, account_id: AccountId, amount: Decimal) -> Account:
        """So many USDT more. Raises ButtonExpired for what is no demo account of theirs, ExchangeErrors of the call."""
        account = config.account(account_id)
        if account is None or account.account_type is not AccountType.DEMO:
            raise ButtonExpired
        await self.funds.add_usdt(account, amount)
        self.drops.invalidate_balance_cache(account.user_id, account.exchange, account.account_type)
        async with self.transactions.begin():  # the button is used up once it has been done
            pass
        return account
