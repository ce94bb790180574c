"""Price alerts as people set, see and delete them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.alert_words import AlertLevel
from bot.domain.errors import BadInput
from bot.domain.ids import UserId
from bot.domain.market import Instrument, MarketKey
from bot.domain.ports.alerts import PriceAlertQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import MarketData
from bot.domain.ports.storage import Transactions
from bot.domain.price_alerts import MOST_ALERTS, PriceAlert
from bot.services.instruments import InstrumentReader
from bot.services.market.price_watch import PriceWatch


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertQuote:
    """A symbol, its last price of now, and its rules, where they are known."""

    market: MarketKey
    price: Decimal
    instrument: Instrument | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertService:
    """The use cases of price alerts. `market`: past the cache, whose prices are seconds old.

    `watch` is told after each commit.
    """

    queries: PriceAlertQueries
    transactions: Transactions
    watch: PriceWatch
    market: MarketData
    instruments: InstrumentReader
    clock: Clock

    async def alerts(self, user_id: UserId) -> tuple[PriceAlert, ...]:
        """A person's, by symbol and price."""
        return await self.queries.alerts_of(user_id)

    async def quote(self, market: MarketKey) -> AlertQuote:
        """The last price of now and the rules of the symbol, past the cache. Raises ExchangeErrors."""
        found = await self.instruments.beside(self.market.ticker(market.category, market.symbol), market.category)
        return AlertQuote(
            market=market, price=found.value.last_price, instrument=found.instrument(market.category, market.symbol)
        )

    async def set(self, user_id: UserId, quote: AlertQuote, level: AlertLevel) -> PriceAlert | None:
        """The alert; None where the same stands already. Raises BadInput: alert-reached, alert-limit."""
        market, side, price = quote.market, level.side, level.price
        if side.is_reached(price, quote.price):
            raise BadInput("alert-reached", symbol=market.symbol, side=side.value, price=price, now=quote.price)
        async with self.transactions.begin() as unit:
            if await unit.price_alerts.count(user_id) >= MOST_ALERTS:
                raise BadInput("alert-limit", most=MOST_ALERTS)
            alert = await unit.price_alerts.add(user_id, market, side, price, quote.price, self.clock.now())
        if alert is not None:
            self.watch.add(alert)
        return alert

    async def delete(self, user_id: UserId, alert_id: int) -> PriceAlert | None:
        """The deleted alert; None where that person has no such alert any more."""
        async with self.transactions.begin() as unit:
            alert = await unit.price_alerts.remove(user_id, alert_id)
        if alert is not None:
            self.watch.remove(alert)
        return alert

    async def delete_all(self, user_id: UserId) -> Sequence[PriceAlert]:
        """Every alert of a person; those that were deleted."""
        async with self.transactions.begin() as unit:
            alerts = await unit.price_alerts.remove_all(user_id)
        for alert in alerts:
            self.watch.remove(alert)
        return alerts
