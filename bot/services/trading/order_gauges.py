"""What the metrics of orders show: read every few seconds, so that a scrape waits for no disk."""

from dataclasses import dataclass, field, replace

from bot.domain.order_gauges import OrderGauges
from bot.domain.ports.order_gauges import OrderGaugeQueries


@dataclass(slots=True, kw_only=True)
class OrderGaugeReader:
    """Keeps the newest counts."""

    queries: OrderGaugeQueries
    newest: OrderGauges = field(default_factory=OrderGauges, init=False)
    _emergency_rows: int | None = field(default=None, init=False)

    async def read(self) -> None:
        """Count anew. Raises StorageTrouble, and what was known stays."""
        found = await self.queries.order_gauges()
        # A counter must not fall when somebody's rows are erased; what was there at the start is counted as well.
        known = 0 if self._emergency_rows is None else self._emergency_rows
        emergency = self.newest.emergency + max(0, found.emergency - known)
        self._emergency_rows = found.emergency
        self.newest = replace(found, emergency=emergency)
