"""The daily look at every attached key: what changed at Bybit is told before it hurts."""

import logging
from dataclasses import dataclass, field
from typing import Final

from bot.domain.accounts import Account, KeyCheck, KeyExpiresMessage, KeyTroubleMessage, SealedCredentials
from bot.domain.chat import OutboxPayload, outbox_message
from bot.domain.errors import ExchangeError, ExchangeRestricted, KeyTrouble, NothingDone, Restriction, WrongKeyFile
from bot.domain.ids import DAY, AccountId, Millis
from bot.domain.key_rules import days_in, finding_of, judge, refusals
from bot.domain.ports.accounts import AccountQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import KeyInspector
from bot.domain.ports.reads import CacheDrops
from bot.domain.ports.storage import Transactions, UnitOfWork

EXPIRY_NOTICES: Final = (14, 7, 3, 1)  # days left
_BATCH: Final = 50
_OURS: Final = (Restriction.SERVER, Restriction.ADDRESS)  # about this server, not about the account
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWatch:
    """Re-checks each key once a day and enqueues a message for an expiry, a new right, a key that died."""

    queries: AccountQueries
    transactions: Transactions
    drops: CacheDrops
    inspector: KeyInspector
    clock: Clock
    egress_ip: str | None
    require_bound_ip: bool = False
    batch: int = _BATCH  # keys a round
    _not_before: dict[AccountId, Millis] = field(default_factory=dict, init=False, repr=False, compare=False)
    _unanswered: set[AccountId] = field(default_factory=set, init=False, repr=False, compare=False)
    _unreadable: set[AccountId] = field(default_factory=set, init=False, repr=False, compare=False)

    async def check_due(self) -> int:
        """Check keys whose last check is a day old, those of longest ago; how many were checked.

        Raises NothingDone if Bybit could be asked about none of them.
        """
        now = self.clock.now()
        due = await self._due(now)
        checked = sum([await self._check(account, now) for account in due])
        unanswered = sum(account.account_id in self._unanswered for account in due)
        if unanswered and not checked:
            raise NothingDone(f"Bybit could be asked about none of {unanswered} keys")
        return checked

    async def _due(self, now: Millis) -> tuple[Account, ...]:
        """Without those that are left alone for a day; those that could not be checked before come after the others."""
        for account_id in [each for each, until in self._not_before.items() if until <= now]:
            del self._not_before[account_id]
        before, left_alone = Millis(now - DAY), self._not_before.keys()
        due = await self.queries.accounts_to_check(before, self.batch, left_alone | self._unanswered)
        if len(due) == self.batch:
            return due
        self._unanswered.clear()
        passed_over = left_alone | {account.account_id for account in due}
        return due + await self.queries.accounts_to_check(before, self.batch - len(due), passed_over)

    async def _check(self, account: Account, now: Millis) -> bool:
        sealed = await self.queries.credentials(account.account_id)
        if sealed is None:
            return False  # removed a moment ago
        try:
            check = await self.inspector.inspect_stored(account)
        except KeyTrouble as trouble:
            await self._tell_dead(account, sealed, trouble, now)
            return True
        except WrongKeyFile as damage:
            self._not_before[account.account_id] = Millis(now + DAY)
            self._note_unreadable(account.account_id, damage)
            return False
        except ExchangeError as trouble:
            if isinstance(trouble, ExchangeRestricted) and trouble.restriction not in _OURS:
                self._not_before[account.account_id] = Millis(now + DAY)  # an answer: the account, not the key
                return True
            self._unanswered.add(account.account_id)
            _logger.info("a key could not be checked", extra={"reason": type(trouble).__name__, "code": trouble.code})
            return False
        self._unreadable.discard(account.account_id)
        await self._write_down(account, sealed, check, now)
        return True

    def _note_unreadable(self, account_id: AccountId, damage: WrongKeyFile) -> None:
        """One that does not open is no reason to leave the others unchecked; it is named in the log once."""
        if account_id not in self._unreadable:
            self._unreadable.add(account_id)
            _logger.error("%s", damage, extra={"account": account_id, "unreadable": len(self._unreadable)})

    async def _write_down(self, account: Account, sealed: SealedCredentials, check: KeyCheck, now: Millis) -> None:
        """Nothing is written or told of a key that was replaced meanwhile: its successor was checked when it came."""
        findings = refusals(judge(check, now=now, require_bound_ip=self.require_bound_ip))
        async with self.transactions.begin() as unit:
            if not await unit.accounts.set_check(sealed, check):
                return
            if findings:
                worst = findings[0]
                trouble = KeyTroubleMessage(
                    account_type=account.account_type,
                    finding=worst.key,
                    values={name: str(value) for name, value in worst.values.items()},
                )
                await self._enqueue(unit, account, trouble, f"{worst.key}:{now // DAY}", now)
            elif (notice := _notice(check, now)) is not None and check.expires_at is not None:
                left = days_in(check.expires_at - now)
                expires = KeyExpiresMessage(account_type=account.account_type, days=left, date=check.expires_at)
                await self._enqueue(unit, account, expires, f"{check.expires_at}:{notice}", now)

    async def _tell_dead(self, account: Account, sealed: SealedCredentials, trouble: KeyTrouble, now: Millis) -> None:
        code = trouble.code or 0
        found = finding_of(code, egress_ip=self.egress_ip, is_stored=True)
        dead = KeyTroubleMessage(
            account_type=account.account_type,
            finding=found.key,
            values={name: str(value) for name, value in found.values.items()},
        )
        async with self.transactions.begin() as unit:
            if not await unit.accounts.holds(sealed):
                return
            await self._enqueue(unit, account, dead, f"dead:{code}:{now // DAY}", now)
        # nothing was written: what was read by that key is no answer of today any more
        self.drops.on_user_credentials_changed(account.user_id, account.exchange, account.account_type)
        self._not_before[account.account_id] = Millis(now + DAY)

    async def _enqueue(
        self, unit: UnitOfWork, account: Account, payload: OutboxPayload, what: str, now: Millis
    ) -> None:
        idempotency_key = f"{payload.KIND}:{account.account_id}:{what}"
        await unit.enqueue(outbox_message(payload, user_id=account.user_id, idempotency_key=idempotency_key), now)


def _notice(check: KeyCheck, now: Millis) -> int | None:
    """The narrowest notice that is due, in days; each is enqueued once, because its idempotency key is unique."""
    if check.expires_at is None:
        return None
    left = days_in(check.expires_at - now)
    return min((days for days in EXPIRY_NOTICES if left <= days), default=None)
