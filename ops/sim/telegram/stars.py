"""Telegram Stars as state: invoices, checkouts that wait for the bot, charges, and what a bot has taken and given back.

Names and rules are those of https://core.telegram.org/bots/payments-stars and of the Bot API 10.1. How a payment
goes is in `ops.sim.telegram.payments`.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ops.sim.telegram.model import Chat

XTR: Final = "XTR"
"""What the Bot API calls the currency."""
FIRST_BALANCE: Final = 100_000
"""Stars of a person nobody has given any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """What is to be paid, with what no Message object tells. Amounts are whole Stars."""

    bot_id: int
    """Who gets the Stars, and is asked before."""
    title: str
    description: str
    payload: str
    total_amount: int
    start_parameter: str = ""
    """Empty: forwarded copies can be paid by whoever sees them."""
    subscription_period: int = 0
    """Seconds until it is paid again; 0 for an ordinary invoice."""

    def card(self) -> dict[str, Any]:
        """The Bot API Invoice object."""
        return {
            "title": self.title,
            "description": self.description,
            "start_parameter": self.start_parameter,
            "currency": XTR,
            "total_amount": self.total_amount,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A payment somebody has confirmed, until the bot answers its pre-checkout query."""

    id: str
    chat: "Chat"
    """Where the Pay button was pressed."""
    user_id: int
    invoice: Invoice
    expires_at: float
    """Epoch seconds."""


@dataclass(slots=True, kw_only=True)
class Charge:
    """Stars a person has paid; `returned` once they went back."""

    id: str
    """telegram_payment_charge_id, which is also the id of its transactions."""
    provider_id: str
    user_id: int
    invoice: Invoice
    date: int
    returned: bool = False

    def card(self) -> dict[str, Any]:
        """What SuccessfulPayment and RefundedPayment have in common."""
        return {
            "currency": XTR,
            "total_amount": self.invoice.total_amount,
            "invoice_payload": self.invoice.payload,
            "telegram_payment_charge_id": self.id,
        }


@dataclass(slots=True, kw_only=True)
class Subscription:
    """An invoice that is paid again at the end of each period; known by its first charge."""

    charge_id: str
    user_id: int
    invoice: Invoice
    expires_at: int
    """Epoch seconds."""
    is_canceled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One line of a bot's Star transactions."""

    charge_id: str
    date: int
    is_outgoing: bool = False


@dataclass(slots=True)
class StarBook:
    """The Stars of one bot."""

    links: dict[str, Invoice] = field(default_factory=dict)
    """Invoices of createInvoiceLink by what follows https://t.me/$."""
    checkouts: dict[str, Checkout] = field(default_factory=dict)
    """By pre_checkout_query_id, oldest first."""
    charges: dict[str, Charge] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    """By the id of the first charge."""
    transactions: list[Transaction] = field(default_factory=list)
    """In chronological order."""
    balance: int = 0
    """May be negative, when more went back than is there."""

    def enter(self, transaction: Transaction) -> int:
        """Add a line; returns its index."""
        amount = self.charges[transaction.charge_id].invoice.total_amount
        self.balance += -amount if transaction.is_outgoing else amount
        self.transactions.append(transaction)
        return len(self.transactions) - 1
