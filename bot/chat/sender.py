"""The bot's own messages: rendered in the reader's language, sent with the ring they chose, or not at all."""

import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from telegram import (
    ForceReply,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest, TelegramError
from telegram.ext import ExtBot

from bot.chat.merging import RecentMessages
from bot.chat.rate_limiter import SendPriority
from bot.domain.chat import Merging, OutboxPayload
from bot.domain.ids import ChatId, UserId
from bot.domain.notices import NoticeKind
from bot.domain.ports.clock import Clock
from bot.domain.users import Language, Notifications

_log = logging.getLogger(__name__)

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


class RenderedMessage(Protocol):
    """One message as the views make it: Telegram's HTML, at most 4096 characters after parsing."""

    @property
    def text_html(self) -> str: ...
    @property
    def reply_markup(self) -> Markup | None: ...
    @property
    def reply_to(self) -> int | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """How a user wants to be spoken to now."""

    language: Language = Language.ENGLISH
    ring_of: Callable[[NoticeKind], Notifications] = lambda _: Notifications.ON


class Tell(Protocol):
    """Says one short thing to a sender; kinds: `too-fast`, `set-aside`."""

    def __call__(self, kind: str, user_id: UserId, chat_id: ChatId, /) -> Coroutine[Any, Any, None]: ...


class MessageTexts(Protocol):
    """Messages by their stored form: what they are about, and their words."""

    def read(self, kind: str, values: Mapping[str, str], /) -> OutboxPayload: ...
    def render(self, kind: str, values: Mapping[str, str], language: Language, /) -> Sequence[RenderedMessage]: ...


ListenerOf = Callable[[UserId], Awaitable[Listener]]


class Sender:
    """Sends what was rendered from (kind, values). Handlers answer through PTB; all else goes through here."""

    def __init__(self, bot: ExtBot[Any], texts: MessageTexts, listener_of: ListenerOf, clock: Clock) -> None:
        self._bot = bot
        self._texts = texts
        self._listener_of = listener_of
        self._recent = RecentMessages(clock)

    async def send(
        self,
        kind: str,
        values: Mapping[str, str],
        *,
        user_id: UserId,
        chat_id: ChatId,
        priority: SendPriority = SendPriority.REPLY,
        sent_already: int = 0,
        on_sent: Callable[[], None] = lambda: None,
    ) -> None:
        """Send all its messages in order, from the `sent_already`-th on, calling `on_sent` after each.

        None where the reader wants none of that kind: then it counts as told. Raises TelegramError, and whatever
        rendering raises.
        """
        listener = await self._listener_of(user_id)
        payload = self._texts.read(kind, values)
        ring = listener.ring_of(payload.notice())
        if ring is Notifications.OFF:
            return
        messages = self._texts.render(kind, values, listener.language)
        merging = payload.merging() if len(messages) == 1 else None
        rings = ring is Notifications.ON
        for message in messages[sent_already:]:
            if merging is None or not await self._merge(chat_id, merging, message, priority, rings=rings):
                sent = await self._bot.send_message(
                    chat_id,
                    message.text_html,
                    parse_mode="HTML",
                    reply_markup=message.reply_markup,
                    reply_parameters=_reply(message.reply_to),
                    disable_notification=None if rings else True,
                    link_preview_options=_NO_PREVIEW,
                    rate_limit_args=priority,
                )
                if merging is not None:
                    keyboard = _inline(message.reply_markup)
                    self._recent.sent(chat_id, merging, sent.message_id, message.text_html, keyboard, rings=rings)
            on_sent()

    async def _merge(
        self, chat_id: ChatId, merging: Merging, message: RenderedMessage, priority: SendPriority, *, rings: bool
    ) -> bool:
        """Whether it became a part of what was said a moment ago."""
        merged = self._recent.merged(chat_id, merging, message.text_html, _inline(message.reply_markup), rings=rings)
        if merged is None:
            return False
        try:
            await self._bot.edit_message_text(
                merged.text_html,
                chat_id,
                merged.message_id,
                parse_mode="HTML",
                reply_markup=merged.keyboard,
                link_preview_options=_NO_PREVIEW,
                rate_limit_args=priority,
            )
        except BadRequest as refusal:
            _log.info("a message could not be added to: %s", refusal.message)
            return False
        self._recent.note(chat_id, merging, merged)
        return True

    async def tell(self, kind: str, user_id: UserId, chat_id: ChatId) -> None:
        """Say one thing that need not arrive: a refusal of Telegram is only logged."""
        try:
            await self.send(kind, {}, user_id=user_id, chat_id=chat_id)
        except TelegramError as error:
            _log.info("%s could not be told: %s", kind, error.message)


def _inline(markup: Markup | None) -> InlineKeyboardMarkup | None:
    return markup if isinstance(markup, InlineKeyboardMarkup) else None


def _reply(message_id: int | None) -> ReplyParameters | None:
    """To a message that may have been deleted meanwhile."""
    return None if message_id is None else ReplyParameters(message_id, allow_sending_without_reply=True)
