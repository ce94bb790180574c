"""The chat page in the browser: its files under `/` and `/page/`, its live feed and its own calls."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from aiohttp import web

from ops.sim.telegram.page_api import PageApi
from ops.sim.telegram.page_bybit import STOP_SECONDS, BybitButtons
from ops.sim.telegram.page_feed import PageFeed

if TYPE_CHECKING:
    from ops.sim.telegram.world import World

FOLDER: Final = Path(__file__).parent.parent / "page"
TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HEADERS: Final = {
    "Cache-Control": "no-cache",  # asked each time and answered 304 by its ETag: never an old page on new files
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def add_page(
    app: web.Application, world: "World", bybit_url: str | None, *, stop_seconds: float = STOP_SECONDS
) -> None:
    """Serve the chat page of this world.

    `bybit_url` is the root of the Bybit stand-in; with None the two Bybit buttons rest. `stop_seconds` is how long
    [Stop Bybit] stops it.
    """
    feed = PageFeed(world)
    bybit = BybitButtons(bybit_url, feed.announce, stop_seconds)
    app.on_shutdown.append(feed.close)
    app.cleanup_ctx.append(bybit.run)
    app.router.add_get("/", _index)
    app.router.add_get(r"/page/{name:[a-z_]+\.(?:css|js|svg)}", _page_file)
    app.router.add_get("/page/api/feed", feed.handle)
    app.router.add_routes(PageApi(world, bybit).routes())


async def _index(_: web.Request) -> web.StreamResponse:
    return _file("index.html")


async def _page_file(request: web.Request) -> web.StreamResponse:
    return _file(request.match_info["name"])


def _file(name: str) -> web.FileResponse:
    kind = TYPES[Path(name).suffix]
    return web.FileResponse(FOLDER / name, headers=HEADERS | {"Content-Type": f"{kind}; charset=utf-8"})
