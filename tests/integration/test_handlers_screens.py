"""What traders look at, by typing and by tapping: real services over a real database."""

from decimal import Decimal

import pytest
from harness.app import ANNA, BORIS, Harness, said
from harness.storage import execution, order, position
from harness.waiting import until

from bot.domain.ids import Millis
from bot.domain.portfolio import Side

LANGUAGES = ("en", "ru", "uk")
# a table, a list of all commands, a text to read; the others are glanced at
MOST_WORDS = {"/license": 170, "/help": 190, "/privacy": 280}
GLANCE = 125  # words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Hi Anna. You have 10,000 USDT of practice money. BTC is 64,210."),
        ("ru", "Здравствуйте, Anna. У вас 10 000 USDT для практики. BTC стоит 64 210."),
        ("uk", "Вітаю, Anna. У вас 10 000 USDT для практики. BTC коштує 64 210."),
        ("pl", "Hi Anna. You have 10,000 USDT of practice money. BTC is 64,210."),
    ],
)
async def test_the_first_message_asks_nothing(harness: Harness, language: str, words: str) -> None:
    anna = harness.person(language=language)
    bubble = await said(anna, "/start")
    assert bubble.text.replace("\u00a0", " ") == words
    assert len(bubble.labels) == 6, "buy, sell; account, prices; Bybit, language"
    assert len(anna.bubbles) == 1
    assert [each.account_type.value for each in (await harness.config()).accounts] == ["paper"]


async def test_start_may_be_sent_again_and_again(harness: Harness) -> None:
    anna = harness.person()
    for _ in range(2):
        await said(anna, "/start")
    bubble = await said(anna, "/start")
    assert "worth 10,000\u00a0USDT" in bubble.text
    assert len(await harness.rows("users")) == 1
    assert len(await harness.rows("accounts")) == 1


async def test_a_deep_link_is_kept_once_and_shown_to_nobody(harness: Harness) -> None:
    bubble = await said(harness.person(), "/start r_BORIS26")
    assert "BORIS26" not in bubble.text
    await said(harness.person(), "/start r_OTHER")
    assert await harness.database.fetch("SELECT start_payload FROM users", ()) == [("r_BORIS26",)]


@pytest.mark.parametrize("payload", ["p_" + "x" * 80, "p_ÄÖ", "p_a b", "p_<b>", "own_guess", "p_SPRING26"])
async def test_what_is_no_payload_is_not_kept(harness: Harness, payload: str) -> None:
    await said(harness.person(), f"/start {payload}")
    (row,) = await harness.database.fetch("SELECT start_payload FROM users", ())
    assert row[0] is None or row[0] == "p_a"


async def test_every_button_of_the_first_message_works(harness: Harness) -> None:
    anna = harness.person()
    for label, words in (
        ("My account", "Balance · Practice"),
        ("Prices", "Perpetuals"),
        ("Connect Bybit", "Which Bybit"),
        ("Language", "Which language"),
    ):
        first = await said(anna, "/start")
        assert words in (await anna.press(label, bubble=first)).text


async def test_every_button_of_the_menu_works_and_edits_in_place(harness: Harness) -> None:
    anna = harness.person()
    menu = await said(anna, "/menu")
    for label in list(menu.labels):
        bubble = await anna.press(label, bubble=menu)
        assert bubble.message_id == menu.message_id, label
        assert bubble.text
        menu = await said(anna, "/menu")


SCREENS = (
    ("/balance", "10"),
    ("/positions", "BTCUSDT"),
    ("/orders", "60"),
    ("/fills", "64"),
    ("/price", "64"),
    ("/price btc", "BTCUSDT"),
    ("/price ETH/USDT", "ETHUSDT"),
    ("/book sol", "SOLUSDT"),
    ("/symbols", "DOGEUSDT"),
    ("/symbols spot", "DOGEUSDT"),
    ("/license", ""),
    ("/whoami", "1001"),
    ("/terms", ""),
    ("/privacy", "AES-256-GCM"),
    ("/help", "/balance"),
    ("/keys", ""),
    ("/settings", "UTC"),
    ("/lang", ""),
)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_screen_stands_in_every_language(harness: Harness, language: str) -> None:
    anna = harness.person(language=language)
    await said(anna, "/start")
    await harness.hold(positions=(position(),), orders=(order(),), fills=(execution(),))
    for text, mark in SCREENS:
        harness.clock.advance(60)  # nobody looks at all of them at once
        harness.api.bubbles.clear()
        bubble = await said(anna, text)
        await until(lambda bubble=bubble, mark=mark: mark in bubble.text, what=f"{text} with {mark}")  # by an edit
        assert bubble.labels, text
        assert len(anna.bubbles) == 1, text
        assert len(bubble.text.split()) < MOST_WORDS.get(text, GLANCE), f"{text} is read at a glance"


async def test_refresh_edits_in_place_and_shows_the_age(harness: Harness) -> None:
    anna = harness.person()
    bubble = await said(anna, "/price btc")
    assert "just now" in bubble.text
    harness.clock.advance(3)
    assert (await anna.press("Refresh")).message_id == bubble.message_id
    assert "3 s ago" in bubble.text
    harness.clock.advance(6)
    await anna.press("Refresh")
    assert "just now" in bubble.text, "older than its time to live: asked anew"


async def test_an_unchanged_card_is_no_error(harness: Harness) -> None:
    anna = harness.person()
    bubble = await said(anna, "/balance")
    await anna.press("Refresh")
    await anna.press("Refresh")
    assert bubble.edits == 0
    assert len(anna.bubbles) == 1


async def test_a_card_that_was_deleted_comes_anew(harness: Harness) -> None:
    anna = harness.person()
    bubble = await said(anna, "/balance")
    del harness.api.bubbles[ANNA, bubble.message_id]
    assert "Balance" in (await anna.press("Refresh", bubble=bubble)).text
    assert len(anna.bubbles) == 1


async def test_an_account_is_chosen_by_word_by_tab_and_by_default(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    assert "Balance · Bybit Demo" in (await said(anna, "/balance")).text, "a key that was just connected comes first"
    assert "Balance · Practice" in (await said(anna, "/balance paper")).text
    assert "Balance · Practice" in (await said(anna, "/balance PRACTICE")).text
    assert "25,000.40\u00a0USD" in (await said(anna, "/balance demo")).text
    assert "Balance · Practice" in (await anna.press("Practice")).text
    await said(anna, "/settings account paper")
    assert "Positions · Practice" in (await said(anna, "/positions")).text


async def test_an_account_that_is_not_there(harness: Harness) -> None:
    bubble = await said(harness.person(), "/positions live")
    assert "No live account is connected yet" in bubble.text
    assert "Connect Bybit" in bubble.labels
    assert "not “gold”" in (await said(harness.person(), "/positions gold")).text


async def test_positions_in_pages(harness: Harness) -> None:
    harness.bybit.positions = tuple(position(f"C{number}USDT") for number in range(9))
    anna = harness.person()
    await harness.demo_account(anna)
    await said(anna, "/positions")
    bubble = await anna.press("2 ›")
    assert "C8 L" in bubble.text
    assert "C0 L" not in bubble.text
    assert "page 2 of 2" in bubble.text
    assert "‹ 1" in bubble.labels
    details = await anna.press("Details")
    assert "page 1 of 3" in details.text
    assert details.text.count("To mark") == 3, "every level of three positions"
    assert "BTCUSDT" not in (await anna.press("List")).text


async def test_a_position_leads_to_the_price_of_its_symbol(harness: Harness) -> None:
    harness.bybit.positions = (position("ETHUSDT"),)
    anna = harness.person()
    await harness.demo_account(anna)
    await said(anna, "/positions")
    await anna.press("⚠️ ETH Long")
    assert "ETHUSDT · 3,120.25" in (await anna.press("ETHUSDT")).text.replace("\u00a0", " ")


async def test_positions_of_another_are_never_shown(harness: Harness) -> None:
    """B presses A's code: the account is not among B's own."""
    harness.bybit.positions = (position(),)
    anna, boris = harness.person(), harness.person(BORIS, name="Boris")
    await harness.demo_account(anna)
    demo = (await harness.config()).default_account
    await said(boris, "/start")
    for tag in ("bal", "pos", "ord", "trd"):
        page = "" if tag == "bal" else ":0"
        bubble = await boris.tap(f"v1:{tag}:{demo.account_id}{page}", bubble=boris.bubbles[0])
        assert "used or too old" in bubble.text
        assert "BTCUSDT" not in bubble.text


async def test_a_symbol_nobody_trades_gets_the_nearest_as_buttons(harness: Harness) -> None:
    anna = harness.person()
    bubble = await said(anna, "/price BTCUSD")
    assert "BTCUSDT" in bubble.labels
    assert "64,210.50" in (await anna.press("BTCUSDT")).text


async def test_a_hedge_and_a_short(harness: Harness) -> None:
    harness.bybit.positions = (position(position_idx=1), position(position_idx=2, side=Side.SELL, size=Decimal(1)))
    anna = harness.person()
    await harness.demo_account(anna)
    text = (await said(anna, "/positions demo")).text
    assert text.count("hedge leg") == 2


async def test_language_by_typing_and_by_button(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    assert "Мова бота: Українська" in (await said(anna, "/lang uk")).text
    assert "Меню" in (await said(anna, "/menu")).labels + (await said(anna, "/balance")).labels
    bubble = await said(anna, "/lang")
    assert "• Українська" in bubble.labels
    assert "I speak English now." in (await anna.press("English")).text
    assert "Язык бота: Русский" in (await said(anna, "/lang русский")).text


async def test_without_a_license_practice_is_free(harness: Harness) -> None:
    text = (await said(harness.person(), "/license")).text
    assert "You have no license." in text
    assert "practice account is free" in text


async def test_whoami_and_a_changed_name(harness: Harness) -> None:
    assert "Role: user" in (await said(harness.person(), "/whoami")).text
    assert "Role: owner" in (await said(harness.person(1000), "/whoami")).text
    await said(harness.person(name="Ann"), "/menu")
    assert (await harness.config()).first_name == "Ann"


async def test_a_stranger_may_begin_with_anything(harness: Harness) -> None:
    assert "Hi Anna" in (await said(harness.person(), "hello there")).text
    assert "Balance · Practice" in (await said(harness.person(BORIS), "/balance")).text


async def test_times_in_the_own_zone(harness: Harness) -> None:
    harness.clock.millis = int(Millis(1_760_011_205_000))
    anna = harness.person()
    await said(anna, "/settings zone kyiv")
    assert "12:00:05 UTC · 15:00:05 Kyiv" in (await said(anna, "/balance")).text
