"""The updates of one bot, kept until it confirms them.

Rules of https://core.telegram.org/bots/api#getupdates (Bot API 10.1) and of the open server
(tdlib/telegram-bot-api, Client.cpp: 86,400 s for most kinds, 150 s for callback queries).
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

import orjson

from ops.sim.telegram.errors import ApiError, conflict

UPDATE_KINDS: Final = frozenset({
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages", "message_reaction",
    "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query", "shipping_query",
    "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member",
    "chat_join_request", "chat_boost", "removed_chat_boost",
})  # fmt: skip
ON_REQUEST_ONLY: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
DEFAULT_ALLOWED: Final = UPDATE_KINDS - ON_REQUEST_ONLY
LIFETIME_SECONDS: Final = 86_400
QUERY_LIFETIME_SECONDS: Final = 150
FUTURE_OFFSETS: Final = 10
"""An offset further ahead than this confirms nothing: the queue is answered from its head."""
REMEMBERED: Final = 200_000
"""Updates whose delivery can still be asked for by /sim/updates/{id}."""


@dataclass(slots=True, kw_only=True)
class PendingUpdate:
    """One update and what became of it; times are epoch seconds."""

    update_id: int
    kind: str
    body: dict[str, Any] | None
    """What stands under `kind`; None once confirmed."""
    created_at: float
    expires_at: float
    lane: int = 0
    """Updates of one lane are delivered to a webhook one after another."""
    delivered_at: float | None = None
    confirmed_at: float | None = None
    raw: bytes | None = None

    def encoded(self) -> bytes:
        """The Update object as JSON, made once."""
        if self.raw is None:
            self.raw = orjson.dumps({"update_id": self.update_id, self.kind: self.body})
        return self.raw


@dataclass(slots=True, kw_only=True, eq=False)
class UpdateQueue:
    """Updates waiting for one bot, oldest first."""

    next_id: int
    now: Callable[[], float]
    changed: Callable[[int], None] = lambda _: None
    """Told the id of every update that came, was delivered or went."""
    arrived: Callable[[], None] = lambda: None
    """Told that there is something for a webhook."""
    allowed: frozenset[str] = DEFAULT_ALLOWED
    pending: "OrderedDict[int, PendingUpdate]" = field(default_factory=OrderedDict)
    _known: dict[int, PendingUpdate] = field(default_factory=dict)
    _known_ids: deque[int] = field(default_factory=deque)
    _poll: "asyncio.Future[None] | None" = None

    def push(self, kind: str, body: dict[str, Any], *, lane: int = 0) -> int | None:
        """Queue an update and return its id; None if the bot has not asked for that kind."""
        if kind not in self.allowed:
            return None
        now = self.now()
        lifetime = QUERY_LIFETIME_SECONDS if kind.endswith("_query") else LIFETIME_SECONDS
        update = PendingUpdate(
            update_id=self.next_id, kind=kind, body=body, created_at=now, expires_at=now + lifetime, lane=lane
        )
        self.next_id += 1
        self.add(update)
        self.changed(update.update_id)
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        self.arrived()
        return update.update_id

    def add(self, update: PendingUpdate) -> None:
        """Put an update at the end; used as such by what restores a saved queue."""
        self.pending[update.update_id] = update
        self._known[update.update_id] = update
        self._known_ids.append(update.update_id)
        if len(self._known_ids) > REMEMBERED:
            self._known.pop(self._known_ids.popleft(), None)

    def find(self, update_id: int) -> PendingUpdate | None:
        """An update of this bot, confirmed ones too while they are remembered."""
        return self._known.get(update_id)

    def forget(self, update: PendingUpdate, *, confirmed: bool) -> None:
        """Take an update out: it was confirmed, or its time is over."""
        del self.pending[update.update_id]
        if confirmed:
            update.confirmed_at = self.now()
        update.body = update.raw = None
        self.changed(update.update_id)

    def confirm_below(self, offset: int) -> None:
        """An offset confirms every update before it."""
        while self.pending:
            update = next(iter(self.pending.values()))
            if update.update_id >= offset:
                return
            self.forget(update, confirmed=True)

    def keep_last(self, count: int) -> None:
        """A negative offset forgets all but that many."""
        while len(self.pending) > count:
            self.forget(next(iter(self.pending.values())), confirmed=True)

    def clear(self) -> None:
        """drop_pending_updates."""
        self.keep_last(0)

    def expire(self) -> None:
        """Forget what waited too long; looks at the front only, where the oldest are."""
        now = self.now()
        for update in list(islice(self.pending.values(), 100)):
            if update.expires_at <= now:
                self.forget(update, confirmed=False)

    def take(self, limit: int) -> list[PendingUpdate]:
        """The oldest updates, which stay pending; marks them delivered."""
        self.expire()
        updates = list(islice(self.pending.values(), limit))
        self.mark_delivered(updates)
        return updates

    def mark_delivered(self, updates: Iterable[PendingUpdate]) -> None:
        now = self.now()
        for update in updates:
            if update.delivered_at is None:
                update.delivered_at = now
                self.changed(update.update_id)

    @property
    def lowest_id(self) -> int:
        """The lowest id that was ever given, as far as it is remembered."""
        return min((self.next_id, *self._known), default=self.next_id)

    def restart_ids(self, first: int) -> None:
        """Number on from `first`, as Telegram does at random after a week without updates.

        What was delivered counts as confirmed; what was not gets new numbers, and is found by its old ones too.
        """
        for update in [update for update in self.pending.values() if update.delivered_at is not None]:
            self.forget(update, confirmed=True)
        waiting = list(self.pending.values())
        self.next_id = first
        for update in waiting:
            del self.pending[update.update_id]
            self.changed(update.update_id)
            update.update_id, update.raw = self.next_id, None
            self.next_id += 1
            self.add(update)
            self.changed(update.update_id)

    def abort_poll(self, reason: str) -> None:
        """End the getUpdates that waits, with 409."""
        self.end_poll(conflict(reason))

    def end_poll(self, error: ApiError) -> None:
        """End the getUpdates that waits, with that refusal."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(error)

    async def get(self, offset: int, limit: int, seconds: float) -> list[PendingUpdate]:
        """One getUpdates: confirm, then answer at once or as soon as something comes.

        Raises ApiError 409 when another getUpdates or a webhook takes over meanwhile.
        """
        self.abort_poll("terminated by other getUpdates request; make sure that only one bot instance is running")
        if offset < 0:
            self.keep_last(-offset)
        elif offset <= self.next_id + FUTURE_OFFSETS:
            self.confirm_below(offset)
        found = self.take(limit)
        if found or seconds <= 0:
            return found
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poll = waiter
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return []
        finally:
            if self._poll is waiter:
                self._poll = None
        return self.take(limit)


def allowed_from(names: Iterable[str]) -> frozenset[str]:
    """`allowed_updates` as a set: unknown names are ignored, an empty list means the default."""
    return frozenset(names) & UPDATE_KINDS or DEFAULT_ALLOWED
