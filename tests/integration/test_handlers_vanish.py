"""If I vanish now: what the exchange holds at that moment, in red what lives only here, and the cures of that."""

from decimal import Decimal
from pathlib import Path

from harness.app import Harness, said
from harness.demo_trading import demo_trading
from harness.storage import position
from harness.trading_chat import entered, holding, shown, words


async def test_what_the_exchange_holds_needs_nobody(harness: Harness) -> None:
    anna = await holding(harness)
    await said(anna, "/positions")
    card = shown(await anna.press("If I vanish"))
    assert "✅ The practice exchange holds every stop." in card
    assert "Practice holds: stop 62,284.19 · target 68,063.13" in card
    assert "Telegram is down" in card
    assert "🔴" not in card.split("I am down")[0]


async def settled(harness: Harness) -> None:
    """Whatever was sent is known to stand or to be over."""
    await harness.services.trading.settlement.settle((await harness.practice_account()).account_id)


async def test_breakeven_and_what_rests_without_a_stop_are_red_and_have_their_cure(harness: Harness) -> None:
    anna = await holding(harness, "buy 0.01 btc sl 3% tp 66k 68k BE")
    await entered(anna, "buy 0.1 eth limit 3000 no stop")
    await settled(harness)
    card = await said(anna, "/vanish")
    text = shown(card)
    assert "🔴 Of 1 position something lives only here." in text
    assert "🔴 Only here: breakeven after the first target." in text
    assert "🎯 Rests there: 66,000.00" in text
    assert "🔴 1 order could be filled without a stop." in text
    assert "🔴 Buy 0.1 ETH at 3,000.00; no stop rides along" in text
    assert "BTC: breakeven now" in card.labels
    canceled = await anna.press("Cancel entries", bubble=card)
    await anna.press("✕ 1. ETH", bubble=canceled)
    await words(anna, "canceled.")
    assert "ETH" not in shown(await said(anna, "/vanish"))


async def test_a_trailing_stop_holds_nothing_before_it_follows(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await entered(anna, "buy 0.01 btc no stop")
    for typed, is_safe in (("trail btc 1% from 70000", False), ("trail btc 1%", True)):
        card = await said(anna, typed)
        await anna.press("Set the trailing stop", bubble=card)
        await settled(harness)
        text = shown(await said(anna, "/vanish"))
        assert ("holds every stop" in text) is is_safe
        assert ("🔴 The trailing stop has not begun to follow" in text) is not is_safe
    await harness.write("UPDATE trade_plans SET trailing = '500' WHERE state = 'open'")
    card = await said(anna, "/vanish")
    assert "🔴 Only here: a stop shall follow the price at 500.00." in shown(card)
    assert "BTC: trail" in card.labels


async def test_what_an_entry_lacks_that_is_filled_without_the_bot_is_red(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await entered(anna, "buy 0.1 eth limit 3000 sl 2900 tp 3200 3300 3400 BE")
    await settled(harness)
    text = shown(await said(anna, "/vanish"))
    assert "holds every stop" not in text
    assert "🔴 Of 1 resting order something lives only here until it is filled." in text
    assert "• Buy 0.1 ETH at 3,000.00; stop 2,900.00 rides along" in text
    assert "🔴 Only here until then: targets 3,200.00 · 3,300.00, breakeven after the first target" in text


async def test_it_is_read_past_what_is_kept_and_what_is_missing_is_red(tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as demo:
        await demo.buy("0.01 btc sl 3% tp 6%")
        assert "Bybit itself holds every stop" in shown(await said(demo.person, "/vanish"))
        demo.in_the_app("remove_stop")
        card = await said(demo.person, "/vanish")
        assert "🔴 1 position has no stop at the exchange." in shown(card)
        assert "BTC: set the stop" in card.labels


async def test_while_bybit_is_silent_the_last_known_is_shown_with_its_age(tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as demo:
        await demo.buy("0.01 btc sl 3%")
        await said(demo.person, "/positions")
        await said(demo.person, "/orders")
        demo.chat.clock.advance(40)
        demo.control.add_fault({"kind": "html_502", "path": "/v5/position/list"})
        demo.control.add_fault({"kind": "html_502", "path": "/v5/order/realtime"})
        text = shown(await said(demo.person, "/vanish"))
        assert "Bybit holds: stop" in text
        assert "ast known" in text


async def test_many_positions_page_those_in_need_first(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    symbols = [f"C{number}USDT" for number in range(150)]
    held = [position(each, stop_loss=None if number == 149 else Decimal(50)) for number, each in enumerate(symbols)]
    await harness.hold(positions=held, orders=(), fills=())
    card = await said(anna, "/vanish")
    assert "C149 Long" in card.text
    assert "page 1 of 38" in shown(card)
