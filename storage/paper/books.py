"""The practice exchange's tables: its accounts, positions, orders and fills."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.domain.events import (
    AccountEvent,
    OrderChanged,
    OrderFilled,
    OrderPlaced,
    PositionClosed,
    PositionOpened,
    RecordEvent,
    StopChanged,
    WalletChanged,
)
from bot.domain.ids import Symbol
from bot.domain.paper import FedSymbol, PaperChanges, PaperSettings, PaperState
from storage.accounts.accounts import event_of
from storage.sqlite.codecs import Row, decimal_text
from storage.sqlite.transaction import Transaction

SELECT_SETTINGS: Final = "SELECT run, run_ts, made, body FROM paper_accounts WHERE account_id = ?"
UPSERT_SETTINGS: Final = """
    INSERT INTO paper_accounts (account_id, run, run_ts, made, body) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (account_id) DO UPDATE
       SET run = excluded.run, run_ts = excluded.run_ts, made = excluded.made, body = excluded.body
    RETURNING account_id, (SELECT a.user_id FROM accounts AS a WHERE a.account_id = paper_accounts.account_id),
              (SELECT a.exchange FROM accounts AS a WHERE a.account_id = paper_accounts.account_id),
              (SELECT a.account_type FROM accounts AS a WHERE a.account_id = paper_accounts.account_id)
"""
UPSERT_BALANCE: Final = """
    INSERT INTO paper_wallets (account_id, coin, wallet_balance) VALUES (?, ?, ?)
    ON CONFLICT (account_id, coin) DO UPDATE SET wallet_balance = excluded.wallet_balance
"""
SELECT_PAPER_POSITIONS: Final = """
    SELECT body FROM paper_positions WHERE account_id = ? ORDER BY account_id, symbol, position_idx
"""
UPSERT_PAPER_POSITION: Final = """
    INSERT INTO paper_positions (account_id, symbol, position_idx, is_held, body) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (account_id, symbol, position_idx) DO UPDATE SET is_held = excluded.is_held, body = excluded.body
"""
INSERT_RUN: Final = "INSERT INTO practice_runs (account_id, run, began_ts) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
DELETE_PAPER_POSITIONS: Final = "DELETE FROM paper_positions WHERE account_id = ?"
SELECT_OPEN_PAPER_ORDERS: Final = """
    SELECT body FROM paper_orders INDEXED BY idx_paper_orders_open_account WHERE account_id = ? AND is_open = 1
"""
SELECT_BY_LINK: Final = """
    SELECT body FROM paper_orders WHERE account_id = ? AND order_link_id = ? AND order_link_id <> ''
"""
UPSERT_PAPER_ORDER: Final = """
    INSERT INTO paper_orders (account_id, order_id, order_link_id, symbol, is_open, updated_ts, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, order_id) DO UPDATE
       SET is_open = excluded.is_open, updated_ts = excluded.updated_ts, body = excluded.body
"""
INSERT_FILL: Final = "INSERT INTO paper_fills (account_id, exec_id, ts, seq, body) VALUES (?, ?, ?, ?, ?)"
SELECT_FILLS_SINCE: Final = """
    SELECT body FROM paper_fills WHERE account_id = ? AND ts >= ? ORDER BY ts, seq
"""
SELECT_NEWEST_FILLS: Final = """
    SELECT body FROM paper_fills WHERE account_id = ? ORDER BY ts DESC, seq DESC LIMIT ?
"""
SELECT_INTERESTS: Final = """
    SELECT symbol, account_id FROM paper_positions INDEXED BY idx_paper_positions_held WHERE is_held = 1
    UNION ALL
    SELECT symbol, account_id FROM paper_orders INDEXED BY idx_paper_orders_open WHERE is_open = 1
"""
SELECT_FED: Final = "SELECT symbol, fed_ts, funded_ts FROM paper_symbols"
UPSERT_FED: Final = """
    INSERT INTO paper_symbols (symbol, fed_ts, funded_ts) VALUES (?, ?, ?)
    ON CONFLICT (symbol) DO UPDATE SET fed_ts = excluded.fed_ts, funded_ts = excluded.funded_ts
"""


def state_of(
    settings: Sequence[Row], wallet: Sequence[Row], positions: Sequence[Row], orders: Sequence[Row]
) -> PaperState:
    """The rows of the four statements of one account."""
    return PaperState(
        settings=_settings_of(settings[0]) if settings else None,
        wallet={coin: Decimal(balance) for coin, balance in wallet},
        positions=bodies_of(positions),
        orders=bodies_of(orders),
    )


def bodies_of(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(body for (body,) in rows)


def fed_of(row: Row) -> FedSymbol:
    """A row of SELECT_FED."""
    return FedSymbol(symbol=Symbol(row[0]), fed_ts=row[1], funded_ts=row[2])


def _settings_of(row: Row) -> PaperSettings:
    return PaperSettings(run=row[0], run_ts=row[1], made=row[2], body=row[3])


class SqlitePaperBooks:
    """Implements `bot.domain.ports.paper.PaperBooks`."""

    def __init__(self, transaction: Transaction, record: RecordEvent) -> None:
        self._transaction = transaction
        self._record = record

    async def save(self, changes: PaperChanges) -> None:
        """What a command changed of one account, and the events of it.

        Raises LookupError for an account that is not there any more, StorageTrouble for an id that is taken.
        """
        account_id, settings = changes.account_id, changes.settings
        row = (account_id, settings.run, settings.run_ts, settings.made, settings.body)
        (owner,) = await self._transaction.fetch(UPSERT_SETTINGS, row)
        if changes.begins_run:
            await self._transaction.fetch(DELETE_PAPER_POSITIONS, (account_id,))
            await self._transaction.fetch(INSERT_RUN, (account_id, settings.run, settings.run_ts))
        await self._many(
            UPSERT_BALANCE, [(account_id, coin, decimal_text(each)) for coin, each in changes.wallet.items()]
        )
        await self._many(
            UPSERT_PAPER_POSITION,
            [(account_id, each.symbol, each.position_idx, each.is_held, each.body) for each in changes.positions],
        )
        await self._many(
            UPSERT_PAPER_ORDER,
            [
                (
                    account_id,
                    each.order_id,
                    each.order_link_id,
                    each.symbol,
                    each.is_open,
                    each.updated_ts,
                    each.body,
                )
                for each in changes.orders
            ],
        )
        await self._many(
            INSERT_FILL, [(account_id, each.exec_id, each.ts, each.seq, each.body) for each in changes.fills]
        )
        for event in _events(changes):
            self._record(event_of(event, owner))

    async def note_fed(self, fed: FedSymbol) -> None:
        await self._transaction.fetch(UPSERT_FED, (fed.symbol, fed.fed_ts, fed.funded_ts))

    async def _many(self, statement: str, rows: Sequence[Row]) -> None:
        if rows:
            await self._transaction.write_many(statement, rows)


def _events(changes: PaperChanges) -> list[type[AccountEvent]]:
    """What happened to the account, each once. A leverage of its own moves margins and liquidation prices."""
    is_setting = not (changes.orders or changes.positions or changes.fills)
    happened: dict[type[AccountEvent], bool] = {
        OrderPlaced: any(each.is_new for each in changes.orders),
        OrderChanged: any(not each.is_new for each in changes.orders),
        OrderFilled: bool(changes.fills),
        PositionOpened: any(each.is_held and not each.was_held for each in changes.positions),
        PositionClosed: any(each.was_held and not each.is_held for each in changes.positions) or changes.begins_run,
        StopChanged: is_setting or (bool(changes.positions) and not changes.fills),
        WalletChanged: is_setting or (bool(changes.wallet) and (not changes.fills or changes.begins_run)),
    }
    return [event for event, has_happened in happened.items() if has_happened]
