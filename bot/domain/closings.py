"""Legs that are to be closed or lessened, panics and halts, as they are written down until they are over."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, Self

from bot.domain.accounts import Account, AccountType
from bot.domain.chat import OutboxPayload
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.legs import BriefOrder
from bot.domain.notices import NoticeKind
from bot.domain.portfolio import LegKey, Side
from bot.domain.trade_plans import CardPlace, ExitReason

_MOST_NAMED: Final = 20  # entries in a message


class ClosingState(StrEnum):
    """Where it stands. REFUSED is tried again, rarely: a definite no ends when its reason does."""

    CLOSING = "closing"
    REFUSED = "refused"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClosing:
    """A wish that a leg of `side` and `size` come down to `remaining` (0: flat). Its key is unique.

    `card_price`: at which its result was shown before, None: no price was.
    """

    user_id: UserId
    leg: LegKey
    side: Side
    size: Decimal
    remaining: Decimal
    idempotency_key: str
    exit_reason: ExitReason = ExitReason.MANUAL
    panic_id: int | None = None
    card: CardPlace | None = None
    card_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The wish as it is written down. `code` and `reason` are of the last definite refusal."""

    closing_id: int
    user_id: UserId
    leg: LegKey
    side: Side
    size: Decimal
    remaining: Decimal
    exit_reason: ExitReason
    panic_id: int | None
    card: CardPlace | None
    state: ClosingState
    attempts: int  # that were written down
    last_intent_id: int | None
    code: int | None
    reason: str
    created_ts: Millis
    ended_ts: Millis | None
    card_price: Decimal | None = None

    @property
    def is_whole(self) -> bool:
        return self.remaining == 0

    def leaves(self, size: Decimal, closed: Decimal) -> Decimal:
        """What is to stand of the leg, which is `size` now and of which `closed` was closed for this wish.

        What an entry has added meanwhile is no part of it.
        """
        return max(self.remaining, size - (self.size - self.remaining - closed))


@dataclass(frozen=True, slots=True, kw_only=True)
class PanicRecord:
    """A panic of an account. `closes_ts` None: entries were stopped, nothing is closed; `ended_ts` None: it goes on."""

    panic_id: int
    user_id: UserId
    account_id: AccountId
    closes_ts: Millis | None
    ended_ts: Millis | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltState:
    """Entries stopped for everybody. `since` None: they are not. `actor_name`: "" for somebody who was erased.

    `is_managing` False: positions at Bybit are left as they stand, too.
    """

    since: Millis | None
    actor_name: str = ""
    reason: str = field(default="", repr=False)
    is_managing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RestingEntries:
    """Entries of an account that rest at the exchange."""

    account: Account
    entries: tuple[BriefOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestingEntriesMessage(OutboxPayload):
    """Entries of an account are stopped while some of it rest: they may still be filled, or be canceled.

    `entries`: as many of them as a message names.
    """

    account_id: AccountId
    count: int
    account_type: AccountType | None = None  # None: written before it was named
    account_number: int = 1
    entries: tuple[BriefOrder, ...] = ()

    @classmethod
    def of(cls, resting: RestingEntries, **facts: str) -> Self:
        """`facts`: fields that a kind of its own has."""
        account, entries = resting.account, resting.entries
        return cls(
            account_id=account.account_id,
            count=len(entries),
            account_type=account.account_type,
            account_number=account.number,
            entries=entries[:_MOST_NAMED],
            **facts,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesHaltedMessage(RestingEntriesMessage):
    """An admin has stopped the entries of everybody, for that reason."""

    KIND = "trade-entries-halted"
    NOTICE = NoticeKind.ALARMS

    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesUnlicensedMessage(RestingEntriesMessage):
    """The license with which they were placed has ended."""

    KIND = "trade-entries-unlicensed"
    NOTICE = NoticeKind.LICENSE


class Takeover(StrEnum):
    """What takes the updates of a bot at work."""

    WEBHOOK = "webhook"  # another one, or none where there was ours
    INSTANCE = "instance"  # that asks with the same token


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatesTakenMessage(OutboxPayload):
    """To admins: what is said to the bot goes elsewhere, and entries of everybody were stopped for that.

    `is_managing` False: management of positions, too.
    """

    KIND = "trade-updates-taken"
    NOTICE = NoticeKind.ALARMS

    by: Takeover = Takeover.WEBHOOK
    is_managing: bool = True
