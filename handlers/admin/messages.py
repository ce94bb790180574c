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
from bot.domain.disk import DiskFullMessage, DiskRoomMessage
from bot.domain.ids import Millis
from handlers.core.messages import LICENSE, MENU, MessageSpec, message, said
from handlers.texts.catalog import Markup, Translator, join
from handlers.views.times import moment, span


def license_given(say: Translator, payload: LicenseGivenMessage) -> Markup:
    kind = say.plain("license-type", kind=payload.kind.value)
    return say("promise-desk-granted", kind=kind, days=payload.days, date=moment(payload.end, Millis(0), "UTC"))


def license_revoked(say: Translator, payload: LicenseRevokedMessage) -> Markup:
    if not payload.span:
        return say("promise-desk-revoked")
    lines = [say("promise-desk-taken", span=span(say, payload.span / 1000), reason=payload.reason)]
    if payload.end is None:
        lines.append(say("promise-desk-taken-all"))
    else:
        lines.append(say("promise-desk-left", date=moment(payload.end, Millis(0), "UTC")))
    return join([*lines, say("promise-desk-questions")])


def role_changed(say: Translator, payload: RoleChangedMessage) -> Markup:
    return say("promise-desk-role", role=say.plain("role-name", role=payload.role.value))


def broadcast_done(say: Translator, payload: BroadcastDoneMessage) -> Markup:
    blocked, failed = str(payload.blocked), str(payload.failed)
    return say("promise-broadcast-done", count=payload.count, blocked=blocked, failed=failed)


def disk_full(say: Translator, payload: DiskFullMessage) -> Markup:
    return say("promise-disk-full", free=payload.free_mb)


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message(BannedMessage, said("banned")),
    message(UnbannedMessage, said("promise-unbanned"), MENU),
    message(LicenseGivenMessage, license_given, LICENSE),
    message(LicenseRevokedMessage, license_revoked, LICENSE),
    message(RoleChangedMessage, role_changed, ("button-help", "help")),
    message(BroadcastDoneMessage, broadcast_done),
    message(DiskFullMessage, disk_full),
    message(DiskRoomMessage, said("promise-disk-room")),
)
