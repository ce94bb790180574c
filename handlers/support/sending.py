"""What sends a message of a thread, typed at once or after a question."""

from bot.domain.ids import DAY_S
from bot.domain.support import Thread, ThreadId
from bot.services.support.support import CloseThread
from handlers.core.context import UpdateContext
from handlers.support.views import sent_card
from handlers.views.cards import CardButton


async def send_message(ctx: UpdateContext, text: str, thread_id: ThreadId | None) -> None:
    """To whoever is on the other side, and a card that says so."""
    thread = await ctx.services.support.write(ctx.config, text, thread_id)
    close = await close_button(ctx, thread)
    await ctx.send(sent_card(ctx.viewer, thread, close, is_staff=is_staff(ctx, thread)))


async def close_button(ctx: UpdateContext, thread: Thread) -> CardButton:
    """[Close], for a day."""
    label = ctx.say.plain("button-close-thread")
    (made,) = await ctx.buttons([(label, CloseThread(thread=thread.thread_id))], lifetime_s=DAY_S)
    return made


def is_staff(ctx: UpdateContext, thread: Thread) -> bool:
    """Whether the reader is on the answering side of a thread."""
    return thread.user_id != ctx.user_id
