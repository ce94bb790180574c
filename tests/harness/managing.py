"""What manages legs, over the order core of a scripted exchange."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeDown
from bot.domain.ids import Symbol, UserId
from bot.domain.market import Category
from bot.domain.portfolio import FeeRate, LegKey, Orders, Positions, Side
from bot.domain.risk_tiers import RiskTiers
from bot.domain.trade_plans import OrderIntent
from bot.services.trading.brakes import BrakeGuard, Halts, Pauses
from bot.services.trading.disagreements import Disagreements
from bot.services.trading.leg_closer import LegCloser
from bot.services.trading.leg_manager import LegManager
from bot.services.trading.leg_stops import LegStops
from bot.services.trading.order_edits import OrderEdits
from bot.services.trading.owners import LegOwners
from bot.services.trading.panic import Panic
from bot.services.trading.position_reads import PositionReads
from bot.services.users.access import RoleResolver
from bot.services.users.pin import PinService
from harness.order_core import PLACE, LastReads, OrderCore, open_core
from harness.order_gateway import ScriptedGateway
from storage.trading.brakes import SqliteClosingQueries
from storage.trading.disagreements import SqliteDisagreementQueries

PACE = 0.02  # of the pauses between attempts: they are real time


@dataclass
class AllReads(LastReads):
    """The reads that managing asks for."""

    async def positions(self, account: Account) -> Positions:
        return await self.gateway.positions(account)

    async def orders(self, account: Account) -> Orders:
        return await self.gateway.orders(account)

    async def fee_rate(self, account: Account, symbol: Symbol) -> FeeRate:
        del account
        return FeeRate(symbol=symbol, taker=Decimal("0.00055"), maker=Decimal("0.0002"))

    async def risk_tiers(self, symbol: Symbol) -> RiskTiers:
        raise ExchangeDown(f"nobody says what must stay for {symbol}")


@dataclass(repr=False)
class Managing:
    """One process's services on top of its order core."""

    core: OrderCore
    closings: SqliteClosingQueries
    closer: LegCloser
    legs: LegManager
    disagreements: Disagreements
    pauses: Pauses
    halts: Halts
    panic: Panic
    pin: PinService
    edits: OrderEdits

    @property
    def gateway(self) -> ScriptedGateway:
        return self.core.gateway

    def leg(self, symbol: str = "BTCUSDT", idx: int = 0) -> LegKey:
        return LegKey(
            account_id=self.core.account.account_id,
            category=Category.LINEAR,
            symbol=Symbol(symbol),
            position_idx=idx,
        )

    async def close(self, leg: LegKey | None = None, key: str = "press:close") -> OrderIntent:
        """A tap on [Close] and everything that it sets off."""
        intent = await self.legs.close(self.core.config, leg or self.leg(), place=PLACE, idempotency_key=key)
        await self.core.quiet()
        return intent

    async def hold(self, symbol: str = "BTCUSDT", side: Side = Side.BUY, **changes: Any) -> None:
        """A position that was entered here, with its stop."""
        stop = Decimal(90) if side is Side.BUY else Decimal(110)
        price = Decimal("100.3") if side is Side.BUY else Decimal("99.7")
        values = {"symbol": Symbol(symbol), "side": side, "stop": stop, "prices": (price,)}
        card = self.core.card(**(values | {"target_prices": (), "target_shares": ()} | changes))
        trade = await self.core.entries.confirm(
            self.core.config, card, place=PLACE, idempotency_key=f"hold:{symbol}:{side}"
        )
        await self.core.quiet()
        assert trade.plan.symbol == symbol


@asynccontextmanager
async def open_managing(folder: Path, gateway: ScriptedGateway | None = None) -> AsyncIterator[Managing]:
    """A process over the database of that folder, its guards on entries included."""
    async with open_core(folder, gateway) as core:
        yield make_managing(core)


def make_managing(core: OrderCore) -> Managing:
    closings = SqliteClosingQueries(core.storage.database)
    reads: Any = AllReads(core.gateway)
    gateways = {AccountType.DEMO: core.gateway}
    shared: dict[str, Any] = {
        "transactions": core.storage.store,
        "queries": core.queries,
        "runner": core.runner,
        "clock": core.storage.clock,
    }
    closer = LegCloser(
        **shared,
        closings=closings,
        positions=PositionReads(gateways=gateways, tasks=core.runner.tasks),
        reads=reads,
        signals=core.runner.signals,
        tasks=core.runner.tasks,
        pace=PACE,
    )
    owners = LegOwners(queries=core.queries, closings=closings)
    roles = RoleResolver(owner_ids=frozenset({UserId(1)}))
    pin = PinService(
        reads=reads,
        queries=core.storage.queries,
        transactions=core.storage.store,
        clock=core.storage.clock,
        roles=roles,
    )
    legs = LegManager(
        **shared,
        reads=reads,
        closings=closings,
        gateways=gateways,
        closer=closer,
        stops=LegStops(**shared, tasks=core.runner.tasks, pace=PACE),
        owners=owners,
    )
    object.__setattr__(core.entries, "guards", (BrakeGuard(),))
    return Managing(
        core=core,
        closings=closings,
        closer=closer,
        legs=legs,
        disagreements=Disagreements(
            **shared,
            records=SqliteDisagreementQueries(core.storage.database),
            gateways=gateways,
            reads=reads,
            stops=legs.stops,
        ),
        pauses=Pauses(**shared, signals=core.runner.signals),
        halts=Halts(
            closings=closings,
            transactions=core.storage.store,
            reads=reads,
            roles=roles,
            pin=pin,
            clock=core.storage.clock,
        ),
        panic=Panic(
            **shared,
            reads=reads,
            closings=closings,
            gateways=gateways,
            closer=closer,
            owners=owners,
            signals=core.runner.signals,
            tasks=core.runner.tasks,
            pace=PACE,
        ),
        pin=pin,
        edits=OrderEdits(**shared, reads=reads, gateways=gateways, guards=(BrakeGuard(),)),
    )
