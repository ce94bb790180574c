"""PINs: six digits of a keypad, kept as a scrypt digest with its parameters; five tries, then a quarter of an hour."""

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

from bot.domain.chat import OutboxPayload
from bot.domain.ids import Millis, UserId
from bot.domain.notices import NoticeKind

LENGTH: Final = 6
TRIES: Final = 5
LOCKED_FOR: Final = 15 * 60 * 1000  # ms
OPEN_FOR: Final = 300.0  # seconds that a right PIN counts for what follows
NEVER: Final = Millis(0)
_DIGITS: Final = "0123456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScryptCost:
    """RFC 7914's parameters. 2**14 and 8 take 16 MiB and some 50 ms a try; a row keeps those it was made with."""

    n: int = 2**14
    r: int = 8
    p: int = 1


USUAL_COST: Final = ScryptCost()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPin:
    """A user's PIN as it is stored. `failures` count towards the lock; `locked_until` 0: it never was."""

    user_id: UserId
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    cost: ScryptCost
    failures: int = 0
    locked_until: Millis = NEVER
    guards_keys: bool = False  # asked for before keys are attached or removed, too


class PinState(StrEnum):
    """What a keypad has to ask for."""

    UNSET = "unset"
    SET = "set"
    LOCKED = "locked"


def is_weak(digits: str) -> bool:
    """One digit six times, or six in a row up or down: the first that anybody tries."""
    steps = {(int(after) - int(before)) % len(_DIGITS) for before, after in pairwise(digits)}
    return len(steps) == 1 and steps <= {0, 1, len(_DIGITS) - 1}


# --- messages of the outbox ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PinLockedMessage(OutboxPayload):
    """To owners: five wrong PINs of a user."""

    KIND = "pin-locked"
    NOTICE = NoticeKind.ALARMS
    user: UserId
    until: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class PinForgottenMessage(OutboxPayload):
    """An owner removed the reader's PIN."""

    KIND = "pin-forgotten"
    NOTICE = NoticeKind.ALARMS
