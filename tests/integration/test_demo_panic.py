"""A panic on Bybit Demo, from the chat: what its card says while Bybit fails it, and the truth there afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.app import said
from harness.demo_trading import DemoTrading, demo_trading
from harness.waiting import until

from bot.services.trading.telling import Telling


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DemoTrading]:
    async with demo_trading(tmp_path) as desk:
        yield desk


def sizes(desk: DemoTrading) -> dict[str, str]:
    return {str(row["symbol"]): str(row["size"]) for row in desk.truth["positions"] if row["side"]}


async def held(desk: DemoTrading, *orders: str) -> None:
    for each in orders:
        await desk.buy(each)
        await desk.comes(lambda: "seen at the exchange" in desk.person.last.text, what="the stop to be read back")


async def goes_on(desk: DemoTrading, word: str) -> str:
    """The card of the panic once it says that."""
    await desk.comes(lambda: word in desk.person.last.text, what=word)
    return desk.person.last.text


async def test_positions_that_cannot_be_listed_are_told_of_and_closed_once_they_can(desk: DemoTrading) -> None:
    await held(desk, "btc $600 sl 58000")
    desk.control.add_fault({"kind": "http_500", "path": "/v5/position/list", "uid": desk.uid, "times": 10_000})
    desk.chat.clock.advance(30)
    shown = await said(desk.person, "/panic now")
    assert "✅ Flat" not in shown.text
    assert "does not answer" in shown.text
    desk.control.clear_faults()
    assert "BTC Long 0.009: flat" in (await goes_on(desk, "Flat")).replace("\N{NO-BREAK SPACE}", " ")
    assert (sizes(desk), desk.truth["orders"]) == ({}, [])


async def test_a_row_that_cannot_be_read_is_named_and_holds_up_no_other(desk: DemoTrading) -> None:
    await held(desk, "btc $600 sl 58000", "eth $600 sl 5%")
    odd = {"kind": "odd_field", "path": "/v5/position/list", "field": "size", "value": "?", "row": "ETHUSDT"}
    desk.control.add_fault({**odd, "times": 10_000})
    desk.chat.clock.advance(30)
    await said(desk.person, "/panic now")
    text = await goes_on(desk, "ETHUSDT")
    assert "✅ Flat" not in text, "nobody knows what stands there"
    await desk.comes(lambda: "BTCUSDT" not in sizes(desk), what="the leg that can be read")
    desk.control.clear_faults()
    await goes_on(desk, "Flat")
    assert sizes(desk) == {}


async def test_an_order_that_is_unknown_is_named_and_what_it_fills_is_closed(desk: DemoTrading) -> None:
    await held(desk, "btc $600 sl 58000")
    card = await said(desk.person, "buy eth $600 sl 5%")
    confirm = next(label for label in card.labels if label.startswith("✓"))
    desk.control.add_fault({"kind": "late_execution", "seconds": 2, "uid": desk.uid, "times": 1})
    desk.control.add_fault({"kind": "lost_answer", "path": "/v5/order/create", "uid": desk.uid, "times": 1})
    shown = await desk.person.press(confirm, bubble=card)
    assert "failed" not in shown.text.lower()
    card = await said(desk.person, "/panic now")
    assert "unknown" in card.text, card.text
    assert "✅ Flat" not in card.text
    await until(lambda: "ETHUSDT" in sizes(desk), what="the order, which Bybit carries out late")
    await goes_on(desk, "Flat")
    assert sizes(desk) == {}, "what came of it late was closed, too"


async def test_of_many_positions_the_card_counts_and_lists_what_still_stands(tmp_path: Path) -> None:
    coins = "BTC ETH SOL XRP DOGE ADA AVAX LINK DOT LTC BCH TRX UNI ATOM ETC APT ARB OP NEAR FIL SUI INJ"
    positions = [{"symbol": f"{coin}USDT", "side": "Buy"} for coin in coins.split()]
    async with demo_trading(tmp_path, positions=positions, balance=1_000_000) as desk:
        desk.control.add_fault({"kind": "code", "path": "/v5/order/create", "code": 110074, "times": 2})
        card = await said(desk.person, "/panic")
        await desk.comes(lambda: "Close these too: 22" in desk.person.last.labels, what="the positions")
        await desk.person.press("Close these too: 22", bubble=card)
        await desk.comes(lambda: "20 of 22 are flat" in card.text, what="the count")
        assert card.text.index("not closed") < card.text.index(": flat"), "what stands comes first"
        assert len(sizes(desk)) == 2
        desk.control.clear_faults()
        desk.chat.clock.advance(120)
        await desk.comes(lambda: "✅ Flat" in card.text, what="the end of it")
        assert sizes(desk) == {}
        await desk.chat.cards_told()
        desk.chat.clock.advance(60)
        await desk.chat.job(Telling).tell_due()
        assert "trade-closed" not in {each.message.kind for each in await desk.chat.queued()}
