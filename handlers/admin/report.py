"""/report: figures as a text and as a picture, which is drawn off the loop."""

import asyncio
from typing import Final

from bot.domain.reports import Report
from handlers.admin.report_views import report_card
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.specs import ADMIN, HandlerSpec, command
from handlers.views.cards import Card


def _draw(report: Report) -> bytes:
    """The picture; it alone needs Pillow, which a start would wait 35 ms for."""
    from handlers.admin.charts import draw_report  # noqa: PLC0415  in a thread, when somebody asks

    return draw_report(report)


async def show_report(ctx: UpdateContext) -> None:
    """The picture first, the numbers below it."""
    report = await ctx.services.reports.make()
    picture = await asyncio.to_thread(_draw, report)
    await delivery.send_picture(ctx.bot, ctx.target, picture, Card(text=ctx.say("report-caption")))
    await ctx.send(report_card(ctx.viewer, report))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (command("report", show_report, access=ADMIN),)
