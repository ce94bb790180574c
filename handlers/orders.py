"""/orders: what waits to be filled."""

from typing import Final

from handlers.account_screen import AccountScreen
from handlers.callbacks import ShowOrders
from handlers.context import Turn
from handlers.entries import EVERYONE, Entry, command, shows
from handlers.views.accounts import orders_card

_SCREEN: Final = AccountScreen(look=lambda screens, account: screens.orders(account), draw=orders_card)


async def tapped(turn: Turn, code: ShowOrders) -> None:
    """A tab, a page, Refresh, or a button of another screen."""
    await _SCREEN.tapped(turn, code.account_id, code.page)


ENTRIES: Final[tuple[Entry, ...]] = (
    command("orders", _SCREEN.typed, access=EVERYONE, description="command-orders"),
    shows(ShowOrders, tapped, access=EVERYONE),
)
