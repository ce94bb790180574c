"""broadcasts and their recipients: each is sent to once, whatever happens in between."""

from typing import Final

from bot.domain.broadcasts import ATTEMPTS, Audience, AudienceLicense, Broadcast, BroadcastState, Delivery, Recipient
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.users import Language
from storage.sqlite.codecs import Row
from storage.sqlite.transaction import Transaction

INSERT_DRAFT: Final = "INSERT INTO broadcasts (author, text_html, created_ts) VALUES (?, ?, ?) RETURNING broadcast_id"
DELETE_DRAFTS: Final = "DELETE FROM broadcasts WHERE state = 'draft' AND author = ?"
UPDATE_AUDIENCE: Final = """
    UPDATE broadcasts SET license = ?, lang = ?, is_active = ? WHERE broadcast_id = ? AND state = 'draft'
    RETURNING broadcast_id
"""
START_BROADCAST: Final = """
    UPDATE broadcasts SET state = 'sending', started_ts = ? WHERE broadcast_id = ? AND state = 'draft'
    RETURNING broadcast_id
"""
# The license that runs is the first that has not ended: segments have no gaps.
INSERT_RECIPIENTS: Final = """
    INSERT INTO broadcast_recipients (broadcast_id, user_id)
    SELECT ?1, u.user_id FROM users AS u
     WHERE u.last_seen_ts >= ?2 AND u.is_banned = 0 AND (?3 IS NULL OR u.lang = ?3)
       AND NOT EXISTS (SELECT 1 FROM bot_blocks AS b WHERE b.user_id = u.user_id)
       AND coalesce(json_extract(u.notices, '$.announcements'), u.notifications) <> 'off'
       AND (?4 = 'any' OR ?4 = coalesce((SELECT l.license_type FROM user_licenses AS l
            WHERE l.user_id = u.user_id AND l.end_date > ?5 ORDER BY l.end_date LIMIT 1), 'none'))
"""
COUNT_AUDIENCE: Final = """
    SELECT count(*) FROM users AS u
     WHERE u.last_seen_ts >= ?1 AND u.is_banned = 0 AND (?2 IS NULL OR u.lang = ?2)
       AND NOT EXISTS (SELECT 1 FROM bot_blocks AS b WHERE b.user_id = u.user_id)
       AND coalesce(json_extract(u.notices, '$.announcements'), u.notifications) <> 'off'
       AND (?3 = 'any' OR ?3 = coalesce((SELECT l.license_type FROM user_licenses AS l
            WHERE l.user_id = u.user_id AND l.end_date > ?4 ORDER BY l.end_date LIMIT 1), 'none'))
"""
COUNT_RECIPIENTS: Final = """
    UPDATE broadcasts
       SET total = (SELECT count(*) FROM broadcast_recipients WHERE broadcast_id = ?1 AND state = 'waiting')
     WHERE broadcast_id = ?1 RETURNING total
"""
UPDATE_CARD: Final = "UPDATE broadcasts SET chat_id = ?, message_id = ? WHERE broadcast_id = ?"
RECORD_DELIVERY: Final = """
    UPDATE broadcast_recipients SET state = ?, attempts = attempts + 1
     WHERE broadcast_id = ? AND user_id = ? AND state = 'waiting' RETURNING user_id
"""
PUT_OFF_RECIPIENT: Final = """
    UPDATE broadcast_recipients SET attempts = attempts + 1
     WHERE broadcast_id = ? AND user_id = ? AND state = 'waiting' RETURNING attempts
"""
COUNT_HANDLED: Final = """
    UPDATE broadcasts SET sent = sent + ?, blocked = blocked + ?, failed = failed + ? WHERE broadcast_id = ?
"""
END_BROADCAST: Final = """
    UPDATE broadcasts SET state = ?, finished_ts = ? WHERE broadcast_id = ? AND state = 'sending'
    RETURNING broadcast_id
"""
SELECT_BROADCAST: Final = """
    SELECT broadcast_id, author, text_html, license, lang, is_active, state, total, sent, blocked, failed, chat_id,
           message_id
      FROM broadcasts WHERE broadcast_id = ?
"""
SELECT_SENDING: Final = """
    SELECT broadcast_id, author, text_html, license, lang, is_active, state, total, sent, blocked, failed, chat_id,
           message_id
      FROM broadcasts WHERE state = 'sending' ORDER BY broadcast_id
"""
SELECT_RECIPIENTS: Final = """
    SELECT user_id, attempts FROM broadcast_recipients
     WHERE broadcast_id = ? AND state = 'waiting' ORDER BY attempts, user_id LIMIT ?
"""
SELECT_UNREACHED: Final = """
    SELECT user_id, state FROM broadcast_recipients
     WHERE broadcast_id = ? AND state IN ('blocked', 'failed') ORDER BY state, user_id LIMIT ?
"""


def broadcast_of(row: Row) -> Broadcast:
    """A row of SELECT_BROADCAST."""
    audience = Audience(
        license=AudienceLicense(row[3]), language=None if row[4] is None else Language(row[4]), is_active=bool(row[5])
    )
    return Broadcast(
        broadcast_id=row[0],
        author=row[1],
        text_html=row[2],
        audience=audience,
        state=BroadcastState(row[6]),
        total=row[7],
        sent=row[8],
        blocked=row[9],
        failed=row[10],
        chat_id=row[11],
        message_id=row[12],
    )


def recipient_of(row: Row) -> Recipient:
    """A row of SELECT_RECIPIENTS."""
    return Recipient(user_id=row[0], attempts=row[1])


class SqliteBroadcasts:
    """Implements `bot.domain.ports.admin.Broadcasts` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def draft(self, author: UserId, text_html: str, now: Millis) -> int:
        await self._transaction.fetch(DELETE_DRAFTS, (author,))
        ((broadcast_id,),) = await self._transaction.fetch(INSERT_DRAFT, (author, text_html, now))
        return int(broadcast_id)

    async def aim(self, broadcast_id: int, audience: Audience) -> bool:
        language = None if audience.language is None else audience.language.value
        row = (audience.license.value, language, int(audience.is_active), broadcast_id)
        return bool(await self._transaction.fetch(UPDATE_AUDIENCE, row))

    async def start(self, broadcast: Broadcast, now: Millis) -> int | None:
        if not await self._transaction.fetch(START_BROADCAST, (now, broadcast.broadcast_id)):
            return None
        audience = broadcast.audience
        language = None if audience.language is None else audience.language.value
        chosen = (audience.since(now), language, audience.license.value, now)
        await self._transaction.fetch(INSERT_RECIPIENTS, (broadcast.broadcast_id, *chosen))
        ((total,),) = await self._transaction.fetch(COUNT_RECIPIENTS, (broadcast.broadcast_id,))
        return int(total)

    async def show_at(self, broadcast_id: int, chat_id: ChatId, message_id: int) -> None:
        await self._transaction.fetch(UPDATE_CARD, (chat_id, message_id, broadcast_id))

    async def record_delivery(self, broadcast_id: int, user_id: UserId, delivery: Delivery) -> None:
        """See the port: LATER leaves it waiting, until there were too many tries."""
        if delivery is Delivery.LATER:
            tries = await self._transaction.fetch(PUT_OFF_RECIPIENT, (broadcast_id, user_id))
            if not tries or tries[0][0] < ATTEMPTS:
                return
            delivery = Delivery.FAILED
        if await self._transaction.fetch(RECORD_DELIVERY, (delivery.value, broadcast_id, user_id)):
            counts = [int(delivery is each) for each in (Delivery.SENT, Delivery.BLOCKED, Delivery.FAILED)]
            await self._transaction.fetch(COUNT_HANDLED, (*counts, broadcast_id))

    async def end(self, broadcast_id: int, state: BroadcastState, now: Millis) -> bool:
        """True if it was being sent."""
        return bool(await self._transaction.fetch(END_BROADCAST, (state.value, now, broadcast_id)))
