"""Whose turn it is to be compared with the exchange."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from harness.exchange import account
from harness.fakes import FakeClock

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeDown, ExchangeError, KeyTrouble
from bot.domain.ids import AccountId
from bot.domain.ports.plans import DueAccount
from bot.services.trading.reconcile import Reconcile

UNKNOWN, UNPROTECTED, OPEN, NOTHING = range(4)


@dataclass
class World:
    """Accounts by their turn, what their exchange answers, and whose streams are healthy."""

    clock: FakeClock = field(default_factory=FakeClock)
    open_ones: dict[int, int] = field(default_factory=dict)
    idle: list[int] = field(default_factory=list)
    healthy: set[int] = field(default_factory=set)
    troubles: dict[int, ExchangeError] = field(default_factory=dict)
    modeless: set[int] = field(default_factory=set)
    seconds: float = 0.0  # that a comparison takes
    compared: list[int] = field(default_factory=list)

    async def settle(self, account_id: AccountId) -> None:
        self.compared.append(account_id)
        self.clock.advance(self.seconds)
        if account_id in self.troubles:
            raise self.troubles[account_id]

    async def look(self, account: Account) -> None:
        if account.account_id in self.modeless:
            raise ExchangeDown("no mode")

    async def accounts_to_settle(self) -> tuple[DueAccount, ...]:
        return tuple(DueAccount(account=_account(each), turn=turn) for each, turn in self.open_ones.items())

    async def accounts_to_look_at(self) -> tuple[DueAccount, ...]:
        return tuple(DueAccount(account=_account(each), turn=NOTHING) for each in self.idle)

    def is_healthy(self, account_id: AccountId) -> bool:
        return account_id in self.healthy


def _account(account_id: int) -> Account:
    return account(account_id, account_type=AccountType.DEMO)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def compared(world: World) -> "Callable[[float], Any]":
    """A round so many seconds later; whom it compared."""
    outside: Any = world
    reconcile = Reconcile(
        settlement=outside,
        modes=outside,
        queries=outside,
        streams=outside,
        clock=world.clock,
        account_types=frozenset({AccountType.DEMO}),
    )

    async def round_after(seconds: float) -> list[int]:
        world.clock.advance(seconds)
        world.compared.clear()
        await reconcile.round()
        return list(world.compared)

    round_after.reconcile = reconcile  # type: ignore[attr-defined]  for its figures
    return round_after


async def test_at_a_start_all_are_compared_those_of_which_least_is_known_first(world: World, compared: Any) -> None:
    world.idle = [1, 2]
    world.open_ones = {3: OPEN, 4: UNKNOWN, 5: UNPROTECTED, 2: OPEN}
    assert await compared(0) == [4, 5, 3, 2, 1]
    assert await compared(5) == []


async def test_each_minute_where_something_is_open_else_each_quarter(world: World, compared: Any) -> None:
    world.idle, world.open_ones = [1], {2: OPEN, 3: OPEN}
    await compared(0)
    assert await compared(59) == []
    assert await compared(1) == [2, 3]
    world.healthy = {3}
    assert await compared(60) == [2]
    assert await compared(780) == [2, 1]
    assert await compared(60) == [2, 3]


async def test_a_clock_that_is_set_back_keeps_nobody_waiting(world: World, compared: Any) -> None:
    world.open_ones = {1: OPEN}
    await compared(0)
    world.clock.millis -= 3_600_000
    assert await compared(60) == [1]
    world.clock.millis += 7_200_000
    assert await compared(59) == []


async def test_what_is_not_reached_in_a_round_waits_and_is_counted(world: World, compared: Any) -> None:
    world.seconds = 3
    world.idle = list(range(10))
    assert await compared(0) == [0, 1]
    world.open_ones = {12: UNKNOWN}
    assert await compared(0) == [12, 2]
    stats = compared.reconcile.stats()
    assert (stats.due, stats.oldest_wait_s) == (9, 6.0)


async def test_a_key_that_is_not_taken_is_left_alone_for_a_while_and_an_outage_is_not(
    world: World, compared: Any
) -> None:
    world.open_ones = {1: OPEN, 2: OPEN}
    world.troubles = {1: KeyTrouble("10003", code=10003), 2: ExchangeDown("silent")}
    assert await compared(0) == [1, 2]
    assert compared.reconcile.stats().failures == 0
    assert await compared(60) == [2]
    assert compared.reconcile.stats().failures == 2
    world.troubles.clear()
    assert await compared(840) == [2, 1]


async def test_a_mode_that_is_not_answered_leaves_the_account_compared(world: World, compared: Any) -> None:
    world.open_ones, world.healthy, world.modeless = {1: OPEN}, {1}, {1}
    assert await compared(0) == [1]
    assert await compared(60) == []
    assert compared.reconcile.stats().failures == 1
    assert await compared(840) == [1]


async def test_the_start_is_over_once_when_everybody_had_a_turn(world: World, compared: Any) -> None:
    ends: list[int] = []
    compared.reconcile.after_start.append(lambda: ends.append(1))
    world.seconds, world.idle = 3, [1, 2, 3]
    assert await compared(0) == [1, 2]
    assert ends == []
    assert await compared(0) == [3]
    assert ends == [1]
    assert await compared(900) == [1, 2]
    assert ends == [1]
