"""Every read against the Bybit stand-in: both environments, both position modes, both kinds of keys, and its faults."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
from harness.exchange import account, connected
from harness.stand_in import StandIn, standing_in

from bot.domain.accounts import KeyType, NewKey
from bot.domain.clock import SystemClock
from bot.domain.errors import ClockTrouble, ExchangeDown, ExchangeRejected, KeyTrouble, RetryLater
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Side
from bot.domain.secrets import Secret
from bot.domain.trades import closed_pnls
from bot.exchange.budget import Limits
from bot.exchange.bybit.transport import Timeouts

BTC, ETH = Symbol("BTCUSDT"), Symbol("ETHUSDT")
POSITIONS = [
    {"symbol": "BTCUSDT", "side": "Buy", "size": "0.05", "avgPrice": "64000", "stopLoss": "60000"},
    {"symbol": "ETHUSDT", "side": "Sell", "size": "1", "leverage": "5"},
]
ORDERS = [
    {"symbol": "SOLUSDT", "side": "Buy", "qty": "3", "orderLinkId": "mine-1"},
    {"symbol": "BTCUSDT", "side": "Sell", "qty": "0.01", "triggerPrice": "70000"},
    {"symbol": "XRPUSDT", "qty": "10", "orderStatus": "Cancelled"},
]


@pytest.fixture
async def there() -> AsyncIterator[StandIn]:
    async with standing_in() as stand_in:
        yield stand_in


ENVIRONMENTS = pytest.mark.parametrize("environment", ["live", "demo"])
KEY_TYPES = pytest.mark.parametrize("key_type", list(KeyType))


@ENVIRONMENTS
@KEY_TYPES
async def test_a_balance(there: StandIn, environment: str, key_type: KeyType) -> None:
    mine = await there.account(
        environment=environment, key_type=key_type, balance={"USDT": "10000", "BTC": "0.25"}, positions=POSITIONS
    )
    balance = await there.bybit.gateway.balance(mine)
    coins = {coin.coin: coin for coin in balance.coins}
    assert coins["USDT"].wallet_balance == 10000
    assert coins["BTC"].wallet_balance == Decimal("0.25")
    assert balance.total_equity == pytest.approx(sum(coin.usd_value for coin in balance.coins), abs=Decimal(1))
    assert balance.total_unrealised_pnl != 0
    assert balance.account_id == mine.account_id


@ENVIRONMENTS
@pytest.mark.parametrize("hedge", [False, True])
async def test_positions(there: StandIn, environment: str, hedge: bool) -> None:
    legs = [*POSITIONS, {"symbol": "BTCUSDT", "side": "Sell", "size": "0.02"}] if hedge else POSITIONS
    mine = await there.account(environment=environment, hedge=hedge, positions=legs)
    found = (await there.bybit.gateway.positions(mine)).items
    held = {(leg.symbol, leg.side): leg for leg in found}
    assert len(held) == len(legs)
    long = held[BTC, Side.BUY]
    assert (long.size, long.entry_price, long.stop_loss) == (Decimal("0.05"), Decimal(64000), Decimal(60000))
    assert long.unrealised_pnl == pytest.approx((long.mark_price - long.entry_price) * long.size, abs=Decimal("0.01"))
    assert held[ETH, Side.SELL].leverage == 5
    assert sorted({leg.position_idx for leg in found}) == ([1, 2] if hedge else [0])


@ENVIRONMENTS
async def test_orders(there: StandIn, environment: str) -> None:
    mine = await there.account(environment=environment, orders=ORDERS)
    found = {order.symbol: order for order in (await there.bybit.gateway.orders(mine)).items}
    assert set(found) == {"SOLUSDT", "BTCUSDT"}, "not the canceled one"
    assert found[Symbol("SOLUSDT")].order_link_id == "mine-1"
    assert found[BTC].trigger_price == 70000
    assert found[BTC].order_status == "Untriggered"


async def test_more_orders_than_a_page(there: StandIn) -> None:
    orders = [{"symbol": "SOLUSDT", "side": "Buy", "qty": "1", "orderLinkId": f"o-{n}"} for n in range(120)]
    mine = await there.account(orders=orders)
    found = (await there.bybit.gateway.orders(mine)).items
    assert {order.order_link_id for order in found} == {f"o-{n}" for n in range(120)}
    assert await there.calls() == ["/v5/order/realtime"] * 4, "three pages of perpetuals, one of spot"


@ENVIRONMENTS
async def test_spot_stands_beside_perpetuals(there: StandIn, environment: str) -> None:
    spot = {"category": "spot", "symbol": "ETHUSDT", "side": "Buy"}
    mine = await there.account(
        environment=environment,
        orders=[{**spot, "qty": "1", "price": "1000"}, *ORDERS],
        executions=[{**spot, "execQty": "1"}, {"symbol": "BTCUSDT", "execQty": "0.01"}],
    )
    orders, fills = await there.bybit.gateway.orders(mine), await there.bybit.gateway.executions(mine)
    assert {(order.category, order.symbol) for order in orders.items} == {
        (Category.SPOT, "ETHUSDT"), (Category.LINEAR, "SOLUSDT"), (Category.LINEAR, "BTCUSDT"),
    }  # fmt: skip
    assert {(fill.category, fill.symbol) for fill in fills.items} == {
        (Category.SPOT, "ETHUSDT"), (Category.LINEAR, "BTCUSDT"),
    }  # fmt: skip
    assert (orders.left_out, fills.left_out) == ((), ())


async def test_a_category_that_the_key_may_not_read_is_left_out(there: StandIn) -> None:
    mine = await there.account(permissions={"ContractTrade": ["Order", "Position"]}, orders=ORDERS, executions=2)
    for _ in range(2):
        orders, fills = await there.bybit.gateway.orders(mine), await there.bybit.gateway.executions(mine)
        assert (len(orders.items), orders.left_out, fills.left_out) == (2, (Category.SPOT,), (Category.SPOT,))
    assert there.bybit.stats().pool.builds == 1, "the key is as good as it was"
    powerless = await there.account(2, permissions={"Wallet": ["AccountTransfer"]})
    with pytest.raises(KeyTrouble):
        await there.bybit.gateway.orders(powerless)


async def test_fees_of_demo_are_bybits_standard_ones_and_say_so(there: StandIn) -> None:
    mine = await there.account(environment="demo")
    fees = await there.bybit.gateway.fee_rate(mine, BTC)
    assert (fees.taker, fees.maker, fees.is_standard) == (Decimal("0.00055"), Decimal("0.0002"), True)
    assert await there.calls() == [], "demo would refuse it"


async def test_a_demo_key_is_checked_though_demo_refuses_to_tell_of_it(there: StandIn) -> None:
    mine = await there.account(environment="demo", uta=0)
    await there.fault("code", code=10032, path="/v5/user/query-api", probability=1)
    check = await there.bybit.gateway.inspect_stored(mine)
    assert (check.bybit_uid, check.is_complete, check.is_unified) == (mine.bybit_uid, False, False)
    live = await there.account(2)
    with pytest.raises(ExchangeRejected):
        await there.bybit.gateway.inspect_stored(live)


@pytest.mark.parametrize(("uta", "is_unified"), [(0, False), (1, True), (5, True)])
async def test_what_a_key_says_of_its_account_is_kept(there: StandIn, uta: int, is_unified: bool) -> None:
    mine = await there.account(uta=uta, master=False)
    check = await there.bybit.gateway.inspect_stored(mine)
    assert (check.is_unified, check.is_master, check.key_kind) == (is_unified, False, 1)


async def test_executions(there: StandIn) -> None:
    fills = [{"symbol": "BTCUSDT", "side": "Buy", "execQty": "0.01"} for _ in range(60)]
    mine = await there.account(executions=fills)
    found = (await there.bybit.gateway.executions(mine)).items
    assert len(found) == 40, "the newest"
    assert [fill.exec_ts for fill in found] == sorted((fill.exec_ts for fill in found), reverse=True)
    assert found[0].exec_qty == Decimal("0.01")
    assert await there.calls() == ["/v5/execution/list"] * 2, "perpetuals and spot"


async def test_what_closes_brought_is_what_their_fills_come_to(there: StandIn) -> None:
    """Bybit's own figure and ours are one formula."""
    mine = await there.account(executions=30)
    fills = (await there.bybit.gateway.executions(mine)).items
    told = (await there.bybit.gateway.closed_pnl(mine)).items
    ours: dict[str, Decimal] = {}
    for each in closed_pnls(reversed(fills)):
        ours[each.order_id] = ours.get(each.order_id, Decimal(0)) + each.pnl
    assert len(told) > 5
    assert {each.order_id: round(each.pnl, 6) for each in told} == {name: round(pnl, 6) for name, pnl in ours.items()}


async def test_fees(there: StandIn) -> None:
    mine = await there.account()
    fees = await there.bybit.gateway.fee_rate(mine, BTC)
    assert Decimal(0) < fees.maker < fees.taker < Decimal("0.01")


@ENVIRONMENTS
@KEY_TYPES
async def test_a_key_before_it_is_stored_and_after(there: StandIn, environment: str, key_type: KeyType) -> None:
    mine = await there.account(environment=environment, key_type=key_type, ips=["127.0.0.1"])
    stored = there.keys.by_account[mine.account_id]
    assert stored is not None
    key = NewKey(
        account_type=mine.account_type,
        host="com",
        key_type=key_type,
        api_key=Secret(stored.api_key.decode()),
        api_secret=Secret(stored.api_secret.decode()),
    )
    for check in (await there.bybit.gateway.inspect(key), await there.bybit.gateway.inspect_stored(mine)):
        assert check.bybit_uid == str(there.uid)
        assert check.ips == ("127.0.0.1",)
        assert not check.read_only
        assert "ContractTrade:Order" in check.permissions
        assert check.expires_at is None
    assert there.bybit.stats().pool.builds == 1, "a key that is not stored has no client in the pool"


async def test_what_a_key_says_of_itself(there: StandIn) -> None:
    expires_at = SystemClock().now() + 30 * 86_400_000
    permissions = {"ContractTrade": ["Order", "Position"], "Wallet": ["Withdraw"]}
    mine = await there.account(permissions=permissions, read_only=True, expires_at=expires_at)
    check = await there.bybit.gateway.inspect_stored(mine)
    assert check.permissions == ("ContractTrade:Order", "ContractTrade:Position", "Wallet:Withdraw")
    assert check.read_only
    assert check.ips == ()
    assert check.expires_at == pytest.approx(expires_at, abs=86_400_000)


async def test_a_key_of_the_other_environment_is_key_trouble(there: StandIn) -> None:
    await there.account(environment="demo")
    with pytest.raises(KeyTrouble) as caught:
        await there.bybit.gateway.balance(account())
    assert caught.value.code == 10003


async def test_a_wrong_secret_is_key_trouble(there: StandIn) -> None:
    mine = await there.account()
    stored = there.keys.by_account[mine.account_id]
    assert stored is not None
    there.keys.put(1, api_key=stored.api_key.decode(), api_secret="x" * 36)
    with pytest.raises(KeyTrouble) as caught:
        await there.bybit.gateway.balance(mine)
    assert caught.value.code == 10004


async def test_a_revoked_key_is_key_trouble_until_another_is_stored(there: StandIn) -> None:
    mine = await there.account()
    await there.bybit.gateway.balance(mine)
    await there.fault("key_revoked", uid=there.uid)
    for _ in range(2):
        with pytest.raises(KeyTrouble):
            await there.bybit.gateway.balance(mine)
    await there.account()
    await there.bybit.gateway.balance(mine)


# --- public data ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("category", list(Category))
async def test_the_market(there: StandIn, category: Category) -> None:
    market = there.bybit.market
    async with asyncio.TaskGroup() as group:
        ticker = group.create_task(market.ticker(category, BTC))
        book = group.create_task(market.order_book(category, BTC))
        rules = group.create_task(market.instrument(category, BTC))
        board = group.create_task(market.board(category))
    price = ticker.result().last_price
    assert (ticker.result().mark_price is None) is (category is Category.SPOT)
    assert len(book.result().bids) == len(book.result().asks) == 25
    assert book.result().bids[0][0] < book.result().asks[0][0]
    assert book.result().bids[0][0] == pytest.approx(price, rel=Decimal("0.01"))
    instrument = rules.result()
    assert instrument is not None
    assert (instrument.base_coin, instrument.quote_coin, instrument.status) == ("BTC", "USDT", "Trading")
    assert (instrument.max_leverage is None) is (category is Category.SPOT)
    assert price % instrument.tick_size == 0
    listed = {item.symbol: item for item in board.result().items}
    assert listed[BTC].last_price == pytest.approx(price, rel=Decimal("0.01"))
    assert len(listed) >= 20
    turnovers = [item.turnover_24h for item in board.result().items]
    assert turnovers == sorted(turnovers, reverse=True)


async def test_candles_of_every_interval(there: StandIn) -> None:
    for interval in ("1", "3", "5", "15", "30", "60", "120", "240", "360", "720", "D", "W", "M"):
        klines = await there.bybit.market.klines(Category.LINEAR, BTC, interval)
        starts = [candle.start_ts for candle in klines.items]
        assert len(starts) == 24, interval
        assert starts == sorted(starts), interval
        assert all(candle.low <= candle.open <= candle.high for candle in klines.items), interval


async def test_an_unknown_symbol_is_none_or_a_no(there: StandIn) -> None:
    nobody = Symbol("NOBODYUSDT")
    assert await there.bybit.market.instrument(Category.LINEAR, nobody) is None
    with pytest.raises(ExchangeRejected):
        await there.bybit.market.ticker(Category.LINEAR, nobody)


async def test_a_price_that_was_set_is_the_price(there: StandIn) -> None:
    await there.sim("POST", "/sim/prices", {"symbol": "BTCUSDT", "price": "71234.5", "hold": True})
    assert (await there.bybit.market.ticker(Category.LINEAR, BTC)).last_price == Decimal("71234.5")


# --- faults ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["http_500", "html", "truncated", "code_10000", "lost_answer"])
async def test_a_spoiled_answer_is_down_and_the_next_one_is_good(kind: str) -> None:
    async with standing_in() as there:
        mine = await there.account()
        await there.bybit.gateway.balance(mine)
        await there.fault(kind, times=1, path="/v5/account/wallet-balance")
        if kind == "lost_answer":  # the connection closes without an answer: a read is asked once more
            await there.bybit.gateway.balance(mine)
        else:
            with pytest.raises(ExchangeDown):
                await there.bybit.gateway.balance(mine)
        await there.bybit.gateway.balance(mine)


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
async def test_a_reset_is_bridged_once_for_a_read_and_not_twice(there: StandIn, kind: str) -> None:
    mine = await there.account()
    await there.bybit.gateway.balance(mine)
    await there.fault(kind, times=1, path="/v5/account/wallet-balance")
    await there.bybit.gateway.balance(mine)
    await there.fault(kind, times=2, path="/v5/account/wallet-balance")
    with pytest.raises(ExchangeDown):
        await there.bybit.gateway.balance(mine)


async def test_a_late_answer_is_no_answer() -> None:
    async with standing_in(timeouts=Timeouts(answer=3)) as there:
        mine = await there.account()
        await there.fault("late_answer", times=1, seconds=10, path="/v5/account/wallet-balance")
        with pytest.raises(ExchangeDown, match="TimeoutError"):
            await there.bybit.gateway.balance(mine)
        await there.bybit.gateway.balance(mine)


async def test_a_missed_window_is_signed_anew_once(there: StandIn) -> None:
    mine = await there.account()
    await there.fault("code_10002", times=1, path="/v5/account/wallet-balance")
    await there.bybit.gateway.balance(mine)
    await there.fault("code_10002", times=2, path="/v5/account/wallet-balance")
    with pytest.raises(ClockTrouble):
        await there.bybit.gateway.balance(mine)


async def test_a_clock_that_is_an_hour_off_is_noticed_before_the_first_signature() -> None:
    class Slow(SystemClock):
        def now(self) -> Any:
            return super().now() - 3_600_000

    async with standing_in(clock=Slow()) as there:
        mine = await there.account()
        await there.bybit.gateway.balance(mine)
        assert there.bybit.stats().clock_skew == pytest.approx(3_600_000, abs=500)
        assert await there.calls() == ["/v5/account/wallet-balance"]


async def test_a_refused_uid_backs_off(there: StandIn) -> None:
    mine, other = await there.account(1), await there.account(2)
    await there.fault("code_10006", times=1, path="/v5/account/wallet-balance")
    with pytest.raises(RetryLater):
        await there.bybit.gateway.balance(mine)
    await there.bybit.gateway.balance(other)


async def test_a_banned_address_stops_everything(there: StandIn) -> None:
    mine = await there.account()
    await there.fault("ip_ban", times=1)
    with pytest.raises(RetryLater) as caught:
        await there.bybit.market.ticker(Category.LINEAR, BTC)
    assert caught.value.retry_after == 600
    before = len(await there.calls())
    with pytest.raises(RetryLater):
        await there.bybit.gateway.balance(mine)
    assert len(await there.calls()) == before


# --- its limits -----------------------------------------------------------------------------------------------


async def test_under_real_limits_our_budget_keeps_bybit_from_refusing() -> None:
    """120 calls on one endpoint of one UID, whose limit is 50 a second: refused by us, never by Bybit."""
    async with standing_in(limits=Limits(view_patience=10), real_limits=True) as there:
        mine = await there.account()
        await asyncio.gather(*(there.bybit.gateway.balance(mine) for _ in range(120)))
        assert {outcome for _, outcome in there.bybit.stats().requests} == {"ok"}


async def test_bybits_own_headers_are_learned() -> None:
    """Somebody else uses the same UID: what Bybit counts is believed, and Bybit refuses nothing."""
    async with standing_in(limits=Limits(view_patience=10), real_limits=True) as there:
        mine = await there.account()
        async with connected(there.url, keys=there.keys) as elsewhere:
            await asyncio.gather(*(elsewhere.gateway.balance(mine) for _ in range(40)))
        await there.bybit.gateway.balance(mine)
        await asyncio.gather(*(there.bybit.gateway.balance(mine) for _ in range(30)))
        assert {outcome for _, outcome in there.bybit.stats().requests} == {"ok"}


async def test_each_read_is_one_call_a_category(there: StandIn) -> None:
    mine = await there.account(positions=POSITIONS, orders=ORDERS)
    gateway, market = there.bybit.gateway, there.bybit.market
    await gateway.balance(mine)
    await gateway.positions(mine)
    await gateway.orders(mine)
    await gateway.executions(mine)
    await market.ticker(Category.LINEAR, BTC)
    await market.order_book(Category.LINEAR, BTC)
    await market.klines(Category.LINEAR, BTC, "60")
    await market.board(Category.LINEAR)
    await market.instrument(Category.LINEAR, BTC)
    assert len(await there.calls()) == 9 + 2, "orders and fills are of two categories"
    assert sum(there.bybit.stats().requests.values()) == 9 + 2 + 3
