"""Where Bybit Demo shows something else than was promised: the message, each button of its card, the truth there."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from harness.app import BORIS, TEXTS, said
from harness.bot_api import Bubble
from harness.demo_trading import DemoTrading, demo_trading

from bot.domain.users import Language
from handlers.outbox_messages import OutboxTexts
from handlers.texts.catalog import Markup

ASKED = "buy btc $1600 sl 58000 tp 63000 66000"
PROMISED = ("0.026", "58000.00", "66000.00", ["63000.00"])
SPOILED = {
    "stop removed": ({"act": "remove_stop"}, ("0.026", "", "66000.00", ["63000.00"])),
    "stop changed": ({"act": "set_stop", "price": 57000}, ("0.026", "57000.00", "66000.00", ["63000.00"])),
    "take profit removed": ({"act": "remove_target"}, ("0.026", "58000.00", "", ["63000.00"])),
    "target moved": ({"act": "amend", "price": 64000}, ("0.026", "58000.00", "66000.00", ["64000.00"])),
    "target canceled": ({"act": "cancel"}, ("0.026", "58000.00", "66000.00", [])),
}
FLAT = ("0", "", "", list[str]())
BUTTONS = ("Restore", "Manage it for me", "Watch only", "Close")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DemoTrading]:
    async with demo_trading(tmp_path) as desk:
        yield desk


def stands(desk: DemoTrading) -> tuple[str, str, str, list[str]]:
    """Size, stop, take profit and the targets of BTCUSDT as Bybit has them."""
    truth = desk.truth
    targets = sorted(row["price"] for row in truth["orders"] if row["orderLinkId"] and row["reduceOnly"])
    held = [row for row in truth["positions"] if row["symbol"] == "BTCUSDT" and row["side"]]
    return (held[0]["size"], held[0]["stopLoss"], held[0]["takeProfit"], targets) if held else ("0", "", "", targets)


async def opened(desk: DemoTrading) -> None:
    await desk.buy(ASKED.removeprefix("buy "))
    await desk.comes(lambda: stands(desk) == PROMISED, what="the position with its stop and targets")
    await desk.comes(lambda: "seen at the exchange" in desk.person.last.text, what="the stop to be read back")


def app(desk: DemoTrading, **act: Any) -> None:
    """What the person does in Bybit's own app."""
    if act["act"] in {"amend", "cancel"}:
        (act["order_id"],) = [row["orderId"] for row in desk.truth["orders"] if row["price"] == "63000.00"]
    desk.control.act_in_app(str(desk.uid), {"symbol": "BTCUSDT", **act})


async def rung(desk: DemoTrading, word: str) -> tuple[Markup, str]:
    """The one message with that word, and the data of its first button."""
    found: list[tuple[Markup, str]] = []

    async def look() -> bool:
        await desk.settle()
        texts = OutboxTexts(TEXTS)
        for each in await desk.chat.queued():
            (shown,) = texts.render(each.message.kind, each.message.values, Language.ENGLISH)
            if word in shown.text_html and shown.reply_markup is not None:
                data = shown.reply_markup.inline_keyboard[0][0].callback_data
                found.append((shown.text_html, str(data)))
        return bool(found)

    desk.chat.clock.advance(10)
    for _ in range(100):
        if await look():
            break
        desk.chat.clock.advance(1)
    (message,) = found
    return message


async def pressed(desk: DemoTrading, card: Bubble, data: str) -> str:
    """A button of a disagreement's card, and of a question after it the first one; the data of what did it."""
    shown = await desk.person.tap(data, bubble=card)
    if shown.labels[0].startswith("Close"):
        data = shown.button(shown.labels[0])["callback_data"]
        await desk.person.tap(data, bubble=shown)
    return data


@pytest.mark.parametrize("label", BUTTONS)
@pytest.mark.parametrize("spoiled", SPOILED)
async def test_each_button_acts_once_for_its_owner_while_it_stands(desk: DemoTrading, spoiled: str, label: str) -> None:
    act, left = SPOILED[spoiled]
    anna, boris = desk.person, desk.chat.person(BORIS, name="Boris")
    await said(boris, "/start")
    await opened(desk)
    app(desk, **act)
    _, code = await rung(desk, "Bybit and I disagree")
    card = await anna.tap(code, bubble=anna.last)
    buttons = {each: str(card.button(each)["callback_data"]) for each in BUTTONS}
    assert desk.created == 2, "the entry and its target: nothing was put back or closed unasked"

    for data in (code, buttons[label]):
        shown = await boris.tap(data, bubble=boris.last)
        assert "BTC" not in shown.text, "nobody else is shown anything of it"
    desk.chat.clock.advance(5)
    await desk.settle()
    assert stands(desk) == left

    if label != "Close":
        desk.control.add_fault({"kind": "halted", "uid": desk.uid})
        shown = await anna.tap(buttons[label], bubble=card)
        assert ("does not answer" in shown.text) == (label != "Watch only"), "it needs nothing of Bybit's"
        assert stands(desk) == left
        desk.control.clear_faults()
        desk.chat.clock.advance(15)

    done = await pressed(desk, card, buttons[label])
    size, stop, take_profit, _ = left
    wanted = {
        "Restore": PROMISED,
        "Manage it for me": left,
        "Watch only": (size, stop, take_profit, []),
        "Close": FLAT,
    }[label]
    await desk.comes(lambda: stands(desk) == wanted, what="what was asked for")
    desk.chat.clock.advance(10)
    await desk.settle()
    orders = desk.created
    shown = await anna.tap(done, bubble=card)
    assert "used or too old" not in shown.text
    for each in BUTTONS[:3]:
        shown = await anna.tap(buttons[each], bubble=card)
        assert "do it now" not in shown.text.lower()
        desk.chat.clock.advance(10)
        await desk.settle()
    assert (stands(desk), desk.created) == (wanted, orders), "what was settled stays so"


async def test_what_is_put_back_is_named(desk: DemoTrading) -> None:
    await opened(desk)
    app(desk, act="remove_target")
    _, code = await rung(desk, "Bybit and I disagree")
    card = await desk.person.tap(code, bubble=desk.person.last)
    shown = await desk.person.press("Restore", bubble=card)
    assert "Target: 66,000.00" in shown.text
    assert "Stop" not in shown.text


async def test_a_position_that_is_managed_without_its_stop_says_so(desk: DemoTrading) -> None:
    await opened(desk)
    app(desk, act="remove_stop")
    _, code = await rung(desk, "Bybit and I disagree")
    card = await desk.person.tap(code, bubble=desk.person.last)
    shown = await desk.person.press("Manage it for me", bubble=card)
    assert "No stop" in shown.text
    assert "Target: 63,000.00 · 66,000.00" in shown.text


async def test_a_position_that_turned_is_called_so(desk: DemoTrading) -> None:
    await opened(desk)
    app(desk, act="open", side="Sell", qty="0.05")
    text, code = await rung(desk, "has turned")
    assert "Short 0.024 BTC stands at Bybit, Long 0.026 BTC was opened here" in text.replace("\N{NO-BREAK SPACE}", " ")
    card = await desk.person.tap(code, bubble=desk.person.last)
    assert "has turned" in card.text
    shown = await desk.person.press("Manage it for me", bubble=card)
    assert "No stop" in shown.text


async def test_a_position_opened_elsewhere_is_taken_over_and_let_go_by_its_owner_alone(desk: DemoTrading) -> None:
    anna, boris = desk.person, desk.chat.person(BORIS, name="Boris")
    await said(boris, "/start")
    app(desk, act="open", side="Buy", qty="0.02", stop_loss=57000)
    await said(anna, "/positions")
    await desk.comes(lambda: "BTC Long" in anna.last.labels, what="the position")
    asked = await anna.press("Manage it for me", bubble=await anna.press("BTC Long"))
    assert "Stop: 57,000.00" in asked.text
    data = asked.button("Manage it for me")["callback_data"]
    assert "BTC" not in (await boris.tap(data, bubble=boris.last)).text
    desk.control.add_fault({"kind": "halted", "uid": desk.uid})
    assert "does not answer" in (await anna.tap(data, bubble=asked)).text
    desk.control.clear_faults()
    desk.chat.clock.advance(15)
    for _ in range(2):
        await anna.tap(data, bubble=asked)
        assert "I manage it from now on" in asked.text
    assert "used or too old" not in anna.last.text
    await desk.settle()

    question = await said(anna, "/close btc")
    data = question.button("Leave it open, stop managing")["callback_data"]
    assert "BTC" not in (await boris.tap(data, bubble=boris.last)).text
    assert "I only watch it" in (await anna.tap(data, bubble=question)).text
    assert "I do not manage this position" in (await anna.tap(data, bubble=question)).text
    assert stands(desk) == ("0.02", "57000.00", "", []), "nothing was done there"
    assert desk.created == 0


async def test_an_old_word_to_stop_managing_is_not_of_the_next_position(desk: DemoTrading) -> None:
    await opened(desk)
    old = await said(desk.person, "/close btc")
    data = old.button("Leave it open, stop managing")["callback_data"]
    app(desk, act="close")
    await desk.comes(lambda: stands(desk) == FLAT, what="the end of it")
    desk.chat.clock.advance(10)
    await desk.settle()
    await opened(desk)
    shown = await desk.person.tap(data, bubble=old)
    assert "only watch" not in shown.text
    await desk.settle()
    assert stands(desk) == PROMISED
