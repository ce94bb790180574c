"""account_fences: what stops entries of an account; and the license, as it is read in an entry's own transaction."""

from typing import Final

from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.licensing import LicenseType
from storage.licensing.licenses import SELECT_LICENSE, license_of
from storage.sqlite.transaction import Transaction

SELECT_PAUSED: Final = "SELECT paused_ts FROM account_fences WHERE account_id = ?"
PAUSE: Final = """
    INSERT INTO account_fences (account_id, paused_ts) VALUES (?, ?)
    ON CONFLICT (account_id) DO UPDATE SET paused_ts = excluded.paused_ts WHERE account_fences.paused_ts IS NULL
    RETURNING account_id
"""
RESUME: Final = """
    UPDATE account_fences SET paused_ts = NULL WHERE account_id = ? AND paused_ts IS NOT NULL RETURNING account_id
"""
RAISE_FENCE: Final = """
    INSERT INTO account_fences (account_id, fence) VALUES (?, 1)
    ON CONFLICT (account_id) DO UPDATE SET fence = fence + 1
    RETURNING fence
"""


class SqliteAccountFences:
    """Implements `bot.domain.ports.plans.AccountFences` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def paused_since(self, account_id: AccountId) -> Millis | None:
        rows = await self._transaction.fetch(SELECT_PAUSED, (account_id,))
        return rows[0][0] if rows else None

    async def pause(self, account_id: AccountId, now: Millis) -> bool:
        """Stop the entries of an account; False if they were stopped already."""
        return bool(await self._transaction.fetch(PAUSE, (account_id, now)))

    async def resume(self, account_id: AccountId) -> bool:
        """Open the entries of an account again; False if they were not stopped."""
        return bool(await self._transaction.fetch(RESUME, (account_id,)))

    async def raise_fence(self, account_id: AccountId) -> int:
        """No entry that was written before is sent after it."""
        ((fence,),) = await self._transaction.fetch(RAISE_FENCE, (account_id,))
        return int(fence)

    async def license_of(self, user_id: UserId, now: Millis) -> LicenseType | None:
        """What the license is at that moment, by the rows; None: none."""
        rows = await self._transaction.fetch(SELECT_LICENSE, (user_id, now))
        return license_of(rows, user_id, had_trial=True).type_at(now)
