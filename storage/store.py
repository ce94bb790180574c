"""Units of work: what a service writes, the messages it enqueues and the events of the writes, all in one commit."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import cached_property

from bot.domain.audit import AuditEntry
from bot.domain.chat import OutboxMessage
from bot.domain.errors import ButtonExpired
from bot.domain.events import Event
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock
from bot.domain.update_attempt import UpdateAttempt, current_attempt
from storage.accounts.accounts import SqliteAccounts
from storage.accounts.portfolio import SqlitePortfolio
from storage.admin.audit import SqliteAudit
from storage.admin.broadcasts import SqliteBroadcasts
from storage.admin.queries import SqliteErrorNotes
from storage.chat.buttons import SqliteButtons
from storage.chat.dialogues import SqliteDialogues
from storage.chat.inbox import MARK_APPLIED
from storage.chat.outbox import add_message, withdraw_message
from storage.legacy.imports import SqliteLegacyImports
from storage.licensing.ledger import SqliteLedger
from storage.market.alerts import SqlitePriceAlerts
from storage.paper.books import SqlitePaperBooks
from storage.payments.payments import SqlitePayments
from storage.payments.restores import SqliteRestores
from storage.promo.promo import SqlitePromo
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction
from storage.statistics.records import SqliteCardPromises, SqliteDailyReports
from storage.support.support import SqliteSupport
from storage.trading.book import SqliteLegBook
from storage.trading.brakes import SqliteHalts, SqlitePanics
from storage.trading.closings import SqliteClosings
from storage.trading.disagreements import SqliteDisagreements
from storage.trading.drills import SqliteDrills
from storage.trading.fences import SqliteAccountFences
from storage.trading.intents import SqliteOrderIntents
from storage.trading.limits import SqliteRisk
from storage.trading.plans import SqliteTradePlans
from storage.trading.read_ahead import SqliteReadAhead
from storage.trading.tickets import SqliteTickets
from storage.users.blocks import SqliteBlocks
from storage.users.pins import SqlitePins
from storage.users.privacy import SqlitePrivacy
from storage.users.users import SqliteUsers


class _NothingWritten(Exception):  # noqa: N818  no error: it takes a transaction back
    """A block left no change behind."""


async def _demand_change(transaction: Transaction, before: int) -> None:
    """Raises _NothingWritten if no row was changed since there were `before` changes."""
    if transaction.changes() == before:
        await transaction.flush()
        if transaction.changes() == before:
            raise _NothingWritten


class SqliteUnitOfWork:
    """Implements `bot.domain.ports.storage.UnitOfWork` on one transaction.

    Repositories hold nothing else, but for intents that were read: each is made when it is asked for, most units ask
    for one or two of them.
    """

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._events: dict[Event, None] = {}
        self.has_enqueued = False

    @property
    def events(self) -> tuple[Event, ...]:
        """What the repositories recorded so far, in its order, each event once."""
        return tuple(self._events)

    @property
    def users(self) -> SqliteUsers:
        return SqliteUsers(self._transaction, self._record)

    @property
    def blocks(self) -> SqliteBlocks:
        return SqliteBlocks(self._transaction)

    @property
    def accounts(self) -> SqliteAccounts:
        return SqliteAccounts(self._transaction, self._record)

    @property
    def portfolio(self) -> SqlitePortfolio:
        return SqlitePortfolio(self._transaction)

    @property
    def paper(self) -> SqlitePaperBooks:
        return SqlitePaperBooks(self._transaction, self._record)

    @property
    def buttons(self) -> SqliteButtons:
        return SqliteButtons(self._transaction)

    @property
    def dialogues(self) -> SqliteDialogues:
        return SqliteDialogues(self._transaction, self._record)

    @property
    def ledger(self) -> SqliteLedger:
        return SqliteLedger(self._transaction, self._record)

    @property
    def payments(self) -> SqlitePayments:
        return SqlitePayments(self._transaction)

    @property
    def restores(self) -> SqliteRestores:
        return SqliteRestores(self._transaction)

    @property
    def promo(self) -> SqlitePromo:
        return SqlitePromo(self._transaction)

    @property
    def pins(self) -> SqlitePins:
        return SqlitePins(self._transaction)

    @property
    def broadcasts(self) -> SqliteBroadcasts:
        return SqliteBroadcasts(self._transaction)

    @property
    def error_notes(self) -> SqliteErrorNotes:
        return SqliteErrorNotes(self._transaction)

    @property
    def support(self) -> SqliteSupport:
        return SqliteSupport(self._transaction)

    @property
    def privacy(self) -> SqlitePrivacy:
        return SqlitePrivacy(self._transaction, self._record)

    @property
    def closings(self) -> SqliteClosings:
        return SqliteClosings(self._transaction)

    @property
    def panics(self) -> SqlitePanics:
        return SqlitePanics(self._transaction)

    @property
    def halts(self) -> SqliteHalts:
        return SqliteHalts(self._transaction)

    @property
    def disagreements(self) -> SqliteDisagreements:
        return SqliteDisagreements(self._transaction)

    @property
    def card_promises(self) -> SqliteCardPromises:
        return SqliteCardPromises(self._transaction)

    @property
    def daily_reports(self) -> SqliteDailyReports:
        return SqliteDailyReports(self._transaction)

    @property
    def price_alerts(self) -> SqlitePriceAlerts:
        return SqlitePriceAlerts(self._transaction)

    @property
    def tickets(self) -> SqliteTickets:
        return SqliteTickets(self._transaction)

    @property
    def plans(self) -> SqliteTradePlans:
        return SqliteTradePlans(self._transaction)

    @cached_property
    def intents(self) -> SqliteOrderIntents:
        return SqliteOrderIntents(self._transaction, self._record)

    @property
    def ahead(self) -> SqliteReadAhead:
        return SqliteReadAhead(self._transaction)

    @property
    def legs(self) -> SqliteLegBook:
        return SqliteLegBook(self._transaction, self._record)

    @property
    def legacy(self) -> SqliteLegacyImports:
        return SqliteLegacyImports(self._transaction)

    @property
    def drills(self) -> SqliteDrills:
        return SqliteDrills(self._transaction)

    @property
    def risk(self) -> SqliteRisk:
        return SqliteRisk(self._transaction)

    @property
    def fences(self) -> SqliteAccountFences:
        return SqliteAccountFences(self._transaction)

    async def enqueue(self, message: OutboxMessage, now: Millis, *, due: Millis | None = None) -> None:
        """Put a message into the outbox, to be sent from `due` on; the same key and kind twice is one message."""
        await add_message(self._transaction, message, now, now if due is None else due)
        self.has_enqueued = True

    async def withdraw(self, message: OutboxMessage) -> None:
        """Take a message that waits out of the outbox again."""
        await withdraw_message(self._transaction, message)

    async def audit(self, entry: AuditEntry, now: Millis) -> None:
        """Append an entry to the audit and its hash chain."""
        await SqliteAudit(self._transaction).append(entry, now)

    def _record(self, event: Event) -> None:
        self._events[event] = None


class Store:
    """Implements `bot.domain.ports.storage.Transactions`.

    Both are called in the same step as the commit, before anybody is told, and what they raise is logged: `committed`
    drops cache entries, then `enqueued` says that messages wait in the outbox.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        committed: Callable[[tuple[Event, ...]], None],
        enqueued: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._committed = committed
        self._enqueued = enqueued

    def begin(self) -> AbstractAsyncContextManager[SqliteUnitOfWork]:
        """The effect of the update that is handled, if one is: all of the block or nothing.

        The first one that commits marks that update as applied, and uses up the button that was pressed, in the same
        transaction. A block that wrote nothing is rolled back: the update may be tried again, its button still works.
        Raises StorageTrouble when the disk refuses, ButtonExpired if the button was used meanwhile.
        """
        return self._unit(current_attempt.get(), is_urgent=True)

    def begin_aside(self, *, is_urgent: bool = False) -> AbstractAsyncContextManager[SqliteUnitOfWork]:
        """All of the block or nothing, whatever update is handled: what is no effect of it and may be done again.

        Raises StorageTrouble when the disk refuses.
        """
        return self._unit(None, is_urgent=is_urgent)

    @asynccontextmanager
    async def _unit(self, update_attempt: UpdateAttempt | None, *, is_urgent: bool) -> AsyncIterator[SqliteUnitOfWork]:
        events: tuple[Event, ...] = ()
        has_enqueued = False
        handled = current_attempt.get()

        def on_disk() -> None:
            if handled is not None:
                handled.forget()
            if update_attempt is not None:
                update_attempt.applied = True
                update_attempt.pressed = None
            if events:
                self._committed(events)
            if has_enqueued and self._enqueued is not None:
                self._enqueued()

        with suppress(_NothingWritten):
            async with self._database.transaction(on_disk, is_urgent=is_urgent) as transaction:
                unit = SqliteUnitOfWork(transaction)
                if update_attempt is not None and not update_attempt.applied:
                    await self._use_up(unit, update_attempt)
                before = transaction.changes()
                yield unit
                await _demand_change(transaction, before)
                if update_attempt is not None and not update_attempt.applied:
                    transaction.write(MARK_APPLIED, (update_attempt.update_id,), is_seen=False)
                events, has_enqueued = unit.events, unit.has_enqueued

    async def _use_up(self, unit: SqliteUnitOfWork, update_attempt: UpdateAttempt) -> None:
        pressed = update_attempt.pressed
        if pressed is None:
            return
        if await unit.buttons.take(pressed.token, pressed.user_id, pressed.chat_id, self._clock.now()) is None:
            raise ButtonExpired
