"""What a person does in Bybit's own app while the bot looks after the position: told, and left as it stands."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.app import said
from harness.demo_trading import DemoTrading, demo_trading

from bot.services.trading.reconcile import Reconcile


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DemoTrading]:
    async with demo_trading(tmp_path) as desk:
        yield desk


def triggers(desk: DemoTrading) -> set[tuple[str, str]]:
    """Which price sets off the stop and the target of the position."""
    return {(row["stopOrderType"], row["triggerBy"]) for row in desk.truth["orders"] if row["stopOrderType"]}


async def with_stop_and_target(desk: DemoTrading) -> None:
    await desk.buy("btc $600 sl 58000 tp 66000")
    await desk.comes(lambda: "seen at the exchange" in desk.person.last.text, what="the stop to be read back")


@pytest.mark.parametrize(
    ("act", "level", "kind"),
    [("set_stop", {"stop_loss": "58000"}, "StopLoss"), ("set_target", {"take_profit": "66000"}, "TakeProfit")],
)
async def test_another_trigger_of_the_same_price_is_told_and_may_be_kept(
    desk: DemoTrading, act: str, level: dict[str, str], kind: str
) -> None:
    await with_stop_and_target(desk)
    desk.in_the_app(act, trigger_by="MarkPrice", **level)
    told = await desk.told("disagree")
    price = f"{int(*level.values()):,}.00"
    assert f"promised {price} (last price), now <b>{price} (mark price)</b>" in told.text_html
    assert (kind, "MarkPrice") in triggers(desk), "nothing is put back unasked"
    question = await desk.press_told("What to do ›", told)
    assert "(mark price)" in question.text
    done = await desk.person.press("Manage it for me", bubble=question)
    assert "counts from now on" in done.text
    for _ in range(3):
        desk.chat.clock.advance(20)
        await desk.settle()
    assert (kind, "MarkPrice") in triggers(desk)
    assert len([each for each in await desk.messages() if "disagree" in each.text_html]) == 1

    question = await desk.press_told("BTCUSDT", told)
    moved = await desk.person.press("Stop", bubble=question)
    await desk.person.press(moved.labels[0], bubble=moved)
    await desk.comes(lambda: desk.truth["positions"][0]["stopLoss"] != "58000.00", what="the new stop")
    assert (kind, "MarkPrice") in triggers(desk), "what was kept goes with it"


async def test_another_trigger_is_put_back_when_its_owner_says_so(desk: DemoTrading) -> None:
    await with_stop_and_target(desk)
    desk.in_the_app("set_stop", stop_loss="58000", trigger_by="MarkPrice")
    question = await desk.press_told("What to do ›", await desk.told("disagree"))
    await desk.person.press("Restore", bubble=question)
    await desk.comes(lambda: ("StopLoss", "LastPrice") in triggers(desk), what="the stop as it was promised")


async def test_a_close_that_own_orders_block_names_them(tmp_path: Path) -> None:
    async with demo_trading(tmp_path, readings={"reduce_only": "counted"}) as desk:
        await desk.buy("btc $600 sl 58000")
        await desk.comes(lambda: bool(desk.truth["positions"]), what="the position")
        desk.in_the_app("close", qty="0.007", price="66000")
        desk.in_the_app("close", qty="0.002", price="67000")
        question = await said(desk.person, "/close btc")
        await desk.person.press(question.labels[0], bubble=question)
        await desk.comes(lambda: "Orders of yours" in desk.person.last.text, what="why it is not closed")
        shown = desk.person.last.text.replace("\N{NO-BREAK SPACE}", " ")
        assert "• Sell 0.007 BTC · 66,000" in shown
        assert "• Sell 0.002 BTC · 67,000" in shown
        assert "nothing left to close" not in shown
        assert desk.created == 3, "the entry, and the close twice"
        listed = await desk.person.press("Cancel orders")
        assert "66,000" in listed.text


async def test_a_panic_lists_what_was_placed_elsewhere_and_takes_it_along_when_that_is_said(desk: DemoTrading) -> None:
    await desk.buy("btc limit 59500 $600 sl 58000")
    await desk.buy("sol $300 sl 3% no target")
    await desk.comes(lambda: "Filled" in desk.person.last.text, what="the fill")
    desk.in_the_app("open", symbol="ETHUSDT", side="Buy", qty="0.5")
    desk.in_the_app("open", side="Buy", qty="0.02", price="55000")
    desk.in_the_app("open", symbol="ETHUSDT", side="Sell", qty="0.3", price="9000", trigger_price="9100")
    card = await said(desk.person, "/panic")
    shown = card.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "ETH Long 0.5" in shown
    assert "• Buy 0.02 BTC · 55,000" in shown
    assert "• Sell 0.3 ETH · 9,000" in shown
    assert {"Close these too: 1", "Cancel these too: 2"} <= set(card.labels)
    rest = {(row["symbol"], row["qty"]) for row in desk.truth["orders"] if row["symbol"] != "SOLUSDT"}
    assert rest == {("BTCUSDT", "0.020"), ("ETHUSDT", "0.30")}, "ours alone is canceled unasked"
    card = await desk.person.press("Cancel these too: 2", bubble=card)
    await desk.comes(lambda: len(desk.truth["orders"]) == 1, what="the cancels; a stop stays")
    assert not any(label.startswith("Cancel these") for label in card.labels)
    assert "Close these too: 1" in card.labels, "each is a choice of its own"
    assert {row["symbol"] for row in desk.truth["positions"]} == {"ETHUSDT", "SOLUSDT"}
    await desk.person.press("Close 1 position", bubble=card)
    await desk.comes(lambda: "Flat of what you ticked" in card.text, what="the end of what was opened here")
    await desk.person.press("Close these too: 1", bubble=card)
    await desk.comes(lambda: card.text.count("flat · −") == 2, what="what each close brought, the first one's, too")


async def test_a_target_that_bybit_does_not_take_says_why_and_is_placed_again_when_that_is_said(
    desk: DemoTrading,
) -> None:
    await desk.buy("btc limit 59500 $1600 sl 58000 tp 63000 66000")
    desk.control.add_fault({"kind": "code", "path": "/v5/order/create", "code": 110003})
    desk.price("BTCUSDT", "59400")
    told = await desk.told("does not stand")
    assert "Target 1 at 63,000.00 does not stand: the exchange did not take it. The price is beyond" in told.text_html
    shown = await desk.press_told("BTCUSDT", told)
    assert "Target 1 at 63,000.00 does not stand" in shown.text
    question = await desk.press_told("What to do ›", told)
    await desk.person.press("Restore", bubble=question)
    await desk.comes(lambda: any(row["price"] == "63000.00" for row in desk.truth["orders"]), what="the target")
    assert not any("was not set" in each.text_html for each in await desk.messages()), "told once"
    shown = await desk.press_told("BTCUSDT", told)
    assert "does not stand" not in shown.text


async def test_another_margin_mode_is_told_once_at_the_next_comparison(desk: DemoTrading) -> None:
    await desk.buy("btc $600 sl 58000")
    await desk.comes(lambda: bool(desk.truth["positions"]), what="the position")
    reconcile = desk.chat.job(Reconcile)
    await reconcile.round()
    desk.in_the_app("set_margin_mode", margin_mode="isolated")
    for _ in range(3):
        desk.chat.clock.advance(901)
        await reconcile.round()
    told = [each.text_html for each in await desk.messages() if "margin mode" in each.text_html]
    assert len(told) == 1
    assert "Bybit Demo" in told[0]
    assert "from <b>cross</b> to <b>isolated</b>" in told[0]


async def test_a_stop_of_a_position_from_elsewhere_moves_with_its_own_trigger(desk: DemoTrading) -> None:
    desk.in_the_app("open", side="Buy", qty="0.02")
    desk.in_the_app("set_stop", stop_loss="58000", trigger_by="MarkPrice")
    desk.in_the_app("set_target", take_profit="66000", trigger_by="IndexPrice")
    await desk.settle()
    await said(desk.person, "/positions")
    card = await desk.person.press("BTC Long")
    question = await desk.person.press("Stop", bubble=card)
    await desk.person.press(question.labels[0], bubble=question)
    await desk.comes(lambda: desk.truth["positions"][0]["stopLoss"] != "58000.00", what="the new stop")
    assert triggers(desk) == {("StopLoss", "MarkPrice"), ("TakeProfit", "IndexPrice")}


@pytest.mark.parametrize("side", ["Buy", "Sell"])
async def test_what_is_opened_elsewhere_while_an_entry_is_unknown_is_left_alone(desk: DemoTrading, side: str) -> None:
    desk.control.add_fault({"kind": "code_10016", "path": "/v5/order/create"})
    card = await said(desk.person, "buy btc $600 sl 58000")
    await desk.person.press(card.labels[0], bubble=card)
    await desk.comes(lambda: "unknown" in desk.person.last.text, what="that nobody knows")
    desk.in_the_app("open", side=side, qty="0.02")
    await desk.comes(lambda: "never reached" in desk.person.last.text, what="that the entry never was")
    assert "accepted" not in desk.person.last.text
    desk.price("BTCUSDT", "57900")
    for _ in range(5):
        desk.chat.clock.advance(2)
        await desk.settle()
    (there,) = desk.truth["positions"]
    assert (there["side"], there["size"], there["stopLoss"]) == (side, "0.02", "")
    said_of_it = [each.text_html for each in await desk.messages()]
    assert not [text for text in said_of_it if "disagree" in text or "stand yet" in text]
    asked = {each["path"] for each in desk.control.calls("0") if each["method"] == "POST" and each["uid"] == desk.uid}
    assert asked == {"/demo/v5/order/create"}


async def test_rules_that_changed_after_the_card_are_read_anew_after_the_refusal(desk: DemoTrading) -> None:
    card = await said(desk.person, "buy btc limit 59500.1 $600 sl 58000")
    desk.control.add_fault({"kind": "limits_changed", "symbol": "BTCUSDT", "share": 1, "tick": "0.5"})
    await desk.person.press(card.labels[0], bubble=card)
    await desk.comes(lambda: "refused" in desk.person.last.text, what="the refusal")
    assert "the rules of the symbol or the price may have changed" in desk.person.last.text
    shown = await desk.buy("btc limit 59500.1 $600 sl 58000")
    assert "Resting" in shown.text
    assert [row["price"] for row in desk.truth["orders"] if not row["stopOrderType"]] == ["59500.0"]


@pytest.mark.parametrize("side", ["Buy", "Sell"])
async def test_an_entry_that_waits_is_taken_back_where_somebody_opens_elsewhere_and_says_why(
    desk: DemoTrading, side: str
) -> None:
    await desk.buy("btc limit 59500 $600 sl 58000")
    desk.in_the_app("open", side=side, qty="0.02")
    await desk.comes(lambda: "Canceled" in desk.person.last.text, what="the cancel")
    assert "was opened elsewhere, so what rested was taken back" in desk.person.last.text
    (there,) = desk.truth["positions"]
    assert (there["side"], there["size"], there["stopLoss"], desk.truth["orders"]) == (side, "0.02", "", [])
