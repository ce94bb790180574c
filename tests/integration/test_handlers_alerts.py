"""Price alerts through the chat: set by words and buttons, rung by streams and by REST, over a restart, once."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, TEXTS, Harness, Person, said
from harness.app import harness as open_harness
from harness.bot_api import Bubble
from harness.fakes import FakeClock
from harness.streams import ScriptedStreams
from harness.waiting import until

from bot.domain.errors import ExchangeDown
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Kline
from bot.domain.ports.clock import Clock
from bot.domain.users import Language
from handlers.outbox_messages import OutboxTexts
from handlers.views.cards import RenderedCard

BTC = Symbol("BTCUSDT")
MINUTE = 60_000


async def told(harness: Harness, language: Language = Language.ENGLISH) -> list[RenderedCard]:
    """What rings: the messages of alerts, oldest first."""
    texts = OutboxTexts(TEXTS)
    rows = [each.message for each in await harness.queued() if each.message.kind.startswith("price-alert")]
    return [part for each in rows for part in texts.render(each.kind, each.values, language)]


async def met(harness: Harness, user_id: int = ANNA, name: str = "Anna") -> Person:
    """Somebody who has said hello."""
    person = harness.person(user_id, name=name)
    await said(person, "/start")
    return person


async def watched(harness: Harness) -> None:
    """A round of both jobs."""
    watch = harness.services.price_alerts.watch
    await watch.look()
    await watch.fire()


async def press_told(person: Person, card: RenderedCard, label: str) -> Bubble:
    assert card.reply_markup is not None
    rows = card.reply_markup.inline_keyboard
    (data,) = [each.callback_data for row in rows for each in row if each.text == label]
    return await person.tap(str(data))


def a_candle(start: int, low: str, high: str) -> Kline:
    one = Decimal(low)
    return Kline(start_ts=Millis(start), open=one, high=Decimal(high), low=one, close=one, volume=one)


async def test_an_alert_is_set_in_words_listed_rings_and_is_set_again(harness: Harness) -> None:
    anna = await met(harness)
    answer = await said(anna, "alert btc 70k")
    assert "BTCUSDT: I'll ring once when the price rises to 70,000.00 (+9.02%)" in answer.text
    assert "alert already" in (await said(anna, "алерт биток 70000")).text
    await said(anna, "/alert eth -3%")
    listed = await said(anna, "/alerts")
    assert "2 of 50" in listed.text
    assert "▲ 70,000.00  +9.02%" in " ".join(listed.text.split("BTC")[1].split("\n")[:1])
    await watched(harness)
    assert await told(harness) == []

    harness.bybit.symbols["BTCUSDT"] = "69999.90"
    harness.clock.advance(2)
    await watched(harness)
    harness.bybit.symbols["BTCUSDT"] = "70012.50"
    harness.clock.advance(2)
    await watched(harness)
    (rang,) = await told(harness)
    assert "BTCUSDT</b> rose to <b>70,000.00</b>" in rang.text_html
    assert "Now <b>70,012.50</b> USDT" in rang.text_html
    assert "away" not in rang.text_html
    await watched(harness)
    assert len(await told(harness)) == 1

    harness.clock.advance(6)  # that the cache keeps a price
    ticket = await press_told(anna, rang, "Sell")
    assert "BTCUSDT" in ticket.text
    assert "70,012.50" in (await press_told(anna, rang, "BTC price")).text
    again = await press_told(anna, rang, "🔔 Set again")
    assert "falls to 70,000.00 (−0.02%)" in again.text
    assert "alert already" in (await press_told(anna, rang, "🔔 Set again")).text
    assert "1 of 50" not in (await anna.press("Price alerts", bubble=again)).text


async def test_buttons_of_a_price_offer_presets_and_take_a_typed_price(harness: Harness) -> None:
    anna = await met(harness)
    price = await said(anna, "/price btc")
    offer = await anna.press("🔔 Alert", bubble=price)
    assert "BTCUSDT is at 64,210.50 USDT. At which price" in offer.text
    assert [each for each in offer.labels if "%" in each] == [
        *("+1% · 64,852.60", "−1% · 63,568.40"),
        *("+2% · 65,494.71", "−2% · 62,926.29"),
        *("+5% · 67,421.02", "−5% · 60,999.98"),
    ]
    assert "rises to 64,852.60" in (await anna.press("+1% · 64,852.60", bubble=offer)).text
    again = await anna.press("🔔 Another")
    assert "Waiting for: ▲ 64,852.60" in again.text
    assert "falls to 60,000.00" in (await said(anna, "60k")).text
    # what was offered is reached meanwhile
    await anna.press("🔔 Another")
    harness.bybit.symbols["BTCUSDT"] = "66000.00"
    harness.clock.advance(60)
    assert "is at 66,000.00 already: not below 65,494.71" in (await anna.tap("v1:als:BTCUSDT:0:above:65494.71")).text
    assert (await said(anna, "balance")).text.startswith("Balance"), "no answer to the question"


async def test_what_may_mean_several_prices_is_asked_about(harness: Harness) -> None:
    anna = await met(harness)
    asked = await said(anna, "alert btc 5%")
    assert "Which price do you mean?" in asked.text
    assert {"+5% · 67,421.02", "−5% · 60,999.98"} <= {each.replace(".00%", "%") for each in asked.labels}
    far = await said(anna, "alert btc 70")
    assert any("70,000.00" in each for each in far.labels)
    assert any("70.00" in each for each in far.labels)
    harness.bybit.symbols["PEPEUSDT"] = "3.12"
    harness.clock.advance(60)
    assert "rises to 3.15" in (await said(anna, "alert pepe 3,15")).text
    assert "Which price" in (await said(anna, "alert pepe 3,120")).text or "right now" in anna.last.text
    for typed, answer in (
        ("alert btc 64210.50", "right now"),
        ("alert btc above 60k", "is at 64,210.50 already"),
        ("alert btc 1e9", "no price I can read"),
        ("alert 70k", "Of which coin?"),
        ("alert nosuchcoin 5", "does not trade"),
    ):
        assert answer in (await said(anna, typed)).text, typed
    assert "2 of 50" not in (await said(anna, "alert")).text


async def test_the_list_pages_deletes_takes_back_and_deletes_all(harness: Harness) -> None:
    anna, boris = await met(harness), await met(harness, BORIS, "Boris")
    await said(boris, "alert btc 70k")
    for number in range(50):
        await said(anna, f"alert btc {70_000 + number}")
    assert "You have 50 alerts, and more are not possible" in (await said(anna, "alert btc 80k")).text
    listed = await said(anna, "/alerts")
    assert "50 of 50" in listed.text
    listed = await anna.press("▶ 2", bubble=listed) if "▶ 2" in listed.labels else listed
    drop = next(each for each in listed.labels if each.startswith("✕ BTC"))
    gone = await anna.press(drop, bubble=listed)
    assert "Deleted: BTC ▲ 70,0" in gone.text
    assert "49 of 50" in gone.text
    await anna.press("Undo", bubble=gone)
    listed = await said(anna, "/alerts")
    assert "50 of 50" in listed.text
    asked = await anna.press("Delete all", bubble=listed)
    assert "Delete all 50 price alerts?" in asked.text
    assert "50 price alerts are deleted" in (await anna.press("Delete all", bubble=asked)).text
    assert "1 of 50" in (await said(boris, "/alerts")).text
    # nobody deletes another's
    await said(anna, "/alerts")
    await anna.tap("v1:ald:1:0")
    assert "1 of 50" in (await said(boris, "/alerts")).text
    harness.bybit.symbols["BTCUSDT"] = "70100.00"
    harness.clock.advance(2)
    await watched(harness)
    assert [each.message.user_id for each in await harness.queued()] == [BORIS]


async def test_what_passed_while_the_bot_was_down_is_told_at_the_start(tmp_path: Path) -> None:
    clock = FakeClock()
    async with open_harness(tmp_path, clock=clock) as before:
        anna = await met(before)
        await said(anna, "alert btc 70k")  # reached and left while the bot is down
        await said(anna, "alert btc 65k")  # reached, and still so
        await said(anna, "alert btc 80k")
        await said(anna, "alert btc spot 65k")
        clock.advance(120)
        await watched(before)
    down = clock.now() // MINUTE * MINUTE
    clock.advance(600)
    async with open_harness(tmp_path, clock=clock) as after:
        after.bybit.symbols["BTCUSDT"] = "66000.00"
        after.bybit.spot["BTCUSDT"] = "66000.00"
        quiet = (a_candle(down + each * MINUTE, "64000", "64500") for each in range(3))
        after.bybit.minutes = (*quiet, a_candle(down + 3 * MINUTE, "64100", "70120.50"))
        await watched(after)
        texts = [each.text_html for each in await told(after)]
        assert len(texts) == 3
        still = next(each for each in texts if "65,000.00" in each and "Spot" not in each)
        assert "while I was away (10 min without prices)" in still
        touched = next(each for each in texts if "70,000.00" in each)
        assert "it was at 70,120.50 7 min ago" in touched
        assert "Now <b>66,000.00</b>" in touched
        assert sum("Spot" in each for each in texts) == 1
        clock.advance(2)
        await watched(after)
        assert len(await told(after)) == 3
        assert "1 of 50" in (await said(after.person(), "/alerts")).text


async def test_while_bybit_is_silent_nothing_rings_and_afterwards_what_was_missed_does(harness: Harness) -> None:
    anna = await met(harness)
    await said(anna, "alert btc 65k")
    await said(anna, "alert eth 3000")
    await watched(harness)
    harness.bybit.trouble = ExchangeDown("no answer")
    start = harness.clock.now() // MINUTE * MINUTE
    for _ in range(3):
        harness.clock.advance(60)
        with pytest.raises(ExchangeDown):
            await harness.services.price_alerts.watch.look()
    harness.bybit.trouble = None
    harness.bybit.minutes = (a_candle(start + 2 * MINUTE, "2990", "65100"),)
    await watched(harness)
    texts = [each.text_html for each in await told(harness)]
    assert len(texts) == 2
    assert any("it was at 65,100" in each for each in texts)


async def test_a_symbol_that_is_not_traded_any_more_ends_its_alerts(harness: Harness) -> None:
    anna = await met(harness)
    await said(anna, "alert doge +5%")
    await said(anna, "alert doge -5%")
    await watched(harness)
    del harness.bybit.symbols["DOGEUSDT"]
    for _ in range(2):
        harness.clock.advance(60)
        await watched(harness)
    (ended,) = await told(harness)
    assert "DOGEUSDT is not traded at Bybit any more. Your 2 price alerts for it are gone." in ended.text_html
    assert "none" in (await said(anna, "/alerts")).text


async def test_a_deleted_person_takes_the_alerts_along(harness: Harness) -> None:
    await said(await met(harness), "alert btc 65k")
    await said(await met(harness, BORIS, "Boris"), "alert btc 65k")
    async with harness.store.begin() as unit:
        await unit.privacy.erase(ANNA)
    harness.bybit.symbols["BTCUSDT"] = "65100.00"
    await watched(harness)
    assert [each.message.user_id for each in await harness.queued()] == [BORIS]


@asynccontextmanager
async def opened(bybit: ScriptedStreams, _clock: Clock) -> AsyncIterator[ScriptedStreams]:
    yield bybit


async def test_a_tick_of_the_stream_rings_at_once_and_asks_nobody(tmp_path: Path) -> None:
    bybit = ScriptedStreams()
    async with open_harness(tmp_path, streams=lambda clock: opened(bybit, clock)) as chat:
        anna, streams = await met(chat), chat.assembly.streams
        await said(anna, "alert btc 65k")
        await said(anna, "alert btc 66k")
        await said(anna, "alert btc 60k")

        async def is_up() -> bool:
            await streams.round()
            return any("tickers.BTCUSDT" in each.topics for each in bybit.open)

        await until(is_up, what="the ticker of a symbol with alerts")
        watch, ts = chat.services.price_alerts.watch, itertools.count(chat.clock.now())
        before = chat.bybit.asked.total()

        def tick(price: str, kind: str = "delta", *, at: int | None = None) -> None:
            bybit.push(
                "tickers.BTCUSDT", {"symbol": BTC, "lastPrice": price}, type=kind, ts=next(ts) if at is None else at
            )

        async def heard() -> list[str]:
            await until(lambda: all(each.frames.empty() for each in bybit.open), what="the ticks")
            await asyncio.sleep(0)
            await watch.fire()
            return [each.text_html for each in await told(chat)]

        tick("64211", "snapshot")
        tick("32000")  # one wild tick
        tick("64300")
        tick("66500", at=chat.clock.now() - 1)  # sent before the others
        assert await heard() == []
        tick("65000.5")
        tick("65000.5")
        tick("64900")
        assert len(await heard()) == 1
        tick("66100", at=chat.clock.now() + 3_600_000)  # dated an hour ahead: none after it would be newer
        tick("64900")
        assert len(await heard()) == 1
        assert chat.bybit.asked.total() == before
        chat.clock.advance(11)  # nothing that is believed was heard: REST is asked
        chat.bybit.symbols["BTCUSDT"] = "59900.00"
        await watched(chat)
        assert len(await told(chat)) == 2
        assert chat.bybit.asked["/v5/market/tickers"] > 0


async def test_favorites_come_first_wherever_symbols_are_offered(harness: Harness) -> None:
    anna = await met(harness)
    assert "None yet" in (await said(anna, "/favorites")).text
    card = await said(anna, "/price doge")
    card = await anna.press("☆ Favorite", bubble=card)
    assert "★ Favorite" in card.labels
    assert card.text.startswith("DOGEUSDT")
    await anna.press("☆ Favorite", bubble=await said(anna, "/price eth spot"))
    screen = await said(anna, "избранное")
    assert "2 of 20" in screen.text
    assert [line.split()[0] for line in screen.text.split("\n")[2:4]] == ["DOGE", "ETH/USDT"]
    assert "−1.23%" in screen.text
    assert (await anna.press("DOGE", bubble=screen)).text.startswith("DOGEUSDT")
    assert (await said(anna, "/price")).text.startswith("DOGEUSDT")
    assert "DOGE" in (await said(anna, "/price btc")).labels
    board = await said(anna, "/symbols")
    assert next(each for each in board.labels) == "DOGE"
    ticket = await said(anna, "/buy")
    assert "DOGEUSDT" in ticket.text
    chosen = await anna.press(next(each for each in ticket.labels if each.startswith("DOGE")), bubble=ticket)
    assert next(each for each in chosen.labels if each.isupper() or each.startswith("•")).endswith("DOGE")
    card = await anna.press("★ Favorite", bubble=await said(anna, "/price doge"))
    assert "☆ Favorite" in card.labels
    assert "1 of 20" in (await said(anna, "/favorites")).text


async def test_there_are_twenty_favorites_at_most(harness: Harness) -> None:
    anna = await met(harness)
    harness.bybit.symbols |= {f"COIN{number}USDT": "1.5" for number in range(21)}
    for number in range(20):
        await anna.tap(f"v1:fav:linear:COIN{number}USDT:1", bubble=await said(anna, "/price btc"))
    assert "You have 20 favorites" in (await anna.tap("v1:fav:linear:COIN20USDT:1")).text
    assert "20 of 20" in (await said(anna, "/favorites")).text
    assert "does not trade" in (await anna.tap("v1:fav:linear:NOSUCHUSDT:1")).text


async def test_whoever_is_banned_is_told_of_none(harness: Harness) -> None:
    for person in (await met(harness), await met(harness, BORIS, "Boris")):
        await said(person, "alert btc 70k")
    await harness.ban(ANNA)
    harness.bybit.symbols["BTCUSDT"] = "70012.50"
    for _ in range(2):
        harness.clock.advance(2)
        await watched(harness)
    assert [each.message.user_id for each in await harness.queued() if each.message.kind == "price-alert"] == [BORIS]
    assert await harness.rows("price_alerts") == []
