"""/trades: closed trades, a page at a time. What was filled is one tap away."""

from typing import Final

from handlers.core.account_screen import account_argument
from handlers.core.context import UpdateContext
from handlers.core.links import ShowClosed
from handlers.core.specs import EVERYONE, HandlerSpec, command, view
from handlers.statistics.closed_views import CLOSED_A_PAGE, closed_card


async def closed_command(ctx: UpdateContext) -> None:
    """`/trades`, `/trades demo`."""
    await show_closed(ctx, ShowClosed(account_argument(ctx).account_id))


async def show_closed(ctx: UpdateContext, code: ShowClosed) -> None:
    """A page. Raises ButtonExpired for an account that is not the presser's."""
    account = ctx.config.own_account(code.account_id)
    found = await ctx.services.results.statistics.closed(account, code.page, CLOSED_A_PAGE)
    await ctx.show(closed_card(ctx.viewer, account, found))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("trades", closed_command, access=EVERYONE),
    view(ShowClosed, show_closed, access=EVERYONE),
)
