"""Panics, pauses and halts: entries end at once, legs are read flat, nothing is called flat before it is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest
from harness.managing import Managing, open_managing
from harness.order_core import PLACE

from bot.domain.errors import ExchangeRejected, KeyTrouble, NoPracticePrice, PinRequired
from bot.domain.ids import Symbol
from bot.domain.legs import LegProgress, PanicReport, Silence
from bot.domain.market import Category
from bot.domain.order_card import EntryRefused
from bot.domain.orders import CancelRequest, OrderRequest
from bot.domain.portfolio import LegKey, OrderType, Side
from bot.domain.secrets import Secret
from bot.domain.trade_plans import CardPlace, IntentKind, IntentState, NewIntent, OrderIntent

COINS = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "TONUSDT")


@pytest.fixture
async def managing(tmp_path: Path) -> AsyncIterator[Managing]:
    async with open_managing(tmp_path) as opened:
        yield opened


async def panic(managing: Managing, *also: LegKey, key: str = "panic", place: CardPlace = PLACE) -> PanicReport:
    """/panic now, and everything that it sets off."""
    account = managing.core.account
    await managing.panic.close_all(managing.core.config, account, also, place=place, idempotency_key=key)
    await managing.core.quiet()
    report, _ = await managing.panic.progress(account, version=0, timeout_s=0)
    return report


async def rest(managing: Managing, symbol: str = "BTCUSDT", price: str = "95") -> None:
    card = managing.core.card(
        symbol=Symbol(symbol), prices=(Decimal(price),), is_market=False, target_prices=(), target_shares=()
    )
    await managing.core.entries.confirm(
        managing.core.config, card, place=PLACE, idempotency_key=f"rest:{symbol}:{price}"
    )
    await managing.core.quiet()


def resting(managing: Managing) -> list[str]:
    return [each.symbol for each in managing.gateway.book.values() if each.order_status == "New"]


async def written(managing: Managing) -> OrderIntent:
    """An entry that is committed and not sent yet."""
    link_id = managing.core.runner.new_link_id()
    new = NewIntent(
        kind=IntentKind.ENTRY,
        leg=managing.leg(),
        user_id=managing.core.config.user_id,
        plan_id=None,
        order_link_id=link_id,
        request=OrderRequest(
            order_link_id=link_id,
            category=Category.LINEAR,
            symbol=managing.leg().symbol,
            position_idx=0,
            side=Side.BUY,
            order_type=OrderType.LIMIT,
            qty=Decimal("0.1"),
            price=Decimal(95),
        ),
        idempotency_key="written",
    )
    async with managing.core.storage.store.begin_aside() as unit:
        return await managing.core.runner.add(unit, new, managing.core.storage.clock.now())


async def launched(managing: Managing, entry: OrderIntent) -> tuple[IntentState, str]:
    """What became of it."""
    managing.core.runner.launch([entry])
    await managing.core.quiet()
    assert not managing.gateway.sent(OrderRequest)
    (found,) = await managing.core.queries.intents([entry.intent_id])
    return found.state, found.reason


def foreign(managing: Managing, symbol: str = "DOGEUSDT") -> LegKey:
    """A position that was opened at the exchange itself."""
    known = next(iter(managing.gateway.legs.values()))
    managing.gateway.legs[Symbol(symbol), 0] = replace(known, symbol=Symbol(symbol))
    return managing.leg(symbol)


class TestPanic:
    async def test_five_positions_are_flat(self, managing: Managing) -> None:
        for coin in COINS:
            await managing.hold(coin)
        await rest(managing, "ADAUSDT")
        report = await panic(managing)
        assert managing.gateway.legs == {}
        assert resting(managing) == []
        assert [each.progress for each in report.legs] == [LegProgress.FLAT] * 5
        assert (report.canceled, report.foreign, report.unknown, report.is_over) == (1, (), (), True)
        assert await managing.pauses.paused_since(managing.core.account.account_id) is not None

    async def test_the_largest_risk_goes_first(self, managing: Managing) -> None:
        for number, coin in enumerate(COINS, 1):
            await managing.hold(coin, qtys=(Decimal(number) / 10,))
        managing.gateway.calls.clear()
        await panic(managing)
        sent = [each.symbol for each in managing.gateway.calls if isinstance(each, OrderRequest)]
        assert sent == list(reversed(COINS))

    async def test_ten_legs_take_no_two_seconds(self, managing: Managing) -> None:
        for number in range(10):
            await managing.hold(f"COIN{number}USDT")
        began = perf_counter()
        report = await panic(managing)
        assert report.is_over
        assert perf_counter() - began < 2

    async def test_entries_end_before_anybody_confirms(self, managing: Managing) -> None:
        await managing.hold()
        await rest(managing, "ETHUSDT")
        report = await managing.panic.stop_entries(managing.core.account, idempotency_key="panic")
        assert [each.progress for each in report.legs] == [LegProgress.STANDS]
        await managing.core.quiet()
        assert resting(managing) == []
        assert len(managing.gateway.legs) == 1, "its close waits for the one confirm"
        with pytest.raises(EntryRefused, match="entry-paused"):
            await rest(managing, "SOLUSDT")
        report, _ = await managing.panic.progress(managing.core.account, version=0, timeout_s=0)
        assert report.canceled == 1
        assert report.is_over
        report = await panic(managing, key="confirm")
        assert managing.gateway.legs == {}
        assert report.is_over

    async def test_no_entry_that_was_written_before_is_sent_after(self, managing: Managing) -> None:
        entry = await written(managing)
        await managing.panic.stop_entries(managing.core.account, idempotency_key="panic")
        assert await launched(managing, entry) == (IntentState.ABANDONED, "entry-fenced")

    async def test_what_was_opened_elsewhere_is_listed_and_left(self, managing: Managing) -> None:
        await managing.hold()
        leg = foreign(managing)
        report = await panic(managing)
        assert [each.symbol for each in report.foreign] == ["DOGEUSDT"]
        assert list(managing.gateway.legs) == [(leg.symbol, 0)]
        assert report.is_over, "flat means flat of what was ticked"
        report = await panic(managing, leg, key="these too")
        assert managing.gateway.legs == {}
        assert report.foreign == ()

    async def test_a_leg_with_others_orders_in_it_is_not_closed_unasked(self, managing: Managing) -> None:
        await managing.hold()
        await managing.core.settle()
        managing.gateway.elsewhere("BTCUSDT", size=Decimal("0.3"))
        await managing.core.quiet()
        report = await panic(managing)
        assert [each.symbol for each in report.foreign] == ["BTCUSDT"]
        assert len(managing.gateway.legs) == 1

    @pytest.mark.parametrize("fault", ["late", "accepted"])
    async def test_it_is_not_over_while_an_entry_may_fill_and_what_it_fills_is_closed(
        self, managing: Managing, fault: str
    ) -> None:
        await managing.hold()
        managing.gateway.faults.append(fault)
        card = managing.core.card(symbol=Symbol("ETHUSDT"), target_prices=(), target_shares=())
        await managing.core.entries.confirm(managing.core.config, card, place=PLACE, idempotency_key="late")
        await managing.core.quiet()
        report = await panic(managing)
        assert [each.progress for each in report.legs] == [LegProgress.FLAT]
        assert not report.is_over
        assert [each.leg.symbol for each in report.unknown] == ["ETHUSDT"]
        assert report.unknown_until is not None
        assert report.unknown_until > managing.core.storage.clock.now()
        managing.core.storage.clock.advance(0.5)
        later, _ = await managing.panic.progress(managing.core.account, version=0, timeout_s=0)
        assert later == report, "a moment that is ahead does not move with the clock"
        managing.gateway.deliver()
        await managing.core.settlement.settle(managing.core.account.account_id)
        await managing.panic.work_off()
        await managing.core.quiet()
        await managing.panic.work_off()
        await managing.core.quiet()
        assert managing.gateway.legs == {}
        report, _ = await managing.panic.progress(managing.core.account, version=0, timeout_s=0)
        assert report.is_over
        assert len(report.legs) == 2

    async def test_an_exchange_that_does_not_answer_is_told_of_and_asked_again(self, managing: Managing) -> None:
        await managing.hold()
        await managing.hold("ETHUSDT")
        managing.gateway.is_silent = True
        managing.gateway.faults.extend(["down"] * 8)
        report = await panic(managing)
        assert not report.is_over
        assert {each.progress for each in report.legs} <= {LegProgress.CLOSING, LegProgress.UNKNOWN}
        managing.gateway.is_silent = False
        managing.gateway.faults.clear()
        for _ in range(4):
            managing.core.storage.clock.advance(6)
            await managing.closer.work_off()
            await managing.panic.work_off()
            await managing.core.quiet()
        assert managing.gateway.legs == {}
        report, _ = await managing.panic.progress(managing.core.account, version=0, timeout_s=0)
        assert report.is_over

    async def test_a_refusal_is_told_though_the_positions_are_not(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.append(KeyTrouble("no such key", code=10003))
        managing.gateway.trouble = KeyTrouble("no such key", code=10003)
        report = await panic(managing)
        assert [(each.progress, each.reason) for each in report.legs] == [(LegProgress.REFUSED, "order-no-key")]
        assert (report.silence, report.is_over) == (Silence.NO_KEY, False)

    async def test_a_refused_leg_holds_nobody_up(self, managing: Managing) -> None:
        await managing.hold()
        await managing.hold("ETHUSDT")
        managing.gateway.faults.append(ExchangeRejected("not trading", code=110074))
        report = await panic(managing)
        progress = sorted(each.progress for each in report.legs)
        assert progress == [LegProgress.FLAT, LegProgress.REFUSED]
        assert report.is_over
        assert len(managing.gateway.legs) == 1

    async def test_what_waits_for_a_price_says_so_and_is_not_over(self, managing: Managing) -> None:
        await managing.hold()
        managing.gateway.faults.append(NoPracticePrice("silent"))
        report = await panic(managing)
        assert [(each.progress, each.reason) for each in report.legs] == [(LegProgress.CLOSING, "order-no-silent")]
        assert not report.is_over

    async def test_a_second_tap_long_after_does_nothing(self, managing: Managing) -> None:
        await managing.hold()
        await panic(managing)
        await managing.pauses.resume(managing.core.account)
        managing.core.storage.clock.advance(60)
        await managing.hold("ETHUSDT")
        report = await panic(managing)
        assert report.is_over
        assert len(managing.gateway.legs) == 1
        assert await managing.pauses.paused_since(managing.core.account.account_id) is None

    async def test_whoever_waits_is_told_of_each_change(self, managing: Managing) -> None:
        await managing.hold()
        first, version = await managing.panic.progress(managing.core.account, version=0, timeout_s=0)
        assert version > 0
        same, again = await managing.panic.progress(managing.core.account, version=version, timeout_s=0.05)
        assert (same, again) == (first, version)
        report = await panic(managing)
        other, newer = await managing.panic.progress(managing.core.account, version=version, timeout_s=1)
        assert newer > version
        assert other == report


class TestPauses:
    async def test_a_pause_cancels_what_rests_until_it_is_lifted(self, managing: Managing) -> None:
        await managing.hold()
        await rest(managing, "ETHUSDT")
        account_id = managing.core.account.account_id
        cancels = await managing.pauses.pause(managing.core.account, idempotency_key="pause")
        await managing.core.quiet()
        assert len(cancels) == len(managing.gateway.sent(CancelRequest)) == 1
        assert resting(managing) == []
        assert await managing.pauses.paused_since(account_id) is not None
        with pytest.raises(EntryRefused, match="entry-paused"):
            await rest(managing, "SOLUSDT")
        await managing.close()
        assert managing.gateway.legs == {}, "exits are never refused"
        assert await managing.pauses.resume(managing.core.account)
        assert not await managing.pauses.resume(managing.core.account)
        managing.core.storage.clock.advance(1)
        await rest(managing, "XRPUSDT")
        assert resting(managing) == ["XRPUSDT"]


class TestHalts:
    async def test_a_halt_stops_entries_of_everybody_until_it_is_lifted_with_the_pin(self, managing: Managing) -> None:
        core = managing.core
        await rest(managing, "ETHUSDT")
        state = await managing.halts.halt(core.config, "exchange trouble")
        assert state.since is not None
        assert state.reason == "exchange trouble"
        assert state.actor_name
        with pytest.raises(EntryRefused, match="entry-halted"):
            await rest(managing, "SOLUSDT")
        assert resting(managing) == ["ETHUSDT"], "they are listed, not canceled"
        told = await core.storage.database.fetch("SELECT kind, values_json FROM outbox ORDER BY outbox_id")
        assert [kind for kind, _ in told if kind == "trade-entries-halted"]
        with pytest.raises(PinRequired):
            await managing.halts.unhalt(core.config)
        await managing.pin.set(core.config.user_id, Secret("493817"))
        assert await managing.halts.unhalt(core.config)
        assert not await managing.halts.unhalt(core.config)
        assert (await managing.halts.state()).since is None
        actions = [row[0] for row in await core.storage.database.fetch("SELECT action FROM audit ORDER BY id")]
        assert actions[-1] == "entries.unhalt"
        assert "entries.halt" in actions
        await rest(managing, "SOLUSDT")

    async def test_an_entry_that_was_written_before_is_not_sent_during_it(self, managing: Managing) -> None:
        entry = await written(managing)
        await managing.halts.halt(managing.core.config, "")
        assert await launched(managing, entry) == (IntentState.ABANDONED, "entry-halted")

    async def test_exits_go_on(self, managing: Managing) -> None:
        await managing.hold()
        await managing.halts.halt(managing.core.config, "")
        await managing.close()
        assert managing.gateway.legs == {}


async def test_shorts_are_closed_as_longs_are(managing: Managing) -> None:
    await managing.hold(side=Side.SELL)
    report = await panic(managing)
    assert report.is_over
    assert managing.gateway.legs == {}


async def test_another_process_finishes_a_panic(tmp_path: Path) -> None:
    async with open_managing(tmp_path) as first:
        await first.hold()
        await first.hold("ETHUSDT")
        first.gateway.faults.extend(["down"] * 20)
        core = first.core
        await first.panic.close_all(core.config, core.account, (), place=PLACE, idempotency_key="panic")
        await core.runner.tasks.close()
    gateway = first.gateway
    assert len(gateway.legs) == 2
    gateway.faults.clear()
    gateway.clock.advance(30)
    async with open_managing(tmp_path, gateway) as second:
        await second.core.settlement.settle(second.core.account.account_id)
        for _ in range(2):
            await second.closer.work_off()
            await second.panic.work_off()
            await second.core.quiet()
        report, _ = await second.panic.progress(second.core.account, version=0, timeout_s=0)
    assert gateway.legs == {}
    assert report.is_over
    assert [each.progress for each in report.legs] == [LegProgress.FLAT] * 2
