"""Working fakes that several tests share: they hold state and keep the contracts of bot.domain.ports."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.audit import AuditEntry
from bot.domain.chat import HELD_CALL, HeldCall, InboxState, OutboxMessage, QueuedMessage, StoredUpdate
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.update_attempt import UpdateId, current_attempt

START_MS = 1_760_000_000_000  # 2025-10-09, a day as any other


@dataclass
class FakeClock:
    """A clock that stands until it is moved."""

    millis: int = START_MS
    seconds: float = 1000.0

    def now(self) -> Millis:
        return Millis(self.millis)

    def monotonic(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        self.millis += int(seconds * 1000)


@dataclass
class MemoryInbox:
    """InboxStore in memory. It outlives the objects of a process, as a file would."""

    rows: dict[UpdateId, StoredUpdate] = field(default_factory=dict)
    received: dict[UpdateId, Millis] = field(default_factory=dict)
    seen: dict[UserId, Millis] = field(default_factory=dict)
    commits: int = 0
    refuse: list[BaseException] = field(default_factory=list)  # raised by the next writes, one each
    commit_s: float = 0.0
    forgotten_before: Millis | None = None
    ripe: list[int] = field(default_factory=list)  # how many rows each call of `join` finds
    joined_before: Millis | None = None
    old: list[int] = field(default_factory=list)  # how many rows each call of `forget` finds

    async def accept(self, updates: Sequence[StoredUpdate], now: Millis) -> tuple[UpdateId, ...]:
        await self._write()
        new: list[UpdateId] = []
        for update in updates:
            if update.update_id not in self.rows:
                self.rows[update.update_id] = update
                self.received[update.update_id] = now
                new.append(update.update_id)
        return tuple(new)

    async def waiting(self) -> tuple[StoredUpdate, ...]:
        await asyncio.sleep(0)
        left = {InboxState.NEW, InboxState.APPLIED}
        return tuple(row for row in self.rows.values() if row.state in left)

    async def finish(self, done: Sequence[UpdateId], seen: Mapping[UserId, Millis], now: Millis) -> None:
        await self._write()
        for update_id in done:
            self.rows[update_id] = replace(self.rows[update_id], state=InboxState.DONE, body=None)
            self.received[update_id] = now
        self.seen.update(seen)

    async def failed(self, update_id: UpdateId, attempts: int, *, set_aside: bool) -> None:
        await self._write()
        state = InboxState.SET_ASIDE if set_aside else self.rows[update_id].state
        self.rows[update_id] = replace(self.rows[update_id], attempts=attempts, state=state)

    async def join(self, before: Millis) -> int:
        self.joined_before = before
        return self.ripe.pop(0) if self.ripe else 0

    async def forget(self, before: Millis) -> int:
        await self._write()
        self.forgotten_before = before
        return self.old.pop(0) if self.old else 0

    def state(self, update_id: int) -> InboxState:
        return self.rows[UpdateId(update_id)].state

    async def _write(self) -> None:
        await asyncio.sleep(self.commit_s)
        if self.refuse:
            raise self.refuse.pop(0)
        self.commits += 1


@dataclass
class _OutboxRow:
    enqueue: OutboxMessage
    next_try: Millis
    attempts: int = 0
    state: str = "waiting"  # sent, undeliverable
    sent_at: Millis | None = None
    reason: str = ""
    message_id: int | None = None


@dataclass
class MemoryOutbox:
    """OutboxStore in memory; (idempotency key, kind) is unique."""

    rows: dict[int, _OutboxRow] = field(default_factory=dict)
    refuse: list[BaseException] = field(default_factory=list)

    def add(self, message: OutboxMessage, now: Millis) -> None:
        if any(
            (row.enqueue.idempotency_key, row.enqueue.kind) == (message.idempotency_key, message.kind)
            for row in self.rows.values()
        ):
            return
        self.rows[len(self.rows) + 1] = _OutboxRow(message, now)

    async def due(self, now: Millis, limit: int) -> tuple[QueuedMessage, ...]:
        await self._touch()
        found = [
            QueuedMessage(outbox_id=key, attempts=row.attempts, message=row.enqueue)
            for key, row in self.rows.items()
            if row.state == "waiting" and row.next_try <= now
        ]
        return tuple(found[:limit])

    async def urgent(self, now: Millis, limit: int) -> tuple[QueuedMessage, ...]:
        due = await self.due(now, len(self.rows))
        return tuple([each for each in due if each.message.is_urgent][:limit])

    async def sent(self, outbox_id: int, now: Millis, message_id: int | None = None) -> None:
        await self._touch()
        self.rows[outbox_id].state = "sent"
        self.rows[outbox_id].message_id = message_id
        self.rows[outbox_id].sent_at = now

    async def later(self, outbox_id: int, next_try: Millis) -> None:
        await self._touch()
        self.rows[outbox_id].attempts += 1
        self.rows[outbox_id].next_try = next_try

    async def chat_later(self, chat_id: ChatId, next_try: Millis, first: int = 0, *, is_urgent: bool = False) -> None:
        await self._touch()
        for key, row in self.rows.items():
            if row.enqueue.chat_id == chat_id and key >= first and row.enqueue.is_urgent is is_urgent:
                row.next_try = max(row.next_try, next_try)

    async def hold(
        self, message: OutboxMessage, now: Millis, next_try: Millis, answers: UpdateId | None
    ) -> tuple[int, list[int]]:
        """The inbox is another fake: `answers` is not noted."""
        assert now <= next_try
        assert answers is None or answers > 0
        await self._touch()
        self.add(message, next_try)
        wanted = (message.idempotency_key, message.kind)
        (own,) = [k for k, row in self.rows.items() if (row.enqueue.idempotency_key, row.enqueue.kind) == wanted]
        return own, [held.outbox_id for held in await self.held() if held.chat_id == message.chat_id]

    async def rewrite(self, outbox_id: int, values: Mapping[str, str]) -> None:
        await self._touch()
        self.rows[outbox_id].enqueue = replace(self.rows[outbox_id].enqueue, values=values)

    async def held(self) -> tuple[HeldCall, ...]:
        await self._touch()
        return tuple(
            HeldCall(outbox_id=key, chat_id=row.enqueue.chat_id, next_try=row.next_try, values=row.enqueue.values)
            for key, row in self.rows.items()
            if row.state == "waiting" and row.enqueue.kind == HELD_CALL
        )

    async def message_id(self, outbox_id: int) -> int | None:
        await self._touch()
        row = self.rows.get(outbox_id)
        return None if row is None else row.message_id

    async def undeliverable(self, outbox_id: int, reason: str) -> None:
        await self._touch()
        self.rows[outbox_id].state = "undeliverable"
        self.rows[outbox_id].reason = reason

    def states(self) -> list[str]:
        return [row.state for row in self.rows.values()]

    async def _touch(self) -> None:
        await asyncio.sleep(0)
        if self.refuse:
            raise self.refuse.pop(0)


@dataclass
class MemoryUnit:
    """The part of a unit of work that promises and counts effects; all of it or nothing."""

    messages: list[tuple[OutboxMessage, Millis]] = field(default_factory=list)
    effects: list[Any] = field(default_factory=list)

    async def enqueue(self, message: OutboxMessage, now: Millis) -> None:
        self.messages.append((message, now))

    async def audit(self, entry: AuditEntry, now: Millis) -> None:
        self.effects.append((entry, now))


@dataclass
class MemoryTransactions:
    """Transactions in memory, one at a time: marks the current update as applied in the same commit."""

    inbox: MemoryInbox
    outbox: MemoryOutbox
    effects: list[Any] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[MemoryUnit]:
        async with self.begin_aside() as unit:
            yield unit
            update_attempt = current_attempt.get()
            is_first = update_attempt is not None and not update_attempt.applied
            if update_attempt is not None and is_first and (unit.messages or unit.effects):
                row = self.inbox.rows[update_attempt.update_id]
                self.inbox.rows[update_attempt.update_id] = replace(row, state=InboxState.APPLIED)
                update_attempt.applied = True

    @asynccontextmanager
    async def begin_aside(self, *, is_urgent: bool = False) -> AsyncIterator[MemoryUnit]:  # noqa: ARG002  one at a time
        async with self.lock:
            unit = MemoryUnit()
            yield unit
            for message, now in unit.messages:
                self.outbox.add(message, now)
            self.effects.extend(unit.effects)
