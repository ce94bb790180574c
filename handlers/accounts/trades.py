"""/fills: the newest fills, what they cost and what they brought."""

from typing import Final

from handlers.accounts.trade_views import trades_card
from handlers.core.account_screen import AccountScreen
from handlers.core.context import UpdateContext
from handlers.core.links import ShowTrades
from handlers.core.specs import EVERYONE, HandlerSpec, command, view

_SCREEN: Final = AccountScreen(read=lambda screens, account: screens.trades(account), draw=trades_card)


async def show_trades(ctx: UpdateContext, code: ShowTrades) -> None:
    """A tab, a page, Refresh, or a button of another screen."""
    await _SCREEN.show_for_button(ctx, code.account_id, code.page)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("fills", _SCREEN.show_for_command, access=EVERYONE),
    view(ShowTrades, show_trades, access=EVERYONE),
)
