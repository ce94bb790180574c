"""Databases of the bot before this one, with all that years leave behind; the same seed makes the same one."""

import json
import math
import random
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ops.campaigns.legacy_tables import LEGACY_TABLES

PEOPLE: Final = 30
_DAY: Final = 86_400  # seconds, as all of the old bot's moments
_LARGEST: Final = 2**51
_TYPES: Final = ("premium", "basic", "trial")
_ODD: Final = ("abc", "", b"\x00\xff", 3.75, 1e300, -1, "12", " 7 ")
_NO_CODES: Final = ("СКИДКА", "naïve", "!!!", "X" * 40, "")
_LANGUAGES: Final = ("en", "ru", "uk", "ua", "UA", "de", "zh", "", "ru-RU", "EN")
_PERCENTS: Final = (1.0, 0.1, 0.01, 2.5, 99.0, -3.0, 0.1 + 0.2, math.inf, 1e-9, "much")
_SETTINGS: Final = (
    None,
    "",
    "{broken",
    "[]",
    "{}",
    json.dumps({"oi": {"percent": 2, "hl_percent": 3}}),
    json.dumps({"bybit": {"demo": {"oi": {"percent": 1.5}}}, "hyperliquid": {"live": {}}}),
    json.dumps({"scalper": {"leverage": 5}, "bybit": {"real": {"oi": {"direction": "long"}}}}),
    '{"oi": {"percent": NaN, "leverage": 1e400}}',
    '{"a":' * 700 + "1" + "}" * 700,
)
_OTHERS: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("pyramids", {"user_id": 1, "symbol": "BTCUSDT", "side": "Buy", "count": 2}),
    ("news", {"link": "https://example.org/1", "title": "Up"}),
    ("market_snapshots", {"ts": 1, "btc_dom": 50.5}),
    ("custom_strategies", {"user_id": 1, "name": "mine", "config_json": "{}", "created_at": 1}),
    ("active_positions", {"user_id": 1, "symbol": "BTCUSDT", "side": "Buy", "size": 0.1}),
)


@dataclass(slots=True)
class _Maker:
    connection: sqlite3.Connection
    draw: random.Random
    at: int

    def add(self, table: str, values: Mapping[str, Any]) -> int:
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        cursor = self.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", (*values.values(),))  # noqa: S608  our own words
        return int(cursor.lastrowid or 0)

    def often(self, share: float) -> bool:
        return self.draw.random() < share

    def maybe_odd(self, value: Any) -> Any:
        """The value, or rarely one of another type or sense."""
        return self.draw.choice(_ODD) if self.often(0.04) else value

    def moment(self, *, least: int, most: int) -> int:
        """So many days from the import."""
        return self.at + self.draw.randint(least * _DAY, most * _DAY)


def make_legacy(path: Path, seed: int, at: int, *, people: int = PEOPLE) -> None:
    """An old database at `path`, as of `at` (seconds), its newest rows in its log where the seed wants it. Blocks."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN")
        for statement in LEGACY_TABLES.values():
            connection.execute(statement)
        maker = _Maker(connection, random.Random(seed), at)  # noqa: S311  a repeatable choice, not a secret
        ids = _add_people(maker, people)
        strangers = [maker.draw.randint(10**8, 10**9) for _ in range(3)]
        for user in (*ids, *strangers):
            _add_licenses(maker, user)
        _add_codes(maker, [*ids, *strangers, 0, -5])
        _add_trades(maker, [*ids, *strangers])
        for table, values in _OTHERS:
            maker.add(table, values)
        connection.execute("COMMIT")


def _add_people(maker: _Maker, people: int) -> list[int]:
    draw = maker.draw
    ids = [draw.choice((draw.randint(1, 10**9), draw.randint(2**33, _LARGEST))) for _ in range(people)]
    for user in {*ids, 0, -7, 2**60}:
        choices = _choices(maker, user)
        values = {name: choose() for name, choose in choices.items() if maker.often(0.9)}
        maker.add("users", {"user_id": user, **values})
    return sorted(set(ids))


def _choices(maker: _Maker, user: int) -> dict[str, Callable[[], Any]]:
    """Columns, and what stands in them where it is not what it was made with."""
    draw = maker.draw
    return {
        "lang": lambda: draw.choice(_LANGUAGES),
        "percent": lambda: draw.choice(_PERCENTS),
        "sl_percent": lambda: draw.choice(_PERCENTS),
        "tp_percent": lambda: draw.choice(_PERCENTS),
        "leverage": lambda: maker.maybe_odd(draw.choice((10, 10, 5, 100, 125, 0, -2))),
        "global_order_type": lambda: draw.choice(("market", "limit", "other")),
        "is_banned": lambda: maker.maybe_odd(int(maker.often(0.1))),
        "terms_accepted": lambda: 1,
        "first_seen_ts": lambda: maker.maybe_odd(maker.moment(least=-900, most=-1)),
        "last_seen_ts": lambda: draw.choice((None, maker.moment(least=-30, most=10))),
        "license_expires": lambda: draw.choice((None, maker.moment(least=-10, most=700))),
        "username": lambda: draw.choice((None, f"user_{user}", "x" * 90)),
        "first_name": lambda: draw.choice((None, "Anna", "Ан\u200bна", b"\xff\xfe", 17)),
        "real_api_key": lambda: draw.choice((None, "AKEY", "")),
        "hl_private_key": lambda: draw.choice((None, None, "0xdead")),
        "dca_enabled": lambda: int(maker.often(0.2)),
        "elc_balance": lambda: draw.choice((0.0, 0.0, 12.5)),
        "strategy_settings": lambda: draw.choice(_SETTINGS),
    }


def _add_licenses(maker: _Maker, user: int) -> None:
    """A few buys, each of whose ends adds up what was before; doubles of races; what was revoked or replaced."""
    draw, end = maker.draw, maker.moment(least=-400, most=0)
    for _ in range(draw.randint(0, 5)):
        end += draw.choice((30, 90, 180, 365, 4_000)) * _DAY if maker.often(0.7) else -40 * _DAY
        for _ in range(1 + int(maker.often(0.2))):
            license_id = maker.add(
                "user_licenses",
                {
                    "user_id": maker.maybe_odd(user),
                    "license_type": maker.maybe_odd(draw.choice((*_TYPES, "Premium", "pro"))),
                    "start_date": end - 30 * _DAY,
                    "end_date": maker.maybe_odd(_written(draw, end + draw.randint(0, 3))),
                    "is_active": maker.maybe_odd(int(maker.often(0.6))),
                    "created_at": maker.at - _DAY,
                },
            )
            if maker.often(0.7):
                _add_payments(maker, user, license_id)


def _written(draw: random.Random, moment: int) -> Any:
    """As the old bot wrote it, or as a web page, a script or a hand may have."""
    date = datetime.fromtimestamp(moment, UTC)
    return draw.choice((*[moment] * 8, moment + 0.5, f"{date:%Y-%m-%d %H:%M:%S}", f"{date:%Y-%m-%dT%H:%M:%SZ}"))


def _add_payments(maker: _Maker, user: int, license_id: int) -> None:
    draw, is_stars = maker.draw, maker.often(0.7)
    charge = f"stx-{draw.randint(1, 10**9)}" if is_stars else draw.choice((None, "", f"ton-{draw.randint(1, 99)}"))
    for _ in range(1 + int(maker.often(0.15))):
        maker.add(
            "payment_history",
            {
                "user_id": maker.maybe_odd(user),
                "license_id": draw.choice((license_id, license_id, None)),
                "payment_type": draw.choice(("stars", "ton", "trial", "promo", "admin_grant")),
                "amount": maker.maybe_odd(draw.choice((5000.0, 2500, 0, 17.5, math.inf))),
                "currency": "XTR" if is_stars else draw.choice(("TON", "FREE")),
                "license_type": draw.choice(_TYPES),
                "period_days": maker.maybe_odd(30),
                "telegram_charge_id": charge,
                "status": draw.choice(("completed", "completed", "pending", "refunded", "failed")),
                "created_at": maker.maybe_odd(maker.moment(least=-300, most=-1)),
            },
        )


def _add_codes(maker: _Maker, users: list[int]) -> None:
    """Codes of every kind, some that fold alike; uses beyond their limits, of codes that are gone, of nobody."""
    draw = maker.draw
    words = [f"SPRING{number}" for number in range(8)]
    names = {*words, "spring-1", "Spring 2", "SPR1NG3", "WELC0ME", "welcome", *_NO_CODES}
    for name in sorted(names):
        promo_id = maker.add(
            "promo_codes",
            {
                "code": name,
                "license_type": draw.choice((*_TYPES, "vip")) if maker.often(0.2) else draw.choice(_TYPES),
                "period_days": draw.choice((7, 30, 365, 3_650, 3_651, 0, -3)) if maker.often(0.5) else 30,
                "max_uses": maker.maybe_odd(draw.choice((1, 3, 100, 0, None, -1, 5_000_000))),
                "current_uses": maker.maybe_odd(draw.randint(0, 5)),
                "is_active": int(maker.often(0.8)),
                "valid_until": draw.choice((None, None, maker.moment(least=-30, most=300), "soon")),
                "created_at": maker.moment(least=-400, most=-300),
                "created_by": draw.choice((None, *users)),
                "notes": draw.choice((None, "for the fair", "n" * 300)),
            },
        )
        for user in draw.sample(users, draw.randint(0, 6)):
            _add_use(maker, promo_id, user)
    maker.connection.execute("DELETE FROM promo_codes WHERE code = 'SPRING7'")


def _add_use(maker: _Maker, promo_id: int, user: int) -> None:
    used_at = maker.maybe_odd(maker.moment(least=-200, most=-1))
    holder = draw_user(maker, user)
    known = maker.connection.execute(
        "SELECT 1 FROM promo_usage WHERE promo_id = ? AND user_id IS ?", (promo_id, holder)
    ).fetchone()
    if known is None:
        maker.add("promo_usage", {"promo_id": promo_id, "user_id": holder, "used_at": used_at})


def draw_user(maker: _Maker, user: int) -> Any:
    """The user's id, rarely as bytes or as something else."""
    return str(user).encode() if maker.often(0.03) else maker.maybe_odd(user)


def _add_trades(maker: _Maker, users: list[int]) -> None:
    draw = maker.draw
    for _ in range(60):
        maker.add(
            "trade_logs",
            {
                "user_id": maker.maybe_odd(draw.choice(users)),
                "symbol": draw.choice(("BTCUSDT", None)),
                "side": draw.choice(("Buy", "Sell", None)),
                "entry_price": maker.maybe_odd(draw.choice((64210.5, 1e-7, None))),
                "exit_price": 64000.0,
                "exit_reason": draw.choice(("TP", "SL", None)),
                "pnl": draw.choice((12.5, -3.125, None, math.inf, -math.inf, 1e300, 0.1 + 0.2, "n/a")),
                "pnl_pct": draw.choice((1.5, None)),
                "exit_ts": draw.choice((None, maker.at * 1000)),
            },
        )
        maker.add(
            "signals",
            {
                "raw_message": draw.choice(("LONG BTCUSDT @ 64,000", None, "x" * 10_000)),
                "ts": draw.choice(("2025-11-02 10:11:12", "2025-11-02 10:11:12.5", maker.at, "yesterday")),
                "tf": draw.choice(("1h", "", None, "a long timeframe")),
                "side": draw.choice(("LONG", "short", "Buy", "SELL", None, "sideways")),
                "symbol": draw.choice(("BTCUSDT", "ethusdt", None, "B", "БТК")),
                "price": draw.choice((64000.0, 0, -1, None, math.inf, "64k")),
            },
        )
