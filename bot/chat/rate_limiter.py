"""The rate limiter: calls of Telegram go out at once until it answers 429; its refusals are mended, held or raised.

Every call but getUpdates passes through `process_request`, whoever makes it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from math import inf
from typing import Any, Final

from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, TelegramError, TimedOut
from telegram.ext import BaseRateLimiter

from bot.aio.priority_queue import PriorityQueue, QueuedCall
from bot.chat.chat_gates import ChatGates
from bot.chat.errors import FloodWait
from bot.chat.held_calls import HeldCalls, Json, names_unsent
from bot.chat.refusals import (
    is_chat_refusal,
    is_nobody_there,
    is_too_old,
    is_topic_gone,
    is_unchanged,
    is_unparsable,
    without_format,
    without_topic,
)
from bot.chat.spacing import Spacing
from bot.domain.ids import ChatId
from bot.domain.ports.clock import Clock
from bot.domain.update_attempt import current_attempt

_log = logging.getLogger(__name__)

Chat = int | str | None


class SendPriority(IntEnum):
    """Who goes first once the rate is limited: `rate_limit_args` of PTB's methods."""

    ANSWER = 0  # presses and pre-checkouts: Telegram gives seconds
    URGENT = 1  # exits and alarms
    OUTBOX = 2
    REPLY = 3
    BROADCAST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramRateLimits:
    """What is kept to once floods were reported. `per_second` stays two below what Telegram names for a whole bot.

    What nobody waits for keeps to `bulk_per_second` always, with `bulk_at_once` before: there is room for answers and
    for what is urgent, however much of it there is.

    `chats` different chats that were refused within `window_s`, while none was served, may mean the bot as a whole:
    fewer are at limits of their own, for Telegram's for the whole bot is about 30 a second. When none was served for
    `window_s`, that is what it means: then a probe goes out every `probe_s`.
    """

    per_second: float = 28.0
    bulk_per_second: float = 25.0
    bulk_at_once: int = 5
    learned_for_s: float = 180.0
    chats: int = 25
    window_s: float = 10.0
    probe_s: float = 1.0
    reply_within_s: float = 2.0  # a reply waits so long at the learned pace, then it is held
    answer_within_s: float = 10.0  # so long an answer to a press or a pre-checkout is of use
    patience_s: float = 300.0  # what is no message to a chat waits so long in all, then its 429 is raised


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimiterStats:
    """`calls`: (class of method, outcome) -> how many, both of small closed sets. `waiting`: with those held.

    `sent` went out, each repetition too, and took `seconds` to their answers.
    """

    calls: Mapping[tuple[str, str], int]
    sent: int
    seconds: float
    floods: int
    waiting: int
    is_limited: bool


class TelegramRateLimiter(BaseRateLimiter[int]):
    """No limit of its own until a 429, but for what nobody waits for.

    That closes the gate of its chat: what is said there is held (bot/chat/held_calls.py), and the outbox sends it when
    the gate opens; the outbox itself gets the 429 at once. Many chats that are refused slow the whole bot down for a
    while, and while none is served at all, one call a second looks whether that is over.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        limits: TelegramRateLimits = TelegramRateLimits(),
        held: HeldCalls | None = None,
        unreachable: Callable[[ChatId], None] | None = None,
    ) -> None:
        """Without `held` a 429 is its caller's."""
        self._clock = clock
        self._limits = limits
        self._held = held
        self._unreachable = unreachable
        self._spacing = Spacing(limits.per_second)
        self._queue = PriorityQueue(
            clock=clock, shared_limit=self._spacing, priorities=len(SendPriority), too_long=_TooLongError
        )
        self._bulk = PriorityQueue(
            clock=clock, shared_limit=Spacing(limits.bulk_per_second, limits.bulk_at_once), priorities=len(_BULK)
        )
        self._limited_until = 0.0
        self._is_probing = False
        self._newest: Chat = None  # who wrote last while nobody is served: the next probe is theirs
        self._refused: dict[int | str, float] = {}  # chats since the last one that was served, and when
        self._refused_since = 0.0
        self.gates = ChatGates(clock)
        self._calls: Counter[tuple[str, str]] = Counter()
        self._sent = 0
        self._seconds = 0.0
        self._floods = 0

    async def initialize(self) -> None:
        """Called by PTB at its start; nothing has to be opened."""

    async def shutdown(self) -> None:
        """Called by PTB at its end; nothing has to be closed."""

    async def restore(self) -> None:
        """Take up the calls that the last process left waiting, each chat's gate with them. Raises StorageTrouble."""
        if self._held is not None:
            now = self._clock.now()
            for chat, until in (await self._held.restore()).items():
                self.gates.close(chat, max(0, until - now) / 1000)

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Json]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Json:
        """PTB's hook around every call. `rate_limit_args` is a `SendPriority`; replies and answers need none."""
        priority = _priority(endpoint, rate_limit_args)

        async def make(changed: dict[str, Any]) -> Json:
            began = self._clock.monotonic()
            try:
                return await callback(args[0], changed, **kwargs)
            finally:
                self._sent += 1
                self._seconds += self._clock.monotonic() - began

        outcome = _OTHER
        try:
            answer, outcome = await self._mended(make, endpoint, data, priority)
        except TelegramError as error:
            outcome = _outcome(error)
            if is_nobody_there(error) and isinstance(chat := _chat(data), int) and self._unreachable is not None:
                self._unreachable(ChatId(chat))
            if is_chat_refusal(error):
                raise Forbidden(error.message) from None  # whatever its status: nothing can be said there
            raise
        finally:
            self._calls[_method_class(endpoint), outcome] += 1
        return answer

    def stats(self) -> RateLimiterStats:
        return RateLimiterStats(
            calls=dict(self._calls),
            sent=self._sent,
            seconds=self._seconds,
            floods=self._floods,
            waiting=self._queue.waiting + self._bulk.waiting + (0 if self._held is None else len(self._held)),
            is_limited=self._is_limited(),
        )

    async def _mended(
        self, make: Callable[[dict[str, Any]], Awaitable[Json]], endpoint: str, data: dict[str, Any], priority: int
    ) -> tuple[Json, str]:
        """The call's result and outcome. Refusals that change nothing, or that can be mended, are no errors."""
        try:
            return await self._in_time(make, endpoint, data, priority), "ok"
        except ChatMigrated as moved:
            changed = {**data, "chat_id": moved.new_chat_id}
            _log.info("a group became a supergroup; its message goes to the new chat")
        except BadRequest as refusal:
            if endpoint == "answerCallbackQuery" and is_too_old(refusal):
                return True, "too_old"
            if endpoint.startswith("edit") and is_unchanged(refusal):
                return True, "unchanged"
            changed = _changed(endpoint, data, refusal)
        return await self._in_time(make, endpoint, changed, priority), "mended"

    async def _in_time(
        self, make: Callable[[dict[str, Any]], Awaitable[Json]], endpoint: str, data: dict[str, Any], priority: int
    ) -> Json:
        chat = _chat(data)
        if chat is None or not endpoint.startswith(_GATED):
            return await self._repeated(partial(make, data), priority)
        attempt = current_attempt.get()
        if attempt is not None:
            attempt.calls += 1
        if self._held is not None and names_unsent(data):
            data = await self._held.resolved(data)
        wait = self.gates.wait(chat)
        if priority in _OF_THE_OUTBOX:
            if wait > 0:
                raise FloodWait(wait)
            return await self._made(make, chat, data, priority)
        if not self._must_hold(chat, endpoint, data, wait):
            try:
                return await self._made(make, chat, data, priority)
            except FloodWait as flood:
                wait = flood.seconds
            except _TooLongError:
                wait = 0.0
        return await self._hold(chat, endpoint, data, wait)

    async def _made(
        self, make: Callable[[dict[str, Any]], Awaitable[Json]], chat: int | str, data: dict[str, Any], priority: int
    ) -> Json:
        """One call, at the learned pace. Raises FloodWait, and _TooLongError where the pace has no slot."""
        if priority in _BULK and not self._bulk.go():
            await self._bulk.wait(QueuedCall(priority=_BULK.index(priority), owner=chat))
        if self._is_probing and priority in _OF_THE_OUTBOX:
            self._take_probe(chat)
        elif self._is_limited() and not self._queue.go():
            await self._queue.wait(QueuedCall(priority=priority, owner=chat, patience_s=self._patience(priority)))
        self.gates.note_call(chat)
        try:
            answer = await make(data)
        except FloodWait as flood:
            self._learn(flood, chat)
            raise
        except BadRequest:
            self.gates.take_back(chat)
            raise
        if self._refused:
            self._note_served()
        return answer

    def _must_hold(self, chat: int | str, endpoint: str, data: Mapping[str, Any], wait: float) -> bool:
        """Nothing overtakes what waits of its chat, but a deletion, which can't wait and says nothing."""
        if endpoint == "deleteMessage" and not names_unsent(data):
            return False
        return wait > 0 or (self._held is not None and self._held.waits(chat))

    async def _hold(self, chat: int | str, endpoint: str, data: Mapping[str, Any], wait: float) -> Json:
        if self._is_probing and wait == 0:
            self._newest = chat
        answer = None if self._held is None else await self._held.hold(chat, endpoint, data, wait)
        if answer is None:
            raise FloodWait(wait)
        return answer

    async def _repeated(self, make: Callable[[], Awaitable[Json]], priority: int) -> Json:
        """A call that is no message to a chat: made again after a 429, as long as that is of use.

        What is tried again by who asked, of the outbox's priorities, gets its 429 at once.
        """
        limits = self._limits
        patience = limits.patience_s if current_attempt.get() is None else limits.reply_within_s
        give_up = self._clock.monotonic() + (limits.answer_within_s if priority == SendPriority.ANSWER else patience)
        while True:
            try:
                return await make()
            except FloodWait as flood:
                self._floods += 1
                if priority in _OF_THE_OUTBOX or self._clock.monotonic() + flood.seconds > give_up:
                    raise
                await asyncio.sleep(flood.seconds)

    def _take_probe(self, chat: int | str) -> None:
        """The outbox does not line up for a probe: people do. Raises FloodWait."""
        is_theirs = self._newest in (None, chat)
        if not is_theirs or not self._queue.go():
            raise FloodWait(self._limits.probe_s * (1 if self._newest == chat else _PROBES_BETWEEN))

    def _patience(self, priority: int) -> float:
        """Seconds that a message waits for its slot at the learned pace."""
        match priority:
            case SendPriority.URGENT | SendPriority.OUTBOX:
                return inf
            case SendPriority.BROADCAST:
                return self._limits.patience_s
            case _:
                return self._limits.reply_within_s

    def _learn(self, flood: FloodWait, chat: int | str) -> None:
        """Note a 429: its chat is left alone; where nobody is served any more, everybody waits for a probe."""
        limits, now = self._limits, self._clock.monotonic()
        self._floods += 1
        self.gates.close(chat, flood.seconds)
        if chat == self._newest:
            self._newest = None
        recent = {each: at for each, at in self._refused.items() if now - at <= limits.window_s}
        self._refused_since = self._refused_since if recent else now
        self._refused = recent | {chat: now}
        if len(self._refused) < limits.chats:
            return
        if not self._is_limited():
            _log.warning("Telegram limits the whole bot; %g calls a second for a while", limits.per_second)
        self._limited_until = now + limits.learned_for_s
        if not self._is_probing and now - self._refused_since >= limits.window_s:
            self._is_probing = True
            self._spacing.change(1 / limits.probe_s, now)

    def _note_served(self) -> None:
        """Telegram took a message: the refusals before it were those chats' own, or are over."""
        self._refused.clear()
        if self._is_probing:
            now = self._clock.monotonic()
            self._is_probing, self._newest = False, None
            self._limited_until = now + self._limits.learned_for_s
            self._spacing.change(self._limits.per_second, now)
            self._queue.look_again()

    def _is_limited(self) -> bool:
        return self._queue.waiting > 0 or self._clock.monotonic() < self._limited_until


class _TooLongError(Exception):
    """The next slot at the learned rate would come too late; its argument is how late, in seconds."""


_OF_THE_OUTBOX: Final = (SendPriority.URGENT, SendPriority.OUTBOX)
_BULK: Final = (SendPriority.OUTBOX, SendPriority.BROADCAST)
_PROBES_BETWEEN: Final = 3  # tries of a message of the outbox while the whole bot is refused
_GATED: Final = ("send", "edit", "delete", "pin", "unpin", "forward", "copy")  # what is done in a chat
_ANSWERS: Final = frozenset({"answerCallbackQuery", "answerPreCheckoutQuery", "answerShippingQuery"})
_OTHER: Final = "other"
OTHER_METHOD: Final = _OTHER
_ALWAYS: Final = ("ok", "flood", "timed_out", "refused", "network")
# Closed sets: these become label values. What a class is not expected to come to counts for the class `other`.
OUTCOMES_BY_METHOD: Final[Mapping[str, tuple[str, ...]]] = {
    "send": (*_ALWAYS, "mended", "unreachable"),
    "edit": (*_ALWAYS, "mended", "unreachable", "unchanged"),
    "answer": (*_ALWAYS, "too_old"),
    "delete": ("ok", "refused"),
    "get": ("ok",),
    "set": ("ok",),
    _OTHER: (*_ALWAYS, "mended", "unreachable", "unchanged", "too_old", _OTHER),
}


def _priority(endpoint: str, given: int | None) -> int:
    if endpoint in _ANSWERS:
        return SendPriority.ANSWER
    return SendPriority.REPLY if given is None else given


def _chat(data: Mapping[str, Any]) -> Chat:
    chat = data.get("chat_id")
    if isinstance(chat, str) and chat.lstrip("-").isdigit():
        return int(chat)
    return chat if isinstance(chat, int | str) else None


def _changed(endpoint: str, data: dict[str, Any], refusal: BadRequest) -> dict[str, Any]:
    """The call as Telegram may take it. Raises the refusal where it can't be mended."""
    changed = None
    if is_unparsable(refusal) and (changed := without_format(data)) is not None:
        _log.error("%s: Telegram can't parse the text, it goes out without format", endpoint)
    elif is_topic_gone(refusal) and (changed := without_topic(data)) is not None:
        _log.info("%s: the topic is closed or gone, it goes to the group itself", endpoint)
    if changed is None:
        raise refusal
    return changed


def _method_class(endpoint: str) -> str:
    return next((name for name in OUTCOMES_BY_METHOD if endpoint.startswith(name)), _OTHER)


def _outcome(error: TelegramError) -> str:
    match error:
        case FloodWait():
            return "flood"
        case TimedOut():
            return "timed_out"
        case _ if is_nobody_there(error):
            return "unreachable"
        case BadRequest():
            return "refused"
        case NetworkError():
            return "network"
        case _:
            return _OTHER
