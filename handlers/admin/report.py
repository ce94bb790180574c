"""/report: the desk's figures as a text and as a picture, which is drawn off the loop."""

import asyncio
from typing import Final

from handlers.admin.charts import draw_report
from handlers.admin.report_views import report_card
from handlers.core import delivery
from handlers.core.context import Turn
from handlers.core.specs import ADMIN, Entry, command
from handlers.views.cards import Card


async def show(turn: Turn) -> None:
    """The picture first, the numbers below it."""
    report = await turn.services.reports.make()
    picture = await asyncio.to_thread(draw_report, report)
    await delivery.send_picture(turn.bot, turn.spot, picture, Card(text=turn.say("report-caption")))
    await turn.send(report_card(turn.viewer, report))


ENTRIES: Final[tuple[Entry, ...]] = (command("report", show, access=ADMIN, description="command-report"),)
