"""Codes of what is done to positions: each asks or shows; the button that acts is a token."""

from dataclasses import dataclass
from typing import Annotated, Final

from bot.domain.chart_intervals import ChartInterval
from bot.domain.ids import AccountId
from bot.domain.payloads import AtMost
from bot.domain.portfolio import Side
from handlers.core.callbacks import Code, PageNumber, RowNumber
from handlers.core.closing_words import LegGroup
from handlers.core.links import LegIndex, SymbolName

WHOLE: Final = 100  # percent of a position
Percent = Annotated[int, AtMost(WHOLE)]


@dataclass(frozen=True, slots=True)
class LegName:
    """A leg in what a button or a question stores: 17:BTCUSDT:0."""

    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex


@dataclass(frozen=True, slots=True)
class AddToLeg(Code):
    """[+ Add] below a position: a ticket of its side, on its own account."""

    TAG = "add"
    account_id: AccountId
    symbol: SymbolName
    side: Side


@dataclass(frozen=True, slots=True)
class AskClose(Code):
    """What the close of so many percent of a position would bring, with the button that does it."""

    TAG = "cls"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex
    percent: Percent


@dataclass(frozen=True, slots=True)
class AskCloseMany(Code):
    """The same of several positions at once."""

    TAG = "clm"
    account_id: AccountId
    legs: LegGroup
    percent: Percent


@dataclass(frozen=True, slots=True)
class ShowClosesPage(Code):
    """A page of them, from 0."""

    TAG = "clp"
    account_id: AccountId
    page: PageNumber


@dataclass(frozen=True, slots=True)
class ShowLegReceipt(Code):
    """The receipt of what opened a position."""

    TAG = "rcl"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex


@dataclass(frozen=True, slots=True)
class AskStop(Code):
    """Where the stop of a position shall stand: presets, and a typed price."""

    TAG = "stp"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex


@dataclass(frozen=True, slots=True)
class AskTargets(Code):
    """Where profit of a position shall be taken: presets, and typed prices."""

    TAG = "tgt"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex


@dataclass(frozen=True, slots=True)
class AskBreakeven(Code):
    """Where a close costs nothing, with the button that moves the stop there."""

    TAG = "bev"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex


@dataclass(frozen=True, slots=True)
class ShowLegChart(Code):
    """A position on its symbol's chart, in candles of that length."""

    TAG = "lch"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex
    interval: ChartInterval


@dataclass(frozen=True, slots=True)
class AskTrail(Code):
    """How far a stop shall follow the best price of a position: presets, and a typed distance."""

    TAG = "trl"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex


@dataclass(frozen=True, slots=True)
class ShowTrail(Code):
    """What a trailing stop at so many hundredths of a percent would mean, with the button that sets it; 0: none."""

    TAG = "trs"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex
    hundredths: Annotated[int, AtMost(5_000)]


@dataclass(frozen=True, slots=True)
class ShareLeg(Code):
    """[Share] of a position: a picture without money."""

    TAG = "shl"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex


@dataclass(frozen=True, slots=True)
class AskManage(Code):
    """What managing a position would mean that was opened elsewhere, with the button that does it."""

    TAG = "mng"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex


@dataclass(frozen=True, slots=True)
class OrderAgain(Code):
    """What was not filled of a trade, as a card at the prices of now."""

    TAG = "again"
    plan: RowNumber


@dataclass(frozen=True, slots=True)
class ShowDisagreement(Code):
    """What was promised, what Bybit shows, and what can be done about it."""

    TAG = "dis"
    disagreement: RowNumber
