"""What /notify and /mute change: how each kind of message rings, quiet hours, and silence until a moment."""

from dataclasses import dataclass, replace

from bot.domain.errors import BadInput
from bot.domain.ids import Millis
from bot.domain.notices import ALWAYS, NoticeKind, QuietHours
from bot.domain.ports.storage import Transactions
from bot.domain.users import NEVER, Notifications, UserConfig, UserSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeService:
    """Stores what was chosen. Each method answers the config with it; BadInput for what is not to be had."""

    transactions: Transactions

    async def choose(self, config: UserConfig, kind: NoticeKind, ring: Notifications) -> UserConfig:
        """How messages of that kind ring. Raises BadInput for what must not be off."""
        if ring is Notifications.OFF and kind in ALWAYS:
            raise BadInput("notices-always", kind=kind.value)
        chosen = dict(config.settings.choices) | {kind: ring}
        return await self._store(config, replace(config.settings, choices=tuple(chosen.items())))

    async def choose_all(self, config: UserConfig, ring: Notifications) -> UserConfig:
        """The same for every kind; those that must not be off come silently then."""
        return await self._store(config, replace(config.settings, notifications=ring, choices=()))

    async def be_quiet(self, config: UserConfig, hours: QuietHours | None) -> UserConfig:
        """Quiet hours of every day; None: none."""
        return await self._store(config, replace(config.settings, quiet_hours=hours))

    async def mute(self, config: UserConfig, until: Millis = NEVER) -> UserConfig:
        """Entries and chatter come silently until that moment; NEVER: from now on as usual."""
        return await self._store(config, replace(config.settings, muted_until=until))

    async def _store(self, config: UserConfig, settings: UserSettings) -> UserConfig:
        async with self.transactions.begin() as unit:
            await unit.users.set_settings(config.user_id, settings)
        return replace(config, settings=settings)
