"""/report: figures as a text and as a picture."""

from typing import Final

from handlers.admin.report_picture import report_picture
from handlers.admin.report_views import report_card
from handlers.core.context import UpdateContext
from handlers.core.pictures import PictureCard, show_picture
from handlers.core.specs import ADMIN, HandlerSpec, command
from handlers.views.cards import Card


async def show_report(ctx: UpdateContext) -> None:
    """The picture first, the numbers below it."""
    report = await ctx.services.reports.make()
    content = report_picture(ctx.viewer, report)
    await show_picture(ctx, PictureCard(content=content, card=Card(text=ctx.say("report-caption"))))
    await ctx.send(report_card(ctx.viewer, report))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (command("report", show_report, access=ADMIN),)
