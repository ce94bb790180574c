"""Payments in Telegram Stars: what was offered, what came in, and where each charge stands.

completed ──► refund_asked ──► refunded      an admin gives it back
    └────────────────────────► charged_back  Telegram took it back
unclaimed ───────────────────► refunded      it could not be credited; it goes back by itself
"""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Final

from bot.domain.chat import OutboxPayload
from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.notices import NoticeKind
from bot.domain.payloads import NoneAs
from bot.domain.users import Language

LONGEST_ID: Final = 180  # characters of a charge's id that fit into an idempotency key as they are


class InvoiceState(StrEnum):
    """OPEN: to be paid until it expires. PAID: at least once."""

    OPEN = "open"
    PAID = "paid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An offer as it was issued to one person; `payload` is its token, which Telegram hands back with the payment."""

    payload: str = field(repr=False)
    user_id: UserId
    license_type: LicenseType
    days: int
    stars: int
    created_at: Millis
    expires_at: Millis
    state: InvoiceState = InvoiceState.OPEN
    renews: bool = False  # a subscription: Telegram charges it anew each month

    @property
    def is_repeated(self) -> bool:
        """Whether a payment of it now is a second one, which nobody meant; the next month of a subscription is none."""
        return self.state is InvoiceState.PAID and not self.renews


class PaymentStatus(StrEnum):
    """See the head of this module."""

    COMPLETED = "completed"
    REFUND_ASKED = "refund_asked"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"
    UNCLAIMED = "unclaimed"


DUE: Final = frozenset({PaymentStatus.REFUND_ASKED, PaymentStatus.UNCLAIMED})  # Telegram is still to be asked
RETURNED: Final = frozenset({PaymentStatus.REFUNDED, PaymentStatus.CHARGED_BACK})


class Unclaimed(StrEnum):
    """Why a payment could not be credited."""

    UNKNOWN_OFFER = "unknown-offer"
    OTHER_PAYER = "other-payer"
    OTHER_AMOUNT = "other-amount"
    BANNED = "banned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What Telegram says was paid: a successful_payment, or an incoming line of getStarTransactions."""

    charge_id: str  # telegram_payment_charge_id
    stars: int
    currency: str
    payload: str = field(repr=False)
    at: Millis
    renews_at: Millis | None = None  # of a subscription, where it is said


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One charge. `user_id` None: its payer was erased. Credited ones have type, days and their ledger row."""

    payment_id: int
    user_id: UserId | None
    charge_id: str
    stars: int
    currency: str
    license_type: LicenseType | None
    days: int | None
    status: PaymentStatus
    reason: str = field(repr=False)  # of the refund, or why it is unclaimed; empty for a plain one
    entry_id: int | None
    paid_at: Millis
    created_at: Millis
    settled_at: Millis | None  # when it went back
    attempts: int = 0  # at giving it back
    trouble: str = ""  # what Telegram said to the last of them
    is_repeat: bool = False  # its invoice was paid before


class Listed(StrEnum):
    """What a list of payments shows."""

    ALL = "all"
    UNCLAIMED = "unclaimed"
    REFUND_ASKED = "refund_asked"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"

    @property
    def status(self) -> PaymentStatus | None:
        return None if self is Listed.ALL else PaymentStatus(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Whoever stands in a line of Telegram's account of Stars."""

    user_id: UserId
    first_name: str
    username: str | None
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class StarTransaction:
    """A line of getStarTransactions. `payer` None: not about a person's payment by invoice (a withdrawal, a gift)."""

    charge_id: str
    stars: int
    at: Millis
    is_incoming: bool
    payer: Payer | None
    payload: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What Telegram charges anew at `until`, or what ends then. `payload` and `charge_id` are of its first payment."""

    payload: str = field(repr=False)
    charge_id: str
    user_id: UserId
    license_type: LicenseType
    stars: int
    until: Millis
    is_canceled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderCharge:
    """A charge from before this database, of which nothing is known here. `payer` None: they were erased."""

    charge_id: str
    payer: UserId | None
    stars: int
    paid_at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class StarCursor:
    """How far the account of Stars was read: lines from its beginning, and when all of it was last read."""

    position: int
    read_at: Millis
    all_read_at: Millis


def credit_key(charge_id: str) -> str:
    """What makes a credit idempotent in the ledger."""
    return f"charge:{_short(charge_id)}"


def return_key(charge_id: str) -> str:
    """The same for what is taken again."""
    return f"refund:{_short(charge_id)}"


def _short(charge_id: str) -> str:
    return charge_id if len(charge_id) <= LONGEST_ID else sha256(charge_id.encode()).hexdigest()


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReceiptMessage(OutboxPayload):
    """Paid and credited: the license ends at `date`; what was bought begins to run at `begins`."""

    KIND = "payment-receipt"
    NOTICE = NoticeKind.LICENSE
    number: int
    stars: int
    kind: LicenseType
    days: int
    date: Millis
    charge: str
    begins: Millis | None = None  # None: at once


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReceiptAgainMessage(PaymentReceiptMessage):
    """The same invoice was paid once more."""

    KIND = "payment-receipt-again"


@dataclass(frozen=True, slots=True, kw_only=True)
class OlderChargesMessage(OutboxPayload):
    """Tells owners that Telegram knows charges from before this database, which were left alone."""

    KIND = "payment-older-owner"
    NOTICE = NoticeKind.OTHER
    count: int
    stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentUnclaimedMessage(OutboxPayload):
    """Paid, not credited; it goes back."""

    KIND = "payment-unclaimed"
    NOTICE = NoticeKind.LICENSE
    number: int
    stars: int
    why: Unclaimed
    user: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentUnclaimedAdminMessage(PaymentUnclaimedMessage):
    """Tells admins of a payment that was not credited and goes back."""

    KIND = "payment-unclaimed-admin"
    NOTICE = NoticeKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReturnedMessage(OutboxPayload):
    """It went back; no user where they were erased, no type where nothing was credited."""

    KIND = "payment-returned"
    NOTICE = NoticeKind.LICENSE
    number: int
    stars: int
    user: Annotated[UserId | None, NoneAs("?")]
    kind: Annotated[LicenseType | None, NoneAs("none")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReturnedAdminMessage(PaymentReturnedMessage):
    """Tells admins of a payment that went back to whoever paid."""

    KIND = "payment-returned-admin"
    NOTICE = NoticeKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentChargedBackAdminMessage(PaymentReturnedMessage):
    """Telegram took it back, to admins."""

    KIND = "payment-charged-back-admin"
    NOTICE = NoticeKind.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStuckAdminMessage(PaymentReturnedMessage):
    """Telegram refuses the refund, to admins."""

    KIND = "payment-stuck-admin"
    NOTICE = NoticeKind.OTHER
    said: str
