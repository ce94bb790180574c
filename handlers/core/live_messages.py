"""No silence: a screen stands at once with what is known and edits itself when Bybit answers.

Bringing a card up to date is a task of its own, so that the person's next message is not kept waiting.
"""

import asyncio
import logging
from collections.abc import Callable
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

STILL_SILENT: Final = 8.0  # seconds until the card says that Bybit still does not answer
GIVE_UP: Final = 60.0  # seconds after which the card is left as it is


class LiveMessages:
    """Messages that wait for a fresh value: at most one task a message; what is drawn over it ends the wait."""

    def __init__(self, *, still_silent: float = STILL_SILENT, give_up: float = GIVE_UP) -> None:
        """Times in seconds."""
        self._still_silent = still_silent
        self._give_up = give_up
        self._tasks = TaskSet()
        self._waits: dict[tuple[int, int], asyncio.Task[None]] = {}  # those that a message still belongs to

    def __len__(self) -> int:
        return len(self._waits)

    def follow(
        self, bot: Bot, target: ChatTarget, message_id: int, shown: Shown[T], draw: Callable[[Shown[T]], Card]
    ) -> None:
        """Redraw the message when `shown.later` ends, or to say that it does not."""
        if shown.later is None:
            return
        self.leave(target.chat_id, message_id)
        key = (target.chat_id, message_id)
        task = self._waits[key] = self._tasks.spawn(self._wait(bot, target, message_id, shown, draw), "a live card")
        task.add_done_callback(lambda done: self._forget(key, done))

    def leave(self, chat_id: int, message_id: int) -> None:
        """Another screen takes the message over."""
        task = self._waits.pop((chat_id, message_id), None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """Cancel every wait; the messages stay as they are."""
        await self._tasks.close()

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
