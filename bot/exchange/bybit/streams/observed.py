"""An account's reads, each answer of which is also told to its stream: no drop of an event stays unseen for long."""

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.domain.accounts import Account
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LegSettings,
    LeverageRequest,
    OrderAck,
    OrderRequest,
    TradingStop,
)
from bot.domain.portfolio import Balance, Execution, Executions, FeeRate, Order, Orders, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import ExchangeGateway
from bot.domain.ports.trading import OrderGateway
from bot.domain.trade_plans import AnyRequest
from bot.domain.trades import ClosedPnls

TakeAnswer = Callable[[AccountId, Positions | Orders | Balance, float], None]


class Observer(Protocol):
    """Who is told the answers of an account's reads, each with the monotonic second in which it was asked."""

    def take(
        self, account_id: AccountId, answer: Positions | Orders, asked: float, categories: Collection[Category]
    ) -> None:
        """Of orders, those of some categories."""
        ...

    def take_fills(self, account_id: AccountId, answer: Iterable[Execution], since: Millis, asked: float) -> None:
        """Every execution since a moment."""
        ...

    def take_settings(self, account_id: AccountId, settings: LegSettings, asked: float) -> None:
        """The settings of a symbol."""
        ...

    def sent(self, account: Account, request: AnyRequest, at: float) -> None:
        """A write that was sent then was taken: its events are due."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedReads:
    """Implements `ExchangeGateway` by another one. `take` is told each answer and the second in which it was asked."""

    reads: ExchangeGateway
    take: TakeAnswer
    clock: Clock

    async def balance(self, account: Account) -> Balance:
        asked = self.clock.monotonic()
        answer = await self.reads.balance(account)
        self.take(account.account_id, answer, asked)
        return answer

    async def positions(self, account: Account) -> Positions:
        asked = self.clock.monotonic()
        answer = await self.reads.positions(account)
        self.take(account.account_id, answer, asked)
        return answer

    async def orders(self, account: Account) -> Orders:
        asked = self.clock.monotonic()
        answer = await self.reads.orders(account)
        self.take(account.account_id, answer, asked)
        return answer

    async def executions(self, account: Account) -> Executions:
        return await self.reads.executions(account)

    async def closed_pnl(self, account: Account) -> ClosedPnls:
        return await self.reads.closed_pnl(account)

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:
        return await self.reads.fee_rate(account, symbol)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedOrders:
    """Implements `OrderGateway` by another one, of perpetuals. Answers are told, and every write that was taken."""

    exchange: OrderGateway
    observer: Observer
    clock: Clock

    def has_room(self, account: Account, request: AnyRequest) -> bool:
        return self.exchange.has_room(account, request)

    def admission(self, account: Account, request: AnyRequest) -> AbstractAsyncContextManager[None]:
        return self.exchange.admission(account, request)

    async def create(self, account: Account, request: OrderRequest) -> OrderAck:
        at = self.clock.monotonic()
        ack = await self.exchange.create(account, request)
        self.observer.sent(account, request, at)
        return ack

    async def amend(self, account: Account, request: AmendRequest) -> None:
        at = self.clock.monotonic()
        await self.exchange.amend(account, request)
        self.observer.sent(account, request, at)

    async def cancel(self, account: Account, request: CancelRequest) -> None:
        at = self.clock.monotonic()
        await self.exchange.cancel(account, request)
        self.observer.sent(account, request, at)

    async def set_trading_stop(self, account: Account, request: TradingStop) -> None:
        at = self.clock.monotonic()
        await self.exchange.set_trading_stop(account, request)
        self.observer.sent(account, request, at)

    async def set_leverage(self, account: Account, request: LeverageRequest) -> None:
        await self.exchange.set_leverage(account, request)

    async def find_order(self, account: Account, symbol: Symbol, order_link_id: OrderLinkId) -> Order | None:
        return await self.exchange.find_order(account, symbol, order_link_id)

    async def positions(self, account: Account) -> Positions:
        asked = self.clock.monotonic()
        answer = await self.exchange.positions(account)
        self.observer.take(account.account_id, answer, asked, (Category.LINEAR,))
        return answer

    async def orders(self, account: Account) -> Orders:
        asked = self.clock.monotonic()
        answer = await self.exchange.orders(account)
        self.observer.take(account.account_id, answer, asked, (Category.LINEAR,))
        return answer

    async def executions_since(self, account: Account, since: Millis) -> tuple[Execution, ...]:
        asked = self.clock.monotonic()
        answer = await self.exchange.executions_since(account, since)
        self.observer.take_fills(account.account_id, answer, since, asked)
        return answer

    async def margin_mode(self, account: Account) -> str:
        return await self.exchange.margin_mode(account)

    async def leg_settings(self, account: Account, symbol: Symbol) -> LegSettings:
        asked = self.clock.monotonic()
        settings = await self.exchange.leg_settings(account, symbol)
        self.observer.take_settings(account.account_id, settings, asked)
        return settings
