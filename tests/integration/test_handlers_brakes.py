"""Brakes of somebody whose screens show another account first: they stop what trades."""

from harness.app import Harness, Person, said
from harness.waiting import until


async def demo_first(harness: Harness) -> Person:
    """Anna, who has connected Bybit Demo and made it her default, with a practice position."""
    anna = harness.person()
    await harness.demo_account(anna)
    card = await said(anna, "buy 0.01 btc sl 3%")
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    await until(lambda: "Filled" in anna.last.text, what="the fill")
    return anna


async def is_paused(harness: Harness) -> bool:
    account = await harness.practice_account()
    return await harness.services.trading.pauses.paused_since(account.account_id) is not None


async def test_a_pause_without_a_word_stops_what_entries_go_to(harness: Harness) -> None:
    anna = await demo_first(harness)
    await said(anna, "/pause")
    assert await is_paused(harness)
    await said(anna, "/resume")
    assert not await is_paused(harness)


async def test_what_a_panic_stopped_is_resumed_and_it_says_what_it_leaves_out(harness: Harness) -> None:
    anna = await demo_first(harness)
    card = await said(anna, "/panic")
    assert "Bybit accounts are not included" in card.text
    assert await is_paused(harness)
    await anna.press("Resume", bubble=card)
    assert not await is_paused(harness)


async def test_a_close_and_limits_are_of_it(harness: Harness) -> None:
    anna = await demo_first(harness)
    assert "Practice" in (await said(anna, "/close btc")).text
    assert "Practice" in (await said(anna, "/limits")).text


async def test_a_card_against_a_pause_resumes(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await said(anna, "/pause")
    card = await said(anna, "buy 0.01 btc sl 3%")
    await anna.press("Resume", bubble=card)
    assert not await is_paused(harness)
