"""Brakes of somebody whose screens show an account first that is not traded here: they stop what is."""

import pytest
from harness.app import KEY_ID, OWNER, SECRET, Harness, Person, said
from harness.metrics import scraped
from harness.waiting import until

from bot.domain.closings import Takeover
from bot.domain.ids import UserId
from bot.services.users.preferences import SettingField


async def live_first(harness: Harness) -> Person:
    """Anna, who has connected Live and made it her default, with a practice position."""
    anna = harness.person()
    await said(anna, "/start")
    await harness.terms_accepted(anna.user_id)
    assert "connected" in (await said(anna, f"/keys add live {KEY_ID} {SECRET}")).text
    await harness.services.preferences.set(UserId(anna.user_id), SettingField.DEFAULT_ACCOUNT, "live")
    card = await said(anna, "buy 0.01 btc sl 3%")
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    await until(lambda: "Filled" in anna.last.text, what="the fill")
    return anna


async def is_paused(harness: Harness) -> bool:
    account = await harness.practice_account()
    return await harness.services.trading.pauses.paused_since(account.account_id) is not None


async def test_a_pause_without_a_word_stops_what_entries_go_to(harness: Harness) -> None:
    anna = await live_first(harness)
    await said(anna, "/pause")
    assert await is_paused(harness)
    await said(anna, "/resume")
    assert not await is_paused(harness)


async def test_what_a_panic_stopped_is_resumed_and_it_says_what_it_leaves_out(harness: Harness) -> None:
    anna = await live_first(harness)
    card = await said(anna, "/panic")
    assert "Practice alone" in card.text
    assert "Panic: Live" not in card.labels
    assert await is_paused(harness)
    await anna.press("Resume entries", bubble=card)
    assert not await is_paused(harness)


async def test_a_close_and_limits_are_of_it(harness: Harness) -> None:
    anna = await live_first(harness)
    assert "Practice" in (await said(anna, "/close btc")).text
    assert "Practice" in (await said(anna, "/limits")).text


async def test_a_card_against_a_pause_resumes(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await said(anna, "/pause")
    card = await said(anna, "buy 0.01 btc sl 3%")
    card = await anna.press("Resume entries", bubble=card)
    assert not await is_paused(harness)
    assert "✓ Buy 0.01" in card.labels[0].replace("\N{NO-BREAK SPACE}", " "), "the same order, not lost"


@pytest.mark.parametrize("line", ["/panic live", "/panic now live", "/close live btc", "buy 0.01 btc sl 3% live"])
async def test_what_is_not_traded_here_says_so_at_once(harness: Harness, line: str) -> None:
    anna = await live_first(harness)
    assert "Live trading is switched off on this bot" in (await said(anna, line)).text
    assert "Live" not in (await said(anna, "/buy btc")).labels, "and no ticket offers it"


async def test_a_halt_is_seen_by_whoever_runs_the_bot(harness: Harness, caplog: pytest.LogCaptureFixture) -> None:
    gauges, halted = harness.services.trading.gauges, ("perpdesk_entries_halted", frozenset[tuple[str, str]]())
    assert (await scraped(harness.assembly))[halted] == 0
    await harness.services.trading.halts.updates_taken_over(Takeover.WEBHOOK, is_conflict=False)
    await gauges.read()
    harness.clock.advance(2)  # a scrape is shared for a second
    assert (await scraped(harness.assembly))[halted] == 1
    assert "entries of everybody are halted until somebody lifts it: Telegram sends" in caplog.text


async def test_owners_read_that_positions_are_left_to_another_instance(harness: Harness) -> None:
    olga, halts = harness.person(OWNER, name="Olga"), harness.services.trading.halts
    await said(olga, "/start")
    await said(olga, "/halt news")
    await halts.updates_taken_over(Takeover.INSTANCE, is_conflict=True)
    await halts.updates_taken_over(Takeover.INSTANCE, is_conflict=True)
    assert [each.message.kind for each in await harness.queued()] == ["trade-updates-taken"], "once"
    assert "Positions are not managed either" in (await said(olga, "/halt")).text
