"""A redemption beside the same statements by raw aiosqlite, at 10,000 users, each commit on the disk.

Both write the same rows in the same order into databases of the same size; what ours adds is the service: the lock, the
rules, the events, the mappers and the guarantee to roll back whatever happens.
"""

import tempfile
from collections.abc import AsyncGenerator, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final

import aiosqlite

from bot.domain.ids import DAY, HOUR, Millis, UserId
from bot.domain.licensing import EntryKind, LicenseType
from bot.services.promo.redemption import Redemption
from ops.bench.dataset import FIRST_USER, FULL, NOW, Sizes, fill
from ops.bench.report import Row
from ops.bench.timing import clock, no_collection, on_one_core
from ops.promo_stack import PromoStack, open_promo_stack
from storage.admin.audit import INSERT_ENTRY, SELECT_LAST
from storage.licensing.ledger import (
    DELETE_PROJECTION,
    INSERT_EVENT,
    INSERT_SEGMENT,
    SELECT_EVENT_BY_KEY,
    SELECT_EVENTS,
    SELECT_LAST_EVENT,
)
from storage.promo.promo import ATTACH_GRANT, CAMPAIGN_COLUMNS, COUNT_USE, INSERT_USAGE, SELECT_CODE, USE_CODE
from storage.sqlite.connection import connected
from storage.sqlite.database import CONNECTION_PRAGMAS, FILE_PRAGMAS, WRITER_PRAGMAS
from storage.sqlite.hash_chain import NO_HASH, hash_of
from storage.sqlite.pseudonyms import SELECT_PSEUDONYM

EACH: Final = 1_000  # redemptions
_MS: Final = 1000.0
_MOST_MS: Final = 4.0
_MOST_RATIO: Final = 1.5
_ORIGINAL_MS: Final = 2.9  # the old system's best, without its durability


async def run(sizes: Sizes = FULL, each: int = EACH) -> AsyncGenerator[list[Row], None]:
    """Ours and the bare statements take turns on two databases of the same size, `each` redemptions a side."""
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        ours, bare = Path(folder, "ours.sqlite3"), Path(folder, "bare.sqlite3")
        for path in (ours, bare):
            async with open_promo_stack(path) as promo_stack:  # its first start: the key file is proved on it
                await fill(promo_stack.database, sizes)
        async with open_promo_stack(bare) as promo_stack:
            lookup = await _open_code(promo_stack)
        async with open_promo_stack(ours) as promo_stack, connected(bare) as connection:
            for pragma in (*FILE_PRAGMAS, *CONNECTION_PRAGMAS, *WRITER_PRAGMAS):
                await connection.execute_fetchall(pragma)
            subject = _Ours(promo_stack, await _open_code(promo_stack))
            baseline = _Bare(connection, lookup)
            yield []
            mine: list[float] = []
            theirs: list[float] = []
            with no_collection(), on_one_core():
                for _ in range(each):  # one by one: what disturbs the machine disturbs both
                    mine.append(await subject.redeem())
                    theirs.append(await baseline.redeem())
    yield _rows(median(mine) * _MS, median(theirs) * _MS)


def _rows(mine: float, theirs: float) -> list[Row]:
    return [
        Row(
            name="redemption, median",
            value=mine,
            unit="ms",
            baseline_name="raw aiosqlite, the same statements",
            baseline=theirs,
            target="<= 1.5x raw aiosqlite",
            ok=mine <= theirs * _MOST_RATIO,
        ),
        Row(
            name="redemption, median (the original, without its durability)",
            value=mine,
            unit="ms",
            baseline_name="measured of the old one",
            baseline=_ORIGINAL_MS,
            target="<= 4 ms",
            ok=mine <= _MOST_MS,
        ),
    ]


async def _open_code(promo_stack: PromoStack) -> bytes:
    made = await promo_stack.new_code(max_uses=1_000_000)
    return bytes.fromhex(promo_stack.lookup(made.codes[0]))


class _Ours:
    """The service, as a tap on [Redeem] calls it."""

    def __init__(self, promo_stack: PromoStack, lookup: bytes) -> None:
        self._promo_stack = promo_stack
        self._lookup = lookup.hex()
        self._users = _users()

    async def redeem(self) -> float:
        user_id = next(self._users)
        began = clock()
        outcome = await self._promo_stack.redemptions.redeem(user_id, self._lookup)
        took = clock() - began
        if not isinstance(outcome, Redemption):
            raise TypeError(f"no redemption: {outcome}")
        return took


class _Bare:
    """The same statements in one transaction, without a service, a lock, an event or a mapper."""

    def __init__(self, connection: aiosqlite.Connection, lookup: bytes) -> None:
        self._connection = connection
        self._lookup = lookup
        self._users = _users()

    async def redeem(self) -> float:
        user_id = next(self._users)
        began = clock()
        ask = self._connection.execute_fetchall
        await ask("BEGIN IMMEDIATE")
        (code,) = await ask(SELECT_CODE, (self._lookup, user_id))
        promo_id = code[CAMPAIGN_COLUMNS]
        ((campaign_id,),) = await ask(USE_CODE, (promo_id, NOW))
        await ask(COUNT_USE, (campaign_id, NOW // HOUR))
        ((usage_id,),) = await ask(INSERT_USAGE, (promo_id, campaign_id, user_id, None, NOW))
        entry_id, until = await self._book(user_id, f"promo:{usage_id}")
        await ask(ATTACH_GRANT, (entry_id, until, usage_id))
        await self._audit(user_id, usage_id)
        await ask("COMMIT")
        return clock() - began

    async def _book(self, user_id: UserId, idempotency_key: str) -> tuple[int, Millis]:
        ask = self._connection.execute_fetchall
        ((holder,),) = await ask(SELECT_PSEUDONYM, (user_id,))
        await ask(SELECT_EVENTS, (holder,))
        await ask(SELECT_EVENT_BY_KEY, (idempotency_key,))
        last = [*await ask(SELECT_LAST_EVENT)]
        last_id, previous = last[0] if last else (0, NO_HASH)
        columns = (EntryKind.PROMO.value, LicenseType.PREMIUM.value, 30 * DAY, None, idempotency_key, None, "", NOW)
        row: tuple[Any, ...] = (last_id + 1, holder, *columns)
        await ask(INSERT_EVENT, (*row, previous, hash_of(row, previous)))
        await ask(DELETE_PROJECTION, (user_id,))
        until = Millis(NOW + 30 * DAY)
        await self._connection.executemany(INSERT_SEGMENT, [(user_id, LicenseType.PREMIUM.value, NOW, until)])
        return last_id + 1, until

    async def _audit(self, user_id: UserId, usage_id: int) -> None:
        ask = self._connection.execute_fetchall
        ((last_id, previous),) = await ask(SELECT_LAST)
        ((actor,),) = await ask(SELECT_PSEUDONYM, (user_id,))
        ((subject,),) = await ask(SELECT_PSEUDONYM, (user_id,))
        row = (last_id + 1, NOW, actor, "promo.redeem", subject, f"campaign 1, usage {usage_id}, premium 30 d")
        await ask(INSERT_ENTRY, (*row, previous, hash_of(row, previous)))


def _users() -> Iterator[UserId]:
    """Each user once: a redemption is once per user."""
    return map(UserId, count(FIRST_USER))
