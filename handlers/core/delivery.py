"""The way out: cards to Telegram, and what Telegram's refusals mean. Everything the handlers say goes through here.

Below it PTB's bot asks the rate limiter (bot/chat/rate_limiter.py), which sends texts, captions and edits that Telegram
can't parse once more without their tags, and takes an edit that changes nothing for done.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from telegram import (
    Bot,
    CallbackQuery,
    InputFile,
    InputMediaPhoto,
    LabeledPrice,
    Message,
    PreCheckoutQuery,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.domain.offers import XTR
from handlers.texts.catalog import Markup
from handlers.views.cards import Card
from handlers.views.split import split

_MONTH_S: Final = 2_592_000  # https://core.telegram.org/bots/api#createinvoicelink
_logger = logging.getLogger(__name__)

_GONE: Final = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message not found",
    "topic_closed",
    "topic_deleted",
    "message thread not found",
)
NOT_SENT: Final = "*not* sent"  # the transport's and PTB's own words
_NO_PREVIEW: Final = {"is_disabled": True}
MAX_ALERT: Final = 200
_ANSWER_AGAIN: Final = 0.3  # seconds until a press is answered once more


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTarget:
    """Where an answer goes: the chat, its topic, and in groups the message it replies to."""

    chat_id: int
    thread_id: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as it is sent: its name and its bytes."""

    name: str
    content: bytes = field(repr=False)


class PerhapsSent(TimedOut):
    """A message went out and no answer came: Telegram may well have it, so it must not be sent again."""


@contextmanager
def _at_most_once() -> Iterator[None]:
    """Around one new message. A time-out before anything was sent (no connection, no place) stays what it is."""
    try:
        yield
    except TimedOut as silence:
        if NOT_SENT in silence.message:
            raise
        raise PerhapsSent(silence.message) from silence


async def send(bot: Bot, target: ChatTarget, card: Card) -> int:
    """A new message, in as many parts as it takes; the id of the last one, which has the keyboard.

    Negative, as everywhere here: it waits until Telegram takes messages to this chat again (bot/chat/held_calls.py).
    """
    *first, last = split(card.text)
    for part in first:
        await _send_part(bot, target, part)
    return await _send_part(bot, target, last, card)


async def send_document(bot: Bot, target: ChatTarget, document: Document, card: Card) -> int:
    """A file with a caption of at most 1024 UTF-16 units and the card's keyboard; the message's id."""
    file = await asyncio.to_thread(InputFile, document.content, document.name)  # the first name reads a list of types
    with _at_most_once():
        message = await bot.send_document(
            target.chat_id,
            file,
            caption=card.text,
            parse_mode=ParseMode.HTML,
            message_thread_id=target.thread_id,
            reply_markup=card.keyboard,
        )
    return message.message_id


async def send_picture(bot: Bot, target: ChatTarget, picture: bytes, card: Card) -> int:
    """A picture (PNG, JPEG) with a caption of at most 1024 UTF-16 units and the card's keyboard; the message's id."""
    reply_to = target.reply_to
    with _at_most_once():
        message = await bot.send_photo(
            target.chat_id,
            picture,
            caption=card.text,
            parse_mode=ParseMode.HTML,
            message_thread_id=target.thread_id,
            reply_markup=card.keyboard,
            reply_parameters=None if reply_to is None else ReplyParameters(reply_to, allow_sending_without_reply=True),
        )
    return message.message_id


async def edit_picture(bot: Bot, target: ChatTarget, message_id: int, picture: bytes, card: Card) -> bool:
    """Put a picture with a caption and a keyboard in the place of a message, text or picture; False if it is gone."""
    media = InputMediaPhoto(picture, caption=card.text, parse_mode=ParseMode.HTML)
    try:
        await bot.edit_message_media(media, target.chat_id, message_id, reply_markup=card.keyboard)
    except BadRequest as refusal:
        if any(gone in refusal.message.lower() for gone in _GONE):
            return False
        raise
    return True


async def edit_caption(bot: Bot, target: ChatTarget, message_id: int, card: Card) -> bool:
    """Change what stands below a picture, which stays; False if it is gone."""
    try:
        await bot.edit_message_caption(
            target.chat_id, message_id, caption=card.text, parse_mode=ParseMode.HTML, reply_markup=card.keyboard
        )
    except BadRequest as refusal:
        if any(gone in refusal.message.lower() for gone in _GONE):
            return False
        raise
    return True


async def pin(bot: Bot, chat_id: int, message_id: int) -> bool:
    """Pin a message without a sound; False where Telegram does not let us."""
    try:
        return await bot.pin_chat_message(chat_id, message_id, disable_notification=True)
    except (BadRequest, Forbidden) as refusal:
        _logger.info("a message could not be pinned: %s", refusal.message)
        return False


async def edit(bot: Bot, target: ChatTarget, message_id: int, card: Card) -> int | None:
    """Change a message in place. Its id, or that of the edit while it waits; None if the message is gone."""
    parts = split(card.text)
    try:
        edited = await bot.do_api_request(
            "editMessageText",
            {
                "chat_id": target.chat_id,
                "message_id": message_id,
                **_body_of(parts[0], card if len(parts) == 1 else None),
            },
        )
    except BadRequest as refusal:
        if any(gone in refusal.message.lower() for gone in _GONE):
            return None
        raise
    for part in parts[1:-1]:
        await _send_part(bot, target, part)
    if len(parts) > 1:
        await _send_part(bot, target, parts[-1], card)
    return int(edited["message_id"]) if isinstance(edited, dict) else message_id


async def delete(bot: Bot, chat_id: int, message_id: int) -> bool:
    """True if the message is gone now; False where Telegram does not let us (no right, older than 48 hours)."""
    try:
        await bot.do_api_request("deleteMessage", {"chat_id": chat_id, "message_id": message_id})
    except BadRequest as refusal:
        return "message to delete not found" in refusal.message.lower()
    except Forbidden:
        return False
    return True


async def answer(query: CallbackQuery, text: str | None = None, *, alert: bool = False) -> None:
    """End the spinner. That it came too late, or not at all, undoes nothing.

    Once more after a definite failure (a 5xx, a broken connection); what was refused, or may have arrived, stays.
    """
    try:
        try:
            await query.answer(None if text is None else text[:MAX_ALERT], show_alert=alert)
        except NetworkError as failure:
            if isinstance(failure, BadRequest | TimedOut):
                raise
            await asyncio.sleep(_ANSWER_AGAIN)
            await query.answer(None if text is None else text[:MAX_ALERT], show_alert=alert)
    except TelegramError as refusal:
        _logger.info("a press could not be answered: %s", refusal.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An invoice as it is shown: title up to 32 characters, description up to 255, 1 to 25,000 Stars."""

    title: str
    description: str
    payload: str = field(repr=False)
    stars: int
    # With one, forwarded copies lead into the bot instead of being paid by others.
    start_parameter: str = field(repr=False)


async def send_invoice(bot: Bot, chat_id: int, bill: Bill) -> None:
    """A message with a Pay button."""
    with _at_most_once():
        await bot.send_invoice(
            chat_id,
            bill.title,
            bill.description,
            bill.payload,
            XTR,
            [LabeledPrice(bill.title, bill.stars)],
            provider_token="",  # Stars need none
            start_parameter=bill.start_parameter,
        )


async def create_renewing_link(bot: Bot, bill: Bill) -> str:
    """The link of an invoice that Telegram charges anew every 30 days, its only period."""
    return await bot.create_invoice_link(
        bill.title,
        bill.description,
        bill.payload,
        XTR,
        [LabeledPrice(bill.title, bill.stars)],
        provider_token="",
        subscription_period=_MONTH_S,
    )


async def answer_checkout(query: PreCheckoutQuery, refusal: str | None) -> bool:
    """Let a payment go on, or say why not. False if it was too late: Telegram has dropped that payment."""
    try:
        await query.answer(ok=refusal is None, error_message=refusal)
    except BadRequest as late:
        _logger.warning("a pre-checkout could not be answered: %s", late.message)
        return False
    return True


def target_of(message: Message) -> ChatTarget:
    """Where to answer a message: its chat and topic; in groups as a reply."""
    return ChatTarget(
        chat_id=message.chat.id,
        thread_id=message.message_thread_id if message.is_topic_message else None,
        reply_to=None if message.chat.type == "private" else message.message_id,
    )


async def _send_part(bot: Bot, target: ChatTarget, text: Markup, card: Card | None = None) -> int:
    """A message of its own; the keyboard is that of `card`."""
    parameters: dict[str, Any] = {"chat_id": target.chat_id, **_body_of(text, card)}
    if target.thread_id is not None:
        parameters["message_thread_id"] = target.thread_id
    if target.reply_to is not None:
        parameters["reply_parameters"] = {"message_id": target.reply_to, "allow_sending_without_reply": True}
    with _at_most_once():
        message = await bot.do_api_request("sendMessage", parameters)
    return int(message["message_id"])


def _body_of(text: Markup, card: Card | None) -> dict[str, Any]:
    """What a message says and offers, as the Bot API's parameters."""
    body: dict[str, Any] = {"text": text, "parse_mode": ParseMode.HTML.value, "link_preview_options": _NO_PREVIEW}
    if card is not None and (rows := card.inline_keyboard):
        body["reply_markup"] = {"inline_keyboard": rows}
    return body
