"""The other side of the Telegram measurements: a process of its own that answers as fast as it can.

`python -m ops.bench.telegram_server UPDATES LATENCY_S` prints its address and serves until its input closes.
"""

import asyncio
import sys
from typing import Any, Final

from aiohttp import web

from bot.loops import run_loop

USERS: Final = 1_000
_TEMPLATE: Final = (
    '{"update_id":%d,"message":{"message_id":%d,"date":1760000000,'
    '"from":{"id":%d,"is_bot":false,"first_name":"Ada","username":"ada","language_code":"en"},'
    '"chat":{"id":%d,"first_name":"Ada","username":"ada","type":"private"},'
    '"text":"/c29 BTCUSDT","entities":[{"offset":0,"length":4,"type":"bot_command"}]}}'
)
_SENT: Final = (
    b'{"ok":true,"result":{"message_id":1,"date":1760000000,"text":"x",'
    b'"from":{"id":1,"is_bot":true,"first_name":"Desk","username":"desk_bot"},'
    b'"chat":{"id":1,"first_name":"Ada","type":"private"}}}'
)
_ME: Final = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Desk","username":"desk_bot"}}'


def update(number: int) -> str:
    """The JSON of one update; users take turns."""
    user = 1 + number % USERS
    return _TEMPLATE % (number, number, user, user)


class Server:
    """getUpdates gives `count` updates by the confirm rule; all else is answered after `latency` seconds."""

    def __init__(self, count: int, latency: float) -> None:
        self._count = count
        self._latency = latency

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method == "getUpdates":
            return await self._updates(await request.json())
        if method == "getMe":
            return _json(_ME)
        await request.read()
        await asyncio.sleep(self._latency)
        return _json(_SENT)

    async def _updates(self, parameters: Any) -> web.Response:
        first = int(parameters.get("offset", 1))
        last = min(first + int(parameters.get("limit", 100)), self._count + 1)
        if first >= last:
            await asyncio.sleep(0.05)
        batch = ",".join(map(update, range(first, last)))
        return _json(b'{"ok":true,"result":[' + batch.encode() + b"]}")


def _json(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")


async def main(count: int, latency: float) -> None:
    """Serve until standard input ends."""
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", Server(count, latency).handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    run_loop(main(int(sys.argv[1]), float(sys.argv[2])))
