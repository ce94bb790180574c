"""Targets follow what is filled, and after the first one the stop goes to breakeven."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from harness.order_core import OrderCore, open_core

from bot.domain.errors import ExchangeRestricted, Restriction
from bot.domain.orders import AmendRequest, OrderRequest
from bot.domain.portfolio import Position
from bot.domain.trade_plans import Breakeven, ExitReason, IntentKind, IntentState, OrderIntent, PlanState

D = Decimal
THREE = {"target_prices": (D(105), D(110), D(120)), "target_shares": (D("0.5"), D("0.3"), D("0.2")), "qtys": (D(1),)}


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[OrderCore]:
    async with open_core(tmp_path) as opened:
        yield opened


def targets(intents: tuple[OrderIntent, ...]) -> list[OrderIntent]:
    return [each for each in intents if each.kind is IntentKind.TARGET]


def leg(core: OrderCore) -> Position:
    return core.gateway.legs["BTCUSDT", 0]  # type: ignore[index]  a symbol


async def test_the_earlier_targets_are_orders_and_the_last_is_the_take_profit(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE))
    orders = targets(trade.intents)
    assert [(each.request.price, each.request.qty) for each in orders if isinstance(each.request, OrderRequest)] == [
        (D(105), D("0.5")),
        (D(110), D("0.3")),
    ]
    assert leg(core).take_profit == D(120)
    again = await core.settle()
    assert len(again.intents) == len(trade.intents)


async def test_targets_grow_with_a_partly_filled_entry(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE, is_market=False, prices=(D(100),)))
    entry = trade.intents[0].order_link_id
    core.gateway.fill(entry, "0.6")
    await core.quiet()
    trade = await core.settle()
    sizes = [each.request.qty for each in targets(trade.intents) if isinstance(each.request, OrderRequest)]
    assert sizes == [D("0.3"), D("0.18")]
    core.storage.clock.advance(2)
    core.gateway.fill(entry, "0.4")
    await core.quiet()
    core.storage.clock.advance(2)
    await core.settle()
    amends = [each for each in core.gateway.sent(AmendRequest) if isinstance(each, AmendRequest)]
    assert {each.qty for each in amends} == {D("0.5"), D("0.3")}


async def test_a_target_waits_for_the_room_that_an_amend_of_another_one_is_to_make(core: OrderCore) -> None:
    core.gateway.faults.extend((None, "down"))
    await core.confirm(core.card(**THREE))
    core.storage.clock.advance(8)
    core.gateway.faults.append("late")
    core.gateway.elsewhere("BTCUSDT", size=D("0.3"))
    await core.settle()
    assert [each.qty for each in core.gateway.sent(AmendRequest) if isinstance(each, AmendRequest)] == [D("0.09")]
    for _ in range(4):
        core.storage.clock.advance(1)
        await core.settle()
    placed = core.gateway.sent(OrderRequest)
    assert [each.price for each in placed if isinstance(each, OrderRequest)] == [D("100.3"), D(105), D(110)]
    core.gateway.deliver(even_expired=True)
    await core.quiet()
    for _ in range(12):
        core.storage.clock.advance(1)
        await core.settle()
    standing = {each.price: each.qty for each in core.gateway.book.values() if each.order_status == "New"}
    assert standing == {D(105): D("0.15"), D(110): D("0.09")}


async def test_after_the_first_target_the_stop_is_at_breakeven(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE, breakeven=True))
    core.gateway.price = D(106)
    core.storage.clock.advance(2)
    core.gateway.fill(targets(trade.intents)[0].order_link_id, "0.5")
    await core.quiet()
    core.storage.clock.advance(2)
    trade = await core.settle()
    assert trade.plan.breakeven is Breakeven.DONE
    assert trade.plan.targets[0].is_done
    assert trade.plan.stop == leg(core).stop_loss == D("100.2")
    assert trade.closed[0].exit_reason is ExitReason.TARGET
    kinds = await core.messages()
    assert kinds.count("trade-breakeven") == 1
    assert "trade-stop-changed" not in kinds
    core.gateway.trigger_stop()
    await core.quiet()
    ended = (await core.settle()).closed
    rows = await core.storage.database.fetch("SELECT values_json FROM outbox WHERE kind = 'trade-closed'", ())
    first, last = (json.loads(row[0]) for row in rows)
    assert (first.get("whole"), last["closes"]) == (None, "2")
    assert D(last["whole"]) == sum(each.pnl for each in ended), "what the trade came to, not its last part alone"


async def test_a_price_back_at_the_entry_leaves_the_old_stop(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE, breakeven=True))
    core.gateway.price = D(100)
    core.storage.clock.advance(2)
    core.gateway.fill(targets(trade.intents)[0].order_link_id, "0.5")
    await core.quiet()
    trade = await core.settle()
    assert trade.plan.breakeven is Breakeven.PASSED
    assert trade.plan.stop == D(90)


async def test_the_last_target_ends_the_plan(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE))
    core.storage.clock.advance(2)
    core.gateway.trigger_stop(how="CreateByTakeProfit")
    await core.quiet()
    trade = await core.settle()
    assert trade.plan.state is PlanState.ENDED
    assert {each.state for each in targets(trade.intents)} == {IntentState.CANCELED}
    assert trade.closed[0].exit_reason is ExitReason.TARGET


async def test_a_target_that_somebody_canceled_is_told_and_not_put_back(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE))
    core.storage.clock.advance(2)
    order_id = targets(trade.intents)[0].order_id
    core.gateway.vanish(order_id)
    await core.quiet()
    trade = await core.settle()
    assert len(targets(trade.intents)) == 2
    assert (await core.messages()).count("trade-target-gone") == 1


async def test_a_foreign_increase_pauses_targets(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE))
    core.storage.clock.advance(2)
    core.gateway.elsewhere("BTCUSDT", size=D(5))
    await core.quiet()
    trade = await core.settle()
    assert core.gateway.sent(AmendRequest) == []
    assert (await core.messages()).count("trade-leg-foreign") == 1
    assert trade.plan.state is PlanState.OPEN


async def test_an_add_after_the_first_target_has_targets_of_its_own(core: OrderCore) -> None:
    """The order that took the old first target does not stand for the new one."""
    trade = await core.confirm(core.card(**THREE))
    core.storage.clock.advance(2)
    core.gateway.fill(targets(trade.intents)[0].order_link_id, "0.5")
    await core.quiet()
    core.storage.clock.advance(2)
    trade = await core.confirm(core.card(**THREE), key="k-2")
    core.storage.clock.advance(2)
    trade = await core.settle()
    core.storage.clock.advance(2)
    trade = await core.settle()
    assert not any(each.is_done for each in trade.plan.targets)
    resting = [each for each in core.gateway.book.values() if each.order_status == "New" and each.reduce_only]
    assert sorted((each.price, each.qty) for each in resting) == [(D(105), D("0.75")), (D(110), D("0.45"))]


async def test_amends_of_targets_wait_for_the_next_second(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE, is_market=False, prices=(D(100),)))
    entry = trade.intents[0].order_link_id
    for part in ("0.4", "0.2", "0.2", "0.2"):
        core.storage.clock.advance(0.3)
        core.gateway.fill(entry, part)
        await core.quiet()
    amends = len(core.gateway.sent(AmendRequest))
    assert amends <= 2, "one for each target"
    core.storage.clock.advance(2)
    await core.settle()
    resting = [each for each in core.gateway.book.values() if each.order_status == "New" and each.reduce_only]
    assert sorted(each.qty for each in resting) == [D("0.3"), D("0.5")]


async def test_a_target_that_the_exchange_moved_to_its_price_limit_is_not_amended_for_ever(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE))
    order_id = targets(trade.intents)[0].order_id
    core.gateway.book[order_id] = replace(core.gateway.book[order_id], price=D("105.5"))
    for _ in range(4):
        core.storage.clock.advance(2)
        await core.settle()
    assert core.gateway.sent(AmendRequest) == []


async def test_a_target_that_is_cut_beside_an_order_from_elsewhere_is_amended_again_once_that_is_gone(
    core: OrderCore,
) -> None:
    """Of what only closes the exchange takes no more than the position: it was asked again each minute, for good."""
    trade = await core.confirm(core.card(**THREE))
    first = core.gateway.book[targets(trade.intents)[0].order_id]
    core.gateway.book["theirs"] = replace(first, order_id="theirs", order_link_id="", qty=D("0.6"))
    for _ in range(4):
        core.gateway.book[first.order_id] = replace(first, qty=D("0.1"))
        core.storage.clock.advance(70)
        await core.settle()
        await core.quiet()
    assert len(core.gateway.sent(AmendRequest)) == 1
    core.gateway.vanish("theirs")
    core.storage.clock.advance(70)
    await core.settle()
    await core.quiet()
    assert core.gateway.book[first.order_id].qty == D("0.5")


async def test_a_target_that_the_exchange_cancels_by_its_rules_is_placed_again(core: OrderCore) -> None:
    """As when the position was lessened and a reduce-only order would close too much: nobody's will."""
    trade = await core.confirm(core.card(**THREE))
    (order_id,) = [key for key, each in core.gateway.book.items() if each.price == D(105)]
    core.gateway.book[order_id] = replace(
        core.gateway.book[order_id], order_status="Cancelled", cancel_type="CancelByReduceOnly"
    )
    core.storage.clock.advance(2)
    trade = await core.settle()
    first = [each.state for each in targets(trade.intents) if each.target_number == 1]
    assert first == [IntentState.CANCELED, IntentState.OPEN]
    assert "trade-target-gone" not in await core.messages()


async def test_a_target_that_ends_refused_after_a_part_of_it_was_filled_is_a_disagreement(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE))
    link_id = targets(trade.intents)[0].order_link_id
    core.gateway.fill(link_id, "0.2")
    await core.quiet()
    order_id = next(key for key, each in core.gateway.book.items() if each.order_link_id == link_id)
    core.gateway.book[order_id] = replace(core.gateway.book[order_id], order_status="Rejected")
    core.storage.clock.advance(2)
    trade = await core.settle()
    assert [each.state for each in targets(trade.intents)] == [IntentState.REJECTED, IntentState.OPEN]
    assert (await core.messages()).count("trade-target-gone") == 1


async def test_what_a_page_of_403_held_up_is_placed_again(core: OrderCore) -> None:
    page = ExchangeRestricted("a page", restriction=Restriction.SERVER)
    core.gateway.faults.extend([None, page])
    trade = await core.confirm(core.card(**THREE))
    core.storage.clock.advance(2)
    trade = await core.settle()
    first = [each.state for each in targets(trade.intents) if each.target_number == 1]
    assert first == [IntentState.REJECTED, IntentState.OPEN]


async def given_up_and_placed_again(core: OrderCore) -> list[OrderIntent]:
    """The attempts of the first target after Bybit has said for long enough that the first of them is not there."""
    core.gateway.faults.extend((None, "late"))
    await core.confirm(core.card(**THREE))
    for _ in range(20):
        core.storage.clock.advance(1)
        trade = await core.settle()
    first = [each for each in targets(trade.intents) if each.target_number == 1]
    assert [each.state for each in first] == [IntentState.NOT_PLACED, IntentState.OPEN]
    return first


async def test_of_two_orders_of_a_target_the_one_that_was_given_up_is_taken_back(core: OrderCore) -> None:
    first = await given_up_and_placed_again(core)
    core.gateway.deliver(even_expired=True)
    for _ in range(12):
        core.storage.clock.advance(1)
        await core.settle()
    standing = [each.order_link_id for each in core.gateway.book.values() if each.order_status == "New"]
    assert first[1].order_link_id in standing
    assert first[0].order_link_id not in standing


async def test_a_target_that_was_given_up_and_filled_is_done_and_its_next_order_is_taken_back(core: OrderCore) -> None:
    first = await given_up_and_placed_again(core)
    core.gateway.deliver(even_expired=True)
    core.gateway.fill(first[0].order_link_id, "0.5", D(105))
    await core.quiet()
    for _ in range(12):
        core.storage.clock.advance(1)
        trade = await core.settle()
    assert trade.plan.targets[0].is_done
    assert leg(core).size == D("0.5")
    standing = {each.price: each.qty for each in core.gateway.book.values() if each.order_status == "New"}
    assert standing == {D(110): D("0.3")}


async def test_a_target_that_was_filled_after_the_clock_was_set_back_is_not_placed_again(core: OrderCore) -> None:
    trade = await core.confirm(core.card(**THREE))
    core.storage.clock.millis -= 3_600_000
    core.gateway.fill(targets(trade.intents)[0].order_link_id, "0.5", D(105))
    await core.quiet()
    for _ in range(4):
        core.storage.clock.advance(2)
        trade = await core.settle()
    assert trade.plan.targets[0].is_done
    assert leg(core).size == D("0.5")
    assert [each.state for each in targets(trade.intents)] == [IntentState.FILLED, IntentState.OPEN]
