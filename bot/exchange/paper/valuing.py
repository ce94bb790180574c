"""An account at the prices of now."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import ExchangeDown
from bot.domain.ids import AccountId, Symbol
from bot.domain.portfolio import Position
from bot.exchange.matching.margins import Assessment, assess
from bot.exchange.matching.model import MarketView
from bot.exchange.paper.answers import position_at, position_of
from bot.exchange.paper.exchange import PracticeExchange
from bot.exchange.paper.gone import completed

_TRIES: Final = 3  # of a read whose account came to hold another symbol meanwhile

ViewsOf = Callable[[Iterable[Symbol]], Awaitable[Mapping[Symbol, MarketView]]]


@dataclass(frozen=True, slots=True)
class Valued:
    """What is held, and what the account is worth; `assessment` None: a price did not come."""

    positions: tuple[Position, ...]
    assessment: Assessment | None


async def valued(exchange: PracticeExchange, account_id: AccountId, views_of: ViewsOf) -> Valued:
    """The account at the prices that `views_of` brings.

    Raises what that raises, ExchangeDown if the account never stands still.
    """
    for _ in range(_TRIES):
        async with exchange.opened(account_id) as (_, run):
            wanted, coins = run.account.symbols, tuple(run.account.wallet)
        views = await views_of(wanted)
        is_whole = wanted <= views.keys() | exchange.views.gone
        markets = await exchange.views.markets(views, coins if is_whole else ())
        async with exchange.opened(account_id) as (_, run):
            account = run.account
            if not account.symbols <= wanted:
                continue
            markets = completed(account, markets, exchange.views.gone)
            if not account.symbols <= markets.views.keys():
                return Valued(tuple(position_of(account, each) for each in account.held()), None)
            assessment = assess(account, markets)
            items = tuple(position_at(account, leg) for leg in assessment.legs.values())
            return Valued(items, assessment)
    raise ExchangeDown(f"practice account {account_id} changes too quickly to be read")
