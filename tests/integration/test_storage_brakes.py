"""Halts, panics and closings of legs as they are written down."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from harness.storage import ANNA, NOW, StorageHarness, open_storage

from bot.domain.accounts import Account
from bot.domain.closings import Closing, ClosingState, HaltState, NewClosing
from bot.domain.ids import ChatId, Millis, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import LegKey, Side
from bot.domain.trade_plans import CardPlace, ExitReason
from storage.sweeps import Sweeps
from storage.trading.brakes import SqliteClosingQueries

LATER = Millis(NOW + 5_000)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[StorageHarness]:
    async with open_storage(tmp_path) as opened:
        yield opened


@pytest.fixture
def queries(harness: StorageHarness) -> SqliteClosingQueries:
    return SqliteClosingQueries(harness.database)


def closing_of(account: Account, **changes: object) -> NewClosing:
    leg = LegKey(account_id=account.account_id, category=Category.LINEAR, symbol=Symbol("BTCUSDT"), position_idx=0)
    new = NewClosing(
        user_id=account.user_id,
        leg=leg,
        side=Side.BUY,
        size=Decimal("0.031"),
        remaining=Decimal(0),
        idempotency_key="press:1",
        card=CardPlace(chat_id=ChatId(ANNA), message_id=7),
    )
    return replace(new, **changes)  # type: ignore[arg-type]  # names of its own fields


async def add(harness: StorageHarness, new: NewClosing, now: Millis = NOW) -> Closing:
    async with harness.store.begin_aside() as unit:
        return await unit.closings.add(new, now)


async def test_one_halt_stands_at_a_time(harness: StorageHarness, queries: SqliteClosingQueries) -> None:
    await harness.user()
    assert await queries.halt() == HaltState(since=None)
    async with harness.store.begin_aside() as unit:
        halt_id = await unit.halts.begin(ANNA, "news", NOW)
        assert halt_id is not None
        assert await unit.halts.begin(ANNA, "again", LATER) is None
    state = await queries.halt()
    assert (state.since, state.reason) == (NOW, "news")
    assert state.actor_name
    async with harness.store.begin_aside() as unit:
        assert await unit.halts.end(LATER) == halt_id
        assert await unit.halts.end(LATER) is None
        assert await unit.halts.begin(ANNA, "", LATER) != halt_id


async def test_one_panic_goes_on_an_account(harness: StorageHarness, queries: SqliteClosingQueries) -> None:
    account = await harness.account()
    async with harness.store.begin_aside() as unit:
        panic = await unit.panics.begin(ANNA, account.account_id, "a", NOW)
        assert await unit.panics.begin(ANNA, account.account_id, "b", LATER) == panic
        await unit.panics.close_from(panic.panic_id, LATER)
        await unit.panics.close_from(panic.panic_id, Millis(LATER + 1))
    going = replace(panic, closes_ts=LATER)
    assert await queries.last_panic(account.account_id) == going
    assert list(await queries.panics_going()) == [going]
    async with harness.store.begin_aside() as unit:
        await unit.panics.end(panic.panic_id, LATER)
        await unit.panics.end(panic.panic_id, Millis(LATER + 1))
    assert list(await queries.panics_going()) == []
    assert await queries.last_panic(account.account_id) == replace(going, ended_ts=LATER)
    async with harness.store.begin_aside() as unit:
        for key in ("a", "b"):
            again = await unit.panics.begin(ANNA, account.account_id, key, LATER)
            assert again == replace(going, ended_ts=LATER), "a second tap begins no other panic"
        assert (await unit.panics.begin(ANNA, account.account_id, "c", LATER)).panic_id != panic.panic_id


async def test_a_closing_is_read_as_it_was_written(harness: StorageHarness, queries: SqliteClosingQueries) -> None:
    account = await harness.account()
    new = closing_of(account, exit_reason=ExitReason.EMERGENCY)
    closing = await add(harness, new)
    assert (closing.leg, closing.side, closing.size, closing.card) == (new.leg, new.side, new.size, new.card)
    assert (closing.state, closing.attempts, closing.is_whole) == (ClosingState.CLOSING, 0, True)
    assert await queries.closing_by_key("press:1") == closing
    async with harness.store.begin_aside() as unit:
        assert await unit.closings.of_leg(new.leg) == closing
    assert await queries.closing(closing.closing_id) == closing
    assert await queries.closings_due(NOW, 9) == (closing,)
    assert await queries.closings_due(Millis(NOW - 1), 9) == ()
    assert await queries.closings_due(Millis(NOW - 3_600_000), 9) == (closing,), "the clock was set back"


async def test_the_stricter_wish_of_a_leg_wins(harness: StorageHarness, queries: SqliteClosingQueries) -> None:
    account = await harness.account()
    half = await add(harness, closing_of(account, remaining=Decimal("0.016")))
    whole = await add(harness, closing_of(account, idempotency_key="press:2", card=None), LATER)
    assert whole == replace(half, remaining=Decimal(0))
    again = await add(harness, closing_of(account, idempotency_key="press:3", remaining=Decimal("0.02")))
    assert again.remaining == 0
    assert (await queries.closing_by_key("press:1")) == again


async def test_a_wish_that_was_taken_over_is_used_up_with_the_one_that_took_it(harness: StorageHarness) -> None:
    account = await harness.account()
    half = await add(harness, closing_of(account, remaining=Decimal("0.016")))
    await add(harness, closing_of(account, idempotency_key="press:2"))
    async with harness.store.begin_aside() as unit:
        await unit.closings.done(half.closing_id, LATER)
    for key in ("press:1", "press:2"):
        again = await add(harness, closing_of(account, idempotency_key=key), LATER)
        assert again.state is ClosingState.DONE, "a second tap closes no later position"


async def test_the_other_side_of_a_leg_is_another_position(harness: StorageHarness) -> None:
    account = await harness.account()
    long = await add(harness, closing_of(account))
    short = await add(harness, closing_of(account, side=Side.SELL, idempotency_key="press:2"), LATER)
    assert short.closing_id != long.closing_id
    assert short.side is Side.SELL


async def test_attempts_and_refusals_are_counted_until_it_is_done(
    harness: StorageHarness, queries: SqliteClosingQueries
) -> None:
    account = await harness.account()
    closing = await add(harness, closing_of(account))
    async with harness.store.begin_aside() as unit:
        await unit.closings.refused(closing.closing_id, 110074, "close-refused", LATER)
    refused = await queries.closing(closing.closing_id)
    assert refused == replace(closing, state=ClosingState.REFUSED, code=110074, reason="close-refused")
    async with harness.store.begin_aside() as unit:
        await unit.closings.tried(closing.closing_id, 5, Millis(LATER + 1))
        await unit.closings.wait(closing.closing_id, Millis(LATER + 2))
    tried = await queries.closing(closing.closing_id)
    assert tried is not None
    assert (tried.state, tried.attempts, tried.last_intent_id) == (ClosingState.CLOSING, 1, 5)
    assert await queries.closings_due(Millis(LATER + 1), 9) == ()
    assert await queries.closings_due(Millis(LATER + 2), 9) == (tried,)
    async with harness.store.begin_aside() as unit:
        await unit.closings.done(closing.closing_id, LATER)
        await unit.closings.tried(closing.closing_id, 6, LATER)
        await unit.closings.refused(closing.closing_id, 1, "", LATER)
    done = await queries.closing(closing.closing_id)
    assert done is not None
    assert (done.state, done.attempts, done.ended_ts) == (ClosingState.DONE, 1, LATER)
    assert await queries.closings_due(Millis(LATER + 60_000), 9) == ()


async def test_those_of_a_panic_stand_in_their_order(harness: StorageHarness, queries: SqliteClosingQueries) -> None:
    account = await harness.account()
    async with harness.store.begin_aside() as unit:
        panic = await unit.panics.begin(ANNA, account.account_id, "a", NOW)
        added = [
            await unit.closings.add(
                closing_of(
                    account,
                    panic_id=panic.panic_id,
                    idempotency_key=f"panic:{index}",
                    leg=replace(closing_of(account).leg, position_idx=index),
                ),
                NOW,
            )
            for index in (2, 1)
        ]
    assert await queries.closings_of_panic(panic.panic_id) == tuple(added)


async def test_old_ones_that_are_done_are_swept(harness: StorageHarness, queries: SqliteClosingQueries) -> None:
    account = await harness.account()
    closing = await add(harness, closing_of(account))
    sweeps = Sweeps(harness.database)
    assert await sweeps.closings(Millis(LATER + 1)) == 0, "it goes on"
    async with harness.store.begin_aside() as unit:
        await unit.closings.done(closing.closing_id, LATER)
    assert await sweeps.closings(LATER) == 0
    assert await sweeps.closings(Millis(LATER + 1)) == 1
    assert await queries.closing(closing.closing_id) is None
