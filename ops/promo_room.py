"""Promo codes on a real database without chat and exchange: what campaigns and benchmarks of redemptions work in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.dispatch import Dispatcher
from bot.domain.clock import SystemClock
from bot.domain.model import Language, LicenseType, Secret, UserId
from bot.domain.ports import Clock, NewUser
from bot.domain.promo_codes import Terms
from bot.services.licenses import Licenses
from bot.services.promo import NewCampaign, PromoDesk
from bot.services.promo_alarms import PromoAlarms
from bot.services.redemption import Redemptions
from cache.facade import CachedReads
from cache.loaders import Loaders
from storage.database import Database
from storage.migrate import migrate
from storage.promo_queries import SqlitePromoQueries
from storage.promo_safe import PromoSafe
from storage.queries import SqliteQueries
from storage.store import Store

ADMIN: Final = UserId(1000)
_SECRET: Final = bytes(32)  # opens nothing: the database is thrown away


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoRoom:
    """The services, and what they stand on."""

    database: Database
    store: Store
    reads: CachedReads
    safe: PromoSafe
    desk: PromoDesk
    redemptions: Redemptions
    clock: Clock

    async def add_users(self, user_ids: list[UserId]) -> None:
        """Known users, as /start makes them; those who are there stay as they are."""
        async with self.store.begin() as unit:
            for user_id in user_ids:
                user = NewUser(
                    user_id=user_id, username=None, first_name="Anna", language=Language.ENGLISH, start_payload=None
                )
                await unit.users.ensure(user, self.clock.now())

    async def new_code(self, *, max_uses: int, days: int = 30, count: int = 1) -> NewCampaign:
        terms = Terms(license_type=LicenseType.PREMIUM, days=days, max_uses=max_uses, count=count)
        return await self.desk.create(ADMIN, terms)

    def lookup(self, code: Secret) -> str:
        """What a [Redeem] button carries."""
        return self.desk.seal(code.reveal()).lookup.hex()


@asynccontextmanager
async def promo_room(path: Path, *, clock: Clock | None = None, check: bool = True) -> AsyncIterator[PromoRoom]:
    """Open, migrated, with its admin."""
    clock = clock or SystemClock()
    async with Database.open(path, check=check) as database:
        await migrate(database)
        dispatcher = Dispatcher()
        store = Store(database, clock=clock, committed=dispatcher.committed, publish=dispatcher.publish)
        queries = SqliteQueries(database, clock=clock)
        reads = _reads(queries, clock)
        dispatcher.drops.append(reads.invalidate)
        licenses = Licenses(reads=reads, transactions=store, queries=queries, clock=clock)
        alarms, safe = PromoAlarms(owner_ids=frozenset({ADMIN})), PromoSafe(_SECRET)
        promo_queries = SqlitePromoQueries(database)
        room = PromoRoom(
            database=database,
            store=store,
            reads=reads,
            safe=safe,
            desk=PromoDesk(
                queries=promo_queries, transactions=store, licenses=licenses, safe=safe, alarms=alarms, clock=clock
            ),
            redemptions=Redemptions(
                reads=reads,
                queries=promo_queries,
                transactions=store,
                licenses=licenses,
                safe=safe,
                alarms=alarms,
                clock=clock,
            ),
            clock=clock,
        )
        await room.add_users([ADMIN])
        try:
            yield room
        finally:
            await reads.close()


def _reads(queries: SqliteQueries, clock: Clock) -> CachedReads:
    return CachedReads(
        Loaders(
            user_config=queries.user_config,
            license=lambda user_id: queries.license(user_id, clock.now()),
            credentials=_elsewhere,
            balance=_elsewhere,
            positions=_elsewhere,
            orders=_elsewhere,
            executions=_elsewhere,
            fee_rate=_elsewhere,
            key_check=_elsewhere,
            ticker=_elsewhere,
            order_book=_elsewhere,
            klines=_elsewhere,
            board=_elsewhere,
            instrument=_elsewhere,
            last_positions=_elsewhere,
            last_orders=_elsewhere,
        ),
        monotonic=clock.monotonic,
    )


async def _elsewhere(*asked: object) -> Any:
    raise LookupError(f"redemptions have nothing to do with {asked}")
