"""What an old database comes to, read a second time by other means, and held against what the import has written.

Nothing of `ops.legacy` is used here, so that one error cannot be in both: rows by SQL and plain Python, whole lists at
once instead of row by row.
"""

import json
import re
import sqlite3
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

_DAY: Final = 86_400_000
_MOST: Final = 3_650 * _DAY
_ORDER: Final = ("premium", "basic", "trial")
_TABLES: Final = (
    "users",
    "user_licenses",
    "payment_history",
    "promo_codes",
    "promo_usage",
    "trade_logs",
    "signals",
)
_LOOKS: Final = str.maketrans("OIL", "011")
_Counts = dict[str, tuple[int, int, int]]  # read, taken, dropped


@dataclass(slots=True)
class Truth:
    """What is to stand here afterwards. Moments and spans in ms; `at`: when our database begins."""

    at: int
    counts: _Counts = field(default_factory=dict)
    people: dict[int, tuple[object, ...]] = field(default_factory=dict)
    segments: dict[int, list[tuple[str, int, int]]] = field(default_factory=dict)
    charges: dict[str, int] = field(default_factory=dict)
    trials: int = 0
    codes: list[tuple[object, ...]] = field(default_factory=list)
    results: dict[int, str | None] = field(default_factory=dict)
    signals: set[str] = field(default_factory=set)


def _int(value: Any) -> int | None:
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value == value // 1 and abs(value) < 9.3e18 else None  # noqa: PLR2004  what 64 bits hold
    is_number = isinstance(value, str) and re.fullmatch(r"[-+]?\d{1,18}", value.strip(), re.ASCII)
    return int(value) if is_number else None


def _moment(value: Any) -> int | None:
    """In ms: of seconds, or of a date, which is UTC where it does not say otherwise."""
    try:
        seconds = Fraction(str(value).strip())
    except ValueError:
        try:
            found = datetime.fromisoformat(_word(value))
        except ValueError:
            return None
        seconds = Fraction(found.replace(tzinfo=found.tzinfo or UTC).timestamp())
    return int(seconds * 1000) if abs(seconds) < 1 << 63 else None


def _word(value: Any) -> str:
    plain = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return "" if value is None else plain.strip()


def _person(value: Any) -> int | None:
    number = _int(value)
    return number if number is not None and 1 <= number <= 1 << 52 else None


def _plain(value: Any) -> str | None:
    """A number in canonical digits, of 40 at most on either side of the point."""
    if value is None or isinstance(value, bytes):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else str(value).strip())
    except ArithmeticError:
        return None
    if not number.is_finite() or (number and not -40 <= number.adjusted() < 40):  # noqa: PLR2004  as said
        return None
    digits = format(number, "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits in {"-0", ""} else digits


def read_truth(path: Path, at: int, *, honors_codes: bool) -> Truth:
    """What becomes of the old database at `path`, which nobody uses, where nobody is known yet. Blocks."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.row_factory = sqlite3.Row
        tables = {
            name: connection.execute(f"SELECT rowid AS n, * FROM {name}").fetchall()  # noqa: S608  our own words
            for name in _TABLES
        }
    truth = Truth(at=at)
    people = {row["user_id"] for row in tables["users"] if _person(row["user_id"])}
    truth.people = {row["user_id"]: _settings(row) for row in tables["users"] if row["user_id"] in people}
    _count(truth, "users", len(tables["users"]), len(people))
    owed = _read_codes(truth, tables["promo_codes"], tables["promo_usage"], people)
    _read_licenses(truth, tables, people, at, owed if honors_codes else {})
    _read_charges(truth, tables["payment_history"])
    trades = [row for row in tables["trade_logs"] if _person(row["user_id"]) in people]
    truth.results = {row["n"]: _plain(row["pnl"]) for row in trades}
    _count(truth, "trade_logs", len(tables["trade_logs"]), len(trades))
    truth.signals = {str(row["n"]) for row in tables["signals"] if _is_signal(row)}
    _count(truth, "signals", len(tables["signals"]), len(truth.signals))
    return truth


def _count(truth: Truth, table: str, read: int, taken: int) -> None:
    truth.counts[table] = (read, taken, read - taken)


def _settings(row: sqlite3.Row) -> tuple[object, ...]:
    lang = _word(row["lang"]).lower()
    leverage = _int(row["leverage"])
    banned = _int(row["is_banned"])
    return (
        {"ua": "uk", "uk": "uk", "ru": "ru"}.get(lang, "en"),
        int(bool(row["is_banned"]) if banned is None else banned != 0),
        _clamped(row["percent"], "1", "0.1", "10"),
        _clamped(row["sl_percent"], "3", "0.1", "50"),
        _clamped(row["tp_percent"], "8", "0.1", "500"),
        3 if leverage in {None, 10} else sorted((1, leverage or 0, 100))[1],
        "Limit" if _word(row["global_order_type"]).lower() == "limit" else "Market",
        0,
    )


def _clamped(value: Any, usual: str, least: str, most: str) -> str:
    try:
        number = None if value is None or isinstance(value, bytes) else Decimal(str(value).strip())
    except ArithmeticError:
        number = None
    if number is None or not number.is_finite():
        return usual
    return _plain(str(sorted((Decimal(least), number, Decimal(most)))[1])) or usual


def _read_licenses(
    truth: Truth, tables: dict[str, list[sqlite3.Row]], people: set[int], at: int, owed: dict[int, Counter[str]]
) -> None:
    paid = {_int(row["license_id"]) for row in tables["payment_history"] if _word(row["status"]).lower() == "completed"}
    rows = defaultdict(list)
    trials = set()
    for row in tables["user_licenses"]:
        kind, end, user = _word(row["license_type"]).lower(), _moment(row["end_date"]), _person(row["user_id"])
        if kind == "trial":
            trials.add(user)
        if kind in _ORDER and end is not None and user in people:
            rows[user].append((kind, end, _int(row["is_active"]) == 1, row["n"] in paid))
    for row in tables["payment_history"]:
        if "trial" in {_word(row["license_type"]).lower(), _word(row["payment_type"]).lower()}:
            trials.add(_person(row["user_id"]))
    truth.trials = len(trials - {None})
    taken = 0
    for user in people:
        theirs = rows[user]
        is_served = any(active for _, _, active, _ in theirs)
        counted = [row for row in theirs if row[1] > at and (row[2] or (row[3] and is_served))]
        taken += len(counted)
        spans = Counter(dict.fromkeys(_ORDER, 0))
        until = at
        for kind in _ORDER:
            end = max((min(row[1], at + _MOST) for row in counted if row[0] == kind), default=0)
            spans[kind] = max(0, end - until)
            until = max(until, end)
        spans.update(owed.get(user, Counter()))
        start, found = at, []
        for kind in _ORDER:
            if spans[kind]:
                found.append((kind, start, start + spans[kind]))
                start += spans[kind]
        truth.segments[user] = found
    _count(truth, "user_licenses", len(tables["user_licenses"]), taken)


def _read_charges(truth: Truth, rows: list[sqlite3.Row]) -> None:
    by_charge = defaultdict(list)
    free = 0
    for row in rows:
        charge, moment = _word(row["telegram_charge_id"]), _moment(row["created_at"])
        if charge:
            by_charge[charge].append((moment if _is_in_calendar(moment) else float("inf"), row["n"]))
        elif _person(row["user_id"]) is not None:
            free += 1
    truth.charges = {charge: min(found)[1] for charge, found in by_charge.items()}
    _count(truth, "payment_history", len(rows), free + len(by_charge))


def _folded(code: str) -> str | None:
    letters = re.sub(r"[\s\u200b-]", "", unicodedata.normalize("NFKC", code))
    return letters.upper().translate(_LOOKS) if re.fullmatch(r"[0-9A-Za-z]{1,24}", letters, re.ASCII) else None


def _read_codes(
    truth: Truth, codes: list[sqlite3.Row], usage: list[sqlite3.Row], people: set[int]
) -> dict[int, Counter[str]]:
    """What is owed to whom by codes that promised more than 30 days, by type."""
    uses = Counter(_int(row["promo_id"]) for row in usage)
    alike: dict[str, list[tuple[bool, int, int]]] = defaultdict(list)
    facts = {}
    for row in codes:
        days, folded = _int(row["period_days"]), _folded(_word(row["code"]))
        kind = _word(row["license_type"]).lower()
        if folded and kind in _ORDER and days is not None and 0 < days <= 3_650:  # noqa: PLR2004  ten years
            limit = 1_000_000 if row["max_uses"] is None or _int(row["max_uses"]) == 0 else _int(row["max_uses"])
            limit = -1 if limit is None else min(limit, 1_000_000)
            used = max(_int(row["current_uses"]) or 0, 0, uses[row["n"]])
            end = _moment(row["valid_until"])
            end = end if _is_in_calendar(end) else None
            runs = _int(row["is_active"]) == 1 and (row["valid_until"] is None or end is not None)
            facts[row["n"]] = (kind, days, limit, used, runs, end)
            alike[folded].append((runs, limit - used, -row["n"]))
    chosen = sorted(-max(group)[2] for group in alike.values())
    _count(truth, "promo_codes", len(codes), len(chosen))
    users = defaultdict(set)
    for row in usage:
        users[_int(row["promo_id"])].add(_person(row["user_id"]) or -row["n"])
    _count(truth, "promo_usage", len(usage), sum(len(users[number]) for number in chosen))
    owed: dict[int, Counter[str]] = defaultdict(Counter)
    for number in chosen:
        kind, days, limit, used, runs, end = facts[number]
        most, state = (max(used, 1), "paused") if used > limit else (limit, "active" if runs else "paused")
        truth.codes.append((kind, days, min(most, 1_000_000), min(used, 1_000_000), len(users[number]), state, end))
        for user in users[number] & people:
            owed[user][kind] += max(0, days - 30) * _DAY
    return owed


def _is_in_calendar(moment: int | None) -> bool:
    return moment is not None and 0 < moment <= 253_402_300_799_000  # noqa: PLR2004  the years 1970 to 9999


def _is_signal(row: sqlite3.Row) -> bool:
    side = _word(row["side"]).upper() in {"BUY", "SELL", "LONG", "SHORT", "UP", "DOWN"}
    symbol = re.fullmatch(r"[A-Z0-9-]{2,30}", _word(row["symbol"]).upper(), re.ASCII)
    return side and symbol is not None and _is_in_calendar(_moment(row["ts"]))


# --- against what was written -------------------------------------------------------------------------------------

_PEOPLE: Final = """
    SELECT user_id, lang, is_banned, percent, sl_percent, tp_percent, leverage, global_order_type, terms_accepted
      FROM users
"""
_PRACTICE: Final = """
    SELECT count(*) FROM users AS u JOIN accounts AS a ON a.account_id = u.default_account_id AND a.user_id = u.user_id
      JOIN paper_wallets AS w ON w.account_id = a.account_id
     WHERE a.account_type = 'paper' AND w.wallet_balance = '10000' AND a.leverage = u.leverage
"""
_CODES: Final = """
    SELECT c.license_type, c.days, c.max_uses, c.uses,
           (SELECT count(*) FROM promo_usage AS s WHERE s.campaign_id = c.campaign_id AND s.is_earlier = 1),
           c.state, c.ends_ts
      FROM promo_campaigns AS c ORDER BY c.campaign_id
"""


def differences(truth: Truth, database: Path) -> Iterator[str]:
    """Everything in our database that is not as it should be, in words. Blocks."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        read = connection.execute
        ((counts,),) = read("SELECT counts FROM legacy_imports").fetchall()
        yield from _unequal("birth", read("SELECT born_ts FROM database_birth").fetchall(), [(truth.at,)])
        yield from _unequal("counts", _counted(counts, truth), truth.counts)
        yield from _unequal("people", {row[0]: row[1:] for row in read(_PEOPLE)}, truth.people)
        yield from _unequal("practice accounts", read(_PRACTICE).fetchone()[0], len(truth.people))
        segments: dict[int, list[tuple[str, int, int]]] = {user: [] for user in truth.people}
        for user, *segment in read(
            "SELECT user_id, license_type, start_date, end_date FROM user_licenses ORDER BY end_date"
        ):
            segments[user].append(tuple(segment))
        yield from _unequal("licenses", segments, truth.segments)
        charges = read("SELECT charge_id, legacy_id FROM legacy_payments WHERE charge_id IS NOT NULL").fetchall()
        yield from _unequal("charges", dict(charges), truth.charges)
        trials = read("SELECT count(*) FROM used_marks WHERE campaign_id IS NULL").fetchone()[0]
        yield from _unequal("used trials", trials, truth.trials)
        yield from _unequal("codes", read(_CODES).fetchall(), truth.codes)
        yield from _unequal("results", dict(read("SELECT legacy_id, pnl FROM legacy_trades").fetchall()), truth.results)
        signals = {row[0] for row in read("SELECT source_id FROM signals WHERE source = 'legacy'")}
        yield from _unequal("signals", signals, truth.signals)


def _counted(counts: str, truth: Truth) -> _Counts:
    found = json.loads(counts)
    return {
        table: (found[table]["read"], found[table]["taken"], sum(found[table]["dropped"].values()))
        for table in truth.counts
    }


def _unequal(what: str, found: Any, wanted: Any) -> Iterator[str]:
    if found == wanted:
        return
    if isinstance(found, dict) and isinstance(wanted, dict):
        keys = [key for key in {*found, *wanted} if found.get(key) != wanted.get(key)][:3]
        yield f"{what} of {keys}: {[found.get(key) for key in keys]}, not {[wanted.get(key) for key in keys]}"
    else:
        yield f"{what}: {found}, not {wanted}"
