"""The figures of /report, gathered from many small reads; none of them holds a writer up."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.ids import DAY, Millis
from bot.domain.licensing import LicenseType
from bot.domain.ports.admin import AdminQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.promo import PromoQueries
from bot.domain.profit import Earned, Profits
from bot.domain.reports import FunnelLine, MonthIncome, Report, TopTrader

_ACTIVE_DAYS: Final = (1, 7, 30)
_EXPIRING_DAYS: Final = (7, 30)
_CHART_DAYS: Final = 30
_MONTHS: Final = 12
_TRADER_DAYS: Final = 30
_TOP: Final = 5
_CAMPAIGNS: Final = 5
_FILLS: Final = 5_000  # a read
_MONTHS_OF_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """Computes the figures of /report."""

    queries: AdminQueries
    promo: PromoQueries
    clock: Clock

    async def make(self) -> Report:
        """Everything as of now. Seconds on a large database, in small steps."""
        now = self.clock.now()
        soon = Millis(now + 1)
        return Report(
            at=now,
            users=await self.queries.count_seen(Millis(0), soon),
            active={days: await self.queries.count_seen(Millis(now - days * DAY), soon) for days in _ACTIVE_DAYS},
            daily=await self._daily(now),
            licenses={each: await self.queries.count_licenses(each, now) for each in LicenseType},
            expiring={days: await self.queries.count_ending(now, Millis(now + days * DAY)) for days in _EXPIRING_DAYS},
            income=await self._income(now),
            funnel=await self._funnel(),
            traders=await self._traders(now),
        )

    async def _daily(self, now: Millis) -> tuple[tuple[Millis, int], ...]:
        today = now - now % DAY
        days = [Millis(today - back * DAY) for back in reversed(range(_CHART_DAYS))]
        return tuple([(day, await self.queries.count_seen(day, Millis(day + DAY))) for day in days])

    async def _income(self, now: Millis) -> tuple[MonthIncome, ...]:
        found = []
        for name, since, until in months_until(now, _MONTHS):
            kept, returned = await self.queries.income(since, until)
            found.append(MonthIncome(month=name, kept=kept, returned=returned))
        return tuple(found)

    async def _funnel(self) -> tuple[FunnelLine, ...]:
        lines = []
        for campaign in await self.promo.campaigns(running=False, offset=0, limit=_CAMPAIGNS):
            funnel = await self.promo.funnel(campaign.campaign_id)
            lines.append(
                FunnelLine(
                    title=campaign.terms.note or f"#{campaign.campaign_id}",
                    opened=funnel.opened,
                    redeemed=funnel.redeemed,
                    connected=funnel.connected,
                    traded=funnel.traded,
                    paid=funnel.paid,
                )
            )
        return tuple(lines)

    async def _traders(self, now: Millis) -> tuple[TopTrader, ...]:
        profits = Profits(since=Millis(now - _TRADER_DAYS * DAY))
        after = (0, Millis(0), 0)
        while page := await self.queries.fills(after, _FILLS):
            await asyncio.to_thread(profits.add, page)
            after = (page[-1].account_id, page[-1].ts, page[-1].fill_id)
        best = list(_best(profits.accounts.values()))
        names = await self.queries.first_names(tuple(each.user_id for each in best))
        return tuple(
            TopTrader(
                user_id=each.user_id,
                first_name=names.get(each.user_id, ""),
                account_type=each.account_type,
                pnl=each.pnl,
                fills=each.fills,
            )
            for each in best
        )


def months_until(now: Millis, count: int) -> list[tuple[str, Millis, Millis]]:
    """The last `count` calendar months in UTC, the running one last: (2026-08, its beginning, its end)."""
    last = datetime.fromtimestamp(now / 1000, UTC)
    number = last.year * _MONTHS_OF_A_YEAR + last.month - 1
    found = []
    for each in range(number - count + 1, number + 1):
        since, until = _beginning(each), _beginning(each + 1)
        found.append((f"{each // _MONTHS_OF_A_YEAR}-{each % _MONTHS_OF_A_YEAR + 1:02d}", since, until))
    return found


def _beginning(number: int) -> Millis:
    start = datetime(number // _MONTHS_OF_A_YEAR, number % _MONTHS_OF_A_YEAR + 1, 1, tzinfo=UTC)
    return Millis(int(start.timestamp()) * 1000)


def _best(accounts: Iterable[Earned]) -> Iterable[Earned]:
    """The best few of each kind of account, real money first."""
    by_pnl = sorted(accounts, key=lambda each: each.pnl, reverse=True)
    for account_type in (AccountType.LIVE, AccountType.DEMO, AccountType.PAPER):
        yield from [each for each in by_pnl if each.account_type is account_type][:_TOP]
