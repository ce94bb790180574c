"""Telegram for the processor measurements: people who write at a steady pace, and real answers to what is sent to them.

`python -m ops.bench.paced_telegram` prints its address and serves until its input closes. `POST /pace` with `texts`,
`per_second`, `count`, `users` and `first_user` lines up messages; `GET /sent` answers how many messages were sent
since, the parameters of the first one, and how long each person waited for it (s).
"""

import asyncio
import sys
import time
from collections import deque
from typing import Any, Final

import orjson
from aiohttp import web

from bot.loops import run_loop

_ME: Final = {"id": 4242, "is_bot": True, "first_name": "Desk", "username": "desk_bot"}
_POLL_S: Final = 0.005


class PacedTelegram:
    """One bot's server: updates by the confirm rule at their time, sends answered as Telegram answers them."""

    def __init__(self) -> None:
        self._updates: list[tuple[float, bytes]] = []  # when each is due, and its JSON
        self._first = 1  # update id of the first of them
        self._next = 1
        self._sent = 0
        self._sample: dict[str, Any] = {}
        self._due: dict[int, deque[float]] = {}  # by person, what is not answered yet
        self._waits: list[float] = []

    async def pace(self, request: web.Request) -> web.Response:
        """Line up `count` messages from now on."""
        asked = await request.json()
        self._sent, self._sample, self._due, self._waits = 0, {}, {}, []
        self._first, self._updates = self._next, []
        began = time.monotonic() + 0.5
        ahead = time.time() - time.monotonic()
        for number in range(asked["count"]):
            user = asked["first_user"] + number % asked["users"]
            text = asked["texts"][number % len(asked["texts"])]
            due = began + number / asked["per_second"]
            self._updates.append((due, _update(self._next, user, text, date=ahead + due)))
            self._due.setdefault(user, deque()).append(due)
            self._next += 1
        return _json({"ok": True})

    async def sent(self, _: web.Request) -> web.Response:
        """What came of the last pace so far."""
        return _json({"sent": self._sent, "sample": self._sample, "waits": self._waits})

    async def call(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        if method.lower() == "getupdates":
            return await self._get_updates(await _parameters(request))
        if method.lower() == "getme":
            return _json({"ok": True, "result": _ME})
        if method.lower() == "getstartransactions":
            return _json({"ok": True, "result": {"transactions": []}})
        if method.lower() != "sendmessage":
            await request.read()
            return _json({"ok": True, "result": True})
        parameters = await _parameters(request)
        self._sent += 1
        self._sample = self._sample or parameters
        if due := self._due.get(int(parameters["chat_id"])):
            self._waits.append(time.monotonic() - due.popleft())
        return _json({"ok": True, "result": _message(self._sent, parameters)})

    async def _get_updates(self, parameters: dict[str, Any]) -> web.Response:
        end = time.monotonic() + float(parameters.get("timeout") or 0)
        first = int(parameters.get("offset") or self._first)
        while True:
            now = time.monotonic()
            start = max(first, self._first) - self._first
            due = []
            for moment, update in self._updates[start : start + 100]:
                if moment > now:
                    break
                due.append(update)
            if due or now >= end:
                return web.Response(
                    body=b'{"ok":true,"result":[' + b",".join(due) + b"]}", content_type="application/json"
                )
            await asyncio.sleep(_POLL_S)


async def _parameters(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    return dict(await request.post())


def _update(number: int, user: int, text: str, *, date: float) -> bytes:
    person = {"id": user, "is_bot": False, "first_name": "Ada", "username": f"ada_{user}", "language_code": "en"}
    length = len(text.split(maxsplit=1)[0])
    message = {
        "message_id": number,
        "date": int(date),
        "from": person,
        "chat": {"id": user, "first_name": "Ada", "username": f"ada_{user}", "type": "private"},
        "text": text,
        "entities": [{"offset": 0, "length": length, "type": "bot_command"}],
    }
    return orjson.dumps({"update_id": number, "message": message})


def _message(number: int, parameters: dict[str, Any]) -> dict[str, Any]:
    """The sent message as Telegram answers it: the text, an entity, the keyboard."""
    chat = int(parameters["chat_id"])
    message: dict[str, Any] = {
        "message_id": 1_000_000 + number,
        "date": int(time.time()),
        "from": _ME,
        "chat": {"id": chat, "first_name": "Ada", "username": f"ada_{chat}", "type": "private"},
        "text": parameters["text"],
        "entities": [{"offset": 0, "length": 8, "type": "bold"}],
    }
    keyboard = parameters.get("reply_markup")
    if keyboard:
        message["reply_markup"] = orjson.loads(keyboard) if isinstance(keyboard, str) else keyboard
    return message


def _json(answer: object) -> web.Response:
    return web.Response(body=orjson.dumps(answer), content_type="application/json")


async def main() -> None:
    """Serve until standard input ends."""
    telegram = PacedTelegram()
    app = web.Application()
    app.router.add_post("/pace", telegram.pace)
    app.router.add_get("/sent", telegram.sent)
    app.router.add_route("*", "/bot{token}/{method}", telegram.call)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    run_loop(main())
