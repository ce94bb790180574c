"""Private streams: what is pushed into the cache, what ends, what is made anew; over the real cache."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
from harness.cache import account as an_account
from harness.stream_desk import MAIN, Desk, stream_desk
from harness.streams import order_row, position_row
from harness.virtual_time import LoopClock

from bot.domain.accounts import Account
from bot.domain.errors import ExchangeDown, StorageTrouble
from bot.domain.events import OrderFilled
from bot.domain.ids import OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.orders import OrderRequest
from bot.domain.portfolio import CoinBalance, OrderType, Side
from bot.exchange.bybit.streams.account_events import order_rows
from bot.exchange.bybit.streams.parts import StreamLogin

pytestmark = pytest.mark.virtual_time
BTC = Symbol("BTCUSDT")


def an_order(link_id: OrderLinkId) -> OrderRequest:
    return OrderRequest(
        order_link_id=link_id,
        category=Category.LINEAR,
        symbol=BTC,
        position_idx=0,
        side=Side.BUY,
        order_type=OrderType.LIMIT,
        qty=Decimal("0.5"),
        price=Decimal(60000),
    )


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with stream_desk() as desk:
        yield desk


async def test_events_are_read_without_asking(desk: Desk) -> None:
    await desk.up()
    assert (await desk.reads.positions(MAIN)).items == ()
    desk.bybit.push("position", [position_row(seq=5, stopLoss="61000")])
    desk.bybit.push("order", [order_row()])
    await desk.turn()
    (held,) = (await desk.reads.positions(MAIN)).items
    assert (held.symbol, held.size, held.entry_price, held.stop_loss) == (BTC, Decimal("0.5"), 64000, 61000)
    assert [each.order_id for each in (await desk.reads.orders(MAIN)).items] == ["o1"]
    desk.bybit.push("order", [order_row(status="Filled", updated=2)])
    desk.bybit.push("position", [position_row(size="0", seq=6)])
    await desk.turn()
    assert (await desk.reads.positions(MAIN)).is_flat
    assert (await desk.reads.orders(MAIN)).items == ()
    assert desk.source.asked.total() == 0
    assert set(desk.changed) == {MAIN.account_id}


async def test_what_is_older_changes_nothing(desk: Desk) -> None:
    await desk.up()
    newest = [position_row(seq=5, updated=9, size="0.7"), position_row("ETHUSDT", seq=5, updated=2, stopLoss="3000")]
    for rows in (newest, [position_row(seq=4, updated=10, size="0.3"), position_row("ETHUSDT", seq=5, updated=1)]):
        desk.bybit.push("position", rows)
    desk.bybit.push("order", [order_row(updated=5, cumExecQty="0.2"), order_row("o2", "Cancelled", updated=5)])
    desk.bybit.push("order", [order_row(updated=5, cumExecQty="0.1"), order_row("o2", updated=4)])
    await desk.turn()
    found = {each.symbol: each for each in (await desk.reads.positions(MAIN)).items}
    assert found[BTC].size == Decimal("0.7")
    assert found[Symbol("ETHUSDT")].stop_loss == 3000
    (order,) = (await desk.reads.orders(MAIN)).items
    assert order.cum_exec_qty == Decimal("0.2")


async def test_events_that_come_before_the_answer_that_was_asked_first_stand(desk: Desk) -> None:
    desk.rest.gate = asyncio.Event()
    desk.records.accounts = [MAIN]
    await desk.until(lambda: desk.rest.asked)
    desk.bybit.push("position", [position_row(seq=5)])
    desk.bybit.push("order", [order_row(status="Cancelled", updated=3)])
    desk.rest.orders_now = tuple(order_rows([order_row(updated=2)]).orders)
    await asyncio.sleep(1)
    assert not desk.streams.is_healthy(MAIN.account_id)
    desk.rest.gate.set()
    await desk.until(lambda: desk.streams.is_healthy(MAIN.account_id))
    assert len((await desk.reads.positions(MAIN)).items) == 1
    assert (await desk.reads.orders(MAIN)).items == ()


async def test_an_answer_that_fails_says_nothing(desk: Desk) -> None:
    desk.rest.trouble = [ExchangeDown("silent"), ExchangeDown("silent")]
    await desk.up()
    assert len(desk.bybit.connections) == 1


async def test_pushed_values_live_while_the_stream_is_heard(desk: Desk) -> None:
    await desk.up()
    await desk.turn(300)
    assert await desk.asked() == 0
    assert len(desk.rest.asked) == 3 * (1 + 300 // 45), "somebody who only looks costs a comparison each 45 s"
    assert (await desk.reads.balance(MAIN)).total_equity == 1000
    desk.bybit.is_dead = desk.bybit.is_down = True
    await desk.until(lambda: desk.bybit.attempts == 2, seconds=90)
    assert await desk.asked() == 1


async def test_positions_are_marked_by_the_market_or_read_again(desk: Desk) -> None:
    desk.rest.hold(position_row())
    await desk.up()
    desk.marks[BTC] = Decimal(65000)
    await desk.turn(30)
    (held,) = (await desk.reads.positions(MAIN)).items
    assert (held.mark_price, held.unrealised_pnl) == (65000, 500)
    assert await desk.asked() == 0
    desk.marks.clear()
    await desk.turn(50)
    assert await desk.asked() == 1


async def test_a_wallet_moves_with_the_marks_of_its_positions_or_is_read_again(desk: Desk) -> None:
    desk.rest.hold(position_row())
    usdt = CoinBalance(
        coin="USDT",
        wallet_balance=Decimal(900),
        equity=Decimal(1000),
        unrealised_pnl=Decimal(100),
        usd_value=Decimal(1000),
    )
    desk.rest.coins = (usdt,)
    desk.marks[BTC] = Decimal(64000)
    await desk.up()
    desk.marks[BTC] = Decimal(65000)
    await desk.turn(30)
    found = await desk.reads.balance(MAIN)
    assert (found.total_equity, found.total_unrealised_pnl) == (1500, 500)
    assert (found.total_available, found.total_initial_margin) == (1450, 50)
    assert (found.coins[0].equity, found.coins[0].wallet_balance) == (1500, 900)
    assert LoopClock().now() - found.as_of < 10_000
    assert desk.source.asked["balance", MAIN] == 0
    row = {"accountType": "UNIFIED", "coin": [{"coin": "BTC", "walletBalance": "1"}]}
    desk.bybit.push("wallet", [row], creationTime=LoopClock().now())
    await desk.turn(20)
    await desk.reads.balance(MAIN)
    assert desk.source.asked["balance", MAIN] == 1, "what one coin is worth nobody tells"


async def test_a_message_that_can_not_be_taken_does_not_end_the_stream(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.up()
    for rows in ([7], [{}], [position_row(size="many")], [position_row(positionIdx=9)]):
        desk.bybit.push("position", rows)
    desk.bybit.push("wallet", [{"coin": 7}])
    desk.bybit.push("wallet", 7)
    desk.bybit.open[0].frames.put_nowait("no json")
    desk.rest.hold(position_row())
    desk.bybit.push("position", [position_row()])
    await desk.turn(2)
    assert len((await desk.reads.positions(MAIN)).items) == 1
    assert desk.bybit.attempts == 1
    assert "can't be read" in caplog.text


async def test_what_can_not_be_read_is_asked_for_before_anything_is_shown(desk: Desk) -> None:
    await desk.up()
    desk.rest.gate = asyncio.Event()
    desk.bybit.push("position", [position_row(size="many")])
    await desk.turn(2)
    assert not desk.streams.is_healthy(MAIN.account_id)
    assert await desk.asked() == 1
    desk.rest.gate.set()
    await desk.turn(2)
    assert desk.streams.is_healthy(MAIN.account_id)
    asked = len(desk.rest.asked)
    desk.bybit.push("wallet", 7)
    await desk.turn(2)
    assert desk.rest.asked[asked:] == ["positions", "orders", "balance"]


async def test_after_a_message_that_fails_to_be_taken_everything_is_asked_for(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody knows how much of it was taken."""
    failures = list[Exception]()

    def changed(_: Account) -> None:
        if failures:
            raise failures.pop()

    desk.streams.parts = replace(desk.streams.parts, changed=changed)
    await desk.up()
    failures.append(RuntimeError("a bug"))
    desk.rest.gate = asyncio.Event()
    desk.bybit.push("order", [order_row(status="Cancelled")])
    await desk.turn(2)
    assert not desk.streams.is_healthy(MAIN.account_id)
    held = desk.rest.hold(position_row())
    desk.rest.gate.set()
    await desk.turn(8)
    assert desk.streams.is_healthy(MAIN.account_id)
    assert (await desk.reads.positions(MAIN)).items == held
    assert "could not be taken" in caplog.text


async def test_an_answer_that_fails_for_hours_is_asked_for_until_it_comes(desk: Desk) -> None:
    desk.records.accounts = [MAIN]
    desk.rest.trouble = [ExchangeDown("no answer") for _ in range(5_000)]
    await desk.turn()
    await asyncio.sleep(10 * 3600)
    assert desk.rest.trouble
    assert not desk.streams.is_healthy(MAIN.account_id)
    assert not desk.streams.connected


async def test_an_event_from_the_far_future_does_not_stand_for_ever(desk: Desk) -> None:
    """Of a leg, of an order that stands, and of one that is said to be closed."""
    desk.marks |= {BTC: Decimal(64000), Symbol("ETHUSDT"): Decimal(64000)}
    await desk.up()
    desk.bybit.push("position", [position_row(seq=10**15, updated=10**15), position_row("ETHUSDT", "0", seq=10**15)])
    desk.bybit.push("order", [order_row(updated=10**15), order_row("o2", "Filled", updated=10**15)])
    desk.rest.hold(position_row(size="0.3", seq=7), position_row("ETHUSDT", seq=8))
    desk.rest.orders_now = tuple(order_rows([order_row(qty="0.7"), order_row("o2")]).orders)
    await desk.turn(4)
    assert {each.size for each in (await desk.reads.positions(MAIN)).items} == {Decimal("0.5")}
    await desk.turn(70)
    await desk.until(lambda: desk.streams.is_healthy(MAIN.account_id))
    assert sorted(each.size for each in (await desk.reads.positions(MAIN)).items) == [Decimal("0.3"), Decimal("0.5")]
    assert {each.order_id: each.qty for each in (await desk.reads.orders(MAIN)).items} == {
        "o1": Decimal("0.7"),
        "o2": Decimal("0.5"),
    }


async def test_a_lost_connection_is_made_anew_and_compared(desk: Desk) -> None:
    await desk.up()
    desk.bybit.push("position", [position_row(seq=5)])
    await desk.turn()
    asked = len(desk.rest.asked)
    desk.bybit.open[0].end()
    await asyncio.sleep(0.1)
    assert not desk.streams.is_healthy(MAIN.account_id)
    await desk.until(lambda: desk.streams.is_healthy(MAIN.account_id), seconds=5)
    assert len(desk.rest.asked) > asked
    assert (await desk.reads.positions(MAIN)).is_flat  # REST says so, and nothing of before is believed


async def test_a_late_own_event_is_asked_for_and_a_mute_stream_made_anew(desk: Desk) -> None:
    await desk.up()
    link_id = OrderLinkId("p-1")
    desk.streams.sent(MAIN, an_order(link_id), LoopClock().monotonic())
    desk.rest.found = {link_id: order_rows([order_row(link=link_id)]).orders[0]}
    await desk.until(lambda: f"order {link_id}" in desk.rest.asked, seconds=5)
    assert not desk.streams.is_healthy(MAIN.account_id)
    assert await desk.asked() == 1
    await desk.until(lambda: len(desk.bybit.connections) == 2, seconds=8)
    await desk.until(lambda: desk.streams.is_healthy(MAIN.account_id))
    assert desk.streams.mute == 1


async def test_an_event_in_time_or_no_order_at_all_leaves_the_stream_alone(desk: Desk) -> None:
    await desk.up()
    sent = LoopClock().monotonic()
    desk.rest.hold(position_row())
    desk.rest.orders_now = tuple(order_rows([order_row(link="p-1")]).orders)
    desk.bybit.push("order", [order_row(link="p-1")])
    desk.bybit.push("position", [position_row()])
    await desk.turn()
    for link_id in ("p-1", "p-2", "p-3"):
        desk.streams.sent(MAIN, an_order(OrderLinkId(link_id)), sent)
    desk.bybit.push("order", [order_row("o2", link="p-2", status="Rejected")])
    await desk.turn(20)
    assert [each for each in desk.rest.asked if each.startswith("order ")] == ["order p-3"]
    assert desk.streams.is_healthy(MAIN.account_id)
    assert len(desk.bybit.connections) == 1


async def test_many_late_streams_are_bybits_trouble_and_none_is_made_anew(desk: Desk) -> None:
    accounts = [an_account(number, number) for number in range(1, 9)]
    desk.records.accounts = accounts
    await desk.until(lambda: desk.streams.connected == 8)
    for each in accounts[:6]:
        link_id = OrderLinkId(f"p-{each.account_id}")
        desk.rest.found[link_id] = order_rows([order_row(link=link_id)]).orders[0]
        desk.streams.sent(each, an_order(link_id), LoopClock().monotonic())
    await desk.turn(20)
    assert desk.streams.problems()
    assert len(desk.bybit.connections) == 8
    desk.bybit.push("order", [order_row(link=f"p-{each.account_id}") for each in accounts[:6]])
    await desk.turn(2)
    assert not desk.streams.problems()
    assert all(desk.streams.is_healthy(each.account_id) for each in accounts)


async def test_a_commit_is_not_overtaken_by_an_answer_from_before_it(desk: Desk) -> None:
    await desk.up()
    event = OrderFilled(
        user_id=MAIN.user_id, account_id=MAIN.account_id, exchange=MAIN.exchange, account_type=MAIN.account_type
    )
    asked = LoopClock().monotonic()
    await asyncio.sleep(1)
    desk.reads.invalidate([event])
    desk.streams.dropped(MAIN.account_id)
    desk.streams.take(MAIN.account_id, await desk.rest.positions(MAIN), asked)
    assert await desk.asked() == 1
    desk.streams.take(MAIN.account_id, await desk.rest.positions(MAIN), LoopClock().monotonic())
    await desk.turn(30)
    assert await desk.asked() == 1


async def test_refused_logins_are_few(desk: Desk) -> None:
    desk.bybit.refused_keys = {"key 1"}
    desk.records.accounts = [MAIN]
    await desk.turn(900)
    assert 3 < desk.bybit.attempts <= 10
    desk.bybit.refused_keys = set()
    desk.streams.evict(MAIN.account_id)
    await desk.until(lambda: desk.streams.is_healthy(MAIN.account_id))


async def test_what_fails_in_an_unknown_way_is_in_nobodys_way(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Such as a disk that does not give the key of the account that comes first."""
    login = desk.streams.parts.login

    async def one_fails(account: Account) -> StreamLogin:
        if account == MAIN:
            raise StorageTrouble(f"no row of account {account.account_id}")
        return await login(account)

    desk.streams.parts = replace(desk.streams.parts, login=one_fails)
    desk.records.accounts = [MAIN]
    await desk.turn(20)
    desk.records.accounts += [an_account(number, number) for number in range(2, 22)]
    await desk.until(lambda: desk.streams.connected == 20, seconds=60)
    assert "no row of account" in caplog.text


async def test_a_key_that_is_replaced_while_its_stream_connects_tells_nothing(desk: Desk) -> None:
    gate = desk.bybit.gate = asyncio.Event()
    desk.records.accounts = [MAIN]
    await desk.turn(2)
    desk.streams.evict(MAIN.account_id)
    await desk.turn()
    gate.set()
    await asyncio.sleep(0.5)
    assert [each.is_open for each in desk.bybit.connections] == [False]
    assert not desk.streams.connected
    await desk.until(lambda: desk.streams.is_healthy(MAIN.account_id))


async def test_from_the_moment_of_another_key_on_nothing_of_the_old_one_is_shown(desk: Desk) -> None:
    await desk.up()
    desk.streams.evict(MAIN.account_id)
    await asyncio.sleep(0)
    assert desk.streams.told(MAIN.account_id) is None
    assert await desk.asked() == 1


async def test_of_orders_that_have_ended_a_minute_and_the_last_ten_are_remembered(desk: Desk) -> None:
    await desk.up()
    desk.bybit.push("order", [order_row(f"a{n}", "Filled", link=f"p-a{n}") for n in range(20)])
    await desk.turn(40)
    desk.bybit.push("order", [order_row(f"b{n}", "Filled", link=f"p-b{n}") for n in range(5)])
    await desk.turn()
    told = desk.streams.told(MAIN.account_id)
    assert told is not None
    assert told.order(OrderLinkId("p-a0")), "a settlement may ask for it still"
    await desk.turn(30)
    desk.bybit.push("order", [order_row("c0", "Filled", link="p-c0")])
    await desk.turn()
    assert told.order(OrderLinkId("p-a15")) is None
    assert [told.order(OrderLinkId(each)) is not None for each in ("p-a16", "p-b0", "p-c0")] == [True, True, True]
    desk.bybit.push("order", [order_row(f"d{n}", "Cancelled", link=f"p-d{n}") for n in range(150)])
    await desk.turn()
    assert [told.order(OrderLinkId(f"p-d{n}")) is not None for n in (49, 50, 149)] == [False, True, True]


async def test_while_nothing_connects_attempts_go_one_by_one(desk: Desk) -> None:
    desk.bybit.is_down = True
    desk.records.accounts = [an_account(number, number) for number in range(1, 100)]
    await desk.turn(120)
    assert desk.bybit.attempts < 40
    desk.bybit.is_down = False
    await desk.until(lambda: desk.streams.connected == 99, seconds=60)


async def test_a_thousand_streams_stay_within_bybits_count_and_leave_room_for_repairs(desk: Desk) -> None:
    desk.records.accounts = [an_account(number, number) for number in range(1, 331)]
    desk.records.opened = [LoopClock().now()] * 100  # by the process before this one
    await desk.turn(120)
    assert desk.streams.connected == 200
    for each in desk.bybit.open[:50]:
        each.end()
    await desk.turn(20)
    assert desk.streams.connected == 200
    await desk.until(lambda: desk.streams.connected == 330, seconds=1500)
    opened = desk.records.opened
    assert max(sum(0 <= later - each < 300_000 for later in opened) for each in opened[::20]) <= 400


async def test_a_stream_that_nobody_wants_ends(desk: Desk) -> None:
    await desk.up()
    desk.records.accounts = []
    await desk.turn(90)
    assert desk.bybit.open == []
    assert await desk.asked() == 1


async def test_a_lost_message_is_made_good_soon(desk: Desk) -> None:
    await desk.up()
    held = desk.rest.hold(position_row(seq=9))
    desk.bybit.push("order", [order_row(status="Filled", updated=2)])  # its position event is lost
    await desk.until(lambda: not desk.streams.is_healthy(MAIN.account_id), seconds=8)
    assert await desk.asked() == 1
    await desk.until(lambda: desk.streams.is_healthy(MAIN.account_id), seconds=8)
    assert (await desk.reads.positions(MAIN)).items == held
    desk.rest.positions_now = None
    asked = len(desk.rest.asked)
    await desk.turn(60)  # everything that tells of a close is lost
    assert len(desk.rest.asked) > asked
    await desk.until(lambda: desk.streams.is_healthy(MAIN.account_id), seconds=8)
    assert (await desk.reads.positions(MAIN)).is_flat
    asked = len(desk.rest.asked)
    await desk.turn(300)  # nothing goes on
    assert len(desk.rest.asked) - asked <= 3 * (1 + 300 // 45)
