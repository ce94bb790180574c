"""Bybit's lists lag behind each other: what does not fit yet is no end of anything, and no reason to book it away."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.fakes import FakeClock
from harness.managing import Managing, make_managing
from harness.order_core import PLACE, open_core
from harness.order_gateway import ScriptedGateway

from bot.domain.accounts import Account
from bot.domain.disagreements import DisagreementKind
from bot.domain.errors import ExchangeRejected
from bot.domain.ids import DAY, HOUR, Millis, OrderLinkId, Symbol
from bot.domain.patience import BYBIT
from bot.domain.portfolio import NAMELESS, Execution, Positions, Side
from bot.domain.ports.clock import Clock
from bot.domain.refusals import VANISHED
from bot.domain.trade_plans import ExitReason, IntentKind, IntentState, ManagedTrade, OrderIntent, PlanState

D = Decimal
LEG = (Symbol("BTCUSDT"), 0)


@pytest.fixture
async def managing(tmp_path: Path) -> AsyncIterator[Managing]:
    async with open_core(tmp_path, patience=BYBIT) as core:
        yield make_managing(core)


async def settled(managing: Managing, *seconds: float) -> Any:
    """The trade, settled once more after each of these pauses."""
    for pause in seconds:
        managing.core.storage.clock.advance(pause)
        await managing.core.settle()
    return await managing.core.trade()


async def disagreements(managing: Managing) -> list[DisagreementKind]:
    found = await managing.disagreements.of_account(managing.core.config, managing.core.account.account_id)
    return [each.kind for each in found]


async def test_a_position_that_is_late_is_not_flat_and_costs_what_its_fills_cost(managing: Managing) -> None:
    managing.gateway.stale_reads = 4
    await managing.core.confirm()
    assert (await settled(managing, 1)).plan.state is PlanState.OPEN
    await settled(managing, 1, 1)
    cost = await cost_of(managing)
    assert cost.fees == D("0.1") * 100 * D("0.00055")  # not adopted anew, without them


async def cost_of(managing: Managing) -> Any:
    async with managing.core.storage.store.begin_aside() as unit:
        return await unit.legs.cost(managing.leg())


async def test_a_position_that_grows_before_its_fill_is_told_is_nobody_elses(managing: Managing) -> None:
    await managing.core.confirm()
    managing.gateway.elsewhere("BTCUSDT", size=D("0.3"))
    await settled(managing, 1, 3)
    assert await disagreements(managing) == []
    await settled(managing, 3)
    assert await disagreements(managing) == [DisagreementKind.GROWN]


async def test_a_clock_that_is_set_ahead_makes_no_fill_overdue(managing: Managing) -> None:
    await managing.core.confirm()
    managing.gateway.elsewhere("BTCUSDT", size=D("0.3"))
    await settled(managing, 1)
    managing.core.storage.clock.millis += 3_600_000
    await settled(managing, 0, 1, 1)
    assert await disagreements(managing) == []
    await settled(managing, 3)
    assert await disagreements(managing) == [DisagreementKind.GROWN]


async def test_a_position_that_vanished_is_told_once_its_fill_is_overdue(managing: Managing) -> None:
    await managing.core.confirm()
    managing.gateway.listeners = []
    del managing.gateway.legs[LEG]
    assert (await settled(managing, 1, 4)).plan.state is PlanState.OPEN
    trade = await settled(managing, 2)
    assert trade.plan.state is PlanState.ENDED
    assert await disagreements(managing) == []
    assert (await managing.core.messages()).count("trade-position-gone") == 1


async def test_a_close_whose_fills_come_late_is_no_disappearance(managing: Managing) -> None:
    await managing.core.confirm()
    managing.gateway.listeners = []
    managing.gateway.trigger_stop()
    late = managing.gateway.fills.pop()
    await settled(managing, 1)
    managing.gateway.fills.append(late)
    trade = await settled(managing, 3)
    assert (trade.plan.state, trade.closed[0].exit_reason) == (PlanState.ENDED, ExitReason.STOP)
    assert "trade-position-gone" not in await managing.core.messages()


@pytest.mark.parametrize("name", ["BTCUSDT", NAMELESS])
async def test_a_position_that_cannot_be_read_is_not_flat(managing: Managing, name: str) -> None:
    await managing.core.confirm()
    managing.gateway.legs.clear()
    managing.gateway.unreadable = (name,)
    trade = await settled(managing, 10, 10)
    assert trade.plan.state is PlanState.OPEN
    positions: Positions = await managing.gateway.positions(managing.core.account)
    assert positions.hides(Symbol("BTCUSDT"))


@pytest.mark.parametrize(
    ("exec_type", "reason"),
    [
        ("BustTrade", ExitReason.LIQUIDATION),
        ("AdlTrade", ExitReason.ADL),
        ("Settle", ExitReason.SETTLEMENT),
        ("Delivery", ExitReason.SETTLEMENT),
        ("MovePosition", ExitReason.ELSEWHERE),
    ],
)
async def test_what_no_order_has_closed_is_booked_and_rings_once(
    managing: Managing, exec_type: str, reason: ExitReason
) -> None:
    await managing.core.confirm()
    managing.gateway.listeners = []
    del managing.gateway.legs[LEG]
    managing.gateway.fills.append(without_order(managing, exec_type, closed_size=D("0.1")))
    trade = await settled(managing, 1, 1)
    assert (trade.plan.state, trade.closed[0].exit_reason) == (PlanState.ENDED, reason)
    assert (await managing.core.messages()).count("trade-closed") == 1


async def test_what_is_booked_beside_trades_moves_no_position(managing: Managing) -> None:
    await managing.core.confirm()
    managing.gateway.fills.append(without_order(managing, "SessionSettlePnL", closed_size=D(0)))
    await settled(managing, 1)
    assert (await cost_of(managing)).size == D("0.1")


async def test_a_close_that_is_split_up_is_one_by_its_owner(managing: Managing) -> None:
    """Bybit splits what is above its maximum into several orders; our id need not be on all of them."""
    await managing.hold()
    managing.gateway.fill_ratio = D("0.5")
    await managing.legs.close(managing.core.config, managing.leg(), place=PLACE, idempotency_key="press:close")
    managing.gateway.fills[-1] = replace(managing.gateway.fills[-1], order_link_id=OrderLinkId(""), order_id="o-split")
    managing.gateway.fill_ratio = D(1)
    await managing.core.quiet()
    trade = await settled(managing, 6, 6)
    assert {each.exit_reason for each in trade.closed} == {ExitReason.MANUAL}


async def test_of_an_account_without_any_fill_only_our_own_of_before_are_booked(managing: Managing) -> None:
    """A backup from before the first trade; and a newly connected account, whose past rings nobody."""
    await managing.core.confirm()
    await managing.core.quiet()
    for table in ("closed_trades", "order_intents", "plan_targets", "trade_plans", "leg_costs", "trade_logs"):
        await managing.core.storage.write(f"DELETE FROM {table}")  # noqa: S608  our own tables
    long_ago = Millis(managing.core.storage.clock.now() - DAY)
    ours = replace(managing.gateway.fills[0], exec_ts=long_ago)
    managing.gateway.fills[:] = [ours, before(ours)]
    started_anew = replace(managing.core.settlement)
    await started_anew.settle(managing.core.account.account_id)
    (plan,) = await managing.core.queries.plans_open(managing.core.account.account_id)
    intents = await managing.core.queries.intents_of_plan(plan.plan_id)
    assert [each.state for each in intents] == [IntentState.FILLED]
    rows = await managing.core.storage.database.fetch("SELECT exec_id FROM trade_logs", ())
    assert len(rows) == 1


def before(fill: Execution) -> Execution:
    """Somebody else's, a while before it."""
    ts = Millis((fill.exec_ts or 0) - HOUR)
    return replace(fill, exec_id="e-theirs", order_link_id=OrderLinkId("theirs"), exec_ts=ts)


def without_order(managing: Managing, exec_type: str, *, closed_size: Decimal) -> Execution:
    return replace(
        managing.gateway.fills[0],
        exec_id=f"e-{exec_type}",
        order_id="",
        order_link_id=OrderLinkId(""),
        side=Side.SELL,
        exec_type=exec_type,
        closed_size=closed_size,
        exec_ts=managing.core.storage.clock.now(),
        create_type="",
    )


class ElsewhereClock:
    """Bybit's clock, some milliseconds away from ours."""

    def __init__(self, ours: Clock, away: int) -> None:
        self._ours = ours
        self._away = away

    def now(self) -> Millis:
        return Millis(self._ours.now() + self._away)

    def monotonic(self) -> float:
        return self._ours.monotonic()


async def closed_by_its_stop(managing: Managing) -> Any:
    """The trade after a fill that was executed twenty minutes after everything was read."""
    await managing.core.confirm()
    await settled(managing, 1, 1_200)
    managing.gateway.trigger_stop()
    trade = await settled(managing, 1, 1, 10)
    assert trade.plan.state is PlanState.ENDED
    return trade


@pytest.mark.parametrize("away", [-2 * HOUR, -90_000, 2 * HOUR])
async def test_fills_are_dated_by_bybits_clock_wherever_ours_stands(managing: Managing, away: int) -> None:
    bybit = ElsewhereClock(managing.core.storage.clock, away)
    managing.gateway.clock = bybit
    managing.core.settlement = replace(managing.core.settlement, bybit_now=bybit.now)
    trade = await closed_by_its_stop(managing)
    assert [each.exit_reason for each in trade.closed] == [ExitReason.STOP]
    assert "trade-position-gone" not in await managing.core.messages()


async def test_a_fill_that_is_listed_long_after_it_was_executed_is_booked(managing: Managing) -> None:
    await managing.core.confirm()
    managing.gateway.listeners = []
    managing.gateway.trigger_stop()
    late, managing.gateway.fills = managing.gateway.fills[-1:], managing.gateway.fills[:-1]
    await settled(managing, 1, 30, 60, 600)
    managing.gateway.fills += late
    await settled(managing, 1)
    core = managing.core
    assert await core.queries.fills_known(core.account.account_id, Millis(0)) == {
        each.exec_id for each in managing.gateway.fills
    }


def entries(trade: ManagedTrade) -> list[OrderIntent]:
    return [each for each in trade.intents if each.kind is IntentKind.ENTRY]


class Withholding(ScriptedGateway):
    """Lists the executions of a symbol later than those of the others."""

    withheld = ""

    async def executions_since(self, account: Account, since: Millis) -> tuple[Execution, ...]:
        return tuple(each for each in await super().executions_since(account, since) if each.symbol != self.withheld)


async def test_a_fill_that_is_listed_behind_newer_ones_is_booked_all_the_same(tmp_path: Path) -> None:
    gateway = Withholding(FakeClock())
    async with open_core(tmp_path, gateway, patience=BYBIT) as core:
        gateway.withheld = "BTCUSDT"
        await core.confirm()
        core.storage.clock.advance(120)
        await core.confirm(core.card(symbol=Symbol("ETHUSDT")), key="k-2")
        (entry,) = entries(await core.trade())
        assert (entry.state, entry.is_counting) == (IntentState.FILLED, True)
    async with open_core(tmp_path, gateway, patience=BYBIT) as core:  # it is not remembered, but written down
        gateway.withheld = ""
        (entry,) = entries(await core.settle())
        assert (entry.fills_qty, entry.is_counting) == (D("0.1"), False)


async def test_what_was_not_there_before_it_came_may_be_late_again_when_it_went(managing: Managing) -> None:
    gateway = managing.gateway
    gateway.faults.append("late")
    await managing.core.confirm(managing.core.card(is_market=False, prices=(D(95),)))
    await settled(managing, 1, 1, 1)
    gateway.deliver()
    (entry,) = entries(await settled(managing, 1))
    assert entry.state is IntentState.OPEN
    gateway.book.clear()  # it has ended, and no list has it yet
    (entry,) = entries(await settled(managing, 3_600))
    assert entry.state is IntentState.OPEN, "three answers of now, not of an hour ago"
    (entry,) = entries(await settled(managing, 5, 6))
    assert (entry.state, entry.reason) == (IntentState.CANCELED, VANISHED)


class LateFills(ScriptedGateway):
    """Lists executions a minute after they were, when its orders have them long since."""

    async def executions_since(self, account: Account, since: Millis) -> tuple[Execution, ...]:
        told = await super().executions_since(account, since)
        return tuple(each for each in told if (each.exec_ts or 0) + 60_000 <= self.clock.now())


async def test_fills_that_orders_have_and_no_list_yet_make_no_position_somebody_elses_nor_gone(tmp_path: Path) -> None:
    async with open_core(tmp_path, LateFills(FakeClock()), BYBIT) as core:
        managing = make_managing(core)
        await core.confirm()
        await core.confirm(core.card(is_market=False, prices=(D(95),)), key="press:2")
        trade = await settled(managing, 1, 6, 20)
        assert [each.state for each in entries(trade)] == [IntentState.FILLED, IntentState.OPEN]
        await managing.close()
        await settled(managing, 1, 6, 20)
        assert await disagreements(managing) == []
        assert (await settled(managing, 40, 1)).closed[0].qty == D("0.1")
        assert "trade-position-gone" not in await core.messages()


async def test_a_position_that_came_and_went_unbooked_makes_the_fills_of_the_next_one_no_older(tmp_path: Path) -> None:
    async with open_core(tmp_path, LateFills(FakeClock()), BYBIT) as core:
        managing = make_managing(core)
        await core.confirm()
        await managing.close()
        await settled(managing, 1, 61, 3_600)
        await core.confirm(key="k-2")
        await core.settlement.settle(core.account.account_id)
        assert await disagreements(managing) == []


async def test_an_older_stop_that_is_listed_again_right_after_a_move_is_nobody_elses(managing: Managing) -> None:
    await managing.core.confirm()
    older = managing.gateway.legs[LEG].stop_loss
    await managing.legs.move_stop(managing.core.config, managing.leg(), D(92), idempotency_key="press:stop")
    await managing.core.quiet()
    await settled(managing, 1)
    managing.gateway.elsewhere("BTCUSDT", stop_loss=older)
    await settled(managing, 2)
    assert await disagreements(managing) == []
    await settled(managing, 3)
    assert await disagreements(managing) == [DisagreementKind.STOP]


@pytest.mark.parametrize("is_gone", [True, False])
async def test_a_target_for_which_nothing_was_left_is_told_of_only_where_the_position_stands(
    managing: Managing, is_gone: bool
) -> None:
    managing.gateway.faults.extend([None, ExchangeRejected("current position is zero", code=110017)])
    await managing.core.confirm(managing.core.card(target_prices=(D(105), D(110)), target_shares=(D("0.5"), D("0.5"))))
    await settled(managing, 1)
    if is_gone:
        managing.gateway.trigger_stop()
    await settled(managing, 2, 4)
    assert await disagreements(managing) == ([] if is_gone else [DisagreementKind.TARGET])
    assert ("trade-target-gone" in await managing.core.messages()) is not is_gone


class Terse(ScriptedGateway):
    """Says of no execution what it closed."""

    async def executions_since(self, account: Account, since: Millis) -> tuple[Execution, ...]:
        return tuple(replace(each, closed_size=None) for each in await super().executions_since(account, since))


async def test_what_a_fill_closed_is_reckoned_where_the_exchange_does_not_say(tmp_path: Path) -> None:
    """Bybit's documentation has "" there, of perpetuals in USDT, too."""
    async with open_core(tmp_path, Terse(FakeClock())) as core:
        await core.confirm()
        bought = core.gateway.fills[-1]
        core.gateway.fills.append(replace(bought, exec_id="e-paid", exec_type="Funding", exec_fee=D("0.02")))
        await core.settle()
        core.gateway.trigger_stop()
        trade = await core.settle()
        (closed,) = trade.closed
        assert (closed.qty, closed.exit_reason, closed.funding) == (D("0.1"), ExitReason.STOP, D("0.02"))
        rows = await core.storage.database.fetch("SELECT exec_type, closed_size FROM trade_logs ORDER BY ts, id", ())
        assert rows == [("Trade", "0"), ("Funding", "0"), ("Trade", "0.1")]
