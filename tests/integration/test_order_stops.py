"""The stop belongs to the leg: verified, repaired, never put back against somebody's will."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from harness.order_core import OrderCore, open_core

from bot.domain.errors import ClockTrouble, ExchangeRejected, ExchangeRestricted, Restriction
from bot.domain.orders import AmendRequest, CancelRequest, OrderRequest, TradingStop, TriggerBy
from bot.domain.trade_plans import ExitReason, IntentKind, IntentState, PlanState

D = Decimal


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[OrderCore]:
    async with open_core(tmp_path) as opened:
        yield opened


async def with_resting_entry(core: OrderCore) -> str:
    """A filled long of 0.1 and a limit entry at 95 beside it; its orderLinkId."""
    await core.confirm()
    trade = await core.confirm(core.card(is_market=False, prices=(D(95),)), key="k-2")
    return trade.intents[-1].order_link_id


async def test_a_stop_that_did_not_come_along_is_set(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    trade = await core.confirm()
    assert trade.plan.protected_ts is None
    core.gateway.is_stop_lost = False
    core.storage.clock.advance(10)
    await core.settle()
    trade = await core.settle()
    assert trade.plan.protected_ts is not None
    (sent, *_) = core.gateway.sent(TradingStop)
    assert isinstance(sent, TradingStop)
    assert (sent.stop_loss, sent.take_profit) == (D(90), D(120))


async def test_nothing_is_managed_while_another_instance_may_be_doing_so(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    await core.confirm()
    sent = core.gateway.sent(TradingStop)
    async with core.storage.store.begin() as unit:
        await unit.halts.begin(None, "another instance", core.storage.clock.now())
        assert await unit.halts.stop_management() is not None
        assert await unit.halts.stop_management() is None, "it is told of once"
    core.gateway.is_stop_lost = False
    for _ in range(3):
        core.storage.clock.advance(10)
        trade = await core.settle()
    assert trade.position is not None
    assert trade.plan.protected_ts is None
    assert core.gateway.sent(TradingStop) == sent
    async with core.storage.store.begin() as unit:
        assert await unit.halts.end(core.storage.clock.now()) is not None
    core.storage.clock.advance(10)
    await core.settle()
    core.storage.clock.advance(10)
    assert (await core.settle()).plan.protected_ts is not None
    assert len(core.gateway.sent(TradingStop)) > len(sent)


async def test_a_position_whose_stop_is_refused_is_closed_after_a_second_look(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    core.gateway.faults.extend([None, ExchangeRejected("no", code=10001)])
    await core.confirm()
    core.storage.clock.advance(0.5)
    trade = await core.settle()
    assert [each.state for each in trade.intents] == [IntentState.FILLED, IntentState.REFUSED]
    core.storage.clock.advance(2)
    await core.settle()
    core.storage.clock.advance(2)
    trade = await core.settle()
    assert [each.kind for each in trade.intents if each.kind is IntentKind.CLOSE] == [IntentKind.CLOSE]
    assert trade.closed[0].exit_reason is ExitReason.EMERGENCY
    assert trade.position is None


async def test_a_clock_that_is_set_ahead_is_no_second_look(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    core.gateway.faults.extend([None, ExchangeRejected("no", code=10001)])
    await core.confirm()
    await core.settle()
    core.storage.clock.millis += 3_600_000
    for _ in range(3):
        trade = await core.settle()
    assert not [each for each in trade.intents if each.kind is IntentKind.CLOSE]
    core.storage.clock.advance(1)
    trade = await core.settle()
    assert [each.kind for each in trade.intents if each.kind is IntentKind.CLOSE] == [IntentKind.CLOSE]


async def test_a_clock_that_is_set_back_keeps_no_position_without_its_stop(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    core.gateway.faults.extend([None, "down"])
    await core.confirm()
    trade = await core.settle()
    assert [each.state for each in trade.intents] == [IntentState.FILLED, IntentState.UNKNOWN]
    core.gateway.is_stop_lost = False
    core.storage.clock.millis -= 3_600_000
    for _ in range(4):
        core.storage.clock.advance(3)
        trade = await core.settle()
    assert trade.plan.protected_ts is not None
    assert core.gateway.legs["BTCUSDT", 0].stop_loss == D(90)  # type: ignore[index]  a symbol


async def test_a_refused_stop_is_asked_for_again_though_the_clock_was_set_back(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    page = ExchangeRestricted("a page", restriction=Restriction.SERVER)
    core.gateway.faults.extend([None, page, page, page])
    await core.confirm()
    for _ in range(3):
        core.storage.clock.advance(1)
        await core.settle()
    core.gateway.is_stop_lost = False
    core.storage.clock.millis -= 3_600_000
    for _ in range(4):
        core.storage.clock.advance(3)
        trade = await core.settle()
    assert trade.plan.protected_ts is not None


async def test_a_position_is_not_closed_while_its_stop_may_still_be_set(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    core.gateway.faults.extend([None, "down", "down", "down"])
    await core.confirm()
    for _ in range(6):
        core.storage.clock.advance(3)
        trade = await core.settle()
    assert [each for each in trade.intents if each.kind is IntentKind.CLOSE] == []


async def test_a_page_of_403_is_no_refusal_for_which_a_position_is_closed(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    page = ExchangeRestricted("a page", restriction=Restriction.SERVER)
    core.gateway.faults.extend([None, page, page])
    await core.confirm()
    for _ in range(3):
        core.storage.clock.advance(2)
        await core.settle()
    core.gateway.is_stop_lost = False
    core.storage.clock.advance(6)
    await core.settle()
    trade = await core.settle()
    assert [each for each in trade.intents if each.kind is IntentKind.CLOSE] == []
    assert trade.plan.protected_ts is not None


async def test_a_silent_exchange_is_no_reason_to_close(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    await core.confirm()
    core.gateway.is_silent = True
    core.gateway.price = D(80)
    core.settlement.wake(core.account.account_id)
    core.storage.clock.advance(30)
    await core.quiet()
    assert len(core.gateway.sent(OrderRequest)) == 1


async def test_a_price_beyond_the_stop_closes_what_has_none(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    await core.confirm()
    core.gateway.price = D(89)
    for _ in range(3):
        core.storage.clock.advance(6)
        trade = await core.settle()
    assert trade.closed[0].exit_reason is ExitReason.EMERGENCY


async def test_a_stop_that_somebody_moved_stays_where_it_is(core: OrderCore) -> None:
    await with_resting_entry(core)
    core.gateway.elsewhere("BTCUSDT", stop_loss=D(85))
    trade = await core.settle()
    assert trade.plan.stop_changed_ts is not None
    assert core.gateway.sent(TradingStop) == []
    assert len(core.gateway.sent(CancelRequest)) == 1
    assert (await core.messages()).count("trade-stop-changed") == 1


async def test_an_add_moves_the_stop_of_the_whole_and_of_what_rests(core: OrderCore) -> None:
    resting = await with_resting_entry(core)
    trade = await core.confirm(core.card(is_market=False, prices=(D(97),), stop=D(92)), key="k-3")
    core.storage.clock.advance(3)
    trade = await core.settle()
    assert trade.plan.stop == D(92)
    (amend,) = core.gateway.sent(AmendRequest)
    assert isinstance(amend, AmendRequest)
    assert (amend.target_link_id, amend.stop_loss) == (resting, D(92))
    assert core.gateway.legs["BTCUSDT", 0].stop_loss == D(92)  # type: ignore[index]  a symbol
    assert core.gateway.calls.index(amend) < core.gateway.calls.index(core.gateway.sent(TradingStop)[0])


async def test_an_entry_beyond_the_new_stop_is_canceled(core: OrderCore) -> None:
    await with_resting_entry(core)
    async with core.storage.store.begin_aside() as unit:
        await unit.plans.set_stop(1, D(96), TriggerBy.LAST)
    trade = await core.settle()
    assert trade.intents[1].state is IntentState.CANCELED
    core.storage.clock.advance(1)
    trade = await core.settle()
    assert core.gateway.legs["BTCUSDT", 0].stop_loss == D(96)  # type: ignore[index]  a symbol


async def test_when_the_stop_takes_the_position_what_rests_goes_with_it(core: OrderCore) -> None:
    await with_resting_entry(core)
    core.gateway.trigger_stop()
    await core.quiet()
    trade = await core.settle()
    assert trade.plan.state is PlanState.ENDED
    assert trade.intents[1].state is IntentState.CANCELED
    assert trade.closed[0].exit_reason is ExitReason.STOP
    assert trade.closed[0].pnl < -1
    kinds = await core.messages()
    assert kinds.count("trade-closed") == 1
    assert "trade-stop-changed" not in kinds


async def test_the_stop_waits_two_seconds_for_the_amends_of_what_rests(core: OrderCore) -> None:
    await with_resting_entry(core)
    core.gateway.faults.append("down")
    async with core.storage.store.begin_aside() as unit:
        await unit.plans.set_stop(1, D(92), TriggerBy.LAST)
    await core.settle()
    assert [type(each) for each in core.gateway.calls[2:]] == [AmendRequest]
    core.storage.clock.advance(3)
    await core.settle()
    assert core.gateway.legs["BTCUSDT", 0].stop_loss == D(92)  # type: ignore[index]  a symbol


async def test_a_fill_that_puts_an_older_stop_back_is_no_doing_of_somebody_else(core: OrderCore) -> None:
    resting = await with_resting_entry(core)
    core.gateway.faults.extend([ExchangeRejected("busy", code=110001), None])  # the amend of the entry
    async with core.storage.store.begin_aside() as unit:
        await unit.plans.set_stop(1, D(92), TriggerBy.LAST)
    await core.settle()
    core.storage.clock.advance(3)
    trade = await core.settle()
    assert trade.plan.stop_verified_ts is not None
    core.gateway.fill(resting, D("0.1"))  # and with it comes the stop that it was sent with
    await core.quiet()
    await core.settle()
    trade = await core.settle()
    assert core.gateway.legs["BTCUSDT", 0].stop_loss == D(92)  # type: ignore[index]  a symbol
    assert trade.plan.stop_changed_ts is None
    assert "trade-stop-changed" not in await core.messages()


async def test_a_stop_that_is_said_to_stand_already_is_looked_at(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    core.gateway.faults.extend([None, ExchangeRejected("not modified", code=34040)])
    trade = await core.confirm()
    (call,) = [each for each in trade.intents if each.kind is IntentKind.STOP]
    assert call.state is IntentState.UNKNOWN
    assert core.gateway.sent(OrderRequest)[1:] == []


async def test_what_is_signed_anew_and_said_to_stand_already_is_looked_at(core: OrderCore) -> None:
    core.gateway.is_stop_lost = True
    core.gateway.faults.extend([None, ClockTrouble("late"), ExchangeRejected("not modified", code=34040)])
    trade = await core.confirm()
    (call,) = [each for each in trade.intents if each.kind is IntentKind.STOP]
    assert call.state is IntentState.UNKNOWN
    assert core.gateway.sent(OrderRequest)[1:] == []
