"""The live feed of the chat page: Server-Sent Events over every chat of the world.

Nothing is repeated after a lost connection: each begins with `hello`, upon which the page reads anew what it shows.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import orjson
from aiohttp import web

from ops.sim.telegram.page_view import event_body, find_chat, people_fingerprint, shown_keyboards

if TYPE_CHECKING:
    from ops.sim.telegram.events import Event
    from ops.sim.telegram.model import JsonObject
    from ops.sim.telegram.updates import PendingUpdate, UpdateQueue
    from ops.sim.telegram.world import World

QUEUE_LENGTH: Final = 5_000
"""Events a slow page may lag behind; beyond that its connection ends and it begins anew."""
LOOK_SECONDS: Final = 0.2
"""How often confirmations of updates are looked for."""
PEOPLE_SECONDS: Final = 1.0
"""How often people, groups, bots and command menus are compared."""
PING_SECONDS: Final = 15
CONNECTIONS: Final = 64
HEADERS: Final = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class _Subscriber:
    """One open page: the events it has yet to get, and what it waits to come true."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._people_seen = 0.0
        self._people = people_fingerprint(world)
        self._keyboards = shown_keyboards(world)
        self._undelivered: list[tuple[UpdateQueue, PendingUpdate, JsonObject]] = []
        self.queue: asyncio.Queue[JsonObject | None] = asyncio.Queue(QUEUE_LENGTH)

    def put(self, body: "JsonObject | None") -> None:
        """Queue an event, or None for the end; a page that lags too far is ended."""
        if body is not None and self.queue.qsize() < QUEUE_LENGTH - 1:
            self.queue.put_nowait(body)
            return
        with contextlib.suppress(asyncio.QueueFull):
            self.queue.put_nowait(None)

    def tell(self, event: "Event") -> None:
        """Take an event of the world."""
        body = event_body(self._world, event)
        self.put(body)
        if event.kind == "sent" and event.by_bot:
            self._compare_keyboard(event, body)
        elif event.kind in {"sent", "edited"} and event.chat_id > 0:
            # A message and its update are made in one step, so the update is found after that step.
            asyncio.get_running_loop().call_soon(self._watch_delivery, event, body)

    def _compare_keyboard(self, event: "Event", body: "JsonObject") -> None:
        chat = find_chat(self._world, event.bot_id, event.chat_id)
        if chat is None or chat.keyboard is self._keyboards.get(chat):
            return
        self._keyboards[chat] = chat.keyboard
        markup = {"message_id": body.get("message_id"), "markup": chat.keyboard} if chat.keyboard else None
        self.put({"kind": "markup", "bot_id": event.bot_id, "chat_id": event.chat_id, "markup": markup})

    def _watch_delivery(self, event: "Event", body: "JsonObject") -> None:
        bot = self._world.bots.get(event.bot_id)
        message_id = body.get("message_id")
        if bot is None:
            return
        told = {"kind": "delivered", "bot_id": event.bot_id, "chat_id": event.chat_id, "message_id": message_id}
        for update in reversed(bot.updates.pending.values()):
            message = update.body or {}
            if message.get("message_id") == message_id and message["chat"]["id"] == event.chat_id:
                self._undelivered.append((bot.updates, update, told))
                return

    def look(self, now: float) -> None:
        """Queue what has come true since the last look; `now` is monotonic seconds."""
        waiting, self._undelivered = self._undelivered, []
        for updates, update, told in waiting:
            if update.confirmed_at is not None:
                self.put(told)
            elif update.update_id in updates.pending:
                self._undelivered.append((updates, update, told))
        if now - self._people_seen < PEOPLE_SECONDS:
            return
        self._people_seen = now
        people = people_fingerprint(self._world)
        if people != self._people:
            self._people = people
            self.put({"kind": "people"})


class PageFeed:
    """GET /page/api/feed, and how the page's own news get into it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._subscribers: set[_Subscriber] = set()

    def announce(self, body: "JsonObject") -> None:
        """Tell every open page something that is no event of the world."""
        for subscriber in self._subscribers:
            subscriber.put(body)

    async def close(self, _: web.Application) -> None:
        """End every connection, so that the server can stop at once."""
        for subscriber in self._subscribers:
            subscriber.put(None)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The connection of one page, until it goes or lags too far."""
        if len(self._subscribers) >= CONNECTIONS:
            return web.json_response({"error": "too many open pages"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        subscriber = _Subscriber(self._world)
        unsubscribe = self._world.events.subscribe(subscriber.tell)
        self._subscribers.add(subscriber)
        try:
            with contextlib.suppress(ConnectionError):  # the page was closed
                await response.write(b"retry: 1000\nevent: hello\ndata: {}\n\n")
                await _pump(subscriber, response.write)
        finally:
            unsubscribe()
            self._subscribers.discard(subscriber)
        return response


async def _pump(subscriber: _Subscriber, write: Callable[[bytes], Awaitable[None]]) -> None:
    """Write queued events, several at once when they wait, until the end of the queue is drawn."""
    loop = asyncio.get_running_loop()
    written = loop.time()
    while True:
        bodies: list[JsonObject | None] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                bodies.append(await subscriber.queue.get())
        while not subscriber.queue.empty():
            bodies.append(subscriber.queue.get_nowait())
        lines = b"".join(b"data: %b\n\n" % orjson.dumps(body) for body in bodies if body is not None)
        if not lines and loop.time() - written > PING_SECONDS:
            lines = b": still here\n\n"
        if lines:
            await write(lines)
            written = loop.time()
        if None in bodies:
            return
        subscriber.look(loop.time())
