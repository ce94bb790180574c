"""/trades: the newest fills and what they cost."""

from typing import Final

from handlers.accounts.views import trades_card
from handlers.core.account_screen import AccountScreen
from handlers.core.callbacks import ShowTrades
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command, shows

_SCREEN: Final = AccountScreen(look=lambda screens, account: screens.executions(account), draw=trades_card)


async def tapped(turn: Turn, code: ShowTrades) -> None:
    """A tab, a page, Refresh, or a button of another screen."""
    await _SCREEN.tapped(turn, code.account_id, code.page)


ENTRIES: Final[tuple[Entry, ...]] = (
    command("trades", _SCREEN.typed, access=EVERYONE, description="command-trades"),
    shows(ShowTrades, tapped, access=EVERYONE),
)
