"""signals: what channels, webhooks and people sent, each message once."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.ids import Millis, Symbol
from bot.domain.portfolio import Side
from storage.sqlite.codecs import Row, optional_decimal, optional_decimal_text, storable
from storage.sqlite.writer import Transaction

RECENT_LIMIT: Final = 10

INSERT_SIGNAL: Final = """
    INSERT INTO signals (source, source_id, raw_message, ts, tf, side, symbol, price)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, source_id) DO NOTHING RETURNING id
"""
SELECT_RECENT: Final = """
    SELECT source, source_id, ts, tf, side, symbol, price
      FROM signals WHERE symbol = ? ORDER BY ts DESC LIMIT ?
"""

_SIDES: Final = {each.value: each for each in Side}
_MESSAGE_LIMIT: Final = 4096  # Telegram's longest text


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One message that asks for a trade. `source` and `source_id` name it: `channel:-1001234` and its message id."""

    source: str
    source_id: str
    ts: Millis
    timeframe: str | None
    side: Side
    symbol: Symbol
    price: Decimal | None  # None: at the market


def signal_of(row: Row) -> Signal:
    """A row of SELECT_RECENT."""
    return Signal(
        source=row[0],
        source_id=row[1],
        ts=row[2],
        timeframe=row[3],
        side=_SIDES[row[4]],
        symbol=row[5],
        price=optional_decimal(row[6]),
    )


class SqliteSignals:
    """The signals, inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, signal: Signal, raw_message: str) -> bool:
        """Store a signal and the words it was read from; False if this message of this source is known."""
        row = (
            signal.source,
            signal.source_id,
            storable(raw_message, limit=_MESSAGE_LIMIT),
            signal.ts,
            signal.timeframe,
            signal.side.value,
            signal.symbol,
            optional_decimal_text(signal.price),
        )
        return bool(await self._transaction.fetch(INSERT_SIGNAL, row))
