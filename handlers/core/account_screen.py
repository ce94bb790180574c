"""What the screens of an account share: whose account it is, and which one was meant."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final, Generic, TypeVar

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import BadInput, ButtonExpired, NoAccount
from bot.domain.ids import AccountId
from bot.services.accounts.screens import Dated, Screens, Shown
from handlers.core.context import Turn
from handlers.views.cards import Card
from handlers.views.viewer import Viewer

T = TypeVar("T", bound=Dated)

_TYPES: Final = MappingProxyType(
    {each.value: each for each in AccountType}
    | {"practice": AccountType.PAPER, "практика": AccountType.PAPER, "тренування": AccountType.PAPER}
)


@dataclass(frozen=True, slots=True)
class AccountScreen(Generic[T]):
    """One read and its card, opened by a command or by a button."""

    look: Callable[[Screens, Account], Awaitable[Shown[T]]]
    draw: Callable[[Viewer, Account, Shown[T], int], Card]

    async def typed(self, turn: Turn) -> None:
        """`/balance`, `/balance demo`."""
        await self._present(turn, meant_account(turn), 0)

    async def tapped(self, turn: Turn, account_id: AccountId, page: int = 0) -> None:
        """Raises ButtonExpired for an account that is not the presser's, or not any more."""
        account = turn.config.account(account_id)
        if account is None:
            raise ButtonExpired
        await self._present(turn, account, page)

    async def _present(self, turn: Turn, account: Account, page: int) -> None:
        await turn.present(
            lambda: self.look(turn.services.screens, account),
            lambda viewer, shown: self.draw(viewer, account, shown, page),
        )


def meant_account(turn: Turn) -> Account:
    """The named account, or the default one. Raises BadInput for another word, NoAccount for a missing account."""
    if not turn.arguments:
        return turn.config.default_account
    account_type = account_type_of(turn.arguments[0])
    account = turn.config.account_of_type(account_type)
    if account is None:
        raise NoAccount("error-no-account", account_type=account_type.value)
    return account


def account_type_of(word: str) -> AccountType:
    """paper, practice, demo or live, in any letter case. Raises BadInput."""
    found = _TYPES.get(word.casefold())
    if found is None:
        nearest = get_close_matches(word.casefold()[:20], _TYPES, n=1)
        raise BadInput("error-account-type", word=word, nearest=nearest[0] if nearest else "demo")
    return found
