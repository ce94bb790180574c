"""Answers Bot API requests: token, method, faults, parameters, the method itself, the log."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import orjson
from aiohttp import web

from ops.sim.telegram.errors import ApiError
from ops.sim.telegram.faults import AFTER, HOLD_SECONDS, LATE_SECONDS, PAGE, Fault
from ops.sim.telegram.methods.call import Call
from ops.sim.telegram.methods.receiving import get_updates
from ops.sim.telegram.methods.registry import GET_UPDATES, find_method, run
from ops.sim.telegram.model import Bot, JsonObject
from ops.sim.telegram.wire import read_request
from ops.sim.telegram.world import World

log = logging.getLogger("perpdesk.sim.telegram")

NO_ANSWER: Final = 0
"""The status in the log of a call whose answer was withheld."""
OF_A_PAYER: Final = frozenset({"refundStarPayment", "editUserStarSubscription"})
"""Calls whose chat is the one of their user_id."""
Sleep = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class Answer:
    """A status with its JSON body."""

    status: int
    body: bytes
    retry_after: int = 0
    content_type: str = "application/json"

    def response(self) -> web.Response:
        headers = {"Retry-After": str(self.retry_after)} if self.retry_after else None
        return web.Response(body=self.body, status=self.status, headers=headers, content_type=self.content_type)


def refused(error: ApiError) -> Answer:
    """The answer of a refusal."""
    return Answer(int(error.code), orjson.dumps(error.body()), error.parameters.get("retry_after", 0))


def instead(fault: Fault) -> Answer:
    """The answer of a fault that answers before the call runs."""
    if fault.kind == "html":
        return Answer(fault.status, PAGE.encode(), content_type="text/html")
    if fault.kind == "wrong_json":
        return Answer(HTTPStatus.OK, fault.body.encode())
    return refused(fault.refusal())


class BotApi:
    """The Bot API over one world. `sleep` is a parameter for tests."""

    def __init__(self, world: World, *, sleep: Sleep = asyncio.sleep) -> None:
        self.world = world
        self._sleep = sleep

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """`/bot<token>/<method>`, any HTTP method, any of the four encodings."""
        started = time.monotonic()
        token, name = request.match_info["token"], request.match_info["method"]
        logged: JsonObject = {}
        bot: Bot | None = None
        fault: Fault | None = None
        try:
            bot = self.world.bot_by_token(token)
            name = find_method(name).name
            params, files = await read_request(request)
            logged = params
            fault = self.world.faults.striking(name, self._chat_id(bot, name, params))
            if fault is not None and fault.kind == "reset":
                self._note(bot, name, params, NO_ANSWER, started)
                return self._abort(request)
            if fault is not None and fault.kind == "hang":
                return await self._hang(request, bot, name, params, started)
            if fault is None or fault.kind in AFTER:
                call = Call(self.world, bot, find_method(name).check(params, files), files)
                logged = _loggable(call)
                answer = await self._run(name, call)
            else:
                answer = instead(fault)
        except ApiError as error:
            answer = refused(error)
        except web.HTTPRequestEntityTooLarge:
            answer = refused(ApiError(413, "Request Entity Too Large"))
        except Exception:
            log.exception("the stand-in failed in %s", name)
            answer = refused(ApiError(500, "Internal Server Error"))
        if self.world.latency:
            await self._sleep(self.world.latency)
        if fault is not None and fault.kind == "timeout_after":
            return await self._hang(request, bot, name, logged, started)
        if fault is not None and fault.kind == "late":
            await self._sleep(LATE_SECONDS)
        self._note(bot, name, logged, answer.status, started)
        return answer.response()

    async def from_webhook(self, bot: Bot, params: JsonObject) -> None:
        """A method in the body of a webhook's answer; nobody is told how it went, the log is."""
        started = time.monotonic()
        name, status = str(params.get("method", "")), 200
        try:
            method = find_method(name)
            name = method.name
            if name.startswith("get") or name in {"setWebhook", "deleteWebhook", "close", "logOut"}:
                return
            run(name, Call(self.world, bot, method.check(params, {})))
        except ApiError as error:
            status = int(error.code)
        self._note(bot, name, params, status, started)

    async def _hang(
        self, request: web.Request, bot: Bot | None, name: str, params: JsonObject, started: float
    ) -> web.StreamResponse:
        """Say nothing until the client leaves."""
        self._note(bot, name, params, NO_ANSWER, started)
        await self._sleep(HOLD_SECONDS)
        return self._abort(request)

    @staticmethod
    async def _run(name: str, call: Call) -> Answer:
        if name != GET_UPDATES:
            return Answer(200, orjson.dumps({"ok": True, "result": run(name, call)}))
        updates = await get_updates(call)
        raw = b",".join(update.encoded() for update in updates if update.body is not None)
        return Answer(200, b'{"ok":true,"result":[' + raw + b"]}")

    def _note(self, bot: Bot | None, name: str, params: JsonObject, status: int, started: float) -> None:
        self.world.calls.add(bot.id if bot else 0, name, params, status, time.monotonic() - started)

    @staticmethod
    def _chat_id(bot: Bot, name: str, params: JsonObject) -> int | None:
        """The chat a call is about, as far as faults are concerned."""
        if name == "answerCallbackQuery":
            query = bot.queries.get(str(params.get("callback_query_id")))
            return query.chat.id if query else None
        if name == "answerPreCheckoutQuery":
            checkout = bot.stars.checkouts.get(str(params.get("pre_checkout_query_id")))
            return checkout.chat.id if checkout else None
        try:
            return int(params["user_id" if name in OF_A_PAYER else "chat_id"])
        except (KeyError, TypeError, ValueError):
            return None

    @staticmethod
    def _abort(request: web.Request) -> web.StreamResponse:
        """Cut the connection; what is returned goes nowhere."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def download(self, request: web.Request) -> web.StreamResponse:
        """`/file/bot<token>/<path>`."""
        try:
            self.world.bot_by_token(request.match_info["token"])
        except ApiError as error:
            return refused(error).response()
        file = self.world.files.by_path.get(request.match_info["path"])
        data = await asyncio.to_thread(self.world.files.data, file) if file is not None else None
        if data is None:
            return await not_found(request)
        return web.Response(body=data, content_type="application/octet-stream")


def _loggable(call: Call) -> JsonObject:
    """The parameters with their types; of files only how long they are."""
    if not call.files:
        return call.params
    return {**call.params, **{name: f"<{len(file.data)} bytes>" for name, file in call.files.items()}}


async def not_found(_request: web.Request) -> web.StreamResponse:
    """Anything else under /bot: no token, no method."""
    return refused(ApiError(404, "Not Found")).response()
