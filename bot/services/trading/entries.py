"""Entries: a confirmed card becomes a plan and its intents, or nothing."""

from dataclasses import dataclass

from bot.domain.order_card import ConfirmedCard
from bot.domain.trade_plans import CardPlace, ManagedTrade
from bot.domain.users import UserConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """Confirms cards."""

    async def confirm(
        self, config: UserConfig, card: ConfirmedCard, *, place: CardPlace, idempotency_key: str
    ) -> ManagedTrade:
        """The plan with its intents on their way; the same key again answers the same trade.

        Raises CardOutdated, EntryRefused, ExchangeErrors of the reads before; nothing was sent then.
        """
        raise NotImplementedError
