"""/balance: what an account is worth."""

from typing import Final

from handlers.account_screen import AccountScreen
from handlers.callbacks import ShowBalance
from handlers.context import Turn
from handlers.entries import EVERYONE, Entry, command, shows
from handlers.views.accounts import balance_card

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
