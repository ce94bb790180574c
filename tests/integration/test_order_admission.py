"""Requests wait for their place in the budget: what is signed then is still wanted, and nothing of it is lost."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from harness.managing import Managing, open_managing
from harness.order_core import PLACE
from harness.waiting import until

from bot.domain.errors import ClockTrouble, KeyTrouble, NotSent, OutcomeUnknown
from bot.domain.orders import OrderRequest
from bot.domain.priorities import RequestPriority
from bot.domain.trade_plans import IntentState, ManagedTrade

D = Decimal
FULL = NotSent("no room within 15 s", retry_after=0.01)


@pytest.fixture
async def managing(tmp_path: Path) -> AsyncIterator[Managing]:
    async with open_managing(tmp_path) as opened:
        yield opened


async def tapped(managing: Managing) -> ManagedTrade:
    """A confirmed entry that waits for its admission."""
    managing.gateway.room.clear()
    trade = await managing.core.entries.confirm(
        managing.core.config, managing.core.card(), place=PLACE, idempotency_key="k-1"
    )
    await until(lambda: bool(managing.gateway.priorities), what="an admission that was asked for")
    assert trade.intents[0].state is IntentState.INTENT
    return trade


async def freed(managing: Managing) -> ManagedTrade:
    managing.gateway.room.set()
    await managing.core.quiet()
    return await managing.core.trade()


async def test_an_entry_that_waited_is_sent_as_of_the_moment_of_its_admission(managing: Managing) -> None:
    await tapped(managing)
    managing.core.storage.clock.advance(9)
    (entry,) = (await freed(managing)).intents
    assert entry.state is IntentState.FILLED
    assert entry.sent_ts is not None
    assert entry.sent_ts - entry.created_ts == 9_000


async def test_an_entry_whose_card_grew_old_meanwhile_is_not_sent(managing: Managing) -> None:
    await tapped(managing)
    managing.core.storage.clock.advance(16)
    (entry,) = (await freed(managing)).intents
    assert (entry.state, entry.reason) == (IntentState.ABANDONED, "entry-outdated")
    assert managing.gateway.calls == []


async def test_a_panic_meanwhile_is_before_it(managing: Managing) -> None:
    await tapped(managing)
    await managing.panic.stop_entries(managing.core.account, idempotency_key="p-1")
    (entry,) = (await freed(managing)).intents
    assert (entry.state, entry.reason) == (IntentState.ABANDONED, "entry-fenced")
    assert managing.gateway.calls == []


async def test_an_entry_that_gets_no_place_is_given_up_unsent(managing: Managing) -> None:
    managing.gateway.held.append(FULL)
    (entry,) = (await managing.core.confirm()).intents
    assert (entry.state, entry.reason) == (IntentState.ABANDONED, "entry-held")
    assert managing.gateway.calls == []


async def test_an_exit_is_tried_until_it_gets_its_place(managing: Managing) -> None:
    await managing.hold()
    managing.gateway.held.extend([FULL, FULL])
    managing.gateway.faults.append(FULL)  # the room is taken away once more while it is sent
    await managing.close()
    assert managing.gateway.legs == {}
    closes = [each for each in managing.gateway.calls if isinstance(each, OrderRequest) and each.reduce_only]
    assert len({each.order_link_id for each in closes}) == 1


async def test_closes_go_before_stops_and_those_before_entries(managing: Managing) -> None:
    await managing.core.confirm(managing.core.card(leverage=D(5)))
    await managing.legs.move_stop(managing.core.config, managing.leg(), D(95), idempotency_key="s-1")
    await managing.close()
    names = {kind.__name__: priority for kind, priority in managing.gateway.priorities[:3]}
    assert names == {
        "LeverageRequest": RequestPriority.CREATE,
        "OrderRequest": RequestPriority.CREATE,
        "TradingStop": RequestPriority.CANCEL,
    }
    assert managing.gateway.priorities[-1] == (OrderRequest, RequestPriority.CLOSE)


async def test_a_wrong_clock_signs_an_exit_once_more_and_no_entry(managing: Managing) -> None:
    managing.gateway.faults.append(ClockTrouble("10002", code=10002))
    (entry,) = (await managing.core.confirm()).intents
    assert (entry.state, len(managing.gateway.sent(OrderRequest))) == (IntentState.REJECTED, 1)
    await managing.hold()
    managing.gateway.faults.extend([ClockTrouble("10002", code=10002), OutcomeUnknown("lost"), None])
    await managing.close()
    closes = [each.order_link_id for each in managing.gateway.calls if isinstance(each, OrderRequest)][2:]
    assert closes[0] == closes[1] != closes[2]
    assert managing.gateway.legs == {}


async def test_an_order_whose_key_is_gone_by_then_is_refused_for_that(managing: Managing) -> None:
    managing.gateway.held.append(KeyTrouble("no key is stored"))
    await tapped(managing)
    (entry,) = (await freed(managing)).intents
    assert (entry.state, entry.reason) == (IntentState.REJECTED, "order-no-key")
    assert managing.gateway.calls == []
