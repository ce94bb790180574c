"""What admins read: lists of users, one user's facts, the figures of reports."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.admin import ENDING_WITHIN, ERRORS_KEPT, ErrorNote, UserFacts, UserFilter, UserLine
from bot.domain.audit import AuditRow
from bot.domain.broadcasts import Audience, Broadcast, Delivery, Recipient
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LedgerLine, LicenseType
from bot.domain.portfolio import Side
from bot.domain.reports import OwnedExecution
from bot.domain.users import Role
from storage.admin.audit import audit_page
from storage.admin.broadcasts import (
    COUNT_AUDIENCE,
    SELECT_BROADCAST,
    SELECT_RECIPIENTS,
    SELECT_SENDING,
    SELECT_UNREACHED,
    broadcast_of,
    recipient_of,
)
from storage.licensing.ledger import entry_of
from storage.sqlite.codecs import Row, json_list
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction

SELECT_USERS_SEEN: Final = """
    SELECT u.user_id, u.username, u.first_name, u.role, u.is_banned, u.last_seen_ts,
           (SELECT l.license_type FROM user_licenses AS l
             WHERE l.user_id = u.user_id AND l.end_date > ?1 ORDER BY l.end_date LIMIT 1),
           (SELECT max(l.end_date) FROM user_licenses AS l WHERE l.user_id = u.user_id)
      FROM users AS u WHERE u.last_seen_ts >= ?2 ORDER BY u.last_seen_ts DESC LIMIT ?3 OFFSET ?4
"""
SELECT_USERS_BANNED: Final = """
    SELECT u.user_id, u.username, u.first_name, u.role, u.is_banned, u.last_seen_ts,
           (SELECT l.license_type FROM user_licenses AS l
             WHERE l.user_id = u.user_id AND l.end_date > ?1 ORDER BY l.end_date LIMIT 1),
           (SELECT max(l.end_date) FROM user_licenses AS l WHERE l.user_id = u.user_id)
      FROM users AS u
     WHERE u.is_banned = 1 AND u.last_seen_ts > 0 ORDER BY u.last_seen_ts DESC LIMIT ?2 OFFSET ?3
"""
SELECT_USERS_LICENSED: Final = """
    SELECT u.user_id, u.username, u.first_name, u.role, u.is_banned, u.last_seen_ts, held.license_type,
           (SELECT max(l.end_date) FROM user_licenses AS l WHERE l.user_id = u.user_id)
      FROM user_licenses AS held CROSS JOIN users AS u ON u.user_id = held.user_id
     WHERE held.license_type = ?2 AND held.end_date > ?1 AND held.start_date <= ?1
     ORDER BY held.end_date LIMIT ?3 OFFSET ?4
"""
SELECT_USERS_ENDING: Final = """
    SELECT u.user_id, u.username, u.first_name, u.role, u.is_banned, u.last_seen_ts,
           (SELECT l.license_type FROM user_licenses AS l
             WHERE l.user_id = u.user_id AND l.end_date > ?1 ORDER BY l.end_date LIMIT 1), held.end_date
      FROM user_licenses AS held CROSS JOIN users AS u ON u.user_id = held.user_id
     WHERE held.end_date > ?1 AND held.end_date <= ?2
       AND NOT EXISTS (SELECT 1 FROM user_licenses AS later
                        WHERE later.user_id = held.user_id AND later.end_date > held.end_date)
     ORDER BY held.end_date LIMIT ?3 OFFSET ?4
"""
SELECT_USERS_EXPIRED: Final = """
    SELECT u.user_id, u.username, u.first_name, u.role, u.is_banned, u.last_seen_ts, NULL, held.end_date
      FROM user_licenses AS held CROSS JOIN users AS u ON u.user_id = held.user_id
     WHERE held.end_date <= ?1
       AND NOT EXISTS (SELECT 1 FROM user_licenses AS later
                        WHERE later.user_id = held.user_id AND later.end_date > held.end_date)
     ORDER BY held.end_date DESC LIMIT ?2 OFFSET ?3
"""
SELECT_USERS_OF_CAMPAIGN: Final = """
    SELECT u.user_id, u.username, u.first_name, u.role, u.is_banned, u.last_seen_ts,
           (SELECT l.license_type FROM user_licenses AS l
             WHERE l.user_id = u.user_id AND l.end_date > ?1 ORDER BY l.end_date LIMIT 1),
           (SELECT max(l.end_date) FROM user_licenses AS l WHERE l.user_id = u.user_id)
      FROM promo_usage AS s CROSS JOIN users AS u ON u.pseudonym = s.holder
     WHERE s.campaign_id = ?2
       AND NOT EXISTS (SELECT 1 FROM promo_usage AS later
                        WHERE later.holder = s.holder AND later.campaign_id = ?2 AND later.usage_id > s.usage_id)
     ORDER BY s.usage_id DESC LIMIT ?3 OFFSET ?4
"""
SELECT_USER_BY_ID: Final = """
    SELECT u.user_id, u.username, u.first_name, u.role, u.is_banned, u.last_seen_ts,
           (SELECT l.license_type FROM user_licenses AS l
             WHERE l.user_id = u.user_id AND l.end_date > ?1 ORDER BY l.end_date LIMIT 1),
           (SELECT max(l.end_date) FROM user_licenses AS l WHERE l.user_id = u.user_id)
      FROM users AS u WHERE u.user_id = ?2
"""
SELECT_USERS_BY_USERNAME: Final = """
    SELECT u.user_id, u.username, u.first_name, u.role, u.is_banned, u.last_seen_ts,
           (SELECT l.license_type FROM user_licenses AS l
             WHERE l.user_id = u.user_id AND l.end_date > ?1 ORDER BY l.end_date LIMIT 1),
           (SELECT max(l.end_date) FROM user_licenses AS l WHERE l.user_id = u.user_id)
      FROM users AS u
     WHERE u.username >= ?2 COLLATE NOCASE AND u.username < ?3 COLLATE NOCASE
     ORDER BY u.username COLLATE NOCASE LIMIT ?4
"""
SELECT_USERS_BY_NAME: Final = """
    SELECT u.user_id, u.username, u.first_name, u.role, u.is_banned, u.last_seen_ts,
           (SELECT l.license_type FROM user_licenses AS l
             WHERE l.user_id = u.user_id AND l.end_date > ?1 ORDER BY l.end_date LIMIT 1),
           (SELECT max(l.end_date) FROM user_licenses AS l WHERE l.user_id = u.user_id)
      FROM users AS u WHERE u.first_name >= ?2 AND u.first_name < ?3 ORDER BY u.first_name LIMIT ?4
"""
SELECT_HISTORY: Final = """
    SELECT e.event_id, e.kind, e.license_type, e.millis, e.takes, e.at, e.note, p.id, p.stars, s.campaign_id
      FROM license_events AS e
      LEFT JOIN payment_history AS p ON p.license_event_id = e.event_id
      LEFT JOIN promo_usage AS s ON s.event_id = e.event_id
     WHERE e.holder = (SELECT pseudonym FROM users WHERE user_id = ?) ORDER BY e.event_id
"""
SELECT_FACTS: Final = """
    SELECT u.last_seen_ts,
           (SELECT count(*) FROM active_positions AS p WHERE p.user_id = u.user_id),
           (SELECT count(*) FROM pending_limit_orders AS o WHERE o.user_id = u.user_id),
           (SELECT count(*) FROM trade_logs AS t WHERE t.user_id = u.user_id AND t.ts >= ?2),
           (SELECT count(*) FROM promo_usage AS s WHERE s.holder = u.pseudonym),
           (SELECT count(*) FROM payment_history AS h WHERE h.user_id = u.user_id)
      FROM users AS u WHERE u.user_id = ?1
"""
SELECT_ERRORS: Final = """
    SELECT reference, kind, ts FROM user_errors WHERE user_id = ? ORDER BY error_id DESC LIMIT ?
"""
INSERT_ERROR: Final = """
    INSERT INTO user_errors (user_id, reference, kind, ts)
    SELECT user_id, ?2, ?3, ?4 FROM users WHERE user_id = ?1
"""
DELETE_OLD_ERRORS: Final = """
    DELETE FROM user_errors WHERE error_id IN (
        SELECT error_id FROM user_errors WHERE user_id = ? ORDER BY error_id DESC LIMIT 20 OFFSET ?)
"""
COUNT_SEEN: Final = "SELECT count(*) FROM users WHERE last_seen_ts >= ? AND last_seen_ts < ?"
COUNT_HOLDERS: Final = """
    SELECT count(*) FROM user_licenses WHERE license_type = ?1 AND end_date > ?2 AND start_date <= ?2
"""
COUNT_ENDING: Final = """
    SELECT count(*) FROM user_licenses AS l
     WHERE l.end_date > ? AND l.end_date <= ?
       AND NOT EXISTS (SELECT 1 FROM user_licenses AS later
                        WHERE later.user_id = l.user_id AND later.end_date > l.end_date)
"""
SUM_INCOME: Final = """
    SELECT coalesce(sum(CASE WHEN status IN ('completed', 'refund_asked') THEN stars END), 0),
           coalesce(sum(CASE WHEN status IN ('refunded', 'charged_back') THEN stars END), 0)
      FROM payment_history WHERE created_at >= ? AND created_at < ?
"""
SELECT_FILLS_AFTER: Final = """
    SELECT user_id, account_id, account_type, symbol, side, price, size, closed_size, fee, fee_currency, id, ts
      FROM trade_logs WHERE (account_id, ts, id) > (?, ?, ?) ORDER BY account_id, ts, id LIMIT ?
"""
SELECT_FIRST_NAMES: Final = """
    SELECT user_id, first_name FROM users WHERE user_id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))
"""

_LARGEST_ID: Final = 2**52


def line_of(row: Row) -> UserLine:
    """A row of the lists of users."""
    return UserLine(
        user_id=row[0],
        username=row[1],
        first_name=row[2],
        role=Role(row[3]),
        is_banned=bool(row[4]),
        last_seen=row[5],
        license_type=None if row[6] is None else LicenseType(row[6]),
        until=row[7],
    )


def owned_execution_of(row: Row) -> OwnedExecution:
    """A row of SELECT_FILLS_AFTER."""
    return OwnedExecution(
        user_id=row[0],
        account_id=row[1],
        account_type=AccountType(row[2]),
        symbol=row[3],
        is_buy=row[4] == Side.BUY.value,
        price=Decimal(row[5]),
        size=Decimal(row[6]),
        closed=Decimal(row[7]),
        fee=Decimal(row[8]),
        fee_currency=row[9],
        fill_id=row[10],
        ts=row[11],
    )


class SqliteErrorNotes:
    """Implements `bot.domain.ports.admin.ErrorNotes` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def note_error(self, user_id: UserId, note: ErrorNote) -> None:
        await self._transaction.fetch(INSERT_ERROR, (user_id, note.reference, note.kind, note.at))
        await self._transaction.fetch(DELETE_OLD_ERRORS, (user_id, ERRORS_KEPT))


class SqliteAdminQueries:
    """Implements `bot.domain.ports.admin.AdminQueries`; every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def users(self, shown: UserFilter, now: Millis, *, offset: int, limit: int) -> tuple[UserLine, ...]:
        license_type = shown.license_type
        if license_type is not None:
            rows = await self._database.fetch(SELECT_USERS_LICENSED, (now, license_type.value, limit, offset))
        elif shown is UserFilter.BANNED:
            rows = await self._database.fetch(SELECT_USERS_BANNED, (now, limit, offset))
        elif shown is UserFilter.ENDING:
            rows = await self._database.fetch(SELECT_USERS_ENDING, (now, now + ENDING_WITHIN, limit, offset))
        elif shown is UserFilter.EXPIRED:
            rows = await self._database.fetch(SELECT_USERS_EXPIRED, (now, limit, offset))
        else:
            rows = await self._database.fetch(SELECT_USERS_SEEN, (now, _since(shown, now), limit, offset))
        return tuple(map(line_of, rows))

    async def users_of_campaign(
        self, campaign_id: int, now: Millis, *, offset: int, limit: int
    ) -> tuple[UserLine, ...]:
        rows = await self._database.fetch(SELECT_USERS_OF_CAMPAIGN, (now, campaign_id, limit, offset))
        return tuple(map(line_of, rows))

    async def find_users(self, typed: str, now: Millis, *, limit: int) -> tuple[UserLine, ...]:
        wanted = typed.strip()
        if wanted.isascii() and wanted.isdigit() and 0 < int(wanted) < _LARGEST_ID:
            rows = await self._database.fetch(SELECT_USER_BY_ID, (now, int(wanted)))
        elif wanted.startswith("@"):
            rows = await self._database.fetch(SELECT_USERS_BY_USERNAME, (now, *_prefix(wanted[1:]), limit))
        else:
            found = [
                row
                for form in dict.fromkeys((wanted, wanted.lower(), wanted.capitalize(), wanted.upper()))
                for row in await self._database.fetch(SELECT_USERS_BY_NAME, (now, *_prefix(form), limit))
            ]
            rows = found or await self._database.fetch(SELECT_USERS_BY_USERNAME, (now, *_prefix(wanted), limit))
        lines = {row[0]: line_of(row) for row in rows}
        return tuple(lines.values())[:limit]

    async def license_history(self, user_id: UserId) -> tuple[LedgerLine, ...]:
        """Every ledger entry of a user, the oldest first, with who and what was behind it."""
        rows = await self._database.fetch(SELECT_HISTORY, (user_id,))
        return tuple(
            [
                LedgerLine(entry=entry_of(row[:6]), note=row[6], payment_id=row[7], stars=row[8], campaign_id=row[9])
                for row in rows
            ]
        )

    async def user_facts(self, user_id: UserId, since: Millis) -> UserFacts | None:
        rows = await self._database.fetch(SELECT_FACTS, (user_id, since))
        if not rows:
            return None
        last_seen, positions, orders, trades, redemptions, payments = rows[0]
        errors = await self._database.fetch(SELECT_ERRORS, (user_id, ERRORS_KEPT))
        return UserFacts(
            last_seen=last_seen,
            positions=positions,
            orders=orders,
            trades=trades,
            redemptions=redemptions,
            payments=payments,
            errors=tuple(ErrorNote(reference=reference, kind=kind, at=at) for reference, kind, at in errors),
        )

    async def broadcast(self, broadcast_id: int) -> Broadcast | None:
        rows = await self._database.fetch(SELECT_BROADCAST, (broadcast_id,))
        return broadcast_of(rows[0]) if rows else None

    async def sending(self) -> tuple[Broadcast, ...]:
        """The broadcasts that are being sent, the older ones first."""
        return tuple(map(broadcast_of, await self._database.fetch(SELECT_SENDING)))

    async def audience_size(self, audience: Audience, now: Millis) -> int:
        language = None if audience.language is None else audience.language.value
        chosen = (audience.since(now), language, audience.license.value, now)
        return int((await self._database.fetch(COUNT_AUDIENCE, chosen))[0][0])

    async def recipients(self, broadcast_id: int, limit: int) -> tuple[Recipient, ...]:
        """Who is still to be reached: first those who were not tried yet."""
        return tuple(map(recipient_of, await self._database.fetch(SELECT_RECIPIENTS, (broadcast_id, limit))))

    async def unreached(self, broadcast_id: int, limit: int) -> tuple[tuple[UserId, Delivery], ...]:
        rows = await self._database.fetch(SELECT_UNREACHED, (broadcast_id, limit))
        return tuple((user_id, Delivery(state)) for user_id, state in rows)

    async def count_seen(self, since: Millis, until: Millis) -> int:
        return await self._number(COUNT_SEEN, since, until)

    async def count_licenses(self, license_type: LicenseType, now: Millis) -> int:
        return await self._number(COUNT_HOLDERS, license_type.value, now)

    async def count_ending(self, after: Millis, until: Millis) -> int:
        """People whose last license time ends then."""
        return await self._number(COUNT_ENDING, after, until)

    async def income(self, since: Millis, until: Millis) -> tuple[int, int]:
        kept, returned = (await self._database.fetch(SUM_INCOME, (since, until)))[0]
        return int(kept), int(returned)

    async def fills(self, after: tuple[int, Millis, int], limit: int) -> tuple[OwnedExecution, ...]:
        return tuple(map(owned_execution_of, await self._database.fetch(SELECT_FILLS_AFTER, (*after, limit))))

    async def audit_page(
        self, *, before: int | None = None, area: str | None = None, subject: UserId | None = None, limit: int = 20
    ) -> tuple[AuditRow, ...]:
        return await audit_page(self._database.fetch, before=before, area=area, subject=subject, limit=limit)

    async def first_names(self, user_ids: tuple[UserId, ...]) -> Mapping[UserId, str]:
        return dict(await self._database.fetch(SELECT_FIRST_NAMES, (json_list([str(each) for each in user_ids]),)))

    async def _number(self, statement: str, *parameters: object) -> int:
        return int((await self._database.fetch(statement, parameters))[0][0])


def _since(shown: UserFilter, now: Millis) -> Millis:
    days = {UserFilter.DAY: 1, UserFilter.WEEK: 7}.get(shown)
    return Millis(0) if days is None else Millis(now - days * DAY)


def _prefix(text: str) -> tuple[str, str]:
    """Everything that begins so lies between these two."""
    return text, text + chr(0x10FFFF)
