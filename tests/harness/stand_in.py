"""The stand-in of Bybit with its control calls, and the adapter that is pointed at it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.domain.accounts import Account, AccountType, KeyType
from bot.exchange.budget import NO_LIMITS, Limits
from bot.exchange.bybit.adapter import Bybit
from bot.exchange.bybit.transport import Timeouts
from harness.exchange import Keys, account, connected, rsa_pair
from ops.sim.bybit.server import serve


@dataclass(repr=False)
class StandIn:
    """The stand-in, its control calls, and the adapter that is pointed at it."""

    url: str
    session: ClientSession
    keys: Keys
    bybit: Bybit

    async def sim(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        async with self.session.request(method, self.url + path, json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def account(self, number: int = 1, *, key_type: KeyType = KeyType.HMAC, **fields: Any) -> Account:
        """An account there and its key here."""
        private = None
        if key_type is KeyType.RSA:
            private, public = await asyncio.to_thread(rsa_pair)
            pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
            fields["public_key"] = pem
        made = await self.sim("POST", "/sim/accounts", {"environment": "live", "balance": "10000", **fields})
        self.keys.put(number, key_type=key_type, api_key=made["api_key"], api_secret=private or made["api_secret"])
        self.uid = made["uid"]
        return account(number, account_type=AccountType(fields.get("environment", "live")))

    async def fault(self, kind: str, **fields: Any) -> None:
        await self.sim("POST", "/sim/faults", {"kind": kind, **fields})

    async def calls(self) -> list[str]:
        """The paths that were asked for, without the clock's."""
        found = await self.sim("GET", "/sim/calls?after=0")
        return [call["path"] for call in found if not call["path"].endswith("/v5/market/time")]


@asynccontextmanager
async def standing_in(
    *, limits: Limits = NO_LIMITS, real_limits: bool = False, timeouts: Timeouts | None = None, **options: Any
) -> AsyncIterator[StandIn]:
    keys = Keys()
    async with (
        serve(port=0, limits=real_limits) as serving,
        ClientSession() as session,
        connected(serving.url, keys=keys, limits=limits, timeouts=timeouts, **options) as bybit,
    ):
        yield StandIn(serving.url, session, keys, bybit)
