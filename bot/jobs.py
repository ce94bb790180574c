"""What runs beside the chat for as long as the process lives."""

from collections.abc import Callable, Coroutine
from typing import Any

from bot.compose import Middle
from bot.services.broadcasts import BroadcastJob
from bot.services.housekeeping import DAY, Housekeeping, Shelf
from bot.services.key_watch import KeyWatch
from bot.services.refunds import RefundJob
from bot.services.reminders import Reminders
from bot.services.services import Services
from bot.services.star_watch import StarWatch
from storage.database import Database
from storage.outbox import SqliteOutbox
from storage.sweeps import Sweeps


def make_jobs(middle: Middle, services: Services) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
    """Each is called once, beside the poller."""
    watch = KeyWatch(
        queries=middle.queries,
        transactions=middle.transactions,
        inspector=middle.inspector,
        clock=middle.clock,
        require_bound_ip=middle.require_bound_ip,
    )
    refunds = RefundJob(
        queries=middle.payment_queries,
        transactions=middle.transactions,
        stars=middle.stars,
        refunds=services.refunds,
        clock=middle.clock,
    )
    stars = StarWatch(
        queries=middle.payment_queries,
        transactions=middle.transactions,
        stars=middle.stars,
        desk=services.payments,
        refunds=services.refunds,
        clock=middle.clock,
    )
    reminders = Reminders(queries=middle.queries, transactions=middle.transactions, clock=middle.clock)
    broadcasts = BroadcastJob(
        desk=services.broadcasts,
        queries=middle.desk_queries,
        transactions=middle.transactions,
        clock=middle.clock,
        deliver=middle.deliver,
        draw=middle.draw_progress,
    )
    housekeeping = Housekeeping(shelves=middle.shelves, clock=middle.clock)
    return (
        watch.run,
        reminders.run,
        services.promo.run,
        refunds.run,
        stars.run,
        services.privacy.run,
        housekeeping.run,
        broadcasts.run,
    )


def make_shelves(database: Database) -> tuple[Shelf, ...]:
    """What the daily housekeeping sweeps. The inbox is swept by the hour, where it is written."""
    sweeps = Sweeps(database)
    return (
        # a cause that is forgotten could be promised again: longer than anything looks back
        Shelf(name="outbox", keep=180 * DAY, forget=SqliteOutbox(database).forget),
        Shelf(name="buttons", keep=DAY, forget=sweeps.buttons),
        Shelf(name="dialogues", keep=DAY, forget=sweeps.dialogues),
        Shelf(name="promo_attempts", keep=DAY, forget=sweeps.attempts),
        Shelf(name="user_errors", keep=90 * DAY, forget=sweeps.errors),
        Shelf(name="support_threads", keep=365 * DAY, forget=sweeps.threads),
    )
