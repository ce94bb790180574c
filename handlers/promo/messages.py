"""What a promo code gave or took, and alarms about campaigns."""

from typing import Final

from bot.domain.promo import (
    CampaignMessage,
    PromoFastMessage,
    PromoGivenMessage,
    PromoGuessingMessage,
    PromoLargeMessage,
    PromoTakenMessage,
    PromoUndoAskedMessage,
    PromoUsedMessage,
)
from handlers.core.callbacks import token_data
from handlers.core.messages import LICENSE, MessageSpec, command_row, message, message_card
from handlers.texts.catalog import Markup, Translator
from handlers.views.cards import Card, Row, button
from handlers.views.times import day, span

_CAMPAIGNS: Final = ("button-promo-list", "promo")


def promo_given(say: Translator, payload: PromoGivenMessage) -> Markup:
    kind = say.plain("license-type", kind=payload.kind.value)
    return say("promise-promo-given", kind=kind, days=payload.days, date=day(payload.date))


def promo_taken(say: Translator, payload: PromoTakenMessage) -> Markup:
    kind = say.plain("license-type", kind=payload.kind.value)
    return say("promise-promo-taken", kind=kind, span=span(say, payload.span / 1000))


def promo_used(say: Translator, payload: PromoUsedMessage) -> Card:
    text = say(
        "promise-promo-used",
        campaign=str(payload.campaign),
        terms=_terms(say, payload),
        percent=str(payload.percent),
        uses=str(payload.uses),
        capacity=str(payload.capacity),
    )
    return Card(text=text, rows=(_pause_row(say, payload.token),))


def promo_fast(say: Translator, payload: PromoFastMessage) -> Card:
    text = say("promise-promo-fast", campaign=str(payload.campaign), terms=_terms(say, payload), count=payload.count)
    return Card(text=text, rows=(_pause_row(say, payload.token),))


def promo_large(say: Translator, payload: PromoLargeMessage) -> Card:
    text = say(
        "promise-promo-large",
        admin=str(payload.admin),
        campaign=str(payload.campaign),
        terms=_terms(say, payload),
        capacity=str(payload.capacity),
    )
    return Card(text=text, rows=(_pause_row(say, payload.token),))


def undo_asked(say: Translator, payload: PromoUndoAskedMessage) -> Markup:
    campaign, uses = str(payload.campaign), str(payload.uses)
    return say("promise-promo-undo-asked", campaign=campaign, terms=_terms(say, payload), uses=uses)


def guessing(say: Translator, payload: PromoGuessingMessage) -> Markup:
    return say("promise-promo-guessing", count=payload.count)


def _terms(say: Translator, payload: CampaignMessage) -> str:
    """Which campaign it is, in a few words."""
    kind = say.plain("license-type", kind=payload.kind.value)
    terms = say.plain("promo-days", kind=kind, days=payload.days)
    return f"{terms}, {payload.note}" if payload.note else terms


def _pause_row(say: Translator, token: str | None) -> Row:
    if token is None:
        return command_row(say, "button-promo-pause", "promo")
    return (button(say.plain("button-promo-pause"), token_data(token)),)


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message(PromoGivenMessage, promo_given, LICENSE),
    message(PromoTakenMessage, promo_taken, LICENSE),
    message_card(PromoUsedMessage, promo_used),
    message_card(PromoFastMessage, promo_fast),
    message_card(PromoLargeMessage, promo_large),
    message(PromoUndoAskedMessage, undo_asked, _CAMPAIGNS),
    message(PromoGuessingMessage, guessing, _CAMPAIGNS),
)
