"""What the screens of an account share: whose account it is, and which one was meant."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import BadInput
from bot.domain.ids import AccountId
from bot.services.accounts.screens import AccountScreens
from bot.services.screens import Dated, Shown
from handlers.core.context import UpdateContext
from handlers.core.plain_words import account_type_named
from handlers.views.cards import Card
from handlers.views.render_context import RenderContext

T = TypeVar("T", bound=Dated)


@dataclass(frozen=True, slots=True)
class AccountScreen(Generic[T]):
    """One read and its card, opened by a command or by a button."""

    read: Callable[[AccountScreens, Account], Awaitable[Shown[T]]]
    draw: Callable[[RenderContext, Account, Shown[T], int], Card]

    async def show_for_command(self, ctx: UpdateContext) -> None:
        """`/balance`, `/balance demo`, `/balance demo 2`."""
        await self._present(ctx, account_argument(ctx), 0)

    async def show_for_button(self, ctx: UpdateContext, account_id: AccountId, page: int = 0) -> None:
        """Raises ButtonExpired for an account that is not the presser's, or not any more."""
        account = ctx.config.own_account(account_id)
        await self._present(ctx, account, page)

    async def _present(self, ctx: UpdateContext, account: Account, page: int) -> None:
        await ctx.present(
            lambda: self.read(ctx.services.account_screens, account),
            lambda viewer, shown: self.draw(viewer, account, shown, page),
        )


def account_argument(ctx: UpdateContext) -> Account:
    """The named account, as `live` or `live 2`, or the default one.

    Raises BadInput for another word, NoAccount for a missing account.
    """
    if not ctx.arguments:
        return ctx.config.default_account
    account_type, *others = account_type_of(ctx.arguments[0]), *ctx.arguments[1:]
    if others and others[0].isascii() and others[0].isdigit():
        return ctx.config.numbered(account_type, int(others[0]))
    return ctx.config.resolve(account_type)


def account_type_of(word: str) -> AccountType:
    """paper, practice, demo, live or real, in any letter case. Raises BadInput, without a guess."""
    found = account_type_named(word)
    if found is None:
        raise BadInput("error-account-type", word=word)
    return found
