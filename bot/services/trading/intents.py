"""Intents on their way: written down, sent once, and watched until the exchange has said what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.ids import Millis, OrderLinkId
from bot.domain.ports.storage import UnitOfWork
from bot.domain.trade_plans import NewIntent, OrderIntent


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRunner:
    """Writes intents and sends them, each once."""

    def new_link_id(self) -> OrderLinkId:
        """The installation's prefix and at least 80 random bits."""
        raise NotImplementedError

    async def add(self, unit: UnitOfWork, new: NewIntent, now: Millis) -> OrderIntent:
        """The intent's row; the one that is there already if its idempotency key is."""
        raise NotImplementedError

    def launch(self, intents: Sequence[OrderIntent]) -> None:
        """Send them, after their commit, each in the queue of its leg. Returns at once."""
        raise NotImplementedError

    async def finished(self, intents: Sequence[OrderIntent], *, timeout_s: float) -> tuple[OrderIntent, ...]:
        """The intents as they stand when each is known to be accepted, done or refused, or when the time is over."""
        raise NotImplementedError
