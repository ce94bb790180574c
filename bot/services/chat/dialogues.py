"""Typed conversations: at most one a user, in SQLite, with a version and an end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain.chat import Dialogue
from bot.domain.ids import Millis, UserId
from bot.domain.ports.chat import ChatQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import Transactions

VERSION: Final = 1
LIFETIME: Final = 15 * 60 * 1000  # ms


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueService:
    """Asks a user something and finds the question that their next message answers."""

    queries: ChatQueries
    transactions: Transactions
    clock: Clock

    async def begin(self, user_id: UserId, dialogue: str, state: str, values: Mapping[str, str]) -> None:
        """Start or move on; replaces whatever was open."""
        now = self.clock.now()
        row = Dialogue(
            user_id=user_id,
            dialogue=dialogue,
            version=VERSION,
            state=state,
            values=values,
            expires_ts=Millis(now + LIFETIME),
        )
        async with self.transactions.begin() as unit:
            await unit.dialogues.put(row, now)

    async def current(self, user_id: UserId) -> Dialogue | None:
        """The open one, None if there is none, it is over time, or an older version wrote it."""
        found = await self.queries.dialogue(user_id, self.clock.now())
        return found if found is not None and found.version == VERSION else None

    async def end(self, user_id: UserId) -> bool:
        """End the user's dialogue; False if none was open."""
        if await self.queries.dialogue(user_id, self.clock.now()) is None:
            return False
        async with self.transactions.begin() as unit:
            return await unit.dialogues.clear(user_id)
