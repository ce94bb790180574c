"""Which update is being handled: what ties a unit of work to its update, and an error to its retry."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, NewType

from bot.domain.ids import ChatId, UserId

UpdateId = NewType("UpdateId", int)

ATTEMPTS: Final = 3  # an update that failed so often is set aside and its sender told


@dataclass(frozen=True, slots=True, kw_only=True)
class PressedButton:
    """A single-use token that was found good; the first unit of work of its press uses it up, in the same commit."""

    token: str
    user_id: UserId
    chat_id: ChatId


@dataclass(slots=True)
class UpdateAttempt:
    """One attempt at one update. The lane sets it, the store and the error handler write into it."""

    update_id: UpdateId
    attempt: int = 1
    age_s: float | None = None  # seconds since the person did it; None: not known (a press replayed after a restart)
    applied: bool = False  # a unit of work was committed: never handle this update again
    pressed: PressedButton | None = None
    failure: BaseException | None = None  # an unexpected error that the sender has not been told of

    @property
    def may_retry(self) -> bool:
        return not self.applied and self.attempt < ATTEMPTS


current_attempt: ContextVar[UpdateAttempt | None] = ContextVar("current_cause", default=None)


@contextmanager
def without_attempt() -> Iterator[None]:
    """For work that an update merely set off (a cache load, a sweep): its commits are not that update's effect."""
    token = current_attempt.set(None)
    try:
        yield
    finally:
        current_attempt.reset(token)
