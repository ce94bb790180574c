"""A kill at every step of a trade's life: nothing lost, nothing doubled, the stop and the targets there."""

import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from harness.order_core import PLACE, OrderCore, make_core, open_core
from harness.order_gateway import ScriptedGateway
from harness.waiting import CAMPAIGN_LIMIT

from bot.domain.intent_states import FINAL
from bot.domain.order_card import CardOutdated
from bot.domain.orders import OrderRequest
from bot.domain.trade_plans import IntentKind, PlanState

D = Decimal
SEEDS = int(os.environ.get("PERPDESK_SEEDS", "8"))


class Killed(BaseException):
    """The process ends here: no `except Exception` sees it."""


@dataclass
class Process:
    """Counts the steps of a process and ends it before one of them; what ended does nothing any more."""

    last: int
    steps: int = 0
    is_dead: bool = False

    def step(self) -> None:
        self.steps += 1
        if self.is_dead or self.steps > self.last:
            self.is_dead = True
            raise Killed


@dataclass
class MortalStore:
    """Units of work of a process that may end before each of them, and between its commit and what follows."""

    store: Any
    process: Process

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        self.process.step()
        async with self.store.begin() as unit:
            yield unit
        self.process.step()

    @asynccontextmanager
    async def begin_aside(self, *, is_urgent: bool = False) -> AsyncIterator[Any]:
        self.process.step()
        async with self.store.begin_aside(is_urgent=is_urgent) as unit:
            yield unit
            if self.process.is_dead:
                raise Killed
        self.process.step()


@dataclass
class MortalGateway:
    """An exchange that is asked by a mortal process: it may end before a request leaves, and before its answer."""

    gateway: ScriptedGateway
    process: Process
    writes: frozenset[str] = field(
        default=frozenset({"create", "amend", "cancel", "set_trading_stop", "set_leverage"}), init=False
    )

    def __getattr__(self, name: str) -> Any:
        asked: Callable[..., Any] = getattr(self.gateway, name)
        if name not in self.writes:
            return asked

        async def write(*arguments: Any) -> Any:
            self.process.step()
            answer = await asked(*arguments)
            self.process.step()
            return answer

        return write


def born(core: OrderCore, gateway: ScriptedGateway, last: int) -> tuple[OrderCore, Process]:
    """A new process over the same database and exchange."""
    process = Process(last)
    storage: Any = core.storage
    mortal: Any = MortalGateway(gateway, process)
    real_store = storage.store
    storage.store = MortalStore(real_store, process)
    try:
        made = make_core(storage, mortal, core.account, core.config)
    finally:
        storage.store = real_store
    gateway.listeners = [lambda: None if process.is_dead else made.settlement.wake(core.account.account_id)]
    return made, process


async def live(core: OrderCore, gateway: ScriptedGateway) -> None:
    """From the card to the stop, as far as this process comes."""
    card = core.card(
        qtys=(D(1),),
        target_prices=(D(105), D(110), D(120)),
        target_shares=(D("0.5"), D("0.3"), D("0.2")),
        breakeven=True,
    )
    try:
        await core.entries.confirm(core.config, card, place=PLACE, idempotency_key="k")
    except CardOutdated:
        return
    await rest(core)
    for order in list(gateway.book.values()):
        if order.price == D(105) and order.order_status == "New":
            gateway.price = D(106)
            gateway.fill(order.order_link_id, order.qty)
            await rest(core)
    if gateway.legs and gateway.fills[-1].closed_size:
        await rest(core)
        gateway.trigger_stop()
        await rest(core)


async def rest(core: OrderCore) -> None:
    """Until nothing is under way, then time goes by, and the job of each minute runs."""
    await core.quiet()
    for _ in range(3):
        core.storage.clock.advance(4)
        gateway_of(core).deliver()
        core.storage.clock.advance(7)
        await core.settlement.settle(core.account.account_id)
        await core.quiet()


def gateway_of(core: OrderCore) -> ScriptedGateway:
    mortal: Any = core.gateway
    return mortal.gateway  # type: ignore[no-any-return]  behind the mortal one


async def steps_of_a_life(folder: Path) -> int:
    async with open_core(folder) as core:
        made, process = born(core, core.gateway, last=10**6)
        await live(made, core.gateway)
        return process.steps


async def test_a_kill_at_every_step_loses_and_doubles_nothing(tmp_path: Path) -> None:
    (tmp_path / "dry").mkdir()
    total = await steps_of_a_life(tmp_path / "dry")
    assert total > 40
    outcomes: Counter[str] = Counter()
    for last in range(1, total, 4):
        folder = tmp_path / str(last)
        folder.mkdir()
        outcomes[await killed(folder, (last,))] += 1
    assert outcomes["closed"] > outcomes["not placed"]


@pytest.mark.campaign
@pytest.mark.timeout(CAMPAIGN_LIMIT)
async def test_two_kills_and_lost_answers_lose_and_double_nothing(tmp_path: Path) -> None:
    outcomes: Counter[str] = Counter()
    for seed in range(SEEDS):
        rng = Random(seed)  # noqa: S311  which step ends is no secret
        folder = tmp_path / str(seed)
        folder.mkdir()
        faults = [rng.choice([None, None, None, "lost", "late", "down"]) for _ in range(6)]
        outcomes[await killed(folder, (rng.randrange(1, 60), rng.randrange(1, 60)), faults)] += 1
    assert outcomes["closed"] > 0


async def killed(folder: Path, ends: Sequence[int], faults: Sequence[str | None] = ()) -> str:
    """How a life ended that was ended once or more on its way."""
    async with open_core(folder) as core:
        gateway = core.gateway
        gateway.faults.extend(faults)
        for last in ends:
            made, process = born(core, gateway, last)
            with suppress(Killed):
                await rest(made)
                await live(made, gateway)
            process.is_dead = True
            gateway.listeners = []
            await made.runner.tasks.close(end_s=0.05)  # what is left of it can do nothing
        gateway.faults.clear()
        again, _ = born(core, gateway, last=10**6)
        await rest(again)
        await live(again, gateway)
        await rest(again)
        await rest(again)
        return await judged(again, gateway, f"ended after {ends} with {faults}")


async def judged(core: OrderCore, gateway: ScriptedGateway, where: str) -> str:
    """Raises AssertionError for anything that was lost or doubled."""
    entries = [each for each in gateway.book.values() if not each.reduce_only]
    assert len(entries) <= 1, where
    fills = await core.storage.database.fetch("SELECT exec_id FROM trade_logs ORDER BY exec_id", ())
    assert sorted(each.exec_id for each in gateway.fills) == [exec_id for (exec_id,) in fills], where
    rows = await core.storage.database.fetch("SELECT plan_id FROM trade_plans", ())
    assert len(rows) <= 1, where
    if not rows:
        assert not entries, where
        return "nothing"
    trade = await core.trade(rows[0][0])
    assert all(each.state in FINAL for each in trade.intents), (where, trade.intents)
    assert trade.plan.state is PlanState.ENDED, (where, trade)
    if not entries:
        return "not placed"
    assert gateway.legs == {}, where
    assert sum(each.qty for each in trade.closed) == D(1), where
    kinds = Counter(await core.messages())
    assert kinds["trade-closed"] == 2, (where, kinds)
    assert kinds["trade-breakeven"] == 1, (where, kinds)
    placed = [each for each in gateway.sent(OrderRequest) if isinstance(each, OrderRequest)]
    assert Counter(each.price for each in placed)[D(105)] == 1, where
    assert sum(1 for each in trade.intents if each.kind is IntentKind.ENTRY) == 1, where
    return "closed"
