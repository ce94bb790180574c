"""Telegram Stars in: invoices as they are issued, the check before a payment, and each charge booked once.

Nothing is given before Telegram says `successful_payment`; what it says is unique by telegram_payment_charge_id. An
invoice's payload carries its terms, signed, so that a charge is credited also where the invoice's row is gone.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Final

from bot.domain.audit import AuditEntry
from bot.domain.chat import outbox_message
from bot.domain.errors import BadInput, StorageTrouble
from bot.domain.ids import DAY, MINUTE, Millis, UserId
from bot.domain.invoice_payloads import InvoicePayloads, InvoiceTerms
from bot.domain.licensing import EntryKind, LicenseType
from bot.domain.offers import XTR, PriceList, PriceOffer
from bot.domain.payments import (
    Invoice,
    InvoiceState,
    Listed,
    OlderCharge,
    OlderChargesMessage,
    Paid,
    Payment,
    PaymentReceiptAgainMessage,
    PaymentReceiptMessage,
    PaymentStatus,
    PaymentUnclaimedAdminMessage,
    PaymentUnclaimedMessage,
    Unclaimed,
    credit_key,
)
from bot.domain.ports.clock import Clock
from bot.domain.ports.payments import PaymentQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.users import NewUser, Role, UserConfig
from bot.services.licensing.licenses import Licenses
from bot.services.users.access import RoleResolver
from bot.services.users.people import People

OPEN_FOR: Final = DAY  # ms that an invoice can be paid
PATIENCE: Final = 1.5  # seconds for a check; Telegram drops the payment after ten
CHECKOUT_FOR: Final = 10 * MINUTE  # ms from the yes to a payment until another one of the same invoice may begin
_NONCE_BYTES: Final = 9
_NEWEST: Final = 2**63 - 1
_TOLD: Final = (Role.OWNER, Role.ADMIN)
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentService:
    """Issues invoices, checks them when they are about to be paid, and books what was."""

    reads: Reads
    transactions: Transactions
    queries: PaymentQueries
    licenses: Licenses
    people: People
    roles: RoleResolver
    clock: Clock
    prices: PriceList
    payloads: InvoicePayloads
    born: Millis  # of the database: what was paid before it is none of its charges

    async def issue(self, user_id: UserId, license_type: LicenseType, months: int) -> tuple[Invoice, ...]:
        """The invoices of a choice, one or two, written down as issued. Raises BadInput for what is not sold."""
        choice = self.prices.choice(license_type, months)
        if choice is None:
            raise BadInput("pay-not-sold")
        now = self.clock.now()
        invoices = tuple(self._invoice(user_id, offer, now, renews=False) for offer in choice.parts)
        # an invoice changes nothing: the press may be handled again, its button stays good
        async with self.transactions.begin_aside() as unit:
            await unit.payments.add_invoices(invoices, now)
        return invoices

    async def issue_renewing(self, user_id: UserId, license_type: LicenseType) -> Invoice:
        """The invoice of a subscription, charged anew each month. Raises BadInput for what is not sold."""
        choice = self.prices.renewing(license_type)
        if choice is None:
            raise BadInput("pay-not-sold")
        now = self.clock.now()
        (offer,) = choice.parts
        invoice = self._invoice(user_id, offer, now, renews=True)
        async with self.transactions.begin_aside() as unit:
            await unit.payments.add_invoices((invoice,), now)
        return invoice

    async def check(self, payload: str, payer: UserId, currency: str, stars: int, query_id: str) -> str | None:
        """Before a payment: None if it may go on, else the key of the text that says why not. Never waits long.

        A yes holds the invoice for this one payment, until it is booked or for ten minutes.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                invoice = await self.queries.invoice(payload)
                config = await self.reads.user_config(payer)
                refusal = _refusal(invoice, config, payer, currency, stars, self.clock.now())
                return refusal or await self._hold(payload, payer, query_id)
        except (TimeoutError, StorageTrouble):
            _logger.warning("a payment could not be checked in time and is put off", exc_info=True)
            return "pay-refused-busy"

    async def drop_checkout(self, payload: str, payer: UserId, query_id: str) -> None:
        """The yes to that question came too late: nothing is charged, another payment may begin."""
        async with self.transactions.begin_aside() as unit:
            await unit.payments.drop_checkout(payload, payer, query_id)

    async def book(self, payer: NewUser, paid: Paid) -> None:
        """Credit a charge, or keep it as unclaimed, which sends it back; once, however often it is told."""
        await self.people.welcome(payer)
        config = await self.reads.user_config(payer.user_id)
        admins = await self.admins()
        async with self.transactions.begin() as unit:
            if await _is_booked(unit, paid.charge_id):
                return
            invoice = await unit.payments.invoice(paid.payload) or await self._restored(unit, payer.user_id, paid)
            why = _unclaimed(invoice, config, payer.user_id, paid)
            if invoice is not None and why is None:
                await self._credit(unit, invoice, paid)
            elif self.is_older(paid.at):
                await self._keep_older(unit, [_older(payer.user_id, paid)])
            else:
                await self._keep(unit, payer.user_id, paid, why or Unclaimed.UNKNOWN_OFFER, admins)

    async def book_returned(self, payer: NewUser, paid: Paid) -> bool:
        """A charge that went back before it was ever booked: nothing is given, nothing is taken.

        False if it was booked meanwhile: then it is a return like any other.
        """
        await self.people.welcome(payer)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            if await unit.payments.by_charge(paid.charge_id) is not None:
                return False
            await unit.payments.add(
                payer.user_id,
                paid,
                status=PaymentStatus.REFUNDED,
                reason="",
                invoice=None,
                entry_id=None,
                now=now,
            )
        return True

    def is_older(self, paid_at: Millis) -> bool:
        """Whether it was paid before this database began. Telegram's dates are whole seconds."""
        return paid_at // 1000 < self.born // 1000

    async def keep_older(self, charges: Iterable[tuple[UserId, Paid]]) -> None:
        """Charges of payers from before this database: written down once, told to the owners, left alone."""
        async with self.transactions.begin() as unit:
            await self._keep_older(unit, [_older(user_id, paid) for user_id, paid in charges])

    async def older(self, limit: int) -> tuple[OlderCharge, ...]:
        """What was kept of charges from before this database, the newest first."""
        return await self.queries.older_charges(limit)

    async def page(self, listed: Listed, before: int, limit: int) -> tuple[Payment, ...]:
        """Payments with numbers below `before` (0: from the newest on), newest first."""
        return await self.queries.payments(before or _NEWEST, limit, listed.status)

    async def page_of(self, user_id: UserId, before: int, limit: int) -> tuple[Payment, ...]:
        """A page of one person's payments, newest first; `before` 0 begins at the newest."""
        return await self.queries.payments_of(user_id, before or _NEWEST, limit)

    async def paid_by(self, user_id: UserId) -> tuple[int, int]:
        """Stars that a person paid and that were kept, and those that went back or are on their way."""
        return await self.queries.paid_by(user_id)

    async def has_paid(self, user_id: UserId) -> bool:
        """Whether they paid, here or to the bot before: then they may ask about it, whatever became of them."""
        kept, _ = await self.queries.paid_by(user_id)
        return kept > 0 or await self.queries.has_paid_legacy(user_id)

    async def payment(self, number: int) -> Payment:
        """Raises BadInput for a number that nobody has."""
        found = await self.queries.payment(number)
        if found is None:
            raise BadInput("payment-unknown", number=number)
        return found

    async def admins(self) -> tuple[UserId, ...]:
        """Everybody who is told of trouble with payments."""
        return await self._staff_of(*_TOLD)

    async def owners(self) -> tuple[UserId, ...]:
        """Everybody who owns the bot, whom a restored copy concerns."""
        return await self._staff_of(Role.OWNER)

    async def _staff_of(self, *roles: Role) -> tuple[UserId, ...]:
        people = self.roles.everybody(await self.reads.staff())
        return tuple(sorted(user_id for user_id, role in people.items() if role in roles))

    def _invoice(self, user_id: UserId, offer: PriceOffer, now: Millis, *, renews: bool) -> Invoice:
        terms = InvoiceTerms(
            user_id=user_id, license_type=offer.license_type, days=offer.days, stars=offer.stars, renews=renews
        )
        return Invoice(
            payload=self.payloads.sign(terms, token_urlsafe(_NONCE_BYTES)),
            user_id=user_id,
            license_type=offer.license_type,
            days=offer.days,
            stars=offer.stars,
            created_at=now,
            expires_at=Millis(now + OPEN_FOR),
            renews=renews,
        )

    async def _hold(self, payload: str, payer: UserId, query_id: str) -> str | None:
        now = self.clock.now()
        async with self.transactions.begin_aside() as unit:  # the answer may have to be given again
            until = Millis(now + CHECKOUT_FOR)
            is_free = await unit.payments.begin_checkout(payload, payer, query_id, until=until, now=now)
        return None if is_free else "pay-refused-under-way"

    async def _restored(self, unit: UnitOfWork, payer: UserId, paid: Paid) -> Invoice | None:
        """The invoice by the terms that its payload carries, its row written again where it is the payer's own."""
        terms = self.payloads.read(paid.payload)
        if terms is None:
            return None
        invoice = Invoice(
            payload=paid.payload,
            user_id=terms.user_id,
            license_type=terms.license_type,
            days=terms.days,
            stars=terms.stars,
            created_at=paid.at,
            expires_at=Millis(paid.at + OPEN_FOR),
            renews=terms.renews,
        )
        if terms.user_id == payer:
            await unit.payments.add_invoices((invoice,), self.clock.now())
        return invoice

    async def _keep_older(self, unit: UnitOfWork, charges: Iterable[OlderCharge]) -> None:
        now = self.clock.now()
        for charge in charges:
            await unit.payments.keep_older(charge)
        count, stars = await unit.payments.take_untold()
        if not count:
            return
        _logger.warning("%d charges are older than this database and were left alone", count)
        told = OlderChargesMessage(count=count, stars=stars)
        for owner in await self.owners():
            await unit.enqueue(outbox_message(told, user_id=owner, idempotency_key=f"older:{now}:{owner}"), now)

    async def _credit(self, unit: UnitOfWork, invoice: Invoice, paid: Paid) -> None:
        now, user_id, idempotency_key = self.clock.now(), invoice.user_id, credit_key(paid.charge_id)
        entry, license_balance = await self.licenses.give(
            unit,
            user_id,
            kind=EntryKind.PAYMENT,
            license_type=invoice.license_type,
            millis=invoice.days * DAY,
            idempotency_key=idempotency_key,
            actor=None,
        )
        payment_id = await unit.payments.add(
            user_id,
            paid,
            status=PaymentStatus.COMPLETED,
            reason="",
            invoice=invoice,
            entry_id=entry.entry_id,
            now=now,
        )
        await unit.payments.mark_paid(invoice.payload)
        if invoice.renews:
            until = paid.renews_at or Millis(paid.at + invoice.days * DAY)
            await unit.payments.renew_subscription(invoice, paid.charge_id, until)
        details = f"payment {payment_id}: {paid.stars} Stars, {invoice.license_type} {invoice.days} days"
        await unit.audit(AuditEntry(actor=user_id, action="payment.credit", subject=user_id, details=details), now)
        receipt = (PaymentReceiptAgainMessage if invoice.is_repeated else PaymentReceiptMessage)(
            number=payment_id,
            stars=paid.stars,
            kind=invoice.license_type,
            days=invoice.days,
            date=license_balance.segments[-1].end,
            charge=paid.charge_id,
            begins=license_balance.starts(entry.entry_id),
        )
        await unit.enqueue(outbox_message(receipt, user_id=user_id, idempotency_key=idempotency_key), now)

    async def _keep(
        self, unit: UnitOfWork, user_id: UserId, paid: Paid, why: Unclaimed, admins: tuple[UserId, ...]
    ) -> None:
        now = self.clock.now()
        payment_id = await unit.payments.add(
            user_id,
            paid,
            status=PaymentStatus.UNCLAIMED,
            reason=why.value,
            invoice=None,
            entry_id=None,
            now=now,
        )
        details = f"payment {payment_id}: {paid.stars} Stars, {why}"
        await unit.audit(AuditEntry(actor=user_id, action="payment.unclaimed", subject=user_id, details=details), now)
        key = credit_key(paid.charge_id)
        told = PaymentUnclaimedMessage(number=payment_id, stars=paid.stars, why=why, user=user_id)
        await unit.enqueue(outbox_message(told, user_id=user_id, idempotency_key=key), now)
        alarm = PaymentUnclaimedAdminMessage(number=payment_id, stars=paid.stars, why=why, user=user_id)
        for admin in admins:
            await unit.enqueue(outbox_message(alarm, user_id=admin, idempotency_key=f"{key}:{admin}"), now)
        _logger.warning("payment %d can't be credited (%s) and goes back", payment_id, why)


async def _is_booked(unit: UnitOfWork, charge_id: str) -> bool:
    """Whether a charge is booked, here or by the bot before this one."""
    return await unit.payments.by_charge(charge_id) is not None or await unit.payments.is_legacy(charge_id)


def _older(payer: UserId, paid: Paid) -> OlderCharge:
    return OlderCharge(charge_id=paid.charge_id, payer=payer, stars=paid.stars, paid_at=paid.at)


def _refusal(
    invoice: Invoice | None, config: UserConfig | None, payer: UserId, currency: str, stars: int, now: Millis
) -> str | None:
    """The first thing that stands against a payment, as the key of its text."""
    if config is not None and config.is_banned:
        return "pay-refused-banned"
    if invoice is None:
        return "pay-refused-unknown"
    if invoice.user_id != payer:
        return "pay-refused-other"
    if (currency, stars) != (XTR, invoice.stars):
        return "pay-refused-price"
    if invoice.state is InvoiceState.PAID:
        return "pay-refused-paid"
    return "pay-refused-expired" if now >= invoice.expires_at else None


def _unclaimed(invoice: Invoice | None, config: UserConfig | None, payer: UserId, paid: Paid) -> Unclaimed | None:
    """Why a payment that was made can't be credited. One that came late or twice can: it is paid for."""
    if config is not None and config.is_banned:
        return Unclaimed.BANNED
    if invoice is None:
        return Unclaimed.UNKNOWN_OFFER
    if invoice.user_id != payer:
        return Unclaimed.OTHER_PAYER
    return None if (paid.currency, paid.stars) == (XTR, invoice.stars) else Unclaimed.OTHER_AMOUNT
