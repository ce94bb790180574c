"""The daily report: wanted at an hour, told once a day."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.chat import outbox_message
from bot.domain.daily_reports import AccountDay, DailyReport, DailyReportMessage, DueReport, ReportTime, report_time
from bot.domain.errors import ExchangeError
from bot.domain.ids import UserId
from bot.domain.market import Category
from bot.domain.periods import Span
from bot.domain.portfolio import Position
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.domain.ports.statistics import StatisticsQueries
from bot.domain.ports.storage import Transactions
from bot.domain.statistics import WIDE
from bot.domain.time_zones import UTC_NAME, zone_of
from bot.domain.users import UserConfig
from bot.services.statistics.statistics import Statistics

_BATCH: Final = 50  # people a look
_ZERO: Final = Decimal(0)
_STEP: Final = Decimal("1e-8")  # what a message keeps of an amount


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyReportService:
    """Who wants a report, and the job that writes them. Raises StorageTrouble."""

    statistics: Statistics
    queries: StatisticsQueries
    transactions: Transactions
    reads: Reads
    clock: Clock

    async def wanted(self, user_id: UserId) -> DailyReport | None:
        return await self.queries.daily_report(user_id)

    async def want(self, config: UserConfig, hour: int) -> None:
        """From the next time on that it is that hour (0 … 23) of their day; a day is reported once."""
        zone = await asyncio.to_thread(zone_of, config.settings.time_zone)
        async with self.transactions.begin() as unit:
            known = await unit.daily_reports.get(config.user_id)
            told = None if known is None else known.last_day
            time = report_time(DailyReport(hour=hour), self.clock.now(), zone or UTC)
            await unit.daily_reports.want(config.user_id, hour, time.next_ts)
            if time.due is not None and (told is None or told < time.due):
                await unit.daily_reports.done(config.user_id, time.due, time.next_ts)

    async def stop(self, user_id: UserId) -> bool:
        """No report any more; False: that person had asked for none."""
        async with self.transactions.begin() as unit:
            return await unit.daily_reports.stop(user_id)

    async def report_due(self) -> int:
        """Write every report whose hour has come; how many were written. Whoever did not trade gets none."""
        written = 0
        while due := await self.queries.reports_due(self.clock.now(), _BATCH):
            written += sum([await self._report(each) for each in due])
        return written

    async def _report(self, due: DueReport) -> bool:
        zone = await asyncio.to_thread(zone_of, due.time_zone)
        time = report_time(due.report, self.clock.now(), zone or UTC)
        message = None if time.due is None else await self._message(due, time, zone)
        async with self.transactions.begin_aside() as unit:
            if await unit.daily_reports.get(due.user_id) != due.report:
                return False  # switched off or changed meanwhile: the next look sees it
            await unit.daily_reports.done(due.user_id, time.due, time.next_ts)
            if message is None:
                return False
            key = f"daily-report:{due.user_id}:{time.due}"
            await unit.enqueue(outbox_message(message, user_id=due.user_id, idempotency_key=key), self.clock.now())
        return True

    async def _message(self, due: DueReport, time: ReportTime, zone: tzinfo | None) -> DailyReportMessage | None:
        """None where nobody traded and nothing stands."""
        config = await self.reads.user_config(due.user_id)
        if config is None or config.is_banned:
            return None
        span = Span(since=time.since, until=time.until)
        days = [await self._day(each, span) for each in config.accounts]
        told = tuple(each for each in days if each is not None)
        if not told:
            return None
        since, until = (
            datetime.fromtimestamp(each / 1000, zone or UTC).strftime("%Y-%m-%d %H:%M")
            for each in (time.since, time.until)
        )
        name = UTC_NAME if zone is None else due.time_zone
        return DailyReportMessage(since=since, until=until, time_zone=name, accounts=told)

    async def _day(self, account: Account, span: Span) -> AccountDay | None:
        """None for an account in which nothing was traded and nothing stands."""
        if account.account_type is AccountType.PAPER:
            span = span.cut((await self.statistics.runs(account))[-1].since, span.until)
        main, *_ = await self.statistics.summaries(account, span)
        legs = await self._positions(account)
        if not main.closes and not legs and not await self.queries.count_fills(account.account_id, span):
            return None
        entries = await self.statistics.entries(account, span, main.coin)
        return AccountDay(
            account_type=account.account_type,
            account_number=account.number,
            coin=main.coin,
            trades=main.trades,
            wins=main.wins,
            pnl=_kept(main.pnl),
            best=_kept(main.best or _ZERO),
            worst=_kept(main.worst or _ZERO),
            slippage=_kept(main.exit_slippage + entries.slippage),
            known=main.exits_priced + entries.priced,
            open_positions=len(legs),
            open_pnl=_kept(sum((each.unrealised_pnl or _ZERO for each in legs), _ZERO)),
        )

    async def _positions(self, account: Account) -> tuple[Position, ...]:
        """What stands, as it was last told: no report is worth a request to an exchange."""
        try:
            is_here = account.account_type is AccountType.PAPER
            known = await (self.reads.positions(account) if is_here else self.reads.last_positions(account))
        except ExchangeError:
            known = await self.reads.last_positions(account)
        return () if known is None else tuple(each for each in known.items if each.category is Category.LINEAR)


def _kept(amount: Decimal) -> Decimal:
    return amount.quantize(_STEP, context=WIDE) + _ZERO
