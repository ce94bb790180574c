"""The jobs beside the chat: a round of each is a service's method, its name, pauses and patience stand here.

A docstring says from when on the absence of a success makes the process unready, and why; or why it never does. Names
are labels of metrics: a closed set that does not change with the code.
"""

import asyncio
from typing import Any, Final

from bot.aio.periodic import Pace, Periodic
from bot.chat.inbox_marker import InboxMarker
from bot.chat.outbox_gauge import OutboxGauge
from bot.chat.runtime import TelegramRuntime
from bot.domain.errors import ExchangeError, NothingDone, StarsError, StorageTrouble, UnfitDatabase
from bot.domain.ids import DAY, DAY_S
from bot.domain.ports.clock import Clock
from bot.exchange.bybit.adapter import Bybit
from bot.exchange.paper.adapter import Practice
from bot.exchange.paper.ticks import PracticeTicks
from bot.services.accounts.egress_alarm import EgressAlarm
from bot.services.accounts.key_watch import KeyWatch
from bot.services.admin.broadcasts import BroadcastJob
from bot.services.admin.disk_watch import DiskWatch
from bot.services.housekeeping import Housekeeping, RetentionRule
from bot.services.licensing.reminders import Reminders
from bot.services.market.price_watch import PriceWatch
from bot.services.payments.reconciliation import Reconciled, StarWatch
from bot.services.payments.refunds import RefundJob
from bot.services.promo.campaigns import CampaignService
from bot.services.statistics.daily_reports import DailyReportService
from bot.services.trading.drills import Drills
from bot.services.trading.leg_closer import LegCloser
from bot.services.trading.limit_watch import LimitWatch
from bot.services.trading.maintenance import MaintenanceWatch
from bot.services.trading.order_gauges import OrderGaugeReader
from bot.services.trading.panic import Panic
from bot.services.trading.reconcile import Reconcile
from bot.services.trading.telling import Telling
from bot.services.users.privacy import Privacy
from bot.wiring.safekeeping import BackupJobs
from bot.wiring.streams import Streams
from cache.regions import RegionUpkeep
from handlers.promo.pinned import PinnedCards
from storage.chat.outbox import SqliteOutbox
from storage.sqlite.database import Database
from storage.sweeps import Sweeps

_MINUTE_S: Final = 60.0
_HOUR_S: Final = 60 * _MINUTE_S


def refunds(job: RefundJob, clock: Clock) -> Periodic[int]:
    """After 5 minutes: these are people's Stars, and their license time is gone already."""
    return Periodic(
        "refunds", job.give_back, clock=clock, every_s=1, late_after_s=5 * _MINUTE_S, expected=(NothingDone,)
    )


def reconciliation(watch: StarWatch, clock: Clock) -> Periodic[Reconciled]:
    """After 30 minutes: somebody may have paid and got nothing. What was lost is found within ten minutes usually."""
    return Periodic(
        "reconciliation",
        watch.reconcile,
        clock=clock,
        every_s=5 * _MINUTE_S,
        retry_s=15,
        late_after_s=30 * _MINUTE_S,
        expected=(StarsError,),
    )


def erasures(privacy: Privacy, clock: Clock) -> Periodic[int]:
    """After 30 minutes: people are told 24 hours, erasures are due after 23, so half an hour is left to mend it."""
    return Periodic("erasures", privacy.erase_due, clock=clock, every_s=10 * _MINUTE_S, late_after_s=30 * _MINUTE_S)


def key_watch(watch: KeyWatch, clock: Clock) -> Periodic[int]:
    """After 2 hours: a key that can withdraw, or dies, must be told; notices are of days, so hours are soon enough."""
    return Periodic(
        "key_watch",
        watch.check_due,
        clock=clock,
        every_s=10 * _MINUTE_S,
        late_after_s=2 * _HOUR_S,
        expected=(NothingDone,),
    )


def egress_alarm(alarm: EgressAlarm, clock: Clock) -> Periodic[None]:
    """Never: the reason that it tells of stands in `/readyz`."""
    return Periodic("egress_alarm", alarm.look, clock=clock, every_s=15, expected=(StorageTrouble,))


def disk_watch(watch: DiskWatch, clock: Clock, due: asyncio.Event) -> Periodic[None]:
    """Never: a full disk is a reason in `/readyz` by itself. `due` is set when the disk refuses a write."""
    return Periodic("disk_watch", watch.look, clock=clock, every_s=2, expected=(StorageTrouble,), due=due)


def settlements(reconcile: Reconcile, clock: Clock) -> Periodic[int]:
    """After 10 minutes: what exchanges did is not known, and stops are not looked after."""
    return Periodic("settlements", reconcile.round, clock=clock, every_s=5, late_after_s=10 * _MINUTE_S)


def order_gauges(reader: OrderGaugeReader, clock: Clock) -> Periodic[None]:
    """After 2 minutes: alarms of orders look at figures that stand still."""
    return Periodic("order_gauges", reader.read, clock=clock, every_s=5, late_after_s=2 * _MINUTE_S)


def closings(closer: LegCloser, clock: Clock) -> Periodic[int]:
    """After 2 minutes: somebody wants out, and nobody tries."""
    return Periodic("closings", closer.work_off, clock=clock, every_s=5, late_after_s=2 * _MINUTE_S)


def panics(panic: Panic, clock: Clock) -> Periodic[int]:
    """After 2 minutes: what a panic has left behind may be filled."""
    return Periodic("panics", panic.work_off, clock=clock, every_s=5, late_after_s=2 * _MINUTE_S)


def tellings(telling: Telling, clock: Clock) -> Periodic[int]:
    """After 10 minutes: people do not hear what became of their orders."""
    return Periodic("tellings", telling.tell_due, clock=clock, every_s=1, late_after_s=10 * _MINUTE_S)


def limit_watch(watch: LimitWatch, clock: Clock) -> Periodic[int]:
    """After 10 minutes: losses go on past a limit that people rely on, and what rests may be filled."""
    return Periodic(
        "limit_watch", watch.look, clock=clock, every_s=15, late_after_s=10 * _MINUTE_S, expected=(NothingDone,)
    )


def alert_messages(watch: PriceWatch, clock: Clock, due: asyncio.Event) -> Periodic[int]:
    """After 2 minutes: prices were reached, and nobody is told. `due` is set when one is."""
    return Periodic(
        "alert_messages",
        watch.fire,
        clock=clock,
        every_s=1,
        late_after_s=2 * _MINUTE_S,
        expected=(StorageTrouble,),
        due=due,
    )


def alert_prices(watch: PriceWatch, clock: Clock) -> Periodic[None]:
    """Never: whether Bybit answers is told elsewhere, and what was missed is looked up when it does."""
    return Periodic("alert_prices", watch.look, clock=clock, every_s=2, expected=(ExchangeError, StorageTrouble))


def drills(service: Drills, clock: Clock) -> Periodic[int]:
    """After 10 minutes: people do not hear what their drill showed. Nothing stays unmanaged: a drill ends by itself."""
    return Periodic("drills", service.tell_due, clock=clock, every_s=2, late_after_s=10 * _MINUTE_S)


def maintenance(watch: MaintenanceWatch, clock: Clock) -> Periodic[int]:
    """Never: whether Bybit answers at all is told elsewhere."""
    return Periodic("maintenance", watch.look, clock=clock, every_s=_MINUTE_S, expected=(ExchangeError, StorageTrouble))


def practice_ticks(ticks: PracticeTicks, clock: Clock) -> Periodic[Pace]:
    """After 15 minutes: stops and limits of practice wait. What they miss is replayed, so minutes harm nobody."""
    return Periodic(
        "practice_ticks",
        ticks.round,
        clock=clock,
        every_s=lambda pause: pause,
        retry_s=5,
        late_after_s=15 * _MINUTE_S,
        expected=(ExchangeError, StorageTrouble),
    )


def reminders(service: Reminders, clock: Clock) -> Periodic[int]:
    """After an hour: a reminder belongs to its morning. Usually it comes within five minutes of it."""
    return Periodic("reminders", service.remind, clock=clock, every_s=5 * _MINUTE_S, late_after_s=_HOUR_S)


def daily_reports(service: DailyReportService, clock: Clock) -> Periodic[int]:
    """After an hour: a report belongs to its hour. Usually it comes within a minute of it."""
    return Periodic("daily_reports", service.report_due, clock=clock, every_s=_MINUTE_S, late_after_s=_HOUR_S)


def promo_undos(promo: CampaignService, clock: Clock) -> Periodic[None]:
    """After an hour: time that was called back goes on running, and its admin believes it gone."""
    return Periodic("promo_undos", promo.finish_undos, clock=clock, every_s=_MINUTE_S, late_after_s=_HOUR_S)


def pinned_cards(cards: PinnedCards, clock: Clock) -> Periodic[None]:
    """Never: an old figure on a card harms nobody."""
    return Periodic("pinned_cards", cards.refresh, clock=clock, every_s=_HOUR_S, first_s=_HOUR_S)


def broadcasts(job: BroadcastJob, clock: Clock, due: asyncio.Event) -> Periodic[float | None]:
    """After 15 minutes: what admins announce stands still. `due` is set when a broadcast is started."""
    return Periodic(
        "broadcasts",
        job.send_some,
        clock=clock,
        every_s=lambda pause_s: 30.0 if pause_s is None else Pace(pause_s),  # None: nothing is being sent
        retry_s=30,
        late_after_s=15 * _MINUTE_S,
        expected=(NothingDone,),
        due=due,
    )


def housekeeping(service: Housekeeping, clock: Clock) -> Periodic[int]:
    """After 3 days: rows stay longer than people were told, and the disk fills slowly."""
    return Periodic(
        "housekeeping",
        service.sweep,
        clock=clock,
        every_s=DAY_S,
        retry_s=_HOUR_S,
        late_after_s=3 * DAY_S,
        expected=(StorageTrouble,),
    )


def inbox_sweep(marker: InboxMarker, clock: Clock) -> Periodic[int]:
    """After a day: stored messages of people stay longer than they were told."""
    return Periodic(
        "inbox_sweep",
        marker.sweep,
        clock=clock,
        every_s=_MINUTE_S,
        late_after_s=DAY_S,
        expected=(StorageTrouble,),
    )


def cache_sweep(regions: RegionUpkeep, clock: Clock) -> Periodic[None]:
    """Never: what has expired is not shown, and memory is bounded by the regions' capacity."""
    return Periodic("cache_sweep", regions.sweep_in_steps, clock=clock, every_s=5 * _MINUTE_S, first_s=5 * _MINUTE_S)


def client_sweep(bybit: Bybit, clock: Clock) -> Periodic[None]:
    """Never: the number of clients is bounded, and each is checked before it is used again."""
    return Periodic("client_sweep", bybit.sweep, clock=clock, every_s=_MINUTE_S, first_s=_MINUTE_S)


def outbox_gauge(gauge: OutboxGauge, clock: Clock) -> Periodic[None]:
    """After 2 minutes: an alarm looks at a figure that stands still."""
    return Periodic(
        "outbox_gauge", gauge.read, clock=clock, every_s=5, late_after_s=2 * _MINUTE_S, expected=(StorageTrouble,)
    )


def checkpoint(database: Database, clock: Clock) -> Periodic[None]:
    """Never: the commit that fills the log does it as well, and its size is watched."""
    return Periodic("checkpoint", database.checkpoint, clock=clock, every_s=30, first_s=30, expected=(StorageTrouble,))


def page_check(database: Database, clock: Clock) -> Periodic[None]:
    """After 3 days: damage is to be known while there are backups from before it. What is found is told at once."""
    return Periodic(
        "page_check",
        database.check_pages,
        clock=clock,
        every_s=DAY_S,
        retry_s=_HOUR_S,
        first_s=_MINUTE_S,
        late_after_s=3 * DAY_S,
        expected=(StorageTrouble, UnfitDatabase),
    )


def backup_jobs(backups: BackupJobs, clock: Clock) -> tuple[Periodic[Any], ...]:
    """Never: the alert BackupOld looks at when one was last verified and last restored on trial."""
    minutes = 15 * _MINUTE_S
    return (
        Periodic(
            "backup", backups.back_up, clock=clock, every_s=minutes, first_s=_MINUTE_S, expected=(NothingDone, OSError)
        ),
        Periodic(
            "restore_drill",
            backups.drill,
            clock=clock,
            every_s=_HOUR_S,
            first_s=5 * _MINUTE_S,
            expected=(NothingDone, OSError),
        ),
    )


def upkeep_jobs(
    database: Database,
    regions: RegionUpkeep,
    bybit: Bybit,
    practice: Practice,
    streams: Streams,
    runtime: TelegramRuntime,
    clock: Clock,
) -> tuple[Periodic[Any], ...]:
    """The jobs of no feature: sweeps of cache, clients and inbox, the daily housekeeping."""
    return (
        housekeeping(Housekeeping(rules=make_retention_rules(database), clock=clock), clock),
        cache_sweep(regions, clock),
        client_sweep(bybit, clock),
        practice_ticks(practice.ticks, clock),
        streams.job(clock),
        inbox_sweep(runtime.marker, clock),
        outbox_gauge(runtime.outbox_gauge, clock),
        checkpoint(database, clock),
        page_check(database, clock),
    )


def make_retention_rules(database: Database) -> tuple[RetentionRule, ...]:
    """What the daily housekeeping sweeps. The inbox is swept each minute."""
    sweeps = Sweeps(database)
    return (
        # an idempotency key that is forgotten could be enqueued again: longer than anything looks back
        RetentionRule(name="outbox", keep=180 * DAY, forget=SqliteOutbox(database).forget),
        RetentionRule(name="buttons", keep=DAY, forget=sweeps.buttons),
        RetentionRule(name="dialogues", keep=DAY, forget=sweeps.dialogues),
        RetentionRule(name="promo_attempts", keep=DAY, forget=sweeps.attempts),
        RetentionRule(name="user_errors", keep=90 * DAY, forget=sweeps.errors),
        RetentionRule(name="used_marks", keep=0, forget=sweeps.marks),
        RetentionRule(name="paper_orders", keep=90 * DAY, forget=sweeps.paper_orders),
        RetentionRule(name="paper_fills", keep=365 * DAY, forget=sweeps.paper_fills),
        RetentionRule(name="support_threads", keep=365 * DAY, forget=sweeps.threads),
        RetentionRule(name="leg_closings", keep=90 * DAY, forget=sweeps.closings),
        RetentionRule(name="drills", keep=90 * DAY, forget=sweeps.drills),
        RetentionRule(name="last_sizes", keep=365 * DAY, forget=sweeps.sizes),
    )
