"""/price [SYMBOL]: in private chats and, when addressed, in groups."""

from typing import Final

from bot.domain.errors import UnknownSymbol
from bot.domain.ids import Symbol
from handlers.core.context import UpdateContext
from handlers.core.links import ShowPrice
from handlers.core.specs import ANYWHERE, EVERYONE, HandlerSpec, command, view
from handlers.market.views import price_card, unknown_symbol_card
from handlers.views.problems import ProblemCard
from handlers.views.symbols import FAVORITES


async def show_price(ctx: UpdateContext) -> None:
    """Without a symbol: the first of the favorites, with the others a tap away."""
    await _present_price(ctx, await symbol_argument(ctx))


async def refresh_price(ctx: UpdateContext, code: ShowPrice) -> None:
    """Refresh, or a symbol's button."""
    await _present_price(ctx, code.symbol)


async def symbol_argument(ctx: UpdateContext) -> Symbol:
    """What was typed after the command. Raises UnknownSymbol, BadInput."""
    if not ctx.arguments:
        return FAVORITES[0]
    return await ctx.services.market_screens.resolve(" ".join(ctx.arguments[:2]))


async def _present_price(ctx: UpdateContext, symbol: Symbol) -> None:
    await ctx.present(
        lambda: ctx.services.market_screens.price(symbol), lambda viewer, shown: price_card(viewer, symbol, shown)
    )


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("price", show_price, access=EVERYONE, places=ANYWHERE),
    view(ShowPrice, refresh_price, access=EVERYONE, places=ANYWHERE),
)
PROBLEMS: Final = (ProblemCard(UnknownSymbol, unknown_symbol_card),)
