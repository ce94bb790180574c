"""Positions managed in chat: closed, lessened, their stop and targets moved, panic, pause, limits, practice."""

import pytest
from harness.app import ANNA, OWNER, TEXTS, Harness, said
from harness.positions_chat import NBSP, entered, holding, leg_card, shown, words
from harness.waiting import until

from bot.domain.chat import QueuedMessage
from bot.domain.users import Language
from bot.services.trading.telling import Telling
from handlers.outbox_messages import OutboxTexts
from storage.chat.outbox import SqliteOutbox


async def test_a_position_is_two_taps_from_the_list_to_its_close(harness: Harness) -> None:
    anna = await holding(harness)
    await said(anna, "/positions")
    before = anna.taps
    card = await anna.press("BTC Long")
    assert "If closed now" in card.text
    assert "The exchange holds the stop: seen" in card.text
    await anna.press("Close", bubble=card)
    await anna.press(f"Close 0.01{NBSP}BTC")
    assert anna.taps - before == 3
    text = await words(anna, "after all fees")
    assert "closed 0.01 BTC at 64,210.50" in text
    assert "It cost: fees" in text
    assert "nothing is open" in shown(await leg_card(anna)), "a screen that is left shows nothing stale"


async def test_a_second_tap_on_close_closes_nothing_twice(harness: Harness) -> None:
    anna = await holding(harness)
    card = await said(anna, "/close btc half")
    data = card.button(f"Close 0.005{NBSP}BTC")["callback_data"]
    await anna.tap(data, bubble=card)
    await words(anna, "closed 0.005 BTC")
    await anna.tap(data, bubble=card)
    await words(anna, "closed 0.005 BTC")
    assert "0.005 BTC, worth" in shown(await leg_card(anna))


async def test_a_part_is_named_by_a_word_a_sign_or_any_percentage(harness: Harness) -> None:
    anna = await holding(harness)
    parts = {"/close btc 30%": "0.003", "закрой btc ½": "0.005", "закрыть 30%": "0.003", "закрой четверть": "0.002"}
    for typed, size in parts.items():
        assert f"Close {size}{NBSP}BTC" in (await said(anna, typed)).labels
    assert "How much of it?" in shown(await said(anna, "/close btc 0.005"))


async def test_parts_that_the_exchange_does_not_close_are_not_offered(harness: Harness) -> None:
    anna = await holding(harness, "buy 0.001 btc sl 3%")
    card = await said(anna, "/close btc half")
    assert f"Close 0.001{NBSP}BTC" in card.labels
    assert "½" not in card.labels
    assert "so all of it is closed" in card.text
    labels = (await leg_card(anna)).labels
    assert "Close" in labels
    assert not {"½", "¼"} & set(labels)


async def test_the_stop_moves_by_a_preset_and_by_a_typed_price(harness: Harness) -> None:
    anna = await holding(harness)
    await leg_card(anna)
    await anna.press("Stop")
    await anna.press("−2% · 62,926.29")
    assert "→ 62,926.29" in await words(anna, "✅ Stop")
    for typed, price in (("62.5k", "62,500.00"), ("3%", "62,284.18"), ("62 100", "62,100.00")):
        await leg_card(anna)
        await anna.press("Stop")
        await said(anna, typed)
        assert f"→ {price}" in await words(anna, "✅ Stop"), typed


async def test_a_stop_on_the_wrong_side_is_explained_and_may_be_sent_again(harness: Harness) -> None:
    anna = await holding(harness)
    await leg_card(anna)
    await anna.press("Stop")
    assert "must stand below" in shown(await said(anna, "70000"))


async def test_a_slip_of_the_finger_takes_no_stop_away(harness: Harness) -> None:
    anna = await holding(harness)
    account = await harness.practice_account()
    (before,) = (await harness.services.reads.positions(account)).items
    for typed in ("0", "0%", "-", "-1", "00", "0,0"):
        await leg_card(anna)
        await anna.press("Stop")
        await said(anna, typed)
    (after,) = (await harness.services.reads.positions(account)).items
    assert (after.stop_loss, after.take_profit) == (before.stop_loss, before.take_profit)


async def test_targets_are_typed_with_their_shares(harness: Harness) -> None:
    anna = await holding(harness)
    await leg_card(anna)
    await anna.press("Targets")
    text = shown(await said(anna, "68k 66k 30/70"))
    assert "Target 1 · 66,000.00 · 0.007 BTC" in text
    assert "Target 2 · 68,000.00 · 0.003 BTC" in text
    assert "Target 2" in shown(await leg_card(anna))
    await anna.press("Targets")
    assert "One share for each" in shown(await said(anna, "66k 68k 50/30/20"))


async def test_levels_of_a_position_are_set_in_one_line(harness: Harness) -> None:
    anna = await holding(harness)
    assert "Of which position?" in (await said(anna, "стоп")).text
    for line, done in (
        ("sl btc 62500", "→ 62,500.00"),
        ("Стоп биток лонг 2%", "→ 62,9"),
        ("tp btc 66k 68k 60/40", "Target 2 · 68,000.00 · 0.004 BTC"),
        ("tp btc 66k 60% 68k 40%", "Target 2 · 68,000.00 · 0.004 BTC"),
        ("tp btc 66k 50%", "with shares behind them"),
        ("tp btc 66k 50% 68k", "with shares behind them"),
        ("sl btc .5%", "→ 63,889.45"),
        ("ціль btc 66к 68к", "Target 2 · 68,000.00 · 0.005 BTC"),
        ("тейк btc нет", "No targets"),
        ("/sl btc", "Where shall the stop stand?"),
        ("бу btc", "the price is not there"),
        ("sl eth 2%", "Nothing is open in ETH on Practice"),
        ("sl btc 62500 practice", "→ 62,500.00"),
        ("переставь стоп по btc на 62400", "→ 62,400.00"),
        ("move the stop of btc to 62300", "→ 62,300.00"),
        ("зсунь стоп btc на 62200", "→ 62,200.00"),
    ):
        assert done in shown(await said(anna, line)), line
    await said(anna, "buy eth 0.01 eth sl")
    assert "Stop " in shown(await said(anna, "sl 3%")), "it answers the question"


async def test_breakeven_is_offered_where_the_price_has_passed_it_alone(harness: Harness) -> None:
    anna = await holding(harness)
    await leg_card(anna)
    card = await anna.press("Breakeven")
    assert "the price is not there" in card.text
    assert "Close" in card.labels


async def test_an_order_is_canceled_by_its_own_button_and_stops_are_not_among_them(harness: Harness) -> None:
    anna = await holding(harness)
    card = await said(anna, "buy 0.01 eth limit 3000 sl 3%")
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    await said(anna, "/orders")
    card = await anna.press("Cancel orders")
    assert [each for each in card.labels if each.startswith("✕")] == ["✕ 1. ETH"]
    await anna.press("✕ 1. ETH", bubble=card)
    await words(anna, "canceled.")
    orders = await said(anna, "/orders")
    stop = await anna.press("BTC Stop loss 62,284.19", bubble=orders)
    assert "stop are changed on the position’s card" in shown(stop), "it was not placed elsewhere"


async def test_panic_stops_entries_at_once_and_asks_once_for_the_closes(harness: Harness) -> None:
    anna = await holding(harness, "buy 0.01 btc sl 3%")
    for order in ("sell 0.1 eth sl 3%", "buy 1 sol sl 3%"):
        await entered(anna, order)
    card = await said(anna, "/panic")
    assert "Entries are stopped until /resume" in card.text
    assert card.text.count(": open") == 3
    taps = anna.taps
    await anna.press("Close 3 positions", bubble=card)
    assert anna.taps - taps == 1
    text = await words(anna, "after all fees")
    assert "Flat" in text
    assert text.count(": flat · −") == 3, "each close says what it brought"
    await harness.settle()
    await harness.cards_told()
    harness.clock.advance(11)
    assert await harness.job(Telling).tell_due() == 0, "the card told of them"
    card = await said(anna, "buy 0.01 btc sl 3%")
    assert not [each for each in card.labels if each.startswith("✓")], "entries stay stopped"
    assert "entries are open again" in (await said(anna, "/resume")).text


async def test_panic_now_asks_nothing(harness: Harness) -> None:
    anna = await holding(harness)
    await said(anna, "/panic now")
    assert "BTC Long 0.01: flat" in await words(anna, "Flat")


async def test_losers_are_closed_together(harness: Harness) -> None:
    anna = await holding(harness)
    await entered(anna, "sell 0.1 eth sl 3%")
    card = await said(anna, "/close")
    assert {"All 2", "Longs: 1", "Shorts: 1"} <= set(card.labels)
    await anna.press("All 2")
    await anna.press("Close 2 positions")
    text = await words(anna, "ETHUSDT: closed")
    assert "BTCUSDT: closed" in text


async def test_a_pause_cancels_entries_and_lasts_until_it_is_lifted(harness: Harness) -> None:
    anna = await holding(harness)
    card = await said(anna, "/pause")
    assert "no entries until /resume" in card.text
    assert "entries are open again" in (await anna.press("Resume entries", bubble=card)).text
    assert "was not paused" in (await said(anna, "/resume")).text


async def test_a_halt_is_lifted_behind_the_pin(harness: Harness) -> None:
    olga = harness.person(OWNER, name="Olga")
    await said(olga, "/start")
    card = await said(olga, "/halt Bybit is down")
    assert "Reason: Bybit is down" in card.text
    assert "PIN" in (await olga.press("Lift the halt", bubble=card)).text
    anna = harness.person()
    await said(anna, "/start")
    card = await said(anna, "buy 0.01 btc sl 3%")
    assert not [each for each in card.labels if each.startswith("✓")]
    assert "/halt" not in (await said(anna, "/help")).text


async def test_a_limit_is_tightened_at_once_taken_back_and_loosened_after_a_day(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    assert "20 → 3, from now on" in shown(await said(anna, "/limits positions 3"))
    assert "Taken back" in (await anna.press("Take back")).text
    assert "waits a day" in shown(await said(anna, "/limits positions none"))
    await said(anna, "/limits")
    await anna.press("Positions")
    asked = await said(anna, "4")
    assert "Set it?" in asked.text
    assert "from now on" in (await anna.press("Set it", bubble=asked)).text
    assert "I know no limit" in (await said(anna, "/limits nonsense 3")).text


async def test_practice_begins_again_by_its_button_alone(harness: Harness) -> None:
    anna = await holding(harness)
    await said(anna, "/practice reset")
    await anna.press("Hedge")
    card = await anna.press("10x")
    assert {"• Hedge", "• Isolated", "• 10x"} <= set(card.labels)
    await anna.press(f"Begin again with 10,000{NBSP}USDT")
    assert "run 2" in anna.last.text
    assert "No open positions" in (await said(anna, "/positions")).text


async def test_whoever_is_banned_still_gets_out_of_what_is_open(harness: Harness) -> None:
    anna = await holding(harness)
    await harness.ban(ANNA)
    assert "/close" in (await said(anna, "buy 0.01 btc sl 3%")).text
    await said(anna, "/positions")
    await anna.press("BTC Long")
    await anna.press("Close")
    await anna.press(f"Close 0.01{NBSP}BTC")
    await words(anna, "closed 0.01 BTC")
    await anna.tap("v1:do:balance", bubble=anna.last)
    assert "can't use this bot" in str(anna.alert())


@pytest.mark.parametrize("language", ["ru", "uk"])
async def test_every_card_of_managing_stands_in_every_language(harness: Harness, language: str) -> None:
    anna = harness.person(language=language)
    await said(anna, "/start")
    card = await said(anna, "buy 0.01 btc sl 3%")
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    account = (await harness.practice_account()).account_id
    for code in ("leg:{}:BTCUSDT:0", "cls:{}:BTCUSDT:0:50", "clm:{}:all:50", "clo:{}", "stp:{}:BTCUSDT:0"):
        assert (await anna.tap(f"v1:{code.format(account)}", bubble=anna.last)).labels, code
    for code in ("tgt:{}:BTCUSDT:0", "bev:{}:BTCUSDT:0", "cxl:{}:0", "lim:{}", "lim1:{}:tilt"):
        assert (await anna.tap(f"v1:{code.format(account)}", bubble=anna.last)).labels, code
    for text in ("/close btc", "/panic", "/resume", "/pause", "/limits", "/practice"):
        assert (await said(anna, text)).labels, text


async def test_a_stop_rings_as_a_reply_to_the_card_of_its_trade(harness: Harness) -> None:
    anna = await holding(harness)
    card = anna.last
    await harness.move("BTCUSDT", "62000")
    outbox = SqliteOutbox(harness.database)

    async def told() -> tuple[QueuedMessage, ...]:
        return await outbox.due(harness.clock.now(), 9)

    await until(told, what="the message of the stop")
    (message,) = [each.message for each in await told() if each.message.kind == "trade-closed"]
    (shown_as,) = OutboxTexts(TEXTS).render(message.kind, message.values, Language.ENGLISH)
    assert "Stop hit" in shown_as.text_html
    assert shown_as.reply_to == card.message_id
