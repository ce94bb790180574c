"""pins: scrypt digests with their parameters, and how many wrong tries there were."""

from typing import Final

from bot.domain.admin import GIVEN_WITHIN
from bot.domain.ids import Millis, UserId
from bot.domain.pins import TRIES, ScryptCost, StoredPin
from storage.sqlite.codecs import Row
from storage.sqlite.transaction import Transaction

SELECT_PIN: Final = """
    SELECT user_id, salt, digest, scrypt_n, scrypt_r, scrypt_p, failures, locked_until_ts, guards_keys
      FROM pins WHERE user_id = ?
"""
INSERT_PIN: Final = """
    INSERT INTO pins (user_id, salt, digest, scrypt_n, scrypt_r, scrypt_p, set_ts) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (user_id) DO NOTHING RETURNING user_id
"""
UPDATE_PIN: Final = """
    UPDATE pins SET salt = ?, digest = ?, scrypt_n = ?, scrypt_r = ?, scrypt_p = ?, set_ts = ?, failures = 0
     WHERE user_id = ?
"""
# A try that was not looked at because of a crash counts all the same: the sixth is none.
COUNT_TRY: Final = """
    UPDATE pins SET failures = failures + 1
     WHERE user_id = ?1 AND locked_until_ts <= ?2 AND failures < ?3
    RETURNING user_id, salt, digest, scrypt_n, scrypt_r, scrypt_p, failures, locked_until_ts, guards_keys
"""
CLEAR_TRIES: Final = "UPDATE pins SET failures = 0 WHERE user_id = ?"
LOCK_PIN: Final = "UPDATE pins SET failures = 0, locked_until_ts = ? WHERE user_id = ?"
UPDATE_GUARD: Final = "UPDATE pins SET guards_keys = ? WHERE user_id = ?"
DELETE_GIVEN: Final = "DELETE FROM given_days WHERE user_id = ? AND given_ts <= ?"
INSERT_GIVEN: Final = """
    INSERT INTO given_days (cause, user_id, days, given_ts) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
SUM_GIVEN: Final = "SELECT coalesce(sum(days), 0) FROM given_days WHERE user_id = ?"
DELETE_PIN: Final = "DELETE FROM pins WHERE user_id = ? RETURNING user_id"


def pin_of(row: Row) -> StoredPin:
    """A row of SELECT_PIN."""
    user_id, salt, digest, n, r, p, failures, locked_until, guards_keys = row
    return StoredPin(
        user_id=user_id,
        salt=salt,
        digest=digest,
        cost=ScryptCost(n=n, r=r, p=p),
        failures=failures,
        locked_until=locked_until,
        guards_keys=bool(guards_keys),
    )


class SqlitePins:
    """Implements `bot.domain.ports.users.Pins` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def put(self, pin: StoredPin, now: Millis) -> bool:
        """Set or replace; True if it is the first one."""
        made = (pin.salt, pin.digest, pin.cost.n, pin.cost.r, pin.cost.p, now)
        if await self._transaction.fetch(INSERT_PIN, (pin.user_id, *made)):
            return True
        await self._transaction.fetch(UPDATE_PIN, (*made, pin.user_id))
        return False

    async def count_try(self, user_id: UserId, now: Millis) -> StoredPin | None:
        rows = await self._transaction.fetch(COUNT_TRY, (user_id, now, TRIES))
        return pin_of(rows[0]) if rows else None

    async def clear_tries(self, user_id: UserId) -> None:
        await self._transaction.fetch(CLEAR_TRIES, (user_id,))

    async def lock(self, user_id: UserId, until: Millis) -> None:
        await self._transaction.fetch(LOCK_PIN, (until, user_id))

    async def guard_keys(self, user_id: UserId, *, on: bool) -> None:
        await self._transaction.fetch(UPDATE_GUARD, (int(on), user_id))

    async def add_given(self, admin: UserId, days: int, cause: str, now: Millis) -> int:
        await self._transaction.fetch(DELETE_GIVEN, (admin, now - GIVEN_WITHIN))
        await self._transaction.fetch(INSERT_GIVEN, (cause, admin, days, now))
        ((total,),) = await self._transaction.fetch(SUM_GIVEN, (admin,))
        return int(total)

    async def remove(self, user_id: UserId) -> bool:
        """Forget the user's PIN; False if they had none."""
        return bool(await self._transaction.fetch(DELETE_PIN, (user_id,)))
