"""Calls that wait for their chat: rows of the outbox, in one order with its messages.

A chat that answered 429 is left alone. What is said there meanwhile is written down and answered to its caller at once,
with a message id of its own, a negative one: by it the message can be edited, pinned and deleted before it exists, and
`resolved` is the real one afterwards. Of a message that waits its newest content is sent. An action's outcome is never
given up for another screen.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Final

from telegram.error import BadRequest
from telegram.request._requestparameter import RequestParameter  # as in transport.py

from bot.domain.chat import HELD_CALL, OutboxMessage, QueuedMessage
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.ports.chat import HeldCallStore, Redraw
from bot.domain.ports.clock import Clock
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt

_log = logging.getLogger(__name__)

Json = bool | dict[str, Any] | list[dict[str, Any]]
_METHOD: Final = "method"
_CONTENT: Final = ("text", "parse_mode", "entities", "link_preview_options", "reply_markup")
_MANY_SENT: Final = 1_000  # ids kept in memory; older ones are in the table
_GONE: Final = "Message to edit not found"  # Telegram's words


@dataclass(slots=True, eq=False, kw_only=True)
class _Row:
    """One that waits, as it will be sent."""

    outbox_id: int
    values: dict[str, str] = field(repr=False)
    update_id: UpdateId | None = None
    screen: str | None = None
    is_outcome: bool = True
    is_sending: bool = False
    redraw: Redraw | None = None

    def shows(self, method: str) -> bool:
        return not self.is_sending and self.values.get(_METHOD) == method


class HeldCalls:
    """What waits, by chat. `due` is set when something was put there."""

    def __init__(self, store: HeldCallStore, clock: Clock, due: asyncio.Event) -> None:
        self._store = store
        self._clock = clock
        self._due = due
        self._rows: dict[int, _Row] = {}
        self._chats: dict[int | str, dict[int, _Row]] = {}  # each in order
        self._sent: dict[int, int] = {}  # message ids of those that were sent, oldest first

    def __len__(self) -> int:
        return len(self._rows)

    def waits(self, chat: int | str) -> bool:
        """Whether something of that chat does: what is said later goes behind it."""
        return chat in self._chats

    async def restore(self) -> Mapping[ChatId, Millis]:
        """What the last process left; until when each of its chats is to be left alone. Raises StorageTrouble."""
        until: dict[ChatId, Millis] = {}
        for held in await self._store.held():
            self._put(held.chat_id, _Row(outbox_id=held.outbox_id, values=dict(held.values)))
            until[held.chat_id] = max(held.next_try, until.get(held.chat_id, held.next_try))
        return until

    async def resolved(self, data: dict[str, Any]) -> dict[str, Any]:
        """The same call with the real id of its message; unchanged while that waits. Raises BadRequest: it is gone."""
        outbox_id = -_message_id(data)
        if outbox_id in self._rows:
            return data
        return {**data, "message_id": await self._real_id(outbox_id)}

    async def hold(self, chat: int | str, endpoint: str, data: Mapping[str, Any], wait_s: float) -> Json | None:
        """Write the call down; the answer for its caller. None: it has a file, or a chat without a number.

        Raises StorageTrouble.
        """
        values = _written(endpoint, data)
        if values is None or not isinstance(chat, int):
            return None
        attempt = current_attempt.get()
        is_outcome = attempt is not None and attempt.applied
        older = self._same_message(chat, values)
        if older is not None:
            older.values = {key: each for key, each in older.values.items() if key not in _CONTENT}
            older.values |= {key: each for key, each in values.items() if key in _CONTENT}
            older.is_outcome, older.redraw = older.is_outcome or is_outcome, None
            await self._store.rewrite(older.outbox_id, older.values)
            return self._answer(chat, endpoint, older.outbox_id)
        if endpoint == "deleteMessage" and (unsent := self._rows.get(-_message_id(values))) is not None:
            await self._drop(chat, unsent)
            return True
        if attempt is not None and endpoint == "sendMessage":
            await self._drop_superseded(chat, attempt)
        row = _Row(
            outbox_id=0,
            values=values,
            update_id=None if attempt is None else attempt.update_id,
            screen=None if attempt is None else attempt.screen,
            is_outcome=is_outcome,
        )
        await self._write(chat, row, attempt, wait_s)
        return self._answer(chat, endpoint, row.outbox_id)

    def redraw_with(self, message_id: int, redraw: Redraw) -> None:
        """Draw the held message anew by `redraw` just before it is sent; nothing where it waits no more."""
        row = self._rows.get(-message_id)
        if row is not None:
            row.redraw = redraw

    async def begin(self, queued: QueuedMessage) -> tuple[str, dict[str, str], Callable[[int], None] | None]:
        """The method and the parameters of a row that is sent now, and who is told its message's id.

        Raises BadRequest where the message that it is about never came about, and StorageTrouble.
        """
        row = self._rows.get(queued.outbox_id)
        follow = None if row is None else await self._drawn(row)
        values = dict(queued.message.values if row is None else row.values)
        if (target := -_message_id(values)) > 0:
            values["message_id"] = str(await self._real_id(target))
        if row is not None:
            row.is_sending = True
        return values.pop(_METHOD, ""), values, follow

    def put_back(self, outbox_id: int) -> None:
        """Let a row wait again that could not be sent now."""
        row = self._rows.get(outbox_id)
        if row is not None:
            row.is_sending = False

    def finish(self, chat: int, outbox_id: int, message_id: int | None) -> None:
        """End a row that was sent, or never will be: then it has no message."""
        self._forget(chat, outbox_id)
        if message_id is not None:
            self._sent[outbox_id] = message_id
            if len(self._sent) > _MANY_SENT:
                del self._sent[next(iter(self._sent))]

    def _same_message(self, chat: int, values: Mapping[str, str]) -> _Row | None:
        """The row whose content an edit takes the place of."""
        if values[_METHOD] != "editMessageText":
            return None
        message_id = _message_id(values)
        if message_id < 0:
            row = self._rows.get(-message_id)
            return row if row is not None and (row.shows("sendMessage") or row.shows("editMessageText")) else None
        for row in reversed(self._chats.get(chat, {}).values()):
            if _message_id(row.values) == message_id:
                return row if row.shows("editMessageText") and not row.is_outcome else None
        return None

    async def _drop_superseded(self, chat: int, attempt: UpdateAttempt) -> None:
        """Earlier answers that show the same screen."""
        if attempt.screen is None or attempt.applied:
            return
        for row in tuple(self._chats.get(chat, {}).values()):
            is_same = row.screen == attempt.screen and row.update_id != attempt.update_id
            if is_same and not row.is_outcome and row.shows("sendMessage"):
                await self._drop(chat, row)

    async def _drop(self, chat: int, row: _Row) -> None:
        self._forget(chat, row.outbox_id)
        await self._store.undeliverable(row.outbox_id, "overtaken")

    async def _write(self, chat: int, row: _Row, attempt: UpdateAttempt | None, wait_s: float) -> None:
        """One row a call of an update, also when the update is handled again."""
        cause = f"call:{token_hex(8)}" if attempt is None else f"update:{attempt.update_id}:{attempt.calls}"
        now = self._clock.now()
        message = OutboxMessage(
            user_id=UserId(chat), chat_id=ChatId(chat), kind=HELD_CALL, values=row.values, idempotency_key=cause
        )
        answers = attempt.update_id if attempt is not None and attempt.applied else None
        row.outbox_id, waiting = await self._store.hold(message, now, Millis(now + int(wait_s * 1000)), answers)
        for outbox_id in tuple(self._chats.get(chat, {})):
            if outbox_id < row.outbox_id and outbox_id not in waiting:  # deleted with the person whose it was
                self._forget(chat, outbox_id)
        if row.outbox_id in waiting and row.outbox_id not in self._rows:
            self._put(chat, row)
        self._due.set()

    async def _drawn(self, row: _Row) -> Callable[[int], None] | None:
        redraw, row.redraw = row.redraw, None
        if redraw is None:
            return None
        try:
            return await redraw()
        except Exception:  # noqa: BLE001  whatever it is, what was written down is sent
            _log.exception("a held message could not be drawn anew; it is sent as it was")
            return None

    async def _real_id(self, outbox_id: int) -> int:
        message_id = self._sent.get(outbox_id) or await self._store.message_id(outbox_id)
        if message_id is None:
            raise BadRequest(_GONE)
        return message_id

    def _put(self, chat: int, row: _Row) -> None:
        self._rows[row.outbox_id] = row
        self._chats.setdefault(chat, {})[row.outbox_id] = row

    def _forget(self, chat: int, outbox_id: int) -> None:
        self._rows.pop(outbox_id, None)
        own = self._chats.get(chat)
        if own is not None:
            own.pop(outbox_id, None)
            if not own:
                del self._chats[chat]

    def _answer(self, chat: int, endpoint: str, outbox_id: int) -> Json:
        """As Telegram's, as far as anybody looks at it."""
        if not endpoint.startswith(("send", "edit")):
            return True
        kind = "private" if chat > 0 else "supergroup"
        return {"message_id": -outbox_id, "date": self._clock.now() // 1000, "chat": {"id": chat, "type": kind}}


def _written(endpoint: str, data: Mapping[str, Any]) -> dict[str, str] | None:
    """A call as it goes over the wire; None for one with a file."""
    values = {_METHOD: endpoint}
    for name, value in data.items():
        parameter = RequestParameter.from_input(name, value)
        if parameter.input_files:
            return None
        if parameter.json_value is not None:
            values[name] = parameter.json_value
    return values


def names_unsent(data: Mapping[str, Any]) -> bool:
    """Whether a call is about a message that was held."""
    return _message_id(data) < 0


def _message_id(values: Mapping[str, Any]) -> int:
    """The message that a call is about, 0 for none."""
    return int(values.get("message_id") or 0)
