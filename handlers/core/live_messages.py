"""No silence: a screen stands at once with what is known and edits itself when Bybit answers.

Bringing a card up to date is a task of its own, so that the person's next message is not kept waiting.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, Final, TypeVar

from telegram import Bot
from telegram.error import TelegramError

from bot.aio.tasks import TaskSet
from bot.domain.errors import ExchangeDown, ExchangeError
from bot.services.screens import Dated, Shown
from handlers.core import delivery
from handlers.core.delivery import ChatTarget
from handlers.views.cards import Card

_logger = logging.getLogger(__name__)

T = TypeVar("T", bound=Dated)
V = TypeVar("V")

STILL_SILENT: Final = 8.0  # seconds until the card says that Bybit still does not answer
PATIENCE: Final = 0.7  # seconds that an answer may take before it is said that it is on its way
GIVE_UP: Final = 60.0  # seconds after which the card is left as it is
ORDER_CARD: Final = 30.0  # seconds: the prices of an order's card are not confirmed any more
TRADE: Final = 10.0  # seconds of edits of a trade; what comes later is a message of its own, which rings
LEFT: Final = 120.0  # seconds that a card of the last run is followed: by then what was unknown is settled


class LiveMessages:
    """Messages that wait for a fresh value: at most one task a message; what is drawn over it ends the wait."""

    def __init__(
        self,
        *,
        still_silent: float = STILL_SILENT,
        give_up: float = GIVE_UP,
        trade_s: float = TRADE,
        order_card_s: float = ORDER_CARD,
    ) -> None:
        """Times in seconds."""
        self._still_silent = still_silent
        self._give_up = give_up
        self.trade_s = trade_s
        self.order_card_s = order_card_s
        self._tasks = TaskSet()
        self._waits: dict[tuple[int, int], asyncio.Task[None]] = {}  # those that a message still belongs to
        self._alarms: dict[tuple[int, int], asyncio.TimerHandle] = {}

    def __len__(self) -> int:
        return len(self._waits)

    def follow(
        self, bot: Bot, target: ChatTarget, message_id: int, shown: Shown[T], draw: Callable[[Shown[T]], Card]
    ) -> None:
        """Redraw the message when `shown.later` ends, or to say that it does not."""
        if shown.later is None:
            return
        self.keep(target, message_id, self._wait(bot, target, message_id, shown, draw), "a live card")

    def begin(self, work: Coroutine[Any, Any, V], name: str) -> asyncio.Task[V]:
        """Work that a message will show, if need be later; its errors are for whoever awaits it."""
        return self._tasks.spawn(work, name, expected=Exception)

    def keep(self, target: ChatTarget, message_id: int, work: Coroutine[Any, Any, None], name: str) -> None:
        """Let `work` redraw the message until it ends, or another screen takes the message over."""
        self.leave(target.chat_id, message_id)
        key = (target.chat_id, message_id)
        task = self._waits[key] = self._tasks.spawn(work, name)
        task.add_done_callback(lambda done: self._forget(key, done))

    def later(
        self,
        target: ChatTarget,
        message_id: int,
        seconds: float,
        work: Callable[[], Coroutine[Any, Any, None]],
        name: str,
    ) -> None:
        """The same in so many seconds, unless another screen takes the message over before."""
        self.leave(target.chat_id, message_id)
        key = (target.chat_id, message_id)
        loop = asyncio.get_running_loop()
        self._alarms[key] = loop.call_later(max(0.0, seconds), self._begin, target, message_id, work, name)

    def leave(self, chat_id: int, message_id: int) -> None:
        """Another screen takes the message over."""
        task = self._waits.pop((chat_id, message_id), None)
        if task is not None:
            task.cancel()
        alarm = self._alarms.pop((chat_id, message_id), None)
        if alarm is not None:
            alarm.cancel()

    async def close(self) -> None:
        """Cancel every wait; the messages stay as they are."""
        for alarm in self._alarms.values():
            alarm.cancel()
        self._alarms.clear()
        await self._tasks.close()

    def _begin(
        self, target: ChatTarget, message_id: int, work: Callable[[], Coroutine[Any, Any, None]], name: str
    ) -> None:
        del self._alarms[target.chat_id, message_id]
        self.keep(target, message_id, work(), name)

    async def _wait(
        self, bot: Bot, target: ChatTarget, message_id: int, shown: Shown[T], draw: Callable[[Shown[T]], Card]
    ) -> None:
        later = shown.later
        if later is None:
            return
        done, _ = await asyncio.wait({later}, timeout=self._still_silent)
        if not done:
            silent = ExchangeDown("no answer yet")
            await self._redraw(bot, target, message_id, draw(replace(shown, later=None, trouble=silent)))
            done, _ = await asyncio.wait({later}, timeout=self._give_up)
        if done and not later.cancelled():
            await self._redraw(bot, target, message_id, draw(_outcome(shown, later)))

    async def _redraw(self, bot: Bot, target: ChatTarget, message_id: int, card: Card) -> None:
        try:
            if not await delivery.edit(bot, target, message_id, card):
                _logger.info("a live card is gone; nobody waits for it any more")
        except TelegramError as refusal:
            _logger.warning("a live card could not be brought up to date: %s", refusal.message)

    def _forget(self, key: tuple[int, int], task: asyncio.Task[Any]) -> None:
        if self._waits.get(key) is task:
            del self._waits[key]


def _outcome(shown: Shown[T], later: asyncio.Task[T]) -> Shown[T]:
    """What the read brought: the fresh value, or the old one with the reason."""
    error = later.exception()
    if error is None:
        return Shown(later.result())
    trouble = error if isinstance(error, ExchangeError) else ExchangeDown(type(error).__name__)
    return Shown(shown.value, trouble=trouble)
