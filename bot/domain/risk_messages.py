"""Messages of limits that must arrive: a loss is near its limit, or has reached it. They ring."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from bot.domain.accounts import AccountType
from bot.domain.chat import OutboxPayload
from bot.domain.notices import NoticeKind


class LossLimit(StrEnum):
    """The limits that losses can reach: of a day, from the peak, in a row."""

    DAILY = "daily"
    DRAWDOWN = "drawdown"
    TILT = "tilt"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitNearMessage(OutboxPayload):
    """Four fifths of what may be lost are lost; `left` of `whole` may still be, in USDT."""

    KIND = "limit-near"
    NOTICE = NoticeKind.ALARMS
    account_type: AccountType
    limit: LossLimit
    left: Decimal
    whole: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitReachedMessage(OutboxPayload):
    """No entries until the limit lets them; `canceled`: entries that rested and are being taken back."""

    KIND = "limit-reached"
    NOTICE = NoticeKind.ALARMS
    account_type: AccountType
    limit: LossLimit
    canceled: int
