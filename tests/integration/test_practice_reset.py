"""Practice begins again in chat: what rests on it, what does not, and both legs of hedge mode afterwards."""

from decimal import Decimal

from harness.app import Harness, Person, said
from harness.waiting import until

from bot.domain.portfolio import Side


async def entered(anna: Person, order: str) -> None:
    card = await said(anna, order)
    await anna.press(next(each for each in card.labels if each.startswith("✓")), bubble=card)
    await until(lambda: "Filled" in anna.last.text, what="the fill")


async def reset(anna: Person, *choices: str) -> None:
    await said(anna, "/practice reset")
    for each in choices:
        await anna.press(each)
    await anna.press("Begin again")


async def test_what_it_closes_is_no_loss_that_locks_and_rings_nobody(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    for line in ("/limits tilt 1", "/limits cooldown 60"):
        await said(anna, line)
    await entered(anna, "buy 0.01 btc sl 9%")
    await harness.move("BTCUSDT", "62000.00")
    await reset(anna)
    account = await harness.practice_account()
    await harness.services.trading.settlement.settle(account.account_id)
    (closed,) = await harness.rows("closed_trades")
    assert "reset" in closed
    assert not [each for each in await harness.queued() if "closed" in each.kind]
    await harness.move("BTCUSDT", "62000.00")
    await entered(anna, "buy 0.01 btc sl 9%")


async def test_hedge_mode_holds_both_legs_and_closes_one(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    await reset(anna, "Hedge")
    await entered(anna, "buy 0.01 btc sl 3%")
    await entered(anna, "sell 0.02 btc sl 3%")
    account, gateway = await harness.practice_account(), harness.assembly.practice.orders
    held = (await gateway.positions(account)).items
    assert {(each.side, each.position_idx) for each in held} == {(Side.BUY, 1), (Side.SELL, 2)}
    await said(anna, "/positions")
    await anna.press("BTC Long")
    await anna.press("Close")
    await anna.press("Close 0.01")
    await until(lambda: "after all fees" in anna.last.text, what="the close")
    (left,) = (await gateway.positions(account)).items
    assert (left.side, left.size, left.stop_loss is not None) == (Side.SELL, Decimal("0.02"), True)
