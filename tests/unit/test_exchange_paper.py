"""Practice accounts: our rows at live prices, the router that finds them, and the addresses of the others."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

import pytest
from exchange_house import account
from fakes import FakeClock

from bot.domain.errors import ExchangeDown
from bot.domain.market import Ticker
from bot.domain.model import (
    Account,
    AccountId,
    AccountType,
    Balance,
    Category,
    Execution,
    Executions,
    FeeRate,
    Millis,
    Order,
    Orders,
    OrderType,
    Position,
    Positions,
    Side,
    Symbol,
)
from bot.domain.ports import Queries
from bot.exchange.addresses import SiteAddresses
from bot.exchange.paper import PaperGateway
from bot.exchange.router import GatewayRouter

PAPER = account(account_type=AccountType.PAPER)
OLD = Millis(1)


def position(symbol: str, side: Side, size: str, entry: str, *, leverage: str | None = "10") -> Position:
    return Position(
        category=Category.LINEAR,
        symbol=Symbol(symbol),
        position_idx=0,
        side=side,
        size=Decimal(size),
        entry_price=Decimal(entry),
        mark_price=Decimal(entry),
        position_value=Decimal(size) * Decimal(entry),
        leverage=None if leverage is None else Decimal(leverage),
        liquidation_price=None,
        unrealised_pnl=Decimal(0),
        take_profit=None,
        stop_loss=None,
        trailing_stop=None,
        created_ts=OLD,
        updated_ts=OLD,
    )


ORDER = Order(
    category=Category.LINEAR,
    symbol=Symbol("BTCUSDT"),
    order_id="1",
    order_link_id="",
    position_idx=0,
    side=Side.BUY,
    order_type=OrderType.LIMIT,
    order_status="New",
    price=Decimal(60000),
    qty=Decimal("0.01"),
    cum_exec_qty=Decimal(0),
    trigger_price=None,
    stop_order_type="",
    time_in_force="GTC",
    reduce_only=False,
    take_profit=None,
    stop_loss=None,
    created_ts=OLD,
    updated_ts=OLD,
)


@dataclass
class Rows:
    """The queries that a practice account needs."""

    account_id: AccountId = PAPER.account_id
    wallet: Mapping[str, str] = field(default_factory=lambda: {"USDT": "10000"})
    held: tuple[Position, ...] | None = ()
    open_orders: tuple[Order, ...] | None = ()
    limit: int = 0

    async def paper_wallet(self, account_id: AccountId) -> Mapping[str, str]:
        return self.wallet if account_id == self.account_id else {}

    async def positions(self, account_id: AccountId) -> Positions | None:
        return None if self.held is None else Positions(account_id=account_id, items=self.held, as_of=OLD)

    async def orders(self, account_id: AccountId) -> Orders | None:
        return None if self.open_orders is None else Orders(account_id=account_id, items=self.open_orders, as_of=OLD)

    async def executions(self, of: Account, limit: int) -> Executions:
        self.limit = limit
        items: tuple[Execution, ...] = ()
        return Executions(account_id=of.account_id, items=items, as_of=OLD)


@dataclass
class Prices:
    """Live prices; counts who asks and how many at once."""

    marks: dict[str, str] = field(default_factory=dict)
    has_mark: bool = True
    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def __call__(self, symbol: Symbol) -> Ticker:
        self.asked.append(symbol)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if symbol not in self.marks:
            raise ExchangeDown("silent")
        price, zero = Decimal(self.marks[symbol]), Decimal(0)
        return Ticker(
            category=Category.LINEAR,
            symbol=symbol,
            last_price=price,
            mark_price=price if self.has_mark else None,
            index_price=None,
            bid_price=None,
            ask_price=None,
            high_24h=price,
            low_24h=price,
            price_24h_change=zero,
            volume_24h=zero,
            turnover_24h=zero,
            funding_rate=None,
            next_funding_ts=None,
            as_of=OLD,
        )


def paper(rows: Rows, prices: Prices) -> PaperGateway:
    return PaperGateway(queries=cast("Queries", rows), ticker=prices, clock=FakeClock())


async def test_a_new_account_answers_without_a_price() -> None:
    prices = Prices()
    gateway = paper(Rows(held=None, open_orders=None), prices)
    balance = await gateway.balance(PAPER)
    assert (balance.total_equity, balance.total_available, balance.total_initial_margin) == (10000, 10000, 0)
    assert [(coin.coin, coin.usd_value) for coin in balance.coins] == [("USDT", 10000)]
    assert (await gateway.positions(PAPER)).items == ()
    assert (await gateway.orders(PAPER)).items == ()
    assert prices.asked == []
    assert balance.as_of == FakeClock().now()


async def test_positions_are_marked_at_live_prices() -> None:
    rows = Rows(
        held=(
            position("BTCUSDT", Side.BUY, "0.1", "60000"),
            position("ETHUSDT", Side.SELL, "2", "3000", leverage="5"),
            position("BTCUSDT", Side.SELL, "0.05", "65000", leverage=None),
        )
    )
    prices = Prices({"BTCUSDT": "64000", "ETHUSDT": "3100"})
    gateway = paper(rows, prices)
    held = (await gateway.positions(PAPER)).items
    assert [each.unrealised_pnl for each in held] == [400, -200, 50]
    assert [each.mark_price for each in held] == [64000, 3100, 64000]
    assert [each.position_value for each in held] == [6400, 6200, 3200]
    assert prices.asked == ["BTCUSDT", "ETHUSDT"], "each symbol once"
    assert prices.most_at_once == 2, "side by side"


async def test_the_balance_counts_what_the_positions_made_and_what_they_hold() -> None:
    rows = Rows(held=(position("BTCUSDT", Side.BUY, "0.1", "60000"),))
    balance = await paper(rows, Prices({"BTCUSDT": "64000"})).balance(PAPER)
    assert balance.total_unrealised_pnl == 400
    assert balance.total_equity == 10400
    assert balance.total_wallet_balance == 10000
    assert balance.total_initial_margin == 640
    assert balance.total_available == 9760
    (usdt,) = balance.coins
    assert (usdt.wallet_balance, usdt.equity, usdt.unrealised_pnl) == (10000, 10400, 400)


async def test_a_loss_over_the_wallet_leaves_nothing_available() -> None:
    rows = Rows(wallet={"USDT": "100"}, held=(position("BTCUSDT", Side.BUY, "0.1", "60000"),))
    balance = await paper(rows, Prices({"BTCUSDT": "50000"})).balance(PAPER)
    assert (balance.total_equity, balance.total_available) == (-900, 0)


async def test_other_coins_count_at_their_price() -> None:
    rows = Rows(wallet={"BTC": "0.5", "USDC": "20", "USDT": "10"})
    balance = await paper(rows, Prices({"BTCUSDT": "64000"})).balance(PAPER)
    assert [(coin.coin, coin.usd_value) for coin in balance.coins] == [("BTC", 32000), ("USDC", 20), ("USDT", 10)]
    assert balance.total_equity == 32030


async def test_without_a_mark_price_the_last_one_counts() -> None:
    rows = Rows(held=(position("BTCUSDT", Side.BUY, "1", "60000"),))
    (held,) = (await paper(rows, Prices({"BTCUSDT": "60001"}, has_mark=False)).positions(PAPER)).items
    assert held.mark_price == 60001


async def test_a_price_that_cannot_be_had_is_not_made_up() -> None:
    gateway = paper(Rows(held=(position("BTCUSDT", Side.BUY, "1", "60000"),)), Prices())
    for read in (gateway.positions(PAPER), gateway.balance(PAPER)):
        with pytest.raises(ExchangeDown):
            await read


async def test_orders_and_fills_are_the_rows_as_of_now() -> None:
    rows = Rows(open_orders=(ORDER,))
    gateway = paper(rows, Prices())
    orders, fills = await gateway.orders(PAPER), await gateway.executions(PAPER)
    assert orders.items == (ORDER,)
    assert orders.as_of == fills.as_of == FakeClock().now()
    assert rows.limit == 50
    fees = await gateway.fee_rate(PAPER, Symbol("BTCUSDT"))
    assert (fees.taker, fees.maker) == (Decimal("0.00055"), Decimal("0.0002"))


# --- the router -----------------------------------------------------------------------------------------------


@dataclass
class Named:
    """A gateway that says who was asked for what by raising it."""

    name: str

    async def balance(self, account: Account) -> Balance:
        raise LookupError(f"{self.name} balance {account.account_id}")

    async def positions(self, account: Account) -> Positions:
        raise LookupError(f"{self.name} positions {account.account_id}")

    async def orders(self, account: Account) -> Orders:
        raise LookupError(f"{self.name} orders {account.account_id}")

    async def executions(self, account: Account) -> Executions:
        raise LookupError(f"{self.name} executions {account.account_id}")

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:
        raise LookupError(f"{self.name} fee_rate {account.account_id} {symbol}")


@pytest.mark.parametrize(
    ("account_type", "name"), [(AccountType.PAPER, "paper"), (AccountType.DEMO, "bybit"), (AccountType.LIVE, "bybit")]
)
async def test_the_account_type_says_who_is_asked(account_type: AccountType, name: str) -> None:
    router = GatewayRouter(paper=Named("paper"), bybit=Named("bybit"))
    of = account(account_type=account_type)
    for read in ("balance", "positions", "orders", "executions"):
        with pytest.raises(LookupError, match=f"{name} {read} 1"):
            await getattr(router, read)(of)
    with pytest.raises(LookupError, match=f"{name} fee_rate 1 BTCUSDT"):
        await router.fee_rate(of, Symbol("BTCUSDT"))


# --- addresses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "account_type", "address"),
    [
        ("com", AccountType.LIVE, "https://api.bybit.com"),
        ("nl", AccountType.LIVE, "https://api.bybit.nl"),
        ("tr", AccountType.LIVE, "https://api.bybit-tr.com"),
        ("com", AccountType.DEMO, "https://api-demo.bybit.com"),
        ("nl", AccountType.DEMO, "https://api-demo.bybit.com"),
        ("nowhere", AccountType.LIVE, "https://api.bybit.com"),
    ],
)
def test_each_site_has_its_host(site: str, account_type: AccountType, address: str) -> None:
    addresses = SiteAddresses(live="https://api.bybit.com", demo="https://api-demo.bybit.com")
    assert addresses(site, account_type) == address


@pytest.mark.parametrize("site", ["com", "nl", "kz"])
def test_a_stand_in_is_every_site(site: str) -> None:
    addresses = SiteAddresses(live="http://127.0.0.1:8767", demo="http://127.0.0.1:8767/demo")
    assert addresses(site, AccountType.LIVE) == "http://127.0.0.1:8767"
    assert addresses(site, AccountType.DEMO) == "http://127.0.0.1:8767/demo"
