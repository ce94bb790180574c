"""Pictures in the chat: drawn off the loop, changed in place, and told in words where there can be none."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.aio.worker import WorkerBusyError
from bot.domain.errors import ExchangeDown, ExchangeError
from bot.services.screens import Dated, Shown
from handlers.core import delivery
from handlers.core.context import UpdateContext, known_or_trouble
from handlers.core.delivery import ChatTarget
from handlers.core.live_messages import GIVE_UP
from handlers.pictures.contents import PictureContent
from handlers.texts.catalog import join
from handlers.views.cards import Card
from handlers.views.render_context import RenderContext

_logger = logging.getLogger(__name__)
_NO_PICTURE: Final = (BadRequest, Forbidden, RetryAfter)  # a file does not wait for its chat, as a text does

T = TypeVar("T", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureCard:
    """What a picture shows, and its caption with the keyboard, 1024 UTF-16 units at most. None: words alone."""

    content: PictureContent | None
    card: Card


async def present_picture(
    ctx: UpdateContext,
    look: Callable[[], Awaitable[Shown[T]]],
    compose: Callable[[RenderContext, Shown[T]], PictureCard],
) -> None:
    """A screen with a picture: what is known now, and what comes when Bybit answers. Trouble is part of it."""
    shown = await known_or_trouble(look)
    message_id = await show_picture(ctx, compose(ctx.viewer, shown))
    if shown.later is not None and message_id > 0:
        work = _show_later(ctx, message_id, shown, shown.later, compose)
        ctx.data.live_messages.keep(ctx.target, message_id, work, "a picture that waits for Bybit")


async def show_picture(ctx: UpdateContext, made: PictureCard) -> int:
    """After a tap below a picture that one changes; else a new message. The message's id, negative while it waits.

    What cannot be a picture now is said in words, with the reason.
    """
    tapped = ctx.tapped_picture
    if tapped is not None:
        ctx.data.live_messages.leave(ctx.chat_id, tapped)
    if made.content is None:
        return await _say(ctx, tapped, made.card)
    try:
        picture = await ctx.data.pictures.png(made.content)
    except WorkerBusyError:
        return await _say(ctx, tapped, _explained(ctx, made.card, "picture-busy"))
    try:
        if tapped is not None and await delivery.edit_picture(ctx.bot, ctx.target, tapped, picture, made.card):
            return tapped
        return await delivery.send_picture(ctx.bot, ctx.target, picture, made.card)
    except _NO_PICTURE as refusal:
        _logger.info("a picture was not taken: %s", refusal.message)
        return await ctx.send(_explained(ctx, made.card, "picture-refused"))


async def _say(ctx: UpdateContext, tapped: int | None, card: Card) -> int:
    """Below the picture that was tapped, if it is still there, else as a message of its own."""
    if tapped is not None and await delivery.edit_caption(ctx.bot, ctx.target, tapped, card):
        return tapped
    return await ctx.send(card)


def _explained(ctx: UpdateContext, card: Card, key: str) -> Card:
    return replace(card, text=join([card.text, ctx.say(key)]))


async def _show_later(
    ctx: UpdateContext,
    message_id: int,
    shown: Shown[T],
    later: "asyncio.Task[T]",
    compose: Callable[[RenderContext, Shown[T]], PictureCard],
) -> None:
    """Once the answer is there, or will not come any more."""
    await asyncio.wait({later}, timeout=GIVE_UP)
    made = compose(ctx.viewer, _outcome(shown, later))
    try:
        await _put(ctx, message_id, shown.value is not None or ctx.tapped_picture == message_id, made)
    except (TelegramError, WorkerBusyError) as refusal:
        _logger.warning("a picture could not be brought up to date: %s", refusal)


async def _put(ctx: UpdateContext, message_id: int, is_picture: bool, made: PictureCard) -> None:
    target: ChatTarget = ctx.target
    if made.content is not None:
        picture = await ctx.data.pictures.png(made.content)
        await delivery.edit_picture(ctx.bot, target, message_id, picture, made.card)
    elif is_picture:
        await delivery.edit_caption(ctx.bot, target, message_id, made.card)
    else:
        await delivery.edit(ctx.bot, target, message_id, made.card)


def _outcome(shown: Shown[T], later: "asyncio.Task[T]") -> Shown[T]:
    """The fresh value, or the old one with the reason."""
    if not later.done() or later.cancelled():
        return Shown(shown.value, trouble=ExchangeDown("no answer"))
    error = later.exception()
    if error is None:
        return Shown(later.result())
    return Shown(shown.value, trouble=error if isinstance(error, ExchangeError) else ExchangeDown(type(error).__name__))
