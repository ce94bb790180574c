"""A database whose key file is lost: what no key opens any more is dropped, everything else stays.

Stored keys go with their accounts, as if their owners had removed them, and each owner is asked to connect again; promo
codes that can't be shown or found any more end; the database's own secrets are made anew at the next start. Ledgers,
licenses, payments, trades and the audit are not sealed and stay as they are.
"""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import KEY_LOST, Account, KeysLostMessage, SealedCredentials, VaultLostMessage
from bot.domain.audit import AuditEntry
from bot.domain.chat import OutboxPayload, outbox_message
from bot.domain.errors import WrongKeyFile
from bot.domain.ids import Millis, UserId
from bot.domain.ports.clock import Clock
from storage.accounts.accounts import SELECT_ACCOUNT, account_of
from storage.accounts.queries import SqliteAccountQueries
from storage.journal.journal import BEGIN_ANEW, new_journal_id
from storage.promo.cipher import PROMO_SECRET, SELECT_SECRET
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction
from storage.sqlite.vault import SELECT_CANARY, AesCredentialVault
from storage.store import SqliteUnitOfWork
from storage.users.users import SELECT_STAFF

SELECT_SEALED_ACCOUNTS: Final = "SELECT account_id FROM credentials ORDER BY account_id"
SELECT_PRACTICE: Final = """
    SELECT account_id FROM accounts WHERE user_id = ? AND account_type = 'paper' AND state = 'active' LIMIT 1
"""
SELECT_EVERY_SECRET: Final = "SELECT name, key_id, envelope FROM sealed_secrets"  # noqa: S105  a statement
DELETE_SECRET: Final = "DELETE FROM sealed_secrets WHERE name = ?"  # noqa: S105  the same
DELETE_PROMO_SECRET: Final = "DELETE FROM promo_secret"  # noqa: S105  the same
# The rows stay, for what was redeemed hangs on them; an envelope of nothing is one that was lost.
FORGET_CODES: Final = "UPDATE promo_codes SET envelope = x'' WHERE envelope <> x'' RETURNING promo_id"
END_CAMPAIGNS: Final = """
    UPDATE promo_campaigns SET ends_ts = max(?1, coalesce(starts_ts, 0) + 1)
     WHERE state <> 'undone' AND (ends_ts IS NULL OR ends_ts > ?1)
"""
REPLACE_CANARY: Final = "INSERT OR REPLACE INTO vault_canary (canary_id, key_id, envelope) VALUES (1, ?, ?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnopenedSecrets:
    """What no key of the key file opens: accounts by id, and names of secrets."""

    accounts: tuple[SealedCredentials, ...]
    secrets: tuple[str, ...]
    has_lost_codes: bool
    has_lost_canary: bool

    def __bool__(self) -> bool:
        return bool(self.accounts or self.secrets or self.has_lost_codes or self.has_lost_canary)


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedSecrets:
    """How much was dropped."""

    accounts: int
    people: int
    codes: int


async def find_unreadable(database: Database, vault: AesCredentialVault, clock: Clock) -> UnopenedSecrets:
    """Tries everything that is sealed. Raises StorageTrouble."""
    queries = SqliteAccountQueries(database, clock=clock)
    sealed = [await queries.credentials(account_id) for (account_id,) in await database.fetch(SELECT_SEALED_ACCOUNTS)]
    names = [
        name
        for name, key_id, envelope in await database.fetch(SELECT_EVERY_SECRET)
        if not _opens(vault, name, key_id, envelope)
    ]
    promo = [row for row in await database.fetch(SELECT_SECRET) if not _opens(vault, PROMO_SECRET, *row)]
    ((key_id, envelope, _),) = await database.fetch(SELECT_CANARY)
    return UnopenedSecrets(
        accounts=tuple(each for each in sealed if each is not None and not _opens_account(vault, each)),
        secrets=tuple(names),
        has_lost_codes=bool(promo),
        has_lost_canary=key_id is not None and not vault.knows(key_id, envelope),
    )


async def drop_unreadable(
    database: Database, vault: AesCredentialVault, clock: Clock, lost: UnopenedSecrets, owners: frozenset[UserId]
) -> DroppedSecrets:
    """Drop it in one commit, tell whose it was, and `owners` and admins how much. Raises StorageTrouble."""
    now, codes = clock.now(), 0
    by_user: dict[UserId, list[Account]] = {}
    async with database.transaction() as transaction:
        unit = SqliteUnitOfWork(transaction)
        for each in lost.accounts:
            if (account := await _forget(transaction, unit, each, now)) is not None:
                by_user.setdefault(account.user_id, []).append(account)
        if lost.has_lost_codes:
            codes = len(await transaction.fetch(FORGET_CODES))
            await transaction.fetch(END_CAMPAIGNS, (now,))
            await transaction.fetch(DELETE_PROMO_SECRET)
        for name in lost.secrets:
            await transaction.fetch(DELETE_SECRET, (name,))
        if lost.has_lost_canary:
            await transaction.fetch(REPLACE_CANARY, vault.canary())
        dropped = DroppedSecrets(accounts=sum(map(len, by_user.values())), people=len(by_user), codes=codes)
        for user_id, accounts in by_user.items():
            labels = ", ".join(account.label for account in accounts)
            await _enqueue(unit, user_id, KeysLostMessage(accounts=labels), now)
        staff = {user_id for user_id, role in await transaction.fetch(SELECT_STAFF) if role in {"admin", "owner"}}
        for user_id in sorted(owners | staff):
            told = VaultLostMessage(accounts=dropped.accounts, people=dropped.people, codes=dropped.codes)
            await _enqueue(unit, user_id, told, now)
        await transaction.fetch(BEGIN_ANEW, (new_journal_id(),))  # the journal does not have what was written here
    return dropped


async def _forget(
    transaction: Transaction, unit: SqliteUnitOfWork, sealed: SealedCredentials, now: Millis
) -> Account | None:
    """The account, if its owner saw it; None for a pair that waited for its key."""
    ((*row,),) = await transaction.fetch(SELECT_ACCOUNT, (sealed.account_id,))
    account = account_of(tuple(row))
    config = await transaction.fetch(SELECT_PRACTICE, (account.user_id,))
    await unit.fences.raise_fence(account.account_id)
    await unit.accounts.remove(account.account_id)
    if sealed.check is None:
        return None
    if config:
        await unit.users.set_default_account(account.user_id, config[0][0])
    entry = AuditEntry(
        actor=None, action=KEY_LOST, subject=account.user_id, details=f"{account.account_type.value} {account.host}"
    )
    await unit.audit(entry, now)
    return account


async def _enqueue(unit: SqliteUnitOfWork, user_id: UserId, payload: OutboxPayload, now: Millis) -> None:
    key = f"{payload.KIND}:{now}:{user_id}"
    await unit.enqueue(outbox_message(payload, user_id=user_id, idempotency_key=key), now)


def _opens(vault: AesCredentialVault, name: str, key_id: str, envelope: bytes) -> bool:
    try:
        vault.open_value(name, key_id, envelope)
    except WrongKeyFile:
        return False
    return True


def _opens_account(vault: AesCredentialVault, sealed: SealedCredentials) -> bool:
    try:
        vault.open(sealed)
    except WrongKeyFile:
        return False
    return True
