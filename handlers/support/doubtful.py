"""Words that may hold a secret, of which nobody can tell: they are passed on when their writer says so.

Until then they lie in memory, for 15 minutes; nothing of them is written down.
"""

from dataclasses import dataclass
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.support import ThreadId
from bot.services.chat.buttons import ButtonAction
from handlers.core import delivery
from handlers.core.context import DoubtfulWords, UpdateContext
from handlers.core.specs import EVERYONE, HandlerSpec, action
from handlers.support.sending import send_message
from handlers.support.views import deleted_card, doubtful_card, doubtful_text_card


@dataclass(frozen=True, slots=True, kw_only=True)
class SendWords(ButtonAction):
    """[Send it]."""

    ACTION = "support.send-doubtful"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteWords(ButtonAction):
    """[Delete it]: the message in the chat, and what is kept of it."""

    ACTION = "support.delete-doubtful"
    message: int


async def ask_about_message(ctx: UpdateContext, text: str, thread_id: ThreadId | None) -> None:
    """Keep a message to support, and ask whether it is sent."""
    ctx.data.doubtful_words.put(ctx.user_id, DoubtfulWords(text=text, thread=thread_id))
    choices: list[tuple[str, ButtonAction]] = [
        (ctx.say.plain("button-delete-it"), _delete(ctx)),
        (ctx.say.plain("button-send-it"), SendWords()),
    ]
    await ctx.show(doubtful_card(ctx.viewer, await ctx.buttons(choices)))


async def ask_about_text(ctx: UpdateContext) -> None:
    """Of a message that nobody gets: whether it is deleted."""
    (delete,) = await ctx.buttons([(ctx.say.plain("button-delete-it"), _delete(ctx))])
    await ctx.show(doubtful_text_card(ctx.viewer, delete))


async def send_words(ctx: UpdateContext, _: SendWords) -> None:
    """[Send it]. They are kept until that worked."""
    held = ctx.data.doubtful_words.find(ctx.user_id)
    if held is None:
        raise BadInput("support-not-kept")
    await send_message(ctx, held.text, held.thread)
    ctx.data.doubtful_words.take(ctx.user_id)


async def delete_words(ctx: UpdateContext, payload: DeleteWords) -> None:
    """[Delete it]."""
    ctx.data.doubtful_words.take(ctx.user_id)
    is_gone = await delivery.delete(ctx.bot, ctx.chat_id, payload.message)
    await ctx.show(deleted_card(ctx.viewer, is_gone=is_gone))


def _delete(ctx: UpdateContext) -> DeleteWords:
    return DeleteWords(message=0 if ctx.message is None else ctx.message.message_id)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    action(SendWords, send_words, access=EVERYONE),
    action(DeleteWords, delete_words, access=EVERYONE),
)
