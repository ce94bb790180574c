"""Whether a new key has room beside those that are connected, and whose place it could take otherwise."""

from dataclasses import dataclass
from itertools import count
from typing import Final

from bot.domain.accounts import Account, AccountType, SealedCredentials
from bot.domain.errors import ButtonExpired
from bot.domain.ids import AccountId, UserId
from bot.domain.ports.storage import UnitOfWork
from bot.domain.users import UserConfig

LABELS: Final = {AccountType.DEMO: "Bybit Demo", AccountType.LIVE: "Live"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyQuestion:
    """A good key that can only stand in another's place. It waits, sealed, until it is said in which.

    `places`: the account that it is a key of, else all of its type, of which the license allows no more than `most`.
    """

    waiting: AccountId
    account_type: AccountType
    bybit_uid: str
    ending: str
    places: tuple[Account, ...]
    most: int

    @property
    def is_same(self) -> bool:
        """Whether the Bybit account is connected already."""
        return any(each.bybit_uid == self.bybit_uid for each in self.places)


def places_for(config: UserConfig, account_type: AccountType, bybit_uid: str, at_most: int) -> tuple[Account, ...]:
    """Whose place a new key may take; nothing where there is room beside them."""
    there = tuple(each for each in config.accounts if each.account_type is account_type)
    same = tuple(each for each in there if each.bybit_uid == bybit_uid)
    return same or (there if len(there) >= at_most else ())


def free_label(config: UserConfig, account_type: AccountType) -> str:
    """Live, Live 2, Live 3: the first that none of the user's has."""
    taken = {each.number for each in config.accounts if each.account_type is account_type}
    number = next(each for each in count(1) if each not in taken)
    return LABELS[account_type] if number == 1 else f"{LABELS[account_type]} {number}"


async def waiting_key(
    unit: UnitOfWork, user_id: UserId, account_type: AccountType, waiting: AccountId
) -> SealedCredentials:
    """Raises ButtonExpired if another key waits, or none."""
    sealed = await unit.accounts.pending(user_id, account_type)
    if sealed is None or sealed.account_id != waiting:
        raise ButtonExpired
    return sealed
