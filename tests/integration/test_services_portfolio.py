"""Positions through the repository: rows while they are good, Bybit when they are not, rows again when it is silent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from harness.storage import Ground, ground, order, position

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeDown
from bot.domain.events import OrderPlaced
from bot.domain.ids import Symbol
from bot.domain.portfolio import Balance, Executions, FeeRate, Orders, Positions
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from bot.services.accounts.portfolio import PortfolioLoader


@dataclass
class Exchange:
    """Answers with what it holds; counts; may be down; may be interrupted while it answers."""

    ground: Ground
    held: Positions | None = None
    is_down: bool = False
    asked: int = 0
    meanwhile: list[OrderPlaced] = field(default_factory=list)
    keeper: PortfolioLoader | None = None

    async def positions(self, account: Account) -> Positions:
        self.asked += 1
        if self.is_down:
            raise ExchangeDown("silent")
        answer = Positions(account_id=account.account_id, items=(position(),), as_of=self.ground.clock.now())
        if self.keeper is not None:
            self.keeper.mark_stale(self.meanwhile)
        return self.held or answer

    async def orders(self, account: Account) -> Orders:
        self.asked += 1
        return Orders(account_id=account.account_id, items=(order(),), as_of=self.ground.clock.now())

    async def balance(self, account: Account) -> Balance:
        raise NotImplementedError(account)

    async def executions(self, account: Account) -> Executions:
        raise NotImplementedError(account)

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:
        raise NotImplementedError(account, symbol)


@dataclass
class Desk:
    ground: Ground
    exchange: Exchange
    keeper: PortfolioLoader
    account: Account

    def placed(self) -> OrderPlaced:
        account = self.account
        return OrderPlaced(
            user_id=account.user_id,
            account_id=account.account_id,
            exchange=account.exchange,
            account_type=account.account_type,
        )


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    async with ground(folder) as made:
        exchange = Exchange(made)
        keeper = PortfolioLoader(
            queries=made.queries,
            transactions=made.store,
            gateways=dict.fromkeys(AccountType, exchange),
            clock=made.clock,
            positions_max_age=10_000,
            orders_max_age=5_000,
        )
        yield Desk(made, exchange, keeper, await made.account())


async def test_young_rows_answer_without_the_exchange_and_old_ones_do_not(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        first = await it.keeper.positions(it.account)
        it.ground.clock.advance(9)
        assert await it.keeper.positions(it.account) == first
        assert it.exchange.asked == 1
        it.ground.clock.advance(2)
        assert (await it.keeper.positions(it.account)).as_of > first.as_of
        assert it.exchange.asked == 2


async def test_what_was_read_stands_in_the_rows_with_its_age(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        first = await it.keeper.positions(it.account)
        it.ground.clock.advance(3600)
        it.exchange.is_down = True
        with pytest.raises(ExchangeDown):
            await it.keeper.positions(it.account)
        assert await it.ground.queries.positions(it.account.account_id) == first


async def test_an_event_makes_young_rows_worthless(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.keeper.positions(it.account)
        it.keeper.mark_stale([it.placed()])
        await it.keeper.positions(it.account)
        assert it.exchange.asked == 2
        await it.keeper.positions(it.account)
        assert it.exchange.asked == 2, "the doubt is settled by an answer that is younger than it"


async def test_an_event_while_the_exchange_answers_keeps_the_doubt(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        it.exchange.keeper, it.exchange.meanwhile = it.keeper, [it.placed()]
        await it.keeper.positions(it.account)
        it.exchange.meanwhile = []
        await it.keeper.positions(it.account)
        assert it.exchange.asked == 2


async def test_orders_have_their_own_age(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        await it.keeper.orders(it.account)
        it.ground.clock.advance(4)
        await it.keeper.orders(it.account)
        assert it.exchange.asked == 1
        it.ground.clock.advance(2)
        await it.keeper.orders(it.account)
        assert it.exchange.asked == 2


async def test_a_load_is_not_the_effect_of_the_update_that_set_it_off(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        idempotency_key = UpdateAttempt(UpdateId(1))
        token = current_attempt.set(idempotency_key)
        try:
            await it.keeper.positions(it.account)
        finally:
            current_attempt.reset(token)
        assert not idempotency_key.applied


async def test_a_disk_that_refuses_does_not_hide_the_answer(tmp_path: Path) -> None:
    async with desk(tmp_path) as it:
        stranger = replace(it.account, account_id=it.account.account_id + 77)  # no such row: the write is refused
        assert (await it.keeper.positions(stranger)).items
