"""Price alerts: their writes inside a unit of work, and reads of them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

from bot.domain.ids import Millis, UserId
from bot.domain.market import MarketKey
from bot.domain.price_alerts import AlertSide, PriceAlert


class PriceAlertRecords(Protocol):
    """The tables price_alerts and alert_watch inside a unit of work."""

    async def add(
        self, user_id: UserId, market: MarketKey, side: AlertSide, price: Decimal, set_price: Decimal, now: Millis
    ) -> PriceAlert | None:
        """The alert; None: that person has one at the same price and from the same side."""
        ...

    async def count(self, user_id: UserId) -> int: ...
    async def take(self, alert_id: int) -> PriceAlert | None:
        """Out of the table, to be told of. None: it was told of, or deleted, or its person is banned."""
        ...

    async def remove(self, user_id: UserId, alert_id: int) -> PriceAlert | None:
        """None where that person has no such alert any more."""
        ...

    async def remove_all(self, user_id: UserId) -> Sequence[PriceAlert]: ...
    async def note_followed(self, until: Millis) -> None:
        """Up to that moment no price was missed."""
        ...


class PriceAlertQueries(Protocol):
    """Reads of price alerts. Raises StorageTrouble."""

    async def alerts_of(self, user_id: UserId) -> tuple[PriceAlert, ...]:
        """A person's, by symbol and price."""
        ...

    async def all_alerts(self) -> Sequence[PriceAlert]: ...
    async def followed_to(self) -> Millis | None:
        """Until when no price was missed; None: nothing was ever followed."""
        ...
