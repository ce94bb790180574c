"""/paysupport and /threads: a user and whoever runs the bot write to each other under a number."""

import re
from typing import Final

from telegram import InlineKeyboardButton, Message

from bot.domain.chat import Dialogue
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import DAY_S
from bot.domain.support import Thread, ThreadId, ThreadList, ThreadState
from bot.services.chat.buttons import Wish
from bot.services.support.support import CLOSE, THREAD, Opened
from handlers.core.callbacks import AnswerThread, ShowThread, ShowThreads
from handlers.core.context import Turn
from handlers.core.specs import EVERYONE, PRIVATE, SUPPORT, Entry, Kind, answers, command, continues, does, shows
from handlers.support.views import (
    MARK,
    MESSAGES_A_PAGE,
    THREADS_A_PAGE,
    ask_card,
    ask_staff_card,
    closed_card,
    sent_card,
    thread_card,
    threads_card,
)
from handlers.views.frame import Page

WRITES: Final = "support.write"
_STATE: Final = "asked"
_NUMBER: Final = re.compile(rf"{re.escape(MARK)}([1-9][0-9]{{0,14}})\b")


def thread_in(message: Message) -> ThreadId | None:
    """Which thread a message of this bot is about: each of them begins with its number."""
    found = _NUMBER.match(message.text or "")
    is_ours = message.from_user is not None and message.from_user.is_bot  # in a private chat there is no other bot
    return ThreadId(int(found[1])) if found is not None and is_ours else None


async def paysupport(turn: Turn) -> None:
    """`/paysupport`, `/paysupport I paid and …`."""
    words = turn.text.split(maxsplit=1)[1:]
    if words:
        await _send(turn, words[0], None)
    else:
        await _ask(turn)


async def answer(turn: Turn, code: AnswerThread) -> None:
    """[Reply], [Answer], [Write more]: the next message goes there. What was tapped stays as it is."""
    opened = await turn.services.support.opened(turn.config, code.thread_id, 0, MESSAGES_A_PAGE)
    if opened.thread.user_id == turn.user_id:
        await _ask(turn)
    elif opened.thread.state is ThreadState.CLOSED:
        raise BadInput("support-is-closed", thread=code.thread_id)
    else:
        await turn.services.dialogues.begin(turn.user_id, WRITES, _STATE, {THREAD: str(code.thread_id)})
        await turn.send(ask_staff_card(turn.viewer, opened))


async def take(turn: Turn, dialogue: Dialogue) -> None:
    """The message that was asked for; one that does not fit is explained and may be sent again."""
    number = dialogue.values.get(THREAD)
    await _send(turn, _words(turn), None if number is None else ThreadId(int(number)))


async def replied(turn: Turn) -> None:
    """A reply, by Telegram's own way, to a message about a thread."""
    to = turn.message.reply_to_message if turn.message is not None else None
    thread_id = None if to is None else thread_in(to)
    if thread_id is None:
        raise ButtonExpired
    await _send(turn, _words(turn), thread_id)


async def close(turn: Turn, wish: Wish) -> None:
    """[Close], on either side."""
    thread = await turn.services.support.close(turn.config, ThreadId(int(wish.values[THREAD])))
    await turn.send(closed_card(turn.viewer, thread, is_staff=_is_staff(turn, thread)))


async def threads(turn: Turn) -> None:
    """`/threads`."""
    await _list(turn, ThreadList.OPEN, 0)


async def listed(turn: Turn, code: ShowThreads) -> None:
    """A tab or a page of the list."""
    await _list(turn, code.which, code.page)


async def shown(turn: Turn, code: ShowThread) -> None:
    """One thread."""
    opened = await turn.services.support.opened(turn.config, code.thread_id, code.page, MESSAGES_A_PAGE)
    is_open = opened.thread.state is ThreadState.OPEN
    close_button = await _close_button(turn, opened.thread) if is_open else None
    is_staff = _is_staff(turn, opened.thread)
    await turn.show(thread_card(turn.viewer, opened, code.page, close_button, is_staff=is_staff))


async def _ask(turn: Turn) -> None:
    support = turn.services.support
    thread = await support.open_thread(turn.user_id)
    opened: Opened | None = None
    if thread is not None:
        opened = await support.opened(turn.config, thread.thread_id, 0, MESSAGES_A_PAGE)
    await turn.services.dialogues.begin(turn.user_id, WRITES, _STATE, {})
    await turn.send(ask_card(turn.viewer, opened))


async def _send(turn: Turn, text: str, thread_id: ThreadId | None) -> None:
    thread = await turn.services.support.write(turn.config, text, thread_id)
    close_button = await _close_button(turn, thread)
    await turn.send(sent_card(turn.viewer, thread, close_button, is_staff=_is_staff(turn, thread)))


async def _list(turn: Turn, which: ThreadList, page: int) -> None:
    found, total = await turn.services.support.threads(which, turn.user_id, page, THREADS_A_PAGE)
    count = max(1, -(-total // THREADS_A_PAGE))
    if page >= count:  # the list became shorter
        await _list(turn, which, count - 1)
        return
    await turn.show(threads_card(turn.viewer, which, Page(found, page, count)))


async def _close_button(turn: Turn, thread: Thread) -> InlineKeyboardButton:
    label = turn.say.plain("button-close-thread")
    wish = Wish(action=CLOSE, values={THREAD: str(thread.thread_id)})
    (made,) = await turn.buttons([(label, wish)], lifetime_s=DAY_S)
    return made


def _is_staff(turn: Turn, thread: Thread) -> bool:
    return thread.user_id != turn.user_id


def _words(turn: Turn) -> str:
    """What was written; of pictures and files a note and their caption, for words alone are passed on."""
    message = turn.message
    if message is None or message.text is not None:
        return turn.text
    if not message.caption:
        raise BadInput("support-only-words")
    name = message.document.file_name if message.document is not None else None
    return f"📎 {name}\n{message.caption}" if name else f"📎\n{message.caption}"


ENTRIES: Final[tuple[Entry, ...]] = (
    command("paysupport", paysupport, access=EVERYONE, description="command-paysupport"),
    command("threads", threads, access=SUPPORT, description="command-threads"),
    shows(AnswerThread, answer, access=EVERYONE),
    shows(ShowThread, shown, access=EVERYONE),
    shows(ShowThreads, listed, access=SUPPORT),
    does(CLOSE, close, access=EVERYONE),
    continues(WRITES, take, access=EVERYONE, takes_media=True),
    answers(Kind.THREAD_REPLY, replied, access=EVERYONE, places=PRIVATE),
)
