"""Funding at the hours of perpetuals, as an account's clock passes them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bot.domain.ids import Symbol
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import Changes, EngineAccount, Markets
from ops.sim.bybit.accounts import Account
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.market import FUNDING_MS

if TYPE_CHECKING:
    from ops.sim.bybit.world import World  # it holds the trading

_MOST: Final = 30
"""Hours that are settled after a clock was moved; older ones are let go."""


def settle(world: "World", account: Account) -> None:
    """Pay what fell due since the last time on what was held then, oldest first."""
    due = world.now() // FUNDING_MS * FUNDING_MS
    since = account.funded_at or due
    account.funded_at = max(since, due)
    for hour in range(max(since + FUNDING_MS, due - (_MOST - 1) * FUNDING_MS), due + 1, FUNDING_MS):
        for one in _perpetuals(world, account, hour):
            world.trading.change(account, _paying(world, one, hour), one, at=hour)


def _perpetuals(world: "World", account: Account, hour: int) -> list[Instrument]:
    """What was held at that hour, as far as it still is."""
    held = {(leg.category, leg.symbol) for leg in account.held() if leg.opened_at < hour}
    found = [world.market.any_of(symbol, category) for category, symbol in sorted(held)]
    return [one for one in found if not one.is_dated]


def _paying(world: "World", one: Instrument, hour: int) -> Callable[[Engine, EngineAccount, Markets], Changes]:
    rate = world.market.funding_rate(one, hour)

    def pay(engine: Engine, engine_account: EngineAccount, markets: Markets) -> Changes:
        return engine.fund(engine_account, Symbol(one.symbol), rate, markets)

    return pay
