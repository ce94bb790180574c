"""What stops entries: /pause of an account, /halt for everybody."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import Account
from bot.domain.audit import AuditEntry
from bot.domain.chat import outbox_message
from bot.domain.closings import EntriesHaltedMessage, HaltState, RestingEntries, Takeover, UpdatesTakenMessage
from bot.domain.errors import BadInput
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.market import Category
from bot.domain.order_card import ConfirmedCard, EntryRefused
from bot.domain.portfolio import LegKey
from bot.domain.ports.clock import Clock
from bot.domain.ports.closings import ClosingQueries
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.trade_plans import OrderIntent
from bot.domain.users import Role, UserConfig
from bot.services.trading.entry_cancels import cancel_entries
from bot.services.trading.intents import IntentRunner
from bot.services.trading.signals import AccountSignals
from bot.services.users.access import RoleResolver
from bot.services.users.pin import PinService

MAX_HALT_REASON: Final = 300  # characters
_TAKEN_OVER: Final = {
    Takeover.WEBHOOK: "Telegram sends what is said to this bot elsewhere",
    Takeover.INSTANCE: "another instance takes what is said to this bot",
}
_TOLD: Final = (Role.OWNER, Role.ADMIN)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """/pause and /resume: entries of one account, its resting ones canceled."""

    queries: TradingQueries
    transactions: Transactions
    runner: IntentRunner
    signals: AccountSignals
    clock: Clock

    async def paused_since(self, account_id: AccountId) -> Millis | None:
        """Since when the account takes no entries; None: it does."""
        return await self.queries.paused_since(account_id)

    async def pause(self, account: Account, *, idempotency_key: str) -> tuple[OrderIntent, ...]:
        """No entries until resumed; the cancels of those that rest, once more where it was paused already."""
        live = await self.queries.intents_live(account.account_id)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            await unit.fences.pause(account.account_id, now)
            cancels = await cancel_entries(unit, self.runner, live, idempotency_key, now)
        self.runner.launch(cancels)
        self.signals.changed(account.account_id)
        return cancels

    async def resume(self, account: Account) -> bool:
        """Entries are taken again; False where they were all along."""
        async with self.transactions.begin() as unit:
            was_paused = await unit.fences.resume(account.account_id)
        self.signals.changed(account.account_id)
        return was_paused


@dataclass(frozen=True, slots=True, kw_only=True)
class Halts:
    """/halt and /unhalt: entries of everybody, kept over a restart."""

    closings: ClosingQueries
    transactions: Transactions
    reads: Reads
    roles: RoleResolver
    pin: PinService
    clock: Clock

    async def state(self) -> HaltState:
        return await self.closings.halt()

    async def halt(self, config: UserConfig, reason: str) -> HaltState:
        """At once, audited. Resting entries are listed to their owners, who may cancel them. Raises BadInput."""
        if len(reason) > MAX_HALT_REASON:
            raise BadInput("error-too-long", limit=MAX_HALT_REASON)
        resting = await self.closings.resting_entries()
        async with self.transactions.begin() as unit:
            await self._begin(unit, config.user_id, reason, resting)
        _logger.warning("entries of everybody are halted by %d", config.user_id)
        return await self.closings.halt()

    async def updates_taken_over(self, by: Takeover, *, is_conflict: bool) -> None:
        """Nobody's words reach us any more: no entries until somebody lifts it. Admins and owners are told.

        `is_conflict`: another instance of the bot has them, which manages the same positions: they are left to it.
        Raises StorageTrouble.
        """
        people = self.roles.everybody(await self.reads.staff())
        resting = await self.closings.resting_entries()
        async with self.transactions.begin_aside() as unit:
            halt_id = await self._begin(unit, None, _TAKEN_OVER[by], resting)
            if is_conflict:
                halt_id = await unit.halts.stop_management() or halt_id
            if halt_id is None:
                return
            told = UpdatesTakenMessage(by=by, is_managing=not is_conflict)
            for user_id in sorted(each for each, role in people.items() if role in _TOLD):
                message = outbox_message(told, user_id=user_id, idempotency_key=f"halt:{halt_id}:taken")
                await unit.enqueue(message, self.clock.now())
        _logger.error("entries of everybody are halted until somebody lifts it: %s", _TAKEN_OVER[by])

    async def _begin(
        self, unit: UnitOfWork, actor: UserId | None, reason: str, resting: Iterable[RestingEntries]
    ) -> int | None:
        """The number of the halt; None: one stands already."""
        now = self.clock.now()
        halt_id = await unit.halts.begin(actor, reason, now)
        if halt_id is not None:
            await unit.audit(AuditEntry(actor=actor, action="entries.halt", subject=None, details=reason), now)
            await self._tell(unit, halt_id, resting, reason, now)
        return halt_id

    async def unhalt(self, config: UserConfig) -> bool:
        """False: nothing was halted. Raises PinRequired."""
        self.pin.demand(config.user_id)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            if await unit.halts.end(now) is None:
                return False
            await unit.audit(AuditEntry(actor=config.user_id, action="entries.unhalt", subject=None), now)
        _logger.info("entries of everybody are taken again: lifted by %d", config.user_id)
        return True

    @staticmethod
    async def _tell(
        unit: UnitOfWork, halt_id: int, resting: Iterable[RestingEntries], reason: str, now: Millis
    ) -> None:
        for each in resting:
            told = EntriesHaltedMessage.of(each, reason=reason)
            key = f"halt:{halt_id}:{told.account_id}"
            await unit.enqueue(outbox_message(told, user_id=each.account.user_id, idempotency_key=key), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskGuard:
    """No entry on a full disk: what room is left is for exits, and for telling of them."""

    is_full: Callable[[], bool]

    async def check(self, unit: UnitOfWork, account: Account, card: ConfirmedCard, now: Millis) -> None:
        """Refuse every entry while the disk under the database is full. Raises EntryRefused."""
        _ = unit, account, card, now
        if self.is_full():
            raise EntryRefused("entry-disk-full")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrakeGuard:
    """No entry while everybody's are halted, nor into a leg that is to be closed: a late close would take it."""

    async def check(self, unit: UnitOfWork, account: Account, card: ConfirmedCard, now: Millis) -> None:
        """Refuse while a halt stands or the leg is to be closed. Raises EntryRefused."""
        _ = now
        if await unit.halts.stands():
            raise EntryRefused("entry-halted")
        leg = LegKey(
            account_id=account.account_id,
            category=Category.LINEAR,
            symbol=card.symbol,
            position_idx=card.position_idx,
        )
        if await unit.closings.of_leg(leg) is not None:
            raise EntryRefused("entry-leg-closing")
