"""promo_campaigns, promo_codes and what happens to them, inside a unit of work."""

from collections.abc import Sequence
from typing import Final

from bot.domain.ids import DAY, HOUR, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.promo import (
    TRIES_WITHIN,
    Campaign,
    CampaignState,
    HeldUsage,
    KnownCode,
    NewUse,
    Pin,
    SealedCode,
    Usage,
)
from bot.domain.promo_codes import Terms
from storage.sqlite.codecs import Row, storable
from storage.sqlite.transaction import Transaction

INSERT_CAMPAIGN: Final = """
    INSERT INTO promo_campaigns (license_type, days, max_uses, code_count, starts_ts, ends_ts, once, note, creator,
                                 created_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING campaign_id
"""
INSERT_CODE: Final = "INSERT INTO promo_codes (campaign_id, lookup, envelope, max_uses) VALUES (?, ?, ?, ?)"
SELECT_TAKEN: Final = "SELECT 1 FROM promo_codes WHERE lookup = ?"
SELECT_CAMPAIGN: Final = """
    SELECT campaign_id, license_type, days, max_uses, code_count, starts_ts, ends_ts, note, state, uses, creator,
           created_ts, undo_asked_by, undo_asked_ts, once
      FROM promo_campaigns WHERE campaign_id = ?
"""
# The usage is the person's of this code, else one of theirs of another code of the campaign.
SELECT_CODE: Final = """
    SELECT c.campaign_id, c.license_type, c.days, c.max_uses, c.code_count, c.starts_ts, c.ends_ts, c.note, c.state,
           c.uses, c.creator, c.created_ts, c.undo_asked_by, c.undo_asked_ts, c.once,
           p.promo_id, p.lookup, p.envelope, p.uses, s.promo_id, s.usage_id, s.used_ts, s.until_ts
      FROM promo_codes AS p
      JOIN promo_campaigns AS c ON c.campaign_id = p.campaign_id
      LEFT JOIN users AS u ON u.user_id = ?2
      LEFT JOIN promo_usage AS s ON s.usage_id = coalesce(
           (SELECT usage_id FROM promo_usage WHERE promo_id = p.promo_id AND holder = u.pseudonym),
           (SELECT min(usage_id) FROM promo_usage WHERE campaign_id = p.campaign_id AND holder = u.pseudonym))
     WHERE p.lookup = ?1
"""
# The cap and the dates are asked for by the very statement that counts: there is no moment in between.
USE_CODE: Final = """
    UPDATE promo_codes SET uses = uses + 1
     WHERE promo_id = ?1 AND uses < max_uses AND EXISTS (
           SELECT 1 FROM promo_campaigns AS c
            WHERE c.campaign_id = promo_codes.campaign_id AND c.state = 'active'
              AND (c.starts_ts IS NULL OR c.starts_ts <= ?2) AND (c.ends_ts IS NULL OR c.ends_ts > ?2))
    RETURNING campaign_id
"""
COUNT_USE: Final = """
    UPDATE promo_campaigns
       SET uses = uses + 1, hour_uses = CASE WHEN hour = ?2 THEN hour_uses + 1 ELSE 1 END, hour = ?2
     WHERE campaign_id = ?1 RETURNING uses, hour_uses
"""
INSERT_USAGE: Final = """
    INSERT INTO promo_usage (promo_id, campaign_id, holder, actor, used_ts)
    VALUES (?, ?, (SELECT pseudonym FROM users WHERE user_id = ?), (SELECT pseudonym FROM users WHERE user_id = ?), ?)
    RETURNING usage_id
"""
ATTACH_GRANT: Final = "UPDATE promo_usage SET event_id = ?, until_ts = ? WHERE usage_id = ?"
INSERT_OPEN: Final = """
    INSERT INTO promo_opens (campaign_id, holder, opened_ts)
    VALUES (?, (SELECT pseudonym FROM users WHERE user_id = ?), ?) ON CONFLICT DO NOTHING
"""
SELECT_TRIES: Final = """
    SELECT tried_ts FROM promo_attempts WHERE user_id = ? AND tried_ts > ? ORDER BY tried_ts DESC LIMIT ?
"""
INSERT_TRY: Final = "INSERT INTO promo_attempts (user_id, tried_ts) VALUES (?, ?)"
DELETE_OLD_TRIES: Final = """
    DELETE FROM promo_attempts WHERE attempt_id IN (
        SELECT attempt_id FROM promo_attempts WHERE tried_ts < ? ORDER BY tried_ts LIMIT 20)
"""
COUNT_TRIES: Final = "SELECT count(*) FROM (SELECT 1 FROM promo_attempts WHERE tried_ts > ? LIMIT ?)"
PAUSE: Final = """
    UPDATE promo_campaigns SET state = ?1 WHERE campaign_id = ?2 AND state = ?3 RETURNING campaign_id
"""
CHANGE_CAMPAIGN: Final = "UPDATE promo_campaigns SET max_uses = ?, ends_ts = ?, note = ? WHERE campaign_id = ?"
CHANGE_CODES: Final = "UPDATE promo_codes SET max_uses = ?2 WHERE campaign_id = ?1 AND max_uses <> ?2"
SELECT_MOST_USED: Final = "SELECT max(uses) FROM promo_codes WHERE campaign_id = ?"
ASK_UNDO: Final = "UPDATE promo_campaigns SET undo_asked_by = ?, undo_asked_ts = ? WHERE campaign_id = ?"
UNDO: Final = """
    UPDATE promo_campaigns SET state = 'undone' WHERE campaign_id = ? AND state <> 'undone' RETURNING campaign_id
"""
SELECT_USAGES_LEFT: Final = """
    SELECT s.usage_id, u.user_id, s.event_id
      FROM promo_usage AS s LEFT JOIN users AS u ON u.pseudonym = s.holder
     WHERE s.campaign_id = ? AND s.undone_ts IS NULL ORDER BY s.usage_id LIMIT ?
"""
MARK_USAGE_UNDONE: Final = "UPDATE promo_usage SET undone_ts = ? WHERE usage_id = ?"
FINISH_UNDO: Final = "UPDATE promo_campaigns SET undo_finished_ts = ? WHERE campaign_id = ? AND state = 'undone'"
PIN: Final = "UPDATE promo_campaigns SET pin_chat_id = ?, pin_message_id = ? WHERE campaign_id = ?"
# role <> 'user' says no more than IN does; it is there for idx_users_staff, which is partial.
SELECT_STAFF: Final = """
    SELECT user_id FROM users WHERE role <> 'user' AND role IN ('admin', 'owner')
"""
SELECT_OWNERS: Final = "SELECT user_id FROM users WHERE role <> 'user' AND role = 'owner'"

_NOTE_LIMIT: Final = 200
CAMPAIGN_COLUMNS: Final = 15  # of SELECT_CAMPAIGN
_EARLIER_GAVE: Final = 30 * DAY  # ms that the bot before gave for any code


def until_of(used: Millis, until: Millis | None) -> Millis:
    """When the time of a use was to run out; that of one before the code came here is in no ledger."""
    return Millis(used + _EARLIER_GAVE) if until is None else until


def campaign_of(row: Row) -> Campaign:
    """A row that begins with the columns of SELECT_CAMPAIGN."""
    return Campaign(
        campaign_id=row[0],
        terms=Terms(
            license_type=LicenseType(row[1]),
            days=row[2],
            max_uses=row[3],
            count=row[4],
            starts=row[5],
            ends=row[6],
            note=row[7],
            once=bool(row[14]),
        ),
        state=CampaignState(row[8]),
        uses=row[9],
        creator=row[10],
        created=row[11],
        undo_asked_by=row[12],
        undo_asked=row[13],
    )


def known_code_of(row: Row) -> KnownCode:
    """A row of SELECT_CODE."""
    campaign = campaign_of(row)
    promo_id, lookup, envelope, uses, used_code, usage_id, used, until = row[CAMPAIGN_COLUMNS:]
    usage = None
    if used_code == promo_id:
        terms = campaign.terms
        until = until_of(used, until)
        usage = Usage(usage_id=usage_id, license_type=terms.license_type, days=terms.days, at=used, until=until)
    return KnownCode(
        promo_id=promo_id,
        sealed=SealedCode(lookup=lookup, envelope=envelope),
        uses=uses,
        campaign=campaign,
        usage=usage,
        used_another=used_code is not None and usage is None,
    )


class SqlitePromo:
    """Implements `bot.domain.ports.promo.PromoCodes` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def create(self, terms: Terms, codes: Sequence[SealedCode], creator: UserId | None, now: Millis) -> int:
        row = (terms.license_type.value, terms.days, terms.max_uses, terms.count, terms.starts, terms.ends)
        note = storable(terms.note, limit=_NOTE_LIMIT)
        ((campaign_id,),) = await self._transaction.fetch(INSERT_CAMPAIGN, (*row, int(terms.once), note, creator, now))
        rows = [(campaign_id, code.lookup, code.envelope, terms.max_uses) for code in codes]
        await self._transaction.write_many(INSERT_CODE, rows)
        return int(campaign_id)

    async def is_taken(self, lookup: bytes) -> bool:
        return bool(await self._transaction.fetch(SELECT_TAKEN, (lookup,)))

    async def find(self, lookup: bytes, user_id: UserId) -> KnownCode | None:
        rows = await self._transaction.fetch(SELECT_CODE, (lookup, user_id))
        return known_code_of(rows[0]) if rows else None

    async def use(self, code: KnownCode, user_id: UserId, actor: UserId | None, now: Millis) -> NewUse | None:
        """Raises sqlite3.IntegrityError for a second use by one user, which undoes the unit."""
        used = await self._transaction.fetch(USE_CODE, (code.promo_id, now))
        if not used:
            return None
        ((campaign_id,),) = used
        ((uses, in_this_hour),) = await self._transaction.fetch(COUNT_USE, (campaign_id, now // HOUR))
        row = (code.promo_id, campaign_id, user_id, actor, now)
        ((usage_id,),) = await self._transaction.fetch(INSERT_USAGE, row)
        return NewUse(usage_id=usage_id, uses=uses, in_this_hour=in_this_hour)

    async def attach_grant(self, usage_id: int, entry_id: int, until: Millis) -> None:
        await self._transaction.fetch(ATTACH_GRANT, (entry_id, until, usage_id))

    async def opened(self, campaign_id: int, user_id: UserId, now: Millis) -> None:
        await self._transaction.fetch(INSERT_OPEN, (campaign_id, user_id, now))

    async def tries(self, user_id: UserId, since: Millis, limit: int) -> tuple[Millis, ...]:
        return tuple(at for (at,) in await self._transaction.fetch(SELECT_TRIES, (user_id, since, limit)))

    async def add_try(self, user_id: UserId, now: Millis) -> None:
        await self._transaction.fetch(DELETE_OLD_TRIES, (now - TRIES_WITHIN,))
        await self._transaction.fetch(INSERT_TRY, (user_id, now))

    async def tries_of_all(self, since: Millis, limit: int) -> int:
        ((count,),) = await self._transaction.fetch(COUNT_TRIES, (since, limit))
        return int(count)

    async def campaign(self, campaign_id: int) -> Campaign | None:
        rows = await self._transaction.fetch(SELECT_CAMPAIGN, (campaign_id,))
        return campaign_of(rows[0]) if rows else None

    async def pause(self, campaign_id: int, *, paused: bool) -> bool:
        if paused:
            before, after = CampaignState.ACTIVE, CampaignState.PAUSED
        else:
            before, after = CampaignState.PAUSED, CampaignState.ACTIVE
        return bool(await self._transaction.fetch(PAUSE, (after.value, campaign_id, before.value)))

    async def change(self, campaign_id: int, terms: Terms) -> None:
        note = storable(terms.note, limit=_NOTE_LIMIT)
        await self._transaction.fetch(CHANGE_CAMPAIGN, (terms.max_uses, terms.ends, note, campaign_id))
        await self._transaction.fetch(CHANGE_CODES, (campaign_id, terms.max_uses))

    async def most_used(self, campaign_id: int) -> int:
        ((uses,),) = await self._transaction.fetch(SELECT_MOST_USED, (campaign_id,))
        return int(uses)

    async def ask_undo(self, campaign_id: int, actor: UserId, now: Millis) -> None:
        await self._transaction.fetch(ASK_UNDO, (actor, now, campaign_id))

    async def undo(self, campaign_id: int) -> bool:
        return bool(await self._transaction.fetch(UNDO, (campaign_id,)))

    async def usages_left(self, campaign_id: int, limit: int) -> tuple[HeldUsage, ...]:
        rows = await self._transaction.fetch(SELECT_USAGES_LEFT, (campaign_id, limit))
        return tuple([HeldUsage(usage_id=row[0], user_id=row[1], entry_id=row[2]) for row in rows])

    async def usage_undone(self, usage_id: int, now: Millis) -> None:
        await self._transaction.fetch(MARK_USAGE_UNDONE, (now, usage_id))

    async def undo_finished(self, campaign_id: int, now: Millis) -> None:
        await self._transaction.fetch(FINISH_UNDO, (now, campaign_id))

    async def pin(self, pin: Pin) -> None:
        await self._transaction.fetch(PIN, (pin.chat_id, pin.message_id, pin.campaign_id))

    async def unpin(self, campaign_id: int) -> None:
        await self._transaction.fetch(PIN, (None, None, campaign_id))

    async def staff(self) -> tuple[UserId, ...]:
        return tuple(user_id for (user_id,) in await self._transaction.fetch(SELECT_STAFF))

    async def owners(self) -> tuple[UserId, ...]:
        return tuple(user_id for (user_id,) in await self._transaction.fetch(SELECT_OWNERS))
