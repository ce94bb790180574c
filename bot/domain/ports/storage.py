"""Units of work: what services write through, all of it or nothing."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.domain.accounts import Account
from bot.domain.audit import AuditEntry
from bot.domain.chat import OutboxMessage
from bot.domain.ids import Millis
from bot.domain.portfolio import LegKey
from bot.domain.ports.accounts import Accounts, Portfolio
from bot.domain.ports.admin import Broadcasts, ErrorNotes
from bot.domain.ports.alerts import PriceAlertRecords
from bot.domain.ports.chat import Buttons, Dialogues
from bot.domain.ports.closings import Closings, HaltRecords, PanicRecords
from bot.domain.ports.disagreements import DisagreementRecords
from bot.domain.ports.drills import DrillRecords
from bot.domain.ports.licensing import Ledger
from bot.domain.ports.paper import PaperBooks
from bot.domain.ports.payments import Payments
from bot.domain.ports.plans import AccountFences, LegBook, OrderIntents, TradePlans
from bot.domain.ports.promo import PromoCodes
from bot.domain.ports.restores import RestoreRecords
from bot.domain.ports.risk import RiskRecords
from bot.domain.ports.statistics import CardPromises, DailyReports
from bot.domain.ports.support import SupportThreads
from bot.domain.ports.tickets import Tickets
from bot.domain.ports.users import Blocks, Pins, PrivacyRequests, Users
from bot.domain.trade_plans import TradePlan


class ReadAhead(Protocol):
    """Answers what a unit is about to ask for, at once; nothing but its speed depends on it. Raises StorageTrouble."""

    async def settlement(self, account: Account, plans: Sequence[TradePlan]) -> None:
        """Of an account, with the plans that were open a moment ago."""
        ...

    async def entry(self, account: Account, leg: LegKey, idempotency_key: str, now: Millis) -> None:
        """Into a leg, with the key of its first intent."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Commits when its block ends, together with every cache drop that its events ask for."""

    @property
    def users(self) -> Users: ...
    @property
    def blocks(self) -> Blocks: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def portfolio(self) -> Portfolio: ...
    @property
    def paper(self) -> PaperBooks: ...
    @property
    def buttons(self) -> Buttons: ...
    @property
    def dialogues(self) -> Dialogues: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def restores(self) -> RestoreRecords: ...
    @property
    def promo(self) -> PromoCodes: ...
    @property
    def pins(self) -> Pins: ...
    @property
    def broadcasts(self) -> Broadcasts: ...
    @property
    def error_notes(self) -> ErrorNotes: ...
    @property
    def support(self) -> SupportThreads: ...
    @property
    def closings(self) -> Closings: ...
    @property
    def panics(self) -> PanicRecords: ...
    @property
    def halts(self) -> HaltRecords: ...
    @property
    def privacy(self) -> PrivacyRequests: ...
    @property
    def plans(self) -> TradePlans: ...
    @property
    def intents(self) -> OrderIntents: ...
    @property
    def ahead(self) -> ReadAhead: ...
    @property
    def legs(self) -> LegBook: ...
    @property
    def fences(self) -> AccountFences: ...
    @property
    def disagreements(self) -> DisagreementRecords: ...
    @property
    def card_promises(self) -> CardPromises: ...
    @property
    def daily_reports(self) -> DailyReports: ...
    @property
    def price_alerts(self) -> PriceAlertRecords: ...
    @property
    def tickets(self) -> Tickets: ...
    @property
    def drills(self) -> DrillRecords: ...
    @property
    def risk(self) -> RiskRecords: ...

    async def enqueue(self, message: OutboxMessage, now: Millis, *, due: Millis | None = None) -> None:
        """To be sent from `due` on, None: at once."""
        ...

    async def withdraw(self, message: OutboxMessage) -> None:
        """Not to be sent any more."""
        ...

    async def audit(self, entry: AuditEntry, now: Millis) -> None: ...


class Transactions(Protocol):
    """Opens units of work, one at a time; raises StorageTrouble when the disk refuses."""

    def begin(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """The effect of the update of `current_attempt`: marks it as applied in the same transaction, once.

        A block that wrote nothing is rolled back and leaves the update and its button as they were. Somebody waits for
        it: it goes before what is done aside.
        """
        ...

    def begin_aside(self, *, is_urgent: bool = False) -> AbstractAsyncContextManager[UnitOfWork]:
        """What an update merely set off, and may be done again: touches neither the update nor its button.

        `is_urgent`: an order or a close is about to go out after it.
        """
        ...
