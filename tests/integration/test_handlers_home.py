"""The first message, the menu and /help: what a newcomer meets, and everything within three taps."""

from pathlib import Path

import pytest
from harness.app import KEY_ID, OWNER, SECRET, TEXTS, Harness, said
from harness.app import harness as open_harness

from bot.domain.users import Language, Role
from handlers.core.menus import publish
from handlers.registry import TABLE
from handlers.users.menu_views import INTRODUCED


async def test_a_newcomer_with_a_dead_code_is_welcomed_first(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start p_DEADCODE")
    welcome, about_code = anna.bubbles
    assert "You have 10,000\N{NO-BREAK SPACE}USDT of practice money" in welcome.text
    assert "not valid" in about_code.text
    await said(anna, "/start p_DEADCODE")
    assert len(anna.bubbles) == 3, "who is known hears of the code alone"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ENGLISH, "Bybit Demo is worth 25,000.40 USD."),
        (Language.RUSSIAN, "«Bybit Демо»: сейчас 25 000.40 USD."),
        (Language.UKRAINIAN, "«Bybit Демо»: зараз 25 000.40 USD."),
    ],
)
async def test_whoever_begins_again_hears_of_the_first_account(
    harness: Harness, language: Language, words: str
) -> None:
    anna = harness.person(language=language.value)
    await said(anna, "/start")
    await harness.terms_accepted()
    await said(anna, f"/keys add demo {KEY_ID} {SECRET}")
    assert "USDT" in (await said(anna, "/start")).text, "practice is still the first"
    await said(anna, "/settings account demo")
    text = (
        (await said(anna, "/start")).text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    )
    assert words in text


async def test_a_slow_bybit_holds_no_welcome(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    harness.bybit.gate.clear()
    assert "Hi Anna." in (await said(anna, "/start")).text
    harness.bybit.gate.set()
    await harness.settle()


async def reached(harness: Harness, user_id: int) -> dict[str, int]:
    """Commands that the menu leads to, with the taps that it takes, for that person."""
    person = harness.person(user_id)
    await said(person, "/start")
    start = await said(person, "/menu")
    found: dict[str, int] = {}
    cards = [(start.keyboard, 1)]
    while cards:
        keyboard, taps = cards.pop(0)
        for button in (each for row in keyboard for each in row):
            data = str(button["callback_data"])
            if data.startswith("v1:do:") and data.removeprefix("v1:do:") not in found:
                found[data.removeprefix("v1:do:")] = taps
            elif data.startswith("v1:menu:") and taps < 3:
                cards.append(((await person.tap(data, bubble=person.last)).keyboard, taps + 1))
    return found


@pytest.mark.parametrize("user_id", [1001, OWNER])
async def test_every_feature_is_three_taps_away_at_most(harness: Harness, user_id: int) -> None:
    found = await reached(harness, user_id)
    role = Role.OWNER if user_id == OWNER else Role.USER
    by_card = {"alert", "chart", "share", "fills", "truth", "mute"}  # of a price, a close, trades, statistics, /notify
    by_card |= {"forget", "ban", "unban", "grant", "role"}  # from [Privacy] and a user's card
    missing = set(TABLE.commands(role)) - set(found) - by_card - (INTRODUCED - {"help"})
    assert missing == set()
    assert max(found.values()) <= 3
    assert set(found) - {"menu"} <= set(TABLE.commands(role)), "nothing that its reader may not use"


@pytest.mark.parametrize("language", list(Language))
async def test_labels_fit_a_phone(harness: Harness, language: Language) -> None:
    olga = harness.person(OWNER, language=language.value, name="Olga")
    await said(olga, "/menu")
    for data in ("v1:do:menu", "v1:menu:trading", "v1:menu:more", "v1:menu:staff"):
        card = await olga.tap(data, bubble=olga.last)
        for row in card.keyboard:
            for button in row:
                assert len(button["text"]) <= {1: 34, 2: 16, 3: 10}[len(row)], button["text"]


async def test_help_is_short_and_names_every_command_in_a_group(harness: Harness) -> None:
    anna = harness.person()
    text = (await said(anna, "/help")).text
    assert len(text.splitlines()) <= 26
    for command in TABLE.commands(Role.USER):
        assert f"/{command}" in text or command in {"start", "help"}, command
    assert "Running the bot" not in text
    assert "/users" in (await said(harness.person(OWNER), "/help")).text


async def test_nothing_is_sold_while_there_are_no_prices(tmp_path: Path) -> None:
    async with open_harness(tmp_path, prices={}) as harness:
        anna = harness.person()
        await said(anna, "/start")
        assert "Nothing is sold on this bot" in (await said(anna, "/subscribe")).text
        license_card = await said(anna, "/license")
        assert "Buy a license" not in license_card.labels
        assert "Signals and strategies are not there yet" in license_card.text
        assert "/subscribe" not in (await said(anna, "/help")).text
        assert "subscribe" not in await reached(harness, 1001)
        await publish(harness.app.bot, TEXTS, harness.app.bot_data.router, {})
        assert "subscribe" not in [each["command"] for each in harness.api.commands["default", ""]]


async def test_the_trial_says_what_it_opens_today(harness: Harness) -> None:
    assert "It opens orders on Bybit Demo" in (await said(harness.person(), "/license")).text
    assert "Buy a license" in (await said(harness.person(), "/license")).labels, "a price list is sold from"
