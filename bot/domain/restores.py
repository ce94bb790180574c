"""A backup in the database's place: what is told of it, and until when Stars are only listed."""

from dataclasses import dataclass

from bot.domain.chat import OutboxPayload
from bot.domain.ids import Millis
from bot.domain.notices import NoticeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredMessage(OutboxPayload):
    """To each active person: what the bot knew is of `made`; what it was told until `restored` it does not know.

    `has_journal`: what they removed and paid meanwhile was done again; else it may be back, and missing.
    """

    KIND = "restored"
    NOTICE = NoticeKind.ALARMS

    made: Millis
    restored: Millis
    has_journal: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StarsListedMessage(OutboxPayload):
    """To the owners of a restored bot: charges and returns that Telegram knows of and the copy does not."""

    KIND = "restored-stars"
    NOTICE = NoticeKind.OTHER

    charges: int
    stars: int
    returned: int
