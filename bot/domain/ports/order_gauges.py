"""Where the orders of all accounts are counted."""

from typing import Protocol

from bot.domain.order_gauges import OrderGauges


class OrderGaugeQueries(Protocol):
    """Counts rows by partial indexes: what it costs grows with what is open alone. Raises StorageTrouble."""

    async def order_gauges(self) -> OrderGauges: ...
