"""Consequence cards: a draft at the prices of now, with everything that would come of it."""

from dataclasses import dataclass

from bot.domain.order_card import OrderCard
from bot.domain.order_drafts import OrderDraft
from bot.domain.users import UserConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """Makes cards."""

    async def card(self, config: UserConfig, draft: OrderDraft) -> OrderCard:
        """The card of a draft; rules that stand against it are its `refusals`. Raises UserFacing, ExchangeErrors."""
        raise NotImplementedError
