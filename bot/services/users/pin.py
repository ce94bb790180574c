"""The PIN before acts that one lost phone must not allow: set, checked off the loop, locked after five wrong tries."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import scrypt
from hmac import compare_digest
from secrets import token_bytes, token_hex
from typing import Final

from bot.domain.admin import FREE_DAYS
from bot.domain.audit import AuditEntry
from bot.domain.chat import outbox_message
from bot.domain.errors import BadInput, PinRequired
from bot.domain.ids import Millis, UserId
from bot.domain.pins import (
    LENGTH,
    LOCKED_FOR,
    NEVER,
    OPEN_FOR,
    TRIES,
    USUAL_COST,
    PinForgottenMessage,
    PinLockedMessage,
    PinState,
    ScryptCost,
    StoredPin,
    is_weak,
)
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.ports.users import UserQueries
from bot.domain.secrets import Secret
from bot.domain.users import Role
from bot.services.users.access import RoleResolver

_SALT_BYTES: Final = 16
_DIGEST_BYTES: Final = 32


class Outcome(StrEnum):
    """What became of six digits that somebody entered."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """`tries_left` after a wrong one; `locked_until` while the lock holds."""

    outcome: Outcome
    tries_left: int = 0
    locked_until: Millis = NEVER


@dataclass(frozen=True, slots=True, kw_only=True)
class PinService:
    """The owners are told of a lock. What is open is known in this process alone."""

    reads: Reads
    queries: UserQueries
    transactions: Transactions
    clock: Clock
    roles: RoleResolver
    cost: ScryptCost = USUAL_COST
    _open_until: dict[UserId, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    async def stored(self, user_id: UserId) -> StoredPin | None:
        return await self.queries.pin(user_id)

    async def state(self, user_id: UserId) -> PinState:
        """Whether there is a PIN, and whether it may be tried."""
        stored = await self.queries.pin(user_id)
        if stored is None:
            return PinState.UNSET
        return PinState.LOCKED if stored.locked_until > self.clock.now() else PinState.SET

    def is_open(self, user_id: UserId) -> bool:
        """Whether it was entered within the last five minutes."""
        return self._open_until.get(user_id, 0.0) > self.clock.monotonic()

    def demand(self, user_id: UserId) -> None:
        """First line of an act that one lost phone must not allow. Raises PinRequired unless `is_open`."""
        if not self.is_open(user_id):
            raise PinRequired

    async def demand_for_days(self, unit: UnitOfWork, admin: UserId, days: int, cause: str) -> None:
        """Before an admin gives license time: `days` in all, to everybody. Counted in the caller's transaction.

        Raises PinRequired where what that admin gave without it within 24 hours comes to more than 30 days.
        """
        if self.is_open(admin):
            return
        if await unit.pins.add_given(admin, days, cause, self.clock.now()) > FREE_DAYS:
            raise PinRequired

    async def demand_for_keys(self, user_id: UserId) -> None:
        """The same before keys are attached or removed, for whoever switched it on. Raises PinRequired."""
        if self.is_open(user_id):
            return
        stored = await self.queries.pin(user_id)
        if stored is not None and stored.guards_keys:
            raise PinRequired

    def close(self, user_id: UserId) -> None:
        """Ask again at the next act."""
        self._open_until.pop(user_id, None)

    async def enter(self, user_id: UserId, digits: Secret) -> Entered:
        """Try a PIN. The try is written down before it is looked at, so that no crash gives one back.

        Raises LookupError for a user without a PIN.
        """
        now = self.clock.now()
        async with self.transactions.begin_aside() as unit:  # a try is not what the update asked for
            stored = await unit.pins.count_try(user_id, now)
        if stored is None:
            return await self._locked(user_id, now)
        if await asyncio.to_thread(_is_right, stored, digits):
            async with self.transactions.begin_aside() as unit:
                await unit.pins.clear_tries(user_id)
            self._open(user_id)
            return Entered(outcome=Outcome.RIGHT)
        if stored.failures < TRIES:
            return Entered(outcome=Outcome.WRONG, tries_left=TRIES - stored.failures)
        return await self._lock(user_id, now)

    async def set(self, user_id: UserId, digits: Secret) -> None:
        """Set or replace it, and open it. Raises BadInput for anything but six digits, and for a weak six."""
        typed = digits.reveal()
        if len(typed) != LENGTH or not (typed.isascii() and typed.isdigit()):
            raise BadInput("pin-six-digits")
        if is_weak(typed):
            raise BadInput("pin-weak")
        salt = token_bytes(_SALT_BYTES)
        digest = await asyncio.to_thread(_digest, digits, salt, self.cost)
        now = self.clock.now()
        # the button that asked for it is used up by what goes on after it
        async with self.transactions.begin_aside() as unit:
            row = StoredPin(user_id=user_id, salt=salt, digest=digest, cost=self.cost)
            is_new = await unit.pins.put(row, now)
            action = "pin.set" if is_new else "pin.change"
            await unit.audit(AuditEntry(actor=user_id, action=action, subject=user_id), now)
        self._open(user_id)

    async def guard_keys(self, user_id: UserId, *, on: bool) -> None:
        """Ask for it before keys are attached or removed, or no longer. Raises PinRequired."""
        self.demand(user_id)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            await unit.pins.guard_keys(user_id, on=on)
            action = "pin.keys-on" if on else "pin.keys-off"
            await unit.audit(AuditEntry(actor=user_id, action=action, subject=user_id), now)

    async def forget(self, actor: UserId, user_id: UserId) -> bool:
        """Remove it, one's own or, as an owner, somebody's who forgot it; they are told. False if there was none.

        Raises PinRequired for the actor.
        """
        self.demand(actor)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            if not await unit.pins.remove(user_id):
                return False
            await unit.audit(AuditEntry(actor=actor, action="pin.forget", subject=user_id), now)
            if actor != user_id:
                key = f"pin-forgotten:{token_hex(8)}"
                await unit.enqueue(outbox_message(PinForgottenMessage(), user_id=user_id, idempotency_key=key), now)
        self.close(user_id)
        return True

    def _open(self, user_id: UserId) -> None:
        now = self.clock.monotonic()
        for old in [each for each, until in self._open_until.items() if until <= now]:
            del self._open_until[old]
        self._open_until[user_id] = now + OPEN_FOR

    async def _locked(self, user_id: UserId, now: Millis) -> Entered:
        stored = await self.queries.pin(user_id)
        if stored is None:
            raise LookupError(f"user {user_id} has no PIN")
        if stored.locked_until <= now:
            return await self._lock(user_id, now)  # a crash came between the last try and its lock
        return Entered(outcome=Outcome.LOCKED, locked_until=stored.locked_until)

    async def _lock(self, user_id: UserId, now: Millis) -> Entered:
        until = Millis(now + LOCKED_FOR)
        people = self.roles.everybody(await self.reads.staff())
        others = sorted(each for each, role in people.items() if role is Role.OWNER and each != user_id)
        async with self.transactions.begin_aside() as unit:
            await unit.pins.lock(user_id, until)
            await unit.audit(AuditEntry(actor=user_id, action="pin.locked", subject=user_id), now)
            await self._tell(unit, others, user_id, until, now)
        self.close(user_id)
        return Entered(outcome=Outcome.LOCKED, locked_until=until)

    async def _tell(self, unit: UnitOfWork, owners: list[UserId], user_id: UserId, until: Millis, now: Millis) -> None:
        for owner in owners:
            locked = PinLockedMessage(user=user_id, until=until)
            idempotency_key = f"pin-locked:{user_id}:{until}:{owner}"
            await unit.enqueue(outbox_message(locked, user_id=owner, idempotency_key=idempotency_key), now)


def _is_right(stored: StoredPin, digits: Secret) -> bool:
    return compare_digest(_digest(digits, stored.salt, stored.cost), stored.digest)


def _digest(digits: Secret, salt: bytes, cost: ScryptCost) -> bytes:
    room = 128 * cost.r * (cost.n + cost.p + 2)  # what OpenSSL reckons it needs
    return scrypt(
        digits.reveal().encode(), salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=2 * room, dklen=_DIGEST_BYTES
    )
