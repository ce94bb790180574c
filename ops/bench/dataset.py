"""A database of the size that the old report measured: 10,000 users, 50,000 positions, 200,000 trade logs.

Built through the real migrations and in one transaction, from a seed: the same arguments make the same rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from bot.domain.ids import DAY, AccountId, Millis, Symbol, UserId
from storage.sqlite.database import Database
from storage.sqlite.migrate import migrate

NOW: Final = Millis(1_767_225_600_000)  # 2026-01-01T00:00:00Z, unless the caller has another now
SYMBOLS: Final = tuple(Symbol(f"COIN{number:03d}USDT") for number in range(300))
FIRST_USER: Final = 1_000_000

_LOG_DAYS: Final = 7  # trade logs reach back so far: some of everybody's lie within the last 24 hours

INSERT_USER: Final = """
    INSERT INTO users (user_id, pseudonym, username, first_name, lang, percent, sl_percent, tp_percent, leverage,
                       global_order_type, notifications, time_zone, default_account_id, first_seen_ts, last_seen_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
INSERT_ACCOUNT: Final = """
    INSERT INTO accounts (account_id, user_id, exchange, account_type, host, label, bybit_uid, state, created_ts,
                          positions_as_of, orders_as_of, risk_percent, stop_loss_percent, take_profit_percent,
                          leverage, order_type)
    VALUES (?, ?, 'bybit', ?, 'com', ?, ?, 'active', ?, ?, ?, '1', '3', '8', 3, 'Market')
"""
INSERT_CREDENTIALS: Final = """
    INSERT INTO credentials (account_id, user_id, key_type, key_id, data_key, api_key, api_secret, bybit_uid,
                             permissions, ips, checked_at)
    VALUES (?, ?, 'rsa', 'bench', ?, ?, ?, ?, '["ContractTrade:Order","ContractTrade:Position"]', '["192.0.2.1"]', ?)
"""
INSERT_POSITION: Final = """
    INSERT INTO active_positions (user_id, account_id, category, symbol, position_idx, side, size, entry_price,
                                  mark_price, position_value, leverage, liq_price, unrealised_pnl, take_profit,
                                  stop_loss, trailing_stop, open_ts, updated_ts)
    VALUES (?, ?, 'linear', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?)
"""
INSERT_ORDER: Final = """
    INSERT INTO pending_limit_orders (user_id, account_id, order_id, category, symbol, order_link_id, position_idx,
                                      side, order_type, order_status, price, qty, cum_exec_qty, trigger_price,
                                      stop_order_type, time_in_force, reduce_only, take_profit, stop_loss,
                                      created_ts, updated_ts)
    VALUES (?, ?, ?, 'linear', ?, ?, 0, ?, 'Limit', 'New', ?, ?, '0', NULL, '', 'GTC', 0, NULL, NULL, ?, ?)
"""
INSERT_TRADE: Final = """
    INSERT INTO trade_logs (user_id, account_id, account_type, category, symbol, exec_id, order_id, order_link_id, side,
                            exec_type, price, size, value, fee, fee_currency, is_maker, closed_size, ts)
    VALUES (?, ?, 'demo', 'linear', ?, ?, ?, '', ?, 'Trade', ?, ?, ?, ?, 'USDT', ?, '0', ?)
"""
INSERT_LICENSE: Final = """
    INSERT INTO user_licenses (user_id, license_type, start_date, end_date) VALUES (?, ?, ?, ?)
"""
INSERT_SIGNAL: Final = """
    INSERT INTO signals (source, source_id, raw_message, ts, tf, side, symbol, price) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many rows of each table."""

    users: int = 10_000
    positions: int = 50_000
    trade_logs: int = 200_000
    pending: int = 20_000
    licenses: int = 10_000
    signals: int = 100_000


FULL: Final = Sizes()


async def build(path: Path, sizes: Sizes = FULL, *, now: Millis = NOW, seed: int = 1) -> None:
    """Make the database at `path`, which must not exist. It has no statistics, as a young one has none."""
    async with Database.open(path) as database:
        before, _ = await migrate(database)
        if before:
            raise FileExistsError(path)
        await fill(database, sizes, now=now, seed=seed)


async def fill(database: Database, sizes: Sizes, *, now: Millis = NOW, seed: int = 1) -> None:
    """The rows, in one transaction, into an empty database."""
    rows = _Rows(sizes, now, Random(seed))  # noqa: S311  test data
    async with database.transaction() as transaction:
        await transaction.write_many(INSERT_USER, rows.users())
        await transaction.write_many(INSERT_ACCOUNT, rows.accounts())
        await transaction.write_many(INSERT_CREDENTIALS, rows.credentials())
        await transaction.write_many(INSERT_POSITION, rows.positions())
        await transaction.write_many(INSERT_ORDER, rows.orders())
        await transaction.write_many(INSERT_TRADE, rows.trades())
        await transaction.write_many(INSERT_LICENSE, rows.licenses())
        await transaction.write_many(INSERT_SIGNAL, rows.signals())


def user_at(place: int) -> UserId:
    """The user of that place, 0 … users - 1."""
    return UserId(FIRST_USER + place)


def paper_account_of(place: int) -> AccountId:
    return AccountId(2 * place + 1)


def demo_account_of(place: int) -> AccountId:
    """Positions, orders and logs stand here."""
    return AccountId(2 * place + 2)


class _Rows:
    """Rows as the INSERT statements take them."""

    def __init__(self, sizes: Sizes, now: Millis, random: Random) -> None:
        self._sizes = sizes
        self._now = now
        self._random = random

    def users(self) -> Iterator[tuple[Any, ...]]:
        for place in range(self._sizes.users):
            language = self._random.choice(("en", "ru", "uk"))
            settings = (language, "1", "3", "8", 3, "Market", "on", "UTC", None)
            seen = self._now - self._random.randrange(30 * DAY)
            names = (self._random.randbytes(16).hex(), f"user_{place}", f"Trader {place}")
            yield (user_at(place), *names, *settings, seen - DAY, seen)

    def accounts(self) -> Iterator[tuple[Any, ...]]:
        created = self._now - 60 * DAY
        for place in range(self._sizes.users):
            user_id = user_at(place)
            yield (paper_account_of(place), user_id, "paper", "Practice", None, created, None, None)
            uid = str(90_000_000 + place)
            yield (demo_account_of(place), user_id, "demo", "Bybit Demo", uid, created, self._now, self._now)

    def credentials(self) -> Iterator[tuple[Any, ...]]:
        """Sealed keys as long as real ones (a 2,048-bit RSA key in PEM); they open with no key."""
        for place in range(self._sizes.users):
            envelopes = (self._random.randbytes(61), self._random.randbytes(47), self._random.randbytes(1733))
            checked = self._now - self._random.randrange(DAY)
            yield (demo_account_of(place), user_at(place), *envelopes, str(90_000_000 + place), checked)

    def positions(self) -> Iterator[tuple[Any, ...]]:
        for number in range(self._sizes.positions):
            place, leg = number % self._sizes.users, number // self._sizes.users
            side, price, size = self._side(), self._price(), self._size()
            opened = self._now - self._random.randrange(1, 5 * DAY)
            yield (
                user_at(place),
                demo_account_of(place),
                SYMBOLS[(place * 7 + leg) % len(SYMBOLS)],
                leg // len(SYMBOLS),
                side,
                size,
                price,
                self._price(),
                self._price(),
                "3",
                self._price(),
                self._signed(),
                self._price(),
                self._price(),
                opened,
                self._now,
            )

    def orders(self) -> Iterator[tuple[Any, ...]]:
        for number in range(self._sizes.pending):
            place = number % self._sizes.users
            symbol = SYMBOLS[(place * 7 + number // self._sizes.users) % len(SYMBOLS)]
            created = self._now - self._random.randrange(1, 5 * DAY)
            ids = (user_at(place), demo_account_of(place), f"order-{number:08d}", symbol, f"link-{number:08d}")
            yield (*ids, self._side(), self._price(), self._size(), created, created)

    def trades(self) -> Iterator[tuple[Any, ...]]:
        for number in range(self._sizes.trade_logs):
            place = number % self._sizes.users
            moment = self._now - self._random.randrange(_LOG_DAYS * DAY)
            ids = (f"exec-{number:08d}", f"order-{number:08d}")
            money = (self._price(), self._size(), self._price(), self._signed())
            symbol = self._random.choice(SYMBOLS)
            yield (user_at(place), demo_account_of(place), symbol, *ids, self._side(), *money, number % 2, moment)

    def licenses(self) -> Iterator[tuple[Any, ...]]:
        for number in range(self._sizes.licenses):
            start = self._now - self._random.randrange(1, 20 * DAY)
            kind = self._random.choice(("trial", "basic", "premium"))
            yield (user_at(number % self._sizes.users), kind, start, start + 30 * DAY)

    def signals(self) -> Iterator[tuple[Any, ...]]:
        for number in range(self._sizes.signals):
            symbol, side, price = self._random.choice(SYMBOLS), self._side(), self._price()
            moment = self._now - self._random.randrange(30 * DAY)
            message = f"SCALPER {side} {symbol} @ {price}"
            yield ("channel:-1001234567890", str(number), message, moment, "1h", side, symbol, price)

    def _side(self) -> str:
        return "Buy" if self._random.random() < 0.5 else "Sell"  # noqa: PLR2004  a coin

    def _price(self) -> str:
        return f"{self._random.randrange(1, 99_999)}.{self._random.randrange(10)}{self._random.randrange(1, 10)}"

    def _size(self) -> str:
        return f"{self._random.randrange(100)}.{self._random.randrange(1, 10)}"

    def _signed(self) -> str:
        sign = "-" if self._random.random() < 0.5 else ""  # noqa: PLR2004  a coin
        return f"{sign}{self._random.randrange(100)}.{self._random.randrange(1, 10)}"
