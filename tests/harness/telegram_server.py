"""A small Telegram for tests: the Bot API's wire on 127.0.0.1, its confirm rule, and faults on demand."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from aiohttp import web

TOKEN = "123456789:AAF4canary-token_0123456789abcdefgh"


@dataclass
class Call:
    """One request as it came."""

    method: str
    params: dict[str, Any]
    files: dict[str, tuple[str, str, bytes]]  # field -> file name, media type, content
    at: float


Fault = Callable[[web.Request], Any]  # answers a Response, or None to go on as usual


@dataclass(repr=False)
class FakeTelegram:
    """Answers `result` for each method; `faults[method]` are taken one a request, first come, first served."""

    latency_s: float = 0.0
    updates: list[dict[str, Any]] = field(default_factory=list)
    confirmed: int = 0
    calls: list[Call] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    limit: tuple[int, float] | None = None  # so many sends in so many seconds, over all chats
    chat_limit: tuple[int, float] | None = None
    retry_after: float = 1
    closed: dict[str, float] = field(default_factory=dict)  # chats that refuse with 429, and until when (monotonic)
    refused: int = 0
    url: str = ""
    _sent: dict[Any, list[float]] = field(default_factory=dict)
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _poll: int = 0
    _message_id: int = 0

    def deliver(self, *updates: dict[str, Any]) -> None:
        self.updates.extend(updates)
        self._arrived.set()

    def sent(self, method: str = "sendMessage") -> list[dict[str, Any]]:
        return [call.params for call in self.calls if call.method == method]

    def fail(self, method: str, *faults: Fault) -> None:
        self.faults.setdefault(method, []).extend(faults)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        token, method = request.match_info["token"], request.match_info["method"]
        params, files = await _parameters(request)
        if token != TOKEN:
            return refusal(401, "Unauthorized")
        self.calls.append(Call(method, params, files, monotonic()))
        queue = self.faults.get(method) or self.faults.get("*")
        if queue:
            answer = queue.pop(0)(request)
            answer = await answer if asyncio.iscoroutine(answer) else answer
            if answer is not None:
                return answer
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        if method == "getUpdates":
            return await self._get_updates(params)
        flood = self._flooded(method, params)
        return flood or ok(self._result(method, params))

    async def _get_updates(self, params: dict[str, Any]) -> web.Response:
        self._poll += 1
        mine = self._poll
        self._arrived.set()  # an older poll notices that it is not the last one
        if "offset" in params:
            self.confirmed = max(self.confirmed, int(params["offset"]))
            self.updates = [update for update in self.updates if update["update_id"] >= int(params["offset"])]
        until = monotonic() + float(params.get("timeout", 0))
        while not self.updates and monotonic() < until:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), until - monotonic())
            except TimeoutError:
                break
            if mine != self._poll:
                return refusal(
                    409,
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
                )
        return ok(self.updates[: int(params.get("limit", 100))])

    def _flooded(self, method: str, params: dict[str, Any]) -> web.Response | None:
        now = monotonic()
        left = self.closed.get(params.get("chat_id", ""), 0.0) - now
        if method.startswith(("send", "edit")) and left > 0:
            self.calls.pop()
            self.refused += 1
            return flood(left)
        if not method.startswith("send"):
            return None
        for key, rule in (("all", self.limit), (params.get("chat_id"), self.chat_limit)):
            if rule is None:
                continue
            count, window = rule
            recent = [at for at in self._sent.get(key, []) if now - at < window]
            self._sent[key] = recent
            if len(recent) >= count:
                self.calls.pop()
                return flood(self.retry_after)
        for key in ("all", params.get("chat_id")):
            self._sent.setdefault(key, []).append(now)
        return None

    def _result(self, method: str, params: dict[str, Any]) -> Any:
        if method == "getMe":
            return {"id": 123456789, "is_bot": True, "first_name": "Desk", "username": "desk_bot"}
        if method.startswith(("send", "edit")):
            self._message_id += 1
            chat_id = int(params["chat_id"])
            return {
                "message_id": self._message_id,
                "date": 1_760_000_000,
                "chat": {"id": chat_id, "type": "private", "first_name": "U"},
                "text": params.get("text", ""),
            }
        return True


def ok(result: Any) -> web.Response:
    return web.json_response(
        {"ok": True, "result": result}, dumps=lambda value: json.dumps(value, separators=(",", ":"))
    )


def refusal(status: int, description: str, **parameters: Any) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)


def flood(seconds: float) -> web.Response:
    return refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def answers(status: int, description: str, **parameters: Any) -> Fault:
    return lambda _: refusal(status, description, **parameters)


def hangs_up(request: web.Request) -> Any:
    """The request was read, the connection closes without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def goes_silent(seconds: float) -> Fault:
    async def silent(_: web.Request) -> web.Response:
        await asyncio.sleep(seconds)
        return refusal(500, "too late")

    return silent


async def _parameters(request: web.Request) -> tuple[dict[str, Any], dict[str, tuple[str, str, bytes]]]:
    params: dict[str, Any] = dict(request.query)
    files: dict[str, tuple[str, str, bytes]] = {}
    if request.content_type == "application/json":
        for name, value in (await request.json()).items():
            params[name] = value if isinstance(value, str) else json.dumps(value)
        return params, files
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = (value.filename, value.content_type, value.file.read())
        else:
            params[name] = value
    return params, files


@asynccontextmanager
async def serve(telegram: FakeTelegram) -> AsyncIterator[FakeTelegram]:
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/bot{token}/{method}", telegram.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    telegram.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield telegram
    finally:
        await runner.cleanup()


def message(update_id: int, user_id: int, text: str = "hello", *, date: int = 1_760_000_000) -> dict[str, Any]:
    return {
        "update_id": update_id,
        "message": {
            "message_id": update_id,
            "date": date,
            "from": {"id": user_id, "is_bot": False, "first_name": "U", "language_code": "en"},
            "chat": {"id": user_id, "type": "private", "first_name": "U"},
            "text": text,
        },
    }
