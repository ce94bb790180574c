"""Telegram Stars back: asked for by an admin or due by itself, told to Telegram until it is done, booked once.

The request is written down before Telegram is asked, so an answer that is lost is only asked for again: Telegram says
that it is refunded already, which is done.
"""

import logging
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, TypedDict

from bot.domain.audit import AuditEntry
from bot.domain.chat import outbox_message
from bot.domain.errors import BadInput, NothingDone, StarsDown, StarsRefused
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import EntryKind, LicenseType
from bot.domain.payments import (
    RETURNED,
    Payment,
    PaymentChargedBackAdminMessage,
    PaymentReturnedAdminMessage,
    PaymentReturnedMessage,
    PaymentStatus,
    PaymentStuckAdminMessage,
    return_key,
)
from bot.domain.ports.clock import Clock
from bot.domain.ports.payments import PaymentQueries, StarsApi
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.services.licensing.licenses import Licenses
from bot.services.payments.payments import PaymentService
from bot.services.payments.restore_gate import RestoreGate
from bot.services.users.pin import PinService

LONGEST_REASON: Final = 200  # characters
_PAID_TWICE: Final = "paid twice"
_BATCH: Final = 20
_BACK_OFF: Final = 2_000  # ms, doubled with each attempt
_BACK_OFF_MOST: Final = 300_000
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunds:
    """What admins ask, and what follows from it."""

    transactions: Transactions
    licenses: Licenses
    payments: PaymentService
    pin: PinService
    clock: Clock

    async def unused(self, payment: Payment) -> int:
        """How much of what was paid for has not run yet, ms: what a refund takes."""
        if payment.user_id is None or payment.status is not PaymentStatus.COMPLETED:
            return 0
        license_balance = await self.licenses.balance(payment.user_id)
        return sum(grant.left for grant in license_balance.grants if grant.entry_id == payment.entry_id)

    @staticmethod
    def reason(typed: str) -> str:
        """A reason as it is kept. Raises BadInput for none and for one over 200 characters."""
        reason = " ".join(typed.split())
        if not 0 < len(reason) <= LONGEST_REASON:
            raise BadInput("refund-reason", limit=LONGEST_REASON)
        return reason

    @staticmethod
    def demand_open(payment: Payment) -> UserId:
        """Whose payment it is. Raises BadInput for one that was not credited, is going back, or whose payer is gone."""
        if payment.status is not PaymentStatus.COMPLETED or payment.user_id is None:
            raise BadInput("refund-not-open", number=payment.payment_id)
        return payment.user_id

    async def ask(self, actor: UserId, payment_id: int, reason: str) -> Payment:
        """Take back the unused time at once; Telegram is told until it has given the Stars back.

        Raises PinRequired; BadInput for a payment that is not there, went back or is on its way, and for no reason.
        """
        self.pin.demand(actor)
        reason = self.reason(reason)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            payment = await unit.payments.payment(payment_id)
            if payment is None:
                raise BadInput("payment-unknown", number=payment_id)
            user_id = self.demand_open(payment)
            await self._take(unit, payment, user_id, actor)
            await unit.payments.set_status(payment_id, PaymentStatus.REFUND_ASKED, reason, now)
            details = f"payment {payment_id}: {payment.stars} Stars, {reason}"
            await unit.audit(AuditEntry(actor=actor, action="payment.refund", subject=user_id, details=details), now)
        return payment

    async def second(self, user_id: UserId, payment_id: int) -> Payment:
        """A payer's own second payment of one invoice, none of it used yet. Raises BadInput for any other."""
        payment = await self.payments.payment(payment_id)
        await self._demand_second(user_id, payment)
        return payment

    async def return_second(self, user_id: UserId, payment_id: int) -> Payment:
        """Give it back at its payer's own wish. Raises BadInput like `second`."""
        payment = await self.second(user_id, payment_id)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            stands = await unit.payments.payment(payment_id)
            if stands is None or stands.status is not PaymentStatus.COMPLETED:
                raise BadInput("refund-not-open", number=payment_id)
            await self._take(unit, payment, user_id, None)
            await unit.payments.set_status(payment_id, PaymentStatus.REFUND_ASKED, _PAID_TWICE, now)
            details = f"payment {payment_id}: {payment.stars} Stars, {_PAID_TWICE}"
            await unit.audit(AuditEntry(actor=user_id, action="payment.refund", subject=user_id, details=details), now)
        return payment

    async def _demand_second(self, user_id: UserId, payment: Payment) -> None:
        if payment.user_id != user_id:
            raise BadInput("payment-unknown", number=payment.payment_id)
        if payment.status is not PaymentStatus.COMPLETED or not payment.is_repeat or payment.days is None:
            raise BadInput("refund-not-open", number=payment.payment_id)
        if await self.unused(payment) < payment.days * DAY:
            raise BadInput("refund-second-used", number=payment.payment_id)

    async def returned(self, charge_id: str, status: PaymentStatus) -> bool:
        """The Stars of a charge went back (`status` REFUNDED or CHARGED_BACK). False if no such charge is booked."""
        admins = await self.payments.admins()
        async with self.transactions.begin() as unit:
            payment = await unit.payments.by_charge(charge_id)
            if payment is None:
                return False
            if payment.status not in RETURNED:
                await self._mark_returned(unit, payment, status, admins)
        return True

    async def _mark_returned(
        self, unit: UnitOfWork, payment: Payment, status: PaymentStatus, admins: tuple[UserId, ...]
    ) -> None:
        now, user_id = self.clock.now(), payment.user_id
        if payment.status is PaymentStatus.COMPLETED and user_id is not None:
            await self._take(unit, payment, user_id, None)
        await unit.payments.set_status(payment.payment_id, status, payment.reason, now)
        is_charged_back = status is PaymentStatus.CHARGED_BACK
        action = "payment.charged-back" if is_charged_back else "payment.refunded"
        details = f"payment {payment.payment_id}: {payment.stars} Stars"
        await unit.audit(AuditEntry(actor=None, action=action, subject=user_id, details=details), now)
        key = return_key(payment.charge_id)
        if user_id is not None:
            told = PaymentReturnedMessage(**_facts(payment))
            await unit.enqueue(outbox_message(told, user_id=user_id, idempotency_key=key), now)
        alarm = (PaymentChargedBackAdminMessage if is_charged_back else PaymentReturnedAdminMessage)(**_facts(payment))
        for admin in admins:
            await unit.enqueue(outbox_message(alarm, user_id=admin, idempotency_key=f"{key}:{admin}"), now)

    async def _take(self, unit: UnitOfWork, payment: Payment, user_id: UserId, actor: UserId | None) -> None:
        if payment.entry_id is not None:
            await self.licenses.take(
                unit,
                user_id,
                kind=EntryKind.REFUND,
                takes=payment.entry_id,
                idempotency_key=return_key(payment.charge_id),
                actor=actor,
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundJob:
    """Tells Telegram what is to go back, again and again until it is."""

    queries: PaymentQueries
    transactions: Transactions
    stars: StarsApi
    refunds: Refunds
    clock: Clock
    gate: RestoreGate

    async def give_back(self) -> int:
        """Every refund that is due; how many went through. Raises NothingDone if Telegram answered for none of them.

        None after a restore that nobody has accepted yet.
        """
        if await self.gate.closed_by() is not None:
            return 0
        due = await self.queries.refunds_due(self.clock.now(), _BATCH)
        answers = [await self._try(each, each.user_id) for each in due if each.user_id is not None]
        if answers and not any(answers):
            raise NothingDone(f"Telegram answered for none of {len(answers)} refunds")
        return answers.count(_Answer.YES)

    async def _try(self, payment: Payment, user_id: UserId) -> "_Answer | None":
        """What Telegram says to one refund; None where it cannot be asked now."""
        try:
            await self.stars.refund(user_id, payment.charge_id)
        except StarsRefused as no:
            await self._later(payment, str(no), await self.refunds.payments.admins())
            return _Answer.NO
        except StarsDown as trouble:
            await self._later(payment, str(trouble), ())
            return None
        await self.refunds.returned(payment.charge_id, PaymentStatus.REFUNDED)
        return _Answer.YES

    async def _later(self, payment: Payment, said: str, admins: tuple[UserId, ...]) -> None:
        now = self.clock.now()
        _logger.warning("payment %d could not be refunded: %s", payment.payment_id, said)
        wait = min(_BACK_OFF * 2 ** min(payment.attempts, 16), _BACK_OFF_MOST)
        async with self.transactions.begin() as unit:
            await unit.payments.refund_later(payment.payment_id, Millis(now + wait), said)
            for admin in admins:
                idempotency_key = f"stuck:{return_key(payment.charge_id)}:{admin}"
                stuck = PaymentStuckAdminMessage(**_facts(payment), said=said[:100])
                await unit.enqueue(outbox_message(stuck, user_id=admin, idempotency_key=idempotency_key), now)


class _Answer(Enum):
    """Of Telegram to a refund. A no is done with for now: admins are told."""

    YES = auto()
    NO = auto()


class _Facts(TypedDict):
    number: int
    stars: int
    user: UserId | None
    kind: LicenseType | None


def _facts(payment: Payment) -> _Facts:
    """The fields of a `PaymentReturnedMessage`."""
    return {
        "number": payment.payment_id,
        "stars": payment.stars,
        "user": payment.user_id,
        "kind": payment.license_type,
    }
