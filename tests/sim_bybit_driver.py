"""A raw client of the Bybit stand-in and a clock to turn: what its tests share."""

import hmac
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from yarl import URL

from ops.sim.bybit.server import Serving, serve

NOON = 1_782_907_200_000
"""2026-07-01 12:00:00 UTC."""
DAY = 86_400_000
HOUR = 3_600_000
MINUTE = 60_000


class TurnedClock:
    """A clock that stands until it is turned; epoch milliseconds."""

    def __init__(self, at: int = NOON) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at


@dataclass(frozen=True)
class Reply:
    """One answer."""

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any

    @property
    def code(self) -> int:
        return int(self.json["retCode"])

    @property
    def result(self) -> Any:
        assert self.json["retCode"] == 0, self.json
        return self.json["result"]


class Driver:
    """Speaks to the stand-in over plain HTTP: as a driver under /sim, as a client everywhere else."""

    def __init__(self, session: ClientSession, serving: Serving, clock: TurnedClock) -> None:
        self.session = session
        self.serving = serving
        self.clock = clock
        self.key = ""
        self.secret: str | RSAPrivateKey = ""

    async def send(self, method: str, path: str, **options: Any) -> Reply:
        """One request, with nothing added."""
        async with self.session.request(method, URL(self.serving.url + path, encoded=True), **options) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json"
            return Reply(answer.status, answer.headers, text, await answer.json() if is_json else None)

    async def sim(self, method: str, path: str, body: object = None, *, status: int = 200) -> Any:
        """A driver's call; gives the JSON answer."""
        reply = await self.send(method, path, json=body)
        assert reply.status == status, reply.text
        return reply.json

    async def account(self, **fields: Any) -> int:
        """Make an account, use its key from now on, and give its UID."""
        made = await self.sim("POST", "/sim/accounts", fields)
        self.key, self.secret = made["api_key"], made["api_secret"]
        return int(made["uid"])

    def signed(self, query: str, **changes: str) -> dict[str, str]:
        """The headers of a signed request; `changes` overrides timestamp, recv_window, key or sign."""
        timestamp = changes.get("timestamp", str(self.clock()))
        window = changes.get("recv_window", "5000")
        key = changes.get("key", self.key)
        origin = f"{timestamp}{key}{window}{query}".encode()
        if isinstance(self.secret, str):
            sign = hmac.digest(self.secret.encode(), origin, "sha256").hex()
        else:
            sign = b64encode(self.secret.sign(origin, PKCS1v15(), SHA256())).decode()
        headers = {
            "X-BAPI-API-KEY": key,
            "X-BAPI-TIMESTAMP": timestamp,
            "X-BAPI-RECV-WINDOW": window,
            "X-BAPI-SIGN": changes.get("sign", sign),
        }
        return {name: value for name, value in headers.items() if value}

    async def ask(self, path: str, /, *, changes: Mapping[str, str] | None = None, **params: Any) -> Reply:
        """A signed GET."""
        query = urlencode(params)
        headers = self.signed(query, **(changes or {}))
        return await self.send("GET", f"{path}?{query}" if query else path, headers=headers)

    async def public(self, path: str, /, **params: Any) -> Reply:
        """A GET without a key."""
        query = urlencode(params)
        return await self.send("GET", f"{path}?{query}" if query else path)


@asynccontextmanager
async def driving(
    *, limits: bool = False, seed: int = 1, state: Path | None = None, clock: TurnedClock | None = None
) -> AsyncIterator[Driver]:
    """A stand-in at noon, and its driver."""
    clock = clock or TurnedClock()
    async with (
        serve(port=0, seed=seed, limits=limits, state=state, clock=clock) as serving,
        ClientSession() as session,
    ):
        yield Driver(session, serving, clock)
