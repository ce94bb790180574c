"""The order core over a scripted exchange and a real database: one process, which can end and start again."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.aio.tasks import TaskSet
from bot.domain.accounts import Account, AccountType
from bot.domain.ids import ChatId, Symbol
from bot.domain.licensing import EntryKind, LicenseType, NewLedgerEntry
from bot.domain.order_card import ConfirmedCard
from bot.domain.orders import MarginMode, TriggerBy
from bot.domain.patience import PRACTICE, Patience
from bot.domain.portfolio import Orders, Positions, Side
from bot.domain.trade_plans import CardPlace, ManagedTrade
from bot.domain.users import UserConfig
from bot.services.trading.adoption import Adoption
from bot.services.trading.booking import Booking
from bot.services.trading.entries import Entries
from bot.services.trading.intents import IntentRunner
from bot.services.trading.plan_work import PlanWork
from bot.services.trading.settlement import Settlement
from bot.services.trading.signals import AccountSignals
from bot.services.trading.stages import StageTimes
from bot.services.trading.telling import Telling
from bot.services.trading.watch import TradeWatch
from harness.order_gateway import OPEN, MarketOf, ScriptedGateway
from harness.storage import StorageHarness, open_storage
from harness.waiting import LIMIT
from storage.trading.queries import SqliteTradingQueries

PLACE = CardPlace(chat_id=ChatId(1001), message_id=7)


@dataclass(repr=False)
class OrderCore:
    """One process's services. `config`: of the account's owner."""

    storage: StorageHarness
    gateway: ScriptedGateway
    account: Account
    config: UserConfig
    queries: SqliteTradingQueries
    runner: IntentRunner
    settlement: Settlement
    watch: TradeWatch
    entries: Entries

    async def confirm(self, card: ConfirmedCard | None = None, key: str = "k-1") -> ManagedTrade:
        """A tap on [Confirm]; what is there when nothing is under way any more."""
        trade = await self.entries.confirm(self.config, card or self.card(), place=PLACE, idempotency_key=key)
        await self.quiet()
        return await self.trade(trade.plan.plan_id)

    async def trade(self, plan_id: int = 1) -> ManagedTrade:
        found = await self.watch.trade(plan_id)
        assert found is not None
        return found

    async def settle(self) -> ManagedTrade:
        """One settlement and what it set off."""
        await self.settlement.settle(self.account.account_id)
        await self.quiet()
        return await self.trade()

    async def quiet(self) -> None:
        assert not await self.runner.tasks.join(LIMIT), "the end of what is under way did not come"

    async def messages(self) -> list[str]:
        """The kinds of what waits in the outbox, oldest first."""
        rows = await self.storage.database.fetch("SELECT kind FROM outbox ORDER BY outbox_id", ())
        return [kind for (kind,) in rows]

    def card(self, **changes: Any) -> ConfirmedCard:
        """A market long of 0.1 at 100 with a stop at 90 and a target at 120."""
        values: dict[str, Any] = {
            "account_id": self.account.account_id,
            "symbol": Symbol("BTCUSDT"),
            "side": Side.BUY,
            "position_idx": 0,
            "qtys": (Decimal("0.1"),),
            "prices": (Decimal("100.3"),),
            "is_market": True,
            "stop": Decimal(90),
            "stop_trigger_by": TriggerBy.LAST,
            "target_prices": (Decimal(120),),
            "target_shares": (Decimal(1),),
            "breakeven": False,
            "leverage": Decimal(3),
            "margin_mode": MarginMode.ISOLATED,
            "fee_rate": Decimal("0.00055"),
            "quoted_ts": self.storage.clock.now(),
        }
        return ConfirmedCard(**(values | changes))


@asynccontextmanager
async def open_core(
    folder: Path,
    gateway: ScriptedGateway | None = None,
    patience: Patience = PRACTICE,
    driver: type[sqlite3.Connection] = sqlite3.Connection,
) -> AsyncIterator[OrderCore]:
    """A process over the database of that folder; the exchange outlives it if it is handed on.

    Its lists are one, so that the patience of practice will do, unless a test is about Bybit's.
    """
    async with open_storage(folder, driver=driver) as storage:
        if gateway is None:
            gateway = ScriptedGateway(storage.clock)
        else:
            storage.clock.millis, storage.clock.seconds = gateway.clock.millis, gateway.clock.seconds
            gateway.clock = storage.clock
        config = await storage.queries.user_config(await storage.user())
        assert config is not None
        account = next((each for each in config.accounts if each.account_type is AccountType.DEMO), None)
        if account is None:
            account = await storage.account(kind=AccountType.DEMO)
            async with storage.store.begin() as unit:
                await unit.ledger.append(account.user_id, _license(), storage.clock.now())
            config = await storage.queries.user_config(account.user_id)
            assert config is not None
        core = make_core(storage, gateway, account, config, patience)
        gateway.listeners = [lambda: core.settlement.wake(account.account_id)]
        try:
            yield core
        finally:
            gateway.listeners = []
            await core.runner.tasks.close()


@dataclass(frozen=True)
class DropLog:
    """A cache that keeps nothing, and notes what it was told to drop."""

    told: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: self.told.append(name)

    @staticmethod
    def of(runner: IntentRunner) -> list[str]:
        """What that runner told it, oldest first."""
        drops: Any = runner.drops
        told: list[str] = drops.told
        return told


class Holding:
    """A runner whose launches wait for the test; `is_queued`: as where another order of the leg is before each."""

    def __init__(self, runner: Any, later: list[Any], *, is_queued: bool = True) -> None:
        self._runner = runner
        self._later = later
        self._is_queued = is_queued

    def __getattr__(self, name: str) -> Any:
        return getattr(self._runner, name)

    async def start(self, unit: Any, account: Any, intent: Any, now: Any) -> Any:
        return intent if self._is_queued else await self._runner.start(unit, account, intent, now)

    def launch(self, intents: Any, account: object = None) -> None:  # noqa: ARG002  as a runner is asked
        self._later += intents


def make_core(
    storage: StorageHarness,
    gateway: ScriptedGateway,
    account: Account,
    config: UserConfig,
    patience: Patience = PRACTICE,
) -> OrderCore:
    queries, signals = SqliteTradingQueries(storage.database), AccountSignals()
    gateways = {AccountType.DEMO: gateway}
    runner = IntentRunner(
        transactions=storage.store,
        queries=queries,
        gateways=gateways,
        clock=storage.clock,
        signals=signals,
        drops=DropLog(),
        tasks=TaskSet(),
        prefix="ptest-",
        stages=StageTimes(),
    )
    market: Any = MarketOf(gateway)
    settlement = Settlement(
        transactions=storage.store,
        queries=queries,
        gateways=gateways,
        reads=market,
        clock=storage.clock,
        signals=signals,
        runner=runner,
        tasks=runner.tasks,
        booking=Booking(is_in_flight=runner.is_in_flight, adoption=Adoption(prefix=runner.prefix)),
        plan_work=PlanWork(runner=runner),
        patience=patience,
    )
    runner.wakers.append(settlement.wake)
    watch = TradeWatch(
        queries=queries,
        transactions=storage.store,
        signals=signals,
        stages=runner.stages,
        clock=storage.clock,
    )
    entries = Entries(
        transactions=storage.store,
        queries=queries,
        gateways=gateways,
        reads=market,
        clock=storage.clock,
        runner=runner,
        watch=watch,
    )
    return OrderCore(
        storage=storage,
        gateway=gateway,
        account=account,
        config=config,
        queries=queries,
        runner=runner,
        settlement=settlement,
        watch=watch,
        entries=entries,
    )


@dataclass
class LastReads(MarketOf):
    """What was last known is what the exchange shows."""

    async def last_positions(self, account: Account) -> Positions | None:
        items = tuple(self.gateway.legs.values())
        return Positions(account_id=account.account_id, items=items, as_of=self.gateway.clock.now())

    async def last_orders(self, account: Account) -> Orders | None:
        items = tuple(each for each in self.gateway.book.values() if each.order_status in OPEN)
        return Orders(account_id=account.account_id, items=items, as_of=self.gateway.clock.now())


def telling_of(core: OrderCore) -> Telling:
    """What tells of what no card has told."""
    reads: Any = LastReads(core.gateway)
    return Telling(
        reads=reads,
        prefix=core.runner.prefix,
        queries=core.queries,
        transactions=core.storage.store,
        clock=core.storage.clock,
        stages=core.runner.stages,
    )


def _license() -> NewLedgerEntry:
    return NewLedgerEntry(
        kind=EntryKind.GRANT,
        license_type=LicenseType.PREMIUM,
        millis=30 * 86_400_000,
        takes=None,
        idempotency_key="test:license",
        actor=None,
        note="",
    )
