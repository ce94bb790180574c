"""The drill in chat: practice is left alone for a minute of a clock that stands, then the page of what happened."""

from pathlib import Path

from harness.app import BORIS, Harness, Person, said
from harness.app import harness as open_harness
from harness.trading_chat import entered, holding, shown, words

from bot.domain.ids import HOUR
from bot.services.trading.drills import Drills

MINUTE_S = 60.0
PLAN = "buy 0.01 btc sl 3% tp 66k 68k BE"


async def settled(harness: Harness) -> None:
    await harness.services.trading.settlement.settle((await harness.practice_account()).account_id)


async def begun(harness: Harness, order: str = PLAN) -> Person:
    """A drill of a practice account that has a position."""
    anna = await holding(harness, order)
    await settled(harness)
    harness.clock.advance(1)
    await said(anna, "/drill")
    await anna.press("Start: 60 seconds")
    assert "I do not look at practice until" in shown(anna.last)
    return anna


async def kinds(harness: Harness) -> list[str]:
    return [row[1] for row in await harness.rows("order_intents")]


async def test_nothing_is_managed_for_a_minute_and_then_it_is_caught_up(harness: Harness) -> None:
    anna = await begun(harness)
    before = await kinds(harness)
    await harness.move("BTCUSDT", "66100")  # the first target: breakeven would be due
    await settled(harness)
    assert await kinds(harness) == before, "nothing was managed"
    assert await harness.job(Drills).tell_due() == 0
    harness.clock.advance(MINUTE_S)
    assert await harness.job(Drills).tell_due() == 1
    assert "stop" in (await kinds(harness))[len(before) :], "breakeven was caught up"
    (told,) = [each for each in await harness.queued() if each.message.kind == "trade-drill"]
    card = shown(await anna.tap(f"v1:drl:{told.message.values['drill_id']}", bubble=anna.last))
    assert "Sell 0.005 BTC at 66,000" in card
    assert "Caught up by me afterwards: 1 request." in card


async def test_the_copy_shows_what_managing_is_worth_and_loses_nothing(harness: Harness) -> None:
    anna = await begun(harness)
    account = await harness.practice_account()
    before = [(each.size, each.stop_loss) for each in (await harness.services.reads.positions(account)).items]
    harness.clock.advance(MINUTE_S)
    await harness.job(Drills).tell_due()
    card = shown(await said(anna, "/drill last"))
    alone, managed = card.split("With me:")
    assert "target: Sell 0.005 BTC at 66,000" in alone
    assert "stop: Sell 0.005 BTC" in alone
    assert "the stop goes to breakeven" in managed
    assert "I was worth " in managed
    after = (await harness.services.reads.positions(account)).items
    assert [(each.size, each.stop_loss) for each in after] == before


async def test_a_close_ends_the_drill_and_is_done_at_once(harness: Harness) -> None:
    anna = await begun(harness)
    await said(anna, "/close btc")
    await anna.press("Close 0.01\u00a0BTC")
    await words(anna, "after all fees")
    await harness.job(Drills).tell_due()
    assert "An order of yours ended it" in shown(await said(anna, "/drill last"))


async def test_panic_works_during_a_drill(harness: Harness) -> None:
    anna = await begun(harness)
    await said(anna, "/panic now")
    await words(anna, "flat")


async def test_it_is_stopped_by_its_person_and_shown(harness: Harness) -> None:
    anna = await begun(harness)
    assert "You stopped it." in shown(await anna.press("Stop the drill"))
    await harness.job(Drills).tell_due()
    assert not [each for each in await harness.queued() if each.message.kind == "trade-drill"]
    assert "No drill is running" in (await said(anna, "/drill stop")).text


async def test_there_is_one_at_a_time_and_none_of_nothing(harness: Harness) -> None:
    boris = harness.person(BORIS, name="Boris")
    await said(boris, "/start")
    assert "nothing to drill" in (await said(boris, "/drill now")).text
    anna = await begun(harness)
    assert "running already" in (await said(anna, "/drill now")).text
    await entered(boris, "buy 0.01 btc sl 3%")
    assert "I do not look" in shown(await said(boris, "/drill now"))
    assert "Drill" not in (await boris.tap("v1:drl:1", bubble=boris.last)).text


async def test_a_kill_leaves_nothing_unmanaged(tmp_path: Path) -> None:
    async with open_harness(tmp_path) as first:
        await begun(first)
        clock = first.clock
    clock.advance(MINUTE_S + 1)
    async with open_harness(tmp_path, clock=clock) as second:
        before = await kinds(second)
        await second.move("BTCUSDT", "66100")
        await settled(second)
        assert await kinds(second) != before, "it is managed though nobody has ended the drill"
        assert await second.job(Drills).tell_due() == 1
        assert await second.job(Drills).tell_due() == 0


async def test_a_clock_that_is_set_back_ends_it(harness: Harness) -> None:
    anna = await begun(harness)
    harness.clock.millis -= HOUR
    await harness.move("BTCUSDT", "66100")
    before = await kinds(harness)
    await settled(harness)
    assert await kinds(harness) != before, "it is managed"
    assert await harness.job(Drills).tell_due() == 1
    assert "Result alone" in shown(await said(anna, "/drill last"))
    assert "I do not look" in shown(await said(anna, "/drill now")), "another one may begin"
