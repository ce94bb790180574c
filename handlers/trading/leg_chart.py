"""[Chart] of a position: candles with its entry, stop, targets, liquidation and fills."""

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeError
from bot.domain.ids import Millis
from bot.domain.legs import LegOutlook
from bot.domain.market import Category, Klines
from bot.domain.portfolio import Execution, LegKey
from bot.domain.trades import TRADE
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown, nothing_known
from handlers.core.context import UpdateContext
from handlers.core.links import ShowLeg
from handlers.core.pictures import PictureCard, present_picture
from handlers.core.specs import EVERYONE, HandlerSpec, view
from handlers.pictures.contents import FillMark, Level, LevelKind, PriceChart
from handlers.texts.catalog import join
from handlers.trading.accounts import managed_account
from handlers.trading.leg_codes import ShowLegChart
from handlers.trading.leg_views import back_row, flat_card, leg_name, named_targets, result_line
from handlers.trading.legs import leg_of
from handlers.views.cards import Card
from handlers.views.charts import chart_line, interval_name, interval_row, look_of
from handlers.views.frame import footer, refresh_button
from handlers.views.levels import level_table
from handlers.views.render_context import RenderContext

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegChart:
    """A position on its symbol's candles. `outlook` None: it is closed."""

    candles: Klines
    outlook: LegOutlook | None
    fills: tuple[Execution, ...]

    @property
    def as_of(self) -> Millis:
        return self.candles.as_of


ChartShown = Shown[WithInstruments[LegChart]]


async def show_leg_chart(ctx: UpdateContext, code: ShowLegChart) -> None:
    """The chart, another length of its candles, Refresh. Raises ButtonExpired for somebody else's account."""
    account = managed_account(ctx, code.account_id)

    async def look() -> ChartShown:
        screens = ctx.services.account_screens
        load = screens.instruments.beside(_load(ctx, account, code), Category.LINEAR)
        return await screens.reader.read(load, nothing_known)

    await present_picture(ctx, look, lambda viewer, shown: leg_chart_card(viewer, account, code, shown))


async def _load(ctx: UpdateContext, account: Account, code: ShowLegChart) -> LegChart:
    """Fills are left out where they alone can't be had. Raises ExchangeErrors."""
    leg = leg_of(account, code.symbol, code.position_idx)
    candles, outlook, fills = await asyncio.gather(
        ctx.services.reads.candles(code.symbol, code.interval.bybit),
        ctx.services.trading.legs.outlook(ctx.config, leg),
        _fills(ctx, account),
    )
    return LegChart(candles=candles, outlook=outlook, fills=_fills_of(fills, leg))


async def _fills(ctx: UpdateContext, account: Account) -> tuple[Execution, ...]:
    try:
        return (await ctx.services.reads.executions(account)).items
    except ExchangeError as trouble:
        _logger.info("a chart is without fills", extra={"reason": type(trouble).__name__})
        return ()


def _fills_of(fills: tuple[Execution, ...], leg: LegKey) -> tuple[Execution, ...]:
    return tuple(
        each for each in fills if (each.category, each.symbol, each.exec_type) == (leg.category, leg.symbol, TRADE)
    )


def leg_chart_card(viewer: RenderContext, account: Account, code: ShowLegChart, shown: ChartShown) -> PictureCard:
    """The picture, what a close would bring, and the levels once more as a table."""
    leg = ShowLeg(code.account_id, code.symbol, code.position_idx)
    rows = (
        interval_row(viewer, code.interval, lambda each: replace(code, interval=each)),
        (*refresh_button(viewer, code), *back_row(viewer, leg)),
    )
    if shown.value is None:
        title = viewer.say("chart-title", title=code.symbol)
        return PictureCard(content=None, card=Card(text=join([title, footer(viewer, shown)]), rows=rows))
    chart, instrument = shown.value.value, shown.value.instrument(Category.LINEAR, code.symbol)
    outlook = chart.outlook
    if outlook is None:
        return PictureCard(content=None, card=flat_card(viewer, account, leg))
    name = leg_name(viewer, outlook.position)
    parts = [viewer.say("leg-head", name=name, account=viewer.account_name(account))]
    if chart.candles.items:
        parts.append(chart_line(viewer, code.symbol, chart.candles.items, code.interval, instrument))
    else:
        parts.append(viewer.say("chart-none"))
    parts += [
        result_line(viewer, outlook),
        level_table(viewer, outlook.position, instrument, named_targets(viewer, outlook)),
        footer(viewer, shown),
    ]
    content = _content(viewer, account, code, shown.value) if chart.candles.items else None
    return PictureCard(content=content, card=Card(text=join(parts), rows=rows))


def _content(
    viewer: RenderContext, account: Account, code: ShowLegChart, shown: WithInstruments[LegChart]
) -> PriceChart:
    chart, instrument = shown.value, shown.instrument(Category.LINEAR, code.symbol)
    outlook, candles = chart.outlook, chart.candles.items
    levels = [Level(LevelKind.LAST, "", candles[-1].close)]
    subtitle = viewer.when(chart.as_of)
    if outlook is not None:
        levels += _levels(viewer, outlook)
        about = leg_name(viewer, outlook.position).removeprefix(f"{code.symbol} · ")
        subtitle = f"{viewer.account_name(account)} · {about} · {subtitle}"
    marks = [
        FillMark(each.exec_ts, each.side, each.exec_price)
        for each in chart.fills
        if each.exec_ts is not None and each.exec_price is not None
    ]
    return PriceChart(
        look=look_of(viewer),
        title=f"{code.symbol} · {interval_name(viewer, code.interval)}",
        subtitle=subtitle,
        candles=candles,
        interval_ms=code.interval.millis,
        tick=None if instrument is None else instrument.tick_size,
        levels=tuple(levels),
        fills=tuple(marks),
    )


def _levels(viewer: RenderContext, outlook: LegOutlook) -> list[Level]:
    """Entry, stop, targets that are left, liquidation, as far as they are told."""
    say, position = viewer.say, outlook.position
    named = named_targets(viewer, outlook)
    target = None if named else position.take_profit
    prices = (
        (LevelKind.ENTRY, say.plain("position-entry"), position.entry_price),
        (LevelKind.STOP, say.plain("position-stop"), position.stop_loss),
        (LevelKind.TARGET, say.plain("position-target"), target),
        *((LevelKind.TARGET, name, price) for name, price in named),
        (LevelKind.LIQUIDATION, say.plain("position-liquidation"), position.liquidation_price),
    )
    return [Level(kind, name, price) for kind, name, price in prices if price]


HANDLERS: Final[tuple[HandlerSpec, ...]] = (view(ShowLegChart, show_leg_chart, access=EVERYONE),)
