"""/symbols [linear|spot]: everything that trades."""

from typing import Final

from bot.domain.errors import BadInput
from bot.domain.symbol_names import category_named
from handlers.core.context import UpdateContext
from handlers.core.links import ShowSymbols
from handlers.core.specs import EVERYONE, HandlerSpec, command, view
from handlers.market.views import symbols_card


async def list_symbols(ctx: UpdateContext) -> None:
    """`/symbols`, `/symbols spot`."""
    word = ctx.arguments[0].casefold() if ctx.arguments else "linear"
    category = category_named(word)
    if category is None:
        raise BadInput("error-category", word=ctx.arguments[0])
    await show_symbols_page(ctx, ShowSymbols(category))


async def show_symbols_page(ctx: UpdateContext, code: ShowSymbols) -> None:
    """A page, a tab, Refresh."""
    await ctx.present(
        lambda: ctx.services.market_screens.board(code.category),
        lambda viewer, shown: symbols_card(viewer, code.category, shown, code.page),
    )


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("symbols", list_symbols, access=EVERYONE),
    view(ShowSymbols, show_symbols_page, access=EVERYONE),
)
