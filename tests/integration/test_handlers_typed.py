"""Orders in words: understood, asked about, fixed, and shown with what would come of them."""

import pytest
from harness.app import ANNA, Harness, said
from harness.bot_api import Bubble


def shown_in(bubble: Bubble) -> str:
    """The text with plain blanks."""
    return bubble.text.replace("\N{NO-BREAK SPACE}", " ")


async def test_a_line_without_a_doubt_is_one_card(harness: Harness) -> None:
    for number, (language, text, shown) in enumerate(
        [
            (
                "en",
                "long btc 2% sl 3% tp 66k 68k",
                ["Buy 0.003 BTC", "Stop 62,284", "Target 1: 66,000", "Target 2: 68,000"],
            ),
            ("en", "sell eth $500 limit 3,120", ["Sell 0.16 ETH", "Limit 3,120"]),
            ("en", "Buy BTC 100$ SL 62 000", ["Stop 62,000"]),
            ("ru", "лонг биток 100$ стоп 3%", ["0.001 BTC", "62 284"]),
            ("ru", "шорт эфир 500$ лимит 3,2к стоп 3300", ["3 200", "3 300"]),
            ("uk", "купити ефір на 500 доларів, стоп 3 000", ["ETH", "3 000"]),
        ]
    ):
        anna = harness.person(ANNA + number, language=language)
        await said(anna, "/start")
        bubble = await said(anna, text)
        assert [each for each in shown if each not in shown_in(bubble)] == [], text
        assert len(bubble.keyboard) == 2, text
        assert "?" not in shown_in(bubble), text


async def test_an_ambiguous_number_is_asked_about_by_two_buttons(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    bubble = await said(anna, "buy btc 3,120$ sl 3%")
    assert "can be read in two ways" in shown_in(bubble)
    asked = len(anna.bubbles)
    bubble = await anna.press("3120$")
    assert "Buy 0.048 BTC" in shown_in(bubble)
    assert len(anna.bubbles) == asked  # the same message


async def test_the_questions_come_one_after_the_other(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    bubble = await said(anna, "btc 100$ sl 62 tp 66k long short")
    assert "far from the market" in shown_in(bubble)
    bubble = await anna.press("62000")
    assert "says a second time" in shown_in(bubble)
    bubble = await anna.press("Leave out “short”")
    assert "Stop 62,000" in shown_in(bubble)


@pytest.mark.parametrize("meant", ["", "1000", "yes", "Да, 1000"])
async def test_a_price_far_from_the_market_may_be_meant(harness: Harness, meant: str) -> None:
    anna = harness.person()
    await said(anna, "/start")
    bubble = await said(anna, "buy eth 200$ limit 1000 no stop")
    assert "far from the market (3,120.25)" in shown_in(bubble)
    assert bubble.labels[:2] == ["Yes, 1000", "Leave out “1000”"]
    bubble = await (said(anna, meant) if meant else anna.press("Yes, 1000"))
    assert "Limit 1,000" in shown_in(bubble)
    assert bubble.labels[0].startswith("✓ Buy")


async def test_a_word_is_put_in_the_place_of_the_doubtful_one(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await said(anna, "buy bitcion 100$ sl 3%")
    bubble = await said(anna, "btc")
    assert "Buy 0.001 BTC" in shown_in(bubble)


async def test_an_unknown_coin_has_the_nearest_one_at_hand(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    bubble = await said(anna, "buy bct 100$ sl 3%")
    assert "I know no perpetual “bct”" in shown_in(bubble)
    assert "Buy 0.001 BTC" in shown_in(await anna.press("BTCUSDT"))


async def test_words_without_a_meaning_are_named_before_anything_goes_on(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    bubble = await said(anna, "buy btc 100$ sl 3% yolo")
    assert "Not part of it: yolo" in shown_in(bubble)
    assert "Buy 0.001 BTC" in shown_in(await anna.press("Go on"))


async def test_a_word_without_a_meaning_can_be_fixed(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await said(anna, "buy btc 100$ sl 3% limitt")
    await anna.press("Fix “limitt”")
    bubble = await said(anna, "limit 64k")
    assert "Limit 64,000" in shown_in(bubble)


async def test_a_pasted_signal_is_shown_line_by_line_first(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    signal = "🟢 LONG BTCUSDT\n📊 Score: 51% ⭐ C\nEntry: 63000 - 64000\nTP1: 66000 (3.0×ATR)\nTP2: 68000\n🛑 SL: 60000"
    bubble = await said(anna, signal)
    for line in (
        "Buy BTCUSDT · Practice",
        "Size: 1% of the account value at risk at the stop, as in /settings",
        "Two entries: 63,000 · 64,000",
        "Stop: 60,000",
        "Targets: 66,000 · 68,000",
    ):
        assert line in shown_in(bubble)
    bubble = await anna.press("Go on")
    assert "2 entries from" in shown_in(bubble)


async def test_another_order_is_no_answer_to_the_question_about_the_first(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await said(anna, "buy btc 100")
    bubble = await said(anna, "sell eth 500$ sl 3%")
    assert "Sell 0.16 ETH" in shown_in(bubble)
    assert await harness.services.dialogues.current(ANNA) is None


@pytest.mark.parametrize("side", ["short", "Sell", "шорт"])
async def test_the_side_is_asked_about_and_may_be_typed(harness: Harness, side: str) -> None:
    anna = harness.person()
    await said(anna, "/start")
    bubble = await said(anna, "eth 500$ sl 3%")
    assert "Buy or sell?" in shown_in(bubble)
    assert bubble.labels[:2] == ["Buy", "Sell"]
    assert "Sell 0.16 ETH" in shown_in(await said(anna, side))


async def test_a_command_is_no_answer_to_the_question_about_a_word(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await said(anna, "buy btc 100")
    assert "Balance" in (await said(anna, "balance")).text


async def test_spot_is_said_not_to_be_traded_here(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    assert "spot is not traded here yet" in shown_in(await said(anna, "buy btc spot 100$"))


async def test_naughty_words_in_an_order_are_answered(harness: Harness) -> None:
    for number, text in enumerate(
        [
            "'; DROP TABLE users; --",
            "💎" * 50,
            "a" * 1000,
            "<b>x</b>",
            "{{7*7}}",
            "%s%n",
            "1e309",
            "½",
            "-5",
            "٣",
            "x" * 3,
        ]
    ):
        anna = harness.person(ANNA + number)
        await said(anna, "/start")
        bubble = await said(anna, f"buy btc {text} 100$ sl 3%")
        assert bubble.text, text


async def test_sentences_are_no_orders(harness: Harness) -> None:
    for number, text in enumerate(["I think long term is better", "what is a short?", "my long story"]):
        anna = harness.person(ANNA + number)
        await said(anna, "/start")
        assert "As I read it" not in (await said(anna, text)).text, text


@pytest.mark.parametrize("text", ["/buy btc 100$ sl 3%", "/buy btc\n100$\nsl 3%", "/BUY 100$ btc sl 3%"])
async def test_words_behind_the_command_are_an_order(harness: Harness, text: str) -> None:
    anna = harness.person()
    await said(anna, "/start")
    bubble = await said(anna, text)
    if "\n" in text:  # of several lines: shown as understood first
        bubble = await anna.press("Go on")
    assert "Buy 0.001 BTC" in shown_in(bubble)
    assert "Stop 62,284" in shown_in(bubble)


async def test_a_side_and_a_coin_alone_open_the_ticket(harness: Harness) -> None:
    for number, (text, shown) in enumerate(
        [
            ("buy eth", "Buy ETHUSDT"),
            ("шорт солану", "SOLUSDT"),
            ("/sell eth", "Sell ETHUSDT"),
            ("buy", "Buy BTCUSDT"),
            ("продать", "BTCUSDT"),
        ]
    ):
        anna = harness.person(ANNA + number)
        await said(anna, "/start")
        bubble = await said(anna, text)
        assert shown in shown_in(bubble), text
        assert len(bubble.keyboard) > 3, text


async def test_a_slip_behind_the_command_has_the_nearest_coin_at_hand(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    assert "I know no perpetual “bct”" in shown_in(await said(anna, "/buy bct"))
