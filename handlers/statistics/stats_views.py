"""Statistics of an account: everything in a table, or trades by symbol, side or exit."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.periods import Period
from bot.domain.statistics import Group, Summary
from bot.services.screens import Shown
from bot.services.statistics.statistics import StatisticsPage
from handlers.core.links import ShowClosed
from handlers.statistics.codes import (
    ChooseExport,
    CurveKind,
    ShowCurve,
    ShowDailyReport,
    ShowStats,
    ShowTruth,
    StatsPart,
)
from handlers.statistics.spans import back_row, cost_kind, span_line
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.dates import day_of
from handlers.views.figures import CENT, arrow
from handlers.views.frame import account_tabs, command_button, menu_row, refresh_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of
from handlers.views.tables import named_columns, table
from handlers.views.times import span as span_text

_SHOWN: Final = (Period.DAY, Period.WEEK, Period.MONTH, Period.ALL)
_MOST_GROUPS: Final = 12
_PARTS_IN_A_ROW: Final = 4
_FEW_TRADES: Final = 10  # up to here a rate says little
_WHOLE_PERCENT: Final = Decimal(1)
_BLANK: Final = Markup("")
_GROUPS: Final = {
    StatsPart.SYMBOLS: "stats-by-symbol",
    StatsPart.SIDES: "stats-by-side",
    StatsPart.EXITS: "stats-by-exit",
}


def stats_card(viewer: RenderContext, account: Account, code: ShowStats, shown: Shown[StatisticsPage]) -> Card:
    """The period's figures; until they are counted, that they are being counted."""
    say, page = viewer.say, shown.value
    parts = [say("stats-title", account=viewer.account_name(account))]
    if page is None:
        return Card(text=join([*parts, say("stats-counting")]), rows=_rows(viewer, account, code, None))
    parts.append(span_line(viewer, page.shown))
    if not page.main.closes:
        parts += [_BLANK, _nothing(viewer, page)]
    elif code.by is StatsPart.OVERVIEW:
        parts += [_result(viewer, page.main), table(_figures(viewer, page.main)), *_notes(viewer, page)]
    else:
        parts += [_result(viewer, page.main), say(_GROUPS[code.by]), *_groups(viewer, code.by, page.main)]
    parts += [say("stats-resets", count=page.main.resets)] if page.main.resets else []
    parts += [say("stats-legacy", count=page.legacy)] if page.legacy and code.period is Period.ALL else []
    return Card(text=join(parts), rows=_rows(viewer, account, code, page))


def _nothing(viewer: RenderContext, page: StatisticsPage) -> Markup:
    """What to do next: trade, or look at another period."""
    return viewer.say("stats-none-earlier" if page.shown.has_earlier else "stats-none")


def _result(viewer: RenderContext, main: Summary) -> Markup:
    pnl = viewer.figures.money(main.pnl, main.coin, signed=True)
    return viewer.say("stats-result", arrow=arrow(main.pnl), pnl=pnl)


def _figures(viewer: RenderContext, main: Summary) -> list[tuple[str, str]]:
    say, figures = viewer.say, viewer.figures

    def signed(value: Decimal | None) -> str:
        return "–" if value is None else figures.number(value, CENT, signed=True)

    factor = main.profit_factor
    rate = "–" if main.win_rate is None else figures.percent(main.win_rate, step=_WHOLE_PERCENT, signed=False)
    held = main.mean_holding_ms
    rows = [
        (say.plain("stats-trades"), figures.count(main.trades)),
        (say.plain("stats-closes"), figures.count(main.closes)),
        (say.plain("stats-won"), f"{figures.count(main.wins)} · {rate}"),
        (say.plain("stats-factor"), say.plain("stats-no-loss") if factor is None else figures.number(factor, CENT)),
        (say.plain("stats-expectancy"), signed(main.expectancy)),
        (say.plain("stats-best"), signed(main.best)),
        (say.plain("stats-worst"), signed(main.worst)),
        (say.plain("stats-drawdown"), signed(None if main.drawdown is None else -main.drawdown.amount)),
        (say.plain("stats-held"), "–" if held is None else span_text(say, held / 1000)),
        (say.plain("stats-fees"), signed(-main.fees)),
        (say.plain("stats-funding"), signed(-main.funding)),
    ]
    return [each for each in rows if each[0] != say.plain("stats-closes") or main.closes != main.trades]


def _notes(viewer: RenderContext, page: StatisticsPage) -> list[Markup]:
    """What slippage cost, the days of the deepest fall, and what the rates are worth."""
    say, figures, main = viewer.say, viewer.figures, page.main
    notes = [slippage_line(viewer, page)]
    if main.drawdown is not None:
        first, last = day_of(viewer, main.drawdown.from_ts), day_of(viewer, main.drawdown.to_ts)
        amount = figures.money(main.drawdown.amount, main.coin)
        notes.append(say("stats-fall", amount=amount, first=first, last=last, same=int(first == last)))
    if main.evens:
        notes.append(say("stats-evens", count=main.evens))
    if main.trades < _FEW_TRADES:
        notes.append(say("stats-few", count=main.trades))
    for other in page.others:
        pnl = figures.money(other.pnl, other.coin, signed=True)
        notes.append(say("stats-other", coin=other.coin, count=other.trades, pnl=pnl))
    return notes


def slippage_line(viewer: RenderContext, page: StatisticsPage) -> Markup:
    """What fills cost against the prices that were shown before, and of how many orders that is known."""
    main, entries = page.main, page.entries
    known = main.exits_priced + entries.priced
    cost = main.exit_slippage + entries.slippage
    of = main.closes + entries.priced + entries.unpriced
    money = viewer.figures.money(abs(cost), main.coin)
    kind = cost_kind(cost) if known else "none"
    return viewer.say("stats-slippage", kind=kind, money=money, known=known, count=of)


def _groups(viewer: RenderContext, part: StatsPart, main: Summary) -> list[Markup]:
    """BTC, 12 trades, 58 % won, +41.20."""
    groups: Sequence[Group] = {
        StatsPart.SYMBOLS: main.symbols,
        StatsPart.SIDES: main.sides,
        StatsPart.EXITS: main.exits,
    }[part]
    figures = viewer.figures
    lines = [
        (
            _name(viewer, part, each),
            figures.count(each.trades),
            figures.percent(Decimal(each.wins) / each.trades, step=_WHOLE_PERCENT, signed=False),
            figures.number(each.pnl, CENT, signed=True),
        )
        for each in groups[:_MOST_GROUPS]
    ]
    more = [viewer.say("stats-more", count=len(groups) - _MOST_GROUPS)] if len(groups) > _MOST_GROUPS else []
    return [named_columns(lines), *more]


def _name(viewer: RenderContext, part: StatsPart, group: Group) -> str:
    if part is StatsPart.SYMBOLS:
        return base_of(group.name)
    if part is StatsPart.SIDES:
        return viewer.say.plain("side-long" if group.name == "Buy" else "side-short")
    return viewer.say.plain("stats-exit", reason=group.name)


def _rows(viewer: RenderContext, account: Account, code: ShowStats, page: StatisticsPage | None) -> tuple[Row, ...]:
    say, account_id = viewer.say, account.account_id

    def way(label: str, to: ShowStats, *, is_here: bool) -> CardButton:
        return button(say.plain("tab-current", name=label) if is_here else label, viewer.data(to))

    periods = tuple(
        way(
            say.plain("stats-period", period=each.value),
            ShowStats(account_id, each, 0, code.by),
            is_here=each is code.period,
        )
        for each in _SHOWN
    )
    parts = tuple(
        way(
            say.plain("stats-part", part=each.value),
            ShowStats(account_id, code.period, code.back, each),
            is_here=each is code.by,
        )
        for each in StatsPart
    )
    earlier: Row = ()
    if page is not None:
        earlier = back_row(viewer, page.shown, lambda back: ShowStats(account_id, code.period, back, code.by))
    return (
        periods,
        earlier,
        *in_rows(parts, _PARTS_IN_A_ROW),
        account_tabs(viewer, account, lambda each: ShowStats(each, code.period, code.back, code.by)),
        *_other_ways(viewer, account, page),
        (*refresh_button(viewer, code), *_chart(viewer, account, code, page), *menu_row(viewer)),
    )


def _chart(viewer: RenderContext, account: Account, code: ShowStats, page: StatisticsPage | None) -> Row:
    """[Chart] where there is something to draw."""
    if page is None or not page.main.closes:
        return ()
    curve = ShowCurve(account.account_id, code.period, code.back, CurveKind.CURVE)
    return (button(viewer.say.plain("button-chart"), viewer.data(curve)),)


def _other_ways(viewer: RenderContext, account: Account, page: StatisticsPage | None) -> tuple[Row, Row]:
    """[Closed trades] [Card truth], [CSV files] [Daily: 21:00], and [Buy] where nothing was traded."""
    say, account_id = viewer.say, account.account_id
    others: Row = (
        button(say.plain("button-closed"), viewer.data(ShowClosed(account_id))),
        button(say.plain("button-truth"), viewer.data(ShowTruth(account_id))),
    )
    export = button(say.plain("button-export-csv"), viewer.data(ChooseExport(account_id)))
    report = None if page is None else page.report
    hour = "" if report is None else f"{report.hour:02}:00"
    daily = button(say.plain("button-daily", hour=hour, on=int(report is not None)), viewer.data(ShowDailyReport()))
    buy = command_button(viewer, "side-buy", "buy") if page is not None and not page.main.closes else ()
    return others, (export, daily, *buy)
