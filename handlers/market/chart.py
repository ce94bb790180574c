"""/chart [SYMBOL [spot]] [15m, 1h, 4h …]: the price as a picture."""

from typing import Final

from bot.domain.chart_intervals import ChartInterval, interval_named
from bot.domain.symbol_names import FoundSymbol
from handlers.core.context import UpdateContext
from handlers.core.links import ShowChart
from handlers.core.pictures import present_picture
from handlers.core.specs import EVERYONE, HandlerSpec, command, view
from handlers.market.chart_views import chart_card
from handlers.views.symbols import FAVORITES

_WORDS: Final = 3  # a coin, what it is priced in, the market


async def show_chart(ctx: UpdateContext) -> None:
    """`/chart`, `/chart btc`, `/chart btc spot 4h`. Raises UnknownSymbol, BadInput."""
    lengths = {word: interval_named(word) for word in ctx.arguments}
    interval = next((each for each in lengths.values() if each is not None), ChartInterval.H1)
    words = [word for word in ctx.arguments if lengths[word] is None]
    found = FoundSymbol(symbol=FAVORITES[0])
    if words:
        found = await ctx.services.market_screens.resolve(" ".join(words[:_WORDS]))
    await _present(ctx, found, interval)


async def show_chart_for_button(ctx: UpdateContext, code: ShowChart) -> None:
    """[Chart] of a price card, another length, Refresh. Raises UnknownSymbol for what is not traded."""
    await ctx.services.market_screens.demand_listed(code.symbol, code.category)
    await _present(ctx, FoundSymbol(symbol=code.symbol, category=code.category), code.interval)


async def _present(ctx: UpdateContext, found: FoundSymbol, interval: ChartInterval) -> None:
    await present_picture(
        ctx,
        lambda: ctx.services.market_screens.candles(found.symbol, interval, found.category),
        lambda viewer, shown: chart_card(viewer, found, interval, shown),
    )


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("chart", show_chart, access=EVERYONE),
    view(ShowChart, show_chart_for_button, access=EVERYONE),
)
