"""/orders: what waits to be filled."""

from typing import Final

from handlers.accounts.order_views import orders_card
from handlers.core.account_screen import AccountScreen
from handlers.core.context import UpdateContext
from handlers.core.links import ShowOrders
from handlers.core.specs import EXIT, HandlerSpec, command, view

_SCREEN: Final = AccountScreen(read=lambda screens, account: screens.orders(account), draw=orders_card)


async def show_orders(ctx: UpdateContext, code: ShowOrders) -> None:
    """A tab, a page, Refresh, or a button of another screen."""
    await _SCREEN.show_for_button(ctx, code.account_id, code.page)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("orders", _SCREEN.show_for_command, access=EXIT),
    view(ShowOrders, show_orders, access=EXIT),
)
