"""Which calls go first while the budget of requests is short: exits, then what protects, then entries."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from typing import Final


class RequestPriority(IntEnum):
    """Who goes first. The lower, the sooner."""

    CLOSE = 0
    CANCEL = 1  # and the checks of stops
    CREATE = 2
    RECONCILE = 3
    VIEW = 4


_priority: Final[ContextVar[RequestPriority]] = ContextVar("priority", default=RequestPriority.VIEW)


@contextmanager
def at_priority(priority: RequestPriority) -> Iterator[None]:
    """Every call made inside, by this task and by those it starts, has that priority.

    Not what is read through the cache: its loads run in an empty context, for nobody in particular.
    """
    token = _priority.set(priority)
    try:
        yield
    finally:
        _priority.reset(token)


def priority_now() -> RequestPriority:
    """The priority of the calls that are made now."""
    return _priority.get()


def is_viewing() -> bool:
    """Whether the calls that are made now are for somebody's eyes, not for an order or a reconciliation."""
    return _priority.get() is RequestPriority.VIEW
