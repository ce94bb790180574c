"""What people type behind /stats, /truth and /export: a period, an account, what to show."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from bot.domain.accounts import Account
from bot.domain.periods import Period
from handlers.core.account_screen import account_argument
from handlers.core.context import UpdateContext
from handlers.core.plain_words import plain
from handlers.statistics.codes import StatsPart


def _by_word(words: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({word: name for name, line in words.items() for word in line.split()})


_PERIODS: Final = _by_word(
    {
        Period.DAY: "day today daily день сегодня сьогодні",
        Period.WEEK: "week weekly неделя тиждень",
        Period.MONTH: "month monthly месяц місяць",
        Period.YEAR: "year yearly год рік",
        Period.ALL: "all everything ever всё все усе",
    }
)
_PARTS: Final = _by_word(
    {
        StatsPart.SYMBOLS: "symbols symbol coins пары пари монеты монети",
        StatsPart.SIDES: "sides side стороны сторони",
        StatsPart.EXITS: "exits exit reasons выходы виходи",
    }
)
_LAST: Final = frozenset({"last", "previous", "прошлый", "прошлая", "прошлую", "минулий", "минула", "минулого"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedStatistics:
    """What the words behind a command ask for; None: nothing was said of it."""

    account: Account
    period: Period | None = None
    back: int = 0
    part: StatsPart = StatsPart.OVERVIEW


def wanted(ctx: UpdateContext) -> WantedStatistics:
    """`week`, `last month demo`, `all live 2 symbols`, in any order. Raises BadInput, NoAccount for other words."""
    period, part, back, others = None, StatsPart.OVERVIEW, 0, []
    for word in ctx.arguments:
        known = plain(word)
        if known in _PERIODS:
            period = Period(_PERIODS[known])
        elif known in _PARTS:
            part = StatsPart(_PARTS[known])
        elif known in _LAST:
            back = 1
        else:
            others.append(word)
    account = account_argument(replace(ctx, arguments=tuple(others)))
    return WantedStatistics(account=account, period=period, back=back, part=part)
