"""Reminders of license time that ends: the type in the reader's words, the day of the reader's calendar, what stops."""

from typing import Final

from bot.domain.reminders import LicenseEndedMessage, LicenseEndsMessage, LicenseReminder
from handlers.core.links import BuyLicense
from handlers.core.messages import LICENSE, MessageSpec, command_row, message_card
from handlers.texts.catalog import Markup, Translator, join
from handlers.views.cards import Card, Row, button
from handlers.views.licenses import stars, what_stops


def license_ends(say: Translator, payload: LicenseEndsMessage) -> Card:
    kind = say.plain("license-type", kind=payload.kind.value)
    lines = [say("promise-license-ends", kind=kind, on=payload.on.isoformat(), days=payload.days)]
    if payload.then is None:
        lines.append(say("license-then-nothing"))
    else:
        lines.append(say("license-then-type", kind=_type(say, payload), until=_until(payload)))
    return _card(say, payload, lines)


def license_ended(say: Translator, payload: LicenseEndedMessage) -> Card:
    kind = say.plain("license-type", kind=payload.kind.value)
    lines = [say("promise-license-ended", kind=kind, on=payload.on.isoformat())]
    if payload.then is not None:
        lines.append(say("license-now-type", kind=_type(say, payload), until=_until(payload)))
    return _card(say, payload, lines)


def _card(say: Translator, payload: LicenseReminder, lines: list[Markup]) -> Card:
    lines += [*what_stops(say, payload.kind, payload.then), say("license-stays")]
    return Card(text=join(lines), rows=(_renewal(say, payload), command_row(say, *LICENSE)))


def _renewal(say: Translator, payload: LicenseReminder) -> Row:
    """Nothing where nothing is sold."""
    if payload.offer is None:
        return ()
    key = "button-renew" if payload.offer is payload.kind else "button-buy"
    kind = say.plain("license-type", kind=payload.offer.value)
    label = say.plain(key, kind=kind, price=stars(say, payload.stars))
    return (button(label, BuyLicense(payload.offer, payload.months).encode()),)


def _type(say: Translator, payload: LicenseReminder) -> str:
    return say.plain("license-type", kind="other" if payload.then is None else payload.then.value)


def _until(payload: LicenseReminder) -> str:
    return "" if payload.until is None else payload.until.isoformat()


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message_card(LicenseEndsMessage, license_ends),
    message_card(LicenseEndedMessage, license_ended),
)
