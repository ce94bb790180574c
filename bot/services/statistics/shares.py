"""Closed trades as they are shown to others: without money."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeError
from bot.domain.ids import Symbol
from bot.domain.orders import LeverageRequest
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.statistics import StatisticsQueries
from bot.domain.ports.trading import OrderGateway
from bot.domain.trade_plans import ClosedTrade

_NEWEST: Final = 100  # trades: what is older is not shared
_logger = logging.getLogger(__name__)
_PATIENCE_S: Final = 0.5
_PLANS: Final = 8  # of the symbol that are looked through for the leverage


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTrade:
    """A closed trade and the leverage it was opened with. None: not known, it was set before or elsewhere."""

    trade: ClosedTrade
    leverage: Decimal | None

    @property
    def share(self) -> Decimal:
        """What it brought after fees and funding: a fraction of its value at entry, or of the margin put up for it."""
        value = self.trade.avg_entry_price * self.trade.qty
        return (self.trade.pnl - self.trade.funding) / value * (self.leverage or 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Finds what is to be shared. Raises StorageTrouble."""

    queries: StatisticsQueries
    plans: TradingQueries
    gateways: Mapping[AccountType, OrderGateway]

    async def of_order(self, account: Account, order_id: str, position_idx: int) -> SharedTrade | None:
        """What that order closed; None: nothing, or too long ago."""
        newest = await self.queries.closed_page(account.account_id, 0, _NEWEST)
        found = next((each for each in newest if (each.order_id, each.position_idx) == (order_id, position_idx)), None)
        return None if found is None else await self._with_leverage(account, found, newest)

    async def newest(self, account: Account, symbol: Symbol | None) -> SharedTrade | None:
        """The last one that was closed, of that symbol or of any."""
        newest = await self.queries.closed_page(account.account_id, 0, _NEWEST)
        found = next((each for each in newest if symbol in (None, each.symbol)), None)
        return None if found is None else await self._with_leverage(account, found, newest)

    async def _with_leverage(
        self, account: Account, trade: ClosedTrade, newest: tuple[ClosedTrade, ...]
    ) -> SharedTrade:
        """Before an entry the leverage is set where the symbol has another one: the last time that was done counts.

        Where it never was, it is the symbol's own, unless something was opened since that set another one.
        """
        of_symbol = sorted((each for each in newest if each.symbol == trade.symbol), key=lambda each: -each.opened_ts)
        until = [each.plan_id for each in of_symbol if each.opened_ts <= trade.opened_ts]
        since = [each.plan_id for each in of_symbol if each.opened_ts > trade.opened_ts]
        open_plans = await self.plans.plans_open(account.account_id)
        since += [each.plan_id for each in open_plans if each.symbol == trade.symbol]
        leverage: Decimal | None = None
        if trade.plan_id is not None:
            leverage = await self._set_in(until)
            if leverage is None and await self._set_in(since) is None:
                leverage = await self._own(account, trade)
        return SharedTrade(trade=trade, leverage=leverage)

    async def _set_in(self, plan_ids: Sequence[int | None]) -> Decimal | None:
        """What the first of these plans that set a leverage set last."""
        for plan_id in list(dict.fromkeys(each for each in plan_ids if each is not None))[:_PLANS]:
            managed = await self.plans.trade(plan_id)
            requests = () if managed is None else (each.request for each in managed.intents)
            set_to = [each.leverage for each in requests if isinstance(each, LeverageRequest)]
            if set_to:
                return set_to[-1]
        return None

    async def _own(self, account: Account, trade: ClosedTrade) -> Decimal | None:
        """The symbol's leverage; None where the exchange does not tell it at once."""
        gateway = self.gateways.get(account.account_type)
        if gateway is None:
            return None
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return (await gateway.leg_settings(account, trade.symbol)).leverage(trade.side)
        except (ExchangeError, TimeoutError) as trouble:
            _logger.info("a result is without its leverage", extra={"reason": type(trouble).__name__})
            return None
