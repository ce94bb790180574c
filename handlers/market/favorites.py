"""[☆] of a price, and /favorites: what is marked, with its prices."""

from typing import Final

from bot.domain.favorites import MOST_FAVORITES
from bot.domain.market import Category, MarketKey
from bot.services.instruments import WithInstruments
from bot.services.market.screens import MarketBoards
from bot.services.screens import Shown
from handlers.core.context import UpdateContext
from handlers.core.links import RunCommand, ShowSymbols
from handlers.core.specs import EVERYONE, HandlerSpec, command, view
from handlers.market.callbacks import MarkFavorite
from handlers.market.price import refreshed_price
from handlers.market.views import change_of, symbol_button
from handlers.texts.catalog import join
from handlers.views.cards import Card, button, in_rows
from handlers.views.frame import footer, menu_row, refresh_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import short_name
from handlers.views.tables import named_columns

_IN_A_ROW: Final = 4


async def show_favorites(ctx: UpdateContext) -> None:
    """`/favorites`: prices of the marked symbols."""
    await ctx.present(lambda: ctx.services.market_screens.boards(ctx.config.favorites), favorites_card)


async def mark_favorite(ctx: UpdateContext, code: MarkFavorite) -> None:
    """[☆] and [★]: the card stays, with the other star. Raises UnknownSymbol, BadInput."""
    if code.is_favorite:
        await ctx.services.market_screens.demand_listed(code.symbol, code.category)
    market = MarketKey(code.category, code.symbol)
    config = await ctx.services.preferences.mark_favorite(ctx.config, market, is_favorite=code.is_favorite)
    await refreshed_price(ctx, config, market)


def favorites_card(viewer: RenderContext, shown: Shown[WithInstruments[MarketBoards]]) -> Card:
    """Price and change of a day, in the order in which they were marked; below it the way to each."""
    say, markets = viewer.say, viewer.config.favorites
    ways = (*refresh_button(viewer, RunCommand("favorites")), *menu_row(viewer))
    everything = (button(say.plain("button-symbols"), viewer.data(ShowSymbols(category=Category.LINEAR))),)
    if not markets:
        return Card(text=say("favorites-none"), rows=(everything, menu_row(viewer)))
    head = (say.plain("symbols-name"), say.plain("symbols-price"), say.plain("symbols-change"))
    parts = [
        say("favorites-title", count=len(markets), most=MOST_FAVORITES),
        named_columns([head, *(_line(viewer, each, shown) for each in markets)]),
        footer(viewer, shown),
    ]
    buttons = [symbol_button(viewer, each.category, each.symbol) for each in markets]
    return Card(text=join(parts), rows=(*in_rows(buttons, _IN_A_ROW), everything, ways))


def _line(
    viewer: RenderContext, market: MarketKey, shown: Shown[WithInstruments[MarketBoards]]
) -> tuple[str, str, str]:
    """A dash where no price is known."""
    name, none = short_name(market), viewer.say.plain("unknown")
    listing = None if shown.value is None else shown.value.value.find(market)
    if shown.value is None or listing is None:
        return name, none, none
    price = viewer.figures.price(listing.last_price, shown.value.instrument(market.category, market.symbol))
    return name, price, change_of(viewer, listing.price_24h_change)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("favorites", show_favorites, access=EVERYONE),
    view(MarkFavorite, mark_favorite, access=EVERYONE),
)
