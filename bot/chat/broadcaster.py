"""One message of a broadcast: sent behind everything else, and what Telegram's answer means for its recipient."""

import logging
from typing import Any

from telegram import LinkPreviewOptions
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.chat.rate_limiter import SendPriority
from bot.chat.refusals import is_final, is_nobody_there
from bot.chat.sender import ListenerOf
from bot.domain.broadcasts import Delivery
from bot.domain.ids import UserId
from bot.domain.notices import NoticeKind
from bot.domain.users import Notifications

_log = logging.getLogger(__name__)


class Broadcaster:
    """Knows no text: it is handed HTML as its author saw it."""

    def __init__(self, bot: ExtBot[Any], listener_of: ListenerOf) -> None:
        self._bot = bot
        self._listener_of = listener_of

    async def deliver(self, user_id: UserId, text_html: str) -> Delivery:
        """A refusal is an outcome, never an error. Who has switched announcements off since it began gets none."""
        ring = (await self._listener_of(user_id)).ring_of(NoticeKind.ANNOUNCEMENTS)
        if ring is Notifications.OFF:
            return Delivery.SENT
        try:
            await self._bot.send_message(
                user_id,
                text_html,
                parse_mode="HTML",
                disable_notification=True if ring is Notifications.SILENT else None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                rate_limit_args=SendPriority.BROADCAST,
            )
        except TelegramError as refusal:
            if is_nobody_there(refusal):
                return Delivery.BLOCKED
            if is_final(refusal):
                _log.warning("a message of a broadcast was refused: %s", refusal.message)
                return Delivery.FAILED
            return Delivery.LATER
        return Delivery.SENT
