"""Payments in storage, and Telegram's API of Stars."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.domain.ids import Millis, UserId
from bot.domain.payments import (
    Invoice,
    OlderCharge,
    Paid,
    Payment,
    PaymentStatus,
    StarCursor,
    StarTransaction,
    Subscription,
)


class Payments(Protocol):
    """The invoices, payment_history and star_cursor tables."""

    async def add_invoices(self, invoices: Sequence[Invoice], now: Millis) -> None: ...
    async def invoice(self, payload: str) -> Invoice | None: ...
    async def mark_paid(self, payload: str) -> None:
        """It was paid; whatever was agreed to for it is done with."""
        ...

    async def begin_checkout(self, payload: str, user_id: UserId, query_id: str, *, until: Millis, now: Millis) -> bool:
        """Agree to one payment; False while another one is under way. The same query twice is one."""
        ...

    async def drop_checkout(self, payload: str, user_id: UserId, query_id: str) -> None: ...
    async def renew_subscription(self, invoice: Invoice, charge_id: str, until: Millis) -> None:
        """A month of it was paid. The first charge names it."""
        ...

    async def set_canceled(self, payload: str, *, is_canceled: bool) -> None: ...
    async def by_charge(self, charge_id: str) -> Payment | None: ...
    async def is_legacy(self, charge_id: str) -> bool:
        """Whether the bot before this one booked the charge."""
        ...

    async def payment(self, payment_id: int) -> Payment | None: ...
    async def add(
        self,
        user_id: UserId,
        paid: Paid,
        *,
        status: PaymentStatus,
        reason: str,
        invoice: Invoice | None,
        entry_id: int | None,
        now: Millis,
    ) -> int:
        """A charge that is not there yet; its number. `invoice` and `entry_id` (ledger row) if it was credited."""
        ...

    async def set_status(self, payment_id: int, status: PaymentStatus, reason: str, now: Millis) -> None:
        """What it stands at from now on; `reason` of a refund."""
        ...

    async def refund_later(self, payment_id: int, next_try: Millis, trouble: str) -> None:
        """An attempt at giving it back failed: when the next one is due, and what Telegram said."""
        ...

    async def put_cursor(self, cursor: StarCursor) -> None: ...
    async def keep_older(self, charge: OlderCharge) -> None:
        """Write down a charge from before this database, once."""
        ...

    async def take_untold(self) -> tuple[int, int]:
        """How many older charges nobody was told of, and their Stars; from now on they count as told."""
        ...


class PaymentQueries(Protocol):
    """Reads of payments, all from storage. Lists go backwards: numbers below `before`, newest first."""

    async def invoice(self, payload: str) -> Invoice | None: ...
    async def payment(self, payment_id: int) -> Payment | None: ...
    async def payments(self, before: int, limit: int, status: PaymentStatus | None = None) -> tuple[Payment, ...]: ...
    async def payments_of(self, user_id: UserId, before: int, limit: int) -> tuple[Payment, ...]: ...
    async def subscriptions_of(self, user_id: UserId) -> tuple[Subscription, ...]: ...
    async def paid_by(self, user_id: UserId) -> tuple[int, int]:
        """Stars kept of a person, and Stars given back."""
        ...

    async def refunds_due(self, now: Millis, limit: int) -> tuple[Payment, ...]: ...
    async def statuses(self, charge_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        """Of those charges that have a row."""
        ...

    async def legacy_charges(self, charge_ids: Sequence[str]) -> frozenset[str]:
        """Those that the bot before this one booked."""
        ...

    async def has_paid_legacy(self, user_id: UserId) -> bool:
        """Whether they paid to the bot before this one, in whatever money."""
        ...

    async def star_cursor(self) -> StarCursor: ...
    async def older_charges(self, limit: int) -> tuple[OlderCharge, ...]:
        """From before this database, the newest first."""
        ...


class StarsApi(Protocol):
    """Telegram's side of Stars, beside invoices. Raises StarsRefused for a definite no, StarsDown for anything else."""

    async def refund(self, user_id: UserId, charge_id: str) -> None:
        """refundStarPayment; a charge that was refunded already is done."""
        ...

    async def set_renewal(self, user_id: UserId, charge_id: str, *, renews: bool) -> None:
        """editUserStarSubscription: whether a subscription goes on after its month."""
        ...

    async def transactions(self, offset: int, limit: int) -> tuple[StarTransaction, ...]:
        """getStarTransactions: oldest first, `offset` lines skipped, at most `limit` (1 to 100)."""
        ...
