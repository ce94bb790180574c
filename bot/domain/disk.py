"""What operators are told of the disk under the database."""

from dataclasses import dataclass

from bot.domain.chat import OutboxPayload
from bot.domain.notices import NoticeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFullMessage(OutboxPayload):
    """To operators: the disk is full, entries wait. `free_mb`: megabytes that were free."""

    KIND = "disk-full"
    NOTICE = NoticeKind.ALARMS

    free_mb: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskRoomMessage(OutboxPayload):
    """To operators: there is room again, entries are taken."""

    KIND = "disk-room"
    NOTICE = NoticeKind.OTHER
