"""Private streams of accounts in which nothing goes on, and what is answered while a stream is being opened."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest
from harness.stream_desk import MAIN, Desk, stream_desk
from harness.streams import position_row

from bot.domain.events import OrderFilled
from bot.domain.ids import AccountId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.orders import TradingStop, TriggerBy
from bot.domain.portfolio import Positions
from bot.exchange.bybit.streams.account_events import position_rows

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with stream_desk() as made:
        yield made


def drop(desk: Desk) -> None:
    """A commit of that account, as the dispatcher tells it."""
    event = OrderFilled(
        user_id=MAIN.user_id, account_id=MAIN.account_id, exchange=MAIN.exchange, account_type=MAIN.account_type
    )
    desk.reads.invalidate([event])
    desk.streams.dropped(MAIN.account_id)


async def test_of_many_one_a_second_is_compared(desk: Desk) -> None:
    many = [replace(MAIN, account_id=AccountId(number)) for number in range(1, 91)]
    desk.records.accounts = many
    await desk.until(lambda: all(desk.streams.is_healthy(each.account_id) for each in many), seconds=60)
    await desk.turn(90)
    asked = len(desk.rest.asked)
    await desk.turn(180)
    assert 3 * 170 <= len(desk.rest.asked) - asked <= 3 * 190


async def test_a_commit_that_tells_of_nothing_new_is_forgotten_after_a_second(desk: Desk) -> None:
    await desk.up()
    await desk.turn(10)
    drop(desk)
    await desk.turn(3)
    assert await desk.asked() == 0
    stop = TradingStop(
        category=Category.LINEAR,
        symbol=Symbol("BTCUSDT"),
        position_idx=0,
        stop_loss=Decimal(60000),
        sl_trigger_by=TriggerBy.LAST,
        take_profit=Decimal(0),
        tp_trigger_by=TriggerBy.LAST,
    )
    desk.streams.sent(MAIN, stop, desk.streams.clock.monotonic())
    drop(desk)
    await desk.turn(2)
    assert await desk.asked() == 1, "an event is due: the commit may know more"


async def test_an_answer_that_comes_while_a_stream_is_opened_counts(desk: Desk) -> None:
    desk.rest.hold(position_row(seq=5))
    desk.rest.gate = asyncio.Event()
    desk.records.accounts = [MAIN]
    await desk.until(lambda: desk.rest.asked)
    newer = position_rows([position_row(seq=7, size="0.7")]).positions[0].position
    assert newer is not None
    answer = Positions(account_id=MAIN.account_id, items=(newer,), as_of=Millis(1))
    desk.streams.take(MAIN.account_id, answer, desk.streams.clock.monotonic() + 0.5)
    await asyncio.sleep(1)
    desk.rest.gate.set()
    await desk.until(lambda: desk.streams.is_healthy(MAIN.account_id))
    assert [each.size for each in (await desk.reads.positions(MAIN)).items] == [Decimal("0.7")]
