"""Where a button's payload comes from: its callback data is a code of a screen, or a token.

A code (`v1:bal:17`) only shows. It is a `Code`: a frozen dataclass in handlers/<feature>/callbacks.py, or in
handlers/core/links.py if other features link to it; `TAG` names the screen, the fields are its arguments in order, and
their types say how they are read (bot/domain/payloads.py). `view(...)` in a feature's HANDLERS joins it to its handler;
`HandlerTable.codes` lists them all. Nobody is trusted for a code: account ids are looked up among the presser's own
accounts, symbols and pages are read strictly. In groups it ends with its owner (`@1000`), so that one person's buttons
never work for another.

A token (`t:…`) changes something. It is 128 random bits; what it does is a row of the table buttons, bound to its user
and chat: a `ButtonAction` (bot/services/chat/buttons.py).
"""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Self

from bot.domain.errors import ButtonExpired
from bot.domain.payloads import AtMost, Matching, PayloadError, from_parts, to_parts

VERSION: Final = "v1"
PRESS_PREFIX: Final = "t:"
MAX_BYTES: Final = 64  # Telegram's limit of callback data
LARGEST_PAGE: Final = 9_999
LARGEST_ROW: Final = 999_999_999_999

PageNumber = Annotated[int, AtMost(LARGEST_PAGE)]
RowNumber = Annotated[int, AtMost(LARGEST_ROW)]
Word = Annotated[str, Matching("[a-z]{1,9}")]

_OWNER: Final = re.compile(r"0|-?[1-9][0-9]{0,18}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True, slots=True)
class Code:
    """A button that shows something. Subclasses are its arguments, in order; `TAG` names the screen."""

    TAG: ClassVar[str]

    def encode(self, owner: int | None = None) -> str:
        """The callback data; `owner` in groups only. Raises ValueError for more than 64 bytes."""
        data = ":".join((VERSION, self.TAG, *to_parts(self)))
        if owner is not None:
            data = f"{data}@{owner}"
        if len(data.encode()) > MAX_BYTES:
            raise ValueError(f"{data} is longer than callback data may be")
        return data

    @classmethod
    def decode(cls, data: str) -> Self:
        """Raises ButtonExpired for anything that `encode` would not have written."""
        version, *rest = data.partition("@")[0].split(":")
        if version != VERSION or rest[:1] != [cls.TAG]:
            raise ButtonExpired
        try:
            return from_parts(cls, rest[1:])
        except PayloadError as unreadable:
            raise ButtonExpired from unreadable

    @classmethod
    def pattern(cls) -> str:
        """The regular expression that finds this screen's handler."""
        return rf"^{VERSION}:{cls.TAG}(?:[:@]|$)"


def screen_in(data: str) -> str:
    """The version and the tag of a code, as in `v1:bal`; of anything else, what stands in their place."""
    return ":".join(data.partition("@")[0].split(":", 2)[:2])


def owner_of(data: str) -> int | None:
    """Whose button a code is: a person's, or negative a chat's; None where it says nothing that can be read."""
    _, at, owner = data.partition("@")
    return int(owner) if at and _OWNER.fullmatch(owner) else None


def token_data(token: str) -> str:
    return PRESS_PREFIX + token


def token_of(data: str) -> str:
    """Raises ButtonExpired for what can be no token, so that no question goes to the database."""
    token = data.removeprefix(PRESS_PREFIX)
    if not data.startswith(PRESS_PREFIX) or not _TOKEN.fullmatch(token):
        raise ButtonExpired
    return token
