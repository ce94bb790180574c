"""Typed conversations: at most one a user, in SQLite, with a version and an end.

What the next message answers is a `DialoguePayload`: a frozen dataclass beside the handler that takes the answer,
`DIALOGUE` its word in the table dialogues. `dialogue(...)` in a feature's HANDLERS joins it to its handler.
"""

import logging
from dataclasses import dataclass
from typing import ClassVar, Final

from bot.domain.chat import Dialogue
from bot.domain.errors import UnreadableRow
from bot.domain.ids import Millis, UserId
from bot.domain.payloads import encode
from bot.domain.ports.chat import ChatQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions
from bot.domain.update_attempt import current_attempt

_log = logging.getLogger(__name__)

VERSION: Final = 1
LIFETIME: Final = 15 * 60 * 1000  # ms
_STATE: Final = "asked"  # every dialogue is one question


@dataclass(frozen=True, slots=True)
class _Open:
    """What an update found open, until one of its commits."""

    user_id: UserId
    dialogue: Dialogue | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialoguePayload:
    """What a question is about. Subclasses hold it; `DIALOGUE` is the stored word of the dialogue."""

    DIALOGUE: ClassVar[str]


def question(user_id: UserId, payload: DialoguePayload, now: Millis) -> Dialogue:
    """The row of what is asked from that moment on; for a unit that has other effects."""
    return Dialogue(
        user_id=user_id,
        dialogue=payload.DIALOGUE,
        version=VERSION,
        state=_STATE,
        values=encode(payload),
        expires_ts=Millis(now + LIFETIME),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueService:
    """Asks a user something and finds the question that their next message answers."""

    queries: ChatQueries
    reads: Reads
    transactions: Transactions
    clock: Clock

    async def begin(self, user_id: UserId, payload: DialoguePayload) -> None:
        """Start or move on; replaces whatever was open."""
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            await unit.dialogues.put(question(user_id, payload, now), now)

    async def current(self, user_id: UserId) -> Dialogue | None:
        """The open one, None if there is none, it is over time, or an older version wrote it.

        One that can't be read is over: it ends here.
        """
        try:
            found = await self._found(user_id)
        except UnreadableRow as unreadable:
            _log.warning("a stored dialogue can't be read and is ended: %s", unreadable)
            async with self.transactions.begin_aside() as unit:  # the update asked for something else
                await unit.dialogues.clear(user_id)
            return None
        return found if found is not None and found.version == VERSION else None

    async def leave(self, user_id: UserId) -> None:
        """End what is open because the person went elsewhere. It is no effect of what they do there."""
        if await self.current(user_id) is not None:
            async with self.transactions.begin_aside() as unit:
                await unit.dialogues.clear(user_id)

    async def end(self, user_id: UserId) -> bool:
        """End the user's dialogue; False if none was open."""
        try:
            if await self._found(user_id) is None:
                return False
        except UnreadableRow as unreadable:
            _log.warning("a stored dialogue can't be read and is ended: %s", unreadable)
        async with self.transactions.begin() as unit:
            return await unit.dialogues.clear(user_id)

    async def _found(self, user_id: UserId) -> Dialogue | None:
        """The row of who has one, read once an update and anew after its commits. Raises UnreadableRow."""
        update_attempt = current_attempt.get()
        known = None if update_attempt is None else update_attempt.known.get(_Open)
        if isinstance(known, _Open) and known.user_id == user_id:
            return known.dialogue
        config = await self.reads.user_config(user_id)
        has_one = config is not None and config.has_dialogue
        found = await self.queries.dialogue(user_id, self.clock.now()) if has_one else None
        if update_attempt is not None:
            update_attempt.known[_Open] = _Open(user_id, found)
        return found
