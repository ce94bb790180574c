"""Reconciliation: what Telegram's own account of Stars says is compared with what is booked, and the rest is booked.

A quick look reads on from where the last one ended; once an hour everything is read from the beginning.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.chat import outbox_message
from bot.domain.ids import HOUR, UserId
from bot.domain.offers import XTR
from bot.domain.payments import RETURNED, Paid, Payer, PaymentStatus, StarCursor, StarTransaction
from bot.domain.ports.clock import Clock
from bot.domain.ports.payments import PaymentQueries, StarsApi
from bot.domain.ports.storage import Transactions
from bot.domain.restores import StarsListedMessage
from bot.domain.users import NewUser
from bot.services.payments.payments import PaymentService
from bot.services.payments.refunds import Refunds
from bot.services.payments.restore_gate import RestoreGate

ALL_EVERY: Final = HOUR
_PAGE: Final = 100  # lines a call, Telegram's most
_IDS: Final = 500  # charges a question to the database
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What a look found: lines read, charges booked that had been missed, returns booked that had been missed."""

    lines: int
    booked: int
    returned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StarWatch:
    """Compares Telegram's list of Star transactions with our payments, and books what is missing."""

    queries: PaymentQueries
    transactions: Transactions
    stars: StarsApi
    payments: PaymentService
    refunds: Refunds
    clock: Clock
    gate: RestoreGate

    async def reconcile(self) -> Reconciled:
        """Read what is new, or everything when that is due, and book what is missing. Raises StarsError.

        After a restore that nobody has accepted yet, owners are told what is missing, and nothing is booked.
        """
        now = self.clock.now()
        restore = await self.gate.closed_by()
        if restore is not None:
            return await self._list(restore)
        cursor = await self.queries.star_cursor()
        is_all = not 0 <= now - cursor.all_read_at < ALL_EVERY
        lines, position = await self._read(0 if is_all else cursor.position)
        found = await self._compare(lines)
        all_read_at = now if is_all else cursor.all_read_at
        if is_all or lines:
            async with self.transactions.begin() as unit:
                await unit.payments.put_cursor(StarCursor(position=position, read_at=now, all_read_at=all_read_at))
        if found.booked or found.returned:
            _logger.warning("reconciliation booked %d charges and %d returns", found.booked, found.returned)
        return found

    async def _list(self, restore: int) -> Reconciled:
        lines, _ = await self._read(0)
        statuses = await self._statuses([line.charge_id for line in lines])
        went_back = {line.charge_id for line in lines if not line.is_incoming}
        known = [line for line in lines if line.payer is not None and not self.payments.is_older(line.at)]
        missing = [
            line
            for line in known
            if line.is_incoming and line.charge_id not in statuses and line.charge_id not in went_back
        ]
        returned = [line for line in known if not line.is_incoming and statuses.get(line.charge_id) not in RETURNED]
        stars = sum(line.stars for line in missing)
        words = (
            "%d charges (%d Stars) and %d returns are not in the restored copy: `perpdesk restore --accept` books them"
        )
        _logger.warning(words, len(missing), stars, len(returned))
        told = StarsListedMessage(charges=len(missing), stars=stars, returned=len(returned))
        async with self.transactions.begin_aside() as unit:
            for owner in await self.payments.owners():
                key = f"restored-stars:{restore}:{owner}"
                await unit.enqueue(outbox_message(told, user_id=owner, idempotency_key=key), self.clock.now())
        return Reconciled(lines=len(lines), booked=0, returned=0)

    async def _read(self, position: int) -> tuple[list[StarTransaction], int]:
        lines: list[StarTransaction] = []
        while page := await self.stars.transactions(position, _PAGE):
            lines += page
            position += len(page)
            if len(page) < _PAGE:
                break
        return lines, position

    async def _compare(self, lines: Sequence[StarTransaction]) -> Reconciled:
        """Oldest first. A charge that went back within the same lines is not credited before.

        What the bot before this one booked is settled. What is older than the database may have been booked by another
        one: it is neither credited nor refunded.
        """
        read = len(lines)
        legacy = await self._legacy([line.charge_id for line in lines])
        lines = [line for line in lines if line.charge_id not in legacy]
        statuses = await self._statuses([line.charge_id for line in lines])
        went_back = {line.charge_id for line in lines if not line.is_incoming}
        booked = returned = 0
        older: list[tuple[UserId, Paid]] = []
        for line in lines:
            if line.payer is None:
                continue
            status = statuses.get(line.charge_id)
            if status is None and self.payments.is_older(line.at):
                if line.charge_id not in went_back:
                    older.append((line.payer.user_id, _paid(line)))
                continue
            if line.is_incoming:
                if status is None and line.charge_id not in went_back:
                    await self.payments.book(_user(line.payer), _paid(line))
                    booked += 1
            elif status not in RETURNED:
                returned += await self._book_return(line, line.payer, status)
        if older:
            await self.payments.keep_older(older)
        return Reconciled(lines=read, booked=booked, returned=returned)

    async def _legacy(self, charge_ids: Sequence[str]) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for start in range(0, len(charge_ids), _IDS):
            found |= await self.queries.legacy_charges(charge_ids[start : start + _IDS])
        return found

    async def _book_return(self, line: StarTransaction, payer: Payer, status: PaymentStatus | None) -> bool:
        """What we asked for is a refund; what nobody here asked for was taken back by Telegram."""
        if status is None:
            if await self.payments.book_returned(_user(payer), _paid(line)):
                return True
            status = (await self._statuses([line.charge_id])).get(line.charge_id)  # a lane booked it meanwhile
        asked = status is not PaymentStatus.COMPLETED
        as_what = PaymentStatus.REFUNDED if asked else PaymentStatus.CHARGED_BACK
        return await self.refunds.returned(line.charge_id, as_what)

    async def _statuses(self, charge_ids: Sequence[str]) -> Mapping[str, PaymentStatus]:
        found: dict[str, PaymentStatus] = {}
        for start in range(0, len(charge_ids), _IDS):
            found |= await self.queries.statuses(charge_ids[start : start + _IDS])
        return found


def _paid(line: StarTransaction) -> Paid:
    return Paid(charge_id=line.charge_id, stars=line.stars, currency=XTR, payload=line.payload, at=line.at)


def _user(payer: Payer) -> NewUser:
    return NewUser(
        user_id=payer.user_id,
        username=payer.username,
        first_name=payer.first_name,
        language=payer.language,
        start_payload=None,
    )
