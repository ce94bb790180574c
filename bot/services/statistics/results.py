"""What handlers are given of statistics."""

from dataclasses import dataclass

from bot.services.statistics.daily_reports import DailyReportService
from bot.services.statistics.exports import Exports
from bot.services.statistics.shares import Shares
from bot.services.statistics.statistics import Statistics
from bot.services.statistics.truth import CardTruth


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Every use case of what trading came to."""

    statistics: Statistics
    truth: CardTruth
    exports: Exports
    reports: DailyReportService
    shares: Shares
