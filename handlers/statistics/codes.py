"""Codes of statistics, of card truth and of exports: they show."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from bot.domain.ids import AccountId
from bot.domain.payloads import AtMost
from bot.domain.periods import FURTHEST_BACK, Period
from handlers.core.callbacks import Code

PeriodsBack = Annotated[int, AtMost(FURTHEST_BACK)]


class StatsPart(StrEnum):
    """What of the statistics is shown: everything in a table, or trades by one of their traits."""

    OVERVIEW = "all"
    SYMBOLS = "symbols"
    SIDES = "sides"
    EXITS = "exits"


@dataclass(frozen=True, slots=True)
class ShowStats(Code):
    """An account's statistics of a period, so many periods ago."""

    TAG = "sta"
    account_id: AccountId
    period: Period
    back: PeriodsBack = 0
    by: StatsPart = StatsPart.OVERVIEW


@dataclass(frozen=True, slots=True)
class ShowTruth(Code):
    """What the cards of a month promised, and what happened."""

    TAG = "tru"
    account_id: AccountId
    back: PeriodsBack = 0


@dataclass(frozen=True, slots=True)
class ChooseExport(Code):
    """Which months shall be in the files."""

    TAG = "xpt"
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class MakeExport(Code):
    """Makes the files of a period of an account and sends them; it changes nothing."""

    TAG = "xpm"
    account_id: AccountId
    period: Period
    back: PeriodsBack = 0


@dataclass(frozen=True, slots=True)
class ShowDailyReport(Code):
    """Whether a report comes each day, and when."""

    TAG = "dly"


class CurveKind(StrEnum):
    """How results are drawn: their running sum, or a bar a day."""

    CURVE = "curve"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class ShowCurve(Code):
    """Results of an account over a period, as a picture."""

    TAG = "crv"
    account_id: AccountId
    period: Period
    back: PeriodsBack
    curve: CurveKind
