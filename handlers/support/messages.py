"""Messages of support threads. The frame is in the reader's language, the words as they were typed."""

from collections.abc import Sequence
from typing import Final

from bot.domain.support import (
    ClosedByStaffMessage,
    ClosedByUserMessage,
    DeliveredMessage,
    PaymentNote,
    StaffActedMessage,
    SupportAnsweredMessage,
    SupportAskedMessage,
)
from handlers.core.callbacks import token_data
from handlers.core.messages import MessageSpec, message, message_card
from handlers.support.callbacks import AnswerThread, ShowThread
from handlers.support.views import quoted
from handlers.texts.catalog import Markup, Translator, join
from handlers.views.cards import Card, Row, button
from handlers.views.render_context import ACCOUNT_NAMES
from handlers.views.times import day


def asked(say: Translator, payload: SupportAskedMessage) -> Card:
    """A user's message for the staff, with what helps an answer."""
    facts = say(
        "promise-support-facts",
        name=payload.name,
        user=str(payload.user),
        license=_license(say, payload),
        accounts=_listed(say, [say.plain(ACCOUNT_NAMES[each]) for each in payload.accounts]),
        payments=_listed(say, [_payment(say, each) for each in payload.payments]),
    )
    head = say("promise-support-asked", thread=payload.thread)
    return Card(text=join([head, facts, quoted(payload.text)]), rows=(_answer_row(say, payload, "button-reply"),))


def answered(say: Translator, payload: SupportAnsweredMessage) -> Card:
    head = say("promise-support-answered", thread=payload.thread)
    return Card(text=join([head, quoted(payload.text)]), rows=(_answer_row(say, payload, "button-answer"),))


def staff_acted(say: Translator, payload: StaffActedMessage) -> Card:
    """What a colleague did; the thread is one tap away."""
    head = say("promise-support-handled", thread=payload.thread, name=payload.name or "–", act=payload.act.value)
    open_thread = button(say.plain("button-thread"), ShowThread(payload.thread).encode())
    parts = [head, quoted(payload.text)] if payload.text else [head]
    return Card(text=join(parts), rows=((open_thread,),))


def closed_by_user(say: Translator, payload: ClosedByUserMessage) -> Markup:
    return say("promise-support-closed-by-user", thread=payload.thread)


def closed_by_staff(say: Translator, payload: ClosedByStaffMessage) -> Markup:
    return say("promise-support-closed-by-staff", thread=payload.thread)


def _answer_row(say: Translator, payload: DeliveredMessage, label_key: str) -> Row:
    return (
        button(say.plain(label_key), AnswerThread(payload.thread).encode()),
        button(say.plain("button-close-thread"), token_data(payload.close)),
    )


def _license(say: Translator, payload: SupportAskedMessage) -> str:
    if payload.until is None or payload.license is None:
        return say.plain("none")
    kind = say.plain("license-type", kind=payload.license.value)
    return say.plain("promise-support-license", kind=kind, until=day(payload.until))


def _payment(say: Translator, payment: PaymentNote) -> str:
    return say.plain("promise-support-payment", stars=payment.stars, date=day(payment.at), status=payment.status.value)


def _listed(say: Translator, names: Sequence[str]) -> str:
    return ", ".join(names) if names else say.plain("none")


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message_card(SupportAskedMessage, asked),
    message_card(SupportAnsweredMessage, answered),
    message_card(StaffActedMessage, staff_acted),
    message(ClosedByUserMessage, closed_by_user, ("button-threads", "threads")),
    message(ClosedByStaffMessage, closed_by_staff, ("button-ask-support", "paysupport")),
)
