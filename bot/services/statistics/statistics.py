"""Statistics of an account over a span of its owner's calendar, and what a picture of it is drawn from."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Final, TypeVar

from bot.domain.accounts import Account, AccountType
from bot.domain.daily_reports import DailyReport
from bot.domain.ids import Millis
from bot.domain.periods import EVERYTHING, FURTHEST_BACK, Period, Span, span_of
from bot.domain.ports.clock import Clock
from bot.domain.ports.statistics import PracticeRun, StatisticsQueries
from bot.domain.statistics import Close, DayPnl, EntrySummary, EquityPoint, Summary
from bot.domain.tallies import CurveTally, DayTally, EntryTally, Tally
from bot.domain.time_zones import zone_of
from bot.domain.trade_plans import ClosedTrade
from bot.domain.users import UserConfig
from bot.services.screens import ScreenReader, Shown, nothing_known
from bot.services.statistics.slices import each_slice

T = TypeVar("T")

_FEW: Final = 100  # that are added up on the loop
_FIRST: Final = PracticeRun(number=1, since=Millis(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSpan:
    """A period of an account. `run`: of practice, the run it is of, 0 while there is but one; see `Statistics.span`."""

    period: Period
    back: int
    span: Span
    run: int = 0
    has_earlier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsPage:
    """What a span came to. `main` is of the coin with most closes, `others` of the rest; `entries` of the main coin.

    `legacy`: trades of an imported history, which no figure counts: they have no fees.
    """

    shown: ShownSpan
    main: Summary
    others: tuple[Summary, ...]
    entries: EntrySummary
    report: DailyReport | None
    legacy: int
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedPage:
    """Closed trades, newest first. `count`: of all pages together."""

    items: tuple[ClosedTrade, ...]
    number: int
    count: int
    as_of: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts what closed trades of an account came to, in a span of its owner's calendar. Raises StorageTrouble."""

    queries: StatisticsQueries
    reader: ScreenReader
    clock: Clock

    async def shown(self, config: UserConfig, account: Account, period: Period, back: int = 0) -> Shown[StatisticsPage]:
        """The page, or that it is being counted."""
        return await self.reader.read(self.page(config, account, period, back), nothing_known)

    async def span(self, config: UserConfig, account: Account, period: Period, back: int = 0) -> ShownSpan:
        """The period of the owner's calendar, `back` periods ago (0 … FURTHEST_BACK).

        Practice is counted a run: days, weeks, months and years are of the run that goes on, ALL is a whole run, the
        one that goes on or the one `back` runs before it.
        """
        span = await asyncio.to_thread(span_of, period, back, self.clock.now(), config.settings.time_zone)
        if account.account_type is not AccountType.PAPER:
            first = await self.queries.first_closed(account.account_id)
            has_earlier = period is not Period.ALL and first is not None and first < span.since
            return ShownSpan(period=period, back=back, span=span, has_earlier=has_earlier and back < FURTHEST_BACK)
        runs = await self.runs(account)
        if period is Period.ALL:
            number = max(0, len(runs) - 1 - back)
            until = runs[number + 1].since if number + 1 < len(runs) else EVERYTHING.until
            span = EVERYTHING.cut(runs[number].since, until)
            back, has_earlier = len(runs) - 1 - number, number > 0
        else:
            number = len(runs) - 1
            first = await self.queries.first_closed(account.account_id)
            has_earlier = first is not None and max(first, runs[-1].since) < span.since and back < FURTHEST_BACK
            span = span.cut(runs[-1].since, EVERYTHING.until)
        run = runs[number].number if len(runs) > 1 else 0
        return ShownSpan(period=period, back=back, span=span, run=run, has_earlier=has_earlier)

    async def calendar_span(self, config: UserConfig, period: Period, back: int = 0) -> ShownSpan:
        """The same of the calendar alone, whatever runs of practice lie in it: what an export is of."""
        span = await asyncio.to_thread(span_of, period, back, self.clock.now(), config.settings.time_zone)
        return ShownSpan(period=period, back=back, span=span)

    async def runs(self, account: Account) -> tuple[PracticeRun, ...]:
        """Every run of practice, oldest first; of those before the oldest known begin the first one stands for all."""
        known = await self.queries.runs(account.account_id)
        return known if known and known[0].number == 1 else (_FIRST, *known)

    async def page(self, config: UserConfig, account: Account, period: Period, back: int = 0) -> StatisticsPage:
        """What a period came to, by symbol, side and exit, and what its entries cost against their cards."""
        shown = await self.span(config, account, period, back)
        main, *others = await self.summaries(account, shown.span)
        return StatisticsPage(
            shown=shown,
            main=main,
            others=tuple(others),
            entries=await self.entries(account, shown.span, main.coin),
            report=await self.queries.daily_report(config.user_id),
            legacy=await self.queries.count_legacy(config.user_id),
            as_of=self.clock.now(),
        )

    async def summaries(self, account: Account, span: Span) -> tuple[Summary, ...]:
        """One a coin, most closes first; one of nothing where nothing was closed."""
        tally = Tally()
        await self._each(account, span, tally.add)
        return tally.summaries() or (Summary(coin="USDT"),)

    async def entries(self, account: Account, span: Span, coin: str) -> EntrySummary:
        """What the entries of that coin cost against their cards."""
        tally = EntryTally(coin=coin)
        await each_slice(self.queries.entry_fills, account, span, partial(_added, tally.add))
        return tally.summary()

    async def daily(self, account: Account, span: Span, zone_name: str, coin: str) -> tuple[DayPnl, ...]:
        """Net and closes of each day of that zone on which something was closed, oldest first."""
        zone = await asyncio.to_thread(zone_of, zone_name)
        tally = DayTally(coin, zone or UTC)
        await self._each(account, span, tally.add)
        return tally.days()

    async def equity(self, account: Account, span: Span, coin: str) -> tuple[EquityPoint, ...]:
        """The summed net after each close, oldest first; at most MOST_POINTS, extremes among them."""
        tally = CurveTally(coin)
        await self._each(account, span, tally.add)
        return tally.points()

    async def closed(self, account: Account, number: int, size: int) -> ClosedPage:
        """A page of so many closed trades; page numbers from 0, the last one in place of one that is not there."""
        count = await self.queries.count_closed(account.account_id)
        pages = max(1, -(-count // size))
        number = min(max(number, 0), pages - 1)
        items = await self.queries.closed_page(account.account_id, number * size, size)
        return ClosedPage(items=items, number=number, count=count, as_of=self.clock.now())

    async def _each(self, account: Account, span: Span, add: Callable[[Iterable[Close]], None]) -> None:
        """Hand over every close of the span, oldest first."""
        await each_slice(self.queries.closes, account, span, partial(_added, add))


async def _added(add: Callable[[Iterable[T]], None], items: Sequence[T]) -> None:
    """Add some, in a thread if they would hold the loop."""
    if len(items) <= _FEW:
        add(items)
    else:
        await asyncio.to_thread(add, items)
