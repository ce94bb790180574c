"""/privacy: a copy of what is stored of a person, and /forget: everything about them erased within 24 hours.

What stays: rows of the append-only ledgers under a pseudonym that nothing leads to any more, charges without their
payer, as bookkeeping demands, and a mark of each thing that is given once (bot/domain/marks.py). Whoever comes back is
a new person who has had their trial and their codes.
Positions at Bybit and their stops are not touched; the keys to them are gone here. Entries are taken back before.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.domain.audit import AuditEntry
from bot.domain.errors import BadInput
from bot.domain.ids import DAY, HOUR, MINUTE, Millis, UserId
from bot.domain.marks import Marks
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import CacheDrops
from bot.domain.ports.storage import Transactions
from bot.domain.ports.users import PrivacyReads
from bot.domain.privacy import PrivacyState
from bot.domain.trade_plans import OrderIntent
from bot.domain.users import Role, UserConfig
from bot.services.users.access import RoleResolver

EXPORT_EVERY: Final = DAY  # ms between two copies
ERASE_AFTER: Final = 23 * HOUR  # ms: with a round every ten minutes it is done within 24 hours
_SETTLED_WITHIN: Final = 30 * MINUTE  # ms after that: an order that is unknown still holds nothing up any more
_BATCH: Final = 20
_LAST_MOMENT: Final = 253_402_300_799_999  # the end of the year 9999, where calendars end
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Privacy:
    """Hands out what is stored of a user, and erases it after a delay.

    `leave` takes back the entries of a user and answers what may fill all the same.
    """

    queries: PrivacyReads
    transactions: Transactions
    drops: CacheDrops
    clock: Clock
    roles: RoleResolver
    marks: Marks
    leave: Callable[[UserId], Awaitable[Sequence[OrderIntent]]]

    async def state(self, user_id: UserId) -> PrivacyState:
        return await self.queries.privacy_state(user_id)

    async def export(self, user_id: UserId) -> bytes:
        """Everything stored of them, as a JSON document. Once a day: raises BadInput for a second time."""
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            last = (await unit.privacy.state(user_id)).exported_at
            if last is not None and now - last < EXPORT_EVERY:
                raise BadInput("privacy-exported-today", hours=-(-(last + EXPORT_EVERY - now) // HOUR))
            await unit.privacy.note_export(user_id, now)
        return await self.copy(user_id)

    async def copy(self, user_id: UserId) -> bytes:
        """The same without a limit, for whoever is leaving."""
        stored = await self.queries.stored_of(user_id)
        return await asyncio.to_thread(_document, stored, self.clock.now())  # years of fills take their time

    def refuse_role(self, config: UserConfig) -> None:
        """Raises BadInput for whoever runs the bot: somebody has to take the role away first."""
        if self.roles.role(config) is not Role.USER:
            raise BadInput("forget-in-role")

    async def forget(self, config: UserConfig) -> Millis:
        """Erase them later; when. Asked twice, the first time counts. Raises BadInput for owner, admin and support."""
        self.refuse_role(config)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            due = (await unit.privacy.state(config.user_id)).erase_at
            if due is None:
                due = Millis(now + ERASE_AFTER)
                await unit.privacy.erase_later(config.user_id, due)
                await unit.audit(_entry(config.user_id, "user.forget-asked"), now)
        return due

    async def keep(self, user_id: UserId) -> bool:
        """Take it back; False if nothing was to be taken back."""
        if (await self.queries.privacy_state(user_id)).erase_at is None:
            return False
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            if not await unit.privacy.keep(user_id):
                return False
            await unit.audit(_entry(user_id, "user.forget-taken-back"), now)
        return True

    async def erase_due(self) -> int:
        """Erase everybody whose time has come; how many."""
        erased = 0
        while due := await self.queries.erasures_due(self.clock.now(), _BATCH):
            done = [await self._erase(user_id) for user_id in due]
            erased += sum(done)
            if not any(done):
                break
        return erased

    async def _erase(self, user_id: UserId) -> bool:
        """False if they took it back in the last moment, became owner by the settings, or an order is unknown yet."""
        if user_id in self.roles.owner_ids:
            return False
        left = await self.leave(user_id)
        now = self.clock.now()
        async with self.transactions.begin() as unit:
            due = (await unit.privacy.state(user_id)).erase_at
            if due is None or due + (_SETTLED_WITHIN if left else 0) > now:
                return False
            await unit.audit(_entry(user_id, "user.forget"), now)
            had_trial, campaigns = await unit.privacy.used_once(user_id)
            marks = self.marks.of(user_id, had_trial=had_trial, campaigns=campaigns, now=now)
            await unit.privacy.keep_marks(marks)
            await unit.privacy.erase(user_id)
        self.drops.invalidate_user_caches(user_id)  # not only what the events of the erased rows name
        _logger.info("a user was erased at their own wish")
        return True


def _entry(user_id: UserId, action: str) -> AuditEntry:
    return AuditEntry(actor=user_id, action=action, subject=user_id)


def _document(stored: Mapping[str, object], now: Millis) -> bytes:
    whole = {"made_at": now, **stored}
    return json.dumps(_readable(whole), ensure_ascii=False, indent=2).encode("utf-8", "replace")


def _readable(value: object, name: str = "") -> object:
    """Moments as people write them; everything else as it is."""
    if isinstance(value, Mapping):
        return {str(key): _readable(each, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(each) for each in value]
    if isinstance(value, int) and name.endswith("_at") and 0 < value <= _LAST_MOMENT:
        return datetime.fromtimestamp(value / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value
