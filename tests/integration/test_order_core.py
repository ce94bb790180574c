"""Orders that cannot double and are never lost, over an exchange that loses answers."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
from harness.fakes import FakeClock
from harness.order_core import PLACE, DropLog, Holding, OrderCore, open_core, telling_of

from bot.aio.timers import Later, Timer, loop_later
from bot.domain.accounts import AccountType
from bot.domain.errors import ExchangeDown, ExchangeRejected
from bot.domain.ids import AccountId, Symbol
from bot.domain.orders import CancelRequest, OrderRequest, PositionMode, TradingStop
from bot.domain.trade_plans import IntentKind, IntentState, PlanState
from bot.services.trading.signals import AccountSignals

D = Decimal


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[OrderCore]:
    async with open_core(tmp_path) as opened:
        yield opened


async def test_an_entry_is_filled_and_its_stop_verified(core: OrderCore) -> None:
    trade = await core.confirm()
    (entry,) = trade.intents
    assert (entry.kind, entry.state) == (IntentKind.ENTRY, IntentState.FILLED)
    assert entry.fills_qty == entry.cum_exec_qty == D("0.1")
    assert not entry.is_counting
    assert trade.plan.state is PlanState.OPEN
    assert trade.plan.first_fill_ts is not None
    assert trade.plan.protected_ts is not None
    assert trade.position is not None
    assert trade.position.size == D("0.1")
    assert core.gateway.sent(TradingStop) == []


async def test_the_same_tap_again_is_the_same_trade(core: OrderCore) -> None:
    first = await core.confirm()
    again = await core.confirm()
    assert again.plan.plan_id == first.plan.plan_id
    assert len(core.gateway.sent(OrderRequest)) == 1


@pytest.mark.parametrize("fault", ["lost", "late", "down"])
async def test_an_answer_that_is_lost_is_asked_for_and_nothing_is_sent_again(core: OrderCore, fault: str) -> None:
    core.gateway.faults.append(fault)
    trade = await core.confirm()
    if fault != "lost":
        assert trade.intents[0].state is IntentState.UNKNOWN
        if fault == "late":
            core.gateway.deliver()
        core.storage.clock.advance(11)
        trade = await core.settle()
    assert trade.intents[0].state is (IntentState.NOT_PLACED if fault == "down" else IntentState.FILLED)
    assert trade.plan.state is (PlanState.ENDED if fault == "down" else PlanState.OPEN)
    assert len(core.gateway.sent(OrderRequest)) == 1


async def test_what_is_unknown_is_asked_for_by_itself_until_it_is_known(core: OrderCore) -> None:
    core.gateway.faults.append("down")
    await core.confirm()
    looks: list[float] = []
    settlement = replace(core.settlement, later=_noted(looks))
    for seconds in (0, 1, 3, 5):
        core.storage.clock.advance(seconds)
        await settlement.settle(core.account.account_id)
    assert looks == [1, 1, 4, 1]
    core.storage.clock.advance(1)
    await settlement.settle(core.account.account_id)
    assert (await core.trade()).intents[0].state is IntentState.NOT_PLACED
    assert len(looks) == 4


async def test_what_a_process_that_ended_wrote_and_did_not_send_is_reckoned_anew(core: OrderCore) -> None:
    """A target between its commit and its sending: the next process looks when it is old enough, and at once again."""
    looks: list[float] = []
    settlement = replace(core.settlement, later=_noted(looks))
    await core.confirm(core.card(target_prices=(D(110), D(120)), target_shares=(D("0.5"), D("0.5"))))
    await core.storage.write("UPDATE order_intents SET state = 'intent', sent_ts = NULL WHERE kind = 'target'")
    core.gateway.book = {key: each for key, each in core.gateway.book.items() if each.price != D(110)}
    await settlement.settle(core.account.account_id)
    assert looks == [3]
    core.storage.clock.advance(3)
    await settlement.settle(core.account.account_id)
    await core.quiet()
    states = [each.state for each in (await core.trade()).intents if each.kind is IntentKind.TARGET]
    assert states == [IntentState.ABANDONED, IntentState.OPEN]


async def test_an_amend_that_never_came_is_asked_for_anew_at_once(core: OrderCore) -> None:
    """Its end is known as of this round, in which it still counts as young: another round follows."""
    await core.confirm(core.card(target_prices=(D(110), D(120)), target_shares=(D("0.5"), D("0.5"))))
    (link,) = [key for key, each in core.gateway.book.items() if each.price == D(110)]
    whole = core.gateway.book[link].qty
    core.gateway.book[link] = replace(core.gateway.book[link], qty=whole / 2)
    core.gateway.faults.append("down")
    core.storage.clock.advance(2)
    await core.settle()
    core.storage.clock.advance(11)
    settlement = replace(core.settlement, signals=_Ticking(clock=core.storage.clock))
    await settlement.settle(core.account.account_id)
    await core.quiet()
    assert core.gateway.book[link].qty == whole


async def test_what_the_exchange_says_later_wins_over_what_was_concluded(core: OrderCore) -> None:
    core.gateway.faults.append("late")
    await core.confirm()
    core.storage.clock.advance(11)
    trade = await core.settle()
    assert trade.intents[0].state is IntentState.NOT_PLACED
    core.gateway.deliver(even_expired=True)
    trade = await core.settle()
    assert trade.intents[0].fills_qty == D("0.1")
    assert trade.intents[0].state is IntentState.FILLED
    assert trade.plan.state is PlanState.OPEN
    assert trade.plan.protected_ts is not None


async def test_after_a_restore_what_was_opened_is_kept_and_what_rests_is_taken_back(core: OrderCore) -> None:
    """The rows of what was ordered since the backup are gone; the exchange has it all."""
    await core.confirm(core.card(target_prices=(D(110), D(120)), target_shares=(D("0.5"), D("0.5"))))
    await core.settle()
    await core.confirm(core.card(symbol=Symbol("ETHUSDT"), is_market=False, prices=(D(95),)), key="k-2")
    assert any(each.reduce_only for each in core.gateway.book.values()), "a target rests"
    for table in ("closed_trades", "order_intents", "plan_targets", "trade_plans", "leg_costs", "trade_logs"):
        await core.storage.write(f"DELETE FROM {table}")  # noqa: S608  our own tables
    core.storage.clock.advance(60)
    await core.settle()
    await core.settle()
    plans = await core.queries.plans_open(core.account.account_id)
    assert [(each.stop, each.side) for each in plans] == [(D(90), "Buy")]
    assert {each.order_status for each in core.gateway.book.values()} == {"Filled", "Cancelled"}
    assert core.gateway.legs["BTCUSDT", 0].size == D("0.1")  # type: ignore[index]  a symbol
    rows = await core.storage.database.fetch("SELECT state, reason FROM order_intents WHERE symbol = 'ETHUSDT'", ())
    assert ("canceled", "canceled-restored") in rows
    core.storage.clock.advance(11)
    await telling_of(core).tell_due()
    told = await core.messages()
    assert (told.count("trade-found"), told.count("trade-entry")) == (1, 1), "the position, and what was taken back"


async def test_what_no_card_told_of_goes_out_by_the_outbox_once(core: OrderCore) -> None:
    telling = telling_of(core)
    first = await core.confirm()
    await core.watch.told(first.intents)
    core.gateway.fill_ratio = D("0.5")
    await core.confirm(key="k-2")
    assert await telling.tell_due() == 0
    core.storage.clock.advance(11)
    assert [await telling.tell_due(), await telling.tell_due()] == [1, 0]
    assert await core.messages() == ["trade-entry"]
    await core.confirm(key="k-3")
    core.storage.clock.millis -= 3_600_000
    assert [await telling.tell_due(), await telling.tell_due()] == [1, 0], "the clock was set back"


async def test_an_entry_that_rested_is_told_as_soon_as_it_is_filled(core: OrderCore) -> None:
    telling = telling_of(core)
    trade = await core.confirm(core.card(is_market=False, prices=(D(95),)))
    core.storage.clock.advance(60)
    core.gateway.fill(trade.intents[0].order_link_id, trade.intents[0].request.qty)  # type: ignore[union-attr]  # the entry
    await core.settle()
    core.storage.clock.advance(1)
    assert await telling.tell_due() == 1, "no card follows it any more: its target may come next"
    assert await core.messages() == ["trade-entry"]


async def test_a_failing_read_never_means_flat(core: OrderCore) -> None:
    await core.confirm()
    core.gateway.is_silent = True
    with pytest.raises(ExchangeDown):
        await core.settlement.settle(core.account.account_id)
    trade = await core.trade()
    assert trade.plan.state is PlanState.OPEN
    assert trade.position is not None


async def test_a_first_id_that_is_taken_is_an_alarm_and_not_sent_again(
    core: OrderCore, caplog: pytest.LogCaptureFixture
) -> None:
    core.gateway.faults.append(ExchangeRejected("duplicate", code=110072))
    trade = await core.confirm()
    assert trade.intents[0].state is IntentState.UNKNOWN
    assert len(core.gateway.sent(OrderRequest)) == 1
    assert "an order of a new id is there already: duplicate" in caplog.text
    assert not [each for each in caplog.records if each.exc_info], "it is foreseen: no traceback"


async def test_an_order_that_the_exchange_forgot_is_not_waited_for(core: OrderCore) -> None:
    """As after a reset of a practice account."""
    await core.confirm()
    await core.confirm(core.card(is_market=False, prices=(D(95),)), key="k-2")
    core.gateway.book.clear()
    core.gateway.legs.clear()
    core.storage.clock.advance(11)
    trade = await core.settle()
    assert trade.plan.state is PlanState.ENDED
    assert (trade.intents[1].state, trade.intents[1].reason) == (IntentState.CANCELED, "canceled-vanished")
    again = await core.confirm(key="k-3")
    assert again.plan.plan_id != trade.plan.plan_id


async def test_a_second_order_need_not_wait_for_the_bookings_of_the_first(core: OrderCore) -> None:
    core.runner.wakers.clear()
    core.gateway.listeners = []
    await core.confirm()
    assert (await core.trade()).position is None
    trade = await core.confirm(key="k-2")
    trade = await core.settle()
    assert trade.position is not None
    assert trade.position.size == D("0.2")


async def test_an_order_into_a_leg_that_was_just_stopped_out_begins_a_new_plan(core: OrderCore) -> None:
    first = await core.confirm()
    core.gateway.listeners = []
    core.gateway.trigger_stop()
    second = await core.confirm(key="k-2")
    assert second.plan.plan_id != first.plan.plan_id
    assert second.plan.protected_ts is not None
    assert (await core.trade(first.plan.plan_id)).plan.state is PlanState.ENDED


async def test_a_position_that_is_read_before_its_fill_is_not_flat(core: OrderCore) -> None:
    """The fill is news in the same round: what the positions do not show yet is no end of anything."""
    core.gateway.stale_reads = 2  # the one of the confirm, and the first of the settlement
    trade = await core.confirm()
    assert trade.plan.state is PlanState.OPEN
    assert trade.plan.protected_ts is not None


async def test_an_entry_that_a_process_left_behind_is_sent_while_its_card_is_young(core: OrderCore) -> None:
    object.__setattr__(core.entries, "runner", Holding(core.runner, []))
    trade = await core.confirm()
    assert trade.intents[0].state is IntentState.INTENT
    core.storage.clock.advance(4)
    trade = await core.settle()
    assert trade.intents[0].state is IntentState.FILLED


async def test_an_entry_that_a_process_left_behind_too_long_is_not_sent(core: OrderCore) -> None:
    object.__setattr__(core.entries, "runner", Holding(core.runner, []))
    await core.confirm()
    core.storage.clock.advance(31)
    trade = await core.settle()
    assert (trade.intents[0].state, trade.intents[0].reason) == (IntentState.ABANDONED, "entry-outdated")
    assert core.gateway.calls == []
    core.storage.clock.advance(11)
    telling = telling_of(core)
    await telling.tell_due()
    assert await core.messages() == ["trade-entry"]


async def test_written_and_sending_are_one_commit_and_a_process_that_dies_then_asks(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        object.__setattr__(core.entries, "runner", Holding(core.runner, [], is_queued=False))
        trade = await core.entries.confirm(core.config, core.card(), place=PLACE, idempotency_key="k-1")
        assert trade.intents[0].state is IntentState.SENDING
        gateway = core.gateway
    gateway.clock.advance(4)
    async with open_core(tmp_path, gateway) as core:
        assert (await core.settle()).intents[0].state is IntentState.UNKNOWN
        core.storage.clock.advance(7)
        trade = await core.settle()
        assert (trade.intents[0].state, trade.plan.state) == (IntentState.NOT_PLACED, PlanState.ENDED)
        await core.confirm(key="k-1")
        assert core.gateway.calls == []


async def test_an_order_that_rests_after_it_was_given_up_is_taken_back_and_told(core: OrderCore) -> None:
    telling = telling_of(core)
    core.gateway.faults.append("late")
    await core.confirm(core.card(is_market=False, prices=(D(95),)))
    core.storage.clock.advance(11)
    trade = await core.settle()
    assert trade.intents[0].state is IntentState.NOT_PLACED
    await core.watch.told(trade.intents)
    core.gateway.deliver(even_expired=True)
    await core.settle()
    trade = await core.settle()
    assert (trade.intents[0].state, trade.intents[0].reason) == (IntentState.CANCELED, "canceled-late")
    assert len(core.gateway.sent(CancelRequest)) == 1
    core.storage.clock.advance(11)
    await telling.tell_due()
    assert await core.messages() == ["trade-entry"]


async def test_an_entry_on_its_way_when_the_account_is_paused_is_taken_back_when_it_rests(core: OrderCore) -> None:
    core.gateway.faults.append("late")
    trade = await core.confirm(core.card(is_market=False, prices=(D(95),)))
    assert trade.intents[0].state is IntentState.UNKNOWN
    async with core.storage.store.begin() as unit:
        await unit.fences.pause(core.account.account_id, core.storage.clock.now())
    core.gateway.deliver()
    for _ in range(3):
        trade = await core.settle()
    assert len(core.gateway.sent(CancelRequest)) == 1
    assert trade.intents[0].state is IntentState.CANCELED


async def test_after_the_end_of_a_process_nothing_wakes_it(core: OrderCore) -> None:
    await core.confirm()
    core.settlement.stop()
    core.settlement.wake(core.account.account_id)
    assert len(core.runner.tasks) == 0


@dataclass(frozen=True, kw_only=True)
class _Ticking(AccountSignals):
    """A round takes a millisecond, as they do."""

    clock: FakeClock

    def changed(self, account_id: AccountId) -> None:
        self.clock.advance(0.001)
        AccountSignals.changed(self, account_id)


def _noted(looks: list[float]) -> Later:
    """Timers that never come; `looks`: their delays in seconds."""

    def later(delay: float, call: Callable[[], None]) -> Timer:
        looks.append(delay)
        return loop_later(3_600, call)

    return later


def _fund(core: OrderCore, paid: str) -> None:
    """A funding of now on whatever stands."""
    fill = core.gateway.fills[0]
    now = core.storage.clock.now()
    name = f"f-{len(core.gateway.fills)}"
    core.gateway.fills.append(
        replace(fill, exec_id=name, order_id=name, exec_type="Funding", exec_fee=D(paid), exec_ts=now, closed_size=D(0))
    )


async def test_funding_is_shared_by_size_and_time_among_what_was_closed(core: OrderCore) -> None:
    trade = await core.confirm(core.card(target_prices=(D(110), D(120)), target_shares=(D("0.5"), D("0.5"))))
    (target,) = [each for each in trade.intents if each.kind is IntentKind.TARGET]
    core.storage.clock.advance(60)
    _fund(core, "0.02")
    core.gateway.fill(target.order_link_id, "0.05")
    await core.quiet()
    core.storage.clock.advance(60)
    moment = core.storage.clock.now()
    core.storage.clock.advance(60)
    core.gateway.trigger_stop()
    await core.quiet()
    _fund(core, "0.008")  # of a moment before that close, heard of after it
    core.gateway.fills[-1] = replace(core.gateway.fills[-1], exec_ts=moment)
    trade = await core.settle()
    assert [each.funding for each in trade.closed] == [D("0.01"), D("0.018")]
    assert trade.closed[1].slippage == 0
    rows = await core.storage.database.fetch("SELECT asked_ts, sent_ts, acknowledged_ts FROM closed_trades", ())
    assert sorted(None in row for row in rows) == [False, True]  # the stop was the exchange's own order


async def test_what_the_exchange_has_taken_is_dropped_before_it_is_booked(core: OrderCore) -> None:
    await core.confirm(core.card(leverage=D(5)))
    told = DropLog.of(core.runner)
    assert told[:3] == ["invalidate_position_cache", "invalidate_balance_cache", "on_order_placed"]
    before = len(told)
    core.gateway.faults.append("down")
    await core.confirm(core.card(leverage=D(5)), key="second")
    assert len(told) == before, "what may not have been done drops nothing"


async def test_fills_that_a_stream_tells_are_booked_and_what_goes_beyond_them_is_asked(
    core: OrderCore,
) -> None:
    await core.confirm()
    gateway = core.gateway
    teller = replace(gateway, legs=dict(gateway.legs), book=dict(gateway.book), fills=list(gateway.fills), reads=[])
    settlement = replace(core.settlement, told={AccountType.DEMO: teller})
    gateway.reads.clear()
    await settlement.settle(core.account.account_id, is_told=True)
    assert teller.reads
    assert not gateway.reads
    ((key, leg),) = teller.legs.items()
    for wrong in ({}, {key: replace(leg, stop_loss=None)}, {key: replace(leg, size=leg.size * 2)}):
        teller.legs = dict(wrong)
        gateway.reads.clear()
        core.storage.clock.advance(20)
        await settlement.settle(core.account.account_id, is_told=True)
        assert gateway.reads, wrong
        trade = await core.trade()
        assert trade.plan.state is PlanState.OPEN
        assert not await core.storage.database.fetch("SELECT 1 FROM disagreements", ())
    await core.quiet()
    assert len(gateway.sent(OrderRequest)) == 1


async def test_what_a_stream_shows_naked_is_no_look_before_an_emergency(tmp_path: Path) -> None:
    async with open_core(tmp_path) as before:
        gateway = before.gateway
        gateway.is_stop_lost = True
        await before.confirm()
    gateway.price = D(85)  # beyond the stop: the second answered look closes
    async with open_core(tmp_path, gateway) as core:
        teller = replace(gateway, legs=dict(gateway.legs), book=dict(gateway.book), fills=list(gateway.fills), reads=[])
        settlement = replace(core.settlement, told={AccountType.DEMO: teller})
        gateway.is_silent = True
        with pytest.raises(ExchangeDown):
            await settlement.settle(core.account.account_id, is_told=True)
        gateway.is_silent = False
        kinds = []
        for _ in range(2):
            core.storage.clock.advance(2)
            trade = await core.settle()
            kinds.append({each.kind for each in trade.intents})
    assert IntentKind.CLOSE not in kinds[0], "one look alone"
    assert IntentKind.CLOSE in kinds[1]


async def test_an_entry_of_the_position_mode_before_says_that_it_was_switched(core: OrderCore) -> None:
    core.gateway.room.clear()
    core.gateway.faults.append(ExchangeRejected("position idx not match position mode", code=10001))
    trade = await core.entries.confirm(core.config, core.card(), place=PLACE, idempotency_key="k-1")
    core.gateway.mode = PositionMode.HEDGE
    core.gateway.room.set()
    await core.quiet()
    (entry,) = (await core.trade(trade.plan.plan_id)).intents
    assert (entry.state, entry.code, entry.reason) == (IntentState.REJECTED, 10001, "order-no-mode")


async def test_a_wrong_parameter_in_the_mode_of_the_card_is_not_blamed_on_it(core: OrderCore) -> None:
    core.gateway.faults.append(ExchangeRejected("no", code=10001))
    trade = await core.confirm()
    assert (trade.intents[0].state, trade.intents[0].reason) == (IntentState.REJECTED, "order-no-value")


async def test_a_position_of_any_size_that_is_read_keeps_no_account_from_being_settled(core: OrderCore) -> None:
    trade = await core.confirm()
    leg = core.gateway.legs["BTCUSDT", 0]  # type: ignore[index]  a symbol
    most = D("9e17")
    core.gateway.legs["BTCUSDT", 0] = replace(leg, size=most, entry_price=most)  # type: ignore[index]  a symbol
    for _ in range(2):
        core.storage.clock.advance(6)
        trade = await core.settle()
    assert trade.position is not None
    assert trade.position.size == most


async def test_a_fee_in_another_coin_is_no_part_of_a_result(core: OrderCore) -> None:
    await core.confirm()
    core.gateway.listeners = []
    core.gateway.trigger_stop()
    core.gateway.fills[-1] = replace(core.gateway.fills[-1], fee_currency="MNT", exec_fee=D(7))
    (closed,) = (await core.settle()).closed
    assert (closed.open_fee, closed.close_fee, closed.fee_currency) == (D("0.0055"), 0, "USDT")
    assert closed.pnl == D("-1.0055")
