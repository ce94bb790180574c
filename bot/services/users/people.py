"""Who a user is: first meeting, name, language, terms, ownership."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from bot.domain.accounts import PAPER_START_BALANCE, AccountType, Exchange
from bot.domain.audit import AuditEntry
from bot.domain.chat import BackMessage, outbox_message
from bot.domain.ids import Millis, UserId
from bot.domain.numbers import plain
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.users import Language, NewUser, Role, UserConfig

TERMS_VERSION: Final = 1
KEPT_FOR_BLOCKED: Final = 10  # messages that reach who comes back; the number of the others is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """The config of whoever sent /start, and whether it was made just now."""

    config: UserConfig
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerLink:
    """A one-time invitation to own the bot: only its SHA-256 is kept, and until when it holds."""

    token_sha256: str
    expires_ts: Millis


async def open_practice(unit: UnitOfWork, user_id: UserId, now: Millis) -> None:
    """The practice account of a new user, with its money, as the first one that screens show."""
    account = await unit.accounts.add(
        user_id=user_id,
        exchange=Exchange.BYBIT,
        account_type=AccountType.PAPER,
        host="com",
        label="Practice",
        now=now,
    )
    await unit.accounts.open_paper_wallet(account.account_id, "USDT", plain(PAPER_START_BALANCE))
    await unit.users.set_default_account(user_id, account.account_id)


@dataclass(slots=True, kw_only=True)
class People:
    """Every write about a person."""

    reads: Reads
    transactions: Transactions
    clock: Clock
    owner_link: OwnerLink | None = None
    burn_owner_link: Callable[[], Awaitable[None]] | None = None

    async def config(self, user_id: UserId) -> UserConfig | None:
        """The user's settings and accounts, through the cache; None: a stranger."""
        return await self.reads.user_config(user_id)

    async def welcome(self, user: NewUser) -> Welcome:
        """The user's config; a new user gets a practice account with its money in the same transaction."""
        config = await self.reads.user_config(user.user_id)
        if config is not None and config.accounts:
            return Welcome(config=config, is_new=False)
        async with self.transactions.begin_aside() as unit:  # becoming a user is not what was asked for
            is_new = await unit.users.ensure(user, self.clock.now())
            if is_new:
                await open_practice(unit, user.user_id, self.clock.now())
        config = await self.reads.user_config(user.user_id)
        if config is None:
            raise LookupError(f"user {user.user_id} vanished after being stored")
        return Welcome(config=config, is_new=is_new)

    async def note_blocked(self, user_id: UserId) -> None:
        """They have blocked the bot: what is to be said to them waits."""
        async with self.transactions.begin() as unit:
            await unit.blocks.add(user_id, self.clock.now())

    async def note_back(self, user_id: UserId) -> None:
        """They let the bot write again: the newest of what waited goes out, and a word on the rest."""
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            missed = await unit.blocks.remove(user_id, KEPT_FOR_BLOCKED)
            if missed is None or not missed.waited:
                return
            kept = min(missed.waited, KEPT_FOR_BLOCKED)
            payload = BackMessage(since=missed.since, until=now, waited=missed.waited, kept=kept)
            await unit.enqueue(
                outbox_message(payload, user_id=user_id, idempotency_key=f"back:{user_id}:{missed.since}"), now
            )

    async def rename(self, user_id: UserId, username: str | None, first_name: str) -> None:
        """Keep what Telegram calls them, when it changed."""
        config = await self.reads.user_config(user_id)
        if config is None or (config.username, config.first_name) == (username, first_name):
            return
        async with self.transactions.begin_aside() as unit:
            await unit.users.rename(user_id, username, first_name)

    async def set_language(self, user_id: UserId, language: Language) -> None:
        async with self.transactions.begin() as unit:
            await unit.users.set_language(user_id, language)

    async def accept_terms(self, user_id: UserId) -> None:
        """Recorded with its version and moment."""
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            await unit.users.accept_terms(user_id, TERMS_VERSION, now)
            await unit.audit(
                AuditEntry(actor=user_id, action="terms.accept", subject=user_id, details=str(TERMS_VERSION)),
                now,
            )

    async def claim_owner(self, user_id: UserId, token: str) -> bool:
        """Make the bearer of a fresh owner link the owner, once; False for any other token."""
        link = self.owner_link
        now = self.clock.now()
        if link is None or now >= link.expires_ts:
            return False
        if not compare_digest(sha256(token.encode()).hexdigest(), link.token_sha256):
            return False
        self.owner_link = None
        if self.burn_owner_link is not None:
            await self.burn_owner_link()  # before the grant: a crash in between costs a new link, never a second owner
        async with self.transactions.begin() as unit:
            await unit.users.set_role(user_id, Role.OWNER)
            await unit.audit(AuditEntry(actor=user_id, action="owner.claim", subject=user_id), now)
        return True
