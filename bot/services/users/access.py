"""Who may do what beside trading, by numeric id."""

from bot.domain.ids import UserId
from bot.domain.users import Role, Staff, UserConfig


class RoleResolver:
    """Roles: the owner ids of the settings win over what is stored; an empty list makes nobody owner."""

    def __init__(self, *, owner_ids: frozenset[UserId]) -> None:
        self._owner_ids = owner_ids

    @property
    def owner_ids(self) -> frozenset[UserId]:
        return self._owner_ids

    def role(self, config: UserConfig) -> Role:
        return Role.OWNER if config.user_id in self._owner_ids else config.role

    def is_owner(self, config: UserConfig) -> bool:
        return self.role(config) is Role.OWNER

    def everybody(self, stored: Staff) -> dict[UserId, Role]:
        """Who has a role, by settings or stored."""
        return {**dict(stored.roles), **dict.fromkeys(self._owner_ids, Role.OWNER)}
