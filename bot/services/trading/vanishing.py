"""What would go on without this bot: asked of the exchange itself at that moment, past everything that is kept here."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.accounts import Account, AccountType
from bot.domain.portfolio import Orders, Positions
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.trading import OrderGateway
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.vanishing import VanishReport, vanish_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanishing:
    """Reports on accounts. `prefix`: of the orderLinkIds of this installation."""

    queries: TradingQueries
    gateways: Mapping[AccountType, OrderGateway]
    reads: Reads
    prefix: str

    async def report(self, account: Account) -> VanishReport:
        """As the exchange shows it now. Raises ExchangeErrors."""
        gateway = self.gateways.get(account.account_type)
        source = self.reads if gateway is None else gateway
        with at_priority(RequestPriority.VIEW):
            positions, orders = await asyncio.gather(source.positions(account), source.orders(account))
        return await self._report(account, positions, orders)

    async def last_known(self, account: Account) -> VanishReport | None:
        """As it was shown last, with the moment of that; None: it never was."""
        positions, orders = await self.reads.last_positions(account), await self.reads.last_orders(account)
        return None if positions is None or orders is None else await self._report(account, positions, orders)

    async def _report(self, account: Account, positions: Positions, orders: Orders) -> VanishReport:
        plans = await self.queries.plans_open(account.account_id)
        live = await self.queries.intents_live(account.account_id)
        return vanish_report(positions, orders, plans, live, self.prefix)
