"""Exported CSV files, read and added up by nothing of the bot's: csv, Fraction, and the header's own words."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

Sheet = list[dict[str, str]]


def sheets_of(documents: Iterable[tuple[str, bytes]]) -> dict[str, Sheet]:
    """The rows of each kind of file, those of several parts one after the other."""
    found: dict[str, Sheet] = {"fills": [], "closed-trades": [], "funding": []}
    for name, content in documents:
        text = (_unpacked(content) if name.endswith(".zip") else content).decode()
        assert text.endswith("\r\n")
        assert "\n" not in text.replace("\r\n", "")
        kind = next(each for each in found if f"-{each}" in name)
        found[kind] += csv.DictReader(io.StringIO(text, newline=""))
    return found


def _unpacked(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (inner,) = archive.namelist()
        return archive.read(inner)


def summed(sheets: Mapping[str, Sheet], run: str) -> dict[str, Any]:
    """What /stats says, from the rows of one run of practice ("": of no practice)."""
    rows = (each for each in sheets["closed-trades"] if each["exit_reason"] != "reset")
    closes = [each for each in rows if each["practice_run"] == run]
    trades: dict[tuple[str, ...], Fraction] = {}
    for row in closes:
        key = tuple(row[name] for name in ("symbol", "position_idx", "position_side", "opened_at_utc"))
        trades[key] = trades.get(key, Fraction(0)) + _net(row)
    won = sum((each for each in trades.values() if each > 0), Fraction(0))
    lost = -sum((each for each in trades.values() if each < 0), Fraction(0))
    return {
        "closes": len(closes),
        "trades": len(trades),
        "wins": sum(each > 0 for each in trades.values()),
        "losses": sum(each < 0 for each in trades.values()),
        "pnl": sum(map(_net, closes), Fraction(0)),
        "fees": _sum(closes, "fee_to_open_paid") + _sum(closes, "fee_to_close_paid"),
        "funding": _sum(closes, "funding_paid_in_quote_coin"),
        "profit_factor": won / lost if lost else None,
        "slippage": _slippage(sheets, closes, run),
        "drawdown": _fall(closes),
    }


def _sum(rows: Sheet, column: str) -> Fraction:
    return sum((Fraction(row[column]) for row in rows if row[column]), Fraction(0))


def _net(row: Mapping[str, str]) -> Fraction:
    gained = Fraction(row["exit_value_in_quote_coin"]) - Fraction(row["entry_value_in_quote_coin"])
    gained = gained if row["position_side"] == "Buy" else -gained
    costs = ("fee_to_open_paid", "fee_to_close_paid", "funding_paid_in_quote_coin")
    net = gained - sum((Fraction(row[name]) for name in costs), Fraction(0))
    assert net == Fraction(row["pnl_after_fees_and_funding_in_quote_coin"])
    return net


def _slippage(sheets: Mapping[str, Sheet], closes: Sheet, run: str) -> Fraction:
    whole = _sum(closes, "slippage_in_quote_coin")
    for row in sheets["fills"]:
        if row["practice_run"] == run and row["price_on_card_in_quote_coin"]:
            worse = Fraction(row["price_in_quote_coin"]) - Fraction(row["price_on_card_in_quote_coin"])
            whole += worse * Fraction(row["quantity_in_base_coin"]) * (1 if row["side"] == "Buy" else -1)
    return whole


def _fall(closes: Sheet) -> Fraction:
    peak = here = deepest = Fraction(0)
    for row in sorted(closes, key=lambda each: (each["closed_at_utc"], each["order_id"], int(each["position_idx"]))):
        here += _net(row)
        peak = max(peak, here)
        deepest = max(deepest, peak - here)
    return deepest
