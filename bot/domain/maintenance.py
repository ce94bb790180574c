"""Maintenance that an exchange announces, and the message that tells of it."""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import Account
from bot.domain.chat import OutboxPayload
from bot.domain.ids import Millis
from bot.domain.notices import NoticeKind

_NOT_SAID: Final = Millis(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """One that is announced. `end` as it is expected, None: not said.

    `uid_ends`: last digits of the users' ids that it is about; none: everybody.
    """

    notice_id: str
    title: str
    begin: Millis
    end: Millis | None
    uid_ends: frozenset[str] = frozenset()

    def is_about(self, account: Account) -> bool:
        """Whether it is about that account of the exchange."""
        return not self.uid_ends or (account.bybit_uid or "")[-1:] in self.uid_ends


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceMessage(OutboxPayload):
    """Bybit is under maintenance; `end` 0: nobody says until when."""

    KIND = "exchange-maintenance"
    NOTICE = NoticeKind.ANNOUNCEMENTS

    title: str
    end: Millis = _NOT_SAID
