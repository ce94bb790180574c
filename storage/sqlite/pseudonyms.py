"""What the append-only ledgers call a user: 32 random hex digits, whose mapping dies with the users row."""

from typing import Final

from bot.domain.ids import UserId
from storage.sqlite.transaction import Transaction

SELECT_PSEUDONYM: Final = "SELECT pseudonym FROM users WHERE user_id = ?"


async def pseudonym_of(transaction: Transaction, user_id: UserId) -> str:
    """Raises LookupError for a user who is not there: nothing is written about nobody."""
    rows = await transaction.fetch(SELECT_PSEUDONYM, (user_id,))
    if not rows:
        raise LookupError(f"there is no user {user_id}")
    return str(rows[0][0])


async def optional_pseudonym(transaction: Transaction, user_id: UserId | None) -> str | None:
    return None if user_id is None else await pseudonym_of(transaction, user_id)
