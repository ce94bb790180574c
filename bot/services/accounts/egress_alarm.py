"""Tells operators that the exchange refuses our address: one message, whoever's keys it keeps out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.domain.accounts import EgressRefusedMessage
from bot.domain.chat import outbox_message
from bot.domain.ids import Millis
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.domain.ports.storage import Transactions
from bot.domain.users import Role
from bot.services.users.access import RoleResolver

_SETTLED_MS: Final = 30_000  # at a start the first ones who are answered may be the few who are refused
_TOLD: Final = (Role.OWNER, Role.ADMIN)


@dataclass(slots=True, kw_only=True)
class EgressAlarm:
    """`refused_since`: since when the address is refused, None while it is not."""

    refused_since: Callable[[], Millis | None]
    reads: Reads
    roles: RoleResolver
    transactions: Transactions
    clock: Clock
    _told: Millis | None = field(default=None, init=False)

    async def look(self) -> None:
        """Tell owners and admins, once each time that it begins. Raises StorageTrouble."""
        since, now = self.refused_since(), self.clock.now()
        if since is None or since == self._told or now - since < _SETTLED_MS:
            return
        people = self.roles.everybody(await self.reads.staff())
        async with self.transactions.begin_aside() as unit:
            for user_id in sorted(each for each, role in people.items() if role in _TOLD):
                key = f"{EgressRefusedMessage.KIND}:{since}:{user_id}"
                told = outbox_message(EgressRefusedMessage(), user_id=user_id, idempotency_key=key)
                await unit.enqueue(told, now)
        self._told = since
