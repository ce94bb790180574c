"""Faults that a driver asks for: what goes wrong, for which calls, how often.

The kinds are those of the control contract:

    http_500        500 before anything happens
    unauthorized    401, as if the token were none
    not_found       404, as if the method were none
    html            a gateway's page, 502 unless `status` says otherwise
    wrong_json      200 and a body that is JSON but no answer of Telegram, or whatever `body` says
    flood           429 with retry_after: 1 to 3 unless given
    conflict        409, of getUpdates unless a method is named
    blocked         403 "bot was blocked by the user"
    reset           the connection is cut before anything happens
    hang            nothing happens, and no answer ever comes
    late            the call works, its answer comes after LATE_SECONDS
    timeout_after   the call works, its answer never comes
"""

import random
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from ops.sim.telegram.errors import (
    ApiError,
    ControlError,
    conflict,
    forbidden,
    too_many_requests,
    unauthorized,
)

KINDS: Final = (
    "http_500", "late", "timeout_after", "flood", "conflict", "reset", "blocked",
    "unauthorized", "not_found", "html", "wrong_json", "hang",
)  # fmt: skip
NEEDS_CHAT: Final = frozenset({"flood", "blocked"})
"""Without a method these hit only calls about a chat, as Telegram's limits and blocks do."""
AFTER: Final = frozenset({"late", "timeout_after"})
LATE_SECONDS: Final = 3.0
HOLD_SECONDS: Final = 180.0
"""How long `timeout_after` and `hang` keep a client waiting that does not leave by itself."""
PAGE: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)
"""What stands before Telegram's servers when they do not answer."""
WRONG_JSON: Final = '["an answer, but none of Telegram\'s"]'
_MOST_RETRY_AFTER: Final = 3
_STATUSES_END: Final = 600
_OWN_FIELDS: Final = {"retry_after": ("flood", int), "status": ("html", int), "body": ("wrong_json", str)}
"""Fields of one kind only, and their types."""


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
    retry_after: int | None = None
    status: int = HTTPStatus.BAD_GATEWAY
    body: str = WRONG_JSON
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
                return too_many_requests(self.retry_after or self.chance.randint(1, _MOST_RETRY_AFTER))
            case "unauthorized":
                return unauthorized()
            case "not_found":
                return ApiError(HTTPStatus.NOT_FOUND, "Not Found")
            case "conflict":
                return conflict(
                    "terminated by other getUpdates request; make sure that only one bot instance is running"
                )
            case _:
                return forbidden("bot was blocked by the user")


def _own_fields(wish: dict[str, Any]) -> dict[str, Any]:
    """The fields of this kind alone, as far as they are given."""
    given = {name: wish[name] for name in _OWN_FIELDS if wish.get(name) is not None}
    for name, value in given.items():
        kind, type_ = _OWN_FIELDS[name]
        if wish["kind"] != kind or not isinstance(value, type_) or isinstance(value, bool):
            raise ControlError(f"{name} is a {'text' if type_ is str else 'whole number'} and belongs to {kind}")
    if given.get("retry_after", 1) < 1 or not HTTPStatus.OK <= given.get("status", HTTPStatus.OK) < _STATUSES_END:
        raise ControlError("retry_after is 1 or more, status from 200 to 599")
    return given


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
            **_own_fields(wish),
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
