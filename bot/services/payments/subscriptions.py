"""Monthly subscriptions in Stars: Telegram charges them anew, each charge is a payment like any other.

Whether one goes on is Telegram's to know: it is told first, our row follows.
"""

from dataclasses import dataclass

from bot.domain.audit import AuditEntry
from bot.domain.errors import BadInput, StarsError
from bot.domain.ids import UserId
from bot.domain.payments import Subscription
from bot.domain.ports.clock import Clock
from bot.domain.ports.payments import PaymentQueries, StarsApi
from bot.domain.ports.storage import Transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriptions:
    """Shows, stops and resumes them."""

    queries: PaymentQueries
    transactions: Transactions
    stars: StarsApi
    clock: Clock

    async def of(self, user_id: UserId) -> tuple[Subscription, ...]:
        """Those of a person that are not over, also if they were stopped."""
        now = self.clock.now()
        return tuple(each for each in await self.queries.subscriptions_of(user_id) if each.until > now)

    async def set_renewal(self, user_id: UserId, payload: str, *, renews: bool) -> None:
        """Stop it at the end of its month, or let it go on. Raises BadInput if it is over, or if Telegram can't."""
        found = [each for each in await self.of(user_id) if each.payload == payload]
        if not found:
            raise BadInput("renewal-over")
        await self._tell(found[0], renews=renews)

    async def stop_all(self, user_id: UserId) -> None:
        """Before somebody is erased: nobody is charged who is not known. Raises BadInput if Telegram can't."""
        for each in await self.of(user_id):
            if not each.is_canceled:
                await self._tell(each, renews=False)

    async def _tell(self, subscription: Subscription, *, renews: bool) -> None:
        user_id, now = subscription.user_id, self.clock.now()
        try:
            await self.stars.set_renewal(user_id, subscription.charge_id, renews=renews)
        except StarsError as refusal:
            raise BadInput("renewal-unchanged") from refusal
        async with self.transactions.begin() as unit:
            await unit.payments.set_canceled(subscription.payload, is_canceled=not renews)
            action = "payment.resume" if renews else "payment.stop"
            details = f"{subscription.license_type}, {subscription.stars} Stars a month"
            await unit.audit(AuditEntry(actor=user_id, action=action, subject=user_id, details=details), now)
