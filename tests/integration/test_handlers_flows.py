"""What each task costs in taps, messages and words; the test fails when it grows."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, KEY_ID, OWNER, SECRET, Harness, Person, said
from harness.app import harness as open_harness
from harness.fakes import START_MS

from bot import owner_link
from bot.domain.ids import Millis
from bot.domain.users import Language, Role
from bot.services.chat.dialogues import DialoguePayload

Flow = Callable[[Person], Awaitable[object]]


async def see_the_balance(person: Person) -> None:
    await said(person, "/start")
    assert "Balance" in (await person.press("My account")).text


async def see_the_positions(person: Person) -> None:
    await said(person, "/start")
    await person.press("My account")
    assert "Positions" in (await person.press("Positions")).text


async def see_a_price(person: Person) -> None:
    await said(person, "/start")
    await person.press("Prices")
    assert "3,120.25" in (await person.press("ETH")).text


async def change_the_language(person: Person) -> None:
    await said(person, "/start")
    await person.press("Language")
    assert "Мова" in (await person.press("Українська")).text


async def set_the_leverage(person: Person) -> None:
    await said(person, "/settings")
    await person.press("Leverage")
    assert "✓ Leverage: 5x" in (await person.press("5x")).text


async def set_an_own_leverage(person: Person) -> None:
    await said(person, "/settings")
    await person.press("Leverage")
    assert "✓ Leverage: 7x" in (await said(person, "7")).text


async def connect_by_pair(person: Person) -> None:
    await said(person, "/keys")
    await person.press("bybit.com")
    await person.press("Bybit Demo")
    await person.press("I accept")
    assert "is connected" in (await said(person, KEY_ID)).text


async def connect_by_line(person: Person) -> None:
    await said(person, f"/keys add demo {KEY_ID} {SECRET}")
    assert "is connected" in (await person.press("I accept")).text


async def remove_a_key(person: Person) -> None:
    await person.harness.demo_account(person)
    person.sent = person.taps = 0
    person.harness.api.bubbles.clear()
    await said(person, "/keys")
    await person.press("Remove Bybit Demo")
    assert "is removed here" in (await person.press("Yes, remove")).text


@pytest.mark.parametrize(
    ("flow", "taps", "typed", "messages", "words"),
    [
        (see_the_balance, 1, 1, 1, 35),
        (see_the_positions, 2, 1, 1, 25),
        (see_a_price, 2, 1, 1, 55),
        (change_the_language, 2, 1, 1, 8),
        (set_the_leverage, 2, 1, 1, 45),
        (set_an_own_leverage, 1, 2, 2, 65),
        (connect_by_pair, 3, 2, 2, 130),
        (connect_by_line, 1, 1, 1, 30),
        (remove_a_key, 2, 1, 1, 25),
    ],
)
async def test_what_it_costs(harness: Harness, flow: Flow, taps: int, typed: int, messages: int, words: int) -> None:
    """Taps and messages of the person, messages of the bot, and the words that stand in the chat at the end."""
    anna = harness.person()
    await flow(anna)
    assert anna.taps <= taps
    assert anna.sent <= typed
    assert len(anna.bubbles) <= messages
    assert sum(len(bubble.text.split()) for bubble in anna.bubbles) <= words


async def test_every_setting_in_one_line(harness: Harness) -> None:
    for number, (line, shown) in enumerate(
        [
            ("/settings risk 1.5", "Risk per trade: 1.5%"),
            ("/settings risk_percent 1.5", "Risk per trade: 1.5%"),
            ("/settings sl 2", "Stop loss: 2%"),
            ("/settings tp 12.5%", "Take profit: 12.5%"),
            ("/settings leverage 5x", "Leverage: 5x"),
            ("/settings order limit", "Order type: Limit"),
            ("/settings notify silent", "Messages: Silent"),
            ("/settings zone Europe/Berlin", "Time zone: Berlin"),
            ("/settings tz new york", "Time zone: New York"),
            ("/settings account paper", "Account: Practice"),
            ("/settings account practice", "Account: Practice"),
            ("/settings account Практика", "Account: Practice"),
        ]
    ):
        bubble = await said(harness.person(ANNA + number), line)
        assert f"✓ {shown}" in bubble.text, line


LABELS = ("Risk per trade", "Stop loss", "Take profit", "Leverage", "Order type", "Account", "Time zone")


async def test_every_preset_of_every_setting_works_once(harness: Harness) -> None:
    for number, label in enumerate(LABELS):
        anna = harness.person(ANNA + number)
        await said(anna, "/settings")
        presets = [text for text in (await anna.press(label)).labels if text != "‹ Back"]
        assert presets, label
        for preset in presets:
            await said(anna, "/settings")
            card = await anna.press(label)
            data = card.button(preset)["callback_data"]
            assert "✓" in (await anna.tap(data, bubble=card)).text, label
            assert "used or too old" in (await anna.tap(data, bubble=card)).text, label


async def test_a_wrong_line_says_what_would_be_right(harness: Harness) -> None:
    for number, (line, words) in enumerate(
        [
            ("/settings risk 11", "from 0.1 to 10"),
            ("/settings risk 1.234", "At most 2 decimals"),
            ("/settings leverage 1.5", "Whole numbers only"),
            ("/settings order stop", "market, limit"),
            ("/settings zone Atlantis", "no such place"),
            ("/settings zone Berlim", "Europe/Berlin"),
            ("/settings account live", "No live account"),
            ("/settings colour red", "no setting “colour”"),
            ("/settings lever 5", "Did you mean lev"),
            ("/settings zone " + "x" * 100, "at most 64 characters"),
        ]
    ):
        assert words in (await said(harness.person(ANNA + number), line)).text, line


async def test_cancel_leaves_a_dialogue(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/settings")
    await anna.press("Leverage")
    assert "Canceled." in (await said(anna, "/cancel")).text
    assert "nothing to cancel" in (await said(anna, "/cancel")).text
    assert "don't know what to do" in (await said(anna, "7")).text, "free text again"
    assert (await harness.config()).trade_settings.leverage == 3


async def test_a_dialogue_ends_in_time(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/settings")
    await anna.press("Leverage")
    harness.clock.advance(16 * 60)
    assert "don't know what to do" in (await said(anna, "7")).text
    assert (await harness.config()).trade_settings.leverage == 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OldDialogue(DialoguePayload):
    """What a handler of earlier asked."""

    DIALOGUE = "nobody.knows.it"


async def test_a_dialogue_of_another_version_is_over(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await harness.services.dialogues.begin(ANNA, OldDialogue())
    assert "don't know what to do" in (await said(anna, "7")).text
    assert await harness.services.dialogues.current(ANNA) is None


async def test_a_ban_end_to_end(harness: Harness) -> None:
    owner, boris = harness.person(OWNER, name="Olga"), harness.person(BORIS, name="Boris")
    await said(owner, "/start")
    await said(boris, "/start")
    card = await said(boris, "/balance")
    await said(owner, f"/ban {BORIS} spam")
    assert "Done" in owner.last.text, "the owner's typed ban holds at once"
    assert "can't use this bot" in (await said(boris, "/balance")).text
    assert await boris.say("/balance") is None, "said once a minute"
    await boris.press("Refresh", bubble=card)
    assert boris.alert() == "You can't use this bot any more."
    harness.clock.advance(61)
    assert "can't use this bot" in (await said(boris, "hello")).text
    await said(owner, f"/unban {BORIS} sorry")
    assert "Balance" in (await said(boris, "/balance")).text
    await said(owner, f"/ban {BORIS} again")
    assert "can't use this bot" in (await said(boris, "/balance")).text, "a new ban is told anew"


async def test_the_owner_link_makes_its_first_bearer_the_owner(tmp_path: Path) -> None:
    payload = await asyncio.to_thread(owner_link.make, tmp_path / "perpdesk.key", Millis(START_MS))
    async with open_harness(tmp_path, owner_ids=frozenset()) as harness:
        boris, anna = harness.person(BORIS), harness.person()
        assert "used or is older than 10 minutes" in (await said(boris, "/start own_wrong")).text
        assert "You are the owner" in (await said(anna, f"/start {payload}")).text
        assert (await harness.config()).role is Role.OWNER
        assert ("chat:1001", "") in harness.api.commands, "the owner's menu came at once"
        assert "used or is older" in (await said(boris, f"/start {payload}")).text
        assert (await harness.config(BORIS)).role is Role.USER
        assert await harness.database.fetch("SELECT count(*) FROM users WHERE start_payload IS NOT NULL", ()) == [(0,)]


async def test_every_flow_speaks_every_language(harness: Harness) -> None:
    """No English word of the texts is left on a Russian or Ukrainian card."""
    for number, language in enumerate(Language):
        person = harness.person(3000 + number, language=language.value)
        card = await said(person, "/settings")
        for row in list(card.keyboard)[:4]:
            for each in row:
                await person.tap(each["callback_data"], bubble=card)
                if language is not Language.ENGLISH:
                    assert "Back" not in " ".join(card.labels)
                    assert "From " not in card.text


async def test_a_setting_is_called_as_its_card_calls_it(harness: Harness) -> None:
    for number, (language, line, saved) in enumerate(
        [
            ("en", "/settings messages off", "Messages: Off"),
            ("en", "/settings Risk per trade 2", "Risk per trade: 2%"),
            ("en", "/settings stop loss 3", "Stop loss: 3%"),
            ("en", "/settings order type limit", "Order type: Limit"),
            ("en", "/settings order limit", "Order type: Limit"),
            ("ru", "/settings сообщения тихо", "Сообщения: Тихо"),
            ("uk", "/settings Плече 7", "Плече: 7x"),
            ("en", "/settings плечо 7x", "Leverage: 7x"),
        ]
    ):
        assert saved in (await said(harness.person(ANNA + number, language=language), line)).text, line


async def test_an_unknown_setting_gets_the_nearest_name_or_none(harness: Harness) -> None:
    for number, (word, answer) in enumerate(
        [
            ("mesages", "Did you mean messages?"),
            ("levarage", "Did you mean leverage?"),
            ("zzzzqqqq", "/settings lists them all"),
        ]
    ):
        text = (await said(harness.person(ANNA + number), f"/settings {word} 1")).text
        assert answer in text, word
        assert "risk" not in text, word


async def test_a_whole_number_is_asked_for_by_a_whole_example(harness: Harness) -> None:
    anna = harness.person()
    text = (await said(anna, "/settings leverage much")).text
    assert "A whole number" in text
    assert "1.5" not in text
    assert "1.5" in (await said(anna, "/settings risk much")).text
