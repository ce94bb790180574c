"""price_alerts and alert_watch: prices that people wait for, and until when prices were followed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis, Symbol, UserId
from bot.domain.interning import intern_decimal, intern_text
from bot.domain.market import Category, MarketKey
from bot.domain.price_alerts import AlertSide, PriceAlert
from storage.sqlite.codecs import Row, written_text
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction

INSERT_ALERT: Final = """
    INSERT INTO price_alerts (user_id, category, symbol, side, price, set_price, created_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id, category, symbol, side, price) DO NOTHING
    RETURNING alert_id, user_id, category, symbol, side, price, set_price, created_ts
"""
COUNT_ALERTS: Final = "SELECT count(*) FROM price_alerts WHERE user_id = ?"
TAKE_ALERT: Final = """
    DELETE FROM price_alerts WHERE alert_id = ?
    RETURNING alert_id, user_id, category, symbol, side, price, set_price, created_ts,
              (SELECT u.is_banned FROM users AS u WHERE u.user_id = price_alerts.user_id)
"""
DELETE_ALERT: Final = """
    DELETE FROM price_alerts WHERE alert_id = ? AND user_id = ?
    RETURNING alert_id, user_id, category, symbol, side, price, set_price, created_ts
"""
DELETE_ALERTS: Final = """
    DELETE FROM price_alerts WHERE user_id = ?
    RETURNING alert_id, user_id, category, symbol, side, price, set_price, created_ts
"""
SELECT_ALERTS: Final = """
    SELECT alert_id, user_id, category, symbol, side, price, set_price, created_ts FROM price_alerts WHERE user_id = ?
"""
SELECT_EVERY_ALERT: Final = """
    SELECT alert_id, user_id, category, symbol, side, price, set_price, created_ts FROM price_alerts
"""
UPSERT_FOLLOWED: Final = """
    INSERT INTO alert_watch (id, followed_ts) VALUES (1, ?)
    ON CONFLICT (id) DO UPDATE SET followed_ts = excluded.followed_ts
"""
SELECT_FOLLOWED: Final = "SELECT followed_ts FROM alert_watch WHERE id = 1"


def alert_of(row: Row) -> PriceAlert:
    """A row of SELECT_ALERTS and its like."""
    alert_id, user_id, category, symbol, side, price, set_price, created_ts = row
    return PriceAlert(
        alert_id=alert_id,
        user_id=user_id,
        market=MarketKey(Category(category), Symbol(intern_text(symbol))),
        side=AlertSide(side),
        price=intern_decimal(price),
        set_price=intern_decimal(set_price),
        created_ts=created_ts,
    )


class SqlitePriceAlerts:
    """Implements `bot.domain.ports.alerts.PriceAlertRecords` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(
        self, user_id: UserId, market: MarketKey, side: AlertSide, price: Decimal, set_price: Decimal, now: Millis
    ) -> PriceAlert | None:
        values = (user_id, market.category.value, market.symbol, side.value)
        return await self._one(INSERT_ALERT, (*values, written_text(price), written_text(set_price), now))

    async def count(self, user_id: UserId) -> int:
        rows = await self._transaction.fetch(COUNT_ALERTS, (user_id,))
        return int(rows[0][0])

    async def take(self, alert_id: int) -> PriceAlert | None:
        rows = await self._transaction.fetch(TAKE_ALERT, (alert_id,))
        return alert_of(rows[0][:-1]) if rows and not rows[0][-1] else None

    async def remove(self, user_id: UserId, alert_id: int) -> PriceAlert | None:
        return await self._one(DELETE_ALERT, (alert_id, user_id))

    async def remove_all(self, user_id: UserId) -> Sequence[PriceAlert]:
        return tuple(map(alert_of, await self._transaction.fetch(DELETE_ALERTS, (user_id,))))

    async def note_followed(self, until: Millis) -> None:
        await self._transaction.fetch(UPSERT_FOLLOWED, (until,))

    async def _one(self, statement: str, values: Sequence[object]) -> PriceAlert | None:
        rows = await self._transaction.fetch(statement, values)
        return alert_of(rows[0]) if rows else None


class SqlitePriceAlertQueries:
    """Implements `bot.domain.ports.alerts.PriceAlertQueries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def alerts_of(self, user_id: UserId) -> tuple[PriceAlert, ...]:
        found = map(alert_of, await self._database.fetch(SELECT_ALERTS, (user_id,)))
        return tuple(sorted(found, key=lambda each: (each.market, -each.price)))

    async def all_alerts(self) -> Sequence[PriceAlert]:
        return tuple(map(alert_of, await self._database.fetch(SELECT_EVERY_ALERT, ())))

    async def followed_to(self) -> Millis | None:
        rows = await self._database.fetch(SELECT_FOLLOWED, ())
        return Millis(rows[0][0]) if rows else None
