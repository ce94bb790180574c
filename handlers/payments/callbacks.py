"""Codes of payments, one's own and everybody's."""

from dataclasses import dataclass

from bot.domain.payments import Listed
from handlers.core.callbacks import Code, RowNumber


@dataclass(frozen=True, slots=True)
class ShowMyPayments(Code):
    """The presser's own payments with numbers below `before`; 0: the newest."""

    TAG = "mypay"
    before: RowNumber = 0


@dataclass(frozen=True, slots=True)
class ShowRenewals(Code):
    """Monthly subscriptions: those that run, those that can be begun."""

    TAG = "monthly"


@dataclass(frozen=True, slots=True)
class ShowPayments(Code):
    """Everybody's payments, for admins."""

    TAG = "pays"
    listed: Listed = Listed.ALL
    before: RowNumber = 0


@dataclass(frozen=True, slots=True)
class ShowPayment(Code):
    """One payment, for admins."""

    TAG = "payment"
    number: RowNumber


@dataclass(frozen=True, slots=True)
class ShowOlderCharges(Code):
    """Charges from before this database, for owners."""

    TAG = "older"


@dataclass(frozen=True, slots=True)
class AskSecondRefund(Code):
    """Asks a payer whether the second payment of one invoice goes back."""

    TAG = "refund2"
    number: RowNumber
