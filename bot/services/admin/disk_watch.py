"""A full disk: the room that was kept is given up, entries wait, operators are told; all of it ends by itself."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from bot.domain.chat import OutboxPayload, outbox_message
from bot.domain.disk import DiskFullMessage, DiskRoomMessage
from bot.domain.errors import StorageTrouble
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock
from bot.domain.ports.disk import DiskSpace
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions
from bot.domain.users import Role
from bot.services.users.access import RoleResolver

_TOLD: Final = (Role.OWNER, Role.ADMIN)
_MB: Final = 1024 * 1024
_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class DiskWatch:
    """Looks how full the disk is. Nothing that the disk refuses is lost: it was not acknowledged."""

    space: DiskSpace
    reads: Reads
    roles: RoleResolver
    transactions: Transactions
    checkpoint: Callable[[], Awaitable[None]]  # of the write-ahead log, whose room is then used anew
    clock: Clock
    _full_since: Millis | None = field(default=None, init=False)
    _untold: OutboxPayload | None = field(default=None, init=False)

    async def look(self) -> None:
        """Keep room, give it up on a full disk, keep it again. Raises StorageTrouble where the disk does not answer."""
        free = await self.space.free()
        if free < self.space.low:
            self.space.note_full()
        if not self.space.is_full:
            await self.space.keep()
        elif free >= self.space.enough and await self.space.keep():
            self._end()
        if self.space.is_full:
            await self.space.give_up()
            self._begin(free)
            with suppress(StorageTrouble):  # what is left lasts without it, too
                await self.checkpoint()
        await self._tell()

    def _begin(self, free: int) -> None:
        if self._full_since is None:
            self._full_since = self.clock.now()
            self._untold = DiskFullMessage(free_mb=free // _MB)
            _logger.error("the disk of the database is full, %d MB are left: entries wait", free // _MB)

    def _end(self) -> None:
        if self._full_since is not None:
            was_told = not isinstance(self._untold, DiskFullMessage)
            self._full_since, self._untold = None, DiskRoomMessage() if was_told else None
            _logger.warning("the disk of the database has room again: entries are taken")

    async def _tell(self) -> None:
        """Once each time, as soon as the disk takes it."""
        if self._untold is None:
            return
        payload, now = self._untold, self.clock.now()
        try:
            people = self.roles.everybody(await self.reads.staff())
            async with self.transactions.begin_aside() as unit:
                for user_id in sorted(each for each, role in people.items() if role in _TOLD):
                    key = f"{payload.KIND}:{now}:{user_id}"
                    await unit.enqueue(outbox_message(payload, user_id=user_id, idempotency_key=key), now)
        except StorageTrouble:
            return  # the disk takes nothing at all: next time
        self._untold = None
