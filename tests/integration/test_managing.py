"""Legs are closed, lessened and protected: over a scripted exchange that loses answers and refuses."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from harness.managing import Managing, open_managing
from harness.order_core import PLACE, Holding, telling_of
from harness.waiting import until

from bot.domain.accounts import Account
from bot.domain.closings import ClosingState, NewClosing
from bot.domain.errors import BadInput, ButtonExpired, ExchangeRejected, NoPracticePrice
from bot.domain.ids import OrderLinkId
from bot.domain.legs import Ownership
from bot.domain.orders import AmendRequest, CancelRequest, OrderRequest, PositionMode, TradingStop
from bot.domain.portfolio import Side
from bot.domain.trade_plans import IntentKind, IntentState, PlannedTarget, PlanState


@pytest.fixture
async def managing(tmp_path: Path) -> AsyncIterator[Managing]:
    async with open_managing(tmp_path) as opened:
        yield opened


def closes(managing: Managing) -> list[OrderRequest]:
    """Every order that was sent to close."""
    return [each for each in managing.gateway.calls if isinstance(each, OrderRequest) and each.reduce_only]


async def rest(managing: Managing, price: str = "95") -> None:
    """An entry that waits at a price, beside what stands."""
    card = managing.core.card(
        prices=(Decimal(price),), is_market=False, target_prices=(), target_shares=(), stop=Decimal(90)
    )
    await managing.core.entries.confirm(managing.core.config, card, place=PLACE, idempotency_key=f"rest:{price}")
    await managing.core.quiet()


async def told(managing: Managing, *, after_s: float) -> int:
    """How many refusals of exits went out, once what no card told is due."""
    managing.core.storage.clock.advance(after_s)
    await telling_of(managing.core).tell_due()
    rows = await managing.core.storage.database.fetch("SELECT 1 FROM outbox WHERE kind = 'trade-exit-refused'")
    return len(rows)


class TestClosing:
    async def test_a_close_leaves_nothing(self, managing: Managing) -> None:
        await managing.hold()
        intent = await managing.close()
        assert intent.kind is IntentKind.CLOSE
        assert managing.gateway.legs == {}
        (order,) = closes(managing)
        assert (order.qty, order.close_on_trigger, order.side) == (0, True, Side.SELL)
        closing = await managing.closings.closing_by_key("press:close")
        assert closing is not None
        assert closing.state is ClosingState.DONE
        trade = await managing.core.settle()
        assert trade.plan.state is PlanState.ENDED
        assert trade.closed[0].exit_reason == "manual"

    async def test_a_second_tap_answers_the_same_and_closes_no_later_position(self, managing: Managing) -> None:
        await managing.hold()
        first = await managing.close()
        again = await managing.close()
        assert again.intent_id == first.intent_id
        managing.gateway.legs.clear()
        await managing.hold("ETHUSDT")
        managing.gateway.legs[managing.leg().symbol, 0] = replace(
            managing.gateway.legs[managing.leg("ETHUSDT").symbol, 0], symbol=managing.leg().symbol
        )
        assert (await managing.close()).intent_id == first.intent_id
        assert len(closes(managing)) == 1

    async def test_what_is_gone_is_not_closed(self, managing: Managing) -> None:
        with pytest.raises(BadInput, match="close-no-such"):
            await managing.close()

    async def test_one_that_was_never_done_is_tried_again_with_an_id_of_its_own(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.extend(["down", "down", None])
        await managing.close()
        assert managing.gateway.legs == {}
        ids = [each.order_link_id for each in closes(managing)]
        assert len(ids) == len(set(ids)) == 3

    async def test_one_that_was_done_without_an_answer_is_not_tried_again(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.append("lost")
        await managing.close()
        assert managing.gateway.legs == {}
        assert len(closes(managing)) == 1

    async def test_a_thin_book_is_closed_piece_by_piece(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.fill_ratio = Decimal("0.5")
        await managing.close()
        closing = await managing.closings.closing_by_key("press:close")
        assert closing is not None
        assert closing.attempts > 2
        managing.gateway.fill_ratio = Decimal(1)
        managing.core.storage.clock.advance(6)
        await managing.closer.work_off()
        await managing.core.quiet()
        assert managing.gateway.legs == {}

    async def test_a_refusal_is_noted_and_tried_again_when_its_reason_may_have_ended(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.append(ExchangeRejected("not trading", code=110074))
        await managing.close()
        closing = await managing.closings.closing_by_key("press:close")
        assert closing is not None
        assert (closing.state, closing.code) == (ClosingState.REFUSED, 110074)
        assert closing.reason
        assert len(closes(managing)) == 1
        assert await managing.closer.work_off() == 0
        managing.core.storage.clock.advance(61)
        assert await managing.closer.work_off() == 1
        await managing.core.quiet()
        assert managing.gateway.legs == {}
        managing.core.storage.clock.advance(6)
        await managing.closer.work_off()
        await managing.core.quiet()
        done = await managing.closings.closing(closing.closing_id)
        assert done is not None
        assert done.state is ClosingState.DONE

    async def test_a_refusal_rings_at_once_and_every_ten_minutes(self, managing: Managing) -> None:
        await managing.hold()
        refusal = ExchangeRejected("not trading", code=110074)
        managing.gateway.faults.append(refusal)
        await managing.close()
        rung = [0] * await told(managing, after_s=12)
        for minute in range(1, 24):
            managing.gateway.faults.append(refusal)
            managing.core.storage.clock.advance(49)
            await managing.closer.work_off()
            await managing.core.quiet()
            if await told(managing, after_s=12) > len(rung):
                rung.append(minute)
        assert rung == [0, 10, 20]

    async def test_an_attempt_that_another_one_made_good_is_not_told_as_refused(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.extend(["down", None])
        first = await managing.close()
        managing.core.storage.clock.advance(12)
        await managing.core.settlement.settle(managing.core.account.account_id)
        (intent,) = await managing.core.queries.intents([first.intent_id])
        assert intent.state is IntentState.NOT_PLACED
        assert await told(managing, after_s=12) == 0
        (latest,), going = await managing.legs.followed([intent])
        assert (latest.state, going) == (IntentState.FILLED, frozenset())

    async def test_our_own_targets_make_room_for_a_close(self, managing: Managing) -> None:
        await managing.hold(target_prices=(Decimal(110), Decimal(120)), target_shares=(Decimal("0.5"), Decimal("0.5")))
        await managing.core.settle()
        targets = [each for each in closes(managing) if each.price is not None]
        assert len(targets) == 1
        managing.gateway.faults.append(ExchangeRejected("truncated to zero", code=110017))
        await managing.close()
        assert managing.gateway.legs == {}
        assert any(each.target_link_id == targets[0].order_link_id for each in managing.gateway.sent(CancelRequest))  # type: ignore[attr-defined]  requests of that kind

    async def test_one_without_a_price_is_tried_again_within_seconds(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.extend([NoPracticePrice("silent")] * 3)
        began = managing.core.storage.clock.now()
        await managing.legs.close(managing.core.config, managing.leg(), place=PLACE, idempotency_key="press:close")
        while managing.gateway.legs:
            await managing.core.quiet()
            managing.core.storage.clock.advance(0.5)
            await managing.closer.work_off()
            assert managing.core.storage.clock.now() - began < 10_000
        await managing.core.quiet()
        closing = await managing.closings.closing_by_key("press:close")
        assert closing is not None
        assert (closing.state, closing.attempts) == (ClosingState.DONE, 4)
        assert await told(managing, after_s=12) == 0

    async def test_one_that_its_own_first_attempt_blocks_waits_for_that(self, managing: Managing) -> None:
        """The order was taken without an answer, and fills the quota until it is executed."""
        await managing.hold()
        refusal = ExchangeRejected("truncated to zero", code=110017)
        managing.gateway.faults.extend(["late", refusal])
        await managing.legs.close(managing.core.config, managing.leg(), place=PLACE, idempotency_key="press:close")
        for _ in range(8):
            await managing.core.quiet()
            managing.core.storage.clock.advance(0.5)
            await managing.closer.work_off()
        closing = await managing.closings.closing_by_key("press:close")
        assert closing is not None
        assert (closing.state, closing.attempts) == (ClosingState.CLOSING, 2)
        managing.gateway.deliver()
        managing.core.storage.clock.advance(5)
        await managing.closer.work_off()
        await managing.core.quiet()
        assert managing.gateway.legs == {}
        assert await told(managing, after_s=12) == 0

    async def test_one_that_others_block_says_so(self, managing: Managing) -> None:
        await managing.hold()
        refusal = ExchangeRejected("truncated to zero", code=110017)
        managing.gateway.faults.extend([refusal, refusal])
        await managing.close()
        closing = await managing.closings.closing_by_key("press:close")
        assert closing is not None
        assert (closing.state, closing.reason) == (ClosingState.REFUSED, "close-blocked")
        foreign = replace(next(iter(managing.gateway.book.values())), order_id="theirs", order_link_id=OrderLinkId(""))
        managing.gateway.book["theirs"] = replace(
            foreign, order_status="New", reduce_only=True, side=Side.SELL, qty=Decimal(1), cum_exec_qty=Decimal(0)
        )
        managing.core.storage.clock.advance(12)
        await telling_of(managing.core).tell_due()
        rows = await managing.core.storage.database.fetch(
            "SELECT values_json FROM outbox WHERE kind LIKE '%refused'", ()
        )
        assert '"blocking":"BTCUSDT:Sell:1:100.3"' in rows[0][0]

    async def test_an_entry_waits_until_the_leg_is_closed(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.append(ExchangeRejected("not trading", code=110074))
        await managing.close()
        with pytest.raises(Exception, match="entry-leg-closing"):
            await managing.core.entries.confirm(
                managing.core.config, managing.core.card(), place=PLACE, idempotency_key="again"
            )

    async def test_the_legs_of_hedge_mode_are_closed_one_by_one(self, managing: Managing) -> None:
        managing.gateway.mode = PositionMode.HEDGE
        await managing.hold(position_idx=1)
        await managing.hold(side=Side.SELL, position_idx=2)
        assert len(managing.gateway.legs) == 2
        await managing.close(managing.leg(idx=1))
        assert [each.side for each in managing.gateway.legs.values()] == [Side.SELL]

    async def test_what_it_cost_counts_from_the_price_that_was_shown(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.price = Decimal(99)
        await managing.legs.close(
            managing.core.config, managing.leg(), place=PLACE, idempotency_key="k-9", shown=Decimal("99.5")
        )
        await managing.core.quiet()
        (closed,) = (await managing.core.trade()).closed
        assert closed.slippage == Decimal("0.05")

    async def test_a_new_process_goes_on(self, managing: Managing) -> None:
        await managing.hold()
        runner = managing.closer.runner
        object.__setattr__(managing.closer, "runner", Holding(runner, []))
        async with managing.core.storage.store.begin_aside() as unit:  # written, and then the process was killed
            position = managing.gateway.legs[managing.leg().symbol, 0]
            await managing.closer.begin(
                unit, managing.core.account, _wish(managing, position.size), None, managing.core.storage.clock.now()
            )
        object.__setattr__(managing.closer, "runner", runner)
        assert managing.gateway.legs
        managing.core.storage.clock.advance(6)
        assert await managing.closer.work_off() == 1
        await managing.core.quiet()
        assert managing.gateway.legs == {}


class TestParts:
    async def test_half_is_closed_and_half_stands(self, managing: Managing) -> None:
        await managing.hold()
        intent = await managing.legs.reduce(
            managing.core.config, managing.leg(), Decimal("0.5"), place=PLACE, idempotency_key="half"
        )
        await managing.core.quiet()
        assert (intent.kind, intent.remaining) == (IntentKind.REDUCE, Decimal("0.05"))
        (position,) = managing.gateway.legs.values()
        assert position.size == Decimal("0.05")
        closing = await managing.closings.closing_by_key("half")
        assert closing is not None
        assert closing.state is ClosingState.DONE

    @pytest.mark.parametrize("is_overtaken", [True, False])
    async def test_a_target_that_our_own_part_overtook_is_placed_again(
        self, managing: Managing, *, is_overtaken: bool
    ) -> None:
        """Nothing was left for it to lessen while both were on their way; else its refusal is decided by its owner."""
        managing.gateway.faults.extend([None, ExchangeRejected("nothing to lessen", code=110017)])
        half = Decimal("0.5")
        prices = (Decimal(110), Decimal(120))
        await managing.hold(qtys=(Decimal(1),), target_prices=prices, target_shares=(half, half))
        if not is_overtaken:
            managing.core.storage.clock.advance(1)
        await managing.legs.reduce(managing.core.config, managing.leg(), half, place=PLACE, idempotency_key="half")
        await managing.core.quiet()
        for _ in range(3):
            managing.core.storage.clock.advance(1)
            trade = await managing.core.settle()
        targets = [each.state for each in trade.intents if each.kind is IntentKind.TARGET]
        assert targets == [IntentState.REJECTED, *([IntentState.OPEN] if is_overtaken else [])]

    async def test_a_position_that_was_turned_round_is_another_one(self, managing: Managing) -> None:
        await managing.hold()
        leg = (managing.leg().symbol, 0)
        position = managing.gateway.legs[leg]
        async with managing.core.storage.store.begin_aside() as unit:
            await managing.closer.begin(
                unit, managing.core.account, _wish(managing, position.size), None, managing.core.storage.clock.now()
            )
        managing.gateway.legs[leg] = replace(position, side=Side.SELL)
        managing.core.storage.clock.advance(6)
        await managing.closer.work_off()
        await managing.core.quiet()
        closing = await managing.closings.closing_by_key("killed")
        assert closing is not None
        assert closing.state is ClosingState.DONE
        assert closes(managing) == []

    async def test_a_part_without_an_answer_is_never_closed_twice(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.append("late")
        await managing.legs.reduce(
            managing.core.config, managing.leg(), Decimal("0.5"), place=PLACE, idempotency_key="half"
        )
        await managing.core.quiet()
        assert len(closes(managing)) == 1, "it waits until the first one is over"
        managing.gateway.deliver()
        await managing.core.settlement.settle(managing.core.account.account_id)
        managing.core.storage.clock.advance(6)
        await managing.closer.work_off()
        await managing.core.quiet()
        (position,) = managing.gateway.legs.values()
        assert position.size == Decimal("0.05")
        assert len(closes(managing)) == 1

    async def test_what_was_added_meanwhile_is_no_part_of_what_is_closed(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.append("late")
        await managing.legs.reduce(
            managing.core.config, managing.leg(), Decimal("0.5"), place=PLACE, idempotency_key="half"
        )
        await managing.core.quiet()
        managing.gateway.deliver()
        leg = (managing.leg().symbol, 0)
        position = managing.gateway.legs[leg]
        managing.gateway.legs[leg] = replace(position, size=position.size + Decimal("0.1"))  # an entry that rested
        await managing.core.settlement.settle(managing.core.account.account_id)
        managing.core.storage.clock.advance(6)
        await managing.closer.work_off()
        await managing.core.quiet()
        assert len(closes(managing)) == 1
        assert managing.gateway.legs[leg].size == Decimal("0.15")
        closing = await managing.closings.closing_by_key("half")
        assert closing is not None
        assert closing.state is ClosingState.DONE

    async def test_a_part_that_never_came_to_be_is_closed_by_another_order(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.append("down")
        await managing.legs.reduce(
            managing.core.config, managing.leg(), Decimal("0.5"), place=PLACE, idempotency_key="half"
        )
        await managing.core.quiet()
        managing.core.storage.clock.advance(11)
        await managing.core.settlement.settle(managing.core.account.account_id)
        await managing.closer.work_off()
        await managing.core.quiet()
        (position,) = managing.gateway.legs.values()
        assert position.size == Decimal("0.05")

    async def test_a_part_under_the_minimum_is_refused(self, managing: Managing) -> None:
        await managing.hold(qtys=(Decimal("0.05"),))
        with pytest.raises(BadInput, match="manage-part-too-small"):
            await managing.legs.reduce(
                managing.core.config, managing.leg(), Decimal("0.01"), place=PLACE, idempotency_key="little"
            )


class TestStops:
    async def test_a_stop_moves_by_one_call_that_carries_both_prices(self, managing: Managing) -> None:
        await managing.hold(target_prices=(Decimal(120),), target_shares=(Decimal(1),))
        await managing.core.settle()
        before = len(managing.gateway.sent(TradingStop))
        intent = await managing.legs.move_stop(
            managing.core.config, managing.leg(), Decimal("95.03"), idempotency_key="stop"
        )
        await managing.core.quiet()
        (call,) = managing.gateway.sent(TradingStop)[before:]
        assert isinstance(call, TradingStop)
        assert (call.stop_loss, call.take_profit) == (Decimal("95.1"), Decimal(120))
        assert intent.kind is IntentKind.STOP
        trade = await managing.core.settle()
        assert trade.plan.stop == Decimal("95.1")
        assert trade.plan.stop_verified_ts is not None
        again = await managing.legs.move_stop(
            managing.core.config, managing.leg(), Decimal("95.03"), idempotency_key="stop"
        )
        assert again.intent_id == intent.intent_id

    async def test_resting_entries_carry_the_new_stop_before_it_is_set(self, managing: Managing) -> None:
        await managing.hold()
        await rest(managing, "97")
        await rest(managing, "93")
        managing.gateway.calls.clear()
        await managing.legs.move_stop(managing.core.config, managing.leg(), Decimal(94), idempotency_key="stop")
        await managing.core.quiet()
        kinds = [type(each) for each in managing.gateway.calls]
        assert kinds.index(TradingStop) > kinds.index(AmendRequest)
        assert kinds.index(TradingStop) > kinds.index(CancelRequest)
        (amend,) = managing.gateway.sent(AmendRequest)
        assert isinstance(amend, AmendRequest)
        assert amend.stop_loss == 94
        open_prices = [each.price for each in managing.gateway.book.values() if each.order_status == "New"]
        assert open_prices == [Decimal(97)]
        await managing.core.settle()
        await told(managing, after_s=11)
        rows = await managing.core.storage.database.fetch("SELECT values_json FROM outbox", ())
        assert sum("canceled-beyond-stop" in row[0] for row in rows) == 1, "nobody asked for that one to go"

    async def test_the_stop_waits_for_the_entries_that_carry_it(self, managing: Managing) -> None:
        await managing.hold()
        await rest(managing, "97")
        answer = asyncio.Event()
        amend = managing.gateway.amend

        async def slow(account: Account, request: AmendRequest) -> None:
            await answer.wait()
            await amend(account, request)

        managing.gateway.amend = slow  # type: ignore[method-assign]  this exchange takes its time
        object.__setattr__(managing.legs.stops, "pace", 1.0)
        managing.gateway.calls.clear()
        await managing.legs.move_stop(managing.core.config, managing.leg(), Decimal(94), idempotency_key="stop")
        await asyncio.sleep(0.1)
        assert not managing.gateway.sent(TradingStop)
        answer.set()
        await managing.core.quiet()
        assert [type(each) for each in managing.gateway.calls][:2] == [AmendRequest, TradingStop]

    async def test_entries_that_do_not_answer_hold_the_stop_up_for_two_seconds_and_it_is_set_again(
        self, managing: Managing
    ) -> None:
        await managing.hold()
        await rest(managing, "97")
        managing.gateway.calls.clear()
        managing.gateway.faults.append("late")
        await managing.legs.move_stop(managing.core.config, managing.leg(), Decimal(94), idempotency_key="stop")
        await until(lambda: len(managing.gateway.sent(TradingStop)) == 1, what="the stop")
        managing.gateway.deliver()
        await managing.core.quiet()
        assert len(managing.gateway.sent(TradingStop)) == 2

    async def test_a_stop_on_the_wrong_side_is_refused(self, managing: Managing) -> None:
        await managing.hold()
        with pytest.raises(BadInput, match="manage-stop-above-price"):
            await managing.legs.move_stop(managing.core.config, managing.leg(), Decimal(101), idempotency_key="stop")

    async def test_no_stop_is_a_wish_as_well(self, managing: Managing) -> None:
        await managing.hold()
        await managing.legs.move_stop(managing.core.config, managing.leg(), None, idempotency_key="none")
        await managing.core.quiet()
        (position,) = managing.gateway.legs.values()
        assert position.stop_loss is None
        trade = await managing.core.settle()
        assert trade.plan.stop is None
        assert trade.plan.stop_changed_ts is None

    async def test_breakeven_is_where_a_close_brings_nothing(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.price = Decimal(105)
        await managing.legs.to_breakeven(managing.core.config, managing.leg(), idempotency_key="even")
        await managing.core.quiet()
        (position,) = managing.gateway.legs.values()
        assert position.stop_loss == Decimal("100.2")
        managing.gateway.price = Decimal(100)
        with pytest.raises(BadInput, match="manage-breakeven-passed"):
            await managing.legs.to_breakeven(managing.core.config, managing.leg(), idempotency_key="late")


class TestTargets:
    async def test_new_targets_take_the_place_of_the_old(self, managing: Managing) -> None:
        await managing.hold(
            qtys=(Decimal(1),),
            target_prices=(Decimal(110), Decimal(120)),
            target_shares=(Decimal("0.5"), Decimal("0.5")),
        )
        await managing.core.settle()
        wanted = tuple(
            PlannedTarget(number=number, price=Decimal(price), share=Decimal(share))
            for number, price, share in ((1, 105, "0.3"), (2, 115, "0.3"), (3, 130, "0.4"))
        )
        plan = await managing.legs.set_targets(managing.core.config, managing.leg(), wanted, idempotency_key="targets")
        assert plan.targets == wanted
        await managing.core.quiet()
        managing.core.storage.clock.advance(2)
        await managing.core.settle()
        await managing.core.settle()
        resting = sorted(
            (each.price or Decimal(0), each.qty)
            for each in managing.gateway.book.values()
            if each.order_status == "New" and each.reduce_only
        )
        assert resting == [(Decimal(105), Decimal("0.300")), (Decimal(115), Decimal("0.300"))]
        (position,) = managing.gateway.legs.values()
        assert position.take_profit == 130

    async def test_a_target_that_is_canceled_goes_out_of_the_plan(self, managing: Managing) -> None:
        await managing.hold(target_prices=(Decimal(110), Decimal(120)), target_shares=(Decimal("0.5"), Decimal("0.5")))
        await managing.core.settle()
        order = next(each for each in managing.gateway.book.values() if each.reduce_only and each.order_status == "New")
        await managing.legs.cancel(
            managing.core.config,
            managing.core.account.account_id,
            order.symbol,
            order.order_id,
            idempotency_key="cancel",
        )
        await managing.core.quiet()
        trade = await managing.core.settle()
        assert [each.number for each in trade.plan.targets] == [2]
        assert not [each for each in managing.gateway.book.values() if each.order_status == "New"]

    async def test_a_target_behind_the_price_is_refused(self, managing: Managing) -> None:
        await managing.hold()
        wanted = (PlannedTarget(number=1, price=Decimal(99), share=Decimal(1)),)
        with pytest.raises(BadInput, match="manage-target-passed"):
            await managing.legs.set_targets(managing.core.config, managing.leg(), wanted, idempotency_key="targets")


class TestCancels:
    async def test_all_resting_entries_go_and_the_stop_stays(self, managing: Managing) -> None:
        await managing.hold()
        await rest(managing)
        cancels = await managing.legs.cancel_all(
            managing.core.config, managing.core.account.account_id, None, idempotency_key="all"
        )
        await managing.core.quiet()
        assert len(cancels) == 1
        assert not [each for each in managing.gateway.book.values() if each.order_status == "New"]
        (position,) = managing.gateway.legs.values()
        assert position.stop_loss == 90

    async def test_an_order_that_is_gone_is_a_used_button(self, managing: Managing) -> None:
        await managing.hold()
        with pytest.raises(ButtonExpired):
            await managing.legs.cancel(
                managing.core.config,
                managing.core.account.account_id,
                managing.leg().symbol,
                "gone",
                idempotency_key="cancel",
            )


class TestOutlooks:
    async def test_a_leg_says_what_its_close_would_bring(self, managing: Managing) -> None:
        """0.1 × (105 - 100) = 0.5, less 0.0055 that was paid and 0.1 × 105 × 0.00055 = 0.005775."""
        await managing.hold()
        await managing.core.settle()
        managing.gateway.price = Decimal(105)
        (outlook,) = await managing.legs.outlooks(managing.core.config, managing.core.account.account_id)
        assert outlook.net_if_closed == Decimal("0.5") - Decimal("0.0055") - Decimal("0.005775")
        assert outlook.ownership is Ownership.OURS
        assert outlook.stop_verified_ts is not None
        assert await managing.legs.outlook(managing.core.config, managing.leg("ETHUSDT")) is None

    async def test_what_was_opened_elsewhere_is_foreign(self, managing: Managing) -> None:
        await managing.hold()
        await managing.core.settle()
        managing.gateway.elsewhere("BTCUSDT", size=Decimal("0.3"))
        await managing.core.quiet()
        outlook = await managing.legs.outlook(managing.core.config, managing.leg())
        assert outlook is not None
        assert outlook.ownership is Ownership.MIXED
        assert outlook.ours == Decimal("0.1")


async def test_states_of_closes_are_final_when_the_leg_is(managing: Managing) -> None:
    await managing.hold()
    intent = await managing.close()
    await managing.core.settle()
    (found,) = await managing.core.queries.intents([intent.intent_id])
    assert found.state is IntentState.FILLED


def _wish(managing: Managing, size: Decimal) -> NewClosing:
    return NewClosing(
        user_id=managing.core.config.user_id,
        leg=managing.leg(),
        side=Side.BUY,
        size=size,
        remaining=Decimal(0),
        idempotency_key="killed",
    )
