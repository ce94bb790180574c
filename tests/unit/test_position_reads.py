"""Positions read for many at once: each answer was asked for after its asker did."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from harness.exchange import account

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeDown
from bot.domain.ids import Millis
from bot.domain.portfolio import Positions
from bot.services.trading.position_reads import PositionReads

ACCOUNT = account(7, account_type=AccountType.PAPER)


@dataclass
class Counting:
    """Answers with how often it was asked before, once its gate is open."""

    gate: asyncio.Event
    asked: int = 0
    is_silent: bool = False

    async def positions(self, asker: Account) -> Positions:
        self.asked += 1
        number = self.asked
        await self.gate.wait()
        if self.is_silent:
            raise ExchangeDown("silent")
        return Positions(account_id=asker.account_id, items=(), as_of=Millis(number))


async def test_who_asks_while_a_read_is_under_way_shares_the_next_one() -> None:
    exchange: Any = Counting(gate=asyncio.Event())
    async with TaskSet() as tasks:
        reads = PositionReads(gateways={AccountType.PAPER: exchange}, tasks=tasks)
        first = asyncio.ensure_future(reads.of(ACCOUNT))
        await asyncio.sleep(0.01)
        later = [asyncio.ensure_future(reads.of(ACCOUNT)) for _ in range(5)]
        await asyncio.sleep(0.01)
        assert exchange.asked == 1
        exchange.gate.set()
        assert (await first).as_of == 1
        assert {(await each).as_of for each in later} == {2}
        assert (await reads.of(ACCOUNT)).as_of == 3


async def test_a_failure_reaches_all_and_the_next_one_asks_again() -> None:
    exchange: Any = Counting(gate=asyncio.Event(), is_silent=True)
    exchange.gate.set()
    async with TaskSet() as tasks:
        reads = PositionReads(gateways={AccountType.PAPER: exchange}, tasks=tasks)
        answers = await asyncio.gather(reads.of(ACCOUNT), reads.of(ACCOUNT), return_exceptions=True)
        assert [type(each) for each in answers] == [ExchangeDown, ExchangeDown]
        assert exchange.asked == 1
        with pytest.raises(ExchangeDown):
            await reads.of(ACCOUNT)
        assert exchange.asked == 2
