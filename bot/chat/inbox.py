"""Every update's way in: stored first, in one commit a batch, and only then handed to the lanes."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.aio.tasks import TaskSet
from bot.chat.gaps import Gap, deaf_messages
from bot.chat.inbox_marker import InboxMarker
from bot.chat.intake_limit import IntakeLimit
from bot.chat.sender import Tell
from bot.chat.updates import (
    Incoming,
    from_body,
    known,
    place_in,
    place_only,
    read_update,
    to_body,
    what_was_asked,
)
from bot.domain.chat import (
    HELD_CALL,
    InboxState,
    OutboxMessage,
    OutboxPayload,
    RestartedMessage,
    SendSecretAgainMessage,
    StoredUpdate,
    TooFastMessage,
    outbox_message,
)
from bot.domain.ids import ChatId, UserId
from bot.domain.ports.chat import InboxStore
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import Transactions
from bot.domain.update_attempt import UpdateId

_log = logging.getLogger(__name__)

TOO_FAST_EVERY: Final = 10.0  # seconds between two such words to the same sender

Put = Callable[[Sequence[Incoming]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxStats:
    """Updates by what became of them on their way in; `unreadable` ones were no updates at all."""

    received: int
    accepted: int
    duplicates: int
    unreadable: int
    too_fast: int
    replayed: int
    explained: int  # after a restart: not handled again, their senders told why


class Inbox:
    """The poller, the webhook's route, the replay at start and the tests all come in by `accept`."""

    def __init__(
        self, store: InboxStore, transactions: Transactions, put: Put, tell: Tell, marker: InboxMarker, clock: Clock
    ) -> None:
        self._store = store
        self._transactions = transactions
        self._put = put
        self._tell = tell
        self._marker = marker
        self._clock = clock
        self._uncertain: set[UpdateId] = set()  # a commit was asked for and not confirmed
        self._storing = TaskSet()
        self._telling = TaskSet()
        self._limit = IntakeLimit()
        self._told: dict[UserId, float] = {}  # when a sender was last told to slow down, oldest first
        self._received = self._accepted = self._duplicates = self._unreadable = 0
        self._too_fast = self._replayed = self._explained = 0

    async def accept(self, raw_updates: Sequence[object], gap: Gap | None = None) -> None:
        """Store a batch in one commit, then hand on the new ones. Raises StorageTrouble: then nothing was taken in.

        What comes in first after a `gap` may be as old as that, and whoever wrote is told of it. Once the store was
        asked, a caller that is cancelled does not part a stored update from its lane.
        """
        self._received += len(raw_updates)
        now = self._clock.now()
        updates = known(raw_updates, now)
        if gap is not None:
            updates = [replace(update, since_ts=gap.began) for update in updates]
        if len(updates) < len(raw_updates):
            unreadable = len(raw_updates) - len(updates)
            self._unreadable += unreadable
            _log.error("%d of %d updates could not be read and were left out", unreadable, len(raw_updates))
        updates, refused = self._limit.sift(updates)
        if updates:
            await asyncio.shield(self._storing.spawn(self._store_and_put(updates, gap), "storing", expected=Exception))
        self._refuse(refused)

    async def set_aside(self, update_id: UpdateId) -> None:
        """One whose content can't be read at all: its id stays, for a look and against asking again.

        Raises StorageTrouble.
        """
        unread = StoredUpdate(update_id=update_id, user_id=None, chat_id=None, body=None, state=InboxState.SET_ASIDE)
        await self._store.accept([unread], self._clock.now())
        self._unreadable += 1

    async def finish_storing(self) -> None:
        """Wait for batches whose caller was cancelled while they were being stored."""
        await self._storing.join()
        await self._telling.close()

    async def replay(self) -> int:
        """Take up what a kill left behind, before anything new comes in; answers how many are handled again.

        What was already applied is not: its sender hears of the restart. A message that carried a secret was not
        kept: it is deleted, and its sender is asked to send it again.
        """
        rows = await self._store.waiting()
        again: list[Incoming] = []
        explained: list[tuple[StoredUpdate, OutboxPayload]] = []
        told: list[UpdateId] = []
        for row in rows:
            if row.state is InboxState.APPLIED and _is_payment(row):
                told.append(row.update_id)  # its receipt is a message of the same transaction
            elif row.state is InboxState.APPLIED:
                explained.append((row, RestartedMessage(what=_asked(row))))
            elif row.body is None or place_in(row.body) is not None:
                explained.append((row, SendSecretAgainMessage()))
            elif (update := _incoming(row, row.body)) is not None:
                again.append(update)
            else:
                _log.error("update %d of the inbox could not be read and is set aside", row.update_id)
                await self._store.failed(row.update_id, row.attempts, set_aside=True)
        await self._explain(explained)
        if told:
            await self._store.finish(told, {}, self._clock.now())
        self._replayed += len(again)
        self._put(again)
        return len(again)

    def stats(self) -> InboxStats:
        return InboxStats(
            received=self._received,
            accepted=self._accepted,
            duplicates=self._duplicates,
            unreadable=self._unreadable,
            too_fast=self._too_fast,
            replayed=self._replayed,
            explained=self._explained,
        )

    def _refuse(self, updates: Sequence[Incoming]) -> None:
        """Too many at once: left out, and their senders told once a burst."""
        self._too_fast += len(updates)
        now = self._clock.monotonic()
        while self._told and now - next(iter(self._told.values())) >= TOO_FAST_EVERY:
            del self._told[next(iter(self._told))]
        for update in updates:
            user_id = update.user_id
            if user_id is not None and user_id not in self._told:
                self._told[user_id] = now
                telling = self._tell(TooFastMessage.KIND, user_id, update.answer_chat(user_id))
                self._telling.start(telling, f"telling a sender {TooFastMessage.KIND}")

    async def _store_and_put(self, updates: Sequence[Incoming], gap: Gap | None) -> None:
        ids = {update.update_id for update in updates}
        try:
            new = set(await self._store.accept([_stored(update) for update in updates], self._clock.now()))
            if gap is not None:
                await self._enqueue(deaf_messages(gap, updates))
        except BaseException:
            self._uncertain |= ids
            raise
        new |= await self._committed_unheard(ids - new)
        self._uncertain -= ids
        fresh = list({update.update_id: update for update in updates if update.update_id in new}.values())
        self._limit.count(fresh)
        self._accepted += len(fresh)
        self._duplicates += len(updates) - len(fresh)
        self._put(fresh)

    async def _committed_unheard(self, not_new: set[UpdateId]) -> set[UpdateId]:
        """Updates that an earlier `accept` did store though it reported a failure: they never reached a lane."""
        suspects = not_new & self._uncertain
        if not suspects:
            return set()
        return suspects & {row.update_id for row in await self._store.waiting() if row.state is InboxState.NEW}

    async def _explain(self, rows: Sequence[tuple[StoredUpdate, OutboxPayload]]) -> None:
        """One message a chat and reason, enqueued in one commit; the same after a second kill is the same message."""
        messages: dict[tuple[ChatId, str], OutboxMessage] = {}
        deletions = [deletion for row, _ in rows if (deletion := _deletion(row)) is not None]
        for row, payload in rows:
            chat_id = row.chat_id if row.chat_id is not None else row.user_id
            if row.user_id is not None and chat_id is not None:
                messages[ChatId(chat_id), payload.KIND] = outbox_message(
                    payload,
                    user_id=UserId(row.user_id),
                    chat_id=ChatId(chat_id),
                    idempotency_key=f"update:{row.update_id}",
                )
        await self._enqueue((*deletions, *messages.values()))
        if rows:
            await self._store.finish([row.update_id for row, _ in rows], {}, self._clock.now())
        self._explained += len(rows)

    async def _enqueue(self, messages: Iterable[OutboxMessage]) -> None:
        waiting = tuple(messages)
        if waiting:
            async with self._transactions.begin() as unit:
                for message in waiting:
                    await unit.enqueue(message, self._clock.now())


def _stored(update: Incoming) -> StoredUpdate:
    return StoredUpdate(
        update_id=update.update_id,
        user_id=update.user_id,
        chat_id=update.chat_id,
        body=place_only(update.raw) if update.has_secret else _body(update),
    )


def _body(update: Incoming) -> bytes | None:
    try:
        return to_body(update.raw)
    except RecursionError:
        _log.error("update %d is nested too deeply to be kept", update.update_id)
        return None


def _deletion(row: StoredUpdate) -> OutboxMessage | None:
    """The call that takes a message with a secret out of its chat."""
    place = None if row.body is None else place_in(row.body)
    if place is None:
        return None
    chat_id, message_id = place
    return OutboxMessage(
        user_id=UserId(chat_id),
        chat_id=chat_id,
        kind=HELD_CALL,
        values={"method": "deleteMessage", "chat_id": str(chat_id), "message_id": str(message_id)},
        idempotency_key=f"update:{row.update_id}",
    )


def _is_payment(row: StoredUpdate) -> bool:
    update = None if row.body is None else _incoming(row, row.body)
    return update is not None and update.is_payment


def _asked(row: StoredUpdate) -> str:
    update = None if row.body is None else _incoming(row, row.body)
    return "" if update is None else what_was_asked(update.raw)


def _incoming(row: StoredUpdate, body: bytes) -> Incoming | None:
    try:
        update = read_update(from_body(body), attempts=row.attempts, received_ts=row.received_ts)
    except ValueError:
        return None
    return None if update is None else replace(update, update_id=row.update_id)
