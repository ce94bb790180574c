"""Several positions at once: half of all, winners, losers, longs, shorts; asked once, and no failure hides another."""

from decimal import Decimal
from pathlib import Path

import pytest
from harness.app import Harness, Person, said
from harness.demo_trading import demo_trading
from harness.positions_chat import NBSP, entered, holding, shown, words
from harness.waiting import until

D = Decimal


async def two(harness: Harness) -> Person:
    """A long of BTC and a short of ETH."""
    anna = await holding(harness, "buy 0.02 btc sl 3%")
    await entered(anna, "sell 0.2 eth sl 3%")
    return anna


async def sizes(harness: Harness) -> dict[str, Decimal]:
    account = await harness.practice_account()
    return {each.symbol: each.size for each in (await harness.services.reads.positions(account)).items}


@pytest.mark.parametrize(
    "typed", ["/close half", "close half of all", "/close all half", "закрыть половину всех", "закрити половину усіх"]
)
async def test_half_of_all_is_asked_once_leg_by_leg_and_halves_each(harness: Harness, typed: str) -> None:
    anna = await two(harness)
    card = await said(anna, typed)
    text = shown(card)
    assert "BTC Long" in text
    assert "ETH Short" in text
    assert "50% of each together" in text
    assert await sizes(harness) == {"BTCUSDT": D("0.02"), "ETHUSDT": D("0.2")}, "nothing is closed before the tap"
    await anna.press("Close 50% of each: 2", bubble=card)
    await words(anna, "Together:")
    assert await sizes(harness) == {"BTCUSDT": D("0.01"), "ETHUSDT": D("0.1")}


async def test_one_that_is_too_small_for_a_half_is_named_and_not_promised(harness: Harness) -> None:
    anna = await holding(harness, "buy 0.001 btc sl 3%")
    card = await said(anna, "/close half of all losers")
    assert "Too small to close a part of, so it stays as it is: BTCUSDT" in shown(card)
    assert not any(each.startswith("Close 50%") for each in card.labels)
    await entered(anna, "sell 0.2 eth sl 3%")
    card = await said(anna, "close half of all")
    assert "Too small to close a part of, so it stays as it is: BTCUSDT" in shown(card)
    await anna.press("Close 50% of each: 1", bubble=card)
    await words(anna, "closed 0.1 ETH")
    assert await sizes(harness) == {"BTCUSDT": D("0.001"), "ETHUSDT": D("0.1")}


async def test_from_the_list_longs_alone_are_two_taps_away(harness: Harness) -> None:
    anna = await two(harness)
    await said(anna, "/positions")
    closes = await anna.press("Close several …")
    assert {"All 2", "½ of all", "Longs: 1", "Shorts: 1"} <= set(closes.labels)
    await anna.press("Longs: 1")
    await anna.press("Close 1 position")
    await words(anna, "closed 0.02 BTC")
    assert set(await sizes(harness)) == {"ETHUSDT"}


async def test_a_line_says_which_positions_and_two_groups_in_one_are_asked_about(harness: Harness) -> None:
    anna = await two(harness)
    for typed, shown_there in (
        ("/close longs all", "Close 1 position"),
        ("/close all long", "Close 1 position"),
        ("закрити всі лонги", "Close 1 position"),
        ("закрий усі шорти", "Close 1 position"),
        ("закрий усі шорти практика", "Close 1 position"),
        ("close all positions", "Close 2 positions"),
        ("закрой все позиции", "Close 2 positions"),
        ("закрий усі позиції", "Close 2 positions"),
        ("close practice btc 50%", "All"),
    ):
        assert shown_there in (await said(anna, typed)).labels, typed
    for typed in ("/close losers winners", "/close losers long"):
        assert "Which of them?" in (await said(anna, typed)).text, typed


async def test_at_bybit_they_are_read_once_and_a_silence_hides_no_close_that_goes_on(tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as desk:
        sizes = {"BTCUSDT": "0.01", "ETHUSDT": "0.1", "SOLUSDT": "1"}
        for symbol, qty in sizes.items():
            desk.in_the_app("open", symbol=symbol, side="Buy", qty=qty)
        card = await said(desk.person, "/close all")
        act, before = card.button("Close 3 positions")["callback_data"], len(desk.control.calls("0"))
        desk.control.add_fault({"kind": "lost_answer", "path": "/v5/position/list", "times": 99})
        silent = await desk.person.tap(act, bubble=card)
        assert shown(silent).count("not closed") == len(sizes)
        reads = [each["path"] for each in desk.control.calls("0")[before:]].count("/demo/v5/position/list")
        assert reads <= 2, "a read and its repetition, not one a leg"
        desk.control.clear_faults()
        await desk.person.tap(act, bubble=card)
        await desk.comes(lambda: not desk.truth["positions"], what="the end of all")
        desk.control.add_fault({"kind": "lost_answer", "path": "/v5/position/list", "times": 99})
        assert shown(await desk.person.tap(act, bubble=card)).count("closed") == len(sizes)


async def test_one_that_can_not_be_read_is_named_and_never_said_to_be_flat(tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as desk:
        for symbol, qty in {"BTCUSDT": "0.01", "ETHUSDT": "0.1"}.items():
            desk.in_the_app("open", symbol=symbol, side="Buy", qty=qty)
        where = {"path": "/v5/position/list", "field": "size", "row": 1}
        desk.control.add_fault({"kind": "odd_field", "value": "abc", "times": 99, **where})
        for line, word in (
            ("/close all", "1 position can't be read: ETHUSDT"),
            ("/close shorts", "1 position can't be read: ETHUSDT"),
            ("/close eth", "can't be read right now"),
            ("sl eth 3%", "can't be read right now"),
        ):
            assert word in shown(await said(desk.person, line)), line


async def test_one_that_is_gone_meanwhile_does_not_hide_the_others(harness: Harness) -> None:
    anna = await two(harness)
    first = await said(anna, "/close btc")
    await said(anna, "/close all")
    await anna.press(f"Close 0.02{NBSP}BTC", bubble=first)

    async def is_gone() -> bool:
        return "BTCUSDT" not in await sizes(harness)

    await until(is_gone, what="the end of one of both")
    await anna.press("Close 2 positions")
    text = await words(anna, "closed 0.2 ETH")
    assert "BTCUSDT: not closed" in text
    assert await sizes(harness) == {}
