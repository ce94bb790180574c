"""/price [SYMBOL [spot]]: in private chats and, when addressed, in groups."""

from dataclasses import replace
from typing import Final

from bot.domain.errors import UnknownSymbol
from bot.domain.market import Category, MarketKey
from bot.domain.symbol_names import FoundSymbol
from bot.domain.users import UserConfig
from handlers.core.context import UpdateContext
from handlers.core.links import ShowPrice, ShowSpotPrice
from handlers.core.specs import ANYWHERE, EVERYONE, HandlerSpec, command, view
from handlers.market.views import price_card, unknown_symbol_card
from handlers.views.problems import ProblemCard
from handlers.views.symbols import FAVORITES

_WORDS: Final = 3  # a coin, what it is priced in, the market


async def show_price(ctx: UpdateContext) -> None:
    """Without a symbol: the first of the favorites, with the others a tap away."""
    await _present_price(ctx, await symbol_argument(ctx))


async def refresh_price(ctx: UpdateContext, code: ShowPrice) -> None:
    """Refresh, or a symbol's button. Raises UnknownSymbol for what is not traded."""
    await ctx.services.market_screens.demand_listed(code.symbol, Category.LINEAR)
    await _present_price(ctx, FoundSymbol(symbol=code.symbol))


async def refresh_spot_price(ctx: UpdateContext, code: ShowSpotPrice) -> None:
    """The same of a spot pair."""
    await ctx.services.market_screens.demand_listed(code.symbol, Category.SPOT)
    await _present_price(ctx, FoundSymbol(symbol=code.symbol, category=Category.SPOT))


async def symbol_argument(ctx: UpdateContext) -> FoundSymbol:
    """What was typed after the command. Raises UnknownSymbol, BadInput."""
    if not ctx.arguments:
        first = ctx.config.favorites[:1] if ctx.is_private else ()
        market = next(iter(first), MarketKey(Category.LINEAR, FAVORITES[0]))
        return FoundSymbol(symbol=market.symbol, category=market.category)
    return await ctx.services.market_screens.resolve(" ".join(ctx.arguments[:_WORDS]))


async def refreshed_price(ctx: UpdateContext, config: UserConfig, market: MarketKey) -> None:
    """The card of a symbol whose person has just changed what it shows."""
    await _present_price(replace(ctx, config=config), FoundSymbol(symbol=market.symbol, category=market.category))


async def _present_price(ctx: UpdateContext, found: FoundSymbol) -> None:
    await ctx.present(
        lambda: ctx.services.market_screens.price(found.symbol, found.category),
        lambda viewer, shown: price_card(viewer, found, shown),
    )


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("price", show_price, access=EVERYONE, places=ANYWHERE),
    view(ShowPrice, refresh_price, access=EVERYONE, places=ANYWHERE, for_anybody=True),
    view(ShowSpotPrice, refresh_spot_price, access=EVERYONE, places=ANYWHERE, for_anybody=True),
)
PROBLEMS: Final = (ProblemCard(UnknownSymbol, unknown_symbol_card),)
