"""The bot's own messages: rendered in the reader's language, sent with the ring they chose."""

import inspect
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
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.chat.rate_limiter import SendPriority
from bot.domain.ids import ChatId, UserId
from bot.domain.users import Language

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
    """How a user wants to be spoken to. `is_silent`: messages arrive without a sound."""

    language: Language = Language.ENGLISH
    is_silent: bool = False


class Tell(Protocol):
    """Says one short thing to a sender; kinds: `too-fast`, `set-aside`."""

    def __call__(self, kind: str, user_id: UserId, chat_id: ChatId, /) -> Coroutine[Any, Any, None]: ...


Render = Callable[[str, Mapping[str, str], Language], Sequence[RenderedMessage] | Awaitable[Sequence[RenderedMessage]]]
ListenerOf = Callable[[UserId], Awaitable[Listener]]


class Sender:
    """Sends what was rendered from (kind, values). Handlers answer through PTB; all else goes through here."""

    def __init__(self, bot: ExtBot[Any], render: Render, listener_of: ListenerOf) -> None:
        self._bot = bot
        self._render = render
        self._listener_of = listener_of

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

        Raises TelegramError, and whatever rendering raises.
        """
        listener = await self._listener_of(user_id)
        rendered = self._render(kind, values, listener.language)
        messages = await rendered if inspect.isawaitable(rendered) else rendered
        for message in messages[sent_already:]:
            await self._bot.send_message(
                chat_id,
                message.text_html,
                parse_mode="HTML",
                reply_markup=message.reply_markup,
                reply_parameters=_reply(message.reply_to),
                disable_notification=listener.is_silent or None,
                link_preview_options=_NO_PREVIEW,
                rate_limit_args=priority,
            )
            on_sent()

    async def tell(self, kind: str, user_id: UserId, chat_id: ChatId) -> None:
        """Say one thing that need not arrive: a refusal of Telegram is only logged."""
        try:
            await self.send(kind, {}, user_id=user_id, chat_id=chat_id)
        except TelegramError as error:
            _log.info("%s could not be told: %s", kind, error.message)


def _reply(message_id: int | None) -> ReplyParameters | None:
    """To a message that may have been deleted meanwhile."""
    return None if message_id is None else ReplyParameters(message_id, allow_sending_without_reply=True)
