"""The stand-in's server: the exchange under /v5 and /demo/v5, the drivers' calls under /sim."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import orjson
from aiohttp import web

from ops.sim.bybit.clock import Clock, system_clock
from ops.sim.bybit.control import Control
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.exchange import Exchange
from ops.sim.bybit.state import Keeper
from ops.sim.bybit.streams.hub import PATHS
from ops.sim.bybit.streams.sockets import Sockets
from ops.sim.bybit.world import World

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8767
DEFAULT_SEED: Final = 1
_LARGEST_BODY: Final = 16 * 2**20
_STOP_SECONDS: Final = 1.0
_ACCOUNT: Final = "/sim/accounts/"
CONTROL_CALLS: Final = (
    ("POST", "/sim/accounts"),
    ("GET", "/sim/accounts/{uid}"),
    ("PATCH", "/sim/accounts/{uid}"),
    ("DELETE", "/sim/accounts/{uid}"),
    ("POST", "/sim/accounts/{uid}/app"),
    ("POST", "/sim/prices"),
    ("POST", "/sim/clock"),
    ("POST", "/sim/faults"),
    ("DELETE", "/sim/faults"),
    ("GET", "/sim/calls"),
)
"""What drivers may call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A running stand-in."""

    host: str
    port: int
    world: World

    @property
    def url(self) -> str:
        """The live host's address, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    @property
    def demo_url(self) -> str:
        """The demo host's address, without a slash at the end."""
        return f"{self.url}/demo"


def create_app(world: World, *, latency: float = 0.0) -> web.Application:
    """The application over a world; `latency` seconds are added to each answer of the exchange."""
    exchange, drivers, sockets = Exchange(world, latency=latency), _Drivers(Control(world)), Sockets(world)

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.raw_path.startswith("/sim"):
            return await drivers.handle(request)
        if request.path in PATHS:
            return await sockets.handle(request, request.path)
        return await exchange.handle(request)

    app = web.Application(client_max_size=_LARGEST_BODY)
    app.router.add_route("*", "/{path:.*}", handle)
    app.cleanup_ctx.append(sockets.run)
    app.on_shutdown.append(sockets.say_goodbye)
    return app


@asynccontextmanager
async def serve(
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    *,
    seed: int = DEFAULT_SEED,
    limits: bool = True,
    state: Path | None = None,
    clock: Clock = system_clock,
    latency: float = 0.0,
) -> AsyncIterator[Serving]:
    """Run a stand-in; port 0 takes any free one, `clock` gives epoch milliseconds, `state` keeps it in a folder.

    Raises StateError if the folder cannot be used, OSError if the port cannot.
    """
    world = World(seed=seed, clock=clock, limits=limits)
    keeper = Keeper(state, world) if state is not None else None
    if keeper is not None:
        await keeper.load()
    runner = web.AppRunner(create_app(world, latency=latency), access_log=None, shutdown_timeout=_STOP_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        async with _kept(keeper), _trading(world):
            yield Serving(host=host, port=runner.addresses[0][1], world=world)
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _kept(keeper: Keeper | None) -> AsyncIterator[None]:
    """Write changes down meanwhile, and the last ones at the end."""
    if keeper is None:
        yield
        return
    writing = asyncio.create_task(keeper.run(), name="bybit stand-in: state")
    try:
        yield
    finally:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        await keeper.flush()


@asynccontextmanager
async def _trading(world: World) -> AsyncIterator[None]:
    """Let prices act on accounts meanwhile; what was answered is carried out before the end."""
    looking = asyncio.create_task(world.trading.run(), name="bybit stand-in: trading")
    try:
        yield
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking
        world.trading.land_all()


class _Drivers:
    """The HTTP side of the calls under /sim."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._with_body = {
            "/sim/accounts": control.make_account,
            "/sim/prices": control.set_price,
            "/sim/clock": control.move_clock,
            "/sim/faults": control.add_fault,
        }
        self._of_account = {
            ("PATCH", "/sim/accounts/{uid}"): control.change_account,
            ("POST", "/sim/accounts/{uid}/app"): control.act_in_app,
        }

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a driver."""
        try:
            return _json(await self._answer(request))
        except ControlError as error:
            return _json({"error": str(error).encode("utf-8", "replace").decode()}, error.status)

    async def _answer(self, request: web.Request) -> Any:
        path, uid, control = request.path, "", self._control
        if path.startswith(_ACCOUNT):
            uid, slash, rest = path.removeprefix(_ACCOUNT).partition("/")
            path = f"{_ACCOUNT}{{uid}}{slash}{rest}"
        asked = request.method, path
        if asked not in CONTROL_CALLS:
            raise ControlError(f"no such call: {request.method} {request.path}", HTTPStatus.NOT_FOUND)
        match asked:
            case _ if asked in self._of_account:
                return self._of_account[asked](uid, await _body(request))
            case "POST", _:
                return self._with_body[path](await _body(request))
            case "DELETE", "/sim/faults":
                return control.clear_faults()
            case "DELETE", _:
                return control.remove_account(uid)
            case _, "/sim/calls":
                return control.calls(request.query.get("after", "0"))
            case _:
                return control.account(uid)


async def _body(request: web.Request) -> object:
    try:
        return orjson.loads(await request.read())
    except web.HTTPRequestEntityTooLarge as error:
        raise ControlError("the body is too large", error.status) from None
    except orjson.JSONDecodeError as error:
        raise ControlError(f"the body is no JSON: {error}") from None


def _json(answer: Any, status: int = HTTPStatus.OK) -> web.Response:
    return web.Response(body=orjson.dumps(answer), status=status, content_type="application/json", charset="utf-8")
