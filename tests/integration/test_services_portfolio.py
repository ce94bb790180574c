"""Positions through the repository: rows while they are good, Bybit when they are not, rows again when it is silent."""

import asyncio

import pytest
from harness.app import Harness
from harness.storage import order, position, write_protected
from harness.waiting import until

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeDown
from bot.domain.events import OrderPlaced
from bot.domain.portfolio import Orders, Positions
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt


class Portfolio:
    """An account's, read past the cache, as after a restart."""

    def __init__(self, harness: Harness, account: Account) -> None:
        self.harness = harness
        self.account = account

    @property
    def asked(self) -> tuple[int, int]:
        """How often Bybit was asked for positions and for orders; one read is several calls."""
        asked = self.harness.bybit.asked
        return asked["/v5/position/list"], asked["/v5/order/realtime"]

    async def positions(self) -> Positions:
        self.harness.assembly.reads.invalidate_user_caches(self.account.user_id)
        return await self.harness.assembly.reads.positions(self.account)

    async def orders(self) -> Orders:
        self.harness.assembly.reads.invalidate_user_caches(self.account.user_id)
        return await self.harness.assembly.reads.orders(self.account)

    async def rows(self) -> Positions:
        """What stands on the disk, once something does."""
        queries = self.harness.assembly.storage.account_queries
        return await until(lambda: queries.positions(self.account.account_id), what="rows of positions")

    async def written(self, positions: Positions) -> None:
        async def is_written() -> bool:
            return await self.rows() == positions

        await until(is_written, what="the answer on the disk")

    def place(self) -> None:
        """An order was placed, says a commit."""
        account = self.account
        event = OrderPlaced(
            user_id=account.user_id,
            account_id=account.account_id,
            exchange=account.exchange,
            account_type=account.account_type,
        )
        self.harness.assembly.storage.dispatcher.committed([event])


@pytest.fixture
async def portfolio(harness: Harness) -> Portfolio:
    harness.bybit.positions, harness.bybit.orders = (position(),), (order(),)
    await harness.demo_account(harness.person())
    (account,) = [each for each in (await harness.config()).accounts if each.account_type is AccountType.DEMO]
    return Portfolio(harness, account)


async def test_young_rows_answer_without_the_exchange_and_old_ones_do_not(portfolio: Portfolio) -> None:
    first = await portfolio.positions()
    asked = portfolio.asked
    portfolio.harness.clock.advance(9)
    assert await portfolio.positions() == first
    assert portfolio.asked == asked
    portfolio.harness.clock.advance(2)
    assert (await portfolio.positions()).as_of > first.as_of
    assert portfolio.asked > asked


async def test_what_was_read_stands_in_the_rows_with_its_age(portfolio: Portfolio) -> None:
    first = await portfolio.positions()
    portfolio.harness.clock.advance(3600)
    portfolio.harness.bybit.trouble = ExchangeDown("silent")
    with pytest.raises(ExchangeDown):
        await portfolio.positions()
    assert await portfolio.rows() == first


async def test_a_position_that_can_not_be_read_any_more_is_news_to_the_rows(portfolio: Portfolio) -> None:
    bybit = portfolio.harness.bybit
    bybit.positions = ()
    await portfolio.written(await portfolio.positions())
    bybit.positions, bybit.odd = (position("ETHUSDT"),), {"ETHUSDT": {"size": None}}
    portfolio.harness.clock.advance(11)
    unclear = await portfolio.positions()
    assert (unclear.items, unclear.unreadable) == ((), ("ETHUSDT",))
    await portfolio.written(unclear)


async def test_an_event_makes_young_rows_worthless(portfolio: Portfolio) -> None:
    await portfolio.positions()
    asked = portfolio.asked
    portfolio.place()
    await portfolio.positions()
    assert portfolio.asked > asked
    asked = portfolio.asked
    await portfolio.positions()
    assert portfolio.asked == asked, "the stale mark is cleared by an answer that is younger than it"


async def test_an_event_while_the_exchange_answers_keeps_the_stale_mark(portfolio: Portfolio) -> None:
    portfolio.harness.bybit.gate.clear()
    load = asyncio.create_task(portfolio.positions())
    await until(lambda: portfolio.asked[0], what="the question")
    portfolio.place()
    portfolio.harness.bybit.gate.set()
    await load
    asked = portfolio.asked
    await portfolio.positions()
    assert portfolio.asked > asked


async def test_orders_have_their_own_age(portfolio: Portfolio) -> None:
    await portfolio.orders()
    asked = portfolio.asked
    portfolio.harness.clock.advance(4)
    await portfolio.orders()
    assert portfolio.asked == asked
    portfolio.harness.clock.advance(2)
    await portfolio.orders()
    assert portfolio.asked > asked


async def test_a_load_is_not_the_effect_of_the_update_that_set_it_off(portfolio: Portfolio) -> None:
    attempt = UpdateAttempt(UpdateId(1))
    token = current_attempt.set(attempt)
    try:
        await portfolio.positions()
    finally:
        current_attempt.reset(token)
    assert not attempt.applied


async def test_a_disk_that_refuses_does_not_hide_the_answer(portfolio: Portfolio) -> None:
    async with write_protected(portfolio.harness.database):
        assert (await portfolio.positions()).items


async def test_the_reader_does_not_wait_for_the_disk(portfolio: Portfolio) -> None:
    async with portfolio.harness.database.alone():
        first = await portfolio.positions()
        asked = portfolio.asked
        assert await portfolio.positions() is first, "an answer on its way to the disk counts as the rows"
        assert portfolio.asked == asked
    assert await portfolio.rows() == first


async def test_an_answer_that_says_nothing_new_is_not_written_again(portfolio: Portfolio) -> None:
    await portfolio.positions()
    written = await portfolio.rows()
    for _ in range(2):
        portfolio.harness.clock.advance(12)
        assert (await portfolio.positions()).as_of > written.as_of
        assert await portfolio.rows() == written
    portfolio.harness.clock.advance(12)
    fresh = await portfolio.positions()
    await portfolio.written(fresh)


async def test_an_answer_that_says_something_new_is(portfolio: Portfolio) -> None:
    await portfolio.positions()
    await portfolio.rows()
    portfolio.harness.clock.advance(12)
    portfolio.harness.bybit.positions = ()
    fresh = await portfolio.positions()
    assert fresh.items == ()
    await portfolio.written(fresh)


async def test_what_could_not_be_written_is_asked_for_again(portfolio: Portfolio) -> None:
    async with write_protected(portfolio.harness.database):
        await portfolio.positions()
        asked = portfolio.asked

        async def was_asked_again() -> bool:
            await portfolio.positions()
            return portfolio.asked > asked

        await until(was_asked_again, what="Bybit asked again")
