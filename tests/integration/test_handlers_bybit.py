"""Bybit Demo in chat, beside practice and a live account that is not traded."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from harness.app import said
from harness.demo_trading import LICENSE, DemoTrading, demo_trading
from harness.waiting import until

from bot.domain.chat import QueuedMessage
from bot.domain.ids import UserId
from bot.domain.licensing import LicenseType
from bot.services.trading.telling import Telling
from bot.services.users.privacy import ERASE_AFTER, Privacy


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DemoTrading]:
    async with demo_trading(tmp_path) as desk:
        yield desk


def words(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def sizes(desk: DemoTrading) -> list[str]:
    """Of what stands at Bybit."""
    return [each["size"] for each in desk.truth["positions"]]


def posts(desk: DemoTrading) -> list[str]:
    return [each["path"] for each in desk.control.calls("0") if each["method"] == "POST"]


async def test_a_line_goes_to_the_account_shown_first_and_a_word_to_another(desk: DemoTrading) -> None:
    assert "Bybit Demo" in (await desk.buy("0.01 btc sl 3%")).text
    assert "Practice" in (await desk.buy("0.02 btc sl 3% practice")).text
    assert sizes(desk) == ["0.01"]


async def test_a_ticket_offers_the_accounts_that_trade(desk: DemoTrading) -> None:
    await desk.connect_live()
    anna = desk.person
    ticket = await said(anna, "/buy eth")
    assert ticket.labels[:2] == ["Practice", "• Bybit Demo"]
    assert "Live" not in ticket.labels
    ticket = await anna.press("Practice", bubble=ticket)
    await anna.press("$250", bubble=ticket)
    assert "Practice · account value" in (await anna.press("Check the order ›")).text
    assert "Live trading is switched off on this bot" in (await said(anna, "buy 0.01 btc sl 3% live")).text


async def test_positions_there_are_closed_or_let_go(desk: DemoTrading) -> None:
    anna = desk.person
    await desk.buy("0.01 btc sl 3%")
    screen = await said(anna, "/positions")
    leg = await anna.press("BTC Long", bubble=screen)
    assert "Bybit Demo" in leg.text
    ask = await anna.press("Close", bubble=leg)
    assert "only watch" in (await anna.press("Leave it open, stop managing", bubble=ask)).text
    assert sizes(desk) == ["0.01"]
    leg = await anna.press("BTCUSDT")
    assert "I do not manage this position" in leg.text
    await anna.press("Manage it for me", bubble=leg)
    assert "I manage it from now on" in (await anna.press("Manage it for me")).text
    ask = await said(anna, "/close btc")
    closed = await anna.press(ask.labels[0], bubble=ask)
    await desk.comes(lambda: "fees" in closed.text, what=f"the close, behind {closed.text}")
    assert sizes(desk) == []


async def test_a_panic_is_of_one_account_and_leads_to_the_others(desk: DemoTrading) -> None:
    anna = desk.person
    await desk.buy("0.01 btc sl 3%")
    await desk.buy("0.02 btc sl 3% practice")
    card = await said(anna, "/panic now practice")
    await desk.comes(lambda: "Flat" in card.text, what="practice flat")
    there = await anna.press("Panic: Bybit Demo", bubble=card)
    assert "Bybit Demo" in there.text.splitlines()[0]
    done = await anna.press(there.labels[0], bubble=there)
    await desk.comes(lambda: "Flat" in done.text, what=f"demo flat, behind {done.text}")
    assert sizes(desk) == []
    assert "paused" in (await said(anna, "buy 0.01 btc sl 3%")).text


async def test_play_money_is_refilled_by_bybit(desk: DemoTrading) -> None:
    anna = desk.person
    balance = await said(anna, "/balance")
    ask = await anna.press("Refill demo", bubble=balance)
    amount = next(each for each in ask.labels if each.startswith("50"))
    assert "50,000 USDT more" in words((await anna.press(amount, bubble=ask)).text)
    assert "60,0" in (await said(anna, "/balance")).text


async def test_what_bybit_shows_otherwise_is_decided_on_its_card(desk: DemoTrading) -> None:
    anna = desk.person
    await desk.buy("0.01 btc sl 3% tp 63000 66000")
    await desk.comes(lambda: "seen at the exchange" in anna.last.text, what="the stop to be read back")
    await desk.comes(lambda: any(row["price"] == "63000.00" for row in desk.truth["orders"]), what="the first target")
    desk.control.act_in_app(str(desk.uid), {"act": "remove_stop", "symbol": "BTCUSDT"})
    (target,) = [row["orderId"] for row in desk.truth["orders"] if row["price"] == "63000.00"]
    moved = {"act": "amend", "symbol": "BTCUSDT", "order_id": target, "price": "64000"}
    desk.control.act_in_app(str(desk.uid), moved)
    stands = desk.chat.services.trading.disagreements.of_account
    account = (await desk.chat.config()).default_account
    config = await desk.chat.config()

    async def is_found() -> bool:
        desk.chat.clock.advance(1)
        await desk.settle()
        return len(await stands(config, account.account_id)) == 2

    await until(is_found, what="both disagreements")
    assert sizes(desk) == ["0.01"], "a card, and no close"
    listed = await said(anna, "/positions")
    leg = await anna.press("⚠️ BTC Long", bubble=listed)
    for each in (listed, leg):
        table = " ".join(each.text.split())
        assert "Target 1 64,000.00 +6.7% ⚠️ Target 2 66,000.00" in table, "where it stands, not where it was to stand"
    odd = [each for each in leg.labels if "disagree" in each]
    assert sorted(odd) == ["⚠️ We disagree: stop", "⚠️ We disagree: target 1"]
    card = await anna.press(min(odd), bubble=leg)
    assert "Stop: promised 58" in card.text
    assert card.labels[:4] == ["Restore", "Manage it for me", "Watch only", "Close"]
    restore = card.button("Restore")["callback_data"]
    await anna.press("Restore", bubble=card)
    await desk.comes(lambda: desk.truth["positions"][0]["stopLoss"] not in {"", "0"}, what="the stop")
    written = len(posts(desk))
    assert "agree again" in (await anna.tap(restore, bubble=anna.last)).text, "a late tap finds what is true by now"
    assert len(posts(desk)) == written, "and sends nothing"


async def test_before_a_key_goes_its_entries_do_and_what_stays_is_named(desk: DemoTrading) -> None:
    anna = desk.person
    await desk.buy("0.01 btc sl 3%")
    await desk.buy("btc limit 59000 $600 sl 57000")
    ask = await said(anna, "/keys remove demo")
    assert "BTC Long 0.01" in words(ask.text)
    assert "Entries that wait are canceled first" in ask.text
    assert "is removed here" in (await anna.press("Yes, remove", bubble=ask)).text
    await until(lambda: [each for each in desk.truth["orders"] if each["price"] == "59000.00"] == [], what="the cancel")
    (position,) = desk.truth["positions"]
    assert position["stopLoss"] not in {"", "0"}, "what protects it stays"


def entries_at(desk: DemoTrading, price: str) -> list[str]:
    """The states of what rests at Bybit at that price."""
    return [each["orderStatus"] for each in desk.truth["orders"] if each["price"] == price]


async def test_a_key_of_another_account_ends_entries_of_the_one_that_goes(tmp_path: Path) -> None:
    async with demo_trading(tmp_path, has_license=False) as desk:
        async with desk.chat.store.begin() as unit:
            trial = replace(LICENSE, license_type=LicenseType.TRIAL)  # of which one account of a kind has room
            await unit.ledger.append(UserId(desk.person.user_id), trial, desk.chat.clock.now())
        anna = desk.person
        await desk.buy("btc limit 59000 $600 sl 57000")
        other = desk.control.make_account({"environment": "demo"})
        question = await said(anna, f"/keys add demo {other['api_key']} {other['api_secret']}")
        ask = await anna.press("Replace Bybit Demo", bubble=question)
        assert "open orders: 1" in ask.text
        assert entries_at(desk, "59000.00") == ["New"], "nothing is canceled before it was said what stands there"
        assert "is connected" in (await anna.press("Yes, replace", bubble=ask)).text
        await until(lambda: not entries_at(desk, "59000.00"), what="the cancel")
        assert (await desk.chat.config()).default_account.bybit_uid == str(other["uid"])


async def test_before_a_person_is_erased_their_entries_end_and_what_is_unknown_is_asked_about(
    desk: DemoTrading,
) -> None:
    anna = desk.person
    await desk.buy("0.01 btc sl 3%")
    await desk.buy("btc limit 59000 $600 sl 57000")
    desk.control.add_fault({"kind": "reset_before", "path": "/v5/order/create"})
    await desk.buy("btc limit 58500 $600 sl 57000")
    ask = await anna.press("Go on", bubble=await said(anna, "/forget"))
    assert "BTC Long 0.01" in words(ask.text)
    unknown = await anna.press("Yes, erase everything", bubble=ask)
    assert "One order is unknown until" in unknown.text
    await until(lambda: not entries_at(desk, "59000.00"), what="the cancel")
    assert (await desk.chat.services.privacy.state(UserId(anna.user_id))).erase_at is None
    await anna.press("Go on all the same", bubble=unknown)
    assert "will be erased" in anna.last.text
    await desk.buy("btc limit 59100 $600 sl 57000")
    desk.chat.clock.advance(ERASE_AFTER / 1000 + 1)

    async def is_erased() -> bool:
        desk.chat.clock.advance(2)
        await desk.settle()
        return await desk.chat.job(Privacy).erase_due() == 1

    await until(is_erased, what="the erasure")
    assert not entries_at(desk, "59100.00"), "what came after the question, too"
    assert sizes(desk) == ["0.01"]


async def test_what_was_opened_elsewhere_is_listed_and_taken_over_when_asked(desk: DemoTrading) -> None:
    anna = desk.person
    app = {"act": "open", "symbol": "BTCUSDT", "side": "Buy", "qty": "0.02", "stop_loss": "57000"}
    desk.control.act_in_app(str(desk.uid), app)
    panic = await said(anna, "/panic")
    assert "Not managed by me, not included" in panic.text
    assert "Close these too: 1" in panic.labels
    nothing = (await said(anna, "close btc practice")).text
    assert nothing.startswith("Nothing is open in BTC on Practice. On Bybit Demo there is: add the word demo")
    await said(anna, "/resume")
    refused = await said(anna, "buy 0.01 btc sl 3%")
    assert "I do not manage the position" in refused.text
    ask = await anna.press("Manage it for me", bubble=refused)
    assert "Stop: 57,000.00" in ask.text
    assert "I manage it from now on" in (await anna.press("Manage it for me", bubble=ask)).text
    await desk.buy("0.01 btc sl 57000")
    await desk.comes(lambda: "Stop 57" in anna.last.text, what=f"the fill, behind {anna.last.text}")
    assert sizes(desk) == ["0.03"]


async def test_a_refusal_by_bybits_rules_says_what_is_to_be_done(desk: DemoTrading) -> None:
    desk.control.add_fault({"kind": "code", "path": "/v5/order/create", "code": 110123})
    shown = await desk.buy("0.01 btc sl 3%")
    assert "Bybit asks for its trading terms" in shown.text
    assert "https://www.bybit.com/trade/usdt/BTCUSDT" in shown.html


async def test_a_key_that_is_revoked_in_the_middle_is_named_and_nothing_is_forgotten(desk: DemoTrading) -> None:
    anna = desk.person
    await desk.buy("0.01 btc sl 3%")
    await said(anna, "/positions")
    desk.control.add_fault({"kind": "key_revoked"})
    desk.chat.clock.advance(60)
    for line in ("buy 0.01 btc sl 3%", "/close btc"):
        assert "Bybit’s app still closes positions" in (await said(anna, line)).text
    screen = await said(anna, "/positions")
    assert "Last known" in screen.text
    assert "Stop" in screen.text


async def test_an_order_that_never_was_is_unknown_first_and_sent_again_by_its_owner(desk: DemoTrading) -> None:
    anna = desk.person
    desk.chat.app.bot_data.live_messages.trade_s = 0.05
    desk.control.add_fault({"kind": "code_10016", "path": "/v5/order/create"})
    shown = await desk.buy("btc limit 59500 $600 sl 58000")
    assert "unknown until 12:00:10" in shown.text
    told: list[QueuedMessage] = []

    async def is_told() -> bool:
        desk.chat.clock.advance(2)
        await desk.settle()
        await desk.chat.job(Telling).tell_due()
        told[:] = await desk.chat.queued()
        return bool(told)

    await until(is_told, what="what became of it")
    assert (told[0].message.kind, told[0].message.values["state"]) == ("trade-entry", "not_placed")
    (shown_then,) = await desk.messages()
    assert "10016" not in shown_then.text_html, "nobody refused it"
    card = await anna.tap(f"v1:again:{told[0].message.values['plan_id']}", bubble=shown)
    assert "Limit 59,500.00" in card.text
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    await desk.comes(lambda: "Resting" in anna.last.text, what="the new order")
    assert len([each for each in desk.truth["orders"] if each["orderLinkId"]]) == 1
