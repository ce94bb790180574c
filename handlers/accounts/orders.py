"""/orders: what waits to be filled."""

from typing import Final

from handlers.accounts.views import orders_card
from handlers.core.account_screen import AccountScreen
from handlers.core.callbacks import ShowOrders
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command, shows

_SCREEN: Final = AccountScreen(look=lambda screens, account: screens.orders(account), draw=orders_card)


async def tapped(turn: Turn, code: ShowOrders) -> None:
    """A tab, a page, Refresh, or a button of another screen."""
    await _SCREEN.tapped(turn, code.account_id, code.page)


ENTRIES: Final[tuple[Entry, ...]] = (
    command("orders", _SCREEN.typed, access=EVERYONE, description="command-orders"),
    shows(ShowOrders, tapped, access=EVERYONE),
)
