"""Where the exchange shows something else than was promised: written down, told once, and ended as its owner says."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from harness.managing import Managing, open_managing
from harness.order_core import PLACE, telling_of

from bot.domain.disagreements import Disagreement, DisagreementEnd, DisagreementKind
from bot.domain.errors import BadInput, ButtonExpired, ExchangeRejected
from bot.domain.legs import Ownership
from bot.domain.order_card import EntryRefused
from bot.domain.orders import AmendRequest, OrderRequest, TradingStop
from bot.domain.portfolio import Position, Side
from bot.domain.trade_plans import IntentState, PlanState
from storage.trading.disagreements import SqliteDisagreementQueries

D = Decimal
TWO = {"target_prices": (D(110), D(120)), "target_shares": (D("0.5"), D("0.5"))}


@pytest.fixture
async def managing(tmp_path: Path) -> AsyncIterator[Managing]:
    async with open_managing(tmp_path) as opened:
        yield opened


def leg(managing: Managing) -> Position:
    return managing.gateway.legs["BTCUSDT", 0]  # type: ignore[index]  a symbol


async def the_one(managing: Managing) -> Disagreement:
    (row,) = await managing.disagreements.of_account(managing.core.config, managing.core.account.account_id)
    return row


async def with_moved_stop(managing: Managing) -> Disagreement:
    await managing.core.confirm()
    managing.gateway.elsewhere("BTCUSDT", stop_loss=D(85))
    await managing.core.settle()
    return await the_one(managing)


async def none_is_left(managing: Managing) -> None:
    account_id = managing.core.account.account_id
    assert await managing.disagreements.of_account(managing.core.config, account_id) == []
    counts = await SqliteDisagreementQueries(managing.core.storage.database).open_by_kind()
    assert set(counts.values()) == {0}


async def test_a_stop_moved_elsewhere_is_one_row_until_it_is_restored(managing: Managing) -> None:
    row = await with_moved_stop(managing)
    managing.gateway.elsewhere("BTCUSDT", stop_loss=None)
    await managing.core.settle()
    again = await the_one(managing)
    assert (row.kind, row.promised.stop, row.shown.stop) == (DisagreementKind.STOP, D(90), D(85))
    assert (again.disagreement_id, again.shown.stop) == (row.disagreement_id, None)
    assert (await managing.core.messages()).count("trade-stop-changed") == 1
    await managing.disagreements.restore(managing.core.config, row.disagreement_id, idempotency_key="r-1")
    await managing.core.quiet()
    await managing.core.settle()
    assert leg(managing).stop_loss == D(90)
    ended = await managing.disagreements.get(managing.core.config, row.disagreement_id)
    assert ended.end is DisagreementEnd.AGREED
    await none_is_left(managing)


async def test_a_stop_that_was_reached_is_no_disagreement_while_it_closes_the_leg(managing: Managing) -> None:
    await managing.core.confirm()
    managing.gateway.elsewhere("BTCUSDT", stop_loss=None)
    (row,) = list(managing.gateway.book.values())[:1]
    reached = replace(row, order_id="sl", order_link_id="", order_status="New", stop_order_type="StopLoss")
    managing.gateway.book["sl"] = reached
    await managing.core.settle()
    await none_is_left(managing)
    managing.gateway.book["sl"] = replace(reached, order_status="Cancelled")
    await managing.core.settle()
    assert (await the_one(managing)).shown.stop is None


async def test_targets_are_not_missed_while_a_reached_stop_closes_the_leg(managing: Managing) -> None:
    await managing.core.confirm(managing.core.card(**TWO))
    (order_id,) = [key for key, each in managing.gateway.book.items() if each.price == D(110)]
    reached = replace(managing.gateway.book[order_id], order_id="sl", order_link_id="", stop_order_type="StopLoss")
    managing.gateway.book["sl"] = reached
    managing.gateway.vanish(order_id)
    managing.core.storage.clock.advance(1)
    await managing.core.settle()
    await none_is_left(managing)


async def test_a_stop_beyond_the_price_is_not_restored(managing: Managing) -> None:
    row = await with_moved_stop(managing)
    managing.gateway.price = D(88)
    with pytest.raises(BadInput):
        await managing.disagreements.restore(managing.core.config, row.disagreement_id, idempotency_key="r-1")
    assert managing.gateway.sent(TradingStop) == []


async def test_what_stands_may_become_the_promise(managing: Managing) -> None:
    row = await with_moved_stop(managing)
    managing.gateway.elsewhere("BTCUSDT", take_profit=None)
    await managing.core.settle()
    promised = await managing.disagreements.accept(managing.core.config, row.disagreement_id)
    await managing.core.quiet()
    trade = await managing.core.settle()
    ended = await managing.disagreements.get(managing.core.config, row.disagreement_id)
    assert promised.plan_id == trade.plan.plan_id
    assert ended.end is DisagreementEnd.ACCEPTED
    assert (trade.plan.stop, trade.plan.last_target) == (D(85), None)
    assert trade.plan.stop_verified_ts is not None
    assert managing.gateway.sent(TradingStop) == []
    await none_is_left(managing)
    with pytest.raises(ButtonExpired):
        await managing.disagreements.accept(managing.core.config, row.disagreement_id)


@pytest.mark.parametrize("later_s", [0, 1])
async def test_a_target_canceled_elsewhere_is_placed_again_when_its_owner_says_so(
    managing: Managing, later_s: int
) -> None:
    await managing.core.confirm(managing.core.card(**TWO))
    (order_id,) = [key for key, each in managing.gateway.book.items() if each.price == D(110)]
    managing.gateway.vanish(order_id)
    managing.core.storage.clock.advance(1)
    await managing.core.settle()
    row = await the_one(managing)
    assert (row.kind, row.promised.target, row.promised.target_price) == (DisagreementKind.TARGET, 1, D(110))
    managing.core.storage.clock.advance(later_s)
    await managing.disagreements.restore(managing.core.config, row.disagreement_id, idempotency_key="r-1")
    await managing.core.quiet()
    await managing.core.settle()
    standing = [each for each in managing.gateway.book.values() if each.price == D(110) and each.order_status == "New"]
    assert [each.qty for each in standing] == [D("0.05")]
    await none_is_left(managing)


async def test_a_target_that_is_not_wanted_any_more_leaves_the_plan(managing: Managing) -> None:
    await managing.core.confirm(managing.core.card(**TWO))
    (order_id,) = [key for key, each in managing.gateway.book.items() if each.price == D(110)]
    managing.gateway.vanish(order_id)
    await managing.core.settle()
    await managing.disagreements.accept(managing.core.config, (await the_one(managing)).disagreement_id)
    await managing.core.quiet()
    trade = await managing.core.settle()
    assert [each.price for each in trade.plan.targets] == [D(120)]
    await none_is_left(managing)


async def target_moved(managing: Managing, price: int, to: int) -> Disagreement:
    """In the app, and seen when no call of ours is recent any more."""
    (found,) = [(key, each) for key, each in managing.gateway.book.items() if each.price == D(price)]
    managing.gateway.book[found[0]] = replace(found[1], price=D(to))
    managing.core.storage.clock.advance(10)
    await managing.core.settle()
    return await the_one(managing)


async def test_a_target_that_is_moved_again_after_its_price_was_taken_is_told_again(managing: Managing) -> None:
    await managing.core.confirm(managing.core.card(**TWO))
    row = await target_moved(managing, 110, 112)
    await managing.disagreements.accept(managing.core.config, row.disagreement_id)
    await managing.core.quiet()
    await managing.core.settle()
    await none_is_left(managing)
    row = await target_moved(managing, 112, 114)
    assert (row.promised.target_price, row.shown.target_price) == (D(112), D(114))
    assert managing.gateway.sent(AmendRequest) == [], "what somebody moved is not put back unasked"


async def test_a_moved_target_is_one_row_while_its_size_follows_the_position(managing: Managing) -> None:
    await managing.core.confirm(managing.core.card(**TWO))
    row = await target_moved(managing, 110, 112)
    await managing.core.confirm(managing.core.card(**TWO), key="k-2")
    await managing.core.quiet()
    for seconds in (1, 5, 5):
        managing.core.storage.clock.advance(seconds)
        await managing.core.settle()
    (amend,) = managing.gateway.sent(AmendRequest)
    assert (amend.qty, amend.price) == (D("0.1"), None)
    assert (await the_one(managing)).disagreement_id == row.disagreement_id
    assert (await managing.core.messages()).count("trade-target-gone") == 1


async def test_a_moved_target_that_is_put_back_agrees_once_it_is_seen_so(managing: Managing) -> None:
    await managing.core.confirm(managing.core.card(**TWO))
    row = await target_moved(managing, 110, 112)
    managing.gateway.faults.append("accepted")  # and not carried out yet
    await managing.disagreements.restore(managing.core.config, row.disagreement_id, idempotency_key="r-1")
    await managing.core.quiet()
    managing.core.storage.clock.advance(1)
    await managing.core.settle()
    assert (await the_one(managing)).disagreement_id == row.disagreement_id
    managing.gateway.deliver()
    managing.core.storage.clock.advance(1)
    await managing.core.settle()
    await none_is_left(managing)


async def test_a_leg_that_grew_elsewhere_is_taken_over_whole(managing: Managing) -> None:
    await managing.core.confirm()
    managing.gateway.elsewhere("BTCUSDT", size=D("0.3"))
    managing.core.storage.clock.advance(10)
    await managing.core.settle()
    row = await the_one(managing)
    assert (row.kind, row.promised.size, row.shown.size) == (DisagreementKind.GROWN, D("0.1"), D("0.3"))
    assert (await managing.core.messages()).count("trade-leg-foreign") == 1
    await managing.disagreements.accept(managing.core.config, row.disagreement_id)
    await managing.core.quiet()
    trade = await managing.core.settle()
    assert trade.plan.adopted == D("0.2")
    outlook = await managing.legs.outlook(managing.core.config, managing.leg())
    assert outlook is not None
    assert outlook.ownership is Ownership.OURS
    await none_is_left(managing)


async def test_a_leg_that_turned_may_be_managed_the_other_way(managing: Managing) -> None:
    await managing.core.confirm()
    managing.gateway.elsewhere("BTCUSDT", side=Side.SELL, stop_loss=D(110), take_profit=None)
    managing.core.storage.clock.advance(10)
    await managing.core.settle()
    row = await the_one(managing)
    assert row.kind is DisagreementKind.TURNED
    await managing.disagreements.accept(managing.core.config, row.disagreement_id)
    await managing.core.quiet()
    await managing.core.settle()
    (plan,) = await managing.core.queries.plans_open(managing.core.account.account_id)
    assert (plan.side, plan.stop, plan.adopted) == (Side.SELL, D(110), D("0.1"))
    await none_is_left(managing)


async def test_a_leg_that_is_let_go_keeps_its_stop_and_loses_what_rests(managing: Managing) -> None:
    """A fill that comes late does not make it ours again."""
    await managing.core.confirm()
    trade = await managing.core.confirm(managing.core.card(is_market=False, prices=(D(95),)), key="k-2")
    assert await managing.disagreements.release(managing.core.config, managing.leg(), trade.plan.plan_id)
    managing.gateway.fill(trade.intents[-1].order_link_id, "0.04")
    await managing.core.quiet()
    trade = await managing.core.settle()
    assert trade.plan.state is PlanState.ENDED
    assert trade.intents[1].state is IntentState.CANCELED
    assert leg(managing).stop_loss == D(90)
    owned = await managing.legs.outlook(managing.core.config, managing.leg())
    assert owned is not None
    assert owned.ownership is Ownership.FOREIGN
    assert not await managing.disagreements.release(managing.core.config, managing.leg(), trade.plan.plan_id)


async def test_a_leg_opened_elsewhere_is_managed_with_what_stands_there(managing: Managing) -> None:
    await opened_elsewhere(managing, stop_loss=D(91))
    plan = await managing.disagreements.manage(managing.core.config, managing.leg(), place=PLACE)
    await managing.core.quiet()
    await managing.core.settle()
    trade = await managing.core.trade(plan.plan_id)
    assert (plan.stop, trade.plan.adopted, trade.plan.protected_ts is not None) == (D(91), D("0.1"), True)
    outlook = await managing.legs.outlook(managing.core.config, managing.leg())
    assert outlook is not None
    assert outlook.ownership is Ownership.OURS
    await managing.close(key="press:again")
    await managing.core.settle()
    assert (await managing.core.trade(plan.plan_id)).plan.state is PlanState.ENDED


async def test_a_stop_that_is_refused_on_a_leg_opened_elsewhere_closes_nothing(managing: Managing) -> None:
    """The emergency close is for what was entered here, before its stop was first seen."""
    await opened_elsewhere(managing, stop_loss=None)
    await managing.disagreements.manage(managing.core.config, managing.leg(), place=PLACE)
    await managing.core.quiet()
    orders = len(managing.gateway.sent(OrderRequest))
    managing.gateway.faults.extend([ExchangeRejected("no", code=10001)] * 5)
    await managing.legs.move_stop(managing.core.config, managing.leg(), D(95), idempotency_key="s-1")
    await managing.core.quiet()
    for _ in range(3):
        managing.core.storage.clock.advance(6)
        await managing.core.settle()
    assert len(managing.gateway.sent(OrderRequest)) == orders
    assert (await the_one(managing)).kind is DisagreementKind.STOP


async def test_an_add_without_a_stop_of_its_own_waits_for_a_word_about_the_changed_one(managing: Managing) -> None:
    """Its fill would put the promised one back over its owner's."""
    await with_moved_stop(managing)
    with pytest.raises(EntryRefused, match="entry-stop-changed"):
        await managing.core.confirm(managing.core.card(stop=None), key="k-2")
    trade = await managing.core.confirm(managing.core.card(stop=D(88)), key="k-3")
    assert (trade.plan.stop, leg(managing).stop_loss) == (D(88), D(88))


async def forgotten(managing: Managing) -> None:
    """The rows of what was ordered are gone, as after a restore; then the exchange is asked."""
    tables = (
        "leg_closings",
        "closed_trades",
        "order_intents",
        "plan_targets",
        "trade_plans",
        "leg_costs",
        "trade_logs",
    )
    for table in tables:
        await managing.core.storage.write(f"DELETE FROM {table}")  # noqa: S608  our own tables
    managing.core.storage.clock.advance(60)
    await managing.core.settlement.settle(managing.core.account.account_id)


async def test_what_a_restored_backup_did_not_know_waits_for_its_owners_word(managing: Managing) -> None:
    await managing.core.confirm()
    await forgotten(managing)
    row = await the_one(managing)
    assert (row.kind, row.shown.stop, row.shown.take_profit) == (DisagreementKind.FOUND, D(90), D(120))
    await managing.disagreements.accept(managing.core.config, row.disagreement_id)
    await none_is_left(managing)


async def test_what_was_opened_and_closed_since_a_backup_is_told_once(managing: Managing) -> None:
    await managing.core.confirm()
    await managing.close()
    await managing.core.settle()
    await forgotten(managing)
    await none_is_left(managing)
    managing.core.storage.clock.advance(11)
    await telling_of(managing.core).tell_due()
    assert await managing.core.messages() == ["trade-closed"]


async def opened_elsewhere(managing: Managing, *, stop_loss: Decimal | None) -> None:
    """A long of 0.1 of which nothing here knows."""
    await managing.core.confirm()
    held = replace(leg(managing), stop_loss=stop_loss, take_profit=None)
    await managing.close()
    await managing.core.settle()
    managing.gateway.legs["BTCUSDT", 0] = held  # type: ignore[index]  a symbol
    managing.core.storage.clock.advance(10)
    await managing.core.settle()
