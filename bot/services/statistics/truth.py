"""Card truth: what the cards of a month promised, and what happened, from the person's own fills."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import Account
from bot.domain.card_promises import EntryFill, StopTruth, stop_truth
from bot.domain.ids import Millis
from bot.domain.periods import Period
from bot.domain.ports.clock import Clock
from bot.domain.ports.statistics import StatisticsQueries
from bot.domain.statistics import EntrySummary, Summary
from bot.domain.users import UserConfig
from bot.services.screens import Shown, nothing_known
from bot.services.statistics.statistics import ShownSpan, Statistics

MOST_STOPS: Final = 500  # closes at a stop that a page compares: the newest
_PLANS: Final = 100  # whose entries are read at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthPage:
    """A month of one account, in the coin with most closes. `summary` has what exits cost against the prices shown."""

    shown: ShownSpan
    summary: Summary
    entries: EntrySummary
    stops: StopTruth
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTruth:
    """Holds promises against fills. Raises StorageTrouble."""

    statistics: Statistics
    queries: StatisticsQueries
    clock: Clock

    async def shown(self, config: UserConfig, account: Account, back: int = 0) -> Shown[TruthPage]:
        """The page, or that it is being counted."""
        return await self.statistics.reader.read(self.month(config, account, back), nothing_known)

    async def month(self, config: UserConfig, account: Account, back: int = 0) -> TruthPage:
        """The month of the owner's calendar so many months ago; of practice what of it is of the run that goes on."""
        shown = await self.statistics.span(config, account, Period.MONTH, back)
        summary, *_ = await self.statistics.summaries(account, shown.span)
        entries = await self.statistics.entries(account, shown.span, summary.coin)
        closes = await self.queries.stop_closes(account.account_id, shown.span, MOST_STOPS)
        fills = await self._entries_of({each.plan_id for each in closes if each.plan_id is not None})
        stops = await asyncio.to_thread(stop_truth, closes, fills, summary.coin)
        return TruthPage(shown=shown, summary=summary, entries=entries, stops=stops, as_of=self.clock.now())

    async def _entries_of(self, plan_ids: set[int]) -> Mapping[int, list[EntryFill]]:
        """The entry fills of those plans, by plan."""
        wanted, found = sorted(plan_ids), dict[int, list[EntryFill]]()
        for start in range(0, len(wanted), _PLANS):
            for fill in await self.queries.entry_fills_of_plans(wanted[start : start + _PLANS]):
                found.setdefault(fill.plan_id or 0, []).append(fill)
        return found
