"""How a period reads: its name, its days, its run of practice; and the word for a cost that may be a gain."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from bot.domain.periods import Period
from bot.services.statistics.statistics import ShownSpan
from handlers.core.callbacks import Code
from handlers.texts.catalog import Markup
from handlers.views.cards import Row, button
from handlers.views.figures import CENT
from handlers.views.render_context import RenderContext
from handlers.views.times import zone


def span_line(viewer: RenderContext, shown: ShownSpan) -> Markup:
    """Week · 23 Nov – 29 Nov; All time; with the run of practice where there were several."""
    say, span = viewer.say, shown.span
    days = ""
    if span.first is not None and span.last is not None:
        days = date_text(viewer, span.first)
        if span.last != span.first:
            days = f"{days} – {date_text(viewer, span.last)}"
    line = say("stats-span", period=shown.period.value, days=days, run=shown.run)
    if not shown.run or shown.period is Period.ALL:
        return line
    return Markup(f"{line}\n{say('stats-run', run=shown.run)}")


def date_text(viewer: RenderContext, day: date) -> str:
    """3 Aug, and the year where it is another one."""
    today = datetime.fromtimestamp(viewer.now / 1000, zone(viewer.config.settings.time_zone) or UTC)
    text = f"{day.day} {viewer.say.plain('month-short', month=day.month)}"
    return text if day.year == today.year else f"{text} {day.year}"


def back_row(viewer: RenderContext, shown: ShownSpan, to_code: Callable[[int], Code]) -> Row:
    """To the period before, and to the one after it."""
    row: Row = ()
    if shown.has_earlier:
        row = (button(viewer.say.plain("button-earlier"), viewer.data(to_code(shown.back + 1))),)
    if shown.back > 0:
        row = (*row, button(viewer.say.plain("button-later"), viewer.data(to_code(shown.back - 1))))
    return row


def cost_kind(cost: Decimal) -> str:
    """cost, gain or even: the variant of a text on slippage; even is what rounds to no cent."""
    if abs(cost) < CENT / 2:
        return "even"
    return "gain" if cost < 0 else "cost"
