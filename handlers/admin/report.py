"""/report: figures as a text and as a picture, which is drawn off the loop."""

import asyncio
from typing import Final

from handlers.admin.charts import draw_report
from handlers.admin.report_views import report_card
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.specs import ADMIN, HandlerSpec, command
from handlers.views.cards import Card


async def show_report(ctx: UpdateContext) -> None:
    """The picture first, the numbers below it."""
    report = await ctx.services.reports.make()
    picture = await asyncio.to_thread(draw_report, report)
    await delivery.send_picture(ctx.bot, ctx.target, picture, Card(text=ctx.say("report-caption")))
    await ctx.send(report_card(ctx.viewer, report))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (command("report", show_report, access=ADMIN),)
