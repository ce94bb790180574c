"""/positions: what is open, with its stops and its distance to liquidation."""

from typing import Final

from handlers.accounts.callbacks import ShowPositionDetails
from handlers.accounts.position_views import position_details_card, positions_card
from handlers.core.account_screen import AccountScreen
from handlers.core.context import UpdateContext
from handlers.core.links import ShowPositions
from handlers.core.specs import EXIT, HandlerSpec, command, view

_SCREEN: Final = AccountScreen(read=lambda screens, account: screens.positions(account), draw=positions_card)
_DETAILS: Final = AccountScreen(read=lambda screens, account: screens.positions(account), draw=position_details_card)


async def show_positions(ctx: UpdateContext, code: ShowPositions) -> None:
    """A tab, a page, Refresh, or a button of another screen."""
    await _SCREEN.show_for_button(ctx, code.account_id, code.page)


async def show_position_details(ctx: UpdateContext, code: ShowPositionDetails) -> None:
    """[Details] below a list of many positions."""
    await _DETAILS.show_for_button(ctx, code.account_id, code.page)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("positions", _SCREEN.show_for_command, access=EXIT),
    view(ShowPositions, show_positions, access=EXIT),
    view(ShowPositionDetails, show_position_details, access=EXIT),
)
