"""No silence and no held lane where Bybit takes its time over something that is done once, such as checking a key.

An answer that comes at once is the one message. Otherwise "Asking Bybit" stands, the person's next message is handled,
and that card is edited when the answer comes. The work is begun once, and ends whatever becomes of the card; should the
process end before it, a message of the outbox says so.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final

from telegram.error import BadRequest, Forbidden, TelegramError

from bot.domain.errors import BadInput
from bot.domain.update_attempt import current_attempt
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.delivery import PerhapsSent
from handlers.core.errors import sentence
from handlers.views.cards import Card

_logger = logging.getLogger(__name__)

_AGAIN: Final = (1.0, 3.0)  # seconds before the second and the third try to show an answer


def refuse_while_asking(ctx: UpdateContext) -> None:
    """Raises BadInput while the same person's last question is still with Bybit: one at a time."""
    if ctx.data.tasks.is_busy(ctx.user_id):
        raise BadInput("keys-still-asking")


async def show_when_ready(ctx: UpdateContext, work: Coroutine[Any, Any, Card]) -> None:
    """Show the card that `work` makes. Raises what it raises, if it does so at once; later that is shown as well."""
    tasks = ctx.data.tasks
    task, context = tasks.start_watched(work, f"a question to Bybit of user {ctx.user_id}", owner=ctx.user_id)
    done, _ = await asyncio.wait({task}, timeout=tasks.reply_within)
    if done:
        await ctx.show(task.result())
        return
    context.run(current_attempt.set, None)  # from here on it is no longer this update's work
    message_id: int | None = None
    try:
        message_id = await ctx.show(Card(text=ctx.say("footer-asking")))
    except TelegramError as refusal:  # another attempt at the update would ask Bybit twice
        _logger.warning("it could not be said that Bybit is being asked: %s", refusal.message)
    finally:
        tasks.start(_show_later(ctx, task, message_id), f"an answer of Bybit for user {ctx.user_id}")


async def _show_later(ctx: UpdateContext, task: asyncio.Task[Card], message_id: int | None) -> None:
    async with ctx.services.key_asks.waited_for(ctx.user_id, ctx.chat_id):
        await _show_when_done(ctx, task, message_id)


async def _show_when_done(ctx: UpdateContext, task: asyncio.Task[Card], message_id: int | None) -> None:
    await asyncio.wait({task})
    if task.cancelled():
        raise asyncio.CancelledError  # the process ends, and with it the wait for the answer
    error = task.exception()
    if error is None:
        card = task.result()
    elif isinstance(error, Exception):
        card = (await sentence(error, ctx.data, ctx.user_id))(ctx.viewer)
    else:
        raise error
    for seconds in (*_AGAIN, None):
        try:
            await _put(ctx, card, message_id)
        except (BadRequest, Forbidden, PerhapsSent) as refusal:
            _logger.info("an answer of Bybit could not be shown: %s", refusal.message)
        except TelegramError as failure:
            if seconds is not None:
                await asyncio.sleep(seconds)
                continue
            _logger.warning("an answer of Bybit could not be shown: %s", failure.message)
        return


async def _put(ctx: UpdateContext, card: Card, message_id: int | None) -> None:
    if message_id is None or not await delivery.edit(ctx.bot, ctx.target, message_id, card):
        await ctx.send(card)
