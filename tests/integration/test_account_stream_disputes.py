"""Where REST and a private stream contradict each other: who is believed, and what is asked again."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from harness.stream_desk import MAIN, Desk, stream_desk
from harness.streams import order_row, position_row
from harness.virtual_time import LoopClock

from bot.domain.portfolio import CoinBalance, Orders, Positions

pytestmark = pytest.mark.virtual_time


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
    await desk.up()
    amount = Decimal(7)
    coin = CoinBalance(coin="USDT", wallet_balance=amount, equity=amount, unrealised_pnl=Decimal(0), usd_value=amount)
    desk.rest.coins = (coin,)
    await desk.until(lambda: len(desk.bybit.connections) == 2, seconds=60)
    assert desk.streams.mute == 1
