"""Orders of accounts, read from their streams where those tell them, else by REST."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeDown
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LegSettings,
    LeverageRequest,
    OrderAck,
    OrderRequest,
    TradingStop,
)
from bot.domain.portfolio import Execution, Order, Orders, Positions
from bot.domain.ports.trading import OrderGateway
from bot.domain.trade_plans import AnyRequest
from bot.exchange.bybit.streams.account_told import AccountTold


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOrders:
    """Implements `OrderGateway` by another one: the same writes, fewer questions. `told` gives a healthy stream's.

    What it tells is as good as an answer of now but for a message that was lost without a trace; who acts on it in a
    way that can't be mended asks the other one first.
    """

    exchange: OrderGateway
    told: Callable[[AccountId], AccountTold | None]

    def has_room(self, account: Account, request: AnyRequest) -> bool:
        return self.exchange.has_room(account, request)

    def admission(self, account: Account, request: AnyRequest) -> AbstractAsyncContextManager[None]:
        return self.exchange.admission(account, request)

    async def create(self, account: Account, request: OrderRequest) -> OrderAck:
        return await self.exchange.create(account, request)

    async def amend(self, account: Account, request: AmendRequest) -> None:
        await self.exchange.amend(account, request)

    async def cancel(self, account: Account, request: CancelRequest) -> None:
        await self.exchange.cancel(account, request)

    async def set_trading_stop(self, account: Account, request: TradingStop) -> None:
        await self.exchange.set_trading_stop(account, request)

    async def set_leverage(self, account: Account, request: LeverageRequest) -> None:
        await self.exchange.set_leverage(account, request)

    async def find_order(self, account: Account, symbol: Symbol, order_link_id: OrderLinkId) -> Order | None:
        """Raises ExchangeDown where its first event is still to come: nothing is known of it yet."""
        told = self.told(account.account_id)
        if told is not None:
            if (found := told.order(order_link_id)) is not None:
                return found
            if told.is_due(order_link_id):
                raise ExchangeDown("the stream has not told of that order yet")
        return await self.exchange.find_order(account, symbol, order_link_id)

    async def positions(self, account: Account) -> Positions:
        told = self.told(account.account_id)
        return await self.exchange.positions(account) if told is None else told.positions()

    async def orders(self, account: Account) -> Orders:
        told = self.told(account.account_id)
        return await self.exchange.orders(account) if told is None else told.orders()

    async def executions_since(self, account: Account, since: Millis) -> tuple[Execution, ...]:
        told = self.told(account.account_id)
        found = None if told is None else told.fills_since(since)
        return await self.exchange.executions_since(account, since) if found is None else found

    async def margin_mode(self, account: Account) -> str:
        return await self.exchange.margin_mode(account)

    async def leg_settings(self, account: Account, symbol: Symbol) -> LegSettings:
        """As they were read within the last minute."""
        told = self.told(account.account_id)
        found = None if told is None else told.settings(symbol)
        return await self.exchange.leg_settings(account, symbol) if found is None else found
