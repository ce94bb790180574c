"""From what the exchange says to what is stored, and from what was promised to what is still missing there."""

from dataclasses import dataclass

from bot.domain.accounts import Account
from bot.domain.ids import AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Reads an account at its exchange, books what is new, and works off plan minus exchange."""

    async def settle(self, account: Account) -> None:
        """Book every execution and order of the account, then send what its plans lack. Raises ExchangeErrors."""
        raise NotImplementedError

    def wake(self, account_id: AccountId) -> None:
        """Something happened in that account: settle it soon."""
        raise NotImplementedError
