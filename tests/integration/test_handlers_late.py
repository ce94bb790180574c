"""Old words and presses: what only shows is shown, what changes something is explained and asked about."""

import pytest
from harness.app import ANNA, OWNER, Harness, Person

from bot.domain.ids import UserId
from handlers.core.specs import AT_MARKET, EFFECT, SETTING, ActionSpec, OtherUpdateSpec, ViewSpec
from handlers.registry import TABLE


async def say(harness: Harness, person: Person, text: str, age_s: float) -> str:
    await harness.feed(person.message(text), age_s=age_s)
    await harness.settle()
    return person.last.text


async def risk(harness: Harness) -> str:
    return str((await harness.practice_account()).settings.risk_percent)


async def test_an_old_word_that_only_shows_is_answered(harness: Harness) -> None:
    person = harness.person()
    await person.say("/start")
    assert "BTCUSDT" in await say(harness, person, "/price btc", 7 * 86_400)
    assert "You sent" not in await say(harness, person, "/settings", 7 * 86_400), "without words it only shows"


async def test_an_old_word_that_changes_something_is_explained_and_done_on_demand(harness: Harness) -> None:
    person = harness.person()
    await person.say("/start")
    before = await risk(harness)
    text = await say(harness, person, "/settings risk 2.5", SETTING + 60)
    assert "You sent /settings risk 2.5 at" in text
    assert "1 h 1 min ago" in text
    assert await risk(harness) == before
    await person.press("Do it now")
    assert await risk(harness) == "2.5"


@pytest.mark.parametrize("text", ["/lang uk", f"/ban {ANNA} spam", f"/unban {ANNA}", f"/pin forget {ANNA}"])
async def test_old_words_that_act_at_once_wait_for_a_word(harness: Harness, text: str) -> None:
    await harness.person(ANNA).say("/start")
    owner = harness.person(OWNER)
    await owner.say("/start")
    harness.services.pin._open(UserId(OWNER))
    assert f"You sent {text} at" in await say(harness, owner, text, SETTING + 60)
    assert owner.last.labels[0] == "Do it now"


async def test_the_time_of_old_words_is_the_reader_s(harness: Harness) -> None:
    person = harness.person()
    await person.say("/settings zone Kyiv")
    assert "Kyiv" in await say(harness, person, "/settings risk 2.5", SETTING + 60)


async def test_a_word_that_is_young_enough_is_done(harness: Harness) -> None:
    person = harness.person()
    await person.say("/start")
    await say(harness, person, "/settings risk 2.5", SETTING - 60)
    assert await risk(harness) == "2.5"


async def test_an_old_press_is_explained_and_its_button_still_works_once(harness: Harness) -> None:
    person = harness.person()
    await person.say("/settings risk")
    card = person.last
    before, label = await risk(harness), next(each for each in card.labels if each.startswith("2"))
    data = card.button(label)["callback_data"]
    await harness.feed(person.callback(data, card), age_s=EFFECT + 60)
    assert person.last.text.startswith("You pressed this up to 6 min ago")
    assert await risk(harness) == before
    assert person.last.button("Do it now")["callback_data"] == data
    await person.press("Do it now")
    assert (await risk(harness)).startswith("2")
    await harness.feed(person.callback(data, card))
    assert "used or too old" in person.last.text


SHOWN = {  # a card, which is confirmed anew
    "trade.card",
    "trade.edit",
    "trade.ask-edit",
    "trade.show-edit",
    "typed.reword",
    "typed.fix",
    "typed.take",
}
AT_PRICES = {"trade.confirm", "trade.close", "trade.panic", "trade.apply-edit", "trade.replace"}


def test_what_shows_or_books_money_has_no_limit_and_what_acts_has_one() -> None:
    for spec in TABLE.specs:
        if isinstance(spec, ViewSpec | OtherUpdateSpec):
            assert spec.good_for_s is None, spec.name
        if isinstance(spec, ActionSpec):
            wanted = None if spec.action in SHOWN else AT_MARKET if spec.action in AT_PRICES else EFFECT
            assert spec.good_for_s == wanted, spec.name


@pytest.mark.parametrize("text", ["/pause", "/panic", "/panic now", "/panic зараз"])
async def test_what_stops_entries_does_so_however_late_it_comes(harness: Harness, text: str) -> None:
    person = harness.person()
    await person.say("/start")
    await say(harness, person, text, 86_400)
    account = await harness.practice_account()
    assert await harness.services.trading.pauses.paused_since(account.account_id) is not None


async def test_a_late_panic_now_asks_before_it_closes(harness: Harness) -> None:
    person = harness.person()
    await person.say("/start")
    await person.say("buy btc 500$ sl 3%")
    await person.press("Buy 0.007")
    await harness.settle()
    account = await harness.practice_account()
    assert await say(harness, person, "/panic now", AT_MARKET + 1)
    assert len((await harness.services.reads.positions(account)).items) == 1
    await person.press("Close")
    await harness.settle()
    assert (await harness.services.reads.positions(account)).items == ()


async def test_a_late_halt_halts(harness: Harness) -> None:
    owner = harness.person(OWNER)
    await owner.say("/start")
    await say(harness, owner, "/halt Bybit is down", 86_400)
    assert (await harness.services.trading.halts.state()).since is not None


async def test_a_late_confirm_is_asked_about(harness: Harness) -> None:
    person = harness.person()
    await person.say("/start")
    await person.say("buy btc 500$ sl 3%")
    card = person.last
    data = card.button(next(each for each in card.labels if each.startswith("✓")))["callback_data"]
    await harness.feed(person.callback(data, card), age_s=AT_MARKET + 1)
    assert "You pressed this up to 1 min ago" in person.last.text
    assert (await harness.services.reads.positions(await harness.practice_account())).items == ()


async def test_a_late_order_in_words_is_a_card_at_the_prices_of_now(harness: Harness) -> None:
    person = harness.person()
    await person.say("/start")
    assert "Buy 0.007" in (await say(harness, person, "buy btc 500$ sl 3%", 86_400)).replace("\N{NO-BREAK SPACE}", " ")
