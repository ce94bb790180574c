"""While Bybit is slow no screen waits: the last known stands with its age, and is edited when the answer comes."""

import asyncio

import pytest
from harness.app import BORIS, Harness, said
from harness.storage import position

from bot.domain.errors import ExchangeDown

ACCOUNT_SCREENS = ("/balance", "/positions", "/orders", "/fills")
SCREENS = ("/price btc", "/book btc", "/symbols", *ACCOUNT_SCREENS)


@pytest.mark.parametrize("text", SCREENS)
async def test_with_nothing_known_the_screen_stands_at_once_and_fills_itself(harness: Harness, text: str) -> None:
    anna = harness.person()
    await (harness.demo_account(anna) if text in ACCOUNT_SCREENS else said(anna, "/menu"))
    harness.api.bubbles.clear()
    harness.bybit.gate.clear()
    bubble = await said(anna, text)
    assert "Asking Bybit" in bubble.text
    harness.bybit.gate.set()
    await harness.settle()
    assert "Asking" not in bubble.text
    assert "just now" in bubble.text
    assert len(anna.bubbles) == 1, "the same message was edited"


@pytest.mark.parametrize("text", SCREENS)
async def test_the_last_known_is_shown_with_its_age_and_edited(harness: Harness, text: str) -> None:
    harness.bybit.positions = (position(),)
    anna = harness.person()
    await harness.demo_account(anna)
    await said(anna, text)
    harness.clock.advance(120)
    harness.bybit.gate.clear()
    bubble = await said(anna, text)
    assert "2 min old" in bubble.text
    assert "Bybit is slow" in bubble.text
    harness.bybit.gate.set()
    await harness.settle()
    assert "just now" in bubble.text
    assert bubble.edits == 1


async def test_a_slow_screen_does_not_hold_the_next_message(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/menu")
    harness.bybit.gate.clear()
    await said(anna, "/price btc")
    assert "Settings" in (await said(anna, "/settings")).text


async def test_a_screen_that_was_left_is_not_drawn_over_the_next_one(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/menu")
    harness.bybit.gate.clear()
    card = await said(anna, "/price btc")
    await anna.press("Menu", bubble=card)
    harness.bybit.gate.set()
    await asyncio.sleep(0.1)
    assert card.text.startswith("Menu")


async def test_when_it_fails_in_the_end_the_card_says_so(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    await said(anna, "/balance")
    harness.clock.advance(60)
    harness.bybit.gate.clear()
    bubble = await said(anna, "/balance")
    harness.bybit.trouble = ExchangeDown("timeout")
    harness.bybit.gate.set()
    await harness.settle()
    assert "does not answer" in bubble.text
    assert "Last known, 1 min old" in bubble.text
    assert "25,000.40" in bubble.text
    harness.bybit.trouble = None
    assert "just now" in (await anna.press("Refresh", bubble=bubble)).text


async def test_the_first_message_does_not_wait_either(harness: Harness) -> None:
    harness.bybit.gate.clear()
    bubble = await said(harness.person(), "/start")
    assert "10,000\u00a0USDT" in bubble.text
    assert "price of BTC is on its way" in bubble.text
    harness.bybit.gate.set()
    await harness.settle()
    assert "BTC is 64,210." in bubble.text


async def test_many_people_wait_side_by_side(harness: Harness) -> None:
    people = [harness.person(user_id) for user_id in range(2000, 2020)]
    for person in people:
        await said(person, "/menu")
    harness.bybit.gate.clear()
    await asyncio.gather(*(said(person, "/price btc") for person in people))
    assert len(harness.app.bot_data.live_messages) == len(people), "all of them wait at the same time"
    harness.bybit.gate.set()
    await harness.settle()
    assert all("just now" in person.last.text for person in people)


async def test_a_lost_positions_answer_shows_the_rows_of_the_database(harness: Harness) -> None:
    harness.bybit.positions = (position(),)
    anna = harness.person(BORIS)
    await harness.demo_account(anna)
    await said(anna, "/positions")
    harness.clock.advance(3600)
    harness.bybit.trouble = ExchangeDown("timeout")
    bubble = await said(anna, "/positions")
    assert "BTCUSDT" in bubble.text
    assert "Last known, 1 h 0 min old" in bubble.text
