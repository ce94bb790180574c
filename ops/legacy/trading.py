"""Trades and signals of the old bot: kept to be shown, in no statistics of this one."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from types import MappingProxyType
from typing import Final, TypeVar

from bot.domain.portfolio import Side
from ops.legacy.import_run import ImportRun
from ops.legacy.values import Row, amount, amount_text, from_millis, from_seconds, text, user_id
from storage.legacy.imports import LegacySignal, LegacyTrade

TRADES: Final = "trade_logs"
SIGNALS: Final = "signals"
_BATCH: Final = 5_000  # rows that are held at once
_SYMBOL: Final = re.compile(r"[A-Z0-9-]{2,30}")
_SIDES: Final = MappingProxyType(
    {
        **dict.fromkeys(("BUY", "LONG", "UP"), Side.BUY),
        **dict.fromkeys(("SELL", "SHORT", "DOWN"), Side.SELL),
    }
)
_LONGEST_MESSAGE: Final = 8_192
_LONGEST_TIMEFRAME: Final = 8
T = TypeVar("T")


async def take_trades(run: ImportRun) -> None:
    """Those of everybody who is known; a result that is no number is none."""
    for batch in _batches(_trades(run)):
        await run.unit.legacy.add_trades(batch)


async def take_signals(run: ImportRun) -> None:
    """Those with a symbol, a side and a moment."""
    for batch in _batches(_signals(run)):
        await run.unit.legacy.add_signals(batch)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    each = iter(items)
    while batch := list(islice(each, _BATCH)):
        yield batch


def _trades(run: ImportRun) -> Iterator[LegacyTrade]:
    for row in run.source.rows(TRADES):
        run.report.read(TRADES)
        user, number = user_id(row.get("user_id")), row["row_number"]
        if user is None or user not in run.known:
            run.report.drop(TRADES, number, "its user is not there")
            continue
        changes = [] if amount_text(row.get("pnl")) is not None else ["no result, or one that is no number: empty"]
        run.report.take(TRADES, changes)
        yield LegacyTrade(
            legacy_id=number,
            user_id=user,
            symbol=text(row.get("symbol"), 32),
            side=text(row.get("side"), 16),
            entry_price=amount_text(row.get("entry_price")),
            exit_price=amount_text(row.get("exit_price")),
            exit_reason=text(row.get("exit_reason"), 32),
            pnl=amount_text(row.get("pnl")),
            pnl_percent=amount_text(row.get("pnl_pct")),
            strategy=text(row.get("strategy"), 64),
            timeframe=text(row.get("timeframe"), 16),
            account_type=text(row.get("account_type"), 16),
            opened_at=from_millis(row.get("entry_ts")),
            closed_at=from_millis(row.get("exit_ts")) or from_seconds(row.get("ts")),
        )


def _signals(run: ImportRun) -> Iterator[LegacySignal]:
    for row in run.source.rows(SIGNALS):
        run.report.read(SIGNALS)
        number, symbol = row["row_number"], text(row.get("symbol"), 64).upper()
        side, at = _SIDES.get(text(row.get("side"), 16).upper()), from_seconds(row.get("ts"))
        if side is None or _SYMBOL.fullmatch(symbol) is None or at is None:
            run.report.drop(SIGNALS, number, "without a side, a symbol or a moment that can be read")
            continue
        price = _price(row)
        run.report.take(SIGNALS, [] if price is not None else ["no price: empty"])
        timeframe = text(row.get("tf"), _LONGEST_TIMEFRAME + 1)
        yield LegacySignal(
            legacy_id=str(number),
            raw_message=text(row.get("raw_message"), _LONGEST_MESSAGE),
            at=at,
            timeframe=timeframe if 0 < len(timeframe) <= _LONGEST_TIMEFRAME else None,
            side=side.value,
            symbol=symbol,
            price=price,
        )


def _price(row: Row) -> str | None:
    found = amount(row.get("price"))
    return amount_text(row.get("price")) if found is not None and found > 0 else None
