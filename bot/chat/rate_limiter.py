"""How fast the bot speaks: at once, until Telegram says otherwise; and what its refusals come to.

PTB passes every call but getUpdates through here, whoever makes it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import Any, Final

from telegram.error import BadRequest, ChatMigrated, NetworkError, TelegramError, TimedOut
from telegram.ext import BaseRateLimiter

from bot.aio.priority_queue import PriorityQueue, QueuedCall
from bot.chat.errors import FloodWait
from bot.chat.refusals import is_nobody_there, is_too_old, is_unchanged, is_unparsable, without_format
from bot.chat.spacing import Spacing
from bot.domain.ids import ChatId
from bot.domain.ports.clock import Clock

_log = logging.getLogger(__name__)

Json = bool | dict[str, Any] | list[dict[str, Any]]
Chat = int | str | None


class SendPriority(IntEnum):
    """Who goes first once the rate is limited: `rate_limit_args` of PTB's methods."""

    ANSWER = 0  # presses and pre-checkouts: Telegram gives seconds
    OUTBOX = 1
    REPLY = 2
    BROADCAST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramRateLimits:
    """What is kept to once floods were reported. `per_second` stays two below what Telegram names for a whole bot.

    Floods of `chats` different chats within `window_s` mean the bot as a whole, fewer mean those chats.
    """

    per_second: float = 28.0
    learned_for_s: float = 180.0
    chats: int = 3
    window_s: float = 10.0
    patience_s: float = 300.0  # a reply waits so long in all, then its RetryAfter is raised


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimiterStats:
    """`calls`: (class of method, outcome) -> how many, both of small closed sets."""

    calls: Mapping[tuple[str, str], int]
    floods: int
    waiting: int
    is_limited: bool


@dataclass(slots=True)
class _Gate:
    """A chat that Telegram wants left alone until a moment; who must write there lines up."""

    until: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class TelegramRateLimiter(BaseRateLimiter[int]):
    """No limit of its own until a 429. That is obeyed for its chat; several of them slow the whole bot for a while."""

    def __init__(
        self,
        clock: Clock,
        *,
        limits: TelegramRateLimits = TelegramRateLimits(),
        unreachable: Callable[[ChatId], None] | None = None,
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._unreachable = unreachable
        self._spacing = Spacing(limits.per_second)
        self._queue = PriorityQueue(clock=clock, shared_limit=self._spacing, priorities=len(SendPriority))
        self._limited_until = 0.0
        self._gates: dict[int | str, _Gate] = {}
        self._recent: dict[Chat, float] = {}  # chats and when they were last flooded
        self._calls: Counter[tuple[str, str]] = Counter()
        self._floods = 0

    async def initialize(self) -> None:
        """Called by PTB at its start; nothing has to be opened."""

    async def shutdown(self) -> None:
        """Called by PTB at its end; nothing has to be closed."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Json]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Json:
        """PTB's hook around every call. `rate_limit_args` is a `Priority`; replies and answers need none."""
        priority = _priority(endpoint, rate_limit_args)

        def make(changed: dict[str, Any]) -> Awaitable[Json]:
            return callback(args[0], changed, **kwargs)

        outcome = "other"
        try:
            answer, outcome = await self._mended(make, endpoint, data, priority)
        except TelegramError as error:
            outcome = _outcome(error)
            if is_nobody_there(error) and isinstance(chat := _chat(data), int) and self._unreachable is not None:
                self._unreachable(ChatId(chat))
            raise
        finally:
            self._calls[_method_class(endpoint), outcome] += 1
        return answer

    def stats(self) -> RateLimiterStats:
        return RateLimiterStats(
            calls=dict(self._calls),
            floods=self._floods,
            waiting=self._queue.waiting + sum(gate.users for gate in self._gates.values()),
            is_limited=self._is_limited(),
        )

    async def _mended(
        self, make: Callable[[dict[str, Any]], Awaitable[Json]], endpoint: str, data: dict[str, Any], priority: int
    ) -> tuple[Json, str]:
        """The call's result and outcome. Refusals that change nothing, or that can be mended, are no errors."""
        try:
            return await self._with_retries(partial(make, data), _chat(data), priority), "ok"
        except ChatMigrated as moved:
            changed = {**data, "chat_id": moved.new_chat_id}
            _log.info("a group became a supergroup; its message goes to the new chat")
        except BadRequest as refusal:
            if endpoint == "answerCallbackQuery" and is_too_old(refusal):
                return True, "too_old"
            if endpoint.startswith("edit") and is_unchanged(refusal):
                return True, "unchanged"
            plain = without_format(data) if is_unparsable(refusal) else None
            if plain is None:
                raise
            changed = plain
            _log.error("%s: Telegram can't parse the text, it goes out without format", endpoint)
        return await self._with_retries(partial(make, changed), _chat(changed), priority), "mended"

    async def _with_retries(self, make: Callable[[], Awaitable[Json]], chat: Chat, priority: int) -> Json:
        """The call, made again after each 429 when Telegram allows it. Durable senders get the 429 themselves."""
        give_up = self._clock.monotonic() + self._limits.patience_s
        gate = self._gates.get(chat) if chat is not None else None
        if gate is None:
            try:
                return await self._throttled(make, chat, priority)
            except FloodWait as flood:
                gate = self._learn(flood, chat)
                self._raise_if_durable(flood, priority, give_up)
        gate.users += 1
        try:
            async with gate.lock:
                return await self._retried(make, chat, priority, gate, give_up)
        finally:
            gate.users -= 1
            if not gate.users and chat is not None and gate.until <= self._clock.monotonic():
                self._gates.pop(chat, None)

    async def _retried(
        self, make: Callable[[], Awaitable[Json]], chat: Chat, priority: int, gate: _Gate, give_up: float
    ) -> Json:
        while True:
            await asyncio.sleep(max(0.0, gate.until - self._clock.monotonic()))
            try:
                return await self._throttled(make, chat, priority)
            except FloodWait as flood:
                self._learn(flood, chat)
                gate.until = self._clock.monotonic() + flood.seconds
                self._raise_if_durable(flood, priority, give_up)

    async def _throttled(self, make: Callable[[], Awaitable[Json]], chat: Chat, priority: int) -> Json:
        if chat is not None and self._is_limited() and not self._queue.go():
            await self._queue.wait(QueuedCall(priority=priority, owner=chat))
        return await make()

    def _learn(self, flood: FloodWait, chat: Chat) -> _Gate:
        """Note a 429: its chat waits; where several chats are hit, all do."""
        now = self._clock.monotonic()
        self._floods += 1
        self._recent.pop(chat, None)
        self._recent[chat] = now
        while now - next(iter(self._recent.values())) > self._limits.window_s:
            del self._recent[next(iter(self._recent))]
        if len(self._recent) >= self._limits.chats:
            if not self._is_limited():
                _log.warning("Telegram limits the whole bot; %g calls a second for a while", self._limits.per_second)
            self._limited_until = now + self._limits.learned_for_s
            self._spacing.hold(now + flood.seconds)
        if len(self._gates) >= _MANY_GATES:
            self._gates = {key: gate for key, gate in self._gates.items() if gate.users or gate.until > now}
        gate = _Gate(until=now + flood.seconds)
        return gate if chat is None else self._gates.setdefault(chat, gate)

    def _raise_if_durable(self, flood: FloodWait, priority: int, give_up: float) -> None:
        if priority == SendPriority.OUTBOX or self._clock.monotonic() + flood.seconds > give_up:
            raise flood

    def _is_limited(self) -> bool:
        return self._queue.waiting > 0 or self._clock.monotonic() < self._limited_until


_MANY_GATES: Final = 500  # then those that nobody waits at any more are swept
_ANSWERS: Final = frozenset({"answerCallbackQuery", "answerPreCheckoutQuery", "answerShippingQuery"})
_CLASSES: Final = ("send", "edit", "answer", "delete", "get", "set")


def _priority(endpoint: str, given: int | None) -> int:
    if endpoint in _ANSWERS:
        return SendPriority.ANSWER
    return SendPriority.REPLY if given is None else given


def _chat(data: Mapping[str, Any]) -> Chat:
    chat = data.get("chat_id")
    if isinstance(chat, str) and chat.lstrip("-").isdigit():
        return int(chat)
    return chat if isinstance(chat, int | str) else None


def _method_class(endpoint: str) -> str:
    return next((name for name in _CLASSES if endpoint.startswith(name)), "other")


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
            return "other"
