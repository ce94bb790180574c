"""What became of an order is asked for as Bybit's lists need it: often, for long, and never concluded from silence."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.order_core import OrderCore, open_core

from bot.domain.errors import ExchangeDown, ExchangeRejected
from bot.domain.ids import OrderLinkId
from bot.domain.orders import CancelRequest, OrderRequest
from bot.domain.patience import BYBIT
from bot.domain.trade_plans import IntentState, ManagedTrade, PlanState
from bot.services.trading.entry_cancels import cancel_order

D = Decimal


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[OrderCore]:
    async with open_core(tmp_path, patience=BYBIT) as opened:
        yield opened


async def asked(core: OrderCore, *seconds: float) -> ManagedTrade:
    """Settled once more after each of these pauses."""
    for pause in seconds:
        core.storage.clock.advance(pause)
        await core.settle()
    return await core.trade()


async def lost(core: OrderCore, fault: str) -> ManagedTrade:
    core.gateway.faults.append(fault)
    trade = await core.confirm()
    assert trade.intents[0].state is IntentState.UNKNOWN
    return trade


async def test_an_order_is_not_placed_after_three_answers_over_ten_seconds(core: OrderCore) -> None:
    await lost(core, "down")
    assert (await asked(core, 1, 5, 3)).intents[0].state is IntentState.UNKNOWN
    trade = await asked(core, 1)
    assert (trade.intents[0].state, trade.plan.state) == (IntentState.NOT_PLACED, PlanState.ENDED)
    assert len(core.gateway.sent(OrderRequest)) == 1


async def test_a_clock_that_is_set_an_hour_ahead_shortens_no_patience(core: OrderCore) -> None:
    await lost(core, "down")
    core.storage.clock.millis += 3_600_000
    assert (await asked(core, 1, 1, 1, 5)).intents[0].state is IntentState.UNKNOWN
    assert (await asked(core, 2, 1)).intents[0].state is IntentState.NOT_PLACED


async def test_a_clock_that_is_set_back_leaves_no_order_unknown(core: OrderCore) -> None:
    await lost(core, "down")
    core.storage.clock.millis -= 3_600_000
    assert (await asked(core, 1, 5, 3)).intents[0].state is IntentState.UNKNOWN, "nor is it concluded any sooner"
    assert (await asked(core, 1)).intents[0].state is IntentState.NOT_PLACED


@pytest.mark.parametrize("is_market", [True, False])
async def test_an_order_that_was_refused_and_is_there_all_the_same_is_known_again(
    core: OrderCore, is_market: bool
) -> None:
    core.gateway.faults.append("refused")
    core.gateway.listeners = []
    trade = await core.confirm(core.card(is_market=is_market, prices=(D("100.3") if is_market else D(95),)))
    assert trade.intents[0].state is IntentState.REJECTED
    refused = trade.intents
    await core.watch.told(refused)
    core.gateway.deliver()
    await asked(core, 1, 1, 1)
    await core.watch.told(refused)  # by a card that was on its way
    trade = await core.trade()
    entry = trade.intents[0]
    if is_market:
        assert (entry.state, entry.cum_exec_qty, trade.plan.state) == (IntentState.FILLED, D("0.1"), PlanState.OPEN)
        assert trade.plan.protected_ts is not None
        assert not entry.is_told, "it was told that nothing was filled"
    else:  # its plan has ended with it
        assert (entry.state, entry.reason) == (IntentState.CANCELED, "canceled-late")
    assert len([each for each in core.gateway.sent(OrderRequest) if not each.reduce_only]) == 1  # type: ignore[attr-defined]  orders


async def test_an_accepted_order_is_waited_for_by_no_clock_that_is_set(core: OrderCore) -> None:
    core.gateway.faults.append("accepted")
    await core.confirm()
    core.storage.clock.millis += 3_600_000
    assert (await asked(core, 5, 20, 20)).intents[0].state is IntentState.ACKNOWLEDGED
    assert (await asked(core, 15)).intents[0].state is IntentState.CANCELED


async def test_a_request_that_may_still_be_executed_is_waited_for(core: OrderCore) -> None:
    """However often and long it was said before that there is none."""
    object.__setattr__(core.settlement, "patience", replace(BYBIT, window=20_000))
    await lost(core, "down")
    assert (await asked(core, 5, 5, 9)).intents[0].state is IntentState.UNKNOWN
    assert (await asked(core, 1)).intents[0].state is IntentState.NOT_PLACED


async def test_one_answer_is_none_however_late_it_comes(core: OrderCore) -> None:
    core.gateway.is_silent = False
    core.gateway.faults.append("down")
    core.gateway.listeners = []
    core.runner.wakers.clear()
    await core.confirm()
    assert (await asked(core, 600)).intents[0].state is IntentState.UNKNOWN
    assert (await asked(core, 4, 4)).intents[0].state is IntentState.UNKNOWN
    assert (await asked(core, 2)).intents[0].state is IntentState.NOT_PLACED


async def test_a_query_that_fails_is_no_answer(core: OrderCore) -> None:
    await lost(core, "down")
    core.gateway.is_silent = True
    for pause in (4, 4, 4, 60):
        core.storage.clock.advance(pause)
        with pytest.raises(ExchangeDown):
            await core.settlement.settle(core.account.account_id)
    core.gateway.is_silent = False
    assert (await core.trade()).intents[0].state is IntentState.UNKNOWN
    assert (await asked(core, 1)).intents[0].state is IntentState.UNKNOWN  # the second answer
    assert (await asked(core, 1)).intents[0].state is IntentState.NOT_PLACED


async def test_an_execution_proves_an_order_that_no_list_shows(core: OrderCore) -> None:
    """Lists of orders lag; what they forget was there all the same."""
    await lost(core, "late")
    core.gateway.listeners = []
    core.gateway.deliver()
    core.gateway.book.clear()
    core.gateway.is_found = False  # nor does a question about it get an answer
    trade = await asked(core, 1)
    assert (trade.intents[0].state, trade.intents[0].cum_exec_qty) == (IntentState.FILLED, D("0.1"))
    assert trade.intents[0].avg_price == core.gateway.fills[0].exec_price
    assert trade.plan.state is PlanState.OPEN
    assert trade.plan.protected_ts is not None


async def test_what_was_filled_of_an_order_that_no_list_shows_is_kept(core: OrderCore) -> None:
    core.gateway.fill_ratio = D("0.5")
    await lost(core, "late")
    core.gateway.listeners = []
    core.gateway.deliver()
    core.gateway.book.clear()
    assert (await asked(core, 1)).intents[0].state is IntentState.PARTIALLY_FILLED
    trade = await asked(core, 5, 55)
    assert (trade.intents[0].state, trade.intents[0].cum_exec_qty) == (IntentState.CANCELED, D("0.05"))
    assert trade.plan.state is PlanState.OPEN


async def test_an_old_order_of_unknown_fate_is_found_among_executions_from_before_the_last_fill(
    core: OrderCore,
) -> None:
    """While it could not be asked for, others were filled: executions are read from its sending on."""
    await lost(core, "late")
    core.gateway.is_silent = True
    core.gateway.listeners = []
    core.gateway.deliver()
    early = core.gateway.fills.pop()
    core.gateway.book.clear()
    core.storage.clock.advance(300)
    other = replace(early, exec_id="e-other", order_id="o-other", order_link_id="", exec_ts=core.storage.clock.now())
    core.gateway.fills.append(other)
    core.gateway.is_silent = False
    await core.settle()
    core.gateway.fills.append(early)
    trade = await asked(core, 1)
    assert trade.intents[0].fills_qty == D("0.1")


async def test_an_acknowledged_order_that_is_not_shown_for_a_moment_is_not_gone(core: OrderCore) -> None:
    trade = await core.confirm(core.card(is_market=False, prices=(D(95),)))
    core.storage.clock.advance(60)
    book = dict(core.gateway.book)
    core.gateway.book.clear()
    assert (await asked(core, 0, 1)).intents[0].state is IntentState.OPEN
    core.gateway.book.update(book)
    assert (await asked(core, 1)).intents[0].state is IntentState.OPEN
    core.gateway.book.clear()
    trade = await asked(core, 1, 6, 5)
    assert (trade.intents[0].state, trade.intents[0].reason) == (IntentState.CANCELED, "canceled-vanished")
    core.gateway.book.update(book)
    trade = await asked(core, 1)
    assert (trade.intents[0].state, trade.intents[0].reason) == (IntentState.CANCELED, "canceled-late")
    assert core.gateway.sent(CancelRequest), "it was given up, and is taken back"


async def test_a_fill_shows_that_an_order_had_not_vanished(core: OrderCore) -> None:
    await core.confirm(core.card(is_market=False, prices=(D(95),)))
    core.storage.clock.advance(60)
    core.gateway.listeners = []
    book = dict(core.gateway.book)
    core.gateway.book.clear()
    assert (await asked(core, 0, 1, 6, 5)).intents[0].reason == "canceled-vanished"
    core.gateway.book.update(book)
    core.gateway.fill(next(iter(book.values())).order_link_id, "0.1")
    trade = await asked(core, 1, 1)
    assert (trade.intents[0].state, trade.intents[0].cum_exec_qty) == (IntentState.FILLED, D("0.1"))
    assert trade.plan.state is PlanState.OPEN


async def test_a_fill_that_does_not_say_our_id_is_counted_by_the_exchanges(core: OrderCore) -> None:
    """Its row was read once and is booked for good: an order that it never reached would count for ever."""
    await lost(core, "late")
    core.gateway.listeners = []
    core.gateway.deliver()
    core.gateway.fills[0] = replace(core.gateway.fills[0], order_link_id=OrderLinkId("somebody-elses"))
    trade = await asked(core, 1, 1)
    assert (trade.intents[0].state, trade.intents[0].fills_qty) == (IntentState.FILLED, D("0.1"))


@pytest.mark.parametrize(
    "odd",
    [{"exec_fee": None}, {"exec_qty": D(0)}, {"exec_price": D(-1)}, {"exec_type": ""}, {"is_maker": None}],
    ids=lambda odd: next(iter(odd)),
)
async def test_a_fill_that_can_not_be_booked_yet_holds_nothing_else_up(core: OrderCore, odd: dict[str, Any]) -> None:
    await lost(core, "late")
    core.gateway.listeners = []
    core.gateway.deliver()
    whole = core.gateway.fills[0]
    core.gateway.fills[0] = replace(whole, **odd)
    trade = await asked(core, 1)
    assert (trade.intents[0].state, trade.intents[0].is_counting) == (IntentState.FILLED, True)
    core.gateway.fills[0] = whole
    assert not (await asked(core, 1)).intents[0].is_counting


async def test_an_order_that_was_accepted_is_believed_in_for_a_minute(core: OrderCore) -> None:
    """Its lists may know nothing of it for so long: what is taken for gone is closed or bought a second time."""
    core.runner.wakers.clear()
    core.gateway.listeners = []
    await core.confirm(core.card(is_market=False, prices=(D(95),)))
    book = dict(core.gateway.book)
    core.gateway.book.clear()
    assert (await asked(core, 5, 10, 20, 20)).intents[0].state is IntentState.ACKNOWLEDGED
    core.gateway.book.update(book)
    assert (await asked(core, 1)).intents[0].state is IntentState.OPEN


async def test_a_cancel_that_nobody_answered_is_asked_for_again(core: OrderCore) -> None:
    await core.confirm(core.card(is_market=False, prices=(D(95),)))
    entry = (await core.settle()).intents[0]
    core.gateway.faults.append("down")
    async with core.storage.store.begin_aside() as unit:
        cancel = await cancel_order(unit, core.runner, entry, "tap", core.storage.clock.now())
    core.runner.launch([cancel])
    await core.quiet()
    assert (await asked(core, 5)).intents[-1].state is IntentState.UNKNOWN
    trade = await asked(core, 6, 1)
    assert [each.state for each in trade.intents] == [IntentState.CANCELED, IntentState.ABANDONED, IntentState.DONE]


async def test_a_refused_cancel_is_worth_another_attempt_after_a_while(core: OrderCore) -> None:
    """As a panic makes one: the key of its first attempt is used up."""
    await core.confirm(core.card(is_market=False, prices=(D(95),)))
    entry = (await core.settle()).intents[0]
    core.gateway.faults.append(ExchangeRejected("no", code=10001))
    tries = []
    for pause in (0, 1, 5):
        core.storage.clock.advance(pause)
        async with core.storage.store.begin_aside() as unit:
            tries.append(await cancel_order(unit, core.runner, entry, "panic:1:cancel", core.storage.clock.now()))
        core.runner.launch(tries[-1:])
        await core.quiet()
    assert [each.intent_id for each in tries] == [tries[0].intent_id] * 2 + [tries[0].intent_id + 1]
    assert (await core.settle()).intents[0].state is IntentState.CANCELED
