"""/vanish: what the exchange itself holds of an account, and what would end with this bot."""

from typing import Final

from bot.domain.accounts import Account
from bot.domain.market import Category
from bot.domain.vanishing import VanishReport
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.core.context import UpdateContext
from handlers.core.links import ShowVanish
from handlers.core.specs import EXIT, HandlerSpec, command, view
from handlers.trading.accounts import named_or_trading_account
from handlers.trading.vanish_views import vanish_card


async def vanish_command(ctx: UpdateContext) -> None:
    """`/vanish`, `/vanish demo`: what the exchange alone holds of an account."""
    await _show(ctx, named_or_trading_account(ctx), 0)


async def show_vanish(ctx: UpdateContext, code: ShowVanish) -> None:
    """[If I vanish], a tab, a page, Refresh: asked anew each time."""
    await _show(ctx, ctx.config.own_account(code.account_id), code.page)


async def _show(ctx: UpdateContext, account: Account, page: int) -> None:
    screens, vanishing = ctx.services.account_screens, ctx.services.trading.vanishing

    async def look() -> Shown[WithInstruments[VanishReport]]:
        fresh = screens.instruments.beside(vanishing.report(account), Category.LINEAR)
        last = screens.instruments.beside_last(lambda: vanishing.last_known(account))
        return await screens.reader.read(fresh, last)

    await ctx.present(look, lambda viewer, shown: vanish_card(viewer, account, shown, page))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("vanish", vanish_command, access=EXIT),
    view(ShowVanish, show_vanish, access=EXIT),
)
