"""Faults that a driver asks for: what goes wrong, for which calls, how often.

The kinds are those of the control contract:

    http_500        500 before anything happens
    flood           429 with retry_after
    conflict        409, of getUpdates unless a method is named
    blocked         403 "bot was blocked by the user"
    reset           the connection is cut before anything happens
    late            the call works, its answer comes after LATE_SECONDS
    timeout_after   the call works, its answer never comes
"""

import random
from dataclasses import dataclass, field
from typing import Any, Final

from ops.sim.telegram.errors import ApiError, ControlError, conflict, forbidden, too_many_requests

KINDS: Final = ("http_500", "late", "timeout_after", "flood", "conflict", "reset", "blocked")
NEEDS_CHAT: Final = frozenset({"flood", "blocked"})
"""Without a method these hit only calls about a chat, as Telegram's limits and blocks do."""
AFTER: Final = frozenset({"late", "timeout_after"})
LATE_SECONDS: Final = 3.0
HOLD_SECONDS: Final = 180.0
"""How long `timeout_after` keeps a client waiting that does not leave by itself."""
_MOST_RETRY_AFTER: Final = 3


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault; `left` is None where `probability` decides."""

    id: int
    kind: str
    chance: random.Random
    method: str | None = None
    chat_id: int | None = None
    left: int | None = None
    probability: float = 1.0
    hits: int = field(default=0)

    @property
    def is_block(self) -> bool:
        """A person blocks the bot until the fault is lifted, and the bot is told."""
        lasting = self.left is None and self.probability >= 1 and self.method is None
        return lasting and self.kind == "blocked" and self.chat_id is not None and self.chat_id > 0

    def strikes(self, method: str, chat_id: int | None) -> bool:
        """Whether this call is hit; counts it if so."""
        if self.method is not None and self.method != method.lower():
            return False
        if self.chat_id is not None and self.chat_id != chat_id:
            return False
        if self.method is None and self.kind in NEEDS_CHAT and chat_id is None:
            return False
        if self.left is not None:
            if self.left <= 0:
                return False
            self.left -= 1
        elif self.probability < 1 and self.chance.random() >= self.probability:
            return False
        self.hits += 1
        return True

    def refusal(self) -> ApiError:
        """The answer of the kinds that answer at once."""
        match self.kind:
            case "http_500":
                return ApiError(500, "Internal Server Error")
            case "flood":
                return too_many_requests(self.chance.randint(1, _MOST_RETRY_AFTER))
            case "conflict":
                return conflict(
                    "terminated by other getUpdates request; make sure that only one bot instance is running"
                )
            case _:
                return forbidden("bot was blocked by the user")


class Faults:
    """The faults in force, oldest first; the first that strikes a call decides it."""

    def __init__(self) -> None:
        self.active: list[Fault] = []
        self._last_id = 0

    def add(self, wish: dict[str, Any]) -> Fault:
        """Put a fault in force. Raises ControlError for what the contract does not know."""
        kind = wish.get("kind")
        if kind not in KINDS:
            raise ControlError(f"kind must be one of {', '.join(KINDS)}")
        times, probability, seed = wish.get("times"), wish.get("probability"), wish.get("seed", 0)
        if times is not None and probability is not None:
            raise ControlError("give times or probability, not both")
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise ControlError("times must be a whole number from 1")
        if probability is not None and not (isinstance(probability, int | float) and 0 <= probability <= 1):
            raise ControlError("probability must be between 0 and 1")
        method, chat_id = wish.get("method"), wish.get("chat_id")
        if method is not None and not isinstance(method, str):
            raise ControlError("method must be a text")
        if chat_id is not None and not isinstance(chat_id, int):
            raise ControlError("chat_id must be a number")
        self._last_id += 1
        fault = Fault(
            id=self._last_id,
            kind=kind,
            chance=random.Random(str(seed)),  # noqa: S311  chosen by seed on purpose, nothing secret
            method=method.lower() if method else "getupdates" if kind == "conflict" else None,
            chat_id=chat_id,
            left=times,
            probability=1.0 if probability is None else float(probability),
        )
        self.active.append(fault)
        return fault

    def clear(self) -> list[Fault]:
        """Lift all faults; returns them."""
        lifted, self.active = self.active, []
        return lifted

    def striking(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that hits this call, if any."""
        for fault in self.active:
            if fault.strikes(method, chat_id):
                if fault.left == 0:
                    self.active.remove(fault)
                return fault
        return None
