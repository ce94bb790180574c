"""`OrderGateway` of practice accounts."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeRejected
from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.orders import (
    AmendRequest,
    CancelRequest,
    LegSettings,
    LeverageRequest,
    OrderAck,
    OrderRequest,
    PositionMode,
    TradingStop,
)
from bot.domain.portfolio import Execution, Order, Orders, Positions
from bot.domain.trade_plans import AnyRequest
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import Changes, EngineAccount, EngineFill, EngineOrder, Markets
from bot.exchange.paper.answers import execution_of, order_of
from bot.exchange.paper.exchange import Need, PracticeExchange
from bot.exchange.paper.records import from_body
from bot.exchange.paper.valuing import valued
from bot.exchange.retcodes import RetCodeClass, class_of

_ID_TAKEN: Final = 110072
_NOT_SUPPORTED: Final = 10001
_STANDS_ALREADY: Final = (RetCodeClass.FINE, RetCodeClass.UNCHANGED)  # the engine checks parameters before
_Setting = Callable[[EngineAccount, Markets], tuple[None, Changes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeOrders:
    """Implements `bot.domain.ports.trading.OrderGateway`: every write is on the disk when it answers."""

    exchange: PracticeExchange
    engine: Engine

    def has_room(self, account: Account, request: AnyRequest) -> bool:  # noqa: ARG002  there is no budget here
        """There is always room."""
        return True

    def admission(self, account: Account, request: AnyRequest) -> AbstractAsyncContextManager[None]:  # noqa: ARG002  no budget
        """Granted at once."""
        return nullcontext()

    async def create(self, account: Account, request: OrderRequest) -> OrderAck:
        """Accepted, and filled as far as the book of this second allows.

        Raises ExchangeRejected (110072: the id is taken; NoPracticePrice: no book within a second), OutcomeUnknown.
        """
        _demand_linear(request.category)
        if request.order_link_id and await self._stored(account, request.order_link_id) is not None:
            raise ExchangeRejected("an order of that id is there", code=_ID_TAKEN)

        def act(held: EngineAccount, markets: Markets) -> tuple[EngineOrder, Changes]:
            return self.engine.create(held, request, markets)

        order = await self.exchange.command(account.account_id, request.symbol, Need.BOOK, act)
        return OrderAck(order_id=order.order_id, order_link_id=order.order_link_id)

    async def amend(self, account: Account, request: AmendRequest) -> None:
        """Change an open order; what then crosses the book is filled."""
        _demand_linear(request.category)
        await self.exchange.command(
            account.account_id,
            request.symbol,
            Need.BOOK,
            lambda held, markets: (None, self.engine.amend(held, request, markets)),
        )

    async def cancel(self, account: Account, request: CancelRequest) -> None:
        """Take an open order back; it needs no price."""
        _demand_linear(request.category)
        await self.exchange.command(
            account.account_id,
            request.symbol,
            Need.NOTHING,
            lambda held, markets: (None, self.engine.cancel(held, request, markets)),
        )

    async def set_trading_stop(self, account: Account, request: TradingStop) -> None:
        """Set the leg's stop loss and take profit in place; what stands so already is no refusal."""
        _demand_linear(request.category)
        await self._set(
            account,
            request.symbol,
            lambda held, markets: (None, self.engine.set_trading_stop(held, request, markets)),
        )

    async def set_leverage(self, account: Account, request: LeverageRequest) -> None:
        """Set the symbol's leverage; what stands so already is no refusal."""
        _demand_linear(request.category)
        await self._set(
            account, request.symbol, lambda held, markets: (None, self.engine.set_leverage(held, request, markets))
        )

    async def find_order(self, account: Account, symbol: Symbol, order_link_id: OrderLinkId) -> Order | None:
        """The order of that id, open or closed, as the last commit left it."""
        order = await self._stored(account, order_link_id)
        return None if order is None or order.symbol != symbol else order_of(order)

    async def positions(self, account: Account) -> Positions:
        """What is held, at the prices of now; without them where they do not come."""
        found = await valued(self.exchange, account.account_id, self.exchange.views.live_or_known)
        return Positions(account_id=account.account_id, items=found.positions, as_of=self.exchange.clock.now())

    async def orders(self, account: Account) -> Orders:
        """The open orders, newest first."""
        async with self.exchange.opened(account.account_id) as (_, run):
            found = sorted(run.account.orders.values(), key=lambda each: (each.created_ts, each.priority), reverse=True)
            items = tuple(map(order_of, found))
            return Orders(account_id=account.account_id, items=items, as_of=self.exchange.clock.now())

    async def executions_since(self, account: Account, since: Millis) -> tuple[Execution, ...]:
        """Every execution from that moment on, oldest first."""
        bodies = await self.exchange.queries.fills_since(account.account_id, since)
        return tuple(execution_of(from_body(EngineFill, body)) for body in bodies)

    async def margin_mode(self, account: Account) -> str:
        """The word that Bybit would have for the practice account's margin mode."""
        async with self.exchange.opened(account.account_id) as (_, run):
            return run.account.margin_mode.value

    async def leg_settings(self, account: Account, symbol: Symbol) -> LegSettings:
        """Modes of the account and leverages of the symbol."""
        async with self.exchange.opened(account.account_id) as (_, run):
            held = run.account
            is_hedge = held.position_mode is PositionMode.HEDGE
            return LegSettings(
                symbol=symbol,
                position_mode=held.position_mode,
                margin_mode=held.margin_mode,
                buy_leverage=held.leverage((symbol, 1 if is_hedge else 0)),
                sell_leverage=held.leverage((symbol, 2 if is_hedge else 0)),
            )

    async def _stored(self, account: Account, order_link_id: OrderLinkId) -> EngineOrder | None:
        async with self.exchange.opened(account.account_id) as (_, run):
            for order in run.account.orders.values():
                if order.order_link_id == order_link_id:
                    return order
            body = await self.exchange.queries.order(account.account_id, order_link_id)
            return None if body is None else from_body(EngineOrder, body)

    async def _set(self, account: Account, symbol: Symbol, act: _Setting) -> None:
        try:
            await self.exchange.command(account.account_id, symbol, Need.PRICES, act)
        except ExchangeRejected as no:
            if no.code is None or class_of(no.code, is_write=True) not in _STANDS_ALREADY:
                raise


def _demand_linear(category: Category) -> None:
    if category is not Category.LINEAR:
        raise ExchangeRejected("practice trades perpetuals in USDT", code=_NOT_SUPPORTED)
