"""While Bybit is slow no screen waits: the last known stands with its age, and is edited when the answer comes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fake_bot_api import Bubble
from handlers_house import BORIS, HandlersHouse, Person, handlers_house
from storage_builders import position

from bot.domain.errors import ExchangeDown

SCREENS = ("/price btc", "/book btc", "/symbols", "/balance", "/positions", "/orders", "/trades")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[HandlersHouse]:
    async with handlers_house(tmp_path) as built:
        yield built


async def said(person: Person, text: str) -> Bubble:
    bubble = await person.say(text)
    assert bubble is not None
    return bubble


@pytest.mark.parametrize("text", SCREENS)
async def test_with_nothing_known_the_screen_stands_at_once_and_fills_itself(house: HandlersHouse, text: str) -> None:
    anna = house.person()
    await said(anna, "/menu")
    house.bybit.gate.clear()
    bubble = await said(anna, text)
    assert "Asking Bybit" in bubble.text
    house.bybit.gate.set()
    await house.settle()
    assert "Asking" not in bubble.text
    assert "just now" in bubble.text
    assert len(anna.bubbles) == 2, "the same message was edited"


@pytest.mark.parametrize("text", SCREENS)
async def test_the_last_known_is_shown_with_its_age_and_edited(house: HandlersHouse, text: str) -> None:
    house.bybit.positions = (position(),)
    anna = house.person()
    await house.demo_account(anna)
    await said(anna, text)
    house.clock.advance(120)
    house.bybit.gate.clear()
    bubble = await said(anna, text)
    assert "2 min old" in bubble.text
    assert "Bybit is slow" in bubble.text
    house.bybit.gate.set()
    await house.settle()
    assert "just now" in bubble.text
    assert bubble.edits == 1


async def test_a_slow_screen_does_not_hold_the_next_message(house: HandlersHouse) -> None:
    anna = house.person()
    await said(anna, "/menu")
    house.bybit.gate.clear()
    await said(anna, "/price btc")
    assert "Settings" in (await said(anna, "/settings")).text


async def test_a_screen_that_was_left_is_not_drawn_over_the_next_one(house: HandlersHouse) -> None:
    anna = house.person()
    await said(anna, "/menu")
    house.bybit.gate.clear()
    card = await said(anna, "/price btc")
    await anna.press("Menu", bubble=card)
    house.bybit.gate.set()
    await asyncio.sleep(0.1)
    assert card.text.startswith("Menu")


async def test_when_it_fails_in_the_end_the_card_says_so(house: HandlersHouse) -> None:
    anna = house.person()
    await said(anna, "/balance")
    house.clock.advance(60)
    house.bybit.gate.clear()
    bubble = await said(anna, "/balance")
    house.bybit.trouble = ExchangeDown("timeout")
    house.bybit.gate.set()
    await house.settle()
    assert "does not answer" in bubble.text
    assert "Last known, 1 min old" in bubble.text
    assert "10,000.00" in bubble.text
    house.bybit.trouble = None
    assert "just now" in (await anna.press("Refresh", bubble=bubble)).text


async def test_the_first_message_does_not_wait_either(house: HandlersHouse) -> None:
    house.bybit.gate.clear()
    bubble = await said(house.person(), "/start")
    assert "10,000\u00a0USDT" in bubble.text
    assert "price of BTC is on its way" in bubble.text
    house.bybit.gate.set()
    await house.settle()
    assert "BTC is 64,210." in bubble.text


async def test_many_people_wait_side_by_side(house: HandlersHouse) -> None:
    people = [house.person(user_id) for user_id in range(2000, 2020)]
    for person in people:
        await said(person, "/menu")
    house.bybit.gate.clear()
    await asyncio.gather(*(said(person, "/price btc") for person in people))
    assert len(house.app.bot_data.live) == len(people), "all of them wait at the same time"
    house.bybit.gate.set()
    await house.settle()
    assert all("just now" in person.last.text for person in people)


async def test_a_lost_positions_answer_shows_the_rows_of_the_database(house: HandlersHouse) -> None:
    house.bybit.positions = (position(),)
    anna = house.person(BORIS)
    await house.demo_account(anna)
    await said(anna, "/positions")
    house.clock.advance(3600)
    house.bybit.trouble = ExchangeDown("timeout")
    bubble = await said(anna, "/positions")
    assert "BTCUSDT" in bubble.text
    assert "Last known, 1 h 0 min old" in bubble.text
