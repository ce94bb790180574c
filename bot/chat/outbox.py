"""Sends messages: rows written with what they tell of, sent at least once, in order within a chat.

What is urgent (exits, alarms) has a queue and places of its own: neither a flood of other messages nor those that wait
for the same chat keep it (bot/chat/chat_queues.py).

A chat whose gate is closed (bot/chat/chat_gates.py) takes none of the places: its rows are put off until it opens.
Calls that were held for it (bot/chat/held_calls.py) are rows in the same order.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from traceback import extract_tb
from typing import Final, TypeVar

from telegram.error import BadRequest, NetworkError, TelegramError

from bot.aio.tasks import TaskSet
from bot.chat.chat_queues import ChatQueues, QueueKey
from bot.chat.errors import FloodWait
from bot.chat.held_sender import HeldCallSender
from bot.chat.rate_limiter import SendPriority, TelegramRateLimiter
from bot.chat.refusals import is_final, is_nobody_there
from bot.chat.sender import Sender
from bot.domain.chat import HELD_CALL, QueuedMessage
from bot.domain.errors import StorageTrouble
from bot.domain.ids import ChatId, Millis
from bot.domain.ports.chat import OutboxStore
from bot.domain.ports.clock import Clock

_log = logging.getLogger(__name__)

_K = TypeVar("_K", bound=int)
_T = TypeVar("_T")

_MOST_KNOWN: Final = 1000  # messages held in memory
_FETCH: Final = 100
_MOST_OF_A_SPACED_CHAT: Final = 10  # messages held in memory: about as many seconds
_A_MOMENT_S: Final = 0.005  # rows are due in whole milliseconds
_SHORT_S: Final = 2.0  # so long a chat's task waits for its gate itself


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxTimes:
    """Seconds. A failed message is tried again after `back_off`, doubling up to `back_off_most`.

    What Telegram puts off is tried for ever; what cannot be rendered is given up at its `renderings`th attempt: about
    twelve hours, in which a corrected version may still send it. A look that fails is repeated after `poll`, doubling
    likewise.
    """

    poll: float = 3.0
    back_off: float = 2.0
    back_off_most: float = 600.0
    unreached_most: float = 10.0  # while Telegram is not reached at all, so that an outage ends when it ends
    storage_retry: float = 1.0
    renderings: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxStats:
    """Counts since the start; `waiting`: messages known to be due and not sent yet; `in_trouble`: none can be sent."""

    sent: int
    put_off: int
    undeliverable: int
    waiting: int
    in_trouble: bool


class Outbox:
    """One task a queue with due messages, at most `at_once` of them sending, and as many of urgent ones.

    Interactive answers keep their way.
    """

    def __init__(
        self,
        store: OutboxStore,
        sender: Sender,
        held_sender: HeldCallSender,
        rate_limiter: TelegramRateLimiter,
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
        self._held_sender = held_sender
        self._gates = rate_limiter.gates
        self._clock = clock
        self._randomness = randomness
        self._times = times
        self._places = asyncio.Semaphore(at_once)
        self._due = due or asyncio.Event()
        self._urgent_places = asyncio.Semaphore(at_once)
        self._queues = ChatQueues()
        self._known: set[int] = set()
        self._finished: set[int] = set()  # since the last look began: it may have read them before
        self._has_more = False  # the last look left rows in the table
        self._held: dict[QueueKey, Millis] = {}  # those whose first message failed, and when it is tried again
        self._progress: dict[int, int] = {}  # parts of a message that were sent before it failed
        self._is_draining = False
        self._looking = TaskSet()  # for what is due
        self._serving = TaskSet()  # the chats
        self._sent = self._put_off = self._undeliverable = 0
        self._is_open = False
        self._failures = 0  # looks that failed in a row
        self._trouble: str | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Outbox"]:
        """Sends from here on; on leaving, what is under way is cancelled and stays due."""
        self._looking.start(self._keep_sending(), "outbox")
        self._is_open = True
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
        if self._is_open and not self._is_draining and not self._looking:
            return "messages can't be sent: the outbox has ended"
        return self._trouble

    def stats(self) -> OutboxStats:
        return OutboxStats(
            sent=self._sent,
            put_off=self._put_off,
            undeliverable=self._undeliverable,
            waiting=len(self._known),
            in_trouble=self.trouble() is not None,
        )

    async def _keep_sending(self) -> None:
        """Until drained: fetch, line up by chat, wait for a wake or the poll."""
        while True:
            self._due.clear()
            fetched = await self._look()
            if self._is_draining and not fetched:
                if not self._serving:
                    return
                await self._serving.join()
                continue
            try:
                async with asyncio.timeout(self._pause()):
                    await self._due.wait()
            except TimeoutError:
                continue

    def _pause(self) -> float:
        longest = max(self._times.poll, self._times.back_off_most)
        pause = min(self._times.poll * 2.0 ** min(self._failures, 20), longest)
        return pause if self._failures else min(pause, self._gates.opens_in() + _A_MOMENT_S)

    async def _look(self) -> int:
        """Line up what is due; answers how many messages. Whatever fails, the next look may succeed."""
        try:
            count = await self._fetch()
        except Exception as error:  # noqa: BLE001  this loop serves everybody: no fault of one look may end it
            self._failures += 1
            self._note_trouble(error)
            return 0
        self._failures = 0
        return count

    async def _fetch(self) -> int:
        """Line up due messages that are not known yet; answers how many. The rest waits in the table.

        What is urgent is looked for first, however much is known of the rest.
        """
        now, limit = self._clock.now(), len(self._known) + _FETCH
        self._finished.clear()
        self._held = {key: until for key, until in self._held.items() if until > now}
        count = await self._line_up(await self._store.urgent(now, limit), now)
        self._has_more = True
        if limit <= _MOST_KNOWN:
            rows = await self._store.due(now, limit)
            self._has_more = len(rows) >= limit
            count += await self._line_up(rows, now)
        self._trouble = None
        return count

    async def _line_up(self, rows: Sequence[QueuedMessage], now: Millis) -> int:
        seen = self._known | self._finished
        fresh = sorted((row for row in rows if row.outbox_id not in seen), key=lambda row: row.outbox_id)
        overflow: dict[ChatId, int] = {}  # a spaced chat's first row beyond those that are held in memory
        for row in fresh:
            chat_id, is_urgent = row.message.chat_id, row.message.is_urgent
            waiting = self._queues.length(QueueKey(chat_id, is_urgent))
            if waiting >= _MOST_OF_A_SPACED_CHAT and self._gates.is_spaced(chat_id) and not is_urgent:
                overflow.setdefault(chat_id, row.outbox_id)
                continue
            self._known.add(row.outbox_id)
            key = self._queues.add(row)
            if key is not None:
                self._serving.start(self._serve(key), "outbox of a chat")
        for chat_id, first in overflow.items():
            until = Millis(now + _MOST_OF_A_SPACED_CHAT * 1000)
            await self._store.chat_later(chat_id, until, first, is_urgent=False)
        return len(fresh)

    async def _serve(self, key: QueueKey) -> None:
        """A queue's messages one after the other, without a place while the gate of its chat is closed."""
        places = self._urgent_places if key.is_urgent else self._places
        try:
            while (row := self._queues.first(key)) is not None:
                wait = self._gates.wait(key.chat_id)
                if key in self._held or wait > _SHORT_S:  # the later ones don't overtake the one that failed
                    until = self._held.get(key) or self._in_seconds(wait)
                    put_off = partial(self._store.chat_later, first=row.outbox_id, is_urgent=key.is_urgent)
                    await self._persist(put_off, key.chat_id, until)
                    return
                if wait > 0:
                    await asyncio.sleep(wait)
                    continue
                async with places:
                    if not self._queues.begin(key, row):  # it goes ahead with something urgent
                        continue
                    await self._send(row, key)
                self._queues.finish(key, row)
                self._known.discard(row.outbox_id)
                self._finished.add(row.outbox_id)
        finally:
            self._known.difference_update(row.outbox_id for row in self._queues.drop(key))
            if self._has_more or self._is_draining:
                self.wake()

    async def _send(self, row: QueuedMessage, queue: QueueKey) -> None:
        """Try one message, and write down what came of it."""
        message, key = row.message, row.outbox_id
        if not row.is_readable:
            await self._give_up(row, "its stored values can't be read")
            return

        try:
            message_id = await self._sent_now(row, SendPriority.URGENT if queue.is_urgent else SendPriority.OUTBOX)
        except TelegramError as error:
            await self._after_refusal(row, queue, error)
        except StorageTrouble as trouble:  # the reader's language could not be read: no fault of the message
            _log.warning("message %d (%s) is put off: %s", key, message.kind, trouble)
            await self._put_aside_until(row, self._next_try(row))
        except Exception as error:  # noqa: BLE001  a fault of the text or its values, whatever it is
            await self._after_fault(row, error)
        else:
            await self._persist(partial(self._store.sent, message_id=message_id), key, self._clock.now())
            self._settle(row, message_id)
            self._sent += 1

    async def _sent_now(self, row: QueuedMessage, priority: SendPriority) -> int | None:
        """Make the call, or send the messages; the id of the message where anybody asks for it."""
        message, key = row.message, row.outbox_id
        if message.kind == HELD_CALL:
            return await self._held_sender.send(row)

        def note() -> None:
            self._progress[key] = self._progress.get(key, 0) + 1

        await self._sender.send(
            message.kind,
            message.values,
            user_id=message.user_id,
            chat_id=message.chat_id,
            priority=priority,
            sent_already=self._progress.get(key, 0),
            on_sent=note,
        )
        return None

    def _settle(self, row: QueuedMessage, message_id: int | None) -> None:
        self._progress.pop(row.outbox_id, None)
        if row.message.kind == HELD_CALL:
            self._held_sender.finish(row, message_id)

    async def _after_fault(self, row: QueuedMessage, error: Exception) -> None:
        """Put off what could not be rendered, or give it up. Its chat's others are not to suffer."""
        why = f"could not be rendered ({_where(error)})"
        if row.attempts + 1 >= self._times.renderings:
            await self._give_up(row, why)
            return
        _log.error("message %d (%s) %s", row.outbox_id, row.message.kind, why)
        await self._put_aside_until(row, self._next_try(row))

    async def _put_aside_until(self, row: QueuedMessage, next_try: Millis) -> None:
        self._put_off += 1
        await self._persist(self._store.later, row.outbox_id, next_try)

    async def _give_up(self, row: QueuedMessage, why: str) -> None:
        _log.error("message %d (%s) is undeliverable: %s", row.outbox_id, row.message.kind, why)
        await self._set_aside(row, why)

    async def _set_aside(self, row: QueuedMessage, why: str) -> None:
        await self._persist(self._store.undeliverable, row.outbox_id, why)
        self._settle(row, None)
        self._undeliverable += 1

    async def _after_refusal(self, row: QueuedMessage, queue: QueueKey, error: TelegramError) -> None:
        key, message = row.outbox_id, row.message
        if is_final(error):
            level = logging.INFO if is_nobody_there(error) else logging.ERROR
            _log.log(level, "message %d (%s) is refused: %s", key, message.kind, error.message)
            await self._set_aside(row, error.message)
            return
        if isinstance(error, FloodWait):
            next_try = self._in_seconds(error.seconds)
        else:
            _log.warning("message %d (%s) is put off: %s", key, message.kind, error.message)
            is_unreached = isinstance(error, NetworkError) and not isinstance(error, BadRequest)  # PTB's tree
            next_try = self._next_try(row, self._times.unreached_most if is_unreached else None)
        self._held[queue] = next_try
        await self._put_aside_until(row, next_try)

    def _in_seconds(self, seconds: float) -> Millis:
        return Millis(self._clock.now() + int(seconds * 1000) + 1)

    def _next_try(self, row: QueuedMessage, most: float | None = None) -> Millis:
        times = self._times
        longest = min(times.back_off * 2.0 ** min(row.attempts, 20), most or times.back_off_most)
        return Millis(self._clock.now() + int(longest * (0.5 + self._randomness() / 2) * 1000))

    async def _persist(self, write: Callable[[_K, _T], Awaitable[None]], key: _K, value: _T) -> None:
        """Write until the disk takes it: what was sent must not be sent again because it could not be noted."""
        while True:
            try:
                await write(key, value)
            except Exception as error:  # noqa: BLE001  a message that was sent and is not marked would be sent again
                self._note_trouble(error)
                await asyncio.sleep(self._times.storage_retry)
            else:
                return

    def _note_trouble(self, error: Exception) -> None:
        what = str(error) if isinstance(error, StorageTrouble) else _where(error)
        if self._trouble is None:
            _log.error("the outbox can't be read or written: %s", what)
        self._trouble = f"messages can't be sent: {what}"


def _where(error: Exception) -> str:
    """The type of an error and the last lines of its traceback: its words may quote what was to be sent."""
    lines = [f"{frame.name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)[-3:]]
    return " ".join((type(error).__name__, "in", " > ".join(lines)))
