"""/balance: what an account is worth."""

from typing import Final

from handlers.accounts.views import balance_card
from handlers.core.account_screen import AccountScreen
from handlers.core.context import UpdateContext
from handlers.core.links import ShowBalance
from handlers.core.specs import EVERYONE, HandlerSpec, command, view

_SCREEN: Final = AccountScreen(
    read=lambda screens, account: screens.balance(account),
    draw=lambda viewer, account, shown, _: balance_card(viewer, account, shown),
)


async def show_balance(ctx: UpdateContext, code: ShowBalance) -> None:
    """A tab, Refresh, or a button of another screen."""
    await _SCREEN.show_for_button(ctx, code.account_id)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("balance", _SCREEN.show_for_command, access=EVERYONE),
    view(ShowBalance, show_balance, access=EVERYONE),
)
