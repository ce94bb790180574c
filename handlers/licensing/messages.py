"""Reminders of license time that ends: the type in the reader's words, the day of the reader's calendar."""

from typing import Final

from bot.domain.reminders import LicenseEndedMessage, LicenseEndsMessage
from handlers.core.messages import LICENSE, MessageSpec, message
from handlers.texts.catalog import Markup, Translator


def license_ends(say: Translator, payload: LicenseEndsMessage) -> Markup:
    kind = say.plain("license-type", kind=payload.kind.value)
    return say("promise-license-ends", kind=kind, on=payload.on.isoformat(), days=payload.days)


def license_ended(say: Translator, payload: LicenseEndedMessage) -> Markup:
    kind = say.plain("license-type", kind=payload.kind.value)
    return say("promise-license-ended", kind=kind, on=payload.on.isoformat())


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message(LicenseEndsMessage, license_ends, LICENSE),
    message(LicenseEndedMessage, license_ended, LICENSE),
)
