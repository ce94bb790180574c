"""Codes of support threads."""

from dataclasses import dataclass

from bot.domain.support import ThreadId, ThreadList
from handlers.core.callbacks import Code, PageNumber


@dataclass(frozen=True, slots=True)
class ShowThread(Code):
    """A support thread, to its user and to the staff; page 0 holds the newest messages."""

    TAG = "thr"
    thread_id: ThreadId
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class ShowThreads(Code):
    """A list of support threads, for the staff."""

    TAG = "thrs"
    which: ThreadList = ThreadList.OPEN
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class AnswerThread(Code):
    """The next message goes into this thread. Asking is all it does; it is sent under messages that live for weeks."""

    TAG = "thra"
    thread_id: ThreadId
