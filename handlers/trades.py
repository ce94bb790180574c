"""/trades: the newest fills and what they cost."""

from typing import Final

from handlers.account_screen import AccountScreen
from handlers.callbacks import ShowTrades
from handlers.context import Turn
from handlers.entries import EVERYONE, Entry, command, shows
from handlers.views.accounts import trades_card

_SCREEN: Final = AccountScreen(look=lambda screens, account: screens.executions(account), draw=trades_card)


async def tapped(turn: Turn, code: ShowTrades) -> None:
    """A tab, a page, Refresh, or a button of another screen."""
    await _SCREEN.tapped(turn, code.account_id, code.page)


ENTRIES: Final[tuple[Entry, ...]] = (
    command("trades", _SCREEN.typed, access=EVERYONE, description="command-trades"),
    shows(ShowTrades, tapped, access=EVERYONE),
)
