"""Reads of buttons and dialogues."""

from bot.domain.chat import Button, Dialogue
from bot.domain.ids import ChatId, Millis, UserId
from storage.chat.buttons import SELECT_BUTTON, SELECT_USED_BUTTON, button_of
from storage.chat.dialogues import SELECT_DIALOGUE, dialogue_of
from storage.sqlite.database import Database


class SqliteChatQueries:
    """Implements `bot.domain.ports.chat.ChatQueries`.

    Every method raises StorageTrouble when the disk fails, UnreadableRow for values that nobody wrote.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def dialogue(self, user_id: UserId, now: Millis) -> Dialogue | None:
        rows = await self._database.fetch(SELECT_DIALOGUE, (user_id, now))
        return dialogue_of(rows[0]) if rows else None

    async def button(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """A button that could be pressed now: this user's, this chat's, unused, not expired."""
        rows = await self._database.fetch(SELECT_BUTTON, (token, user_id, chat_id, now))
        return button_of(rows[0]) if rows else None

    async def used_button(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis) -> Button | None:
        """One that was used and has not expired."""
        rows = await self._database.fetch(SELECT_USED_BUTTON, (token, user_id, chat_id, now))
        return button_of(rows[0]) if rows else None
