"""Practice accounts: our rows at live prices, the router that finds them, and the addresses of the others."""

from decimal import Decimal

import pytest
from harness.exchange import account

from bot.domain.accounts import AccountType
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Order, OrderType, Position, Side
from bot.exchange.addresses import SiteAddresses

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
