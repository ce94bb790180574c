"""After a restore: what Telegram knows of Stars is only listed until whoever runs the bot has looked and accepted it.

Otherwise what was sold since the copy would look like charges for nothing, and would be sent back.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.domain.audit import AuditEntry
from bot.domain.ports.clock import Clock
from bot.domain.ports.restores import RestoreQueries
from bot.domain.ports.storage import Transactions

_logger = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class RestoreGate:
    """Whether charges are booked and refunded. `is_asked`: whether `perpdesk restore --accept` was said; `burn` it."""

    queries: RestoreQueries
    transactions: Transactions
    clock: Clock
    is_asked: Callable[[], Awaitable[bool]]
    burn: Callable[[], Awaitable[None]]
    _is_open: bool = field(default=False, init=False)

    async def closed_by(self) -> int | None:
        """The number of the restore that is to be accepted; None: there is none, nor will be while this process runs.

        Raises StorageTrouble.
        """
        if self._is_open:
            return None
        restore = await self.queries.open_restore()
        if restore is not None and await self.is_asked():
            now = self.clock.now()
            async with self.transactions.begin_aside() as unit:
                await unit.restores.accept(now)
                await unit.audit(AuditEntry(actor=None, action="payment.restore-accept", subject=None), now)
            await self.burn()
            _logger.warning("the restored copy was accepted: charges are booked and refunded again")
            restore = None
        self._is_open = restore is None
        return restore
