"""/positions: what is open, with its stops and its distance to liquidation."""

from typing import Final

from handlers.account_screen import AccountScreen
from handlers.callbacks import ShowPositions
from handlers.context import Turn
from handlers.entries import EVERYONE, Entry, command, shows
from handlers.views.accounts import positions_card

_SCREEN: Final = AccountScreen(look=lambda screens, account: screens.positions(account), draw=positions_card)


async def tapped(turn: Turn, code: ShowPositions) -> None:
    """A tab, a page, Refresh, or a button of another screen."""
    await _SCREEN.tapped(turn, code.account_id, code.page)


ENTRIES: Final[tuple[Entry, ...]] = (
    command("positions", _SCREEN.typed, access=EVERYONE, description="command-positions"),
    shows(ShowPositions, tapped, access=EVERYONE),
)
