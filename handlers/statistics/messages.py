"""The daily report, as it is sent."""

from typing import Final

from bot.domain.daily_reports import DailyReportMessage
from handlers.core.messages import MessageSpec, message_card
from handlers.statistics.daily_views import daily_report

MESSAGES: Final[tuple[MessageSpec, ...]] = (message_card(DailyReportMessage, daily_report),)
