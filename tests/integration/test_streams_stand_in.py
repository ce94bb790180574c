"""From the stand-in's streams through the real wiring: what is read of an account without asking, and what wakes."""

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.demo_trading import DemoTrading, demo_trading
from harness.waiting import until

from bot.domain.accounts import Account, AccountType
from bot.domain.ids import Millis, Symbol


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DemoTrading]:
    async with demo_trading(tmp_path) as desk:
        yield desk


async def demo_of(desk: DemoTrading) -> Account:
    config = await desk.chat.config(desk.person.user_id)
    (account,) = [each for each in config.accounts if each.account_type is AccountType.DEMO]
    return account


async def turned(desk: DemoTrading, condition: Callable[[], Any], *, what: str, seconds: float = 1) -> None:
    """Rounds of the streams' job, so many seconds apart, until it holds."""
    streams = desk.chat.assembly.streams

    async def is_there() -> bool:
        desk.chat.clock.advance(seconds)
        await streams.round()
        return bool(condition())

    await until(is_there, what=what)


async def test_what_happens_at_bybit_is_read_without_asking_and_wakes_the_settlement(desk: DemoTrading) -> None:
    account, assembly = await demo_of(desk), desk.chat.assembly
    streams = assembly.streams
    await desk.person.say("/positions")
    await turned(desk, lambda: streams.accounts.is_healthy(account.account_id), what="a stream that is up")
    await turned(desk, lambda: has_asked(desk, "execution/list"), what="what was executed before it to be asked for")
    await turned(desk, lambda: True, what="what is younger than the first answer", seconds=2)
    await desk.buy("btc $1600 sl 58000 tp 63000")
    await until(lambda: desk.truth["positions"], what="the position")
    await turned(desk, lambda: streams.accounts.symbols == {"BTCUSDT"}, what="the position to be told")
    await turned(desk, lambda: True, what="what commits dropped to be shown again", seconds=2)
    await desk.settle()  # whatever is under way ends before it
    calls = len(desk.control.calls("0"))
    reads = assembly.reads
    (held,) = (await reads.positions(account)).items
    assert (held.symbol, held.stop_loss, held.take_profit) == ("BTCUSDT", 58000, 63000)
    await until(lambda: desk.chat.rows("active_positions"), what="rows that outlive the process")
    assert {each.stop_order_type for each in (await reads.orders(account)).items} == {"StopLoss", "TakeProfit"}
    assert (await reads.balance(account)).total_equity is not None
    assert [each["path"] for each in desk.control.calls("0")[calls:] if "/v5/" in each["path"]] == []
    desk.price("BTCUSDT", "57900")  # the stop
    await turned(desk, lambda: streams.accounts.symbols == frozenset(), what="the end of it to be told")
    assert (await reads.positions(account)).is_flat
    await until(lambda: desk.chat.rows("closed_trades"), what="the settlement, which nothing else has woken")


async def test_what_was_told_before_a_settlement_that_was_told_wakes_no_other(desk: DemoTrading) -> None:
    account, trading = await demo_of(desk), desk.chat.services.trading
    streams, settlement, clock = desk.chat.assembly.streams.accounts, trading.settlement, desk.chat.clock
    await turned(desk, lambda: streams.is_healthy(account.account_id), what="a stream that is up")
    await turned(desk, lambda: has_asked(desk, "execution/list"), what="what was executed before it to be asked for")
    await turned(desk, lambda: True, what="what is younger than the first answer", seconds=2)
    await until(lambda: not len(trading.runner.tasks), what="the end of what is under way")
    before = clock.monotonic()
    clock.advance(1)
    await settlement.settle(account.account_id, is_told=True)
    settlement.heard(account.account_id, before)
    assert not len(trading.runner.tasks)
    settlement.heard(account.account_id, clock.monotonic())
    assert len(trading.runner.tasks) == 1, "it may have come while the settlement was reading"


async def test_marks_of_held_positions_come_by_public_streams(desk: DemoTrading) -> None:
    account, assembly = await demo_of(desk), desk.chat.assembly
    await turned(desk, lambda: assembly.streams.accounts.connected, what="a stream that is up")
    await desk.buy("btc $1600 sl 58000")
    await turned(desk, assembly.streams.public.marks, what="a mark price")
    desk.price("BTCUSDT", "61000")
    marks = assembly.streams.public.marks
    await turned(desk, lambda: marks().get(Symbol("BTCUSDT")) == 61000, what="another mark price")

    async def is_marked() -> bool:
        await turned(desk, lambda: True, what="a second")
        (held,) = (await assembly.reads.positions(account)).items
        return held.mark_price == Decimal(61000)

    await until(is_marked, what="the position at that price")
    assert (await assembly.reads.ticker(Symbol("BTCUSDT"))).last_price == 61000


async def test_streams_that_break_off_again_and_again_end_with_the_truth(desk: DemoTrading) -> None:
    account, assembly = await demo_of(desk), desk.chat.assembly
    accounts = assembly.streams.accounts
    await turned(desk, lambda: accounts.connected, what="a stream that is up")
    for kind in ("stream_drop", "stream_duplicate", "stream_reorder"):
        desk.control.add_fault({"kind": kind, "path": "/v5/private", "probability": 0.3})
    desk.control.add_fault({"kind": "stream_drop", "path": "/v5/private", "probability": 0.3, "cause": "message"})
    for number in range(12):
        act = {"act": "close"} if number % 4 == 3 else {"act": "open", "side": "Buy", "qty": "0.01"}
        desk.control.act_in_app(str(desk.uid), {"symbol": "BTCUSDT", **act})
        await turned(desk, lambda: True, what="a round")
    desk.control.clear_faults()
    desk.control.act_in_app(str(desk.uid), {"act": "open", "symbol": "ETHUSDT", "side": "Sell", "qty": "0.5"})
    for _ in range(60):
        await turned(desk, lambda: True, what="a second")
    assert accounts.is_healthy(account.account_id)
    shown = [(each.symbol, each.size) for each in (await assembly.reads.positions(account)).items]
    assert shown == [(each["symbol"], Decimal(each["size"])) for each in desk.truth["positions"]]
    assert assembly.streams.stats().connects["ok"] > 1


async def test_an_order_is_settled_unasked_once_rest_has_answered_in_a_streams_life(
    desk: DemoTrading,
) -> None:
    account, assembly, trading = await demo_of(desk), desk.chat.assembly, desk.chat.services.trading
    streams = assembly.streams.accounts
    await desk.person.say("/positions")
    await turned(desk, lambda: streams.is_healthy(account.account_id), what="a stream that is up")
    await turned(desk, lambda: True, what="a stream that is no more young", seconds=6)
    await trading.settlement.settle(account.account_id)
    await turned(desk, lambda: True, what="what is younger than that answer", seconds=2)
    await desk.buy("btc $1600 sl 58000 tp 63000")
    await turned(desk, lambda: streams.symbols == {"BTCUSDT"}, what="the position to be told")
    told = streams.told(account.account_id)
    assert told is not None
    (fill,) = told.fills_since(Millis(desk.chat.clock.now() - 60_000)) or ()
    truth = desk.truth["executions"]
    assert (fill.exec_id, fill.exec_qty) == (truth[0]["execId"], Decimal(truth[0]["execQty"]))
    assert told.order(fill.order_link_id) is not None
    assert told.settings(Symbol("BTCUSDT")) is not None
    before = await nothing_asked(desk)
    await trading.settlement.settle(account.account_id, is_told=True)
    assert [each["path"] for each in desk.control.calls("0")[before:] if "/v5/" in each["path"]] == []


def has_asked(desk: DemoTrading, path: str) -> bool:
    return any(path in each["path"] for each in desk.control.calls("0"))


async def nothing_asked(desk: DemoTrading) -> int:
    """How many calls were made, once none is for ten seconds: what is in doubt for a moment is compared."""
    quiet_s, before = 0, -1
    while quiet_s < 10:
        await turned(desk, lambda: True, what="a second")
        calls = len(desk.control.calls("0"))
        quiet_s, before = (quiet_s + 1 if calls == before else 0), calls
    return before


async def test_a_card_asks_once_a_minute_how_the_leg_is_set(desk: DemoTrading) -> None:
    account, streams = await demo_of(desk), desk.chat.assembly.streams.accounts
    await turned(desk, lambda: streams.is_healthy(account.account_id), what="a stream that is up")

    async def asked() -> int:
        before = sum("account/info" in each["path"] for each in desk.control.calls("0"))
        await desk.person.say("buy btc $600 sl 58000")
        await until(lambda: any("Buy" in label for label in desk.person.last.labels), what="the card")
        return sum("account/info" in each["path"] for each in desk.control.calls("0")) - before

    assert (await asked(), await asked()) == (1, 0)
    desk.chat.clock.advance(61)
    await turned(desk, lambda: streams.is_healthy(account.account_id), what="a stream that is heard")
    assert await asked() == 1
