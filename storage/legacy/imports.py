"""The tables of what was taken over from the bot before this one, written once, in the unit of work of the import."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bot.domain.ids import Millis, UserId
from storage.sqlite.pseudonyms import pseudonym_of
from storage.sqlite.transaction import Transaction

INSERT_IMPORT: Final = """
    INSERT INTO legacy_imports (import_id, source_hash, at_ts, honors_codes, counts) VALUES (1, ?, ?, ?, ?)
"""
INSERT_LINE: Final = "INSERT INTO legacy_import_lines (section, user_id, text) VALUES (?, ?, ?)"
SELECT_IMPORT: Final = "SELECT source_hash, at_ts, honors_codes, counts FROM legacy_imports WHERE import_id = 1"
SELECT_LINES: Final = "SELECT section, user_id, text FROM legacy_import_lines WHERE line_id > 0 ORDER BY line_id"
SELECT_USER_IDS: Final = "SELECT user_id FROM users"
UPDATE_SEEN: Final = "UPDATE users SET last_seen_ts = ? WHERE user_id = ?"
INSERT_SETTINGS: Final = "INSERT INTO legacy_settings (user_id, plain, versioned) VALUES (?, ?, ?)"
INSERT_LEGACY_PAYMENT: Final = """
    INSERT INTO legacy_payments (legacy_id, charge_id, payer, payment_type, amount, currency, license_type, period_days,
                                 status, paid_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
INSERT_LEGACY_TRADE: Final = """
    INSERT INTO legacy_trades (legacy_id, user_id, symbol, side, entry_price, exit_price, exit_reason, pnl,
                               pnl_percent, strategy, timeframe, account_type, opened_ts, closed_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
INSERT_LEGACY_SIGNAL: Final = """
    INSERT INTO signals (source, source_id, raw_message, ts, tf, side, symbol, price)
    VALUES ('legacy', ?, ?, ?, ?, ?, ?, ?)
"""
NOTE_EARLIER_USES: Final = """
    UPDATE promo_codes SET uses = ?2, earlier_uses = ?3 WHERE campaign_id = ?1 RETURNING promo_id
"""
NOTE_CAMPAIGN_USES: Final = "UPDATE promo_campaigns SET uses = ?2, state = ?3 WHERE campaign_id = ?1"
# Whoever is unknown here is counted under a pseudonym of nobody.
INSERT_EARLIER_USE: Final = """
    INSERT INTO promo_usage (promo_id, campaign_id, holder, used_ts, is_earlier)
    VALUES (?, ?, coalesce((SELECT pseudonym FROM users WHERE user_id = ?), lower(hex(randomblob(16)))), ?, 1)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """That an import took place: of rows with that SHA-256, as of `at`; `counts` is the JSON of its report."""

    source_hash: bytes
    at: Millis
    honors_codes: bool
    counts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLine:
    """A line of the report; `user_id`: of whom it speaks."""

    section: str
    user_id: UserId | None
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacySettings:
    """Settings of strategies as JSON objects, in the form without and in the one with exchange and account type."""

    user_id: UserId
    plain: str | None
    versioned: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyPayment:
    """A payment as the bot before booked it; amounts as canonical Decimal text, None where none could be read."""

    legacy_id: int
    charge_id: str | None = field(repr=False)
    payer: UserId | None
    payment_type: str
    amount: str | None
    currency: str
    license_type: str
    period_days: int | None
    status: str
    paid_at: Millis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyTrade:
    """A closed trade as the bot before logged it; numbers as canonical Decimal text, None where none could be read."""

    legacy_id: int
    user_id: UserId
    symbol: str
    side: str
    entry_price: str | None
    exit_price: str | None
    exit_reason: str
    pnl: str | None
    pnl_percent: str | None
    strategy: str
    timeframe: str
    account_type: str
    opened_at: Millis | None
    closed_at: Millis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacySignal:
    """A signal of a channel that the bot before listened to."""

    legacy_id: str
    raw_message: str = field(repr=False)
    at: Millis
    timeframe: str | None
    side: str
    symbol: str
    price: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierUse:
    """One use of a code before it came here. `user_id` None: by somebody of whom nothing is known."""

    user_id: UserId | None
    at: Millis


class SqliteLegacyImports:
    """The import's own writes, inside a unit of work; each raises StorageTrouble when the disk fails."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def user_ids(self) -> frozenset[UserId]:
        """Everybody who is known."""
        return frozenset(UserId(user_id) for (user_id,) in await self._transaction.fetch(SELECT_USER_IDS))

    async def pseudonym(self, user_id: UserId) -> str:
        """What the ledgers call somebody. Raises LookupError for a stranger."""
        return await pseudonym_of(self._transaction, user_id)

    async def note(self, record: ImportRecord, lines: Iterable[ImportLine]) -> None:
        """That it took place; a second one breaks the unit."""
        noted = (record.source_hash, record.at, int(record.honors_codes), record.counts)
        await self._transaction.fetch(INSERT_IMPORT, noted)
        rows = [(each.section, each.user_id, each.text) for each in lines]
        await self._transaction.write_many(INSERT_LINE, rows)

    async def set_seen(self, user_id: UserId, at: Millis) -> None:
        """When somebody wrote last."""
        await self._transaction.fetch(UPDATE_SEEN, (at, user_id))

    async def add_settings(self, settings: Iterable[LegacySettings]) -> None:
        rows = [(each.user_id, each.plain, each.versioned) for each in settings]
        await self._transaction.write_many(INSERT_SETTINGS, rows)

    async def add_payments(self, payments: Iterable[LegacyPayment]) -> None:
        rows = [
            (
                each.legacy_id,
                each.charge_id,
                each.payer,
                each.payment_type,
                each.amount,
                each.currency,
                each.license_type,
                each.period_days,
                each.status,
                each.paid_at,
            )
            for each in payments
        ]
        await self._transaction.write_many(INSERT_LEGACY_PAYMENT, rows)

    async def add_trades(self, trades: Iterable[LegacyTrade]) -> None:
        rows = [
            (
                each.legacy_id,
                each.user_id,
                each.symbol,
                each.side,
                each.entry_price,
                each.exit_price,
                each.exit_reason,
                each.pnl,
                each.pnl_percent,
                each.strategy,
                each.timeframe,
                each.account_type,
                each.opened_at,
                each.closed_at,
            )
            for each in trades
        ]
        await self._transaction.write_many(INSERT_LEGACY_TRADE, rows)

    async def add_signals(self, signals: Iterable[LegacySignal]) -> None:
        rows = [
            (each.legacy_id, each.raw_message, each.at, each.timeframe, each.side, each.symbol, each.price)
            for each in signals
        ]
        await self._transaction.write_many(INSERT_LEGACY_SIGNAL, rows)

    async def note_uses(self, campaign_id: int, uses: int, rows: Iterable[EarlierUse], *, state: str) -> None:
        """What became of a campaign's one code before it came here; `uses` are as many as there are rows, or more."""
        rows = tuple(rows)
        noted = (campaign_id, uses, uses - len(rows))
        ((promo_id,),) = await self._transaction.fetch(NOTE_EARLIER_USES, noted)
        await self._transaction.fetch(NOTE_CAMPAIGN_USES, (campaign_id, uses, state))
        parameters = [(promo_id, campaign_id, each.user_id, each.at) for each in rows]
        await self._transaction.write_many(INSERT_EARLIER_USE, parameters)
