"""Messages to many: a draft, then a job that reaches each recipient once, at a rate, over restarts, until stopped."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from bot.domain.audit import AuditEntry
from bot.domain.broadcasts import BATCH, Audience, Broadcast, BroadcastDoneMessage, BroadcastState, Delivery, Recipient
from bot.domain.chat import OutboxMessage, outbox_message
from bot.domain.errors import BadInput, NothingDone, StorageTrouble
from bot.domain.ids import ChatId, UserId
from bot.domain.ports.admin import AdminQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import Transactions
from bot.services.users.pin import PinService

MAX_HTML: Final = 32_768  # characters as stored; Telegram counts 4,096 once the tags are read
_AT_ONCE: Final = 4  # messages under way: so many at most come twice after a kill
_ROUND: Final = 1.0  # seconds that a batch takes at least
_EDIT_EVERY: Final = 3.0  # seconds between two edits of the progress card
_logger = logging.getLogger(__name__)

Deliver = Callable[[UserId, str], Awaitable[Delivery]]
Draw = Callable[[Broadcast], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastService:
    """Drafting, aiming, starting and stopping of broadcasts. `wake` is called when one is started."""

    queries: AdminQueries
    transactions: Transactions
    pin: PinService
    clock: Clock
    wake: Callable[[], None]

    async def draft(self, author: UserId, text_html: str, *, answers: str | None = None) -> Broadcast:
        """A new draft; the dialogue `answers` ends in the same commit.

        Raises BadInput for nothing, and for more than one message can hold.
        """
        if not text_html.strip():
            raise BadInput("broadcast-empty")
        if len(text_html) > MAX_HTML:
            raise BadInput("broadcast-too-long")
        async with self.transactions.begin() as unit:
            broadcast_id = await unit.broadcasts.draft(author, text_html, self.clock.now())
            if answers is not None:
                await unit.dialogues.clear(author, answers)
        return await self.of(author, broadcast_id)

    async def of(self, author: UserId, broadcast_id: int) -> Broadcast:
        """A broadcast of that author. Raises BadInput for any other."""
        found = await self.queries.broadcast(broadcast_id)
        if found is None or found.author != author:
            raise BadInput("broadcast-gone")
        return found

    async def aim(self, author: UserId, broadcast_id: int, audience: Audience) -> Broadcast:
        """Choose who gets it. Raises BadInput once it is no draft any more."""
        await self.of(author, broadcast_id)
        async with self.transactions.begin() as unit:
            if not await unit.broadcasts.aim(broadcast_id, audience):
                raise BadInput("broadcast-gone")
        return await self.of(author, broadcast_id)

    async def size(self, audience: Audience) -> int:
        """How many people the audience has now."""
        return await self.queries.audience_size(audience, self.clock.now())

    async def start(self, author: UserId, broadcast_id: int) -> Broadcast:
        """Write down who gets it, and begin.

        Raises PinRequired; BadInput once it is no draft any more, or for nobody.
        """
        self.pin.demand(author)
        broadcast = await self.of(author, broadcast_id)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            total = await unit.broadcasts.start(broadcast, now)
            if total is None:
                raise BadInput("broadcast-gone")
            if total == 0:
                raise BadInput("broadcast-nobody")
            details = f"{_described(broadcast.audience)}: {total}"
            await unit.audit(AuditEntry(actor=author, action="broadcast.send", subject=None, details=details), now)
        return await self.of(author, broadcast_id)

    async def show_at(self, broadcast_id: int, chat_id: ChatId, message_id: int) -> None:
        """Where the progress is shown from now on; the job is woken."""
        async with self.transactions.begin() as unit:
            await unit.broadcasts.show_at(broadcast_id, chat_id, message_id)
        self.wake()

    async def stop(self, actor: UserId, broadcast_id: int) -> Broadcast:
        """No further message goes out. Raises BadInput for one that is not being sent."""
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            if not await unit.broadcasts.end(broadcast_id, BroadcastState.STOPPED, now):
                raise BadInput("broadcast-not-running")
            await unit.audit(AuditEntry(actor=actor, action="broadcast.stop", subject=None, details=""), now)
        found = await self.queries.broadcast(broadcast_id)
        if found is None:
            raise BadInput("broadcast-gone")
        return found

    async def unreached(self, broadcast_id: int, limit: int) -> tuple[tuple[UserId, Delivery], ...]:
        return await self.queries.unreached(broadcast_id, limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastJob:
    """Sends what is being sent. `deliver` never raises for what Telegram refuses; `draw` edits the progress card."""

    queries: AdminQueries
    transactions: Transactions
    clock: Clock
    deliver: Deliver
    draw: Draw
    round_s: float = _ROUND
    batch: int = BATCH
    at_once: int = _AT_ONCE
    _drawn: dict[int, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    async def send_some(self) -> float | None:
        """One batch of the oldest one that is being sent; seconds to wait before the next, None if none is.

        Raises NothingDone if the whole batch is to be tried again later.
        """
        sending = await self.queries.sending()
        if not sending:
            return None
        broadcast = sending[0]
        began = self.clock.monotonic()
        batch = await self.queries.recipients(broadcast.broadcast_id, self.batch)
        if not batch:
            await self._finish(broadcast)
            return 0.0
        places = asyncio.Semaphore(self.at_once)
        outcomes = await asyncio.gather(*(self._send(broadcast, each, places) for each in batch))
        await self._draw_at_times(broadcast.broadcast_id)
        if all(each is Delivery.LATER for each in outcomes):
            raise NothingDone(f"none of {len(batch)} messages of broadcast {broadcast.broadcast_id} could be sent")
        return max(0.0, self.round_s - (self.clock.monotonic() - began))

    async def _send(self, broadcast: Broadcast, recipient: Recipient, places: asyncio.Semaphore) -> Delivery:
        """Send and write down what came of it; the next one's turn comes after both."""
        async with places:
            try:
                delivery = await self.deliver(recipient.user_id, broadcast.text_html)
            except Exception:
                _logger.exception("a message of a broadcast failed")
                delivery = Delivery.LATER
            async with self.transactions.begin_aside() as unit:
                await unit.broadcasts.record_delivery(broadcast.broadcast_id, recipient.user_id, delivery)
        return delivery

    async def _finish(self, broadcast: Broadcast) -> None:
        now = self.clock.now()
        found = await self.queries.broadcast(broadcast.broadcast_id)
        async with self.transactions.begin_aside() as unit:
            if await unit.broadcasts.end(broadcast.broadcast_id, BroadcastState.DONE, now) and found is not None:
                await unit.audit(
                    AuditEntry(
                        actor=None,
                        action="broadcast.done",
                        subject=None,
                        details=f"sent {found.sent}, blocked {found.blocked}, failed {found.failed}",
                    ),
                    now,
                )
                if found.author is not None:
                    await unit.enqueue(_report(found, found.author), now)
        self._drawn.pop(broadcast.broadcast_id, None)
        await self._draw(broadcast.broadcast_id)

    async def _draw_at_times(self, broadcast_id: int) -> None:
        now = self.clock.monotonic()
        if now - self._drawn.get(broadcast_id, -_EDIT_EVERY) >= _EDIT_EVERY:
            self._drawn[broadcast_id] = now
            await self._draw(broadcast_id)

    async def _draw(self, broadcast_id: int) -> None:
        found = await self.queries.broadcast(broadcast_id)
        if found is None or found.message_id is None:
            return
        try:
            await self.draw(found)
        except StorageTrouble:
            _logger.warning("the progress of a broadcast could not be shown")


def _report(broadcast: Broadcast, author: UserId) -> OutboxMessage:
    done = BroadcastDoneMessage(count=broadcast.sent, blocked=broadcast.blocked, failed=broadcast.failed)
    return outbox_message(done, user_id=author, idempotency_key=f"broadcast:{broadcast.broadcast_id}")


def _described(audience: Audience) -> str:
    language = "all languages" if audience.language is None else audience.language.value
    return f"license {audience.license.value}, {language}, {'active' if audience.is_active else 'everybody'}"
