"""The picture of /report: four panels of counts in the reader's language."""

from datetime import UTC, datetime
from typing import Final

from bot.domain.reports import Report
from handlers.pictures.contents import CountBar, CountPanel, CountPanels
from handlers.texts.catalog import Translator
from handlers.views.charts import look_of
from handlers.views.render_context import RenderContext

_DAYS_APART: Final = 5  # of thirty days each fifth has its name
_STEPS: Final = ("opened", "redeemed", "connected", "traded", "paid")


def report_picture(viewer: RenderContext, report: Report) -> CountPanels:
    """People by day, licenses, income by month with what went back on top, and how far promo codes led."""
    say = viewer.say
    return CountPanels(
        look=look_of(viewer),
        title=say.plain("report-picture-title", time=viewer.when(report.at)),
        panels=(
            CountPanel(
                title=say.plain("report-picture-seen"), bars=_daily(say, report), is_upright=True, every=_DAYS_APART
            ),
            CountPanel(title=say.plain("report-picture-licenses"), bars=_licenses(say, report), is_upright=False),
            CountPanel(title=say.plain("report-picture-income"), bars=_income(say, report), is_upright=True),
            CountPanel(title=say.plain("report-picture-promo"), bars=_funnel(say, report), is_upright=False),
        ),
    )


def _daily(say: Translator, report: Report) -> tuple[CountBar, ...]:
    days = [(datetime.fromtimestamp(day / 1000, UTC), count) for day, count in report.daily]
    return tuple(CountBar(f"{day.day} {_month(say, day.month)}", count) for day, count in days)


def _licenses(say: Translator, report: Report) -> tuple[CountBar, ...]:
    return tuple(CountBar(say.plain("license-type", kind=kind.value), count) for kind, count in report.licenses.items())


def _income(say: Translator, report: Report) -> tuple[CountBar, ...]:
    return tuple(CountBar(_month(say, int(each.month[-2:])), each.kept, each.returned) for each in report.income)


def _funnel(say: Translator, report: Report) -> tuple[CountBar, ...]:
    """Of all campaigns together."""
    sums = [0] * len(_STEPS)
    for line in report.funnel:
        counts = (line.opened, line.redeemed, line.connected, line.traded, line.paid)
        sums = [total + count for total, count in zip(sums, counts, strict=True)]
    return tuple(CountBar(say.plain("report-step", step=step), count) for step, count in zip(_STEPS, sums, strict=True))


def _month(say: Translator, month: int) -> str:
    return say.plain("month-short", month=month)
