"""/book [SYMBOL [spot]]: the best buyers and sellers."""

from typing import Final

from bot.domain.market import Category
from bot.domain.symbol_names import FoundSymbol
from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, HandlerSpec, command, view
from handlers.market.callbacks import ShowBook, ShowSpotBook
from handlers.market.price import symbol_argument
from handlers.market.views import book_card


async def show_order_book(ctx: UpdateContext) -> None:
    """`/book`, `/book eth`, `/book eth spot`."""
    await _present_order_book(ctx, await symbol_argument(ctx))


async def refresh_order_book(ctx: UpdateContext, code: ShowBook) -> None:
    """Refresh, or the button under a price. Raises UnknownSymbol for what is not traded."""
    await ctx.services.market_screens.demand_listed(code.symbol, Category.LINEAR)
    await _present_order_book(ctx, FoundSymbol(symbol=code.symbol))


async def refresh_spot_book(ctx: UpdateContext, code: ShowSpotBook) -> None:
    """The same of a spot pair."""
    await ctx.services.market_screens.demand_listed(code.symbol, Category.SPOT)
    await _present_order_book(ctx, FoundSymbol(symbol=code.symbol, category=Category.SPOT))


async def _present_order_book(ctx: UpdateContext, found: FoundSymbol) -> None:
    await ctx.present(
        lambda: ctx.services.market_screens.book(found.symbol, found.category),
        lambda viewer, shown: book_card(viewer, found, shown),
    )


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("book", show_order_book, access=EVERYONE),
    view(ShowBook, refresh_order_book, access=EVERYONE),
    view(ShowSpotBook, refresh_spot_book, access=EVERYONE),
)
