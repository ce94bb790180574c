"""Fills, closed trades and funding as lines of CSV files, for tax returns and spreadsheets.

RFC 4180 with one header line that names the unit of each column; moments in UTC (ISO 8601); amounts digit by digit as
they are stored. A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV
Injection"); numbers of ours are numbers and stay as they are.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from bot.domain.numbers import plain
from bot.domain.statistics import WIDE
from bot.domain.symbol_names import base_of, quote_of
from bot.domain.trades import FUNDING

Cells = tuple[str, ...]
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_FORMULA: Final = frozenset("=+-@\t\r\n")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
    found = text if type(text) is str else "" if text is None else str(text)
    return f"'{found}" if found[:1] in _FORMULA and not _NUMBER.fullmatch(found) else found


def moment(ts: int) -> str:
    """2026-03-01T12:00:05.250Z; the milliseconds themselves for a moment that no calendar has."""
    try:
        return (_EPOCH + timedelta(milliseconds=ts)).isoformat(timespec="milliseconds")[:-6] + "Z"
    except OverflowError:
        return str(ts)


def fill_cells(row: tuple[Any, ...], account: str, run: str) -> tuple[ExportFile, Cells]:
    """A row of trade_logs, as storage/statistics/fills.py reads it: a fill, or a funding.

    `run`: of practice, where no reset was before it.
    """
    ts, _, later_run, *rest = row
    symbol, kind, exec_id = rest[1], rest[3], rest[12]
    head = (moment(ts), account, cell(later_run or run))
    coins = _coins(symbol)
    if kind != FUNDING:
        return ExportFile.FILLS, (*head, *map(cell, rest[:12]), *coins, *map(cell, rest[12:]))
    category, _, side, _, price, size, _, paid, coin = rest[:9]
    amounts = (category, symbol, side, size, price, paid, coin)
    return ExportFile.FUNDING, (*head, *map(cell, amounts), coins[1], cell(exec_id))


def closed_cells(row: tuple[Any, ...], account: str, run: str) -> Cells:
    """A row of closed_trades, as storage/statistics/closes.py reads it; `run` as above."""
    ts, order, position_idx, later_run, opened, category, symbol, side, *rest = row
    qty, entry, exits, open_fee, close_fee, coin, funding, slippage, reason, link = rest
    net = _net(side, entry, exits, open_fee, close_fee, funding)
    amounts = (qty, entry, exits, open_fee, close_fee, coin, funding, net, slippage, reason)
    return (
        *(moment(ts), moment(opened), account, cell(later_run or run)),
        *map(cell, (category, symbol, side, position_idx, *amounts)),
        *(*_coins(symbol), cell(order), cell(link)),
    )


@lru_cache(maxsize=1_024)
def _coins(symbol: str) -> tuple[str, str]:
    """The coin that is traded, and the one it is priced in."""
    return base_of(symbol), quote_of(symbol)


def _net(side: str, entry: str, exits: str, *costs: str) -> str:
    """What it brought after all costs, exactly."""
    gained = WIDE.subtract(Decimal(exits), Decimal(entry))
    net = gained if side == "Buy" else WIDE.minus(gained)
    for each in costs:
        net = WIDE.subtract(net, Decimal(each))
    return plain(net)
