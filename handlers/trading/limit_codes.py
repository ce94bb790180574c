"""Codes of /limits and of /practice: they show; what changes something is a token."""

from dataclasses import dataclass
from typing import Annotated

from bot.domain.ids import AccountId
from bot.domain.orders import MarginMode, PositionMode
from bot.domain.payloads import AtMost
from handlers.core.callbacks import Code
from handlers.trading.limit_fields import LimitField

MOST_PRACTICE_LEVERAGE = 100


@dataclass(frozen=True, slots=True)
class ShowLimits(Code):
    """An account's limits."""

    TAG = "lim"
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class ShowLimit(Code):
    """One limit with its presets."""

    TAG = "lim1"
    account_id: AccountId
    limit: LimitField


@dataclass(frozen=True, slots=True)
class ChoosePractice(Code):
    """How practice shall begin again: each choice edits the card, nothing is reset yet."""

    TAG = "prac"
    account_id: AccountId
    mode: PositionMode
    margin: MarginMode
    leverage: Annotated[int, AtMost(MOST_PRACTICE_LEVERAGE)]
