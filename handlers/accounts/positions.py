"""/positions: what is open, with its stops and its distance to liquidation."""

from typing import Final

from handlers.accounts.views import positions_card
from handlers.core.account_screen import AccountScreen
from handlers.core.callbacks import ShowPositions
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, Entry, command, shows

_SCREEN: Final = AccountScreen(look=lambda screens, account: screens.positions(account), draw=positions_card)


async def tapped(turn: Turn, code: ShowPositions) -> None:
    """A tab, a page, Refresh, or a button of another screen."""
    await _SCREEN.tapped(turn, code.account_id, code.page)


ENTRIES: Final[tuple[Entry, ...]] = (
    command("positions", _SCREEN.typed, access=EVERYONE, description="command-positions"),
    shows(ShowPositions, tapped, access=EVERYONE),
)
