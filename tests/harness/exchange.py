"""What the tests of the exchange share: time turned by hand, a scripted Bybit on 127.0.0.1, keys and accounts."""

import asyncio
import heapq
import hmac
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot.domain.accounts import (
    Account,
    AccountType,
    Credentials,
    Exchange,
    KeyCheck,
    KeyType,
    SealedCredentials,
    TradeSettings,
)
from bot.domain.clock import SystemClock
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.ports.clock import Clock
from bot.domain.secrets import Secret
from bot.exchange.budget import NO_LIMITS, Limits
from bot.exchange.bybit.adapter import Bybit, open_bybit
from bot.exchange.bybit.transport import Timeouts, Transport
from bot.proxy import connectors

API_KEY = "CanaryKeyId0000001"
API_SECRET = "CanarySecret00000000000000000000000A"  # made up
START_MS = 1_760_000_000_000


class TurnedTime:
    """A clock and its timers: both move only by `advance`."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self._timers: list[tuple[float, int, _Timer]] = []
        self._order = count()

    def now(self) -> Millis:
        return Millis(START_MS + int(self.seconds * 1000))

    def monotonic(self) -> float:
        return self.seconds

    def later(self, delay: float, callback: Callable[[], None]) -> "_Timer":
        timer = _Timer(callback)
        heapq.heappush(self._timers, (self.seconds + delay, next(self._order), timer))
        return timer

    def run_due(self) -> None:
        """Run every timer whose moment has come, and no task in between."""
        while self._timers and self._timers[0][0] <= self.seconds:
            _, _, timer = heapq.heappop(self._timers)
            if not timer.is_canceled:
                timer.callback()

    async def advance(self, seconds: float) -> None:
        """Run every timer up to then at its own moment, and the tasks that each one wakes."""
        end = self.seconds + seconds
        await settle()
        while self._timers and self._timers[0][0] <= end:
            at, _, timer = heapq.heappop(self._timers)
            if not timer.is_canceled:
                self.seconds = max(self.seconds, at)
                timer.callback()
                await settle()
        self.seconds = end
        await settle()


@dataclass(eq=False)
class _Timer:
    callback: Callable[[], None]
    is_canceled: bool = False

    def cancel(self) -> None:
        self.is_canceled = True


async def settle() -> None:
    """Let every task that can run do so."""
    for _ in range(8):
        await asyncio.sleep(0)


CHECK = KeyCheck(bybit_uid="1", read_only=False, permissions=(), ips=(), expires_at=None, checked_at=Millis(0))


def account(number: int = 1, *, account_type: AccountType = AccountType.LIVE, host: str = "com") -> Account:
    return Account(
        account_id=AccountId(number),
        user_id=UserId(1000 + number),
        exchange=Exchange.BYBIT,
        account_type=account_type,
        host=host,
        label="",
        bybit_uid="1",
        settings=TradeSettings(),
    )


@dataclass
class OpenVault:
    """Opens any sealed key: the bytes are the key itself."""

    opened: int = 0

    def open(self, sealed: SealedCredentials) -> Credentials:
        self.opened += 1
        return Credentials(
            account_id=sealed.account_id,
            key_type=sealed.key_type,
            api_key=Secret(sealed.api_key.decode()),
            api_secret=Secret(sealed.api_secret.decode()),
        )

    def seal(self, **_: object) -> SealedCredentials:
        raise NotImplementedError


@dataclass
class Keys:
    """The stored keys; every account has the HMAC one unless it was given another."""

    by_account: dict[AccountId, SealedCredentials | None] = field(default_factory=dict)
    reads: int = 0
    gate: asyncio.Event | None = None  # reads wait for it

    def put(self, number: int, *, key_type: KeyType = KeyType.HMAC, api_key: str, api_secret: str) -> None:
        self.by_account[AccountId(number)] = sealed(number, key_type, api_key, api_secret)

    async def __call__(self, account_id: AccountId) -> SealedCredentials | None:
        self.reads += 1
        if self.gate is not None:
            await self.gate.wait()
        return self.by_account.get(account_id, sealed(account_id, KeyType.HMAC, API_KEY, API_SECRET))


def sealed(number: int, key_type: KeyType, api_key: str, api_secret: str) -> SealedCredentials:
    return SealedCredentials(
        account_id=AccountId(number),
        user_id=UserId(1000 + number),
        account_type=AccountType.LIVE,
        host="com",
        key_type=key_type,
        data_key=b"",
        key_id="",
        api_key=api_key.encode(),
        api_secret=api_secret.encode(),
        check=CHECK,
    )


def rsa_pair(bits: int = 2048) -> tuple[str, rsa.RSAPublicKey]:
    """A private key as the bot makes it (PKCS#8 PEM), and its public half."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(), private.public_key()


@dataclass(frozen=True)
class Got:
    """One request as it arrived."""

    method: str
    raw_path: str
    headers: dict[str, str]
    body: bytes
    connection: int  # the same number: the same connection

    @property
    def path(self) -> str:
        return self.raw_path.partition("?")[0]

    @property
    def query(self) -> str:
        return self.raw_path.partition("?")[2]

    @property
    def signed_text(self) -> bytes:
        """What Bybit's documentation says is signed."""
        head = self.headers["X-BAPI-TIMESTAMP"] + self.headers["X-BAPI-API-KEY"] + self.headers["X-BAPI-RECV-WINDOW"]
        return head.encode() + (self.query.encode() if self.method == "GET" else self.body)

    def has_hmac_of(self, secret: str) -> bool:
        return hmac.digest(secret.encode(), self.signed_text, "sha256").hex() == self.headers["X-BAPI-SIGN"]

    def check_rsa(self, public_key: rsa.RSAPublicKey) -> None:
        """Raises InvalidSignature."""
        public_key.verify(b64decode(self.headers["X-BAPI-SIGN"]), self.signed_text, PKCS1v15(), SHA256())


Answer = web.StreamResponse | Awaitable[web.StreamResponse]
Script = Callable[[web.Request], Answer]


@dataclass(repr=False)
class ScriptedBybit:
    """A server that says what it is told: `then` answers one request each, in order; `always` every other one.

    /v5/market/time is answered by `skew` ms beside the real clock, unless `times` says otherwise.
    """

    url: str = ""
    got: list[Got] = field(default_factory=list)
    then: list[Script] = field(default_factory=list)
    always: Script = field(default_factory=lambda: ok({}))
    skew: int = 0
    times: list[Script] = field(default_factory=list)
    clock: Clock = field(default_factory=SystemClock)
    first: asyncio.Event = field(default_factory=asyncio.Event)  # something but the clock was asked for

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.got.append(
            Got(request.method, request.raw_path, dict(request.headers), await request.read(), id(request.transport))
        )
        if request.path.endswith("/v5/market/time"):
            script = self.times.pop(0) if self.times else server_time(self.clock.now() + self.skew)
        else:
            self.first.set()
            script = self.then.pop(0) if self.then else self.always
        answer = script(request)
        return answer if isinstance(answer, web.StreamResponse) else await answer

    @property
    def asked(self) -> list[Got]:
        """Everything but the clock."""
        return [got for got in self.got if not got.path.endswith("/v5/market/time")]


def ok(result: object, **headers: str) -> Script:
    body = orjson.dumps({"retCode": 0, "retMsg": "OK", "result": result, "retExtInfo": {}, "time": 1})
    return lambda _: web.Response(body=body, content_type="application/json", headers=headers)


def refusal(code: int, message: str = "", *, status: int = 200, **headers: str) -> Script:
    body = orjson.dumps({"retCode": code, "retMsg": message, "result": {}, "retExtInfo": {}, "time": 1})
    return lambda _: web.Response(body=body, status=status, content_type="application/json", headers=headers)


def raw(body: bytes, *, status: int = 200, content_type: str = "application/json") -> Script:
    return lambda _: web.Response(body=body, status=status, content_type=content_type)


def server_time(millis: int) -> Script:
    return ok({"timeSecond": str(millis // 1000), "timeNano": str(millis * 1_000_000)})


def drop(request: web.Request) -> web.StreamResponse:
    """Close the connection instead of an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def scripted_bybit(**fields: Any) -> AsyncIterator[ScriptedBybit]:
    bybit = ScriptedBybit(**fields)
    server = web.Server(bybit.answer, access_log=None)  # type: ignore[arg-type]  # a low-level handler may answer so
    runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    bybit.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield bybit
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connected(
    url: str,
    *,
    keys: Keys | None = None,
    clock: Clock | None = None,
    limits: Limits = NO_LIMITS,
    timeouts: Timeouts | None = None,
    proxy: str | None = None,
    **options: Any,
) -> AsyncIterator[Bybit]:
    """The adapter against one address: live is its root, demo the prefix /demo."""
    clock = clock or SystemClock()
    async with open_bybit(
        transport=Transport(
            clock=clock,
            timeouts=timeouts or Timeouts(),
            connector=connectors(None if proxy is None else Secret(proxy), setting="PERPDESK_BYBIT_PROXY", clock=clock),
        ),
        hosts=lambda _, account_type: f"{url}/demo" if account_type is AccountType.DEMO else url,
        credentials=keys or Keys(),
        vault=OpenVault(),
        clock=clock,
        limits=limits,
        **options,
    ) as bybit:
        yield bybit


WALLET = {
    "list": [
        {
            "accountType": "UNIFIED",
            "totalEquity": "10250.5",
            "totalWalletBalance": "10200",
            "totalAvailableBalance": "9000.25",
            "totalPerpUPL": "50.5",
            "totalInitialMargin": "1250.25",
            "coin": [
                {
                    "coin": "USDT",
                    "walletBalance": "10200",
                    "equity": "10250.5",
                    "unrealisedPnl": "50.5",
                    "usdValue": "10250.5",
                }
            ],
        }
    ]
}
