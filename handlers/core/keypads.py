"""Open keypads: what was tapped so far, and what goes on after a right PIN. In memory only, for minutes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.domain.cause import PressedButton
from bot.domain.ids import UserId
from bot.domain.ports.clock import Clock
from bot.services.chat.buttons import Wish, random_token

LIFETIME: Final = 300.0  # seconds
_CAPACITY: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """What waits for the PIN: a wish, or the command of that entry with its arguments.

    `pressed` is the button that asked for it; the effect uses it up, so that a second tap of it finds nothing.
    """

    wish: Wish | None
    name: str
    arguments: tuple[str, ...] = ()
    pressed: PressedButton | None = None


class Step(StrEnum):
    """What the keypad asks for."""

    ENTER = "enter"
    NEW = "new"
    REPEAT = "repeat"


@dataclass(slots=True, kw_only=True)
class Pad:
    """One open keypad. The digits are in no repr."""

    token: str
    step: Step
    then: Then | None
    until: float
    digits: str = field(default="", repr=False)
    first: str = field(default="", repr=False)


class PinPads:
    """The pads by their owners."""

    def __init__(self, clock: Clock, *, new_token: Callable[[], str] = random_token) -> None:
        self._clock = clock
        self._new_token = new_token
        self._pads: dict[UserId, Pad] = {}  # oldest first

    def open(self, user_id: UserId, step: Step, then: Then | None) -> Pad:
        """A fresh pad; an older one of the same person is dead."""
        self._forget_old()
        self._pads.pop(user_id, None)
        until = self._clock.monotonic() + LIFETIME
        pad = self._pads[user_id] = Pad(token=self._new_token(), step=step, then=then, until=until)
        if len(self._pads) > _CAPACITY:
            del self._pads[next(iter(self._pads))]
        return pad

    def find(self, user_id: UserId, token: str) -> Pad | None:
        """The pad if it is this one and still open."""
        self._forget_old()
        pad = self._pads.get(user_id)
        return pad if pad is not None and pad.token == token else None

    def close(self, user_id: UserId) -> None:
        self._pads.pop(user_id, None)

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        while self._pads and next(iter(self._pads.values())).until <= now:
            del self._pads[next(iter(self._pads))]
