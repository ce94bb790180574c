"""What users are told of an admin's act, and an author of a broadcast."""

from typing import Final

from bot.domain.admin import (
    BannedMessage,
    LicenseGivenMessage,
    LicenseRevokedMessage,
    RoleChangedMessage,
    UnbannedMessage,
)
from bot.domain.broadcasts import BroadcastDoneMessage
from bot.domain.ids import Millis
from handlers.core.messages import LICENSE, MENU, MessageSpec, message, said
from handlers.texts.catalog import Markup, Translator
from handlers.views.times import moment


def license_given(say: Translator, payload: LicenseGivenMessage) -> Markup:
    kind = say.plain("license-type", kind=payload.kind.value)
    return say("promise-desk-granted", kind=kind, days=payload.days, date=moment(payload.end, Millis(0), "UTC"))


def role_changed(say: Translator, payload: RoleChangedMessage) -> Markup:
    return say("promise-desk-role", role=say.plain("role-name", role=payload.role.value))


def broadcast_done(say: Translator, payload: BroadcastDoneMessage) -> Markup:
    blocked, failed = str(payload.blocked), str(payload.failed)
    return say("promise-broadcast-done", count=payload.count, blocked=blocked, failed=failed)


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message(BannedMessage, said("banned")),
    message(UnbannedMessage, said("promise-unbanned"), MENU),
    message(LicenseGivenMessage, license_given, LICENSE),
    message(LicenseRevokedMessage, said("promise-desk-revoked"), LICENSE),
    message(RoleChangedMessage, role_changed, ("button-help", "help")),
    message(BroadcastDoneMessage, broadcast_done),
)
