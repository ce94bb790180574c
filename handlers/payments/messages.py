"""Messages about payments: amounts, types and dates in the reader's words."""

from collections.abc import Callable
from typing import Final

from bot.domain.ids import UserId
from bot.domain.payments import (
    OlderChargesMessage,
    PaymentChargedBackAdminMessage,
    PaymentReceiptAgainMessage,
    PaymentReceiptMessage,
    PaymentReturnedAdminMessage,
    PaymentReturnedMessage,
    PaymentStuckAdminMessage,
    PaymentUnclaimedAdminMessage,
    PaymentUnclaimedMessage,
)
from handlers.core.messages import LICENSE, MessageSpec, command_row, message, message_card
from handlers.payments.callbacks import AskSecondRefund, ShowOlderCharges
from handlers.texts.catalog import Markup, Translator, join
from handlers.views.cards import Card, button
from handlers.views.licenses import stars
from handlers.views.times import day

_PAYMENTS: Final = ("button-payments", "payments")
_SUBSCRIBE: Final = ("button-license-subscribe", "subscribe")


def receipt(key: str) -> Callable[[Translator, PaymentReceiptMessage], Markup]:
    def write(say: Translator, payload: PaymentReceiptMessage) -> Markup:
        text = say(
            key,
            stars=stars(say, payload.stars),
            number=payload.number,
            days=payload.days,
            kind=payload.kind.value,
            date=day(payload.date),
            charge=payload.charge,
        )
        return text if payload.begins is None else join([text, say("receipt-begins", date=day(payload.begins))])

    return write


def receipt_again(say: Translator, payload: PaymentReceiptAgainMessage) -> Card:
    """The receipt of a second payment of one invoice, with the way to give that one back."""
    ask = button(say.plain("button-refund-second"), AskSecondRefund(payload.number).encode())
    return Card(text=receipt("promise-payment-receipt-again")(say, payload), rows=((ask,), command_row(say, *LICENSE)))


def older_charges(say: Translator, payload: OlderChargesMessage) -> Card:
    """Told to owners, once for each charge that was found."""
    text = say("promise-payment-older-owner", count=payload.count, stars=stars(say, payload.stars))
    return Card(text=text, rows=((button(say.plain("button-older-charges"), ShowOlderCharges().encode()),),))


def unclaimed(key: str) -> Callable[[Translator, PaymentUnclaimedMessage], Markup]:
    def write(say: Translator, payload: PaymentUnclaimedMessage) -> Markup:
        return say(
            key,
            stars=stars(say, payload.stars),
            number=payload.number,
            user=str(payload.user),
            why=say.plain("unclaimed-why", why=payload.why.value),
        )

    return write


def returned(key: str) -> Callable[[Translator, PaymentReturnedMessage], Markup]:
    def write(say: Translator, payload: PaymentReturnedMessage) -> Markup:
        return say(key, stars=stars(say, payload.stars), number=payload.number, user=_user(payload.user))

    return write


def stuck(say: Translator, payload: PaymentStuckAdminMessage) -> Markup:
    return say(
        "promise-payment-stuck-admin",
        number=payload.number,
        stars=stars(say, payload.stars),
        user=_user(payload.user),
        said=payload.said,
    )


def _user(user_id: UserId | None) -> str:
    return "?" if user_id is None else str(user_id)


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message(PaymentReceiptMessage, receipt("promise-payment-receipt"), LICENSE),
    message_card(PaymentReceiptAgainMessage, receipt_again),
    message_card(OlderChargesMessage, older_charges),
    message(PaymentUnclaimedMessage, unclaimed("promise-payment-unclaimed"), _SUBSCRIBE),
    message(PaymentUnclaimedAdminMessage, unclaimed("promise-payment-unclaimed-admin"), _PAYMENTS),
    message(PaymentReturnedMessage, returned("promise-payment-returned"), LICENSE),
    message(PaymentReturnedAdminMessage, returned("promise-payment-returned-admin"), _PAYMENTS),
    message(PaymentChargedBackAdminMessage, returned("promise-payment-charged-back-admin"), _PAYMENTS),
    message(PaymentStuckAdminMessage, stuck, _PAYMENTS),
)
