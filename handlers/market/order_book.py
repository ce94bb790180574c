"""/book [SYMBOL]: the best buyers and sellers."""

from typing import Final

from bot.domain.ids import Symbol
from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, HandlerSpec, command, view
from handlers.market.callbacks import ShowBook
from handlers.market.price import symbol_argument
from handlers.market.views import book_card


async def show_order_book(ctx: UpdateContext) -> None:
    """`/book`, `/book eth`."""
    await _present_order_book(ctx, await symbol_argument(ctx))


async def refresh_order_book(ctx: UpdateContext, code: ShowBook) -> None:
    """Refresh, or the button under a price."""
    await _present_order_book(ctx, code.symbol)


async def _present_order_book(ctx: UpdateContext, symbol: Symbol) -> None:
    await ctx.present(
        lambda: ctx.services.market_screens.book(symbol), lambda viewer, shown: book_card(viewer, symbol, shown)
    )


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("book", show_order_book, access=EVERYONE),
    view(ShowBook, refresh_order_book, access=EVERYONE),
)
