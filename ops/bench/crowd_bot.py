"""The bot in this process, a crowd with Bybit Demo accounts, and both stand-ins in processes of their own."""

import asyncio
import base64
import gc
import resource
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import aiohttp
from pydantic import SecretStr

from bot.aio.garbage import survivors_set_aside
from bot.app import Assembly, assemble
from bot.domain.accounts import Account, AccountType, Exchange, KeyCheck, KeyType
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import EntryKind, LicenseType, NewLedgerEntry
from bot.domain.ports.storage import UnitOfWork
from bot.domain.secrets import Secret
from bot.domain.users import Language, NewUser, UserConfig
from bot.settings import Settings
from ops.bench.servers import server

FIRST_USER: Final = 61_000_001
_BALANCE: Final = "25000"
_TOKEN: Final = "4242:a-token-that-opens-nothing"  # noqa: S105  the stand-in takes any
_KEY: Final = f"thrown-away:{base64.b64encode(bytes(32)).decode()}"  # opens nothing: the database is thrown away
_AT_ONCE: Final = 50  # accounts that are made at the stand-in
_STREAMS_S: Final = 600.0  # until everybody's stream is up
STILL_S: Final = 8.0  # longer than the pause between two rounds of comparisons
_NO_BUDGET: Final = 100_000  # requests a second
_LOOK_S: Final = 0.01  # between two looks at the loop
_CHECK: Final = KeyCheck(bybit_uid="1", read_only=False, permissions=(), ips=(), expires_at=None, checked_at=Millis(0))


@dataclass(slots=True)
class LagSamples:
    """How much later than asked for the loop woke up each time, in seconds: a percentile of few needs all of them."""

    seconds: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _LOOK_S
            await asyncio.sleep(_LOOK_S)
            self.seconds.append(loop.time() - due)


@dataclass(kw_only=True)
class Crowd:
    """`people` in the order of their user ids, each with their account; `uids` of Bybit by account id."""

    assembly: Assembly
    session: aiohttp.ClientSession
    bybit_url: str
    telegram_url: str
    people: Sequence[UserConfig] = ()
    uids: Mapping[int, int] = field(default_factory=dict)
    bytes_a_stream: float = 0.0
    """What the process grew by from the first stream to the last, and by all that comes with them; without TLS."""
    _taken: Counter[str] = field(default_factory=Counter)

    def key(self, kind: str) -> str:
        """An idempotency key that nothing had before."""
        self._taken[kind] += 1
        return f"{kind}:{self._taken[kind]}"

    def account(self, config: UserConfig) -> Account:
        """Their Bybit Demo."""
        return next(each for each in config.accounts if each.account_type is AccountType.DEMO)

    async def bybit(self, method: str, path: str, body: object = None) -> Any:
        """A control call of Bybit's stand-in."""
        async with self.session.request(method, self.bybit_url + path, json=body) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def telegram(self, method: str, path: str, body: object = None) -> Any:
        """A control call of Telegram's."""
        async with self.session.request(method, self.telegram_url + path, json=body) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def calls(self, after: int) -> list[dict[str, Any]]:
        """What Bybit's stand-in was asked since."""
        found: list[dict[str, Any]] = await self.bybit("GET", f"/sim/calls?after={after}")
        return found

    async def last_call(self) -> int:
        return max((each["seq"] for each in await self.calls(0)), default=0)

    async def compared(self, *, still_s: float = STILL_S, patience: float = 300.0) -> None:
        """Until the start is over: nothing was asked of Bybit for `still_s` seconds. Raises TimeoutError."""
        async with asyncio.timeout(patience):
            seen = -1
            while seen != (seen := await self.last_call()):  # noqa: ASYNC110  nothing tells of it
                await asyncio.sleep(still_s)

    async def quiet(self, *, patience: float = 120.0) -> None:
        """Until nothing is under way and nothing is due. Raises TimeoutError."""
        async with asyncio.timeout(patience):
            while len(self.assembly.services.trading.runner.tasks):  # noqa: ASYNC110  nothing tells of it
                await asyncio.sleep(0.05)


@asynccontextmanager
async def crowd(
    count: int, *, at_most: int | None = None, still_s: float = STILL_S, is_limited: bool = True
) -> AsyncIterator[Crowd]:
    """Everything up, everybody's stream connected and told. Raises TimeoutError.

    `at_most`: connections in five minutes; then nobody waits for streams, and the start has only begun. `still_s`: see
    `Crowd.compared`. `is_limited`: by Bybit's limits of requests and our own budget.
    """
    with tempfile.TemporaryDirectory(prefix="perpdesk-") as folder:
        async with (
            server("ops.bench.crowd_bybit", *(() if is_limited else ("--no-limits",))) as bybit_url,
            server("ops.bench.paced_telegram") as telegram_url,
            aiohttp.ClientSession() as session,
            assemble(_settings(Path(folder), bybit_url, telegram_url, is_limited=is_limited)) as bot,
        ):
            with survivors_set_aside():  # as `bot.app.run` has it
                bot.streams.accounts.at_most = at_most or count * 2 + 400  # a measurement does not wait for minutes
                made = Crowd(assembly=bot, session=session, bybit_url=bybit_url, telegram_url=telegram_url)
                await _seed(made, count)
                await bot.runtime.connect()
                async with bot.jobs.open():
                    await bot.runtime.take_in()
                    if at_most is None:
                        await _measured_streams(made, count, still_s)
                    yield made
                    await bot.runtime.stop_intake()


async def _measured_streams(made: Crowd, count: int, still_s: float) -> None:
    gc.collect()
    before = resident()
    await _streams_up(made, count)
    await made.compared(still_s=still_s)
    gc.collect()
    made.bytes_a_stream = (resident() - before) / count


def _settings(folder: Path, bybit_url: str, telegram_url: str, *, is_limited: bool) -> Settings:
    return Settings(
        bybit_requests_per_second=80 if is_limited else _NO_BUDGET,
        telegram_token=SecretStr(_TOKEN),
        telegram_api_url=telegram_url,
        bybit_api_url=bybit_url,
        bybit_demo_api_url=f"{bybit_url}/demo",
        bybit_stream_url=bybit_url,
        bybit_demo_stream_url=f"{bybit_url}/demo",
        database=folder / "perpdesk.sqlite3",
        key=SecretStr(_KEY),
        key_file=folder / "perpdesk.key",
        log_level="WARNING",
    )


async def _seed(made: Crowd, count: int) -> None:
    """Everybody with an account at the stand-in, its key and a license, in one commit."""
    keys: list[dict[str, Any]] = []
    for start in range(0, count, _AT_ONCE):
        body = {"environment": "demo", "balance": _BALANCE}
        some = range(start, min(count, start + _AT_ONCE))
        keys += await asyncio.gather(*(made.bybit("POST", "/sim/accounts", body) for _ in some))
    store, accounts = made.assembly.storage.store, []
    async with store.begin_aside() as unit:
        for place, key in enumerate(keys):
            accounts.append(await _person(made, unit, UserId(FIRST_USER + place), key))
    made.uids = {each.account_id: int(key["uid"]) for each, key in zip(accounts, keys, strict=True)}
    made.people = [
        config for each in accounts if (config := await made.assembly.reads.user_config(each.user_id)) is not None
    ]


async def _person(made: Crowd, unit: UnitOfWork, user_id: UserId, key: Mapping[str, Any]) -> Account:
    now = made.assembly.clock.now()
    user = NewUser(user_id=user_id, username=None, first_name="Ada", language=Language.ENGLISH, start_payload=None)
    await unit.users.ensure(user, now)
    account = await unit.accounts.add(
        user_id=user_id, exchange=Exchange.BYBIT, account_type=AccountType.DEMO, host="com", label="Demo", now=now
    )
    sealed = made.assembly.storage.vault.seal(
        user_id=user_id,
        account_id=account.account_id,
        account_type=AccountType.DEMO,
        host="com",
        key_type=KeyType.HMAC,
        api_key=Secret(key["api_key"]),
        api_secret=Secret(key["api_secret"]),
        check=replace(_CHECK, checked_at=now),  # the job has nothing to check
    )
    await unit.accounts.put_credentials(sealed)
    grant = NewLedgerEntry(
        kind=EntryKind.GRANT,
        license_type=LicenseType.PREMIUM,
        millis=30 * DAY,
        takes=None,
        idempotency_key=f"bench:{user_id}",
        actor=None,
        note="",
    )
    await unit.ledger.append(user_id, grant, now)
    return await unit.accounts.activate(account.account_id, str(key["uid"]))


async def _streams_up(made: Crowd, count: int) -> None:
    streams = made.assembly.streams.accounts
    async with asyncio.timeout(_STREAMS_S):
        while streams.connected < count:  # noqa: ASYNC110  nothing tells of it
            await asyncio.sleep(0.1)


def resident() -> int:
    """Bytes of this process that lie in memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def most_in(moments: Iterable[float], seconds: float) -> int:
    """The most that lie within any stretch of that length."""
    ordered, first, most = sorted(moments), 0, 0
    for last, moment in enumerate(ordered):
        while ordered[first] <= moment - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def epoch_ms() -> float:
    """By the clock that the stand-in's calls are written with."""
    return time.time() * 1000
