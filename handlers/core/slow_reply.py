"""No silence and no held lane where Bybit takes its time over something that is done once, such as checking a key.

An answer that comes at once is the one message. Otherwise "Asking Bybit" stands, the person's next message is handled,
and that card is edited when the answer comes. The work is begun once, and ends whatever becomes of the card.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Final

from telegram.error import BadRequest, Forbidden, TelegramError

from bot.domain.cause import current_cause
from bot.domain.errors import BadInput
from handlers.core import delivery
from handlers.core.context import Turn
from handlers.core.delivery import PerhapsSent
from handlers.core.errors import sentence
from handlers.views.cards import Card

_logger = logging.getLogger(__name__)

_AGAIN: Final = (1.0, 3.0)  # seconds before the second and the third try to show an answer


def still_asking(turn: Turn) -> None:
    """Raises BadInput while the same person's last question is still with Bybit: one at a time."""
    if turn.data.asides.is_busy(turn.user_id):
        raise BadInput("keys-still-asking")


async def show_in_time(turn: Turn, work: Coroutine[Any, Any, Card]) -> None:
    """Show the card that `work` makes. Raises what it raises, if it does so at once; later that is shown as well."""
    asides = turn.data.asides
    task, context = asides.watched(work, f"a question to Bybit of user {turn.user_id}", owner=turn.user_id)
    done, _ = await asyncio.wait({task}, timeout=asides.patience)
    if done:
        await turn.show(task.result())
        return
    context.run(current_cause.set, None)  # from here on it is no longer this update's work: see `without_cause`
    message_id: int | None = None
    try:
        message_id = await turn.show(Card(text=turn.say("footer-asking")))
    except TelegramError as refusal:  # another attempt at the update would ask Bybit twice
        _logger.warning("it could not be said that Bybit is being asked: %s", refusal.message)
    finally:
        asides.start(_show_later(turn, task, message_id), f"an answer of Bybit for user {turn.user_id}")


async def _show_later(turn: Turn, task: asyncio.Task[Card], message_id: int | None) -> None:
    current_cause.set(None)  # this task's own context
    await asyncio.wait({task})
    if task.cancelled():
        return
    error = task.exception()
    if error is None:
        card = task.result()
    elif isinstance(error, Exception):
        card = (await sentence(error, turn.data, turn.user_id))(turn.viewer)
    else:
        raise error
    for seconds in (*_AGAIN, None):
        try:
            await _put(turn, card, message_id)
        except (BadRequest, Forbidden, PerhapsSent) as refusal:
            _logger.info("an answer of Bybit could not be shown: %s", refusal.message)
        except TelegramError as failure:
            if seconds is not None:
                await asyncio.sleep(seconds)
                continue
            _logger.warning("an answer of Bybit could not be shown: %s", failure.message)
        return


async def _put(turn: Turn, card: Card, message_id: int | None) -> None:
    if message_id is None or not await delivery.edit(turn.bot, turn.spot, message_id, card):
        await turn.send(card)
