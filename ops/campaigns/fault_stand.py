"""The bot over the stand-in in one process and on one virtual clock: real services, store and adapter, no sockets.

Everything here runs on an `InlineLoop` within `inline_sqlite()`.
"""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from pydantic import SecretStr

from bot.app import Assembly, assemble
from bot.domain.accounts import Account, AccountType
from bot.domain.ids import ChatId, UserId
from bot.domain.licensing import EntryKind, LicenseType, NewLedgerEntry
from bot.domain.pins import ScryptCost
from bot.domain.secrets import Secret
from bot.domain.trade_plans import CardPlace
from bot.domain.users import Language, NewUser, UserConfig
from bot.exchange.budget import NO_LIMITS
from bot.services.services import Services
from bot.settings import Settings
from bot.wiring.outside import Outside, Tuning
from ops.campaigns.fault_witness import WitnessTransport
from ops.campaigns.virtual_time import LoopClock
from ops.offline import NoTelegram
from ops.sim.bybit.control import Control
from ops.sim.bybit.world import World

USER: Final = UserId(1001)
PLACE: Final = CardPlace(chat_id=ChatId(1001), message_id=7)
DATABASE: Final = "perpdesk.sqlite3"
_URL: Final = "http://bybit.invalid"
_EGRESS: Final = "192.0.2.1"
_JOBS: Final = frozenset({"settlements", "tellings", "closings", "panics", "reconciles", "disagreements"})
"""Jobs of trading; the others have nothing to do with Bybit's faults, or look after streams."""
_LICENSE_MS: Final = 3_650 * 86_400_000
_TRIP: Final = 0.02
"""Seconds that a request or an answer travels at most."""


class TroubleLog(logging.Handler):
    """What nobody expected: errors with what was raised, and what asyncio complains of."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line and what was raised; an error in plain words was foreseen."""
        trouble = record.exc_info[1] if record.exc_info else None
        if trouble is not None or record.name == "asyncio":
            self.lines.append(f"{record.getMessage()}: {trouble!r}")


@dataclass(slots=True, kw_only=True)
class Stand:
    """One process of the bot with one person, whose demo account is at the stand-in."""

    assembly: Assembly
    control: Control
    transport: WitnessTransport
    account: Account
    uid: int
    trouble: TroubleLog
    presses: int = field(default=0)

    @property
    def services(self) -> Services:
        return self.assembly.services

    @property
    def world(self) -> World:
        return self.transport.world

    async def config(self) -> UserConfig:
        """The person as services take them. Raises LookupError for nobody."""
        config = await self.services.people.config(USER)
        if config is None:
            raise LookupError("the campaign's person is gone")
        return config

    def key(self) -> str:
        """The idempotency key of one more press."""
        self.presses += 1
        return f"press:{self.presses}"

    def set_price(self, symbol: str, price: float) -> None:
        """A price that stands still, and what it brings about."""
        self.control.set_price({"symbol": symbol, "price": price})
        self.world.trading.sweep()

    def fault(self, kind: str, **fields: Any) -> None:
        """Order a fault of that account alone."""
        self.control.add_fault({"kind": kind, "uid": self.uid, **fields})

    def truth(self) -> dict[str, Any]:
        """What the stand-in says of the account."""
        return self.control.account(str(self.uid))


def make_transport(draw: Random) -> WitnessTransport:
    """A stand-in that answers after a few milliseconds, without limits of rates."""
    world = World(seed=1, clock=LoopClock().now, limits=False)
    return WitnessTransport(world=world, peer=_EGRESS, trip=lambda: _TRIP * draw.random())


@asynccontextmanager
async def standing(folder: Path, transport: WitnessTransport, draw: Random) -> AsyncIterator[Assembly]:
    """A process of the bot with its jobs of trading; over a folder that was used before it is another start."""
    outside = Outside(clock=LoopClock(), randomness=draw.random, telegram=NoTelegram, bybit=lambda _: transport)
    tuning = Tuning(pin_cost=ScryptCost(n=16), exchange_limits=NO_LIMITS, metrics_every=0)
    async with assemble(_settings(folder), outside=outside, tuning=tuning) as assembly:
        jobs = [asyncio.create_task(job.run(), name=job.name) for job in assembly.jobs if job.name in _JOBS]
        try:
            yield assembly
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)


def open_account(transport: WitnessTransport, symbol: str) -> tuple[Control, dict[str, Any]]:
    """The demo account at the stand-in, always the same; it trades that symbol with leverage 3.

    It has so much that no loss of a case is near a limit.
    """
    control = Control(transport.world)
    made = control.make_account(
        {"environment": "demo", "balance": 1_000_000, "margin_mode": "isolated", "ips": [_EGRESS]}
    )
    control.act_in_app(str(made["uid"]), {"act": "set_leverage", "symbol": symbol, "leverage": 3})
    return control, made


async def sign_up(assembly: Assembly, made: Mapping[str, Any]) -> None:
    """The person, their license and the account's key."""
    services = assembly.services
    await services.people.welcome(
        NewUser(user_id=USER, username=None, first_name="Ann", language=Language.ENGLISH, start_payload=None)
    )
    await services.people.accept_terms(USER)
    async with assembly.storage.store.begin() as unit:
        license_ = NewLedgerEntry(
            kind=EntryKind.GRANT,
            license_type=LicenseType.PREMIUM,
            millis=_LICENSE_MS,
            takes=None,
            idempotency_key="campaign:license",
            actor=None,
            note="",
        )
        await unit.ledger.append(USER, license_, services.clock.now())
    key, secret = Secret(made["api_key"]), Secret(made["api_secret"])
    await services.keys.add_secret(USER, AccountType.DEMO, "com", key, secret)


async def join(assembly: Assembly, transport: WitnessTransport, symbol: str) -> Stand:
    """A process whose person has signed up. Raises LookupError where nobody has."""
    control, made = open_account(transport, symbol)
    config = await assembly.services.people.config(USER)
    demo = () if config is None else [each for each in config.accounts if each.account_type is AccountType.DEMO]
    if not demo:
        raise LookupError("nobody has signed up")
    return Stand(
        assembly=assembly,
        control=control,
        transport=transport,
        account=demo[0],
        uid=int(made["uid"]),
        trouble=TroubleLog(),
    )


@cache
def _usual() -> Settings:
    """A bot whose Bybit is within the process."""
    return Settings(
        telegram_token=SecretStr("1:offline"),
        key=SecretStr(f"test:{base64.b64encode(bytes(32)).decode()}"),
        owner_ids=frozenset({UserId(1000)}),
        egress_ip=_EGRESS,
        bybit_api_url=_URL,
        bybit_demo_api_url=f"{_URL}/demo",
    )


def _settings(folder: Path) -> Settings:
    """The usual ones with the files in that folder."""
    return _usual().model_copy(update={"database": folder / DATABASE, "key_file": folder / "perpdesk.key"})
