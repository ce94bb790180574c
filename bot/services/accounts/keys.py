"""Bybit keys: a pair made here (the default) or a typed secret; checked before they are stored, then sealed."""

import logging
from dataclasses import dataclass, replace
from typing import Final

from bot.domain.accounts import Account, AccountType, Exchange, KeyCheck, KeyPair, KeyType, NewKey, SealedCredentials
from bot.domain.audit import AuditEntry
from bot.domain.errors import (
    BadInput,
    ButtonExpired,
    ExchangeError,
    KeyRefused,
    KeyTrouble,
    NoAccount,
    WrongKeyFile,
)
from bot.domain.ids import AccountId, UserId
from bot.domain.key_rules import NOT_KNOWN, Finding, Severity, finding_of, judge, refusals
from bot.domain.licensing import Limit, most
from bot.domain.ports.accounts import AccountQueries, CredentialVault, KeyPairMaker
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import KeyInspector
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.secrets import Secret
from bot.domain.sites import Site
from bot.domain.users import UserConfig
from bot.services.accounts.key_input import shaped, usable_site
from bot.services.accounts.key_offers import KeyOffer, shown_before
from bot.services.accounts.key_places import LABELS, KeyQuestion, free_label, places_for, waiting_key
from bot.services.chat.dialogues import DialoguePayload, question

_KEY_LENGTHS: Final = range(8, 65)
_SECRET_LENGTHS: Final = range(16, 4097)

_logger = logging.getLogger(__name__)

ENDING: Final = 4  # characters of a key that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyReport:
    """A stored key as the last check found it; findings worst first."""

    account: Account
    check: KeyCheck
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Attach, check, replace, remove. As many accounts of a type as the license allows; none is replaced unasked."""

    reads: Reads
    queries: AccountQueries
    transactions: Transactions
    inspector: KeyInspector
    vault: CredentialVault
    key_pairs: KeyPairMaker
    clock: Clock
    egress_ip: str | None
    require_bound_ip: bool = False

    async def offer_pair(
        self, user_id: UserId, account_type: AccountType, site_code: str, *, asks: DialoguePayload
    ) -> KeyOffer:
        """A pair whose private half is sealed and waits for the key's id: the one that waits for that site, if any.

        A key made at Bybit of what was shown first stays good. `asks` for the id from the same commit on.
        """
        site = usable_site(site_code, account_type)
        offer = await self.waiting_offer(user_id, account_type)
        pair: KeyPair | None = None
        public_pem = await shown_before(offer, site, self.vault, self.key_pairs)
        if public_pem is None:
            pair = await self.key_pairs.make_pair()
            public_pem = pair.public_pem
        async with self.transactions.begin() as unit:
            if pair is not None:
                await self._put_pair(unit, user_id, account_type, site, pair)
            now = self.clock.now()
            await unit.dialogues.put(question(user_id, asks, now), now)
        return KeyOffer(public_key_pem=public_pem, egress_ip=self.egress_ip, account_type=account_type, site=site)

    async def waiting_offer(self, user_id: UserId, account_type: AccountType) -> SealedCredentials | None:
        """The pair whose public half was shown and whose key id has not come yet."""
        waiting = await self.queries.pending_pair(user_id, account_type)
        is_offer = waiting is not None and waiting.key_type is KeyType.RSA and waiting.check is None
        return waiting if is_offer else None

    async def finish_pair(
        self, user_id: UserId, account_type: AccountType, api_key: str, *, answers: str | None = None
    ) -> KeyReport | KeyQuestion:
        """The key id that Bybit showed for our public key; the dialogue `answers` ends in the same commit.

        Raises KeyRefused, AlreadyAttached, BadInput, ExchangeError.
        """
        waiting = await self.queries.pending_pair(user_id, account_type)
        if waiting is None or waiting.key_type is not KeyType.RSA:
            raise BadInput("keys-no-offer")
        key = NewKey(
            account_type=account_type,
            host=waiting.host,
            key_type=KeyType.RSA,
            api_key=shaped(Secret(api_key.strip()), _KEY_LENGTHS),
            api_secret=self.vault.open(waiting).api_secret,
        )
        return await self._attach(user_id, key, answers)

    async def add_secret(
        self,
        user_id: UserId,
        account_type: AccountType,
        site_code: str,
        api_key: Secret,
        api_secret: Secret,
        *,
        answers: str | None = None,
    ) -> KeyReport | KeyQuestion:
        """A key with the secret that Bybit made; the dialogue `answers` ends in the same commit.

        Raises KeyRefused, AlreadyAttached, BadInput, ExchangeError.
        """
        site = usable_site(site_code, account_type)
        key = NewKey(
            account_type=account_type,
            host=site.code,
            key_type=KeyType.HMAC,
            api_key=shaped(api_key, _KEY_LENGTHS),
            api_secret=shaped(api_secret, _SECRET_LENGTHS),
        )
        return await self._attach(user_id, key, answers)

    async def check(self, user_id: UserId, account_id: AccountId) -> KeyReport:
        """Ask Bybit anew and write down what it said; of a key that is replaced meanwhile the new one is asked about.

        Raises ButtonExpired for an account that is not the user's (any more), KeyRefused for a key that died,
        ExchangeError.
        """
        account = (await self._config(user_id)).account(account_id)
        if account is None:
            raise ButtonExpired
        sealed = await self.queries.credentials(account_id)
        try:
            check = await self.inspector.inspect_stored(account)
        except KeyTrouble as trouble:
            if _is_same(sealed, await self.queries.credentials(account_id)):
                raise _refused((self._stored_finding(trouble),), account.account_type, is_stored=True) from trouble
        else:
            async with self.transactions.begin() as unit:
                is_noted = sealed is not None and await unit.accounts.set_check(sealed, check)
            if is_noted:
                return KeyReport(account=account, check=check, findings=self._judge(check))
        return await self.check(user_id, account_id)

    async def report(self, account: Account) -> KeyReport | None:
        """What is known of an account's key: Bybit's word of the last minute, else the last one stored.

        Of a key that died the finding says why, beside the last check it passed.
        """
        died: Finding | None = None
        try:
            check = await self.reads.key_check(account)
        except ExchangeError as trouble:
            sealed = await self.reads.credentials(account.account_id)
            if sealed is None or sealed.check is None:
                return None
            check = sealed.check
            died = self._stored_finding(trouble) if isinstance(trouble, KeyTrouble) else None
        return KeyReport(account=account, check=check, findings=self._judge(check) if died is None else (died,))

    async def remove(self, user_id: UserId, account_id: AccountId) -> Account:
        """Forget the key and what was read with it; the account at Bybit is untouched.

        Raises ButtonExpired for an account that is not the user's (any more), NoAccount for practice, which has no key.
        """
        config = await self._config(user_id)
        account = config.own_account(account_id)
        if account.account_type is AccountType.PAPER:
            raise NoAccount("error-no-account", account_type=account.account_type.value)
        async with self.transactions.begin() as unit:
            await unit.accounts.remove(account.account_id)
            if config.default_account_id == account.account_id:
                practice = config.practice
                await unit.users.set_default_account(user_id, practice.account_id if practice else None)
            await self._note(unit, user_id, account, "key.remove")
        return account

    async def given_up(self, user_id: UserId, waiting: AccountId, place: AccountId) -> Account | None:
        """The account that goes if the key that waits takes its place; None where both are of one Bybit account."""
        former = (await self._config(user_id)).account(place)
        sealed = await self.queries.credentials(waiting)
        if former is None or sealed is None or sealed.check is None:
            return None  # `replace` says why it does not come to that
        is_same = (former.bybit_uid, former.host) == (sealed.check.bybit_uid, sealed.host)
        return None if is_same else former

    async def replace(
        self, user_id: UserId, account_type: AccountType, waiting: AccountId, place: AccountId
    ) -> KeyReport:
        """Put the key that waits in the place of that account's; its label and being the first one go over.

        Raises ButtonExpired if the key waits no more or the account is gone, AlreadyAttached.
        """
        config = await self._config(user_id)
        former = config.account(place)
        if former is None or former.account_type is not account_type:
            raise ButtonExpired
        async with self.transactions.begin() as unit:
            sealed = await waiting_key(unit, user_id, account_type, waiting)
            if sealed.check is None:
                raise ButtonExpired
            opened, check = self.vault.open(sealed), sealed.check
            key = NewKey(
                account_type=account_type,
                host=sealed.host,
                key_type=sealed.key_type,
                api_key=opened.api_key,
                api_secret=opened.api_secret,
            )
            await unit.accounts.remove(waiting)
            account = former
            if (former.bybit_uid, former.host) != (check.bybit_uid, key.host):
                await unit.accounts.remove(former.account_id)
                account = await self._new_account(unit, user_id, account_type, key.host, former.label)
            await unit.accounts.put_credentials(self._sealed(account, key, check))
            account = await unit.accounts.activate(account.account_id, check.bybit_uid)
            if config.default_account_id == former.account_id:
                await unit.users.set_default_account(user_id, account.account_id)
            await self._note(unit, user_id, account, "key.replace")
        return KeyReport(account=account, check=check, findings=self._judge(check))

    async def discard(self, user_id: UserId, account_type: AccountType, waiting: AccountId) -> None:
        """Forget a key that waits for its place. Raises ButtonExpired if it waits no more."""
        async with self.transactions.begin() as unit:
            sealed = await waiting_key(unit, user_id, account_type, waiting)
            await unit.accounts.remove(sealed.account_id)

    async def ending(self, account: Account) -> str:
        """The last characters of the account's key, as Bybit's list of keys shows it; nothing of an unreadable one."""
        sealed = await self.reads.credentials(account.account_id)
        try:
            return "" if sealed is None else _ending(self.vault.open(sealed).api_key)
        except WrongKeyFile:
            _logger.warning("the key of account %d does not open", account.account_id)
            return ""

    async def _attach(self, user_id: UserId, key: NewKey, answers: str | None) -> KeyReport | KeyQuestion:
        config = await self._config(user_id)
        check = await self._inspect(key)
        findings = self._judge(check)
        if refusals(findings):
            raise _refused(refusals(findings), key.account_type)
        held = (await self.reads.license(user_id)).type_at(self.clock.now())
        places = places_for(config, key.account_type, check.bybit_uid, most(held, Limit.ACCOUNTS))
        if (known := await self._holder(places, key)) is not None:
            return await self._sent_again(known, check, answers)
        async with self.transactions.begin() as unit:
            waiting = await unit.accounts.pending(user_id, key.account_type)
            if waiting is not None:
                await unit.accounts.remove(waiting.account_id)
            label = free_label(config, key.account_type)
            account = await self._new_account(unit, user_id, key.account_type, key.host, label)
            await unit.accounts.put_credentials(self._sealed(account, key, check))
            if not places:
                account = await unit.accounts.activate(account.account_id, check.bybit_uid)
                await self._note(unit, user_id, account, "key.attach")
            if answers is not None:
                await unit.dialogues.clear(user_id, answers)
        if not places:
            return KeyReport(account=account, check=check, findings=findings)
        return KeyQuestion(
            waiting=account.account_id,
            account_type=key.account_type,
            bybit_uid=check.bybit_uid,
            ending=_ending(key.api_key),
            places=places,
            most=most(held, Limit.ACCOUNTS),
        )

    async def _put_pair(
        self, unit: UnitOfWork, user_id: UserId, account_type: AccountType, site: Site, pair: KeyPair
    ) -> None:
        """Store a new pair in the place of the one that waits, if any."""
        waiting = await unit.accounts.pending(user_id, account_type)
        if waiting is not None:
            await unit.accounts.remove(waiting.account_id)
        account = await self._new_account(unit, user_id, account_type, site.code, LABELS[account_type])
        key = NewKey(
            account_type=account_type,
            host=site.code,
            key_type=KeyType.RSA,
            api_key=Secret(""),
            api_secret=pair.private_pem,
        )
        await unit.accounts.put_credentials(self._sealed(account, key, None))

    async def _holder(self, places: tuple[Account, ...], key: NewKey) -> Account | None:
        """The account that this very key is stored for."""
        for each in places:
            sealed = await self.queries.credentials(each.account_id)
            if sealed is not None and self.vault.open(sealed).api_key == key.api_key:
                return each
        return None

    async def _sent_again(self, account: Account, check: KeyCheck, answers: str | None) -> KeyReport:
        async with self.transactions.begin() as unit:
            sealed = await self.queries.credentials(account.account_id)
            if sealed is not None:
                await unit.accounts.set_check(sealed, check)
            if answers is not None:
                await unit.dialogues.clear(account.user_id, answers)
        return KeyReport(account=account, check=check, findings=self._judge(check))

    def _sealed(self, account: Account, key: NewKey, check: KeyCheck | None) -> SealedCredentials:
        return self.vault.seal(
            user_id=account.user_id,
            account_id=account.account_id,
            account_type=key.account_type,
            host=key.host,
            key_type=key.key_type,
            api_key=key.api_key,
            api_secret=key.api_secret,
            check=check,
        )

    async def _new_account(
        self, unit: UnitOfWork, user_id: UserId, account_type: AccountType, host: str, label: str
    ) -> Account:
        return await unit.accounts.add(
            user_id=user_id,
            exchange=Exchange.BYBIT,
            account_type=account_type,
            host=host,
            label=label,
            now=self.clock.now(),
        )

    async def _note(self, unit: UnitOfWork, user_id: UserId, account: Account, action: str) -> None:
        details = f"{account.account_type.value} {account.host}"
        await unit.audit(AuditEntry(actor=user_id, action=action, subject=user_id, details=details), self.clock.now())

    async def _inspect(self, key: NewKey) -> KeyCheck:
        try:
            return await self.inspector.inspect(key)
        except KeyTrouble as trouble:
            finding = await self._elsewhere(key) if trouble.code == NOT_KNOWN else None
            found = finding or finding_of(trouble.code or 0, egress_ip=self.egress_ip)
            raise _refused((found,), key.account_type) from trouble

    async def _elsewhere(self, key: NewKey) -> Finding | None:
        """Whether a key that Bybit does not know there is one of its other environment."""
        other = AccountType.DEMO if key.account_type is AccountType.LIVE else AccountType.LIVE
        try:
            await self.inspector.inspect(replace(key, account_type=other))
        except ExchangeError:
            return None
        values = {"belongs": other.value, "wanted": key.account_type.value}
        return Finding(key="key-wrong-environment", severity=Severity.REFUSE, values=values)

    def _stored_finding(self, trouble: KeyTrouble) -> Finding:
        return finding_of(trouble.code or 0, egress_ip=self.egress_ip, is_stored=True)

    def _judge(self, check: KeyCheck) -> tuple[Finding, ...]:
        return judge(check, now=self.clock.now(), require_bound_ip=self.require_bound_ip)

    async def _config(self, user_id: UserId) -> UserConfig:
        config = await self.reads.user_config(user_id)
        if config is None:
            raise BadInput("error-start-first")
        return config


def _is_same(before: SealedCredentials | None, after: SealedCredentials | None) -> bool:
    """Whether the key stayed; each sealing makes other bytes."""
    if before is None or after is None:
        return before is after
    return before.api_key == after.api_key


def _ending(api_key: Secret) -> str:
    return api_key.reveal()[-ENDING:]


def _refused(findings: tuple[Finding, ...], account_type: AccountType, *, is_stored: bool = False) -> KeyRefused:
    """`is_stored`: a key that was taken before, not one to be taken."""
    return KeyRefused(findings, account_type=account_type.value, is_stored=is_stored)
