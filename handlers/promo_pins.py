"""The pinned cards of campaigns, brought up to date every hour."""

import asyncio
import logging
from typing import Final

from telegram import Bot
from telegram.error import TelegramError

from bot.domain.promo import Pin
from bot.services.services import Services
from handlers import delivery
from handlers.delivery import Spot
from handlers.texts.catalog import Say, Texts
from handlers.views.promo import pinned_card
from handlers.views.viewer import Viewer

PERIOD: Final = 3600.0  # seconds
_logger = logging.getLogger(__name__)


async def keep_pins(bot: Bot, texts: Texts, services: Services) -> None:
    """For ever; a round that fails is logged and the next one comes."""
    while True:
        await asyncio.sleep(PERIOD)
        try:
            await refresh_pins(bot, texts, services)
        except Exception:
            _logger.exception("the pinned cards could not be brought up to date")


async def refresh_pins(bot: Bot, texts: Texts, services: Services) -> None:
    """Each card once. One that somebody deleted is forgotten."""
    for pin in await services.promo.pins():
        try:
            is_there = await _refresh(bot, texts, services, pin)
        except TelegramError as refusal:
            _logger.warning("a pinned card could not be edited: %s", refusal.message)
            continue
        if not is_there:
            await services.promo.unpin(pin.campaign_id)


async def _refresh(bot: Bot, texts: Texts, services: Services, pin: Pin) -> bool:
    config = await services.people.config(pin.owner)
    if config is None:
        return False
    campaign = await services.promo.campaign(pin.campaign_id)
    funnel = await services.promo.funnel(pin.campaign_id)
    viewer = Viewer(say=Say(texts, config.language), config=config, now=services.clock.now())
    return await delivery.edit(bot, Spot(chat_id=pin.chat_id), pin.message_id, pinned_card(viewer, campaign, funnel))
