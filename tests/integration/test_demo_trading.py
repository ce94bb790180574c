"""From the chat to Bybit Demo and back: what people read is what the stand-in's account holds."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from harness.app import OWNER, said
from harness.bot_api import Bubble
from harness.demo_trading import DemoTrading, demo_trading
from harness.waiting import until

from bot.domain.ids import UserId
from bot.services.licensing.reminders import Reminders
from bot.services.trading.telling import Telling
from bot.services.users.preferences import SettingField


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DemoTrading]:
    async with demo_trading(tmp_path) as desk:
        yield desk


def held(desk: DemoTrading) -> list[tuple[Any, ...]]:
    """Side, size, stop and target of what stands."""
    rows = desk.truth["positions"]
    return [(str(row["side"]), row["size"], row["stopLoss"], row["takeProfit"]) for row in rows]


def says(card: Bubble, word: str) -> Callable[[], bool]:
    return lambda: word in card.text


def resting(desk: DemoTrading) -> list[tuple[Any, ...]]:
    """Side, quantity and price of what rests, without stops and targets that Bybit holds."""
    rows = desk.truth["orders"]
    return sorted((str(row["side"]), row["qty"], row["price"]) for row in rows if row["orderLinkId"])


async def test_an_entry_its_targets_a_half_and_the_end_of_all(desk: DemoTrading) -> None:
    anna = desk.person
    await desk.buy("btc $1600 sl 58000 tp 63000 66000")
    await desk.comes(lambda: "seen at the exchange" in anna.last.text, what="the stop to be read back")
    assert "Bybit Demo" in anna.last.text
    assert "Filled 0.026" in anna.last.text.replace("\N{NO-BREAK SPACE}", " ")
    await desk.comes(lambda: resting(desk) == [("Sell", "0.013", "63000.00")], what="the first target")
    assert held(desk) == [("Buy", "0.026", "58000.00", "66000.00")]

    await anna.press("Manage the position")
    await until(lambda: "½" in anna.last.labels, what="the position's card")
    question = await anna.press("½")
    await anna.press(question.labels[0])
    await desk.comes(lambda: resting(desk) == [("Sell", "0.006", "63000.00")], what="the target of what is left")
    assert held(desk) == [("Buy", "0.013", "58000.00", "66000.00")]

    await desk.buy("btc limit 59500 $600 sl 58000")
    assert ("Buy", "0.010", "59500.00") in resting(desk)
    await said(anna, "/panic now")
    await desk.comes(lambda: not desk.truth["orders"], what="every order to be gone")
    assert held(desk) == []
    await desk.comes(lambda: "flat" in anna.last.text.lower(), what="the word for it")


@pytest.mark.parametrize("fault", ["lost_answer", "html_502", "code_10016"])
async def test_an_order_without_an_answer_is_never_called_failed_nor_sent_again(desk: DemoTrading, fault: str) -> None:
    desk.control.add_fault({"kind": fault, "path": "/v5/order/create"})
    shown = await desk.buy("btc limit 59500 $600 sl 58000")
    assert "failed" not in shown.text.lower()
    assert desk.created == 1
    if fault == "lost_answer":  # it was taken: it is found by its id
        await desk.comes(lambda: "Resting" in desk.person.last.text, what="the order to be found")
    assert len(resting(desk)) == (fault == "lost_answer")


async def test_a_refusal_is_told_as_one(desk: DemoTrading) -> None:
    desk.control.add_fault({"kind": "code", "path": "/v5/order/create", "code": 110007})
    shown = await desk.buy("btc $600 sl 58000")
    assert "✅" not in shown.text
    assert (desk.created, held(desk), resting(desk)) == (1, [], [])
    assert "margin" in shown.text.lower() or "balance" in shown.text.lower(), shown.text


async def test_one_page_of_403_holds_up_no_close(desk: DemoTrading) -> None:
    anna = desk.person
    await desk.buy("btc $600 sl 58000")
    await desk.comes(lambda: bool(held(desk)), what="the position")
    desk.control.add_fault({"kind": "html_403", "path": "/v5/order/create"})
    question = await said(anna, "/close btc")
    await anna.press(question.labels[0], bubble=question)
    await desk.comes(lambda: not held(desk), what="the close")
    assert desk.created == 3, "the entry, the refused close, and the one that went through"


async def test_portfolio_margin_is_named_with_its_cure(tmp_path: Path) -> None:
    async with demo_trading(tmp_path, margin_mode="portfolio") as desk:
        await said(desk.person, "buy btc $600 sl 58000")
        await until(lambda: "portfolio margin" in desk.person.last.text, what="the sentence")


async def test_a_lower_leverage_an_entry_and_a_moved_stop_in_hedge_mode(tmp_path: Path) -> None:
    async with demo_trading(tmp_path, margin_mode="isolated", hedge=True) as desk:
        anna = desk.person
        await said(anna, "buy btc $600 sl 58000 tp 66000")
        await until(lambda: "Leverage 3x" in anna.last.labels, what="the card")
        await anna.press("Leverage 3x")
        await until(lambda: anna.last.labels[0].startswith("✓"), what="the card at 3x")
        await anna.press(anna.last.labels[0])
        await desk.comes(lambda: "seen at the exchange" in anna.last.text, what="the stop to be read back")
        await anna.press("Manage the position")
        await until(lambda: "Stop" in anna.last.labels, what="the position's card")
        question = await anna.press("Stop")
        await anna.press(question.labels[0])
        await desk.comes(lambda: held(desk) == [("Buy", "0.009", "59400.00", "66000.00")], what="the new stop")
        (row,) = desk.truth["positions"]
        assert (row["positionIdx"], row["leverage"]) == (1, "3")
        stops = [each["triggerPrice"] for each in desk.truth["orders"] if each["stopOrderType"] == "StopLoss"]
        assert stops == ["59400.00"], "in place of the old one"


@pytest.mark.parametrize("trade_live", [False, True])
async def test_real_money_is_traded_where_the_setting_says_so(tmp_path: Path, trade_live: bool) -> None:
    async with demo_trading(tmp_path, environment="live", trade_live=trade_live) as desk:
        if trade_live:
            await desk.buy("btc $600 sl 58000 tp 66000 live")
            await desk.comes(lambda: bool(held(desk)), what="the position")
            assert held(desk) == [("Buy", "0.009", "58000.00", "66000.00")]
        else:
            shown = await said(desk.person, "buy btc $600 sl 58000 tp 66000 live")
            assert "switched off" in shown.text
            assert not [call for call in desk.control.calls("0") if call["method"] == "POST"]


async def test_without_a_license_the_card_says_so_and_the_trial_is_one_tap(tmp_path: Path) -> None:
    async with demo_trading(tmp_path, has_license=False) as desk:
        card = await said(desk.person, "/buy btc $600 sl 58000")
        assert "need a license" in card.text
        assert {"Start the 7-day trial", "License"} < set(card.labels)
        assert not any(label.startswith("✓") for label in card.labels)
        again = await desk.person.press("Start the 7-day trial", bubble=card)
        await desk.person.press(next(label for label in again.labels if label.startswith("✓")), bubble=again)
        await desk.comes(lambda: bool(held(desk)), what="the position")


async def test_a_panic_that_could_not_see_the_positions_shows_them_once_bybit_answers(tmp_path: Path) -> None:
    held_elsewhere = {"symbol": "BTCUSDT", "side": "Buy", "size": "0.01"}
    async with demo_trading(tmp_path, positions=[held_elsewhere]) as desk:
        desk.control.add_fault({"kind": "http_500", "path": "/v5/position/list", "probability": 1})
        card = await said(desk.person, "/panic")
        assert "does not answer about the positions" in card.text
        assert not any(label.startswith("Close") for label in card.labels), "nothing to be closed is known"
        desk.control.clear_faults()
        await desk.comes(lambda: "Close these too: 1" in desk.person.last.labels, what="the positions")
        assert "does not answer" not in desk.person.last.text


async def test_entries_that_outlive_the_license_are_listed_with_their_cancels(desk: DemoTrading) -> None:
    await desk.buy("btc limit 59500 $600 sl 58000")
    assert resting(desk) == [("Buy", "0.010", "59500.00")]
    desk.chat.clock.advance(31 * 86_400)
    await desk.chat.job(Reminders).remind()
    told = await desk.told("still waits and may be filled")
    assert "license" in told.text_html
    assert "Bybit Demo" in told.text_html
    assert "• Buy 0.01 BTC · 59,500" in told.text_html.replace("\N{NO-BREAK SPACE}", " ")
    listed = await desk.press_told("Cancel orders", told)
    await desk.person.press("✕ 1. BTC", bubble=listed)
    await desk.comes(lambda: resting(desk) == [], what="the cancel")


async def test_a_halt_lists_the_entries_that_rest(desk: DemoTrading) -> None:
    await desk.buy("btc limit 59500 $600 sl 58000")
    await said(desk.chat.person(OWNER), "/halt Bybit is down")
    told = await desk.told("still waits and may be filled")
    assert "• Buy 0.01 BTC · 59,500" in told.text_html.replace("\N{NO-BREAK SPACE}", " ")
    assert all(word in told.text_html for word in ("Bybit Demo", "Bybit is down"))


async def test_three_accounts_side_by_side_each_at_its_own_host_also_when_the_first_one_changes(tmp_path: Path) -> None:
    """Practice, Bybit Demo and Live of one person: cards name theirs, and a card that is open keeps it."""
    async with demo_trading(tmp_path, trade_live=True) as desk:
        anna = desk.person
        await desk.connect_live()
        for word, name in (("practice", "Practice"), ("demo", "Bybit Demo"), ("live", "Live")):
            card = await said(anna, f"buy btc $600 sl 58000 {word}")
            confirm = next(label for label in card.labels if label.startswith("✓"))
            assert name in card.text
            other = "paper" if word == "live" else "live"
            await desk.chat.services.preferences.set(UserId(anna.user_id), SettingField.DEFAULT_ACCOUNT, other)
            before = len(desk.control.calls("0"))
            await anna.press(confirm, bubble=card)
            await desk.comes(says(card, "✅ Filled"), what="the fill")
            assert name in card.text
            sent = [call["path"] for call in desk.control.calls("0")[before:] if call["path"].endswith("order/create")]
            assert sent == {"practice": [], "demo": ["/demo/v5/order/create"], "live": ["/v5/order/create"]}[word]


async def test_a_key_that_is_revoked_in_the_middle_is_named_and_closes_go_on_once_it_is_taken_again(
    desk: DemoTrading,
) -> None:
    anna = desk.person
    await desk.buy("btc $600 sl 58000")
    await desk.comes(lambda: bool(held(desk)), what="the position")
    desk.control.add_fault({"kind": "key_revoked", "uid": desk.uid})
    await said(anna, "/panic now")
    await desk.comes(lambda: "not closed" in anna.last.text, what="the refusal")
    assert "/keys" in anna.last.text
    assert "✅ Flat" not in anna.last.text
    assert len(held(desk)) == 1
    desk.control.clear_faults()
    desk.chat.clock.advance(120)
    await desk.comes(lambda: not held(desk), what="the close, when the reason has ended")


async def test_a_position_whose_stop_cannot_be_set_is_closed_and_told_once(desk: DemoTrading) -> None:
    desk.control.add_fault({"kind": "stop_refused", "uid": desk.uid, "times": 20})
    await said(desk.person, "buy btc $600 sl 58000")
    await desk.person.press(next(each for each in desk.person.last.labels if each.startswith("✓")))
    await desk.told("its stop could not be set")
    assert held(desk) == []
    desk.chat.clock.advance(11)
    await desk.chat.job(Telling).tell_due()
    told = [each for each in await desk.messages() if "its stop could not be set" in each.text_html]
    assert len(told) == 1
