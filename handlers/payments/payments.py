"""Telegram's side of a payment: the question before it, the word that it was made, the word that it went back.

Each runs for whoever pays, banned or not: a banned person's payment is refused before, and goes back after.
"""

import logging
from typing import Final

from telegram import Update, User

from bot.domain.errors import BadInput
from bot.domain.ids import Millis, UserId
from bot.domain.offers import XTR
from bot.domain.payments import Paid, PaymentStatus
from bot.domain.users import NewUser
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.identify import name_of, person_of
from handlers.core.specs import ANYWHERE, WHOEVER_PAYS, HandlerSpec, UpdateKind, other_update
from handlers.texts.catalog import language_of

_logger = logging.getLogger(__name__)


async def answer_pre_checkout(ctx: UpdateContext) -> None:
    """pre_checkout_query: the last moment to say no; Telegram waits ten seconds."""
    query = ctx.update.pre_checkout_query
    if query is None:
        return
    refusal = await ctx.services.payments.check(
        query.invoice_payload, ctx.user_id, query.currency, query.total_amount, query.id
    )
    if not await delivery.answer_checkout(query, None if refusal is None else ctx.say.plain(refusal)):
        await ctx.services.payments.drop_checkout(query.invoice_payload, ctx.user_id, query.id)


async def book_payment(ctx: UpdateContext) -> None:
    """successful_payment: booked once; the receipt is a message of the same transaction."""
    message = ctx.update.message
    payment = None if message is None else message.successful_payment
    if message is None or payment is None:
        return
    if payment.currency != XTR:
        _logger.error("a payment of %d in %s is not booked", payment.total_amount, payment.currency)
        raise BadInput("error-payment-currency", currency=payment.currency)
    renews_at = payment.subscription_expiration_date
    done = Paid(
        charge_id=payment.telegram_payment_charge_id,
        stars=payment.total_amount,
        currency=payment.currency,
        payload=payment.invoice_payload,
        at=Millis(int(message.date.timestamp() * 1000)),
        renews_at=None if renews_at is None else Millis(int(renews_at.timestamp() * 1000)),
    )
    await ctx.services.payments.book(_payer(ctx.update), done)


async def book_refund(ctx: UpdateContext) -> None:
    """refunded_payment: what it was paid for is taken again, unless that was done when the refund was asked for."""
    message = ctx.update.message
    refund = None if message is None else message.refunded_payment
    if message is None or refund is None:
        return
    if refund.currency != XTR:
        _logger.error("a refund of %d in %s is not booked", refund.total_amount, refund.currency)
        return
    charge_id = refund.telegram_payment_charge_id
    if not await ctx.services.refunds.returned(charge_id, PaymentStatus.REFUNDED):
        done = Paid(
            charge_id=charge_id,
            stars=refund.total_amount,
            currency=refund.currency,
            payload=refund.invoice_payload,
            at=Millis(int(message.date.timestamp() * 1000)),
        )
        await ctx.services.payments.book_returned(_payer(ctx.update), done)


def _payer(update: Update) -> NewUser:
    user: User | None = person_of(update)
    if user is None:
        raise LookupError("a payment of nobody")
    return NewUser(
        user_id=UserId(user.id),
        username=user.username,
        first_name=name_of(user),
        language=language_of(user.language_code),
        start_payload=None,
    )


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    other_update(UpdateKind.PRE_CHECKOUT, answer_pre_checkout, access=WHOEVER_PAYS, places=ANYWHERE),
    other_update(UpdateKind.SUCCESSFUL_PAYMENT, book_payment, access=WHOEVER_PAYS, places=ANYWHERE),
    other_update(UpdateKind.REFUNDED_PAYMENT, book_refund, access=WHOEVER_PAYS, places=ANYWHERE),
)
