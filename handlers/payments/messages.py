"""Messages about payments: amounts, types and dates in the reader's words."""

from collections.abc import Callable
from typing import Final

from bot.domain.ids import UserId
from bot.domain.payments import (
    PaymentChargedBackAdminMessage,
    PaymentReceiptAgainMessage,
    PaymentReceiptMessage,
    PaymentReturnedAdminMessage,
    PaymentReturnedMessage,
    PaymentStuckAdminMessage,
    PaymentUnclaimedAdminMessage,
    PaymentUnclaimedMessage,
)
from handlers.core.messages import LICENSE, MessageSpec, message
from handlers.payments.views import stars
from handlers.texts.catalog import Markup, Translator
from handlers.views.times import day

_PAYMENTS: Final = ("button-payments", "payments")
_SUBSCRIBE: Final = ("button-license-subscribe", "subscribe")


def receipt(key: str) -> Callable[[Translator, PaymentReceiptMessage], Markup]:
    def write(say: Translator, payload: PaymentReceiptMessage) -> Markup:
        return say(
            key,
            stars=stars(say, payload.stars),
            number=payload.number,
            days=payload.days,
            kind=payload.kind.value,
            date=day(payload.date),
            charge=payload.charge,
        )

    return write


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
    message(PaymentReceiptAgainMessage, receipt("promise-payment-receipt-again"), LICENSE),
    message(PaymentUnclaimedMessage, unclaimed("promise-payment-unclaimed"), _SUBSCRIBE),
    message(PaymentUnclaimedAdminMessage, unclaimed("promise-payment-unclaimed-admin"), _PAYMENTS),
    message(PaymentReturnedMessage, returned("promise-payment-returned"), LICENSE),
    message(PaymentReturnedAdminMessage, returned("promise-payment-returned-admin"), _PAYMENTS),
    message(PaymentChargedBackAdminMessage, returned("promise-payment-charged-back-admin"), _PAYMENTS),
    message(PaymentStuckAdminMessage, stuck, _PAYMENTS),
)
