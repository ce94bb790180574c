"""Charts in the chat: by typing and by button, changed in place, in words where there can be no picture."""

import asyncio
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Event, current_thread

import pytest
from harness.app import ANNA, TUNING, Harness, Person, said
from harness.app import harness as open_harness
from harness.bot_api import FLOOD, Bubble, Call
from harness.waiting import until
from PIL import Image

from bot.domain.errors import ExchangeDown
from bot.domain.ids import UserId
from bot.services.users.preferences import SettingField
from handlers.pictures.contents import PictureContent
from handlers.pictures.drawer import draw_picture
from handlers.pictures.palette import PALETTES, PictureTheme

NBSP = "\u00a0"


def picture_of(bubble: Bubble) -> Image.Image:
    assert bubble.is_picture, bubble.text
    assert bubble.document is not None
    return Image.open(BytesIO(bubble.document[1])).convert("RGB")


def color(written: str) -> tuple[int, ...]:
    return tuple(int(written[place : place + 2], 16) for place in (1, 3, 5))


async def holding(harness: Harness, *, language: str = "en") -> Person:
    """Anna with a practice position, its stop and two targets."""
    anna = harness.person(language=language)
    await said(anna, "/start")
    card = await said(anna, "buy 0.01 btc sl 3% tp 66k 68k")
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    await until(lambda: len(harness.api.made("editMessageText")) > 0, what="the fill")
    await harness.settle()
    return anna


async def test_a_chart_is_one_line_away(harness: Harness) -> None:
    for number, (typed, title) in enumerate(
        [
            ("/chart", "BTCUSDT · 1h"),
            ("/chart eth 15m", "ETHUSDT · 15m"),
            ("chart btc 4h", "BTCUSDT · 4h"),
            ("btc chart", "BTCUSDT · 1h"),
            ("график биток 15мин", "BTCUSDT · 15m"),
            ("/chart btc spot 1d", "BTCUSDT · Spot · 1d"),
        ]
    ):
        anna = harness.person(ANNA + number)
        await said(anna, "/start")
        bubble = await said(anna, typed)
        assert picture_of(bubble).size == (960, 760), typed
        assert bubble.text.startswith(title), typed
        assert "UTC" in bubble.text, "how old it is"
        assert bubble.labels[:5] == ["• 5m" if "· 5m" in title else "5m", *bubble.labels[1:5]], typed
        assert len([each for each in bubble.labels if each.startswith("•")]) == 1, typed


async def test_the_chart_of_a_price_is_a_tap_and_other_lengths_change_it_in_place(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    price = await said(anna, "/price btc")
    chart = await anna.press("Chart", bubble=price)
    assert chart.message_id != price.message_id, "the price stays where it is"
    before = picture_of(chart)
    again = await anna.press("4h", bubble=chart)
    assert again is chart
    assert chart.edits == 1
    assert chart.text.startswith("BTCUSDT · 4h")
    assert "• 4h" in chart.labels
    assert picture_of(chart).tobytes() != before.tobytes()
    below = await anna.press("Price", bubble=chart)
    assert below.message_id != chart.message_id, "no picture becomes a text"
    assert "Bid" in below.text


async def test_a_length_that_no_chart_has_is_explained(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    assert "1m, 5m, 15m, 30m, 1h, 4h, 1d" in (await said(anna, "/chart btc 7h")).text
    assert "1m, 5m" in (await said(anna, "chart btc 7h")).text
    assert "Did you mean" in (await said(anna, "/chart btcc 1h")).text


async def test_a_position_s_chart_has_its_levels_and_leads_back(harness: Harness) -> None:
    anna = await holding(harness)
    account = await harness.practice_account()
    card = await anna.tap(f"v1:leg:{account.account_id}:BTCUSDT:0", bubble=anna.last)
    chart = await anna.press("Chart", bubble=card)
    palette = PALETTES[PictureTheme.DARK]
    colors = {each for _, each in picture_of(chart).getcolors(2**20)}
    assert {color(palette.level), color(palette.danger), color(palette.up), color(palette.down)} <= colors
    for told in ("BTCUSDT · Long · 3x", "Practice", "If closed now", "Entry", "Target 1", "66,000.00", "Liq."):
        assert told in chart.text, told
    await anna.press("15m", bubble=chart)
    assert "• 15m" in chart.labels
    back = await anna.press("Back", bubble=chart)
    assert "The exchange holds the stop" in back.text


async def test_the_chart_of_a_position_that_is_gone_says_so(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    account = await harness.practice_account()
    bubble = await anna.tap(f"v1:lch:{account.account_id}:BTCUSDT:0:1h", bubble=anna.last)
    assert not bubble.is_picture
    assert "nothing is open" in bubble.text


async def test_while_bybit_is_silent_there_are_words_and_then_the_picture_in_their_place(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    harness.bybit.gate.clear()
    bubble = await said(anna, "/chart btc")
    assert not bubble.is_picture
    assert "Asking Bybit" in bubble.text
    harness.bybit.gate.set()
    await until(lambda: bubble.is_picture, what="the picture in the place of the words")
    assert "just now" in bubble.text
    await harness.settle()


async def test_without_bybit_the_reason_stands_below_the_old_picture(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    chart = await said(anna, "/chart btc")
    harness.bybit.trouble = ExchangeDown("down")
    harness.clock.advance(60)
    await anna.press("↻", bubble=chart)
    assert chart.is_picture
    assert "1 min old" in chart.text.replace(NBSP, " "), "the last known, with its age"
    await anna.press("4h", bubble=chart)
    assert "Bybit" in chart.text
    assert "BTCUSDT · 4h" in chart.text
    fresh = await said(anna, "/chart eth 5m")
    assert not fresh.is_picture


async def test_a_symbol_without_candles_is_told_in_words(harness: Harness) -> None:
    harness.bybit.candles = ()
    anna = harness.person()
    await said(anna, "/start")
    bubble = await said(anna, "/chart btc 1d")
    assert not bubble.is_picture
    assert "no candles" in bubble.text
    assert "• 1d" in bubble.labels


@pytest.mark.parametrize(
    "refusal",
    [(400, "Bad Request: not enough rights to send photos to the chat"), FLOOD],
)
async def test_what_telegram_does_not_take_as_a_picture_is_told_in_words(
    harness: Harness, refusal: tuple[int, str]
) -> None:
    anna = harness.person()
    await said(anna, "/start")

    def refuse(call: Call) -> tuple[int, str] | None:
        return refusal if call.method == "sendPhoto" else None

    harness.api.refuse = refuse
    bubble = await anna.say("/chart btc")
    if bubble is None:  # it waits for the chat, as every text does after a 429
        (waiting,) = await harness.queued()
        text = waiting.message.values["text"]
    else:
        text = bubble.text
    assert "64,210.50" in text
    assert "did not take the picture" in text


async def test_the_theme_is_the_person_s(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    dark = picture_of(await said(anna, "/chart"))
    await harness.services.preferences.set(UserId(anna.user_id), SettingField.PICTURES, "light")
    light = picture_of(await said(anna, "/chart"))
    corners = [each.getpixel((2, 2)) for each in (dark, light)]
    assert corners == [color(PALETTES[each].background) for each in PictureTheme]


async def test_pictures_are_drawn_in_their_own_thread_while_the_loop_goes_on(tmp_path: Path) -> None:
    """The drawing waits for the loop to come round: were it drawn on the loop, neither would ever go on."""
    ticked, threads = Event(), []

    def slow(content: PictureContent) -> bytes:
        threads.append(current_thread().name)
        assert ticked.wait(30)
        return draw_picture(content)

    async with open_harness(tmp_path, tuning=replace(TUNING, draw=slow)) as harness:
        anna = harness.person()
        await said(anna, "/start")
        asked = asyncio.create_task(said(anna, "/chart"))
        await until(lambda: threads, what="the drawing")
        ticked.set()
        assert picture_of(await asked)
    assert threads[0].startswith("pictures")


async def test_what_many_ask_for_is_drawn_once(harness: Harness) -> None:
    people = [harness.person(1_100 + number) for number in range(5)]
    for each in people:
        await said(each, "/start")
    bubbles = await asyncio.gather(*(said(each, "/chart") for each in people))
    assert len({each.document for each in bubbles}) == 1
    assert harness.app.bot_data.pictures.drawn == 1
    harness.clock.advance(6)
    await said(people[0], "/chart")
    assert harness.app.bot_data.pictures.drawn == 2


async def closed_trade(harness: Harness, *, language: str = "en") -> tuple[Person, Bubble]:
    """Anna, and the card of what she has just closed at a gain."""
    anna = await holding(harness, language=language)
    await harness.move("BTCUSDT", "65000")
    card = await said(anna, "/close btc")
    await anna.press(next(each for each in card.labels if "0.01" in each), bubble=card)
    await until(lambda: "Share" in anna.last.labels or "Поделиться" in anna.last.labels, what="the close")
    return anna, anna.last


async def test_a_closed_trade_is_shared_without_money(harness: Harness) -> None:
    anna, card = await closed_trade(harness)
    shared = await anna.press("Share", bubble=card)
    assert picture_of(shared).size == (960, 800)
    assert shared.text.replace(NBSP, " ").startswith("BTCUSDT · Long · 3x: +3.")
    assert "after fees, on the margin" in shared.text
    assert "USDT " not in shared.text.replace("BTCUSDT", "")
    typed = await said(anna, "/share btc")
    assert typed.document is not None
    assert shared.document is not None
    assert typed.document[1] == shared.document[1], "the same trade is the same picture"
    assert "no closed trade of ETHUSDT" in (await said(anna, "/share eth")).text


async def test_a_result_is_shared_in_a_group_by_its_owner(harness: Harness) -> None:
    anna, _ = await closed_trade(harness)
    there = anna.in_group()
    shared = await said(there, "/share@perpdesk_bot btc")
    assert picture_of(shared)
    assert shared.labels == [], "nothing that leads into an account"
    assert shared.reply_to is not None
    other = harness.person(1_002, name="Boris")
    await said(other, "/start")
    assert "nothing has been closed" in (await said(other.in_group(), "/share@perpdesk_bot")).text.lower()


async def test_an_open_position_is_shared_as_it_stands(harness: Harness) -> None:
    anna = await holding(harness)
    account = await harness.practice_account()
    card = await anna.tap(f"v1:leg:{account.account_id}:BTCUSDT:0", bubble=anna.last)
    shared = await anna.press("Share", bubble=card)
    assert picture_of(shared)
    assert "BTCUSDT · Long · 3x: −" in shared.text, "the fees of both ways"
    assert "The exchange holds the stop" in (await anna.press("Back", bubble=shared)).text


async def test_what_somebody_else_closed_is_not_shared(harness: Harness) -> None:
    _, card = await closed_trade(harness)
    data = card.button("Share")["callback_data"]
    boris = harness.person(1_002, name="Boris")
    await said(boris, "/start")
    assert not (await boris.tap(data, bubble=boris.last)).is_picture


async def test_statistics_have_a_curve_and_days(harness: Harness) -> None:
    anna, _ = await closed_trade(harness)
    stats = await said(anna, "/stats")
    chart = await anna.press("Chart", bubble=stats)
    assert picture_of(chart).size == (960, 680)
    assert chart.text.startswith("PnL over time · Practice")
    curve = picture_of(chart).tobytes()
    await anna.press("Days", bubble=chart)
    assert chart.text.startswith("PnL by day")
    assert picture_of(chart).tobytes() != curve
    await anna.press("Week", bubble=chart)
    assert "• Week" in chart.labels
    boris = harness.person(1_002, name="Boris")
    await said(boris, "/start")
    empty = await said(boris, "/stats")
    assert "Chart" not in empty.labels
    account = await harness.practice_account(1_002)
    assert not (await boris.tap(f"v1:crv:{account.account_id}:week:0:curve", bubble=empty)).is_picture


async def test_pictures_speak_russian(harness: Harness) -> None:
    anna, card = await closed_trade(harness, language="ru")
    shared = await anna.press("Поделиться", bubble=card)
    assert "после комиссий, к марже" in shared.text
    chart = await anna.press("График", bubble=await said(anna, "/stats"))
    assert "PnL во времени · Практика" in chart.text
