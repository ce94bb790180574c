"""leg_closings: legs that are to be closed or lessened, one that goes on a leg."""

from typing import Final

from bot.domain.closings import Closing, ClosingState, NewClosing
from bot.domain.ids import AccountId, ChatId, Millis, Symbol
from bot.domain.interning import intern_decimal
from bot.domain.market import Category
from bot.domain.portfolio import LegKey, Side
from bot.domain.trade_plans import CardPlace, ExitReason
from storage.sqlite.codecs import Row, decimal_text, optional_decimal, optional_decimal_text
from storage.sqlite.transaction import Transaction

SELECT_CLOSING: Final = """
    SELECT closing_id, user_id, account_id, category, symbol, position_idx, side, size, remaining, exit_reason,
           panic_id, card_chat_id, card_message_id, state, attempts, last_intent_id, code, reason, created_ts,
           next_try_ts, ended_ts, card_price
      FROM leg_closings WHERE closing_id = ?
"""
SELECT_CLOSING_OF_LEG: Final = """
    SELECT closing_id, user_id, account_id, category, symbol, position_idx, side, size, remaining, exit_reason,
           panic_id, card_chat_id, card_message_id, state, attempts, last_intent_id, code, reason, created_ts,
           next_try_ts, ended_ts, card_price
      FROM leg_closings
     WHERE account_id = ? AND category = ? AND symbol = ? AND position_idx = ? AND state <> 'done'
"""
SELECT_CLOSING_BY_KEY: Final = """
    SELECT closing_id, user_id, account_id, category, symbol, position_idx, side, size, remaining, exit_reason,
           panic_id, card_chat_id, card_message_id, state, attempts, last_intent_id, code, reason, created_ts,
           next_try_ts, ended_ts, card_price
      FROM leg_closings WHERE idempotency_key = ?
"""
# An attempt's key begins with the number of its closing.
SELECT_CLOSING_OF_ATTEMPT: Final = """
    SELECT c.closing_id, c.user_id, c.account_id, c.category, c.symbol, c.position_idx, c.side, c.size, c.remaining,
           c.exit_reason, c.panic_id, c.card_chat_id, c.card_message_id, c.state, c.attempts, c.last_intent_id, c.code,
           c.reason, c.created_ts, c.next_try_ts, c.ended_ts, c.card_price
      FROM order_intents AS i
      CROSS JOIN leg_closings AS c ON c.closing_id = CAST(substr(i.idempotency_key, 9) AS INTEGER)
     WHERE i.intent_id = ? AND i.idempotency_key >= 'closing:' AND i.idempotency_key < 'closing;'
"""
SELECT_CLOSINGS_DUE: Final = """
    SELECT closing_id, user_id, account_id, category, symbol, position_idx, side, size, remaining, exit_reason,
           panic_id, card_chat_id, card_message_id, state, attempts, last_intent_id, code, reason, created_ts,
           next_try_ts, ended_ts, card_price
      FROM leg_closings WHERE state <> 'done' AND next_try_ts > ? AND next_try_ts <= ?
     ORDER BY next_try_ts LIMIT ?
"""
SELECT_CLOSINGS_OF_PANIC: Final = """
    SELECT closing_id, user_id, account_id, category, symbol, position_idx, side, size, remaining, exit_reason,
           panic_id, card_chat_id, card_message_id, state, attempts, last_intent_id, code, reason, created_ts,
           next_try_ts, ended_ts, card_price
      FROM leg_closings WHERE panic_id = ? ORDER BY closing_id
"""
# A card that closes what it was asked for first, and then what it listed beside that, tells of both panics.
SELECT_CLOSINGS_ON_CARD: Final = """
    SELECT o.closing_id, o.user_id, o.account_id, o.category, o.symbol, o.position_idx, o.side, o.size, o.remaining,
           o.exit_reason, o.panic_id, o.card_chat_id, o.card_message_id, o.state, o.attempts, o.last_intent_id, o.code,
           o.reason, o.created_ts, o.next_try_ts, o.ended_ts, o.card_price
      FROM leg_closings AS o
     WHERE (o.user_id, o.account_id, o.card_chat_id, o.card_message_id) = (
            SELECT user_id, account_id, card_chat_id, card_message_id FROM leg_closings
             WHERE panic_id = ?1 AND card_message_id > 0 LIMIT 1)
       AND o.panic_id < ?1
     ORDER BY o.closing_id
"""
INSERT_CLOSING: Final = """
    INSERT INTO leg_closings (user_id, account_id, category, symbol, position_idx, side, size, remaining, exit_reason,
                              panic_id, idempotency_key, card_chat_id, card_message_id, state, created_ts, next_try_ts,
                              card_price)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'closing', ?, ?, ?)
    RETURNING closing_id
"""
# Of a wish that another one took over: its key is used up with that one, whatever stands in the leg later.
INSERT_TAKEN_OVER: Final = """
    INSERT INTO leg_closings (user_id, account_id, category, symbol, position_idx, side, size, remaining, exit_reason,
                              panic_id, idempotency_key, card_chat_id, card_message_id, state, created_ts, next_try_ts,
                              last_intent_id, ended_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, 'done', ?, ?, ?, ?)
"""
# One that waits for the end of a refusal is tried at once when somebody asks again.
UPDATE_CLOSING: Final = """
    UPDATE leg_closings
       SET size = ?, remaining = ?, panic_id = coalesce(?, panic_id), card_chat_id = coalesce(?, card_chat_id),
           card_message_id = coalesce(?, card_message_id), next_try_ts = ?
     WHERE closing_id = ?
"""
COUNT_ATTEMPT: Final = """
    UPDATE leg_closings SET attempts = attempts + 1, last_intent_id = ?, state = 'closing', next_try_ts = ?
     WHERE closing_id = ? AND state <> 'done'
"""
UPDATE_NEXT_TRY: Final = "UPDATE leg_closings SET next_try_ts = ? WHERE closing_id = ? AND state <> 'done'"
UPDATE_REFUSED: Final = """
    UPDATE leg_closings SET state = 'refused', code = ?, reason = ?, next_try_ts = ?
     WHERE closing_id = ? AND state <> 'done'
"""
UPDATE_DONE: Final = """
    UPDATE leg_closings SET state = 'done', ended_ts = max(created_ts, ?) WHERE closing_id = ? AND state <> 'done'
"""

_CATEGORIES: Final = {each.value: each for each in Category}
_SIDES: Final = {each.value: each for each in Side}
_STATES: Final = {each.value: each for each in ClosingState}
_REASONS: Final = {each.value: each for each in ExitReason}


def closing_of(row: Row) -> Closing:
    """A row of SELECT_CLOSING and its likes."""
    leg = LegKey(account_id=AccountId(row[2]), category=_CATEGORIES[row[3]], symbol=Symbol(row[4]), position_idx=row[5])
    return Closing(
        closing_id=row[0],
        user_id=row[1],
        leg=leg,
        side=_SIDES[row[6]],
        size=intern_decimal(row[7]),
        remaining=intern_decimal(row[8]),
        exit_reason=_REASONS[row[9]],
        panic_id=row[10],
        card=None if row[11] is None else CardPlace(chat_id=ChatId(row[11]), message_id=row[12]),
        state=_STATES[row[13]],
        attempts=row[14],
        last_intent_id=row[15],
        code=row[16],
        reason=row[17],
        created_ts=row[18],
        ended_ts=row[20],
        card_price=optional_decimal(row[21]),
    )


class SqliteClosings:
    """Implements `bot.domain.ports.closings.Closings` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, new: NewClosing, now: Millis) -> Closing:
        """The closing of that leg that goes on from now: the one there is takes over what is stricter of `new`.

        A key that was used before answers the closing of that time, done or not.
        """
        rows = await self._transaction.fetch(SELECT_CLOSING_BY_KEY, (new.idempotency_key,))
        if rows:
            return closing_of(rows[0])
        card = (None, None) if new.card is None else (new.card.chat_id, new.card.message_id)
        leg = (new.leg.account_id, new.leg.category.value, new.leg.symbol, new.leg.position_idx)
        sizes = (new.side.value, decimal_text(new.size), decimal_text(new.remaining))
        wish = (new.user_id, *leg, *sizes, new.exit_reason.value)
        going = await self.of_leg(new.leg)
        if going is not None and going.side is new.side:
            used_up = (new.idempotency_key, *card, now, now, going.last_intent_id, now)
            await self._transaction.fetch(INSERT_TAKEN_OVER, (*wish, *used_up))
            stricter = (max(going.size, new.size), min(going.remaining, new.remaining))
            changes = (*map(decimal_text, stricter), new.panic_id, *card, now)
            await self._transaction.fetch(UPDATE_CLOSING, (*changes, going.closing_id))
            return await self._get(going.closing_id)
        if going is not None:  # of a position that is gone: the leg stands on the other side now
            await self.done(going.closing_id, now)
        values = (*wish, new.panic_id, new.idempotency_key, *card, now, now, optional_decimal_text(new.card_price))
        ((closing_id,),) = await self._transaction.fetch(INSERT_CLOSING, values)
        return await self._get(closing_id)

    async def of_leg(self, leg: LegKey) -> Closing | None:
        """The one that goes on: no entry may go into that leg meanwhile."""
        key = (leg.account_id, leg.category.value, leg.symbol, leg.position_idx)
        rows = await self._transaction.fetch(SELECT_CLOSING_OF_LEG, key)
        return closing_of(rows[0]) if rows else None

    async def of_attempt(self, intent_id: int) -> Closing | None:
        """The closing that an intent was an attempt at."""
        rows = await self._transaction.fetch(SELECT_CLOSING_OF_ATTEMPT, (intent_id,))
        return closing_of(rows[0]) if rows else None

    async def tried(self, closing_id: int, intent_id: int, next_try: Millis) -> None:
        """One more attempt is written down."""
        await self._transaction.fetch(COUNT_ATTEMPT, (intent_id, next_try, closing_id))

    async def wait(self, closing_id: int, next_try: Millis) -> None:
        """Nothing could be tried: look again at that moment."""
        await self._transaction.fetch(UPDATE_NEXT_TRY, (next_try, closing_id))

    async def refused(self, closing_id: int, code: int | None, reason: str, next_try: Millis) -> None:
        await self._transaction.fetch(UPDATE_REFUSED, (code, reason, next_try, closing_id))

    async def done(self, closing_id: int, now: Millis) -> None:
        await self._transaction.fetch(UPDATE_DONE, (now, closing_id))

    async def _get(self, closing_id: int) -> Closing:
        (row,) = await self._transaction.fetch(SELECT_CLOSING, (closing_id,))
        return closing_of(row)
