"""Sends messages: rows written with what they tell of, sent at least once, in order within a chat."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from telegram.error import TelegramError

from bot.aio.tasks import TaskSet
from bot.chat.errors import FloodWait
from bot.chat.rate_limiter import SendPriority
from bot.chat.refusals import is_final, is_nobody_there
from bot.chat.sender import Sender
from bot.domain.chat import QueuedMessage
from bot.domain.errors import StorageTrouble
from bot.domain.ids import ChatId, Millis
from bot.domain.ports.chat import OutboxStore
from bot.domain.ports.clock import Clock

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

_MOST_KNOWN: Final = 1000  # messages held in memory
_FETCH: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxTimes:
    """Seconds. A failed message is tried again after `back_off`, doubling up to `back_off_most`, for ever."""

    poll: float = 3.0
    back_off: float = 2.0
    back_off_most: float = 600.0
    storage_retry: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxStats:
    """Counts since the start; `waiting`: messages known to be due and not sent yet."""

    sent: int
    put_off: int
    undeliverable: int
    waiting: int


class Outbox:
    """One task a chat with due messages, at most `at_once` of them sending; interactive answers keep their way."""

    def __init__(
        self,
        store: OutboxStore,
        sender: Sender,
        clock: Clock,
        randomness: Callable[[], float],
        *,
        times: OutboxTimes = OutboxTimes(),
        at_once: int = 16,
        due: asyncio.Event | None = None,
    ) -> None:
        """`due`: set by whoever has enqueued something, as `wake` does."""
        self._store = store
        self._sender = sender
        self._clock = clock
        self._randomness = randomness
        self._times = times
        self._gate = asyncio.Semaphore(at_once)
        self._due = due or asyncio.Event()
        self._chats: dict[ChatId, deque[QueuedMessage]] = {}
        self._known: set[int] = set()
        self._has_more = False  # the last look left rows in the table
        self._held: dict[ChatId, Millis] = {}  # chats whose first message failed, and when it is tried again
        self._progress: dict[int, int] = {}  # parts of a message that were sent before it failed
        self._is_draining = False
        self._looking = TaskSet()  # for what is due
        self._serving = TaskSet()  # the chats
        self._sent = self._put_off = self._undeliverable = 0
        self._trouble: str | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Outbox"]:
        """Sends from here on; on leaving, what is under way is cancelled and stays due."""
        self._looking.start(self._keep_sending(), "outbox")
        try:
            yield self
        finally:
            await self.drain(0)

    def wake(self) -> None:
        """Something was enqueued: look at once."""
        self._due.set()

    async def drain(self, seconds: float) -> int:
        """Send what is due for at most so long, then stop. Answers how many known messages stay for the next start."""
        self._is_draining = True
        self.wake()
        await self._looking.join(seconds)
        left = len(self._known)
        await self._looking.close()
        await self._serving.close()
        return left

    def trouble(self) -> str | None:
        """Why messages are not sent, for readiness; None while all is well."""
        return self._trouble

    def stats(self) -> OutboxStats:
        return OutboxStats(
            sent=self._sent, put_off=self._put_off, undeliverable=self._undeliverable, waiting=len(self._known)
        )

    async def _keep_sending(self) -> None:
        """Until drained: fetch, line up by chat, wait for a wake or the poll."""
        while True:
            self._due.clear()
            fetched = await self._fetch()
            if self._is_draining and not fetched:
                if not self._serving:
                    return
                await self._serving.join()
                continue
            try:
                async with asyncio.timeout(self._times.poll):
                    await self._due.wait()
            except TimeoutError:
                continue

    async def _fetch(self) -> int:
        """Line up due messages that are not known yet; answers how many. The rest waits in the table."""
        limit = len(self._known) + _FETCH
        if limit > _MOST_KNOWN:
            self._has_more = True
            return 0
        now = self._clock.now()
        try:
            rows = await self._store.due(now, limit)
        except StorageTrouble as trouble:
            self._note_trouble(trouble)
            return 0
        self._trouble = None
        self._has_more = len(rows) >= limit
        self._held = {chat_id: until for chat_id, until in self._held.items() if until > now}
        fresh = sorted((row for row in rows if row.outbox_id not in self._known), key=lambda row: row.outbox_id)
        for row in fresh:
            self._known.add(row.outbox_id)
            chat_id = row.message.chat_id
            if chat_id in self._chats:
                self._chats[chat_id].append(row)
            else:
                queue = self._chats[chat_id] = deque([row])
                self._serving.start(self._serve(chat_id, queue), "outbox of a chat")
        return len(fresh)

    async def _serve(self, chat_id: ChatId, queue: deque[QueuedMessage]) -> None:
        """A chat's messages one after the other."""
        try:
            while queue:
                row = queue[0]
                if chat_id in self._held:  # an earlier one failed: the later ones don't overtake it
                    await self._persist(self._store.later, row.outbox_id, self._held[chat_id])
                else:
                    async with self._gate:
                        await self._send(row)
                queue.popleft()
                self._known.discard(row.outbox_id)
        finally:
            self._known.difference_update(row.outbox_id for row in queue)
            del self._chats[chat_id]
            if self._has_more or self._is_draining:
                self.wake()

    async def _send(self, row: QueuedMessage) -> None:
        """Try one message, and write down what came of it."""
        message, key = row.message, row.outbox_id

        def note() -> None:
            self._progress[key] = self._progress.get(key, 0) + 1

        try:
            await self._sender.send(
                message.kind,
                message.values,
                user_id=message.user_id,
                chat_id=message.chat_id,
                priority=SendPriority.OUTBOX,
                sent_already=self._progress.get(key, 0),
                on_sent=note,
            )
        except TelegramError as error:
            await self._after_refusal(row, error)
        except Exception:  # noqa: BLE001  a fault of the text or its values: a corrected version may still send it
            _log.exception("promise %d (%s) could not be rendered", key, message.kind)
            self._put_off += 1
            await self._persist(self._store.later, key, self._next_try(row))  # its chat's others are not to suffer
        else:
            await self._persist(self._store.sent, key, self._clock.now())
            self._progress.pop(key, None)
            self._sent += 1

    async def _after_refusal(self, row: QueuedMessage, error: TelegramError) -> None:
        key, message = row.outbox_id, row.message
        if is_final(error):
            if not is_nobody_there(error):
                _log.error("promise %d (%s) is refused: %s", key, message.kind, error.message)
            await self._persist(self._store.undeliverable, key, error.message)
            self._progress.pop(key, None)
            self._undeliverable += 1
            return
        if isinstance(error, FloodWait):
            next_try = Millis(self._clock.now() + int(error.seconds * 1000) + 1)
        else:
            _log.warning("promise %d (%s) is put off: %s", key, message.kind, error.message)
            next_try = self._next_try(row)
        self._put_off += 1
        self._held[message.chat_id] = next_try
        await self._persist(self._store.later, key, next_try)

    def _next_try(self, row: QueuedMessage) -> Millis:
        times = self._times
        longest = min(times.back_off * 2.0 ** min(row.attempts, 20), times.back_off_most)
        return Millis(self._clock.now() + int(longest * (0.5 + self._randomness() / 2) * 1000))

    async def _persist(self, write: Callable[[int, _T], Awaitable[None]], key: int, value: _T) -> None:
        """Write until the disk takes it: what was sent must not be sent again because it could not be noted."""
        while True:
            try:
                await write(key, value)
            except StorageTrouble as trouble:
                self._note_trouble(trouble)
                await asyncio.sleep(self._times.storage_retry)
            else:
                return

    def _note_trouble(self, trouble: StorageTrouble) -> None:
        if self._trouble is None:
            _log.error("the outbox can't be read or written: %s", trouble)
        self._trouble = f"promises can't be sent: {trouble}"
