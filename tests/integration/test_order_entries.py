"""What an entry is refused for, and what keeps one that is written from being sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.order_core import PLACE, Holding, OrderCore, open_core
from harness.power import Disk
from harness.storage import position
from harness.waiting import LIMIT

from bot.domain.accounts import Account
from bot.domain.errors import ButtonExpired, ExchangeDown, ExchangeRejected, NotAllowed, StorageTrouble, UserFacing
from bot.domain.ids import Millis
from bot.domain.order_card import CardOutdated, ConfirmedCard, EntryRefused
from bot.domain.orders import LeverageRequest, OrderRequest, PositionMode
from bot.domain.portfolio import Side
from bot.domain.ports.storage import UnitOfWork
from bot.domain.trade_plans import IntentKind, IntentState, PlanState
from storage.sqlite.connection import SqliteConnection

D = Decimal
SHORT = {"side": Side.SELL, "stop": D(110), "prices": (D("99.7"),), "target_prices": (D(80),)}


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[OrderCore]:
    async with open_core(tmp_path) as opened:
        yield opened


async def refused(core: OrderCore, kind: type[UserFacing] = EntryRefused, **changes: Any) -> str:
    """The reason; nothing was written and nothing sent."""
    sent, rows = len(core.gateway.calls), await core.storage.database.fetch("SELECT count(*) FROM order_intents", ())
    with pytest.raises(kind) as refusal:
        await core.confirm(core.card(**changes), key="refused")
    assert len(core.gateway.calls) == sent
    assert await core.storage.database.fetch("SELECT count(*) FROM order_intents", ()) == rows
    return refusal.value.key


async def test_an_opposite_entry_would_only_close(core: OrderCore) -> None:
    await core.confirm()
    assert await refused(core, **SHORT) == "entry-opposite"


async def test_an_opposite_entry_beside_a_resting_one_too(core: OrderCore) -> None:
    await core.confirm(core.card(is_market=False, prices=(D(95),)))
    assert await refused(core, **SHORT) == "entry-opposite"


async def test_in_hedge_mode_both_sides_stand(core: OrderCore) -> None:
    core.gateway.mode = PositionMode.HEDGE
    await core.confirm(core.card(position_idx=1))
    trade = await core.confirm(core.card(**SHORT, position_idx=2), key="k-2")
    assert trade.position is not None
    assert {leg[1] for leg in core.gateway.legs} == {1, 2}
    assert await refused(core, CardOutdated) == "entry-mode-changed"


async def test_a_leg_of_somebody_else_is_not_added_to(core: OrderCore) -> None:
    core.gateway.legs["BTCUSDT", 0] = position(size=D("0.5"))  # type: ignore[index]  a symbol
    assert await refused(core) == "entry-leg-foreign"


async def test_a_leg_that_somebody_added_to_is_not_added_to(core: OrderCore) -> None:
    await core.confirm()
    core.gateway.elsewhere("BTCUSDT", size=D(1))
    await core.quiet()
    assert await refused(core) == "entry-leg-foreign"


async def test_a_pause_refuses(core: OrderCore) -> None:
    async with core.storage.store.begin_aside() as unit:
        assert await unit.fences.pause(core.account.account_id, core.storage.clock.now())
    assert await refused(core) == "entry-paused"
    async with core.storage.store.begin_aside() as unit:
        assert await unit.fences.resume(core.account.account_id)
    await core.confirm()


async def test_a_card_is_old_after_thirty_seconds(core: OrderCore) -> None:
    card = core.card()
    core.storage.clock.advance(31)
    assert await refused(core, CardOutdated, quoted_ts=card.quoted_ts) == "entry-outdated"


async def test_a_market_beyond_the_card_refuses(core: OrderCore) -> None:
    core.gateway.price = D(101)
    assert await refused(core, CardOutdated) == "entry-moved"


async def test_a_stop_on_the_wrong_side_refuses(core: OrderCore) -> None:
    assert await refused(core, stop=D(101)) == "entry-stop-side"


async def test_a_card_that_knew_of_no_other_entry_that_waits_refuses_levels_beyond_it(core: OrderCore) -> None:
    await core.confirm(core.card(is_market=False, prices=(D(95),)))
    await core.settle()
    for levels in ({"stop": D(96)}, {"target_prices": (D(94),), "prices": (D(93),), "is_market": False}):
        assert await refused(core, **levels) == "entry-waiting-beyond"


async def test_without_a_license_real_accounts_enter_nothing(core: OrderCore) -> None:
    core.storage.clock.advance(40 * 86_400)
    assert await refused(core, NotAllowed) == "license-needed"


async def test_an_account_without_orders_says_so(core: OrderCore) -> None:
    nothing = replace(core.entries, gateways={})
    with pytest.raises(EntryRefused, match="entry-not-yet"):
        await nothing.confirm(core.config, core.card(), place=PLACE, idempotency_key="k")


async def test_an_account_of_somebody_else_is_none(core: OrderCore) -> None:
    with pytest.raises(ButtonExpired):
        await core.entries.confirm(replace(core.config, accounts=()), core.card(), place=PLACE, idempotency_key="k")


async def test_a_silent_exchange_refuses_before_anything_is_written(core: OrderCore) -> None:
    core.gateway.is_silent = True
    with pytest.raises(ExchangeDown):
        await core.confirm()
    assert await core.storage.database.fetch("SELECT count(*) FROM trade_plans", ()) == [(0,)]


async def test_what_a_panic_fenced_off_is_not_sent(core: OrderCore) -> None:
    """Written before the fence went up, sent after it: it stays."""
    async with core.storage.store.begin_aside() as unit:
        await unit.fences.raise_fence(core.account.account_id)
    first = await core.confirm()
    assert first.intents[0].state is IntentState.FILLED
    launch, later = core.runner.launch, []
    object.__setattr__(core.entries, "runner", Holding(core.runner, later))
    trade = await core.confirm(core.card(), key="k-2")
    async with core.storage.store.begin_aside() as unit:
        await unit.fences.raise_fence(core.account.account_id)
    launch(later)
    await core.quiet()
    trade = await core.trade(trade.plan.plan_id)
    assert (trade.intents[-1].state, trade.intents[-1].reason) == (IntentState.ABANDONED, "entry-fenced")
    assert len(core.gateway.sent(OrderRequest)) == 1


async def test_a_confirmation_that_comes_again_is_the_same_trade_whatever_is_against_it_by_now(core: OrderCore) -> None:
    card = core.card()
    first = await core.confirm(card)
    core.storage.clock.advance(31)
    with pytest.raises(CardOutdated):
        await core.confirm(card, key="k-2")
    again = await core.confirm(card)
    assert (again.plan.plan_id, len(core.gateway.sent(OrderRequest))) == (first.plan.plan_id, 1)


async def test_an_entry_is_sent_while_the_connection_that_reads_is_at_a_long_question(
    core: OrderCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with few hops to the one that writes: at each of them it may wait for others."""
    hops, before, sent = [0], list[int](), asyncio.Event()
    execute = SqliteConnection._execute

    async def counted(self: SqliteConnection, *arguments: Any) -> Any:
        if self is core.storage.database._reader:
            await sent.wait()
        hops[0] += 1
        return await execute(self, *arguments)  # type: ignore[no-untyped-call]  # aiosqlite's own

    def written() -> None:
        before.append(hops[0])
        sent.set()

    monkeypatch.setattr(SqliteConnection, "_execute", counted)
    core.gateway.listeners.append(written)
    async with asyncio.timeout(LIMIT):
        await core.confirm()
    of_the_harness = 2
    assert before[0] - of_the_harness <= 6  # what is known, plan, intent, guards, sending, commit


async def test_another_leverage_is_set_first(core: OrderCore) -> None:
    trade = await core.confirm(core.card(leverage=D(5)))
    kinds = [type(each) for each in core.gateway.calls[:2]]
    assert kinds == [LeverageRequest, OrderRequest]
    assert trade.intents[-1].state is IntentState.FILLED


async def test_an_entry_does_not_go_out_without_its_leverage(core: OrderCore) -> None:
    core.gateway.faults.append("down")
    trade = await core.confirm(core.card(leverage=D(5)))
    assert [(each.kind, each.state) for each in trade.intents] == [
        (IntentKind.LEVERAGE, IntentState.UNKNOWN),
        (IntentKind.ENTRY, IntentState.ABANDONED),
    ]
    assert trade.plan.state is PlanState.ENDED


async def test_a_range_is_two_entries_of_one_plan(core: OrderCore) -> None:
    trade = await core.confirm(core.card(is_market=False, prices=(D(98), D(96)), qtys=(D("0.1"), D("0.1"))))
    assert [each.state for each in trade.intents] == [IntentState.OPEN, IntentState.OPEN]
    core.gateway.fill(trade.intents[0].order_link_id, "0.1")
    await core.quiet()
    trade = await core.trade()
    assert [each.state for each in trade.intents] == [IntentState.FILLED, IntentState.OPEN]
    assert trade.plan.protected_ts is not None


async def test_an_order_that_finds_nothing_ends_its_plan_and_starts_no_stop_check(core: OrderCore) -> None:
    core.gateway.fill_ratio = D(0)
    trade = await core.confirm()
    assert trade.intents[0].state is IntentState.CANCELED
    assert trade.plan.state is PlanState.ENDED
    assert len(core.gateway.calls) == 1


async def test_another_leverage_would_change_what_stands_already(core: OrderCore) -> None:
    await core.confirm()
    with pytest.raises(EntryRefused) as refused:
        await core.confirm(core.card(leverage=D(5)), key="k-2")
    assert (refused.value.key, refused.value.cure) == ("card-leverage-in-use", "leverage:3")
    assert core.gateway.sent(LeverageRequest) == []


async def test_a_leverage_that_stands_already_is_seen_and_the_entry_goes_out(core: OrderCore) -> None:
    core.gateway.faults.append(ExchangeRejected("not modified", code=110043))
    core.gateway.leverage = D(3)
    asked = core.gateway.leg_settings

    async def stale(account: Any, symbol: Any) -> Any:  # set by another card between the read and the call
        read = await asked(account, symbol)
        core.gateway.leverage = D(5)
        return read

    object.__setattr__(core.gateway, "leg_settings", stale)
    trade = await core.confirm(core.card(leverage=D(5)))
    assert [each.state for each in trade.intents] == [IntentState.DONE, IntentState.FILLED]


class OneAtATime:
    """No entry while another one is under way."""

    async def check(self, unit: UnitOfWork, account: Account, card: ConfirmedCard, now: Millis) -> None:
        del card, now
        if await unit.intents.live_of_account(account.account_id):
            raise EntryRefused("risk-positions")


async def test_a_tap_on_two_devices_at_once_is_one_trade_and_no_refusal(core: OrderCore) -> None:
    """The rules count what is in flight: of the second tap that is its own order."""
    entries = replace(core.entries, guards=(OneAtATime(),))
    card = core.card()
    taps = [entries.confirm(core.config, card, place=PLACE, idempotency_key="k-1") for _ in range(3)]
    trades = await asyncio.gather(*taps)
    await core.quiet()
    assert {each.plan.plan_id for each in trades} == {1}
    assert len(core.gateway.sent(OrderRequest)) == 1


async def test_a_card_of_tomorrow_is_no_fresh_one(core: OrderCore) -> None:
    """The clock was set back since its price was read."""
    assert await refused(core, CardOutdated, quoted_ts=core.storage.clock.now() + 31_000) == "entry-outdated"


async def test_a_full_disk_after_the_sending_leaves_the_order_to_be_asked_for(tmp_path: Path) -> None:
    disk = Disk()
    async with open_core(tmp_path, driver=disk.sqlite()) as core:
        core.gateway.listeners, wakers = [disk.fill], list(core.runner.wakers)
        core.runner.wakers.clear()
        with suppress(StorageTrouble):
            await core.confirm()
        assert disk.is_full
        (intent,) = (await core.trade()).intents
        assert intent.state is IntentState.SENDING
        with pytest.raises(StorageTrouble):
            await core.settlement.settle(core.account.account_id)
        disk.is_full, core.gateway.listeners = False, []
        core.runner.wakers.extend(wakers)
        trade = await core.settle()
        assert trade.intents[0].state is IntentState.FILLED
        assert len(core.gateway.sent(OrderRequest)) == 1
