"""The ways from one feature to another: buttons on others' cards, and what deep links carry.

A deep link is `https://t.me/BOT?start=PAYLOAD`; Telegram sends it as `/start PAYLOAD`.
"""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from bot.domain.chart_intervals import ChartInterval
from bot.domain.ids import AccountId, Symbol, UserId
from bot.domain.licensing import LicenseType
from bot.domain.market import Category
from bot.domain.payloads import AtMost, Matching
from bot.domain.portfolio import Side
from bot.services.chat.buttons import ButtonAction
from handlers.core.callbacks import Code, PageNumber, RowNumber

OWNER_PAYLOAD: Final = "own_"  # before the token that makes its bearer an owner
PROMO_PAYLOAD: Final = "p_"  # before a promo code
SUBSCRIBE_PAYLOAD: Final = "subscribe"  # where forwarded invoices lead

LONGEST_SYMBOL: Final = 30
LONGEST_ORDER: Final = 40  # letters of an exchange's own id of an order
LONGEST_SHARED: Final = 36  # the same beside the index of a leg: Bybit's ids are UUIDs
OrderId = Annotated[str, Matching(rf"[A-Za-z0-9-]{{1,{LONGEST_ORDER}}}")]
SharedOrderId = Annotated[str, Matching(rf"[A-Za-z0-9-]{{1,{LONGEST_SHARED}}}")]
SymbolName = Annotated[Symbol, Matching(rf"[A-Z0-9]{{2,{LONGEST_SYMBOL}}}")]
LegIndex = Annotated[int, AtMost(2)]  # position_idx: see Position in bot/domain/portfolio.py


@dataclass(frozen=True, slots=True)
class RunCommand(Code):
    """A command without arguments: the menu's buttons, "did you mean /balance"."""

    TAG = "do"
    command: Annotated[str, Matching("[a-z0-9_]{1,32}")]


@dataclass(frozen=True, slots=True)
class ShowBalance(Code):
    """An account's balance."""

    TAG = "bal"
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class ShowPositions(Code):
    """A page of an account's positions, from 0."""

    TAG = "pos"
    account_id: AccountId
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class ShowCloses(Code):
    """An account's positions, each with a button that asks about its close."""

    TAG = "clo"
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class ShowOrders(Code):
    """A page of an account's open orders."""

    TAG = "ord"
    account_id: AccountId
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class ShowTrades(Code):
    """A page of an account's newest fills."""

    TAG = "trd"
    account_id: AccountId
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class ShowClosed(Code):
    """A page of an account's closed trades, newest first, from 0."""

    TAG = "ctr"
    account_id: AccountId
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class ShowPrice(Code):
    """A symbol's price."""

    TAG = "px"
    symbol: SymbolName


@dataclass(frozen=True, slots=True)
class ShowSpotPrice(Code):
    """The price of a spot pair."""

    TAG = "spx"
    symbol: SymbolName


@dataclass(frozen=True, slots=True)
class ShowChart(Code):
    """The chart of a symbol's price."""

    TAG = "ch"
    category: Category
    symbol: SymbolName
    interval: ChartInterval


@dataclass(frozen=True, slots=True)
class ShareClosed(Code):
    """[Share]: what an order of that id closed, as a picture without money."""

    TAG = "sh"
    account_id: AccountId
    order_id: SharedOrderId
    position_idx: LegIndex


def price_code(symbol: Symbol, category: Category) -> Code:
    """The button of a symbol's price."""
    return ShowSpotPrice(symbol) if category is Category.SPOT else ShowPrice(symbol)


@dataclass(frozen=True, slots=True)
class OpenTicket(Code):
    """[Buy], [Sell]: a ticket of a perpetual, where the order is put together."""

    TAG = "tkn"
    symbol: SymbolName
    side: Side


@dataclass(frozen=True, slots=True)
class OfferOrder(Code):
    """[Buy BTC $100]: the consequence card of so many USDT; nothing is sent before its confirmation."""

    TAG = "offer"
    symbol: SymbolName
    side: Side
    usdt: Annotated[int, AtMost(1_000_000)]


@dataclass(frozen=True, slots=True)
class ShowSymbols(Code):
    """A page of a category's symbols."""

    TAG = "sym"
    category: Category
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class ShowOrder(Code):
    """An order that waits, by the exchange's own id of it."""

    TAG = "onc"
    account_id: AccountId
    order_id: OrderId


@dataclass(frozen=True, slots=True)
class ShowLeg(Code):
    """A position with everything that can be done about it. `position_idx`: see Position in bot/domain/portfolio.py."""

    TAG = "leg"
    account_id: AccountId
    symbol: SymbolName
    position_idx: LegIndex = 0


@dataclass(frozen=True, slots=True)
class AskRefill(Code):
    """How much play money more a demo account shall have."""

    TAG = "refill"
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class ShowReceipt(Code):
    """What became of an order that was asked for from here, moment by moment."""

    TAG = "rcp"
    intent: RowNumber


@dataclass(frozen=True, slots=True)
class ShowOrderReceipt(Code):
    """The same of any order of an account, by the exchange's id."""

    TAG = "rco"
    account_id: AccountId
    order_id: OrderId


def fits_button(order_id: str, longest: int = LONGEST_ORDER) -> bool:
    """Whether a button can name that order, with so many letters at most."""
    return len(order_id) <= longest and re.fullmatch("[A-Za-z0-9-]+", order_id) is not None


@dataclass(frozen=True, slots=True)
class ShowVanish(Code):
    """A page of what of an account would go on without this bot."""

    TAG = "van"
    account_id: AccountId
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class ShowCancels(Code):
    """A page of an account's open orders, each with a button that cancels it."""

    TAG = "cxl"
    account_id: AccountId
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class BuyLicense(Code):
    """[Renew Premium · 5,000 ⭐]: an invoice for so many months, at the price of the moment."""

    TAG = "buy"
    license_type: LicenseType
    months: Annotated[int, AtMost(12)]


@dataclass(frozen=True, slots=True)
class ShowUsersOfCampaign(Code):
    """A page of those who redeemed a promo campaign, as /users shows people."""

    TAG = "usrc"
    campaign: int
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class AskRefund(Code):
    """Asks for the reason before anything goes back."""

    TAG = "refund"
    number: RowNumber


@dataclass(frozen=True, slots=True)
class ShowPaymentsOf(Code):
    """One person's payments, for admins; those with numbers below `before`, 0: the newest."""

    TAG = "paysof"
    user_id: UserId
    before: RowNumber = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCodeFor(ButtonAction):
    """[Promo code] of a user's card: asks for a code to redeem for that user."""

    ACTION = "promo.ask-for"
    user: UserId
