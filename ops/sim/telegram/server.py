"""The stand-in as a server: Bot API, control calls and chat page on one port."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiohttp import ClientSession, web

from ops.sim.telegram.api import BotApi, not_found
from ops.sim.telegram.control import add_control
from ops.sim.telegram.page import add_page
from ops.sim.telegram.payments import keep_time
from ops.sim.telegram.state import SavedWorld
from ops.sim.telegram.webhooks import Webhooks
from ops.sim.telegram.wire import MAX_BODY_BYTES
from ops.sim.telegram.world import World

DEFAULT_PORT: Final = 8766
_CLOSE_SECONDS: Final = 0.5


def create_app(world: World, *, bybit_url: str | None = None, retry_seconds: float = 2) -> web.Application:
    """The application over a world; `bybit_url` is the root of the Bybit stand-in, for the page's buttons.

    `retry_seconds` is how long a webhook waits before the second repetition; it doubles from there.
    """
    app = web.Application(client_max_size=MAX_BODY_BYTES)
    api = BotApi(world)
    app.add_routes(
        [
            web.route("*", "/bot{token:[^/]+}/{method:[^/]+}", api.handle),
            web.get("/file/bot{token:[^/]+}/{path:.+}", api.download),
            web.route("*", "/bot{rest:.*}", not_found),
        ]
    )
    add_control(app, world)
    add_page(app, world, bybit_url)

    async def deliver(_app: web.Application) -> AsyncIterator[None]:
        async with ClientSession() as session:
            webhooks = Webhooks(world, session, api.from_webhook, retry_seconds=retry_seconds)
            world.webhook_due = webhooks.due  # type: ignore[method-assign]  # the hook it is there for
            for bot in world.bots.values():
                webhooks.due(bot)
            yield
            await webhooks.close()

    async def watch(_app: web.Application) -> AsyncIterator[None]:
        watching = asyncio.create_task(keep_time(world))
        yield
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching

    app.cleanup_ctx.append(deliver)
    app.cleanup_ctx.append(watch)
    return app


@asynccontextmanager
async def serve(
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    *,
    seed: int = 0,
    limits: bool = True,
    state: Path | None = None,
    bybit_url: str | None = None,
    latency: float = 0,
    clock: Callable[[], float] = time.time,
    world: World | None = None,
) -> AsyncIterator[str]:
    """Run the stand-in until the block ends; yields its address, such as http://127.0.0.1:8766.

    Port 0 takes a free one. With `state` everything is kept in that folder and found again there. `latency`
    (seconds) is added to each Bot API answer. A `world` given by the caller replaces seed, limits, latency
    and clock. Raises OSError if the port is taken, StateError if the folder holds something else.
    """
    world = world or World(seed=seed, limits=limits, latency=latency, clock=clock)
    async with SavedWorld.opened(world, state):
        runner = web.AppRunner(
            create_app(world, bybit_url=bybit_url),
            handler_cancellation=True,
            access_log=None,
            shutdown_timeout=_CLOSE_SECONDS,
        )
        await runner.setup()
        try:
            site = web.TCPSite(runner, host, port)
            await site.start()
            yield f"http://{host}:{_bound_port(runner)}"
        finally:
            await runner.cleanup()


def _bound_port(runner: web.AppRunner) -> int:
    return int(runner.addresses[0][1])
