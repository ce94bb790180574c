"""Reminders that license time ends or changes its type: enqueued once each, and only while they are true."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Final, TypedDict

from bot.domain.chat import OutboxMessage, outbox_message
from bot.domain.closings import EntriesUnlicensedMessage
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import LicenseType, derive, plan_change
from bot.domain.offers import PriceList
from bot.domain.ports.clock import Clock
from bot.domain.ports.closings import RestingQueries
from bot.domain.ports.licensing import LicenseQueries
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.reminders import (
    LATEST,
    NOTICES,
    EndingLicense,
    LicenseEndedMessage,
    LicenseEndsMessage,
    Reminder,
    due_reminder,
)
from bot.domain.time_zones import zone_of

_BATCH: Final = 100  # people a look and a commit
_BEFORE: Final = LATEST + 2 * DAY  # how far an end may lie back
_AHEAD: Final = (max(NOTICES) + 2) * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    license: EndingLicense
    reminder: Reminder

    @property
    def notice(self) -> int:
        return self.reminder.notice

    @property
    def end(self) -> tuple[UserId, Millis]:
        """An end that moves is another end: what was enqueued for the old one counts for nothing."""
        return self.license.user_id, self.license.ends

    @property
    def idempotency_key(self) -> str:
        return f"license:{self.license.user_id}:{self.license.ends}:{self.notice}"


@dataclass(slots=True, kw_only=True)
class Reminders:
    """Looks at licenses that end soon or just ended. A restart forgets nothing: what was enqueued stands in a table."""

    queries: LicenseQueries
    transactions: Transactions
    clock: Clock
    prices: PriceList
    resting: RestingQueries
    # The last notice enqueued for each end: spares writing what stands there already.
    _enqueued: dict[tuple[UserId, Millis], int] = field(default_factory=dict, init=False, repr=False)

    async def remind(self) -> int:
        """Enqueue what is due; how many messages that were."""
        now = self.clock.now()
        count, ends = 0, set()
        since, last_user = Millis(now - _BEFORE), UserId(0)
        while page := await self.queries.ending_licenses((since, last_user), Millis(now + _AHEAD), _BATCH, now):
            due = await asyncio.to_thread(_due_of, page, now)  # zones are files
            count += await self._enqueue([each for each in due if self._enqueued.get(each.end) != each.notice], now)
            ends |= {(each.user_id, each.ends) for each in page}
            since, last_user = page[-1].ends, page[-1].user_id
        self._enqueued = {end: notice for end, notice in self._enqueued.items() if end in ends}
        return count

    async def _enqueue(self, due: Sequence[_Due], now: Millis) -> int:
        if not due:
            return 0
        count = 0
        resting = {each.end: await self._resting(each) for each in due if not each.notice}
        async with self.transactions.begin() as unit:
            for each in due:
                if await _is_true(unit, each, now):
                    await unit.enqueue(self._message_of(each), now)
                    for message in resting.get(each.end, ()):
                        await unit.enqueue(message, now)
                    count += 1
        self._enqueued |= {each.end: each.notice for each in due}
        return count

    async def _resting(self, due: _Due) -> list[OutboxMessage]:
        """Of each account whose entries that end has stopped: those that rest, which nobody else takes back."""
        ending = due.license
        closed = plan_change(ending.license_type, ending.then).closed
        return [
            outbox_message(
                EntriesUnlicensedMessage.of(each),
                user_id=ending.user_id,
                idempotency_key=f"{due.idempotency_key}:{each.account.account_id}",
            )
            for each in await self.resting.resting_entries_of(ending.user_id)
            if each.account.account_type in closed
        ]

    def _message_of(self, due: _Due) -> OutboxMessage:
        ending, reminder = due.license, due.reminder
        offer = LicenseType.BASIC if ending.license_type is LicenseType.TRIAL else ending.license_type
        choice = next(iter(self.prices.of_type(offer)), None)
        facts = _Facts(
            kind=ending.license_type,
            on=reminder.on,
            then=ending.then,
            until=reminder.then_until,
            offer=offer if choice is not None else None,
            months=0 if choice is None else choice.months,
            stars=0 if choice is None else choice.stars,
        )
        told = LicenseEndsMessage(**facts, days=reminder.days) if due.notice else LicenseEndedMessage(**facts)
        return outbox_message(told, user_id=ending.user_id, idempotency_key=due.idempotency_key)


class _Facts(TypedDict):
    """The fields of a `LicenseReminder`."""

    kind: LicenseType
    on: date
    then: LicenseType | None
    until: date | None
    offer: LicenseType | None
    months: int
    stars: int


async def _is_true(unit: UnitOfWork, due: _Due, now: Millis) -> bool:
    """Asked again inside the transaction: since the look, time may have been given or taken, or the user erased."""
    try:
        license_balance = derive(await unit.ledger.entries(due.license.user_id), now)
    except LookupError:
        return False
    coming = [(each.license_type, each.end) for each in license_balance.segments]
    if due.notice:
        if coming[:1] != [(due.license.license_type, due.license.ends)]:
            return False
        coming = coming[1:]
    behind = [] if due.license.then is None else [(due.license.then, due.license.then_ends)]
    return coming[:1] == behind


def _due_of(licenses: Sequence[EndingLicense], now: Millis) -> list[_Due]:
    found = ((each, due_reminder(each, now, zone_of(each.time_zone) or UTC)) for each in licenses)
    return [_Due(license=each, reminder=reminder) for each, reminder in found if reminder is not None]
