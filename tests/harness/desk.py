"""A practice account at its exchange, for tests."""

from decimal import Decimal
from typing import Any

from bot.domain.accounts import Account
from bot.domain.ids import OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.orders import OrderRequest, TimeInForce
from bot.domain.portfolio import Order, OrderType, Position, Side
from bot.exchange.paper.orders import PracticeOrders
from harness.app import Harness

BTC = Symbol("BTCUSDT")


def bought(link_id: str, qty: str = "0.1", **changes: Any) -> OrderRequest:
    """A market entry as it is sent: a limit IOC above the ask (64,210.60), with a stop."""
    values: dict[str, Any] = {
        "order_link_id": OrderLinkId(link_id),
        "category": Category.LINEAR,
        "symbol": BTC,
        "position_idx": 0,
        "side": Side.BUY,
        "order_type": OrderType.LIMIT,
        "qty": Decimal(qty),
        "price": Decimal(64400),
        "time_in_force": TimeInForce.IOC,
        "stop_loss": Decimal(62000),
    }
    return OrderRequest(**(values | changes))


class Desk:
    """A practice account and its gateway."""

    def __init__(self, bot: Harness, account: Account) -> None:
        self.bot = bot
        self.account = account

    @property
    def gateway(self) -> PracticeOrders:
        return self.bot.assembly.practice.orders

    async def create(self, request: OrderRequest) -> Order:
        await self.gateway.create(self.account, request)
        return await self.found(request.order_link_id)

    async def found(self, link_id: str) -> Order:
        order = await self.gateway.find_order(self.account, BTC, OrderLinkId(link_id))
        assert order is not None
        return order

    async def position(self) -> Position:
        (position,) = (await self.gateway.positions(self.account)).items
        return position

    async def money(self) -> Decimal:
        balance = await self.bot.assembly.practice.reads.balance(self.account)
        assert balance.total_wallet_balance is not None
        return balance.total_wallet_balance

    def restart(self) -> None:
        """Nothing is in memory any more, as after a kill."""
        self.bot.assembly.practice.exchange.forget(self.account.account_id)
