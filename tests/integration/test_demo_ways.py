"""What stands below a card of Bybit Demo stays on Bybit Demo, while the screens start with Practice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.app import said
from harness.bot_api import Bubble
from harness.demo_trading import DemoTrading, demo_trading

from bot.domain.ids import UserId
from bot.services.users.preferences import SettingField


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DemoTrading]:
    async with demo_trading(tmp_path) as desk:
        first = SettingField.DEFAULT_ACCOUNT
        await desk.chat.services.preferences.set(UserId(desk.person.user_id), first, "paper")
        yield desk


async def account_of(desk: DemoTrading, label: str, *, bubble: Bubble) -> str:
    """Whose screen a button opens, by its first line."""
    return (await desk.person.press(label, bubble=bubble)).text.splitlines()[0].rpartition(" · ")[2]


async def test_screens_and_more_of_a_position_are_of_its_account(desk: DemoTrading) -> None:
    trade = await desk.buy("btc $600 sl 58000 demo")
    await desk.person.press("Manage the position", bubble=trade)
    assert await account_of(desk, "+ Add", bubble=trade) == "Bybit Demo"
    assert "Buy BTCUSDT · Bybit Demo" in (await said(desk.person, "/buy demo")).text
    for command, way in (("/pause demo", "Positions"), ("/resume demo", "Positions")):
        card = await said(desk.person, command)
        assert await account_of(desk, way, bubble=card) == "Bybit Demo", command
    await said(desk.person, "/positions demo")
    await desk.person.press("BTC Long")
    await desk.person.press("Orders: 2")
    assert await account_of(desk, "Orders", bubble=desk.person.last) == "Bybit Demo"
    desk.in_the_app("close")
    told = await desk.told("Closed elsewhere")
    assert (await desk.press_told("Positions", told)).text.startswith("Positions · Bybit Demo")
    assert (await desk.press_told("Trades", told)).text.startswith("Closed trades · Bybit Demo")


async def test_a_panic_is_resumed_where_it_was(desk: DemoTrading) -> None:
    await said(desk.person, "buy btc $600 limit 50000 sl 49000 no target demo")
    await desk.person.press(next(each for each in desk.person.last.labels if each.startswith("✓")))
    trade = desk.person.last
    await desk.comes(lambda: "Resting" in trade.text, what="the order at Bybit")
    assert await account_of(desk, "Orders", bubble=trade) == "Bybit Demo"
    card = await said(desk.person, "/panic demo")
    await desk.comes(lambda: "1 entry order canceled" in card.text, what="the cancel")
    refused = await said(desk.person, "buy btc $600 sl 58000 demo")
    assert "Resume entries" in refused.labels
    assert await account_of(desk, "Positions", bubble=card) == "Bybit Demo"
    card = await said(desk.person, "/panic now demo")
    assert "No entry order waits here" in card.text, "the one before was canceled, which is no wait"
    shown = await desk.person.press("Resume entries", bubble=card)
    assert "Bybit Demo: entries are open again" in shown.text
    await said(desk.person, "/pause demo")
    shown = await desk.person.press("Resume entries", bubble=refused)
    assert "Bybit Demo" in shown.text
    assert "✓ Buy" in shown.labels[0], "the order that it stood against, which can be confirmed now"


async def test_a_stop_or_target_on_the_wrong_side_may_be_typed_again(desk: DemoTrading) -> None:
    await desk.buy("btc $600 sl 58000 demo")
    for question, wrong, why, right, done in (
        ("Stop", "61000", "must stand below it", "57000", "Stop: 58,000.00 → 57,000.00"),
        ("Targets", "59000", "on the side of the profit", "63000", "63,000.00"),
    ):
        await desk.person.press("BTC Long", bubble=await said(desk.person, "/positions demo"))
        await desk.person.press(question)
        assert why in (await said(desk.person, wrong)).text
        await said(desk.person, right)
        await desk.comes(lambda done=done: done in desk.person.last.text, what=done)


async def test_a_card_that_lacks_play_money_leads_to_more_of_it(tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as demo:
        card = await said(demo.person, "buy 900000$ btc sl 3%")
        assert "of margin" in card.text
        assert "Refill demo" in "".join(card.labels)


async def test_an_add_that_is_refused_says_that_it_has_moved_the_stop(desk: DemoTrading) -> None:
    await desk.buy("btc $600 sl 58000 demo")
    await desk.comes(lambda: "seen at the exchange" in desk.person.last.text, what="the stop to be read back")
    desk.chat.clock.advance(5)
    desk.control.add_fault({"kind": "code", "path": "/v5/order/create", "code": 110007})
    shown = await desk.buy("btc $600 sl 57000 demo")
    assert "Nothing was filled" in shown.text
    assert "The stop of your position is 57,000.00 all the same" in shown.text
    assert "57,000.00" in (await desk.person.press("Manage the position", bubble=shown)).text
