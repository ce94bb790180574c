"""The daily report: its setting, and what it says."""

from typing import Final

from bot.domain.daily_reports import AccountDay, DailyReport, DailyReportMessage
from handlers.core.links import RunCommand
from handlers.statistics.spans import cost_kind
from handlers.texts.catalog import Markup, Translator, join
from handlers.texts.cities import zone_label
from handlers.views.cards import Card, Row, button, in_rows
from handlers.views.figures import CENT, Figures, arrow
from handlers.views.frame import command_button, menu_row
from handlers.views.render_context import RenderContext, account_name

OFFERED_HOURS: Final = (7, 8, 9, 18, 20, 21, 22, 23)
_HOURS_IN_A_ROW: Final = 4
_BLANK: Final = Markup("")


def daily_card(
    viewer: RenderContext, report: DailyReport | None, hours: Row, off: Row, *, lead: Markup | None = None
) -> Card:
    """What it is, when it comes, the hours to choose from."""
    say = viewer.say
    lines = [] if lead is None else [lead, _BLANK]
    now = "" if report is None else f"{report.hour:02}:00"
    lines += [
        say("daily-title"),
        say("daily-about"),
        say("daily-now", on=int(report is not None), hour=now, zone=viewer.zone_name),
    ]
    back = command_button(viewer, "button-stats", "stats")
    return Card(text=join(lines), rows=(*in_rows(hours, _HOURS_IN_A_ROW), off, (*back, *menu_row(viewer))))


def daily_report(say: Translator, told: DailyReportMessage) -> Card:
    """The day, account by account: result, trades, best and worst, what stands, slippage."""
    zone = zone_label(told.time_zone, say.language)
    lines = [say("daily-report", since=told.since, until=told.until, zone=zone)]
    for each in told.accounts:
        lines += [_BLANK, *_account(say, each)]
    return Card(text=join(lines), rows=((button(say.plain("button-stats"), RunCommand("stats").encode()),),))


def _account(say: Translator, day: AccountDay) -> list[Markup]:
    figures = Figures(say.language)
    lines = [Markup(f"<b>{account_name(say, day.account_type, day.account_number)}</b>")]
    if day.trades:
        pnl = figures.money(day.pnl, day.coin, signed=True)
        lines.append(say("daily-result", arrow=arrow(day.pnl), pnl=pnl, count=day.trades, wins=day.wins))
    else:
        lines.append(say("daily-nothing-closed"))
    if day.trades > 1:
        best, worst = (figures.number(each, CENT, signed=True) for each in (day.best, day.worst))
        lines.append(say("daily-best", best=best, worst=worst))
    open_pnl = figures.money(day.open_pnl, day.coin, signed=True)
    lines.append(say("daily-open", count=day.open_positions, pnl=open_pnl))
    if day.known:
        kind = cost_kind(day.slippage)
        lines.append(say("daily-slippage", kind=kind, money=figures.money(abs(day.slippage), day.coin)))
    return lines
