"""invoices, payment_history and the cursor in Telegram's account of Stars."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.payments import (
    DUE,
    RETURNED,
    Invoice,
    InvoiceState,
    OlderCharge,
    Paid,
    Payment,
    PaymentStatus,
    StarCursor,
    Subscription,
)
from storage.sqlite.codecs import Row, storable
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction

INSERT_INVOICE: Final = """
    INSERT INTO invoices (payload, user_id, license_type, days, stars, state, created_ts, expires_ts, renews)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
SELECT_INVOICE: Final = """
    SELECT payload, user_id, license_type, days, stars, created_ts, expires_ts, state, renews
      FROM invoices WHERE payload = ?
"""
MARK_PAID: Final = "UPDATE invoices SET state = 'paid' WHERE payload = ?"
# One row an invoice and payer: the next payment begins when the one before is booked, or its time is over.
BEGIN_CHECKOUT: Final = """
    INSERT INTO checkouts (payload, user_id, query_id, expires_ts) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (payload, user_id) DO UPDATE SET query_id = ?3, expires_ts = ?4
     WHERE query_id = ?3 OR expires_ts <= ?5
    RETURNING query_id
"""
DROP_CHECKOUT: Final = "DELETE FROM checkouts WHERE payload = ? AND user_id = ? AND query_id = ?"
END_CHECKOUTS: Final = "DELETE FROM checkouts WHERE payload = ?"
# Each new invoice sweeps up a few that nobody can pay any more.
DELETE_EXPIRED: Final = """
    DELETE FROM invoices
     WHERE payload IN (SELECT payload FROM invoices WHERE expires_ts < ? ORDER BY expires_ts LIMIT 20)
"""
INSERT_PAYMENT: Final = """
    INSERT INTO payment_history (user_id, telegram_payment_charge_id, payload, stars, currency, license_type,
                                 period_days, license_event_id, status, reason, paid_ts, created_at, settled_ts,
                                 next_try_ts, is_repeat)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
SELECT_BY_CHARGE: Final = """
    SELECT id, user_id, telegram_payment_charge_id, stars, currency, license_type, period_days, status, reason,
           license_event_id, paid_ts, created_at, settled_ts, attempts, trouble, is_repeat
      FROM payment_history WHERE telegram_payment_charge_id = ?
"""
SELECT_PAYMENT: Final = """
    SELECT id, user_id, telegram_payment_charge_id, stars, currency, license_type, period_days, status, reason,
           license_event_id, paid_ts, created_at, settled_ts, attempts, trouble, is_repeat
      FROM payment_history WHERE id = ?
"""
SELECT_NEWEST: Final = """
    SELECT id, user_id, telegram_payment_charge_id, stars, currency, license_type, period_days, status, reason,
           license_event_id, paid_ts, created_at, settled_ts, attempts, trouble, is_repeat
      FROM payment_history WHERE id < ? ORDER BY id DESC LIMIT ?
"""
SELECT_OF_STATUS: Final = """
    SELECT id, user_id, telegram_payment_charge_id, stars, currency, license_type, period_days, status, reason,
           license_event_id, paid_ts, created_at, settled_ts, attempts, trouble, is_repeat
      FROM payment_history WHERE status = ? AND id < ? ORDER BY id DESC LIMIT ?
"""
SELECT_OF_USER: Final = """
    SELECT id, user_id, telegram_payment_charge_id, stars, currency, license_type, period_days, status, reason,
           license_event_id, paid_ts, created_at, settled_ts, attempts, trouble, is_repeat
      FROM payment_history WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT ?
"""
SUM_OF_USER: Final = """
    SELECT coalesce(sum(CASE WHEN status = 'completed' THEN stars END), 0),
           coalesce(sum(CASE WHEN status <> 'completed' THEN stars END), 0)
      FROM payment_history WHERE user_id = ?
"""
SELECT_DUE: Final = """
    SELECT id, user_id, telegram_payment_charge_id, stars, currency, license_type, period_days, status, reason,
           license_event_id, paid_ts, created_at, settled_ts, attempts, trouble, is_repeat
      FROM payment_history
     WHERE next_try_ts <= ? AND user_id IS NOT NULL ORDER BY next_try_ts LIMIT ?
"""
SELECT_STATUSES: Final = """
    SELECT telegram_payment_charge_id, status FROM payment_history
     WHERE telegram_payment_charge_id IN (SELECT value FROM json_each(?))
"""
SELECT_LEGACY_CHARGES: Final = """
    SELECT charge_id FROM legacy_payments WHERE charge_id IN (SELECT value FROM json_each(?))
"""
SELECT_PAID_LEGACY: Final = """
    SELECT 1 FROM legacy_payments WHERE payer = ? AND status = 'completed' AND amount > '0' LIMIT 1
"""
UPDATE_STATUS: Final = """
    UPDATE payment_history SET status = ?, reason = ?, settled_ts = ?, next_try_ts = ?, trouble = '' WHERE id = ?
"""
UPDATE_LATER: Final = """
    UPDATE payment_history SET attempts = attempts + 1, next_try_ts = ?, trouble = ?
     WHERE id = ? AND next_try_ts IS NOT NULL
"""
RENEW_SUBSCRIPTION: Final = """
    INSERT INTO subscriptions (payload, charge_id, user_id, license_type, stars, until_ts) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (payload) DO UPDATE SET until_ts = max(until_ts, excluded.until_ts), is_canceled = 0
"""
SET_CANCELED: Final = "UPDATE subscriptions SET is_canceled = ? WHERE payload = ?"
SELECT_SUBSCRIPTIONS: Final = """
    SELECT payload, charge_id, user_id, license_type, stars, until_ts, is_canceled
      FROM subscriptions WHERE user_id = ?
"""
INSERT_OLDER: Final = """
    INSERT INTO older_charges (charge_id, payer, stars, paid_ts) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
TAKE_UNTOLD: Final = "UPDATE older_charges SET is_told = 1 WHERE is_told = 0 RETURNING stars"
SELECT_OLDER: Final = """
    SELECT charge_id, payer, stars, paid_ts FROM older_charges WHERE paid_ts > 0 ORDER BY paid_ts DESC LIMIT ?
"""
SELECT_CURSOR: Final = "SELECT position, read_ts, all_read_ts FROM star_cursor WHERE id = 1"
PUT_CURSOR: Final = """
    INSERT INTO star_cursor (id, position, read_ts, all_read_ts) VALUES (1, ?1, ?2, ?3)
    ON CONFLICT (id) DO UPDATE SET position = ?1, read_ts = ?2, all_read_ts = ?3
"""

_KEEP: Final = 30 * DAY  # ms that an invoice stays after it expired: a payment under way may still come
_PAYLOAD_LIMIT: Final = 256
_REASON_LIMIT: Final = 256
_CURRENCY_LIMIT: Final = 16
_QUERY_LIMIT: Final = 64


def invoice_of(row: Row) -> Invoice:
    """A row of SELECT_INVOICE."""
    return Invoice(
        payload=row[0],
        user_id=row[1],
        license_type=LicenseType(row[2]),
        days=row[3],
        stars=row[4],
        created_at=row[5],
        expires_at=row[6],
        state=InvoiceState(row[7]),
        renews=bool(row[8]),
    )


def payment_of(row: Row) -> Payment:
    """A row of the statements that read payment_history whole."""
    return Payment(
        payment_id=row[0],
        user_id=row[1],
        charge_id=row[2],
        stars=row[3],
        currency=row[4],
        license_type=None if row[5] is None else LicenseType(row[5]),
        days=row[6],
        status=PaymentStatus(row[7]),
        reason=row[8],
        entry_id=row[9],
        paid_at=row[10],
        created_at=row[11],
        settled_at=row[12],
        attempts=row[13],
        trouble=row[14],
        is_repeat=bool(row[15]),
    )


def subscription_of(row: Row) -> Subscription:
    """A row of SELECT_SUBSCRIPTIONS."""
    return Subscription(
        payload=row[0],
        charge_id=row[1],
        user_id=row[2],
        license_type=LicenseType(row[3]),
        stars=row[4],
        until=row[5],
        is_canceled=bool(row[6]),
    )


def cursor_of(rows: Sequence[Row]) -> StarCursor:
    """The rows of SELECT_CURSOR: none before the first look."""
    position, read_at, all_read_at = rows[0] if rows else (0, 0, 0)
    return StarCursor(position=position, read_at=read_at, all_read_at=all_read_at)


class SqlitePayments:
    """Implements `bot.domain.ports.payments.Payments` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add_invoices(self, invoices: Sequence[Invoice], now: Millis) -> None:
        await self._transaction.fetch(DELETE_EXPIRED, (now - _KEEP,))
        rows = [
            (
                each.payload,
                each.user_id,
                each.license_type.value,
                each.days,
                each.stars,
                each.state.value,
                each.created_at,
                each.expires_at,
                int(each.renews),
            )
            for each in invoices
        ]
        await self._transaction.write_many(INSERT_INVOICE, rows)

    async def invoice(self, payload: str) -> Invoice | None:
        rows = await self._transaction.fetch(SELECT_INVOICE, (storable(payload, limit=_PAYLOAD_LIMIT),))
        return invoice_of(rows[0]) if rows else None

    async def mark_paid(self, payload: str) -> None:
        await self._transaction.fetch(MARK_PAID, (payload,))
        await self._transaction.fetch(END_CHECKOUTS, (payload,))

    async def begin_checkout(self, payload: str, user_id: UserId, query_id: str, *, until: Millis, now: Millis) -> bool:
        row = (payload, user_id, storable(query_id, limit=_QUERY_LIMIT), until, now)
        return bool(await self._transaction.fetch(BEGIN_CHECKOUT, row))

    async def drop_checkout(self, payload: str, user_id: UserId, query_id: str) -> None:
        row = (storable(payload, limit=_PAYLOAD_LIMIT), user_id, storable(query_id, limit=_QUERY_LIMIT))
        await self._transaction.fetch(DROP_CHECKOUT, row)

    async def renew_subscription(self, invoice: Invoice, charge_id: str, until: Millis) -> None:
        row = (invoice.payload, charge_id, invoice.user_id, invoice.license_type.value, invoice.stars, until)
        await self._transaction.fetch(RENEW_SUBSCRIPTION, row)

    async def set_canceled(self, payload: str, *, is_canceled: bool) -> None:
        await self._transaction.fetch(SET_CANCELED, (int(is_canceled), payload))

    async def by_charge(self, charge_id: str) -> Payment | None:
        rows = await self._transaction.fetch(SELECT_BY_CHARGE, (charge_id,))
        return payment_of(rows[0]) if rows else None

    async def is_legacy(self, charge_id: str) -> bool:
        return bool(await self._transaction.fetch(SELECT_LEGACY_CHARGES, (json.dumps([charge_id]),)))

    async def payment(self, payment_id: int) -> Payment | None:
        rows = await self._transaction.fetch(SELECT_PAYMENT, (payment_id,))
        return payment_of(rows[0]) if rows else None

    async def add(
        self,
        user_id: UserId,
        paid: Paid,
        *,
        status: PaymentStatus,
        reason: str,
        invoice: Invoice | None,
        entry_id: int | None,
        now: Millis,
    ) -> int:
        row = (
            user_id,
            paid.charge_id,
            storable(paid.payload, limit=_PAYLOAD_LIMIT),
            paid.stars,
            storable(paid.currency, limit=_CURRENCY_LIMIT) or "?",
            None if invoice is None else invoice.license_type.value,
            None if invoice is None else invoice.days,
            entry_id,
            status.value,
            reason,
            paid.at,
            now,
            now if status in RETURNED else None,
            now if status in DUE else None,
            int(invoice is not None and invoice.is_repeated),
        )
        ((payment_id,),) = await self._transaction.fetch(INSERT_PAYMENT, row)
        return int(payment_id)

    async def set_status(self, payment_id: int, status: PaymentStatus, reason: str, now: Millis) -> None:
        settled, next_try = (now if status in RETURNED else None), (now if status in DUE else None)
        reason = storable(reason, limit=_REASON_LIMIT)
        await self._transaction.fetch(UPDATE_STATUS, (status.value, reason, settled, next_try, payment_id))

    async def refund_later(self, payment_id: int, next_try: Millis, trouble: str) -> None:
        trouble = storable(trouble, limit=_REASON_LIMIT)
        await self._transaction.fetch(UPDATE_LATER, (next_try, trouble, payment_id))

    async def put_cursor(self, cursor: StarCursor) -> None:
        await self._transaction.fetch(PUT_CURSOR, (cursor.position, cursor.read_at, cursor.all_read_at))

    async def keep_older(self, charge: OlderCharge) -> None:
        await self._transaction.fetch(INSERT_OLDER, (charge.charge_id, charge.payer, charge.stars, charge.paid_at))

    async def take_untold(self) -> tuple[int, int]:
        rows = await self._transaction.fetch(TAKE_UNTOLD)
        return len(rows), sum(stars for (stars,) in rows)


class SqlitePaymentQueries:
    """Implements `bot.domain.ports.payments.PaymentQueries`; every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def invoice(self, payload: str) -> Invoice | None:
        rows = await self._database.fetch(SELECT_INVOICE, (storable(payload, limit=_PAYLOAD_LIMIT),))
        return invoice_of(rows[0]) if rows else None

    async def payment(self, payment_id: int) -> Payment | None:
        rows = await self._database.fetch(SELECT_PAYMENT, (payment_id,))
        return payment_of(rows[0]) if rows else None

    async def payments(self, before: int, limit: int, status: PaymentStatus | None = None) -> tuple[Payment, ...]:
        if status is None:
            rows = await self._database.fetch(SELECT_NEWEST, (before, limit))
        else:
            rows = await self._database.fetch(SELECT_OF_STATUS, (status.value, before, limit))
        return tuple(map(payment_of, rows))

    async def payments_of(self, user_id: UserId, before: int, limit: int) -> tuple[Payment, ...]:
        return tuple(map(payment_of, await self._database.fetch(SELECT_OF_USER, (user_id, before, limit))))

    async def subscriptions_of(self, user_id: UserId) -> tuple[Subscription, ...]:
        return tuple(map(subscription_of, await self._database.fetch(SELECT_SUBSCRIPTIONS, (user_id,))))

    async def paid_by(self, user_id: UserId) -> tuple[int, int]:
        ((kept, returned),) = await self._database.fetch(SUM_OF_USER, (user_id,))
        return kept, returned

    async def refunds_due(self, now: Millis, limit: int) -> tuple[Payment, ...]:
        return tuple(map(payment_of, await self._database.fetch(SELECT_DUE, (now, limit))))

    async def statuses(self, charge_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        rows = await self._database.fetch(SELECT_STATUSES, (json.dumps(list(charge_ids)),))
        return {charge_id: PaymentStatus(status) for charge_id, status in rows}

    async def legacy_charges(self, charge_ids: Sequence[str]) -> frozenset[str]:
        rows = await self._database.fetch(SELECT_LEGACY_CHARGES, (json.dumps(list(charge_ids)),))
        return frozenset(charge_id for (charge_id,) in rows)

    async def has_paid_legacy(self, user_id: UserId) -> bool:
        return bool(await self._database.fetch(SELECT_PAID_LEGACY, (user_id,)))

    async def star_cursor(self) -> StarCursor:
        return cursor_of(await self._database.fetch(SELECT_CURSOR))

    async def older_charges(self, limit: int) -> tuple[OlderCharge, ...]:
        rows = await self._database.fetch(SELECT_OLDER, (limit,))
        return tuple([OlderCharge(charge_id=row[0], payer=row[1], stars=row[2], paid_at=row[3]) for row in rows])
