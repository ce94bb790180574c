"""/practice reset: practice money again, with the mode, margin and leverage of one's choice."""

from dataclasses import dataclass

from bot.domain.accounts import Account, AccountType
from bot.domain.orders import MarginMode, PositionMode
from bot.domain.ports.paper import PracticeBank
from bot.domain.ports.storage import Transactions
from bot.domain.users import UserConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeService:
    """Begins practice accounts anew for their owners."""

    bank: PracticeBank
    transactions: Transactions

    async def reset(
        self, config: UserConfig, account: Account, *, mode: PositionMode, margin: MarginMode, leverage: int
    ) -> int:
        """10,000 USDT and nothing else; statistics are kept a run. Answers the number of the run that begins.

        Entries that were written before and are not sent yet never are. Raises LookupError for an account that is not
        the user's practice, ExchangeRejected (NoPracticePrice: a position could not be valued), OutcomeUnknown.
        """
        if account not in config.accounts or account.account_type is not AccountType.PAPER:
            raise LookupError(f"user {config.user_id} has no practice account {account.account_id}")
        async with self.transactions.begin_aside() as unit:
            await unit.fences.raise_fence(account.account_id)
        run = await self.bank.reset(account, mode=mode, margin=margin, leverage=leverage)
        async with self.transactions.begin() as unit:  # the button is used up once it has been done
            await unit.fences.raise_fence(account.account_id)
            await unit.risk.forget_mark(account.account_id)  # new money is no gain, and no loss is counted from it
        return run
