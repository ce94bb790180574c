"""Tickets: an order put together by taps, up to its consequence card. Nothing is sent."""

from decimal import Decimal
from typing import Any

import pytest
from harness.app import ANNA, BORIS, Harness, Person, said

from bot.domain.users import Language


def words(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


async def ticket_of(harness: Harness, line: str = "/buy", **known: Any) -> Person:
    anna = harness.person(**known)
    await said(anna, "/start")
    await said(anna, line)
    return anna


async def test_an_order_is_put_together_in_one_message(harness: Harness) -> None:
    anna = await ticket_of(harness)
    ticket, count = anna.last, len(anna.bubbles)
    assert "• $100" in ticket.labels, "a first ticket begins with what the welcome offers"
    small = words((await anna.press("$50", bubble=ticket)).text)
    assert "50 USDT: too small" in small, "and beside it what the smallest is"
    assert "64.21 USDT" in small
    levels = ("Stop", "5%", "Target", "No target", "Leverage", "5x", "Entry", "+1.0%")
    for label in ("$250", "$100", "Sell", *levels, "• Sell", "BTC ▾", "• BTC"):  # the last three change nothing
        ticket = await anna.press(label, bubble=ticket)
    text = words(ticket.text)
    for line in ("Sell BTCUSDT · Practice", "100 USDT ≈ 0.001 BTC", "+5.0% 68,095.23", "64,852.60", "5x"):
        assert line in text, line
    card = await anna.press("Check the order ›", bubble=ticket)
    assert "Sell 0.001 BTC · 64.85 USDT" in words(card.text)
    assert "Limit 64,852.60" in card.text
    assert "Stop 68,095.23 ≈ −3.32 USDT (−0.03%)" in words(card.text)
    assert len(anna.bubbles) == count, "one message that edits"
    assert await harness.rows("pending_limit_orders") == []


async def test_leverage_that_was_not_chosen_is_the_one_that_the_card_has(harness: Harness) -> None:
    anna = await ticket_of(harness, "/practice reset")
    await anna.press("10x", bubble=anna.last)
    await anna.press("Begin again", bubble=anna.last)
    ticket = await said(anna, "/buy btc")
    assert "the symbol’s own" in ticket.text
    assert "10x" in (await anna.press("Check the order ›", bubble=ticket)).text


async def test_whoever_usually_orders_by_limit_waits_at_the_best_price_of_their_side(harness: Harness) -> None:
    harness.bybit.half_spread = Decimal("0.6")
    anna = harness.person()
    for line in ("/start", "/settings order limit"):
        await said(anna, line)
    for order in ("buy btc 100$ sl 3%", "long btc 100$ sl 3% foo"):  # one that is clear, one that is read back first
        assert "64,209.90" in (await said(anna, order)).text, order
    assert "At market" in (await said(anna, "buy btc 100$ market sl 3%")).text
    assert "Limit 62,000" in (await said(anna, "buy btc 100$ limit 62k sl 3%")).text
    ticket = await said(anna, "/buy btc")
    assert "64,209.90" in ticket.text
    ticket = await anna.press("Sell", bubble=ticket)
    assert "64,211.10" in ticket.text, "the best price of the other side"
    card = await anna.press("Check the order ›", bubble=ticket)
    assert "Limit 64,211.10" in card.text
    ticket = await anna.press("✎ Change", bubble=card)
    for label in ("BTC ▾", "✎ Type it"):
        await anna.press(label, bubble=ticket)
    ticket = await said(anna, "eth")
    assert ticket.text.count("3,120.85") == 2, "the ask, and the entry at it"
    for label in ("Entry", "Market"):
        ticket = await anna.press(label, bubble=ticket)
    assert "At market" in (await anna.press("Check the order ›", bubble=ticket)).text


async def test_change_leads_from_the_card_back_to_the_same_order(harness: Harness) -> None:
    anna = await ticket_of(harness, "/sell eth")
    await anna.press("$250", bubble=anna.last)
    card = await anna.press("Check the order ›", bubble=anna.last)
    ticket = await anna.press("✎ Change", bubble=card)
    assert "Sell ETHUSDT · Practice" in ticket.text
    assert "• $250" in ticket.labels


async def test_every_part_can_be_typed(harness: Harness) -> None:
    for number, (button, typed, shown) in enumerate(
        [
            ("✎ Type it", "$1,234.5", "1,234.50 USDT"),
            ("✎ Type it", "0,5", "0.5 BTC"),
            ("✎ Type it", "риск 1,5 %", "risk 1.5%"),
            ("Stop/✎ Type it", "62,000", "62,000.00"),
            ("Stop/✎ Type it", "62.5k", "62,500.00"),
            ("Stop/✎ Type it", "снять", "none"),
            ("Stop/✎ Type it", "none", "none"),
            ("Target/✎ Type it", "3.3%", "+3.3% 66,329.45"),
            ("Entry/✎ Type it", "64000.55", "64,000.55"),
            ("Leverage/✎ Type it", "x7", "7x"),
            ("BTC ▾/✎ Type it", "эфир", "Buy ETHUSDT"),
        ]
    ):
        anna = await ticket_of(harness, user_id=ANNA + number)
        for label in button.split("/"):
            await anna.press(label, bubble=anna.last)
        assert shown in words((await said(anna, typed)).text), typed


async def test_what_cannot_be_read_leaves_the_question_open(harness: Harness) -> None:
    anna = await ticket_of(harness)
    await anna.press("✎ Type it", bubble=anna.last)
    assert "Cancel" in (await said(anna, "a lot")).labels
    assert "• $100" in (await said(anna, "$100")).labels


async def test_a_person_changes_the_buttons(harness: Harness) -> None:
    anna = await ticket_of(harness)
    await anna.press("⚙ Presets", bubble=anna.last)
    assert "unit" in (await said(anna, "50 100")).text
    ticket = await said(anna, "$20 3% risk 0,5%")
    assert {"$20", "3%", "risk 0.5%"} <= set(ticket.labels)
    assert "$50" not in ticket.labels
    await anna.press("Stop", bubble=anna.last)
    await anna.press("⚙ Presets", bubble=anna.last)
    assert {"0.5%", "4%"} <= set((await said(anna, "4 0.5")).labels)
    again = await said(anna, "/buy sol")
    assert "$20" in again.labels, "every ticket has them"


async def test_another_coin_keeps_what_still_means_something(harness: Harness) -> None:
    anna = await ticket_of(harness)
    for label in ("$100", "Entry", "−1.0%", "Stop", "1%", "BTC ▾", "ETH"):
        await anna.press(label, bubble=anna.last)
    text = words(anna.last.text)
    assert "Buy ETHUSDT" in text
    assert "market" in text, "a price of another coin is none"
    assert "−1.0% 3,089.05" in text
    assert "100 USDT" in text


async def test_a_new_ticket_begins_with_the_last_size(harness: Harness) -> None:
    anna = await ticket_of(harness)
    await anna.press("$250", bubble=anna.last)
    assert "• $250" in (await said(anna, "/sell sol")).labels


async def test_nobody_has_anothers_ticket_and_old_ones_end(harness: Harness) -> None:
    anna = await ticket_of(harness)
    data = anna.last.button("$100")["callback_data"]
    boris = harness.person(BORIS)
    await said(boris, "/start")
    assert "Menu" in (await boris.tap(data, bubble=boris.last)).text
    for _ in range(10):
        await said(anna, "/buy")
    assert "Menu" in (await anna.tap(data, bubble=anna.last)).text
    assert len(await harness.rows("trade_tickets")) == 10


@pytest.mark.parametrize("value", ["0$", "-1$", "abc", "1e5$", "100$x"])
async def test_no_tampered_choice_is_taken(harness: Harness, value: str) -> None:
    anna = await ticket_of(harness)
    data = anna.last.button("$100")["callback_data"].replace("100$", value)
    assert "size" not in words((await anna.tap(data, bubble=anna.last)).text).lower()


async def test_spot_is_not_traded_yet(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    assert "spot" in (await said(anna, "/buy btc spot")).text


@pytest.mark.parametrize("language", list(Language))
async def test_two_taps_from_the_first_message_to_what_an_order_comes_to(harness: Harness, language: Language) -> None:
    anna = harness.person(language=language.value)
    welcome = await said(anna, "/start")
    card = await anna.press(welcome.labels[0], bubble=welcome)
    assert "0.001" in card.text
    assert card.labels[0].startswith("✓")
    assert len(anna.bubbles) == 1
    assert anna.taps == 1


async def test_a_price_leads_to_a_ticket(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    price = await said(anna, "/price eth")
    assert "Sell ETHUSDT" in (await anna.press("Sell", bubble=price)).text
    spot = await said(anna, "/price eth spot")
    assert "Sell" not in spot.labels


async def test_a_ticket_begins_with_the_size_that_was_used_last_for_its_symbol(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    for order in ("buy btc 75$ sl 3%", "buy eth 120$ sl 3%"):
        card = await said(anna, order)
        await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    for coin, size in (("btc", "$75"), ("eth", "$120")):
        labels = (await said(anna, f"/buy {coin}")).labels
        assert f"• ↺ As last time: {size}" in labels, labels
