"""Questions to Bybit that outlast their update: whoever was told to wait hears of it, even if the process ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import KeyAskLostMessage
from bot.domain.chat import outbox_message
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import Transactions

LOST_AFTER: Final = 3 * 60_000  # ms: longer than any question to Bybit takes, its second try and its waits included


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAsks:
    """Notes that somebody waits for Bybit's word of a key, and takes the note back when it was told."""

    transactions: Transactions
    clock: Clock

    @asynccontextmanager
    async def waited_for(self, user_id: UserId, chat_id: ChatId) -> AsyncIterator[None]:
        """A message lies in the outbox for the time after the process might end within the block."""
        now = self.clock.now()
        key = f"{KeyAskLostMessage.KIND}:{user_id}:{now}"
        lost = outbox_message(KeyAskLostMessage(), user_id=user_id, chat_id=chat_id, idempotency_key=key)
        async with self.transactions.begin_aside() as unit:
            await unit.enqueue(lost, now, due=Millis(now + LOST_AFTER))
        yield
        async with self.transactions.begin_aside() as unit:
            await unit.withdraw(lost)
