"""Reads of the promo tables: what admins look at, and what the jobs look for."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LicenseType, derive
from bot.domain.promo import Campaign, ClawBack, CodeCount, Funnel, Pin, Redeemed, Redeemer, SealedCode, Usage
from storage.licensing.ledger import entry_of
from storage.promo.promo import SELECT_CAMPAIGN, campaign_of, until_of
from storage.sqlite.codecs import Row
from storage.sqlite.database import Database

SELECT_CAMPAIGNS: Final = """
    SELECT campaign_id, license_type, days, max_uses, code_count, starts_ts, ends_ts, note, state, uses, creator,
           created_ts, undo_asked_by, undo_asked_ts, once
      FROM promo_campaigns WHERE campaign_id > 0 ORDER BY campaign_id DESC LIMIT ?2 OFFSET ?1
"""
SELECT_RUNNING: Final = """
    SELECT campaign_id, license_type, days, max_uses, code_count, starts_ts, ends_ts, note, state, uses, creator,
           created_ts, undo_asked_by, undo_asked_ts, once
      FROM promo_campaigns WHERE state = 'active' ORDER BY campaign_id DESC LIMIT ?2 OFFSET ?1
"""
SELECT_CODES: Final = "SELECT lookup, envelope, uses FROM promo_codes WHERE campaign_id = ? ORDER BY promo_id"
SELECT_FUNNEL: Final = """
    SELECT (SELECT count(*) FROM promo_opens WHERE campaign_id = ?1), count(*),
           count(CASE WHEN EXISTS (
               SELECT 1 FROM accounts AS a
                WHERE a.user_id = u.user_id AND a.account_type <> 'paper' AND a.state = 'active') THEN 1 END),
           count(CASE WHEN EXISTS (
               SELECT 1 FROM trade_logs AS t WHERE t.user_id = u.user_id AND t.ts >= s.used_ts) THEN 1 END),
           count(CASE WHEN EXISTS (
               SELECT 1 FROM license_events AS e
                WHERE e.holder = s.holder AND e.event_id > s.event_id AND e.kind = 'payment') THEN 1 END)
      FROM promo_usage AS s LEFT JOIN users AS u ON u.pseudonym = s.holder
     WHERE s.campaign_id = ?1
"""
SELECT_CLAW_BACKS: Final = """
    SELECT s.usage_id, u.user_id, s.event_id, e.event_id, e.kind, e.license_type, e.millis, e.takes, e.at
      FROM promo_usage AS s
      LEFT JOIN users AS u ON u.pseudonym = s.holder
      JOIN license_events AS e ON e.holder = s.holder
     WHERE s.campaign_id = ?1 AND s.undone_ts IS NULL AND s.usage_id > ?2 AND s.usage_id <= coalesce((
           SELECT usage_id FROM promo_usage WHERE campaign_id = ?1 AND usage_id > ?2
            ORDER BY usage_id LIMIT 1 OFFSET ?3), 9223372036854775807)
     ORDER BY s.usage_id, e.event_id
"""
SELECT_REDEEMERS: Final = """
    SELECT s.usage_id, u.user_id, u.username, u.first_name, s.holder, s.actor, s.used_ts, s.until_ts, s.undone_ts,
           s.event_id, c.license_type, c.days, e.event_id, e.kind, e.license_type, e.millis, e.takes, e.at
      FROM promo_usage AS s
      CROSS JOIN promo_campaigns AS c ON c.campaign_id = s.campaign_id
      LEFT JOIN users AS u ON u.pseudonym = s.holder
      LEFT JOIN license_events AS e ON e.holder = s.holder
     WHERE s.campaign_id = ?1 AND s.usage_id < ?2 AND s.usage_id >= coalesce((
           SELECT usage_id FROM promo_usage WHERE campaign_id = ?1 AND usage_id < ?2
            ORDER BY usage_id DESC LIMIT 1 OFFSET ?3), 0)
     ORDER BY s.usage_id DESC, e.event_id
"""
SELECT_PINS: Final = """
    SELECT campaign_id, pin_chat_id, pin_message_id FROM promo_campaigns
     WHERE state = 'active' AND pin_chat_id IS NOT NULL
"""
SELECT_UNFINISHED: Final = "SELECT campaign_id FROM promo_campaigns WHERE state = 'undone' AND undo_finished_ts IS NULL"
SELECT_REDEEMED: Final = """
    SELECT s.usage_id, c.license_type, c.days, s.used_ts, s.until_ts, s.undone_ts
      FROM promo_usage AS s JOIN promo_campaigns AS c ON c.campaign_id = s.campaign_id
     WHERE s.holder = (SELECT pseudonym FROM users WHERE user_id = ?) ORDER BY s.usage_id DESC LIMIT ?
"""

_CLAW_BACKS_PAGE: Final = 200  # redemptions a read
_REDEEMER_COLUMNS: Final = 12  # of SELECT_REDEEMERS, before those of the ledger


def _redeemer_of(head: Row, rows: Sequence[Row], now: Millis) -> Redeemer:
    """The rows of SELECT_REDEEMERS that are about one redemption; nobody's time is left of an erased user."""
    usage_id, user_id, username, first_name, pseudonym, actor, used, until, undone, given, license_type, days = head
    entries = [entry_of(row[_REDEEMER_COLUMNS:]) for row in rows if row[_REDEEMER_COLUMNS] is not None]
    left = [each.left for each in derive(entries, now).grants if each.entry_id == given]
    return Redeemer(
        usage=Usage(
            usage_id=usage_id, license_type=LicenseType(license_type), days=days, at=used, until=until_of(used, until)
        ),
        user_id=user_id,
        username=username,
        first_name=first_name or "",
        pseudonym=pseudonym,
        by_admin=actor is not None,
        is_undone=undone is not None,
        left=sum(left) if user_id is not None else 0,
    )


class SqlitePromoQueries:
    """Implements `bot.domain.ports.promo.PromoQueries`; every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def campaign(self, campaign_id: int) -> Campaign | None:
        rows = await self._database.fetch(SELECT_CAMPAIGN, (campaign_id,))
        return campaign_of(rows[0]) if rows else None

    async def campaigns(self, *, running: bool, offset: int, limit: int) -> tuple[Campaign, ...]:
        statement = SELECT_RUNNING if running else SELECT_CAMPAIGNS
        return tuple(map(campaign_of, await self._database.fetch(statement, (offset, limit))))

    async def codes(self, campaign_id: int) -> tuple[CodeCount, ...]:
        rows = await self._database.fetch(SELECT_CODES, (campaign_id,))
        return tuple([CodeCount(sealed=SealedCode(lookup=row[0], envelope=row[1]), uses=row[2]) for row in rows])

    async def funnel(self, campaign_id: int) -> Funnel:
        ((opened, redeemed, connected, traded, paid),) = await self._database.fetch(SELECT_FUNNEL, (campaign_id,))
        return Funnel(opened=opened, redeemed=redeemed, connected=connected, traded=traded, paid=paid)

    async def claw_backs(self, campaign_id: int, now: Millis) -> tuple[ClawBack, ...]:
        found: list[ClawBack] = []
        after = 0
        while rows := await self._database.fetch(SELECT_CLAW_BACKS, (campaign_id, after, _CLAW_BACKS_PAGE - 1)):
            for (usage_id, user_id, given), group in groupby(rows, key=lambda row: row[:3]):
                grants = derive([entry_of(row[3:]) for row in group], now).grants
                left = next((each for each in grants if each.entry_id == given), None)
                if left is not None and user_id is not None:
                    found.append(ClawBack(usage_id=usage_id, user_id=user_id, millis=left.left))
                after = usage_id
        return tuple(found)

    async def redeemers(self, campaign_id: int, now: Millis, before: int, limit: int) -> tuple[Redeemer, ...]:
        rows = await self._database.fetch(SELECT_REDEEMERS, (campaign_id, before, limit - 1))
        grouped = groupby(rows, key=lambda row: row[:_REDEEMER_COLUMNS])
        return tuple([_redeemer_of(head, list(group), now) for head, group in grouped])

    async def pins(self) -> tuple[Pin, ...]:
        rows = await self._database.fetch(SELECT_PINS)
        return tuple([Pin(campaign_id=row[0], chat_id=row[1], message_id=row[2]) for row in rows])

    async def unfinished_undos(self) -> tuple[int, ...]:
        return tuple(campaign_id for (campaign_id,) in await self._database.fetch(SELECT_UNFINISHED))

    async def redeemed_by(self, user_id: UserId, limit: int) -> tuple[Redeemed, ...]:
        rows = await self._database.fetch(SELECT_REDEEMED, (user_id, limit))
        return tuple(
            [
                Redeemed(
                    usage=Usage(
                        usage_id=row[0],
                        license_type=LicenseType(row[1]),
                        days=row[2],
                        at=row[3],
                        until=until_of(*row[3:5]),
                    ),
                    is_undone=row[5] is not None,
                )
                for row in rows
            ]
        )
