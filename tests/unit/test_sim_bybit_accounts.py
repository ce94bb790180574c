"""Accounts of the Bybit stand-in: what drivers give, what is filled in, and what it is worth."""

from decimal import Decimal
from typing import Any

import pytest
from harness.sim_bybit import DAY, HOUR, MINUTE, NOON, TurnedClock
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.control import Control
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.margins import Worth, assess
from ops.sim.bybit.world import World

TAKER = Decimal("0.00055")
BTC_PRICE = Decimal(64_000)


class AccountsHarness:
    """A world with nothing around it."""

    def __init__(self, seed: int = 1) -> None:
        self.clock = TurnedClock()
        self.world = World(seed=seed, clock=self.clock, limits=False)
        self.control = Control(self.world)
        self.price("BTCUSDT", BTC_PRICE)

    def price(self, symbol: str, price: object) -> None:
        self.control.set_price({"symbol": symbol, "price": str(price)})

    def make(self, **fields: Any) -> Account:
        return self.world.accounts[int(self.control.make_account(fields)["uid"])]

    def worth(self, account: Account) -> Worth:
        return assess(account, self.world.market, self.world.now())

    def truth(self, account: Account) -> dict[str, Any]:
        return self.control.account(str(account.uid))


@pytest.fixture
def harness() -> AccountsHarness:
    return AccountsHarness()


def long(size: str = "0.1", **more: Any) -> dict[str, Any]:
    return {"symbol": "BTCUSDT", "side": "Buy", "size": size, "avgPrice": "64000", "leverage": "10", **more}


# keys and wallets


def test_a_new_account_has_a_good_trading_key_and_practice_money(harness: AccountsHarness) -> None:
    made = harness.control.make_account({})
    assert (len(made["api_key"]), len(made["api_secret"])) == (18, 36)
    assert made["api_key"].isalnum()
    assert made["api_secret"].isalnum()
    account = harness.world.accounts[made["uid"]]
    assert account.key.permissions["ContractTrade"] == ["Order", "Position"]
    assert account.wallet == {"USDT": Decimal(10_000)}
    assert account.key.expires_at == NOON + 90 * DAY


def test_keys_come_from_the_seed(harness: AccountsHarness) -> None:
    first, second = harness.control.make_account({}), harness.control.make_account({})
    assert first == AccountsHarness().control.make_account({})
    assert first["uid"] != second["uid"]
    assert first["api_key"] != second["api_key"]
    assert first["api_key"] != AccountsHarness(seed=2).control.make_account({})["api_key"]


@pytest.mark.parametrize(
    ("balance", "wallet"),
    [
        (500, {"USDT": Decimal(500)}),
        ("123.45", {"USDT": Decimal("123.45")}),
        (0.1, {"USDT": Decimal("0.1")}),
        ({"USDT": 5, "BTC": "0.5"}, {"USDT": Decimal(5), "BTC": Decimal("0.5")}),
        (0, {"USDT": Decimal(0)}),
    ],
)
def test_a_balance_is_an_amount_or_a_mapping(harness: AccountsHarness, balance: object, wallet: object) -> None:
    assert harness.make(balance=balance).wallet == wallet


def test_bound_addresses_take_the_deadline_away(harness: AccountsHarness) -> None:
    assert harness.make(ips=["127.0.0.1"]).key.expires_at is None
    assert harness.make(ips=["*"]).key.expires_at == NOON + 90 * DAY
    assert harness.make(ips=["127.0.0.1"], expires_at="2026-07-02T00:00:00Z").key.expires_at == NOON + 12 * HOUR


def test_bad_input_is_refused_by_the_name_of_its_field(harness: AccountsHarness) -> None:
    for body, named in [
        ("nonsense", "body"),
        ({"colour": "red"}, "colour"),
        ({"environment": "testnet"}, "environment"),
        ({"balance": -1}, "balance"),
        ({"balance": "much"}, "balance"),
        ({"balance": True}, "balance"),
        ({"balance": {"NOPE": 1}}, "balance.NOPE"),
        ({"permissions": ["Flying"]}, "permissions"),
        ({"read_only": "yes"}, "read_only"),
        ({"ips": "127.0.0.1"}, "ips"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": 12}, "expires_at"),
        ({"public_key": "short"}, "public_key"),
        ({"positions": {}}, "positions"),
        ({"positions": ["BTCUSDT"]}, r"positions\[0\]"),
        ({"positions": [{}]}, r"positions\[0\].symbol"),
        ({"positions": [{"symbol": "NOPE"}]}, r"positions\[0\].symbol"),
        ({"positions": [{"symbol": "BTCUSDT", "category": "spot"}]}, r"positions\[0\].category"),
        ({"positions": [long(size=0)]}, r"positions\[0\].size"),
        ({"positions": [long(size="0.0005")]}, r"positions\[0\].size"),
        ({"positions": [long(side="Up")]}, r"positions\[0\].side"),
        ({"positions": [long(leverage=101)]}, r"positions\[0\].leverage"),
        ({"positions": [long(positionIdx=1)]}, r"positions\[0\].positionIdx"),
        ({"positions": [long(stopLos=1)]}, r"positions\[0\].stopLos"),
        ({"positions": [long(), long()]}, r"positions\[1\].symbol"),
        ({"hedge": True, "positions": [long(positionIdx=0)]}, r"positions\[0\].positionIdx"),
        ({"orders": [{"symbol": "BTCUSDT", "orderStatus": "Gone"}]}, r"orders\[0\].orderStatus"),
        ({"orders": [{"symbol": "BTCUSDT", "price": "0.01"}]}, r"orders\[0\].price"),
        ({"orders": [{"symbol": "BTCUSDT", "qty": 1, "cumExecQty": 2}]}, r"orders\[0\].cumExecQty"),
        ({"orders": [{"symbol": "BTCUSDT", "orderLinkId": "x" * 37}]}, r"orders\[0\].orderLinkId"),
        ({"orders": [{"symbol": "BTCUSDT", "orderLinkId": "x"}] * 2}, r"orders\[1\]"),
        ({"executions": -1}, "executions"),
        ({"executions": 10_001}, "executions"),
        ({"executions": "ten"}, "executions"),
        ({"executions": [{"symbol": "BTCUSDT", "execQty": "NaN"}]}, r"executions\[0\].execQty"),
        ({"executions": [{"symbol": "BTCUSDT", "execTime": 5}]}, r"executions\[0\].execTime"),
        ({"executions": [{"symbol": "BTCUSDT", "execId": "x"}] * 2}, "executions"),
    ]:
        with pytest.raises(ControlError, match=f"^(the )?{named}"):
            harness.control.make_account(body)
        assert not harness.world.accounts, body


@pytest.mark.parametrize("number", ["1e18", "0.000000000001", 1e18, "999999999999999999"])
def test_extreme_numbers_can_be_shown(harness: AccountsHarness, number: object) -> None:
    account = harness.make(
        balance=number,
        positions=[{"symbol": "BTCUSDT", "size": "1e18", "avgPrice": number}, {"symbol": "BTCUSD", "size": "1e18"}],
        orders=[{"symbol": "PEPEUSDT", "category": "spot", "price": max(float(str(number)), 1), "qty": "1e18"}],
        executions=[
            {"symbol": "BTCUSDT", "execPrice": number, "execQty": "1e18"},
            {"symbol": "BTCUSDT", "side": "Sell"},
        ],
    )
    truth = harness.truth(account)
    assert Decimal(truth["positions"][0]["size"]) == 10**18
    assert all(Decimal(truth["wallet"][name]).is_finite() for name in ("totalEquity", "totalInitialMargin"))


def test_prices_between_two_ticks_go_to_the_nearest(harness: AccountsHarness) -> None:
    account = harness.make(
        positions=[long(stopLoss="60000.04", takeProfit="70000.07")],
        orders=[{"symbol": "ETHUSDT", "price": "3000.004"}],
    )
    held = account.held()[0]
    assert (held.stop_loss, held.take_profit) == (60_000, Decimal("70000.1"))
    assert {order.price for order in account.orders.values()} == {0, 3_000}


def test_names_are_read_in_any_spelling(harness: AccountsHarness) -> None:
    held = harness.make(
        positions=[{"symbol": "btcusdt", "side": "long", "qty": 0.1, "entry_price": 63_000, "stop_loss": "60000"}]
    ).held()[0]
    assert (held.side, held.size, held.avg_price, held.stop_loss) == ("Buy", Decimal("0.1"), 63_000, 60_000)


def test_what_the_stand_in_gives_it_takes_back(harness: AccountsHarness) -> None:
    first = harness.make(
        positions=[long(stopLoss="60000", takeProfit="70000")],
        orders=[{"symbol": "ETHUSDT", "side": "Sell", "qty": "1.5"}, {"symbol": "SOLUSDT", "triggerPrice": 100}],
        executions=6,
    )
    truth = harness.truth(first)
    orders = [row for row in truth["orders"] if not row["createType"].endswith(("Loss", "Profit"))]
    again = harness.truth(harness.make(positions=truth["positions"], orders=orders, executions=truth["executions"]))
    for part, names in (
        ("positions", ("symbol", "side", "size", "avgPrice", "stopLoss", "takeProfit", "unrealisedPnl")),
        ("orders", ("symbol", "side", "qty", "price", "orderType", "orderStatus", "triggerPrice")),
        ("executions", ("execId", "symbol", "side", "execQty", "execPrice", "execFee", "execTime", "closedSize")),
        ("closed_pnl", ("symbol", "side", "qty", "closedPnl", "avgEntryPrice", "avgExitPrice")),
    ):
        assert [[row[name] for name in names] for row in again[part]] == [
            [row[name] for name in names] for row in truth[part]
        ]


# what a position is worth


def test_a_long_earns_as_the_price_rises(harness: AccountsHarness) -> None:
    account = harness.make(balance=10_000, positions=[long("0.1")])
    harness.price("BTCUSDT", 65_000)
    found = harness.worth(account)
    assert found.total.unrealised == 100
    assert (found.total.wallet, found.total.margin) == (10_000, 10_100)


def test_a_short_earns_as_the_price_falls(harness: AccountsHarness) -> None:
    account = harness.make(positions=[long("0.1", side="Sell")])
    harness.price("BTCUSDT", 63_000)
    assert harness.worth(account).total.unrealised == 100


def test_margins_are_those_of_the_help_center(harness: AccountsHarness) -> None:
    account = harness.make(balance=10_000, positions=[long("0.1")])
    (leg,) = harness.worth(account).legs.values()
    fee = Decimal("0.1") * BTC_PRICE * Decimal("0.9") * TAKER
    assert leg.margins.initial == Decimal(640) + fee
    assert leg.margins.maintenance == Decimal("0.1") * BTC_PRICE * Decimal("0.005") + fee
    found = harness.worth(account)
    assert found.total.available == 10_000 - leg.margins.initial


def test_a_large_position_keeps_to_its_tier_without_a_jump(harness: AccountsHarness) -> None:
    account = harness.make(balance=10**7, positions=[long("50")])
    (leg,) = harness.worth(account).legs.values()
    fee = 50 * BTC_PRICE * Decimal("0.9") * TAKER
    first, rest = Decimal(2_000_000) * Decimal("0.005"), Decimal(1_200_000) * Decimal("0.0065")
    assert (leg.risk_id, leg.margins.maintenance) == (2, first + rest + fee)


def test_an_inverse_position_earns_in_its_coin(harness: AccountsHarness) -> None:
    account = harness.make(balance={"BTC": 1}, positions=[{"symbol": "BTCUSD", "size": 64_000, "avgPrice": 64_000}])
    harness.price("BTCUSDT", 80_000)
    found = harness.worth(account)
    assert found.coins["BTC"].margins.unrealised == Decimal("0.2")
    assert found.total.margin == Decimal("1.2") * 80_000


HIGHEST = Decimal("1999999.80")  # maxPrice of BTCUSDT: beyond it nothing trades


@given(
    side=st.sampled_from(["Buy", "Sell"]),
    size=st.integers(1, 400),
    balance=st.integers(100, 50_000),
    leverage=st.integers(1, 100),
)
@settings(max_examples=40)
def test_at_the_liquidation_price_margin_meets_maintenance(side: str, size: int, balance: int, leverage: int) -> None:
    harness = AccountsHarness()
    account = harness.make(balance=balance, positions=[long(str(Decimal(size) / 1000), side=side, leverage=leverage)])
    (leg,) = harness.worth(account).legs.values()
    if leg.margins.liquidation is None or leg.margins.liquidation > HIGHEST:
        return
    assert (leg.margins.liquidation < leg.margins.mark) == (side == "Buy")
    harness.price("BTCUSDT", leg.instrument.price.round(leg.margins.liquidation))
    found = harness.worth(account)
    (moved,) = found.legs.values()
    slack = abs(found.total.margin - found.total.maintenance) / (moved.position.size * moved.margins.mark)
    assert slack < Decimal("0.0001") or moved.risk_id != leg.risk_id  # a tier further has another rate


@given(size=st.integers(1_000, 100_000), coins=st.integers(1, 40))
@settings(max_examples=40)
def test_an_inverse_position_too_is_liquidated_where_its_coins_run_out(size: int, coins: int) -> None:
    harness = AccountsHarness()
    account = harness.make(
        balance={"BTC": str(Decimal(coins) / 20)}, positions=[{"symbol": "BTCUSD", "size": size, "avgPrice": 64_000}]
    )
    (leg,) = harness.worth(account).legs.values()
    if leg.margins.liquidation is None or leg.margins.liquidation < 100:
        return
    harness.price("BTCUSDT", leg.instrument.price.round(leg.margins.liquidation))
    found = harness.worth(account)
    assert abs(found.total.margin - found.total.maintenance) / size < Decimal("0.01")


def test_a_small_position_in_a_large_account_cannot_be_liquidated(harness: AccountsHarness) -> None:
    account = harness.make(balance=1_000_000, positions=[long("0.001")])
    assert harness.truth(account)["positions"][0]["liqPrice"] == ""


def test_opposite_legs_hold_each_other(harness: AccountsHarness) -> None:
    account = harness.make(balance=100, hedge=True, positions=[long("0.1"), long("0.1", side="Sell")])
    assert {leg.position.index for leg in harness.worth(account).legs.values()} == {1, 2}
    harness.price("BTCUSDT", 90_000)
    assert harness.worth(account).total.unrealised == 0


def test_open_orders_set_margin_aside_and_conditional_ones_do_not(harness: AccountsHarness) -> None:
    plain_order = {"symbol": "BTCUSDT", "side": "Buy", "qty": "0.1", "price": "60000"}
    account = harness.make(orders=[plain_order])
    assert harness.worth(account).coins["USDT"].margins.order_initial == 600 + 6000 * TAKER
    conditional = harness.make(orders=[{**plain_order, "triggerPrice": "61000"}])
    assert harness.worth(conditional).coins["USDT"].margins.order_initial == 0
    closing = harness.make(orders=[{**plain_order, "reduceOnly": True}])
    assert harness.worth(closing).coins["USDT"].margins.order_initial == 0


def test_spot_orders_lock_what_they_would_pay(harness: AccountsHarness) -> None:
    account = harness.make(
        balance={"USDT": 10_000, "BTC": 1},
        orders=[
            {"symbol": "BTCUSDT", "category": "spot", "side": "Buy", "qty": "0.1", "price": "60000"},
            {"symbol": "BTCUSDT", "category": "spot", "side": "Sell", "qty": "0.25", "price": "70000"},
        ],
    )
    coins = harness.worth(account).coins
    assert (coins["USDT"].locked, coins["BTC"].locked) == (6_000, Decimal("0.25"))
    assert coins["USDT"].free == 4_000


def test_a_position_with_a_stop_shows_the_orders_that_protect_it(harness: AccountsHarness) -> None:
    account = harness.make(positions=[long(stopLoss="60000", takeProfit="70000")])
    stop, take = sorted(account.orders.values(), key=lambda order: order.trigger_price)
    assert (stop.stop_order_type, stop.trigger_direction, stop.side, stop.qty) == (
        "StopLoss",
        2,
        "Sell",
        Decimal("0.1"),
    )
    assert (take.stop_order_type, take.trigger_direction, take.reduce_only) == ("TakeProfit", 1, True)


# fills and what follows from them


@pytest.mark.parametrize("count", [1, 2, 3, 9, 10, 500])
def test_so_many_fills_as_asked_for_each_with_its_order(harness: AccountsHarness, count: int) -> None:
    account = harness.make(executions=count)
    assert len(account.executions) == count
    assert {fill.order_id for fill in account.executions} == {order.order_id for order in account.history}
    assert all(order.status == "Filled" for order in account.history)
    times = [fill.at for fill in account.executions]
    assert times == sorted(times)
    assert times[0] > NOON - 7 * DAY
    assert times[-1] <= NOON


def test_seeded_fills_have_the_prices_of_their_moments(harness: AccountsHarness) -> None:
    for fill in harness.make(executions=10).executions:
        one = harness.world.market.any_of(fill.symbol, "linear")
        assert fill.price == harness.world.market.last_price(one, fill.at)


def test_seeded_fills_leave_nothing_open(harness: AccountsHarness) -> None:
    account = harness.make(executions=7)
    net: dict[str, Decimal] = {}
    for fill in account.executions:
        net[fill.symbol] = net.get(fill.symbol, Decimal(0)) + (fill.qty if fill.side == "Buy" else -fill.qty)
    assert set(net.values()) == {Decimal(0)}


def test_closed_pnl_is_price_difference_less_both_fees(harness: AccountsHarness) -> None:
    account = harness.make(
        executions=[
            {"symbol": "BTCUSDT", "side": "Sell", "execQty": "0.1", "execPrice": 65_000, "execTime": NOON - MINUTE},
            {"symbol": "BTCUSDT", "side": "Buy", "execQty": "0.1", "execPrice": 64_000, "execTime": NOON - HOUR},
        ]
    )
    (done,) = account.closed_pnl
    assert (done.avg_entry, done.avg_exit, done.closed_size, done.side) == (64_000, 65_000, Decimal("0.1"), "Sell")
    assert done.pnl == 100 - (6_400 + 6_500) * TAKER
    assert account.cum_realised["USDT"] == done.pnl


def test_a_fill_larger_than_the_position_turns_it(harness: AccountsHarness) -> None:
    fills = [
        {"symbol": "BTCUSDT", "side": side, "execQty": qty, "execPrice": price}
        for side, qty, price in (("Buy", "0.2", 63_000), ("Sell", "0.3", 64_000), ("Buy", "0.1", 62_000))
    ]
    account = harness.make(executions=list(reversed(fills)))
    first, second = account.closed_pnl
    assert (first.closed_size, second.closed_size) == (Decimal("0.2"), Decimal("0.1"))
    assert (second.avg_entry, second.avg_exit) == (64_000, 62_000)


def test_closing_in_parts_pays_the_opening_fee_once(harness: AccountsHarness) -> None:
    fills = [
        {"symbol": "BTCUSDT", "side": side, "execQty": qty, "execPrice": 64_000}
        for side, qty in (("Sell", "0.1"), ("Sell", "0.3"), ("Buy", "0.4"))
    ]
    closed = harness.make(executions=fills).closed_pnl
    assert [done.open_fee for done in closed] == [19_200 * TAKER, 6_400 * TAKER]
    assert sum(done.pnl for done in closed) == -2 * 25_600 * TAKER


def test_an_inverse_close_earns_coins(harness: AccountsHarness) -> None:
    account = harness.make(
        balance={"BTC": 1},
        executions=[
            {"symbol": "BTCUSD", "side": "Sell", "execQty": 64_000, "execPrice": 80_000, "feeRate": 0},
            {"symbol": "BTCUSD", "side": "Buy", "execQty": 64_000, "execPrice": 64_000, "feeRate": 0},
        ],
    )
    (done,) = account.closed_pnl
    assert done.pnl == Decimal("0.2")
    assert done.avg_exit == 80_000


@given(st.integers(1, 40), st.integers(0, 10**6))
@settings(max_examples=25)
def test_the_log_of_every_coin_ends_at_its_balance(count: int, seed: int) -> None:
    account = AccountsHarness(seed).make(balance={"USDT": 777, "BTC": 2}, executions=count)
    last = {entry.currency: entry.balance for entry in account.log}
    assert last == {"USDT": 777, "BTC": 2}
    running: dict[str, Decimal] = {}
    for entry in account.log:
        running[entry.currency] = running.get(entry.currency, Decimal(0)) + entry.change
        assert entry.balance == running[entry.currency]
    assert account.log[0].type == "TRANSFER_IN"


def test_a_spot_fill_moves_both_coins(harness: AccountsHarness) -> None:
    account = harness.make(
        balance={"USDT": 1_000, "BTC": "0.1"},
        executions=[{"symbol": "BTCUSDT", "category": "spot", "side": "Buy", "execQty": "0.1", "execPrice": 60_000}],
    )
    trades = [entry for entry in account.log if entry.type == "TRADE"]
    assert {entry.currency: entry.change for entry in trades} == {
        "USDT": Decimal(-6_000),
        "BTC": Decimal("0.1") * (1 - Decimal("0.001")),
    }
    assert account.executions[0].fee_currency == "BTC"


def test_a_fill_of_a_known_order_makes_no_second_order(harness: AccountsHarness) -> None:
    order = {"symbol": "BTCUSDT", "orderId": "mine", "qty": "0.1", "orderStatus": "Filled"}
    fill = {"symbol": "BTCUSDT", "orderId": "mine", "execQty": "0.1"}
    account = harness.make(orders=[order], executions=[fill])
    assert [one.order_id for one in account.history] == ["mine"]


# changing an account


def test_a_change_takes_the_place_of_what_was_there(harness: AccountsHarness) -> None:
    account = harness.make(positions=[long(stopLoss=60_000)], orders=[{"symbol": "ETHUSDT"}], executions=4)
    harness.control.change_account(str(account.uid), {"positions": [{"symbol": "SOLUSDT", "size": 2}], "balance": 5})
    changed = harness.world.accounts[account.uid]
    assert [leg.symbol for leg in changed.held()] == ["SOLUSDT"]
    assert [order.symbol for order in changed.orders.values()] == ["ETHUSDT"]
    assert changed.wallet == {"USDT": Decimal(5)}
    assert changed.log[-1].balance == 5
    harness.control.change_account(str(account.uid), {"orders": [], "executions": 2})
    changed = harness.world.accounts[account.uid]
    assert (changed.orders, len(changed.executions), len(changed.history)) == ({}, 2, 2)


def test_a_refused_change_changes_nothing(harness: AccountsHarness) -> None:
    account = harness.make(positions=[long()])
    before = harness.truth(account)
    with pytest.raises(ControlError, match="orders"):
        harness.control.change_account(str(account.uid), {"positions": [], "balance": 1, "orders": [{}]})
    assert harness.truth(account) == before


def test_the_mode_changes_only_while_nothing_is_open(harness: AccountsHarness) -> None:
    account = harness.make(positions=[long()])
    with pytest.raises(ControlError, match="hedge"):
        harness.control.change_account(str(account.uid), {"hedge": True})
    harness.control.change_account(str(account.uid), {"hedge": True, "positions": [long(), long(side="Sell")]})
    assert [leg.index for leg in harness.world.accounts[account.uid].held()] == [1, 2]


def test_a_removed_account_is_gone_with_its_key(harness: AccountsHarness) -> None:
    account = harness.make()
    harness.control.remove_account(str(account.uid))
    assert (harness.world.accounts, harness.world.by_key) == ({}, {})
    with pytest.raises(ControlError, match="no account"):
        harness.control.account(str(account.uid))


@pytest.mark.parametrize("uid", ["", "x", "1", "٣", "9" * 5000])
def test_an_unknown_uid_is_not_found(harness: AccountsHarness, uid: str) -> None:
    with pytest.raises(ControlError) as caught:
        harness.control.account(uid)
    assert caught.value.status == 404


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "symbol"),
        ({"symbol": "NOPE", "price": 1}, "symbol"),
        ({"symbol": "BTC-27NOV26-64000-C-USDT", "price": 1}, "symbol"),
        ({"symbol": "BTCUSDT"}, "price"),
        ({"symbol": "BTCUSDT", "price": 0}, "price"),
        ({"symbol": "BTCUSDT", "price": "0.01"}, "price"),
        ({"symbol": "BTCUSDT", "price": "cheap"}, "price"),
        ({"symbol": "BTCUSDT", "price": 1, "hold": "no"}, "hold"),
    ],
)
def test_a_wrong_price_is_refused_by_name(harness: AccountsHarness, body: object, named: str) -> None:
    with pytest.raises(ControlError, match=f"^{named}"):
        harness.control.set_price(body)
