"""Promo codes on a real database without chat and exchange: what campaigns and benchmarks of redemptions work in."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bot.app import assemble
from bot.domain.clock import SystemClock
from bot.domain.ids import UserId
from bot.domain.licensing import LicenseType
from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.domain.promo_codes import Terms
from bot.domain.secrets import Secret
from bot.domain.users import Language, NewUser
from bot.services.promo.campaigns import CampaignService, NewCampaign
from bot.services.promo.redemption import Redemptions
from bot.services.users.pin import PinService
from bot.settings import Settings
from bot.wiring.outside import Tuning
from ops.offline import TOKEN, offline
from storage.sqlite.database import Database, PageCheck
from storage.store import Store

ADMIN: Final = UserId(1000)
_PIN: Final = "271828"
_KEY: Final = f"thrown-away:{base64.b64encode(bytes(32)).decode()}"  # opens nothing: the database is thrown away


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoStack:
    """The services, and what they stand on."""

    database: Database
    store: Store
    reads: Reads
    campaigns: CampaignService
    redemptions: Redemptions
    pin: PinService
    clock: Clock

    async def open_pin(self) -> None:
        """As if the admin had entered it just now."""
        if not self.pin.is_open(ADMIN):
            await self.pin.set(ADMIN, Secret(_PIN))

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
        await self.open_pin()
        return await self.campaigns.create(ADMIN, terms)

    def lookup(self, code: Secret) -> str:
        """What a [Redeem] button carries."""
        return self.campaigns.seal(code.reveal()).lookup.hex()


@asynccontextmanager
async def open_promo_stack(
    path: Path, *, clock: Clock | None = None, check: PageCheck = PageCheck.AFTER_CRASH
) -> AsyncIterator[PromoStack]:
    """Open, migrated, with its admin."""
    clock = clock or SystemClock()
    settings = Settings(
        telegram_token=SecretStr(TOKEN),
        database=path,
        key=SecretStr(_KEY),
        key_file=path.with_suffix(".key"),
        owner_ids=frozenset({ADMIN}),
    )
    async with assemble(settings, outside=offline(clock), tuning=Tuning(check_database=check)) as assembly:
        promo_stack = PromoStack(
            database=assembly.storage.database,
            store=assembly.storage.store,
            reads=assembly.reads,
            campaigns=assembly.services.promo,
            redemptions=assembly.services.redemptions,
            pin=assembly.services.pin,
            clock=clock,
        )
        await promo_stack.add_users([ADMIN])
        yield promo_stack
