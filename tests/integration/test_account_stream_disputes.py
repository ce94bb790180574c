"""Where REST and a private stream contradict each other: who is believed, and what is asked again."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from harness.stream_desk import MAIN, Desk, stream_desk
from harness.streams import LONG_AFTER, order_row, position_row
from harness.virtual_time import LoopClock

from bot.domain.portfolio import CoinBalance, Orders, Positions
from bot.exchange.bybit.streams.account_events import order_rows

pytestmark = pytest.mark.virtual_time


def a_coin(number: int) -> CoinBalance:
    amount = Decimal(number)
    return CoinBalance(coin="USDT", wallet_balance=amount, equity=amount, unrealised_pnl=Decimal(0), usd_value=amount)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with stream_desk() as desk:
        yield desk


async def test_what_an_answer_lacks_though_it_was_just_told_is_asked_again(desk: Desk) -> None:
    await desk.up()
    row, order = position_row(seq=5), order_row(updated=5)
    await desk.turn(6)
    desk.bybit.push("position", [row])
    desk.bybit.push("order", [order])
    await desk.turn()
    for kind in (Orders, Positions):
        answer = kind(account_id=MAIN.account_id, items=(), as_of=LoopClock().now())
        desk.streams.take(MAIN.account_id, answer, LoopClock().monotonic())
    assert not desk.streams.is_healthy(MAIN.account_id)
    assert await desk.asked() == 1
    await desk.turn(7)
    desk.bybit.push("position", [row])  # told late
    desk.bybit.push("order", [order])
    await desk.until(lambda: desk.streams.is_healthy(MAIN.account_id), seconds=3)
    assert len(desk.bybit.connections) == 1
    assert (await desk.reads.positions(MAIN)).is_flat
    assert (await desk.reads.orders(MAIN)).items == ()


async def test_a_wallet_that_was_told_before_changes_nothing(desk: Desk) -> None:
    await desk.up()
    now = LoopClock().now()
    for amount, sent in ((1, now + 2), (2, now + 1), (3, now - 60_000)):  # the last one before REST was asked
        row = {"accountType": "UNIFIED", "coin": [{"coin": "USDT", "walletBalance": str(amount)}]}
        desk.bybit.push("wallet", [row], creationTime=sent)
    await desk.turn()
    (coin,) = (await desk.reads.balance(MAIN)).coins
    assert coin.wallet_balance == 1


async def test_a_wallet_that_changes_without_an_event_tells_of_a_mute_stream(desk: Desk) -> None:
    desk.rest.hold(position_row())
    await desk.up()
    desk.rest.coins = (a_coin(7),)
    await desk.until(lambda: len(desk.bybit.connections) == 2, seconds=60)
    assert desk.streams.mute == 1


@pytest.mark.parametrize("stands", [True, False])
async def test_what_may_have_been_over_when_rest_answered_is_asked_for_at_once(desk: Desk, stands: bool) -> None:
    await desk.up()
    just_now = LoopClock().now() - 1000 - LONG_AFTER  # when REST answered
    row, order = position_row(seq=5, updated=just_now), order_row(updated=just_now)
    if stands:
        desk.rest.hold(row)
        desk.rest.orders_now = tuple(order_rows([order]).orders)
    asked = desk.rest.asked.count("orders")
    desk.bybit.push("position", [row])
    desk.bybit.push("order", [order])
    await asyncio.sleep(0.1)
    assert not desk.streams.is_healthy(MAIN.account_id)
    assert await desk.asked() == 1
    await desk.turn()
    assert desk.rest.asked.count("orders") == asked + 1
    assert desk.streams.is_healthy(MAIN.account_id) == stands
    if stands:
        assert [each.order_id for each in (await desk.reads.orders(MAIN)).items] == ["o1"]
        assert len((await desk.reads.positions(MAIN)).items) == 1
    await desk.turn(4)
    assert len(desk.bybit.connections) == 1


async def test_what_is_told_while_rest_is_asked_and_not_in_its_answer_is_asked_again(desk: Desk) -> None:
    desk.rest.gate = asyncio.Event()
    desk.records.accounts = [MAIN]
    await desk.until(lambda: desk.rest.asked)
    desk.bybit.push("order", [order_row(updated=LoopClock().now() - LONG_AFTER)])
    await asyncio.sleep(0.1)
    desk.rest.gate.set()
    await asyncio.sleep(0.1)
    assert (desk.streams.connected, desk.streams.is_healthy(MAIN.account_id)) == (1, False)
    assert await desk.asked() == 1


async def test_of_a_wallet_that_may_be_older_than_the_answer_rest_has_the_last_word(desk: Desk) -> None:
    desk.rest.coins = (a_coin(7),)
    await desk.up()
    row = {"accountType": "UNIFIED", "coin": [{"coin": "USDT", "walletBalance": "5"}]}
    asked, loaded = desk.rest.asked.count("balance"), desk.source.asked["balance", MAIN]
    desk.bybit.push("wallet", [row], creationTime=LoopClock().now() - 1000)  # when REST answered
    await asyncio.sleep(0.1)
    await desk.reads.balance(MAIN)
    assert desk.source.asked["balance", MAIN] == loaded + 1
    await desk.turn(2)
    assert desk.rest.asked.count("balance") == asked + 1
    (coin,) = (await desk.reads.balance(MAIN)).coins
    assert coin.wallet_balance == 7
    desk.rest.coins = (a_coin(5),)
    desk.bybit.push("wallet", [row], creationTime=LoopClock().now() - 1000)
    await desk.turn(8)
    (coin,) = (await desk.reads.balance(MAIN)).coins
    assert coin.wallet_balance == 5
    assert len(desk.bybit.connections) == 1


async def test_of_one_millisecond_the_later_stage_of_an_order_stands(desk: Desk) -> None:
    await desk.up()
    for status in ("New", "Triggered", "Untriggered"):
        desk.bybit.push("order", [order_row(status=status)])
    await desk.turn()
    (order,) = (await desk.reads.orders(MAIN)).items
    assert order.order_status == "New"
