"""Fills, closed trades and funding as lines of CSV files, for tax returns and spreadsheets.

RFC 4180 with one header line that names the unit of each column; moments in UTC (ISO 8601); amounts digit by digit as
they are stored. A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV
Injection"); numbers of ours are numbers and stay as they are.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from bot.domain.numbers import plain
from bot.domain.statistics import WIDE
from bot.domain.symbol_names import base_of, quote_of
from bot.domain.trades import FUNDING

Cells = tuple[str, ...]
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class ExportFile(StrEnum):
    """The files of an export; the value is the name's beginning."""

    FILLS = "fills"
    CLOSED = "closed-trades"
    FUNDING = "funding"


FILL_COLUMNS: Final[Cells] = (
    "time_utc",
    "account",
    "practice_run",
    "category",
    "symbol",
    "side",
    "kind",
    "price_in_quote_coin",
    "quantity_in_base_coin",
    "value_in_quote_coin",
    "fee_paid",
    "fee_coin",
    "is_maker",
    "closed_quantity_in_base_coin",
    "price_on_card_in_quote_coin",
    "base_coin",
    "quote_coin",
    "execution_id",
    "order_id",
    "order_link_id",
)
CLOSED_COLUMNS: Final[Cells] = (
    "closed_at_utc",
    "opened_at_utc",
    "account",
    "practice_run",
    "category",
    "symbol",
    "position_side",
    "position_idx",
    "quantity_in_base_coin",
    "entry_value_in_quote_coin",
    "exit_value_in_quote_coin",
    "fee_to_open_paid",
    "fee_to_close_paid",
    "fee_coin",
    "funding_paid_in_quote_coin",
    "pnl_after_fees_and_funding_in_quote_coin",
    "slippage_in_quote_coin",
    "exit_reason",
    "base_coin",
    "quote_coin",
    "order_id",
    "order_link_id",
)
FUNDING_COLUMNS: Final[Cells] = (
    "time_utc",
    "account",
    "practice_run",
    "category",
    "symbol",
    "side",
    "quantity_in_base_coin",
    "mark_price_in_quote_coin",
    "funding_paid",
    "coin",
    "quote_coin",
    "execution_id",
)
COLUMNS: Final = {
    ExportFile.FILLS: FILL_COLUMNS,
    ExportFile.CLOSED: CLOSED_COLUMNS,
    ExportFile.FUNDING: FUNDING_COLUMNS,
}


def cell(text: Any) -> str:
    """A value of a row as a cell; None is empty."""
    found = "" if text is None else str(text)
    return f"'{found}" if found.startswith(_FORMULA) and not _NUMBER.fullmatch(found) else found


def moment(ts: int) -> str:
    """2026-03-01T12:00:05.250Z; the milliseconds themselves for a moment that no calendar has."""
    try:
        return datetime.fromtimestamp(ts / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ts % 1000:03}Z"
    except (ValueError, OverflowError, OSError):
        return str(ts)


def fill_cells(row: tuple[Any, ...], account: str) -> tuple[ExportFile, Cells]:
    """A row of trade_logs, as storage/statistics/fills.py reads it: a fill, or a funding."""
    (
        ts,
        _,
        category,
        symbol,
        side,
        kind,
        price,
        size,
        value,
        fee,
        coin,
        maker,
        closed,
        exec_id,
        order,
        link,
        touch,
        run,
    ) = row
    head = (moment(ts), account, cell(run), cell(category), cell(symbol), cell(side))
    quote = quote_of(symbol)
    if kind == FUNDING:
        paid = (cell(size), cell(price), cell(fee), cell(coin), quote, cell(exec_id))
        return ExportFile.FUNDING, (*head, *paid)
    amounts = (price, size, value, fee, coin, int(maker), closed, touch)
    ids = (exec_id, order, link)
    return ExportFile.FILLS, (*head, cell(kind), *map(cell, amounts), base_of(symbol), quote, *map(cell, ids))


def closed_cells(row: tuple[Any, ...], account: str) -> Cells:
    """A row of closed_trades, as storage/statistics/closes.py reads it."""
    ts, order, idx, symbol, side, qty, entry, exits, open_fee, close_fee, coin, funding, slip, why, opened = row[:15]
    category, link, run = row[15:]
    amounts = (
        qty,
        entry,
        exits,
        open_fee,
        close_fee,
        coin,
        funding,
        _net(side, entry, exits, open_fee, close_fee, funding),
    )
    return (
        *(moment(ts), moment(opened), account, cell(run), cell(category), cell(symbol), cell(side), cell(idx)),
        *map(cell, amounts),
        *(cell(slip), cell(why), base_of(symbol), quote_of(symbol), cell(order), cell(link)),
    )


def _net(side: str, entry: str, exits: str, *costs: str) -> str:
    """What it brought after all costs, exactly."""
    gained = WIDE.subtract(Decimal(exits), Decimal(entry))
    net = gained if side == "Buy" else WIDE.minus(gained)
    for each in costs:
        net = WIDE.subtract(net, Decimal(each))
    return plain(net)
