"""Plain words: a coin alone, commands without a slash in three languages, words of trading, pasted codes."""

from dataclasses import replace

import pytest
from harness.app import ANNA, OWNER, Harness, said

from bot.domain.errors import ExchangeDown
from bot.domain.users import UserConfig

COMMANDS = [
    ("balance", "Balance"),
    ("Balance?", "Balance"),
    ("what is my balance", "Balance"),
    ("баланс", "Balance"),
    ("покажи мой баланс", "Balance"),
    ("balance practice", "Balance"),
    ("/баланс", "Balance"),
    ("positions", "Positions"),
    ("позиции", "Positions"),
    ("позиції", "Positions"),
    ("ордера", "Orders"),
    ("угоди", "Closed trades"),
    ("settings", "Settings"),
    ("настройки", "Settings"),
    ("settings risk 2", "✓ Risk per trade: 2%"),
    ("меню", "Menu"),
    ("hello", "Hi Anna"),
    ("привіт", "Hi Anna"),
    ("price btc", "64,210.50"),
    ("btc price", "64,210.50"),
    ("price of btc", "64,210.50"),
    ("цена btc", "64,210.50"),
    ("ціна біткоїна", "64,210.50"),
    ("курс эфира", "3,120.25"),
    ("курс биткоин", "64,210.50"),
    ("ціна btc", "64,210.50"),
    ("цена эфир спот", "ETHUSDT · Spot"),
    ("стакан эфир", "ETHUSDT · order book"),
    ("symbols spot", "Spot · 4 symbols"),
    ("btc", "64,210.50"),
    ("BTC", "64,210.50"),
    ("$btc", "64,210.50"),
    ("btc?", "64,210.50"),
    ("BTC/USDT", "64,210.50"),
    ("btc spot", "BTCUSDT · Spot"),
    ("биток", "64,210.50"),
    ("Эфир", "3,120.25"),
    ("b\u200btc\u202e", "64,210.50"),
    ("ｂｔｃ", "64,210.50"),
]


async def test_plain_words_do_what_the_command_does(harness: Harness) -> None:
    for number, (text, shown) in enumerate(COMMANDS):
        anna = harness.person(ANNA + number)
        await said(anna, "/start")
        assert shown in (await said(anna, text)).text.replace("‹", ""), text


async def test_a_coin_by_another_name_opens_its_card_and_says_so(harness: Harness) -> None:
    harness.bybit.symbols["1000PEPEUSDT"] = "0.0118765"
    anna = harness.person(language="ru")
    await said(anna, "/start")
    assert "PEPE торгуется здесь как 1000PEPEUSDT." in (await said(anna, "пепе")).text


async def test_an_account_is_never_guessed(harness: Harness) -> None:
    for number, text in enumerate(
        ["/keys add real", "/keys check rael", "/keys check liv", "/balance lvie", "/keys remove dmeo"]
    ):
        anna = harness.person(ANNA + number)
        await said(anna, "/start")
        bubble = await said(anna, text)
        assert "Did you mean" not in bubble.text, text
        assert "demo?" not in bubble.text, text


async def test_real_is_the_live_account(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    assert "No live account" in (await said(anna, "/balance real")).text
    assert "No live account" in (await said(anna, "/keys check реал")).text


SUGGESTED = {
    "/balanse": "balance",
    "/pricee": "price",
    "/postions": "positions",
    "/support": "paysupport",
    "balnce": "balance",
    "my balance is wrong since yesterday": "balance",
    "/pinic": "panic",
    "/nosuch": None,
    "/lont": "buy",
    "what do you think of the weather": None,
    "I want to close my position and see the balance": None,
    "balance or positions, which one is it": None,
}


async def test_a_suggestion_is_a_slip_of_the_finger_or_a_known_word(harness: Harness) -> None:
    for number, (text, suggested) in enumerate(SUGGESTED.items()):
        anna = harness.person(ANNA + number)
        await said(anna, "/start")
        bubble = await said(anna, text)
        assert ("Did you mean" in bubble.text) == (suggested is not None), f"{text}: {bubble.text}"
        assert suggested is None or f"/{suggested}" in bubble.labels, text


async def test_while_bybit_is_silent_large_coins_are_known_and_words_are_no_coins(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await harness.settle()
    harness.clock.advance(3600)
    harness.bybit.trouble = ExchangeDown("down")
    assert "BTCUSDT" in (await said(anna, "btc")).text
    assert "don't know what to do" in (await said(anna, "whatever")).text


HOSTILE = (
    "\u202e/balance", "\u200b\u200b", "\u2066btc\u2069\u2066", "x" * 4096, "btc " * 1024, "😀" * 2048, "ВТС", "bаlance",
    "/\u0000btc", "<b>btc</b>", "'; DROP TABLE users; --", "Z" + "\u0300" * 300, "𝐛𝐭𝐜", "₿", "$", "/", "//", "?",
    "p_", "t.me/", "price " + "9" * 4000, "long " * 800, "/price \u202ecba", "п\u0301епе", "\ud800",
)  # fmt: skip


async def settings_of(harness: Harness) -> UserConfig:
    """All but that a question may be over."""
    return replace(await harness.config(), has_dialogue=False)


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
async def test_hostile_words_are_answered_once_and_change_nothing(harness: Harness, language: str) -> None:
    anna = harness.person(language=language)
    await said(anna, "/start")
    for asked in ("", "/settings risk", "/redeem", "/paysupport"):
        for text in HOSTILE:
            if asked:
                await said(anna, asked)
            before, config = len(harness.api.made("sendMessage")), await settings_of(harness)
            bubble = await said(anna, text)
            assert len(harness.api.made("sendMessage")) == before + 1, text[:40]
            assert len(bubble.text) < 1500
            assert await settings_of(harness) == config


@pytest.fixture
async def _spring(harness: Harness) -> None:
    owner = harness.person(OWNER)
    await said(owner, "/promo new premium 30d code=SPRING26 max=1")
    await owner.press("Create")
    await said(harness.person(), "/start")


LINK = "https://t.me/perpdesk_bot?start=p_SPRING26"
PASTED = ("SPRING26", "spring26.", '"SPRING26"', "«SPRING26»,", LINK, f"{LINK} !", f"look: {LINK}", "p_SPRING26")


@pytest.mark.usefixtures("_spring")
@pytest.mark.parametrize("how", ["/redeem ", "asked", "bare"])
async def test_a_pasted_code_is_understood(harness: Harness, how: str) -> None:
    for number, text in enumerate(PASTED):
        anna = harness.person(ANNA + number)
        await said(anna, "/start")
        match how:
            case "asked":
                await said(anna, "/redeem")
                bubble = await said(anna, text)
            case "bare":
                bubble = await said(anna, text)
                if "a promo code?" in bubble.text:
                    bubble = await anna.press("Use it")
            case _:
                bubble = await said(anna, f"/redeem {text}")
        assert "30 days of Premium" in bubble.text, text
        assert await harness.rows("promo_attempts") == [], text


@pytest.mark.usefixtures("_spring")
async def test_a_bare_word_is_no_wrong_try_until_it_is_tapped(harness: Harness) -> None:
    anna = harness.person()
    for number in range(8):
        bubble = await said(anna, f"AUTUMN2{number}")
        assert "a promo code?" in bubble.text
        assert "SPRING" not in str(await harness.rows("buttons")), "what is stored does not name the code"
    assert await harness.rows("promo_attempts") == []
    assert "not valid" in (await anna.press("Use it")).text
    assert len(await harness.rows("promo_attempts")) == 1


async def test_a_made_code_that_is_pasted_is_previewed_at_once(harness: Harness) -> None:
    owner = harness.person(OWNER)
    await said(owner, "/promo new premium 30d")
    card = await owner.press("Create")
    code = next(word for word in card.text.split() if word.count("-") == 3)
    anna = harness.person(ANNA)
    await said(anna, "/start")
    for text in (code, code.replace("-", " "), code.replace("-", "").lower()):
        assert "30 days of Premium" in (await said(anna, text)).text
