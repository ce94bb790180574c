"""The process is killed at any step of a close, a part, a moved stop and a panic: the next one makes it true, once."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from harness.fakes import FakeClock
from harness.managing import Managing, open_managing
from harness.order_core import PLACE
from harness.order_gateway import ScriptedGateway

from bot.domain.errors import ButtonExpired
from bot.domain.orders import OrderRequest
from bot.domain.portfolio import Side
from storage.sqlite.transaction import Transaction

SEEDS = 5
MOST_STEPS = 14


@dataclass
class Kill:
    """Counts steps and ends the process at one of them: nothing of it goes on after that."""

    at: int
    steps: int = 0
    is_dead: bool = False
    is_armed: bool = False

    def step(self) -> None:
        if not self.is_armed:
            return
        self.steps += 1
        if self.is_dead or self.steps >= self.at:
            self.is_dead = True
            raise asyncio.CancelledError


@dataclass
class MortalGateway(ScriptedGateway):
    """A write may be the last thing that a process does, before or after the exchange took it."""

    kill: Kill = field(default_factory=lambda: Kill(at=0))

    def _write(self, request: object, effect: Callable[[], object]) -> None:
        self.kill.step()
        super()._write(request, effect)
        self.kill.step()


@dataclass
class MortalDatabase:
    """A commit may be the last thing, before or after it is on the disk."""

    database: Any
    kill: Kill

    @asynccontextmanager
    async def transaction(
        self, committed: Callable[[], None] | None = None, *, is_urgent: bool = False
    ) -> AsyncIterator[Transaction]:
        async with self.database.transaction(committed, is_urgent=is_urgent) as transaction:
            yield transaction
            self.kill.step()
        self.kill.step()


async def close(managing: Managing) -> object:
    return await managing.legs.close(managing.core.config, managing.leg(), place=PLACE, idempotency_key="tap")


async def reduce(managing: Managing) -> object:
    return await managing.legs.reduce(
        managing.core.config, managing.leg(), Decimal("0.5"), place=PLACE, idempotency_key="tap"
    )


async def move_stop(managing: Managing) -> object:
    return await managing.legs.move_stop(managing.core.config, managing.leg(), Decimal(96), idempotency_key="tap")


async def panic(managing: Managing) -> object:
    return await managing.panic.close_all(
        managing.core.config, managing.core.account, (), place=PLACE, idempotency_key="tap"
    )


ACTIONS: dict[str, Callable[[Managing], Awaitable[object]]] = {
    "close": close,
    "reduce": reduce,
    "stop": move_stop,
    "panic": panic,
}


async def kill_in(folder: Path, seed: int, act: Callable[[Managing], Awaitable[object]]) -> MortalGateway:
    """One process that begins it and is killed, and one that comes after it, with the same tap once more."""
    chance = random.Random(seed)  # noqa: S311  a seed that can be had again
    kill = Kill(at=chance.randint(1, MOST_STEPS))
    gateway = MortalGateway(FakeClock(), kill=kill)
    async with open_managing(folder, gateway) as first:
        store = first.core.storage.store
        store._database = MortalDatabase(store._database, kill)  # type: ignore[assignment]  # as the watch of writes
        await first.hold()
        await first.hold("ETHUSDT")
        gateway.faults.extend(chance.choices(["lost", "down", None, None], k=chance.randint(0, 2)))
        kill.is_armed = True
        with suppress(asyncio.CancelledError):
            await act(first)
        await first.core.quiet()
    gateway.faults.clear()
    kill.is_armed = False
    async with open_managing(folder, gateway) as second:
        await go_on(second)
        with suppress(ButtonExpired):  # the lane tries an update again that was not applied
            await act(second)
        await go_on(second)
    return gateway


async def go_on(managing: Managing) -> None:
    """What the jobs of half a minute do."""
    for _ in range(5):
        await managing.core.settlement.settle(managing.core.account.account_id)
        await managing.closer.work_off()
        await managing.panic.work_off()
        await managing.core.quiet()
        managing.core.storage.clock.advance(6)


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("name", ACTIONS)
async def test_a_kill_loses_nothing_and_doubles_nothing(tmp_path: Path, name: str, seed: int) -> None:
    gateway = await kill_in(tmp_path, seed, ACTIONS[name])
    closed = {leg: Decimal(0) for leg in ("BTCUSDT", "ETHUSDT")}
    for fill in gateway.fills:
        if fill.side is Side.SELL:
            closed[fill.symbol] += fill.exec_qty
    sizes = {symbol: position.size for (symbol, _), position in gateway.legs.items()}
    match name:
        case "close":
            assert sizes == {"ETHUSDT": Decimal("0.1")}
        case "panic":
            assert sizes == {}
        case "reduce":
            assert sizes == {"BTCUSDT": Decimal("0.05"), "ETHUSDT": Decimal("0.1")}
        case "stop":
            assert {position.stop_loss for position in gateway.legs.values()} == {Decimal(96), Decimal(90)}
    assert closed == {symbol: Decimal("0.1") - sizes.get(symbol, Decimal(0)) for symbol in closed}
    ids = [each.order_link_id for each in gateway.calls if isinstance(each, OrderRequest)]
    assert len(ids) == len(set(ids)), "nothing is sent twice"
