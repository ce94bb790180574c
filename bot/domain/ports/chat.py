"""What services need of a chat's stored state: single-use buttons, dialogues, inbox and outbox."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from bot.domain.chat import (
    Button,
    Dialogue,
    HeldCall,
    KnownBot,
    OutboxMessage,
    OverdueMessages,
    QueuedMessage,
    StoredUpdate,
)
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.update_attempt import UpdateId


class Buttons(Protocol):
    """The single-use buttons, inside a unit of work."""

    async def add(self, buttons: Sequence[Button], now: Millis) -> None: ...
    async def take(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """Use it up: the row if it is this user's, this chat's, unused and not expired; else None.

        Raises UnreadableRow.
        """
        ...


class Dialogues(Protocol):
    """The questions that wait for an answer, inside a unit of work: one a user at most."""

    async def put(self, dialogue: Dialogue, now: Millis) -> None: ...
    async def clear(self, user_id: UserId, dialogue: str | None = None) -> bool:
        """End the user's dialogue, or that one alone; False if they had none."""
        ...


class InboxStore(Protocol):
    """The inbox table: the poller and the lanes write it outside units of work, each call one commit."""

    async def accept(self, updates: Sequence[StoredUpdate], now: Millis) -> tuple[UpdateId, ...]:
        """Store the batch in ONE commit; answers the ids that were new. Raises StorageTrouble."""
        ...

    async def waiting(self) -> tuple[StoredUpdate, ...]:
        """NEW and APPLIED rows, oldest first: what a kill left behind."""
        ...

    async def finish(self, done: Sequence[UpdateId], seen: Mapping[UserId, Millis], now: Millis) -> None:
        """Mark a batch as done and note when its senders were last seen, in one commit."""
        ...

    async def failed(self, update_id: UpdateId, attempts: int, *, set_aside: bool) -> None: ...
    async def join(self, before: Millis) -> int:
        """Keep of some rows done before that moment their numbers alone, as runs; how many rows."""
        ...

    async def forget(self, before: Millis) -> int:
        """Delete some of what was done before that moment (14 days keep Telegram's ids unique); how many rows."""
        ...


class KnownBotStore(Protocol):
    """The one row of the bot that the database belongs to. Raises StorageTrouble."""

    async def known_bot(self) -> KnownBot | None: ...
    async def keep_known_bot(self, known: KnownBot) -> None: ...
    async def heard(self, moment: Millis) -> KnownBot | None:
        """Note until when its updates have come in; the row as it stands then."""
        ...


class OutboxStore(Protocol):
    """The outbox table as its sender sees it."""

    async def due(self, now: Millis, limit: int) -> tuple[QueuedMessage, ...]:
        """Waiting ones whose time has come; a damaged row is among them and harms no other."""
        ...

    async def urgent(self, now: Millis, limit: int) -> tuple[QueuedMessage, ...]:
        """Those of them that go ahead of the others."""
        ...

    async def sent(self, outbox_id: int, now: Millis, message_id: int | None = None) -> None: ...
    async def later(self, outbox_id: int, next_try: Millis) -> None: ...
    async def chat_later(self, chat_id: ChatId, next_try: Millis, first: int = 0, *, is_urgent: bool = False) -> None:
        """Put off what waits of a chat, from the row `first` on: what is urgent, or all else.

        Those put off further stay so.
        """
        ...

    async def undeliverable(self, outbox_id: int, reason: str) -> None: ...


class OutboxCounts(Protocol):
    """The outbox table as its gauge sees it."""

    async def overdue(self, now: Millis) -> OverdueMessages:
        """How many messages are due by then, and since when. Raises StorageTrouble."""
        ...


class HeldCallStore(Protocol):
    """The outbox table as those see it who put calls there that must wait for their chat. Raises StorageTrouble."""

    async def hold(
        self, message: OutboxMessage, now: Millis, next_try: Millis, answers: UpdateId | None
    ) -> tuple[int, Sequence[int]]:
        """Its row, or the one that has its idempotency key, and the rows of held calls that wait of its chat.

        The update whose answer it is counts as answered from this commit on.
        """
        ...

    async def rewrite(self, outbox_id: int, values: Mapping[str, str]) -> None: ...
    async def undeliverable(self, outbox_id: int, reason: str) -> None: ...
    async def held(self) -> tuple[HeldCall, ...]:
        """Every held call that still waits, in the order in which they were made."""
        ...

    async def message_id(self, outbox_id: int) -> int | None:
        """Of the message that a sent call made or changed; None: not sent, or it made none."""
        ...


Redraw = Callable[[], Awaitable[Callable[[int], None] | None]]


class HeldMessages(Protocol):
    """Messages that wait for their chat; their ids are negative."""

    def redraw_with(self, message_id: int, redraw: Redraw) -> None:
        """Have one drawn anew just before it is sent: `redraw` edits it, and what it answers is told the real id.

        Not after a restart: then it is sent as it was.
        """
        ...


class ChatQueries(Protocol):
    """Reads of buttons and dialogues. Raises StorageTrouble, and UnreadableRow for a damaged one."""

    async def dialogue(self, user_id: UserId, now: Millis) -> Dialogue | None: ...
    async def button(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """The row if a press of it would count now; it is not used up by this."""
        ...

    async def used_button(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """The row of one that was used and would count otherwise."""
        ...
