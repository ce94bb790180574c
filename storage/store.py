"""Units of work: what a service writes, the messages it enqueues and the events it records, all in one commit."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bot.domain.audit import AuditEntry
from bot.domain.chat import OutboxMessage
from bot.domain.errors import ButtonExpired
from bot.domain.events import Event
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock
from bot.domain.update_attempt import UpdateAttempt, current_attempt
from storage.accounts.accounts import SqliteAccounts
from storage.accounts.portfolio import SqlitePortfolio
from storage.accounts.trades import SqliteTrades
from storage.admin.audit import SqliteAudit
from storage.admin.broadcasts import SqliteBroadcasts
from storage.admin.queries import SqliteErrorNotes
from storage.chat.buttons import SqliteButtons
from storage.chat.dialogues import SqliteDialogues
from storage.chat.inbox import MARK_APPLIED
from storage.chat.outbox import add_message
from storage.licensing.ledger import SqliteLedger
from storage.payments.payments import SqlitePayments
from storage.promo.promo import SqlitePromo
from storage.signals.signals import SqliteSignals
from storage.sqlite.database import Database
from storage.sqlite.writer import Transaction
from storage.support.support import SqliteSupport
from storage.users.pins import SqlitePins
from storage.users.privacy import SqlitePrivacy
from storage.users.users import SqliteUsers

_logger = logging.getLogger(__name__)


class SqliteUnitOfWork:
    """Implements `bot.domain.ports.storage.UnitOfWork` on one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._audit = SqliteAudit(transaction)
        self._events: list[Event] = []
        self.users = SqliteUsers(transaction)
        self.accounts = SqliteAccounts(transaction)
        self.portfolio = SqlitePortfolio(transaction)
        self.buttons = SqliteButtons(transaction)
        self.dialogues = SqliteDialogues(transaction)
        self.ledger = SqliteLedger(transaction)
        self.payments = SqlitePayments(transaction)
        self.promo = SqlitePromo(transaction)
        self.pins = SqlitePins(transaction)
        self.broadcasts = SqliteBroadcasts(transaction)
        self.error_notes = SqliteErrorNotes(transaction)
        self.support = SqliteSupport(transaction)
        self.privacy = SqlitePrivacy(transaction)
        self.trades = SqliteTrades(transaction)
        self.signals = SqliteSignals(transaction)

    @property
    def events(self) -> tuple[Event, ...]:
        """What was recorded so far, in its order."""
        return tuple(self._events)

    async def enqueue(self, message: OutboxMessage, now: Millis) -> None:
        """Put a message into the outbox; the same idempotency key and kind twice is one message."""
        await add_message(self._transaction, message, now)

    async def audit(self, entry: AuditEntry, now: Millis) -> None:
        """Append an entry to the audit and its hash chain."""
        await self._audit.append(entry, now)

    def record(self, event: Event) -> None:
        """Say what happened; told after the commit, forgotten with a rollback."""
        self._events.append(event)


class Store:
    """Implements `bot.domain.ports.storage.Transactions`.

    `committed` drops cache entries: it is called in the same step as the commit, before anybody is told. `publish`
    sets off reactions, which only hasten and may be lost: it is awaited afterwards, its failure logged.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        committed: Callable[[tuple[Event, ...]], None],
        publish: Callable[[tuple[Event, ...]], Awaitable[None]] | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._committed = committed
        self._publish = publish

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqliteUnitOfWork]:
        """All of the block or nothing.

        The first unit that commits while an update is handled marks that update as applied, and uses up the button
        that was pressed, in the same transaction. Raises StorageTrouble when the disk refuses, ButtonExpired if the
        button was used meanwhile.
        """
        update_attempt = current_attempt.get()
        events: tuple[Event, ...] = ()

        def on_disk() -> None:
            if update_attempt is not None:
                update_attempt.applied = True
                update_attempt.pressed = None
            if events:
                self._committed(events)

        async with self._database.transaction(on_disk) as transaction:
            unit = SqliteUnitOfWork(transaction)
            if update_attempt is not None and not update_attempt.applied:
                await self._use_up(unit, update_attempt)
            yield unit
            if update_attempt is not None and not update_attempt.applied:
                await transaction.fetch(MARK_APPLIED, (update_attempt.update_id,))
            events = unit.events
        if events and self._publish is not None:
            try:
                await self._publish(events)
            except Exception:
                _logger.exception("a reaction failed; what was committed stands")

    async def _use_up(self, unit: SqliteUnitOfWork, update_attempt: UpdateAttempt) -> None:
        pressed = update_attempt.pressed
        if pressed is None:
            return
        if await unit.buttons.take(pressed.token, pressed.user_id, pressed.chat_id, self._clock.now()) is None:
            raise ButtonExpired
