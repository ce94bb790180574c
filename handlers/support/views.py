"""/paysupport: threads as both sides see them. The frame is in the reader's language, the words as they were typed."""

from types import MappingProxyType
from typing import Final

from bot.domain.support import Author, Thread, ThreadList, ThreadState
from bot.services.support.support import Opened
from handlers.support.callbacks import AnswerThread, ShowThread, ShowThreads
from handlers.texts.catalog import Markup, Translator, Value, clean, join, verbatim
from handlers.views.cards import Card, CardButton, Row, button, in_rows
from handlers.views.frame import Page, command_button, menu_row, page_row
from handlers.views.render_context import RenderContext

MARK: Final = "💬 #"  # what every message about a thread begins with, its number behind it
MESSAGES_A_PAGE: Final = 5
THREADS_A_PAGE: Final = 8
_LONGEST_SHOWN: Final = 500  # characters of a message in a list; the message itself came whole

_TABS: Final = MappingProxyType(
    {
        ThreadList.OPEN: "threads-open",
        ThreadList.MINE: "threads-mine",
        ThreadList.CLOSED: "threads-closed",
    }
)


def doubtful_card(viewer: RenderContext, choices: Row) -> Card:
    """Asks whether a message that may hold a secret is passed on."""
    return Card(text=viewer.say("support-doubtful"), rows=(choices,))


def doubtful_text_card(viewer: RenderContext, delete: CardButton) -> Card:
    """Asks whether a message that may hold a secret leaves the chat."""
    return Card(text=viewer.say("text-doubtful"), rows=((delete, *menu_row(viewer)),))


def deleted_card(viewer: RenderContext, *, is_gone: bool) -> Card:
    """What may have been a secret is gone, or its writer has to delete it."""
    return Card(text=viewer.say("support-deleted" if is_gone else "support-not-deleted"), rows=(menu_row(viewer),))


def ask_card(viewer: RenderContext, opened: Opened | None) -> Card:
    """Asks a user for their next message: the first one, or one more in their open thread."""
    say = viewer.say
    if opened is None:
        return Card(text=say("support-ask"), rows=(command_button(viewer, "button-cancel", "cancel"),))
    parts = [say("support-open", thread=opened.thread.thread_id), *_history(viewer, opened), say("support-ask-more")]
    return Card(text=join(parts, "\n\n"), rows=(command_button(viewer, "button-cancel", "cancel"),))


def ask_staff_card(viewer: RenderContext, opened: Opened) -> Card:
    """Asks the staff for an answer, below what was said so far."""
    parts = [_head(viewer, opened.thread), *_history(viewer, opened), viewer.say("support-ask-answer")]
    return Card(text=join(parts, "\n\n"), rows=(command_button(viewer, "button-cancel", "cancel"),))


def sent_card(viewer: RenderContext, thread: Thread, close: CardButton, *, is_staff: bool) -> Card:
    """It is stored and on its way."""
    key = "support-answer-sent" if is_staff else "support-sent"
    more = button(viewer.say.plain("button-write-more"), viewer.data(AnswerThread(thread.thread_id)))
    back = command_button(viewer, "button-threads", "threads") if is_staff else menu_row(viewer)
    return Card(text=viewer.say(key, thread=thread.thread_id), rows=((more, close), back))


def closed_card(viewer: RenderContext, thread: Thread, *, is_staff: bool) -> Card:
    """Says that the thread was closed, by either side."""
    back = command_button(viewer, "button-threads", "threads") if is_staff else menu_row(viewer)
    return Card(text=viewer.say("support-closed", thread=thread.thread_id), rows=(back,))


def thread_card(viewer: RenderContext, opened: Opened, page: int, close: CardButton | None, *, is_staff: bool) -> Card:
    """A page of a thread, the newest messages first page, oldest of them above."""
    thread = opened.thread
    parts = [_head(viewer, thread), *_history(viewer, opened)]
    count = max(1, -(-opened.total // MESSAGES_A_PAGE))
    pages = page_row(viewer, Page(opened.messages, page, count), lambda number: ShowThread(thread.thread_id, number))
    key = "button-reply" if is_staff else "button-answer"
    answer = button(viewer.say.plain(key), viewer.data(AnswerThread(thread.thread_id)))
    act: Row = () if thread.state is ThreadState.CLOSED else (answer, *((close,) if close is not None else ()))
    back = command_button(viewer, "button-threads", "threads") if is_staff else menu_row(viewer)
    return Card(text=join(parts, "\n\n"), rows=(act, pages, back))


def threads_card(viewer: RenderContext, which: ThreadList, page: Page[Thread]) -> Card:
    """One list of threads with a button each, and the tabs of the others."""
    say = viewer.say
    tabs = tuple(button(_tab(say, each, which), viewer.data(ShowThreads(each))) for each in ThreadList)
    lines = [_line(viewer, each) for each in page.items]
    threads = [
        button(f"#{each.thread_id} {clean(each.first_name)}", viewer.data(ShowThread(each.thread_id)))
        for each in page.items
    ]
    parts = [say("threads-title"), join(lines) if lines else say("threads-none")]
    pages = page_row(viewer, page, lambda number: ShowThreads(which, number))
    return Card(text=join(parts, "\n\n"), rows=(tabs, *in_rows(threads, 2), pages, menu_row(viewer)))


def _tab(say: Translator, each: ThreadList, current: ThreadList) -> str:
    name = say.plain(_TABS[each])
    return say.plain("tab-current", name=name) if each is current else name


def _line(viewer: RenderContext, thread: Thread) -> Markup:
    values: dict[str, Value] = {
        "thread": thread.thread_id,
        "name": thread.first_name,
        "age": viewer.age(thread.updated_at),
    }
    if thread.state is ThreadState.CLOSED:
        return viewer.say("threads-line-closed", **values)
    return viewer.say("threads-line-staff" if thread.awaiting is Author.STAFF else "threads-line-user", **values)


def _head(viewer: RenderContext, thread: Thread) -> Markup:
    return viewer.say(
        "support-head",
        thread=thread.thread_id,
        name=thread.first_name,
        user=str(thread.user_id),
        state=thread.state.value,
        date=viewer.when(thread.opened_at),
    )


def _history(viewer: RenderContext, opened: Opened) -> list[Markup]:
    own = opened.thread.user_id == viewer.config.user_id
    sides = {Author.USER: "you" if own else Author.USER.value, Author.STAFF: Author.STAFF.value}
    return [
        join(
            [
                viewer.say("support-line", side=sides[each.author], date=viewer.when(each.at)),
                quoted(each.text, _LONGEST_SHOWN),
            ]
        )
        for each in opened.messages
    ]


def quoted(text: str, longest: int | None = None) -> Markup:
    """Somebody's words in a quote: their lines kept, what breaks a layout gone, cut to `longest` characters."""
    if longest is not None and len(text) > longest:
        text = text[: longest - 1] + "…"
    lines = "\n".join(_clean_line(each) for each in text.splitlines())
    return Markup(f"<blockquote>{verbatim(lines.strip() or '…')}</blockquote>")


def _clean_line(line: str) -> str:
    """`clean` cuts what is long: it gets a line in pieces."""
    return "".join(clean(line[start : start + _PIECE]) for start in range(0, len(line), _PIECE))


_PIECE: Final = 250
