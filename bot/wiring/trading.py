"""Trading: cards, orders, and what stops them."""

from typing import Any, Final

from bot.aio.periodic import Periodic
from bot.aio.tasks import TaskSet
from bot.domain.ports.plans import TradingQueries
from bot.services.trading.adoption import Adoption
from bot.services.trading.booking import Booking
from bot.services.trading.brakes import BrakeGuard, DiskGuard
from bot.services.trading.drills import Drills, DrillWatch
from bot.services.trading.entries import Entries, EntryGuard
from bot.services.trading.intents import IntentRunner
from bot.services.trading.key_alarm import KeyAlarm
from bot.services.trading.limit_watch import LimitWatch
from bot.services.trading.maintenance import MaintenanceWatch
from bot.services.trading.mode_watch import ModeWatch
from bot.services.trading.order_edits import OrderEdits
from bot.services.trading.order_gauges import OrderGaugeReader
from bot.services.trading.plan_work import PlanWork
from bot.services.trading.practice import PracticeService
from bot.services.trading.quotes import Quotes
from bot.services.trading.receipts import Receipts
from bot.services.trading.reconcile import Reconcile
from bot.services.trading.risk_limits import LimitService
from bot.services.trading.settlement import Settlement
from bot.services.trading.signals import AccountSignals
from bot.services.trading.stages import StageTimes
from bot.services.trading.telling import Telling
from bot.services.trading.tickets import TicketService
from bot.services.trading.trading import Trading
from bot.services.trading.vanishing import Vanishing
from bot.services.trading.watch import TradeWatch
from bot.services.users.pin import PinService
from bot.wiring import jobs
from bot.wiring.foundation import Foundation
from bot.wiring.managing import make_managers
from storage.sqlite.secrets import open_secret
from storage.trading.brakes import SqliteClosingQueries
from storage.trading.drills import SqliteDrillQueries
from storage.trading.limits import SqliteRiskQueries
from storage.trading.order_gauges import SqliteOrderGauges
from storage.trading.queries import SqliteTradingQueries
from storage.trading.receipts import SqliteReceiptQueries
from storage.trading.tickets import SqliteTicketQueries

_PREFIX_DIGITS: Final = 10  # of the 36 characters that an id may have


async def make_trading(base: Foundation, pin: PinService) -> tuple[Trading, tuple[Periodic[Any], ...]]:
    """The use cases in the order in which they need each other, and their jobs."""
    limits = make_limits(base, pin)
    queries, signals = SqliteTradingQueries(base.database), AccountSignals()
    runner = await make_runner(base, queries, signals)
    settlement = make_settlement(base, queries, runner)
    managers = make_managers(base, queries, runner, pin)
    watch = make_watch(base, queries, runner)
    trading = Trading(
        account_types=frozenset(base.order_gateways),
        runner=runner,
        settlement=settlement,
        reconcile=make_reconcile(base, queries, settlement),
        watch=watch,
        quotes=make_quotes(base, limits, queries),
        entries=make_entries(base, queries, runner, watch, limits),
        edits=make_edits(base, queries, runner, limits),
        limits=limits,
        legs=managers.legs,
        leaving=managers.leaving,
        disagreements=managers.disagreements,
        pauses=managers.pauses,
        halts=managers.halts,
        panic=managers.panic,
        practice=PracticeService(bank=base.practice.resets, transactions=base.store),
        tickets=TicketService(queries=SqliteTicketQueries(base.database), transactions=base.store, clock=base.clock),
        drills=make_drills(base, queries, settlement),
        receipts=Receipts(queries=SqliteReceiptQueries(base.database)),
        vanishing=Vanishing(queries=queries, gateways=base.order_gateways, reads=base.reads, prefix=runner.prefix),
        gauges=OrderGaugeReader(queries=SqliteOrderGauges(base.database)),
    )
    return trading, (
        jobs.settlements(trading.reconcile, base.clock),
        jobs.tellings(make_telling(base, queries, runner), base.clock),
        jobs.order_gauges(trading.gauges, base.clock),
        jobs.limit_watch(make_limit_watch(base, limits, queries, runner), base.clock),
        jobs.drills(trading.drills, base.clock),
        jobs.maintenance(make_maintenance_watch(base, queries), base.clock),
        *managers.jobs,
    )


def make_watch(base: Foundation, queries: TradingQueries, runner: IntentRunner) -> TradeWatch:
    return TradeWatch(
        queries=queries,
        transactions=base.store,
        signals=runner.signals,
        stages=runner.stages,
        clock=base.clock,
    )


def make_telling(base: Foundation, queries: TradingQueries, runner: IntentRunner) -> Telling:
    return Telling(
        reads=base.reads,
        queries=queries,
        transactions=base.store,
        clock=base.clock,
        stages=runner.stages,
        prefix=runner.prefix,
    )


def make_drills(base: Foundation, queries: TradingQueries, settlement: Settlement) -> Drills:
    return Drills(
        queries=SqliteDrillQueries(base.database),
        trading=queries,
        exchange=base.practice.rehearsals,
        reads=base.reads,
        transactions=base.store,
        clock=base.clock,
        settle=settlement.settle,
    )


def make_entries(
    base: Foundation, queries: TradingQueries, runner: IntentRunner, watch: TradeWatch, limits: LimitService
) -> Entries:
    return Entries(
        transactions=base.store,
        queries=queries,
        gateways=base.order_gateways,
        reads=base.reads,
        clock=base.clock,
        runner=runner,
        watch=watch,
        guards=_guards(base, limits),
        streams=base.streams.accounts,
        told=base.told_gateways,
    )


def make_edits(base: Foundation, queries: TradingQueries, runner: IntentRunner, limits: LimitService) -> OrderEdits:
    return OrderEdits(
        reads=base.reads,
        queries=queries,
        transactions=base.store,
        gateways=base.order_gateways,
        runner=runner,
        clock=base.clock,
        guards=_guards(base, limits),
    )


def _guards(base: Foundation, limits: LimitService) -> tuple[EntryGuard, ...]:
    """The rules of every entry, and of what makes one larger."""
    return (DiskGuard(is_full=lambda: base.storage.space.is_full), BrakeGuard(), limits)


def make_limits(base: Foundation, pin: PinService) -> LimitService:
    return LimitService(
        queries=SqliteRiskQueries(base.database),
        transactions=base.store,
        reads=base.reads,
        clock=base.clock,
        pin=pin,
    )


def make_limit_watch(
    base: Foundation, limits: LimitService, queries: TradingQueries, runner: IntentRunner
) -> LimitWatch:
    return LimitWatch(
        reads=base.reads, queries=queries, limits=limits, runner=runner, transactions=base.store, clock=base.clock
    )


def make_maintenance_watch(base: Foundation, queries: TradingQueries) -> MaintenanceWatch:
    return MaintenanceWatch(
        status=base.exchange_status,
        queries=queries,
        transactions=base.store,
        owner_ids=base.roles.owner_ids,
        clock=base.clock,
    )


def make_quotes(base: Foundation, limits: LimitService, queries: TradingQueries) -> Quotes:
    return Quotes(
        reads=base.reads,
        limits=limits,
        gateways=base.told_gateways,
        plans=queries,
        brakes=SqliteClosingQueries(base.database),
        clock=base.clock,
    )


async def make_runner(base: Foundation, queries: TradingQueries, signals: AccountSignals) -> IntentRunner:
    """Ids begin with what tells this database's orders from those of any other. Raises WrongKeyFile."""
    secret = await open_secret(base.database, base.storage.vault, "order-links")
    return IntentRunner(
        transactions=base.store,
        queries=queries,
        gateways=base.order_gateways,
        clock=base.clock,
        signals=signals,
        drops=base.reads,
        tasks=TaskSet(),
        stages=StageTimes(),
        prefix=f"p{secret.hex()[:_PREFIX_DIGITS]}-",
    )


def make_reconcile(base: Foundation, queries: TradingQueries, settlement: Settlement) -> Reconcile:
    return Reconcile(
        settlement=settlement,
        modes=ModeWatch(queries=queries, transactions=base.store, gateways=base.order_gateways, clock=base.clock),
        queries=queries,
        streams=base.streams.accounts,
        clock=base.clock,
        account_types=frozenset(base.order_gateways),
        after_start=[base.start_is_over],
    )


def make_settlement(base: Foundation, queries: TradingQueries, runner: IntentRunner) -> Settlement:
    """It is woken by the runner, and by whatever exchange says that something changed."""
    settlement = Settlement(
        transactions=base.store,
        queries=queries,
        gateways=base.order_gateways,
        told=base.told_gateways,
        reads=base.reads,
        clock=base.clock,
        signals=runner.signals,
        runner=runner,
        tasks=runner.tasks,
        booking=Booking(is_in_flight=runner.is_in_flight, adoption=Adoption(prefix=runner.prefix)),
        plan_work=PlanWork(runner=runner),
        key_alarm=KeyAlarm(transactions=base.store, clock=base.clock, egress_ip=base.settings.egress_ip),
        patience=base.tuning.bybit_patience,
        bybit_now=base.bybit_now,
        drills=DrillWatch(queries=SqliteDrillQueries(base.database), transactions=base.store, clock=base.clock),
    )
    runner.wakers.append(settlement.wake)
    base.practice.exchange.listeners.append(settlement.heard)
    base.streams.listeners.append(settlement.heard)
    return settlement
