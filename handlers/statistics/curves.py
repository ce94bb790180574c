"""[Chart] below statistics: the summed PnL as a curve, or a bar a day."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import reduce
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import Millis
from bot.domain.periods import Period
from bot.domain.statistics import WIDE, DayPnl, EquityPoint
from bot.domain.time_zones import zone_of
from bot.services.screens import Shown, nothing_known
from bot.services.statistics.statistics import ShownSpan
from handlers.core.context import UpdateContext
from handlers.core.pictures import PictureCard, present_picture
from handlers.core.specs import EVERYONE, HandlerSpec, view
from handlers.pictures.contents import DailyBars, DayBar, EquityCurve
from handlers.statistics.codes import CurveKind, ShowCurve, ShowStats
from handlers.statistics.spans import back_row, span_line
from handlers.texts.catalog import join
from handlers.views.cards import Card, Row, button
from handlers.views.charts import look_of
from handlers.views.figures import arrow
from handlers.views.frame import menu_row
from handlers.views.render_context import RenderContext

_COIN: Final = "USDT"
_SHOWN: Final = (Period.WEEK, Period.MONTH, Period.ALL)
_MOST_DAYS: Final = 62  # of bars on a phone


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnResults:
    """What was closed in a span, as it is drawn: the summed PnL after each close, or that of each day."""

    shown: ShownSpan
    points: tuple[EquityPoint, ...]
    days: tuple[DayPnl, ...]
    as_of: Millis

    @property
    def total(self) -> Decimal | None:
        """The PnL of the span; None: nothing was closed in it."""
        if self.points:
            return self.points[-1].pnl
        return reduce(WIDE.add, (each.pnl for each in self.days)) if self.days else None


async def show_curve(ctx: UpdateContext, code: ShowCurve) -> None:
    """A kind, a period. Raises ButtonExpired for an account that is not the presser's."""
    account = ctx.config.own_account(code.account_id)

    async def look() -> Shown[DrawnResults]:
        return await ctx.services.results.statistics.reader.read(_load(ctx, account, code), nothing_known)

    await present_picture(ctx, look, lambda viewer, shown: _composed(viewer, account, code, shown))


async def _load(ctx: UpdateContext, account: Account, code: ShowCurve) -> DrawnResults:
    statistics, zone = ctx.services.results.statistics, ctx.config.settings.time_zone
    shown = await statistics.span(ctx.config, account, code.period, code.back)
    points: tuple[EquityPoint, ...] = ()
    days: tuple[DayPnl, ...] = ()
    if code.curve is CurveKind.CURVE:
        points = await statistics.equity(account, shown.span, _COIN)
    else:
        days = await statistics.daily(account, shown.span, zone, _COIN)
    return DrawnResults(shown=shown, points=points, days=days, as_of=ctx.services.clock.now())


def _composed(viewer: RenderContext, account: Account, code: ShowCurve, shown: Shown[DrawnResults]) -> PictureCard:
    say, found = viewer.say, shown.value
    title = say.plain("curve-title", kind=code.curve.value)
    parts = [say("curve-head", title=title, account=viewer.account_name(account))]
    content = None
    if found is None:
        parts.append(say("stats-counting"))
    else:
        parts.append(span_line(viewer, found.shown))
        total = found.total
        if total is None:
            parts.append(say("stats-none-earlier" if found.shown.has_earlier else "stats-none"))
        else:
            money = viewer.figures.money(total, _COIN, signed=True)
            parts.append(say("stats-result", arrow=arrow(total), pnl=money))
            subtitle = f"{viewer.account_name(account)} · {money} · {viewer.when(found.as_of)}"
            draw = _curve if code.curve is CurveKind.CURVE else _bars
            content = draw(viewer, title, subtitle, found)
    return PictureCard(content=content, card=Card(text=join(parts), rows=_rows(viewer, code, found)))


def _curve(viewer: RenderContext, title: str, subtitle: str, found: DrawnResults) -> EquityCurve:
    """From nothing at the first close."""
    first = found.points[0].ts
    points = ((Millis(first - 1), Decimal(0)), *((each.ts, each.pnl) for each in found.points))
    return EquityCurve(look=look_of(viewer), title=title, subtitle=subtitle, points=points)


def _bars(viewer: RenderContext, title: str, subtitle: str, found: DrawnResults) -> DailyBars:
    """The newest days on which something was closed."""
    where = zone_of(viewer.config.settings.time_zone) or UTC
    bars = tuple(
        DayBar(Millis(int(datetime.combine(each.day, time(), where).timestamp() * 1000)), each.pnl)
        for each in found.days[-_MOST_DAYS:]
    )
    return DailyBars(look=look_of(viewer), title=title, subtitle=subtitle, days=bars)


def _rows(viewer: RenderContext, code: ShowCurve, found: DrawnResults | None) -> tuple[Row, ...]:
    say, account_id = viewer.say, code.account_id

    def way(label: str, to: ShowCurve) -> Row:
        name = say.plain("tab-current", name=label) if to == code else label
        return (button(name, viewer.data(to)),)

    kinds = tuple(
        each
        for kind in CurveKind
        for each in way(say.plain("curve-kind", kind=kind.value), ShowCurve(account_id, code.period, code.back, kind))
    )
    periods = tuple(
        each
        for period in _SHOWN
        for each in way(say.plain("stats-period", period=period.value), ShowCurve(account_id, period, 0, code.curve))
    )
    earlier: Row = ()
    if found is not None:
        earlier = back_row(viewer, found.shown, lambda back: ShowCurve(account_id, code.period, back, code.curve))
    stats = button(say.plain("button-stats"), viewer.data(ShowStats(account_id, code.period, code.back)))
    return kinds, periods, earlier, (stats, *menu_row(viewer))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (view(ShowCurve, show_curve, access=EVERYONE),)
