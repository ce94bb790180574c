"""What manages legs and stops entries: closes, stops and targets, pauses, halts, panics."""

from dataclasses import dataclass
from typing import Any

from bot.aio.periodic import Periodic
from bot.services.trading.brakes import Halts, Pauses
from bot.services.trading.disagreements import Disagreements
from bot.services.trading.intents import IntentRunner
from bot.services.trading.leaving import Leaving
from bot.services.trading.leg_closer import LegCloser
from bot.services.trading.leg_manager import LegManager
from bot.services.trading.leg_stops import LegStops
from bot.services.trading.owners import LegOwners
from bot.services.trading.panic import Panic
from bot.services.trading.position_reads import PositionReads
from bot.services.users.pin import PinService
from bot.wiring import jobs
from bot.wiring.foundation import Foundation
from storage.trading.brakes import SqliteClosingQueries
from storage.trading.disagreements import SqliteDisagreementQueries
from storage.trading.queries import SqliteTradingQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class Managers:
    """The use cases, and the jobs that go on with what their tasks have left."""

    legs: LegManager
    leaving: Leaving
    disagreements: Disagreements
    pauses: Pauses
    halts: Halts
    panic: Panic
    jobs: tuple[Periodic[Any], ...]


def make_managers(base: Foundation, queries: SqliteTradingQueries, runner: IntentRunner, pin: PinService) -> Managers:
    """On the runner of intents, whose tasks theirs are."""
    closings = SqliteClosingQueries(base.database)
    owners = LegOwners(queries=queries, closings=closings)
    closer = make_closer(base, queries, closings, runner)
    legs = make_leg_manager(base, queries, closings, runner, closer, owners)
    pauses = Pauses(queries=queries, transactions=base.store, runner=runner, signals=runner.signals, clock=base.clock)
    panic = Panic(
        reads=base.reads,
        queries=queries,
        closings=closings,
        transactions=base.store,
        gateways=base.order_gateways,
        runner=runner,
        closer=closer,
        owners=owners,
        signals=runner.signals,
        clock=base.clock,
        tasks=runner.tasks,
        patience=base.tuning.bybit_patience,
    )
    return Managers(
        legs=legs,
        leaving=make_leaving(base, queries, runner),
        disagreements=make_disagreements(base, queries, runner, legs.stops),
        pauses=pauses,
        halts=Halts(
            closings=closings,
            transactions=base.store,
            reads=base.reads,
            roles=base.roles,
            pin=pin,
            clock=base.clock,
        ),
        panic=panic,
        jobs=(jobs.closings(closer, base.clock), jobs.panics(panic, base.clock)),
    )


def make_leaving(base: Foundation, queries: SqliteTradingQueries, runner: IntentRunner) -> Leaving:
    return Leaving(
        reads=base.reads,
        queries=queries,
        transactions=base.store,
        gateways=base.order_gateways,
        runner=runner,
        clock=base.clock,
    )


def make_closer(
    base: Foundation, queries: SqliteTradingQueries, closings: SqliteClosingQueries, runner: IntentRunner
) -> LegCloser:
    return LegCloser(
        transactions=base.store,
        queries=queries,
        closings=closings,
        positions=PositionReads(gateways=base.order_gateways, tasks=runner.tasks),
        reads=base.reads,
        runner=runner,
        signals=runner.signals,
        clock=base.clock,
        tasks=runner.tasks,
    )


def make_leg_manager(
    base: Foundation,
    queries: SqliteTradingQueries,
    closings: SqliteClosingQueries,
    runner: IntentRunner,
    closer: LegCloser,
    owners: LegOwners,
) -> LegManager:
    stops = LegStops(queries=queries, transactions=base.store, runner=runner, clock=base.clock, tasks=runner.tasks)
    return LegManager(
        reads=base.reads,
        queries=queries,
        closings=closings,
        transactions=base.store,
        gateways=base.order_gateways,
        runner=runner,
        closer=closer,
        stops=stops,
        owners=owners,
        clock=base.clock,
    )


def make_disagreements(
    base: Foundation, queries: SqliteTradingQueries, runner: IntentRunner, stops: LegStops
) -> Disagreements:
    return Disagreements(
        records=SqliteDisagreementQueries(base.database),
        queries=queries,
        transactions=base.store,
        gateways=base.order_gateways,
        reads=base.reads,
        runner=runner,
        stops=stops,
        clock=base.clock,
    )
