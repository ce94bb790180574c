"""Trades as screens follow them."""

from dataclasses import dataclass

from bot.domain.trade_plans import ManagedTrade, OrderIntent


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeWatch:
    """Reads trades, waits for their changes, and notes what people were told."""

    async def trade(self, plan_id: int) -> ManagedTrade | None:
        """A plan with everything that was done for it; None: there is no such plan."""
        raise NotImplementedError

    async def changed(self, plan_id: int, version: int, *, timeout_s: float) -> ManagedTrade | None:
        """The trade once its version is another one than `version`, or as it stands when the time is over."""
        raise NotImplementedError

    async def told(self, intents: tuple[OrderIntent, ...]) -> None:
        """Their last states stand on a card now: the outbox does not tell of them any more."""
        raise NotImplementedError
