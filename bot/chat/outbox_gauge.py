"""How much of the outbox is due and not sent, counted in the table: a sender that stands still would not tell."""

from bot.domain.chat import OverdueMessages
from bot.domain.ports.chat import OutboxCounts
from bot.domain.ports.clock import Clock


class OutboxGauge:
    """Keeps the newest count, so that a scrape waits for no disk."""

    def __init__(self, counts: OutboxCounts, clock: Clock) -> None:
        self._counts = counts
        self._clock = clock
        self._newest = OverdueMessages(count=0, since=None)

    async def read(self) -> None:
        """Count anew. Raises StorageTrouble, and what was known stays and grows older."""
        self._newest = await self._counts.overdue(self._clock.now())

    @property
    def due(self) -> int:
        return self._newest.count

    @property
    def oldest_s(self) -> float:
        """Seconds for which the oldest of them has been due; 0 without one."""
        since = self._newest.since
        return 0.0 if since is None else max(0, self._clock.now() - since) / 1000
