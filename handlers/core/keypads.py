"""Open keypads: what was tapped so far, and what goes on after a right PIN. In memory only, for minutes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.domain.ids import UserId
from bot.domain.ports.clock import Clock
from bot.domain.update_attempt import PressedButton
from bot.services.chat.buttons import ButtonAction, random_token
from bot.services.users.pin import Entered

LIFETIME: Final = 300.0  # seconds
_CAPACITY: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """What waits for the PIN: an action, or the command of that entry with its arguments.

    `pressed` is the button that asked for it; the effect uses it up, so that a second tap of it finds nothing.
    """

    action: ButtonAction | None
    name: str
    arguments: tuple[str, ...] = field(default=(), repr=False)
    pressed: PressedButton | None = None


class Step(StrEnum):
    """What a keypad asks for: the PIN, a new one, or the new one again."""

    ENTER = "enter"
    NEW = "new"
    REPEAT = "repeat"


@dataclass(slots=True, kw_only=True)
class Keypad:
    """One open keypad. The digits are in no repr."""

    token: str = field(repr=False)
    step: Step
    continuation: Continuation | None
    until: float
    digits: str = field(default="", repr=False)
    first: str = field(default="", repr=False)
    entered: Entered | None = None  # what the PIN that this press completed came to
    _pressed_by: int | None = None  # the id of the last press's update
    _before: tuple[str, str, Step] = field(default=("", "", Step.ENTER), repr=False)  # that press

    def begin_press(self, update_id: int) -> None:
        """A press that is handled again, because its card could not be shown, begins where it began."""
        if self._pressed_by == update_id:
            self.digits, self.first, self.step = self._before
        else:
            self._pressed_by, self.entered = update_id, None
            self._before = self.digits, self.first, self.step


class PinKeypads:
    """The keypads that are shown, by user."""

    def __init__(self, clock: Clock, *, new_token: Callable[[], str] = random_token) -> None:
        self._clock = clock
        self._new_token = new_token
        self._pads: dict[UserId, Keypad] = {}  # oldest first

    def open(self, user_id: UserId, step: Step, continuation: Continuation | None) -> Keypad:
        """A fresh pad; an older one of the same person is dead."""
        self._forget_old()
        self._pads.pop(user_id, None)
        until = self._clock.monotonic() + LIFETIME
        keypad = self._pads[user_id] = Keypad(
            token=self._new_token(), step=step, continuation=continuation, until=until
        )
        if len(self._pads) > _CAPACITY:
            del self._pads[next(iter(self._pads))]
        return keypad

    def find(self, user_id: UserId, token: str) -> Keypad | None:
        """The pad if it is this one and still open."""
        self._forget_old()
        keypad = self._pads.get(user_id)
        return keypad if keypad is not None and keypad.token == token else None

    def close(self, user_id: UserId) -> None:
        self._pads.pop(user_id, None)

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        while self._pads and next(iter(self._pads.values())).until <= now:
            del self._pads[next(iter(self._pads))]
