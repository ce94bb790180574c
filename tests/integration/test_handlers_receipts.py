"""Receipts in chat: an order from its tap to its last fill, on every screen that shows one; nobody else's."""

from pathlib import Path

from harness.app import BORIS, Harness, said
from harness.demo_trading import DemoTrading, demo_trading
from harness.trading_chat import entered, holding, shown, words


async def test_a_practice_order_has_its_moments_and_no_id_of_bybits(harness: Harness) -> None:
    anna = await holding(harness)
    card = shown(await anna.press("🧾 Receipt"))
    assert "Entry · Buy 0.01 BTC" in card
    assert "✅ Filled." in card
    for step in ("tap", "written down", "sent", "accepted", "filled 0.01", "stop seen"):
        assert step in card, step
    assert "+0 ms" in card
    assert "Slippage: " in card
    assert "Fees: 0.35" in card
    assert "My ID (orderLinkId): p" in card
    assert "request ID" not in card


async def test_a_trade_is_leafed_through(harness: Harness) -> None:
    anna = await holding(harness, "buy 0.01 btc sl 3% tp 66k 68k")
    account = await harness.practice_account()
    await harness.services.trading.settlement.settle(account.account_id)
    card = await said(anna, "/receipt btc")
    assert "Target 1 ▶" in card.labels
    target = await anna.press("Target 1 ▶", bubble=card)
    assert "Target 1 · Sell 0.005 BTC" in shown(target)
    assert "Rests at the exchange" in shown(target)
    await harness.move("BTCUSDT", "66100")
    await harness.services.trading.settlement.settle(account.account_id)
    entry = await anna.press("◀ Entry", bubble=target)
    assert "target 1 filled" in shown(entry)
    harness.clock.advance(1)
    await entered(anna, "buy 0.01 btc sl 3%")
    added = shown(await said(anna, "/receipt btc"))
    assert "Entry · Buy 0.01 BTC" in added
    assert "target 1 filled" not in added, "it was reached before this entry"


async def test_a_close_has_a_receipt_wherever_it_is_told(harness: Harness) -> None:
    anna = await holding(harness)
    await said(anna, "/close btc")
    await anna.press("Close 0.01\u00a0BTC")
    await words(anna, "after all fees")
    card = await said(anna, "/receipt")
    assert "Close · Sell 0.01 BTC" in shown(card)
    assert "Result after all fees" in shown(card)
    for screen, count in (("/trades", 1), ("/fills", 2)):
        trades = await said(anna, screen)
        receipts = [each for each in trades.labels if each.startswith("🧾")]
        assert len(receipts) == count, screen
        assert "Close · Sell" in shown(await anna.press(receipts[0], bubble=trades)), screen


async def test_an_order_that_rests_has_one_and_so_has_what_the_exchange_did(harness: Harness) -> None:
    anna = await holding(harness)
    await entered(anna, "buy 0.1 eth limit 3000 sl 3%")
    orders = await said(anna, "/orders")
    order = await anna.press(next(each for each in orders.labels if each.startswith("ETH Buy")), bubble=orders)
    assert "Rests at the exchange" in shown(await anna.press("🧾 Receipt", bubble=order))
    await harness.move("BTCUSDT", "60000")
    account = await harness.practice_account()
    await harness.services.trading.settlement.settle(account.account_id)
    trades = await said(anna, "/trades")
    label = next(each for each in trades.labels if each.startswith("🧾"))
    stop = shown(await anna.press(label, bubble=trades))
    assert "Stop · Sell 0.01 BTC" in stop
    assert "The exchange did this by itself: there was no tap here" in stop
    assert "worse than 62,284.19" in stop


async def test_nobody_sees_anybody_elses(harness: Harness) -> None:
    await holding(harness)
    (intent,) = [row[0] for row in await harness.rows("order_intents") if row[1] == "entry"]
    account = await harness.practice_account()
    order_id = next(row[7] for row in await harness.rows("trade_logs"))
    boris = harness.person(BORIS, name="Boris")
    await said(boris, "/start")
    theirs = (f"rcp:{intent}", f"rco:{account.account_id}:{order_id}", f"rcl:{account.account_id}:BTCUSDT:0")
    for data in (f"v1:{each}" for each in theirs):
        assert "Receipt" not in (await boris.tap(data, bubble=boris.last)).text, data
    assert "No order" in (await said(boris, "/receipt")).text


async def test_of_what_is_not_kept_any_more_that_is_said(harness: Harness) -> None:
    anna = await holding(harness)
    account = await harness.practice_account()
    card = await anna.tap(f"v1:rco:{account.account_id}:gone-1", bubble=anna.last)
    assert "keep nothing any more" in card.text
    await harness.write("DELETE FROM trade_logs")
    assert "single fills are not kept" in shown(await said(anna, "/receipt btc"))


async def test_an_order_at_bybit_has_bybits_own_request_id(tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as demo:
        await demo.buy("0.01 btc sl 3%")
        card = shown(await demo.person.press("🧾 Receipt"))
        (stored,) = [row for row in await _column(demo, "request_id") if row]
        assert f"Bybit’s request ID: {stored}" in card
        assert len(stored) == 32


async def test_what_was_unknown_says_how_it_was_settled(tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as demo:
        demo.control.add_fault({"kind": "lost_answer", "path": "/v5/order/create", "times": 1})
        await demo.buy("0.01 btc sl 3%")
        await demo.comes(lambda: "Filled" in demo.person.last.text, what="the fill")
        card = shown(await said(demo.person, "/receipt btc"))
        assert "no answer" in card
        assert "known again" in card
        assert "nothing was sent twice" in card


async def test_a_refusal_names_its_code(tmp_path: Path) -> None:
    async with demo_trading(tmp_path) as demo:
        demo.control.add_fault({"kind": "code", "path": "/v5/order/create", "code": 110007, "times": 1})
        await demo.buy("0.01 btc sl 3%")
        card = shown(await said(demo.person, "/receipt btc"))
        assert "Refused by the exchange" in card
        assert "Code 110007." in card
        assert "Bybit’s request ID" in card


async def _column(demo: DemoTrading, name: str) -> list[str]:
    rows = await demo.chat.database.fetch(f"SELECT {name} FROM order_intents WHERE kind = 'entry'", ())  # noqa: S608  a test's own column
    return [row[0] for row in rows]
