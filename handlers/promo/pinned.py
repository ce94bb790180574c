"""The pinned cards of campaigns."""

import logging
from dataclasses import dataclass

from telegram import Bot
from telegram.error import TelegramError

from bot.domain.ports.clock import Clock
from bot.domain.promo import Pin
from bot.services.promo.campaigns import CampaignService
from bot.services.users.people import People
from handlers.core import delivery
from handlers.core.delivery import ChatTarget
from handlers.promo.views import pinned_card
from handlers.texts.catalog import Texts, Translator
from handlers.views.render_context import RenderContext

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedCards:
    """Redraws the pinned cards of campaigns every `PERIOD` seconds."""

    bot: Bot
    texts: Texts
    promo: CampaignService
    people: People
    clock: Clock

    async def refresh(self) -> None:
        """Each card once. One that somebody deleted is forgotten."""
        for pin in await self.promo.pins():
            try:
                is_there = await self._draw(pin)
            except TelegramError as refusal:
                _logger.warning("a pinned card could not be edited: %s", refusal.message)
                continue
            if not is_there:
                await self.promo.unpin(pin.campaign_id)

    async def _draw(self, pin: Pin) -> bool:
        """False if there is no such card any more."""
        config = await self.people.config(pin.owner)
        if config is None:
            return False
        campaign = await self.promo.campaign(pin.campaign_id)
        funnel = await self.promo.funnel(pin.campaign_id)
        viewer = RenderContext(say=Translator(self.texts, config.language), config=config, now=self.clock.now())
        card = pinned_card(viewer, campaign, funnel)
        return await delivery.edit(self.bot, ChatTarget(chat_id=pin.chat_id), pin.message_id, card) is not None
