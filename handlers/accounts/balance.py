"""/balance: what an account is worth."""

from typing import Final

from handlers.accounts.views import balance_card
from handlers.core.account_screen import AccountScreen
from handlers.core.callbacks import ShowBalance
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command, shows

_SCREEN: Final = AccountScreen(
    look=lambda screens, account: screens.balance(account),
    draw=lambda viewer, account, shown, _: balance_card(viewer, account, shown),
)


async def tapped(turn: Turn, code: ShowBalance) -> None:
    """A tab, Refresh, or a button of another screen."""
    await _SCREEN.tapped(turn, code.account_id)


ENTRIES: Final[tuple[Entry, ...]] = (
    command("balance", _SCREEN.typed, access=EVERYONE, description="command-balance"),
    shows(ShowBalance, tapped, access=EVERYONE),
)
