"""Updates that came by webhook at the same time are stored in one commit; each request hears of its own."""

import asyncio
import logging
import re
from collections.abc import Sequence
from typing import Any, Final

import orjson

from bot.aio.tasks import TaskSet
from bot.chat.gaps import Gap
from bot.chat.poller import Intake
from bot.chat.updates import from_body
from bot.domain.errors import StorageTrouble
from bot.domain.update_attempt import UpdateId

_log = logging.getLogger(__name__)

_MOST: Final = 100  # updates a commit, as in a batch of getUpdates
_ID: Final = re.compile(rb'\s*\{\s*"update_id":\s*(\d{1,18})\b')
_Waiting = tuple[Any, bytes, "asyncio.Future[bool]"]


class WebhookBatches:
    """While one commit is under way, what comes waits for the next. `gap`: what comes in may be as old as that."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._waiting: list[_Waiting] = []
        self._is_storing = False
        self._tasks = TaskSet()
        self.gap: Gap | None = None
        self.trouble: str | None = None  # why nothing can be stored; None while it can
        self.taken = self.unreadable = 0

    async def take(self, body: bytes) -> bool:
        """Whether the update is stored, or can't ever be read: Telegram shall not send it again."""
        taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((_parsed(body), body, taken))
        if not self._is_storing:
            self._is_storing = True
            self._tasks.start(self._store_all(), "storing what a webhook brought")
        return await taken

    async def close(self) -> None:
        """Let what has come be stored."""
        await self._tasks.join()

    async def _store_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
                answers = await self._answers(batch)
                for (_, _, taken), answer in zip(batch, answers, strict=True):
                    if not taken.done():  # who asked may be gone
                        taken.set_result(answer)
        finally:
            self._is_storing = False

    async def _answers(self, batch: Sequence[_Waiting]) -> list[bool]:
        try:
            answers = await self._store(batch)
        except StorageTrouble as trouble:
            if self.trouble is None:
                _log.error("updates can't be stored and stay with Telegram: %s", trouble)
            self.trouble = f"updates can't be stored: {trouble}"
            return [False] * len(batch)
        self.trouble = None
        return answers

    async def _store(self, batch: Sequence[_Waiting]) -> list[bool]:
        """All in one commit; one by one where that fails by one of them. Raises StorageTrouble."""
        updates = [raw for raw, _, _ in batch]
        if None not in updates:
            try:
                await self._intake.accept(updates, self.gap)
            except StorageTrouble:
                raise
            except Exception as error:  # noqa: BLE001  whatever an update may do to those who read it; it is set aside
                _log.error("an update that came by webhook can't be taken in", exc_info=error)
            else:
                self.taken += len(batch)
                return [True] * len(batch)
        if len(batch) > 1:
            return [answer for each in batch for answer in await self._store([each])]
        await self._set_aside(batch[0][1])
        return [True]

    async def _set_aside(self, body: bytes) -> None:
        """One that can't be read; its id stays, if it has one. Raises StorageTrouble."""
        self.unreadable += 1
        found = _ID.match(body)
        if found is None:
            _log.error("what came by webhook is no update: %d bytes", len(body))
            return
        await self._intake.set_aside(UpdateId(int(found[1])))
        _log.error("update %s can't be taken in and is set aside", found[1].decode())


def _parsed(body: bytes) -> object:
    """What the body says; None if it can't be read."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:  # stricter than Telegram: lone surrogates, for one
        pass
    try:
        return from_body(body)
    except (ValueError, RecursionError):
        return None
