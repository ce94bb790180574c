"""Which update is being handled: what ties a unit of work to its update, and an error to its retry."""

from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from typing import Final, NewType

from bot.domain.ids import ChatId, UserId

UpdateId = NewType("UpdateId", int)

ATTEMPTS: Final = 3  # an update that failed so often is set aside and its sender told


@dataclass(frozen=True, slots=True, kw_only=True)
class PressedButton:
    """A single-use token that was found good; the first unit of work of its press uses it up, in the same commit."""

    token: str = field(repr=False)
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
    screen: str | None = field(default=None, repr=False)  # of answers with the same, the newest counts
    calls: int = 0  # messages and edits asked of Telegram
    failure: BaseException | None = None  # an unexpected error that the sender has not been told of
    is_answer_doubtful: bool = False  # it was sent, and nobody knows whether it is there
    is_outage: bool = False  # … because Telegram takes nothing at all: the update is not to blame
    known: dict[type, object] = field(default_factory=dict, repr=False)  # read once for it, by type; see `forget`

    @property
    def may_retry(self) -> bool:
        return not self.applied and self.attempt < ATTEMPTS

    def forget(self) -> None:
        """After a commit what was read before it may be otherwise."""
        self.known.clear()


current_attempt: ContextVar[UpdateAttempt | None] = ContextVar("current_attempt", default=None)


def detached() -> Context:
    """The current context without its attempt: for a task beside an update, whose commits are not its effect."""
    context = copy_context()
    context.run(current_attempt.set, None)
    return context
