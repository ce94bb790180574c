"""Drives a Telegram stand-in over its own HTTP, as an outside driver would."""

import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession

from ops.sim.telegram.server import serve
from ops.sim.telegram.world import World

TOKEN = "123456:AAExampleExampleExampleExampleExample"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 640, 480) + b"\x08\x02\0\0\0"
KEYBOARD = {
    "inline_keyboard": [
        [{"text": "Refresh", "callback_data": "v1:bal"}, {"text": "Site", "url": "https://bybit.com"}],
    ]
}
GROUP, CHANNEL = -500, -1_000_000_000_777


class Driver:
    """One stand-in: `call` is a bot with TOKEN, `sim` and `say` are people and the driver."""

    def __init__(self, session: ClientSession, url: str, world: World) -> None:
        self.session = session
        self.url = url
        self.world = world

    async def raw(self, method: str, path: str, /, **options: Any) -> tuple[int, Any]:
        """Status and JSON of any request."""
        async with self.session.request(method, self.url + path, **options) as response:
            return response.status, await response.json()

    async def call(self, method: str, /, *, token: str = TOKEN, **params: Any) -> Any:
        """The result of a Bot API method that must work."""
        status, body = await self.raw("POST", f"/bot{token}/{method}", json=params)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def refused(self, method: str, /, **params: Any) -> str:
        """The description of one that must be refused."""
        status, body = await self.raw("POST", f"/bot{TOKEN}/{method}", json=params)
        assert body["ok"] is False, body
        assert status == body["error_code"]
        return str(body["description"])

    async def sim(self, method: str, path: str, /, *, expect: int = 200, **body: Any) -> Any:
        """The answer of a control call."""
        status, answer = await self.raw(method, f"/sim/{path}", json=body or None)
        assert status == expect, answer
        return answer

    async def say(self, text: str, *, user: int = 1000, **more: Any) -> dict[str, Any]:
        """A person writes."""
        answer: dict[str, Any] = await self.sim("POST", f"users/{user}/messages", text=text, **more)
        return answer

    def is_polled(self) -> bool:
        """Whether a getUpdates of the bot is held open."""
        return self.world.bot().updates._poll is not None

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        """GetUpdates."""
        result: list[dict[str, Any]] = await self.call("getUpdates", **params)
        return result


@asynccontextmanager
async def driven(world: World | None = None, **options: Any) -> AsyncIterator[Driver]:
    """A stand-in on a free port, without limits unless a world says so."""
    world = world or World(seed=1, limits=False)
    async with serve(port=0, world=world, **options) as url, ClientSession() as session:
        yield Driver(session, url, world)
