"""/paysupport and /threads: a user and whoever runs the bot write to each other under a number."""

import re
from dataclasses import dataclass
from typing import Final

from telegram import Message

from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.secrets import may_carry_secret
from bot.domain.support import ThreadId, ThreadList, ThreadState
from bot.services.chat.dialogues import DialoguePayload
from bot.services.support.support import CloseThread, Opened
from handlers.core.context import UpdateContext
from handlers.core.phrases import is_sentence
from handlers.core.specs import (
    EVEN_BANNED,
    EVERYONE,
    PRIVATE,
    SUPPORT,
    HandlerSpec,
    UpdateKind,
    action,
    command,
    dialogue,
    other_update,
    view,
)
from handlers.support.callbacks import AnswerThread, ShowThread, ShowThreads
from handlers.support.doubtful import ask_about_message
from handlers.support.sending import close_button, is_staff, send_message
from handlers.support.views import (
    MARK,
    MESSAGES_A_PAGE,
    THREADS_A_PAGE,
    ask_card,
    ask_staff_card,
    closed_card,
    thread_card,
    threads_card,
)
from handlers.views.cards import Card
from handlers.views.frame import Page

_NUMBER: Final = re.compile(rf"{re.escape(MARK)}([1-9][0-9]{{0,14}})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteDialogue(DialoguePayload):
    """A message to support; with a thread, the staff's answer."""

    DIALOGUE = "support.write"
    thread: ThreadId | None = None


def thread_in(message: Message) -> ThreadId | None:
    """Which thread a message of this bot is about: each of them begins with its number."""
    found = _NUMBER.match(message.text or "")
    is_ours = message.from_user is not None and message.from_user.is_bot  # in a private chat there is no other bot
    return ThreadId(int(found[1])) if found is not None and is_ours else None


async def write_to_support(ctx: UpdateContext) -> None:
    """`/paysupport`, `/paysupport I paid and …`."""
    words = ctx.text.split(maxsplit=1)[1:]
    if words:
        await _send_message(ctx, words[0], None)
    else:
        await ctx.show(await _ask_message(ctx))


async def ask_answer(ctx: UpdateContext, code: AnswerThread) -> None:
    """[Reply], [Answer], [Write more]: the next message goes there. What was tapped stays as it is."""
    opened = await ctx.services.support.opened(ctx.config, code.thread_id, 0, MESSAGES_A_PAGE)
    if opened.thread.user_id == ctx.user_id:
        await ctx.send(await _ask_message(ctx))
    elif opened.thread.state is ThreadState.CLOSED:
        raise BadInput("support-is-closed", thread=code.thread_id)
    else:
        await ctx.services.dialogues.begin(ctx.user_id, WriteDialogue(thread=code.thread_id))
        await ctx.send(ask_staff_card(ctx.viewer, opened))


async def send_typed_message(ctx: UpdateContext, payload: WriteDialogue) -> None:
    """The message that was asked for; one that does not fit is explained and may be sent again."""
    await _send_message(ctx, _words(ctx), payload.thread)


async def send_reply(ctx: UpdateContext) -> None:
    """A reply, by Telegram's own way, to a message about a thread."""
    to = ctx.message.reply_to_message if ctx.message is not None else None
    thread_id = None if to is None else thread_in(to)
    if thread_id is None:
        raise ButtonExpired
    await _send_message(ctx, _words(ctx), thread_id)


async def close_thread(ctx: UpdateContext, payload: CloseThread) -> None:
    """[Close], on either side."""
    thread = await ctx.services.support.close(ctx.config, payload.thread)
    await ctx.send(closed_card(ctx.viewer, thread, is_staff=is_staff(ctx, thread)))


async def show_threads(ctx: UpdateContext) -> None:
    """`/threads`."""
    await _show_list(ctx, ThreadList.OPEN, 0)


async def show_threads_page(ctx: UpdateContext, code: ShowThreads) -> None:
    """A tab or a page of the list."""
    await _show_list(ctx, code.which, code.page)


async def show_thread(ctx: UpdateContext, code: ShowThread) -> None:
    """One thread, its newest page."""
    opened = await ctx.services.support.opened(ctx.config, code.thread_id, code.page, MESSAGES_A_PAGE)
    is_open = opened.thread.state is ThreadState.OPEN
    button = await close_button(ctx, opened.thread) if is_open else None
    await ctx.show(thread_card(ctx.viewer, opened, code.page, button, is_staff=is_staff(ctx, opened.thread)))


async def _ask_message(ctx: UpdateContext) -> Card:
    support = ctx.services.support
    thread = await support.open_thread(ctx.user_id)
    opened: Opened | None = None
    if thread is not None:
        opened = await support.opened(ctx.config, thread.thread_id, 0, MESSAGES_A_PAGE)
    await ctx.services.dialogues.begin(ctx.user_id, WriteDialogue())
    return ask_card(ctx.viewer, opened)


async def _send_message(ctx: UpdateContext, text: str, thread_id: ThreadId | None) -> None:
    if may_carry_secret(text):
        await ask_about_message(ctx, text, thread_id)
    else:
        await send_message(ctx, text, thread_id)


async def _show_list(ctx: UpdateContext, which: ThreadList, page: int) -> None:
    found, total = await ctx.services.support.threads(which, ctx.user_id, page, THREADS_A_PAGE)
    count = max(1, -(-total // THREADS_A_PAGE))
    if page >= count:  # the list became shorter
        await _show_list(ctx, which, count - 1)
        return
    await ctx.show(threads_card(ctx.viewer, which, Page(found, page, count)))


def _words(ctx: UpdateContext) -> str:
    """What was written; of pictures and files a note and their caption, for words alone are passed on."""
    message = ctx.message
    if message is None or message.text is not None:
        return ctx.text
    if not message.caption:
        raise BadInput("support-only-words")
    name = message.document.file_name if message.document is not None else None
    return f"📎 {name}\n{message.caption}" if name else f"📎\n{message.caption}"


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("paysupport", write_to_support, access=EVEN_BANNED),
    command("threads", show_threads, access=SUPPORT),
    view(AnswerThread, ask_answer, access=EVEN_BANNED),
    view(ShowThread, show_thread, access=EVEN_BANNED),
    view(ShowThreads, show_threads_page, access=SUPPORT),
    action(CloseThread, close_thread, access=EVEN_BANNED),
    dialogue(WriteDialogue, send_typed_message, access=EVEN_BANNED, takes=is_sentence, takes_media=True),
    other_update(UpdateKind.THREAD_REPLY, send_reply, access=EVERYONE, places=PRIVATE),
)
