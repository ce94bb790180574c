"""Reads of users and their PINs."""

from bot.domain.ids import Millis, UserId
from bot.domain.pins import StoredPin
from bot.domain.users import Role, Staff, UserConfig
from storage.sqlite.database import Database
from storage.users.pins import SELECT_PIN, pin_of
from storage.users.users import SELECT_ACTIVE, SELECT_CONFIG, SELECT_STAFF, config_of


class SqliteUserQueries:
    """Implements `bot.domain.ports.users.UserQueries`; every method raises StorageTrouble when the disk fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def user_config(self, user_id: UserId) -> UserConfig | None:
        return config_of(await self._database.fetch(SELECT_CONFIG, (user_id,)))

    async def staff(self) -> Staff:
        rows = await self._database.fetch(SELECT_STAFF)
        return Staff(roles=tuple([(user_id, Role(role)) for user_id, role in rows]))

    async def pin(self, user_id: UserId) -> StoredPin | None:
        rows = await self._database.fetch(SELECT_PIN, (user_id,))
        return pin_of(rows[0]) if rows else None

    async def active_users(self, since: Millis, limit: int) -> tuple[UserId, ...]:
        """Who wrote since that moment and is not banned, the latest first."""
        return tuple(user_id for (user_id,) in await self._database.fetch(SELECT_ACTIVE, (since, limit)))
