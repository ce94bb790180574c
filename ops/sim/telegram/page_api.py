"""The page's own calls under `/page/api/`: what it needs and /sim does not tell."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import orjson
from aiohttp import web

from ops.sim.telegram.errors import ControlError
from ops.sim.telegram.page_people import PagePeople
from ops.sim.telegram.page_view import history_body, state_body

if TYPE_CHECKING:
    from ops.sim.telegram.model import Bot, JsonObject
    from ops.sim.telegram.page_bybit import BybitButtons
    from ops.sim.telegram.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

DATA_HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
FILE_HEADERS: Final = {
    "Cache-Control": "private, max-age=86400, immutable",  # a file_id never means another file
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
PICTURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)
"""What a browser may show, known by its first bytes; anything else is a download."""
_CHAT: Final = r"/page/api/chats/{chat:-?\d{1,16}}"
_MESSAGE: Final = _CHAT + r"/messages/{message:\d{1,16}}"


class PageApi:
    """Answers the page. Every query may name its `bot`; the last that called is meant otherwise."""

    def __init__(self, world: "World", bybit: "BybitButtons") -> None:
        self._world = world
        self._people = PagePeople(world)
        self._bybit = bybit

    def routes(self) -> list[web.RouteDef]:
        """What to serve."""
        return [
            web.get("/page/api/state", _answering(self._state)),
            web.get(_CHAT, _answering(self._history)),
            web.get(_CHAT + "/commands", _answering(self._commands)),
            web.delete(_MESSAGE, _answering(self._remove)),
            web.post(_MESSAGE + "/forward", _answering(self._forward)),
            web.get(_CHAT + "/checkout", _answering(self._checkout)),
            web.get("/page/api/files/{file}", _answering(self._file)),
            web.post("/page/api/bybit/demo-key", _answering(self._demo_key)),
            web.post("/page/api/bybit/stop", _answering(self._stop_bybit)),
        ]

    def _bot(self, request: web.Request) -> "Bot":
        return self._world.bot(_optional(request, "bot"))

    async def _state(self, _: web.Request) -> web.Response:
        """Bots, people, groups, and how Bybit stands."""
        return _json(state_body(self._world) | {"bybit": self._bybit.state()})

    async def _history(self, request: web.Request) -> web.Response:
        """Messages older than `before`, or the newest."""
        return _json(history_body(self._world, self._bot(request), _chat(request), _optional(request, "before")))

    async def _commands(self, request: web.Request) -> web.Response:
        """The command menu of `user`."""
        return _json({"commands": self._people.commands(self._bot(request), _number(request, "user"), _chat(request))})

    async def _checkout(self, request: web.Request) -> web.Response:
        """What `user` would pay for `message`, or for `link`."""
        bot, user, link = self._bot(request), _number(request, "user"), request.query.get("link", "")
        message = None if link else _number(request, "message")
        return _json(self._people.checkout(bot, user, _chat(request), message, link))

    async def _remove(self, request: web.Request) -> web.Response:
        """`user` deletes an own message."""
        seq = self._people.remove(self._bot(request), _number(request, "user"), _chat(request), _message(request))
        return _json({"seq": seq})

    async def _forward(self, request: web.Request) -> web.Response:
        """`user` forwards a message to the chat `to`."""
        user, target = _number(request, "user"), _number(request, "to")
        receipt = self._people.forward(self._bot(request), user, _chat(request), _message(request), target)
        return _json({"update_id": receipt.update_id, "message_id": receipt.message_id, "seq": receipt.seq})

    async def _file(self, request: web.Request) -> web.Response:
        """The bytes of a photo to show, unless `download` is asked for; of a document to keep."""
        file = self._world.files.by_id.get(request.match_info["file"])
        data = await asyncio.to_thread(self._world.files.data, file) if file is not None else None
        if file is None or data is None:
            raise ControlError("that file is no longer there", HTTPStatus.NOT_FOUND)
        kind = next((kind for start, kind in PICTURES if data.startswith(start)), None)
        if file.width and kind is not None and "download" not in request.query:
            return web.Response(body=data, content_type=kind, headers=FILE_HEADERS)
        name = quote(file.name or "file", safe="")
        headers = FILE_HEADERS | {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return web.Response(body=data, content_type="application/octet-stream", headers=headers)

    async def _demo_key(self, request: web.Request) -> web.Response:
        """A new Bybit demo account: its api_key and api_secret, or the api_key alone for a public_key of the bot's."""
        try:
            body = await request.json()
        except ValueError:
            raise ControlError("give JSON") from None
        public_key = body.get("public_key") if isinstance(body, dict) else None
        return _json(await self._bybit.demo_key(None if public_key is None else str(public_key)))

    async def _stop_bybit(self, _: web.Request) -> web.Response:
        """Half a minute without Bybit."""
        return _json(await self._bybit.stop())


def _answering(handler: Handler) -> Handler:
    """Refusals as {"error": …}; what another site's page asks for is one."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            return _json({"error": "only the chat page itself may ask this"}, HTTPStatus.FORBIDDEN)
        try:
            return await handler(request)
        except ControlError as refusal:
            return _json(refusal.body(), refusal.status)

    return answer


def _json(body: "JsonObject", status: int = HTTPStatus.OK) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json", headers=DATA_HEADERS)


def _chat(request: web.Request) -> int:
    return int(request.match_info["chat"])


def _message(request: web.Request) -> int:
    return int(request.match_info["message"])


def _number(request: web.Request, name: str) -> int:
    number = _optional(request, name)
    if number is None:
        raise ControlError(f"{name} is missing")
    return number


def _optional(request: web.Request, name: str) -> int | None:
    given = request.query.get(name)
    if given is None:
        return None
    try:
        return int(given)
    except ValueError:
        raise ControlError(f"{name} must be a whole number") from None
