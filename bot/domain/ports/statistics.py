"""What statistics are counted from, a page at a time, and the wish for a daily report. Raises StorageTrouble."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from bot.domain.card_promises import EntryFill, StopClose
from bot.domain.daily_reports import DailyReport, DueReport
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.periods import Span
from bot.domain.statistics import Close
from bot.domain.trade_plans import ClosedTrade

Item = TypeVar("Item")
Key = tuple[Any, ...]
Line = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Generic[Item]):
    """Some rows, oldest first. `after`: what the next slice comes after; None: there are no more."""

    items: tuple[Item, ...]
    after: Key | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeRun:
    """A run of practice money. `since`: behind the moment of its reset, whose closes are of the run before."""

    number: int
    since: Millis


class StatisticsQueries(Protocol):
    """Reads of what was closed, filled and promised."""

    async def closes(self, account_id: AccountId, span: Span, after: Key | None, limit: int) -> Slice[Close]: ...
    async def entry_fills(self, account_id: AccountId, span: Span, after: Key | None, limit: int) -> Slice[EntryFill]:
        """Fills of entries that were placed here, each with what its card said."""
        ...

    async def stop_closes(self, account_id: AccountId, span: Span, limit: int) -> tuple[StopClose, ...]:
        """The newest closes at a stop, by a liquidation, or because the stop could not be set."""
        ...

    async def entry_fills_of_plans(self, plan_ids: Sequence[int]) -> tuple[EntryFill, ...]: ...
    async def closed_page(self, account_id: AccountId, offset: int, limit: int) -> tuple[ClosedTrade, ...]:
        """Closed trades of an account, the newest first."""
        ...

    async def count_closed(self, account_id: AccountId) -> int: ...
    async def first_closed(self, account_id: AccountId) -> Millis | None:
        """The moment of the oldest close; None: nothing was closed."""
        ...

    async def count_legacy(self, user_id: UserId) -> int:
        """Trades of an imported history, which have neither size nor fee."""
        ...

    async def runs(self, account_id: AccountId) -> tuple[PracticeRun, ...]:
        """The runs of practice whose begin is known, oldest first."""
        ...

    async def count_fills(self, account_id: AccountId, span: Span) -> int: ...
    async def fill_lines(self, account_id: AccountId, span: Span, after: Key | None, limit: int) -> Slice[Line]:
        """Fills and fundings as they are stored; the columns are those of `bot.domain.exports.FILL_COLUMNS`."""
        ...

    async def closed_lines(self, account_id: AccountId, span: Span, after: Key | None, limit: int) -> Slice[Line]:
        """Closed trades as they are stored; the columns are those of `bot.domain.exports.CLOSED_COLUMNS`."""
        ...

    async def daily_report(self, user_id: UserId) -> DailyReport | None:
        """None: they do not want one."""
        ...

    async def reports_due(self, now: Millis, limit: int) -> tuple[DueReport, ...]: ...


class DailyReports(Protocol):
    """Who wants a daily report and when, inside a unit of work."""

    async def want(self, user_id: UserId, hour: int, next_ts: Millis) -> None:
        """At that hour of their day; what was told already stays told."""
        ...

    async def stop(self, user_id: UserId) -> bool:
        """No report any more; False: that person had asked for none."""
        ...

    async def get(self, user_id: UserId) -> DailyReport | None: ...
    async def done(self, user_id: UserId, day: date | None, next_ts: Millis) -> None:
        """The report of that day was told, or there was nothing to tell; None: it was not due yet."""
        ...


class CardPromises(Protocol):
    """What confirmed cards said, inside a unit of work."""

    async def keep(self, intent_id: int, *, touch: Decimal | None, fee_rate: Decimal) -> None:
        """Of an entry: the market's price on its card, None: it was not told, and the taker's rate."""
        ...
